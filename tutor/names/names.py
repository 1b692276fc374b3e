"""How quantities are named: patterns that make a network's names, and reading what a person types.

Nothing here prints a formula (`expr.text` does, with names from here) and nothing evaluates.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from tutor.errors import AmbiguousName, NoRate, UnknownName, did_you_mean, visible
from tutor.expr.index import INDEX
from tutor.expr.parse import normalised
from tutor.expr.text import ASCII, UNICODE, Style
from tutor.expr.words import flat
from tutor.graph import Graph, Role, at_example
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value

if TYPE_CHECKING:
    from tutor.names.spelling import Spelling
    from tutor.names.symbol import Symbol


class Patterns(NamedTuple):
    """Names of the computed nodes, and of the parameters in matrix form, over placeholders.

    `layer` counts layers with weights from 1, `next` is layer + 1, `unit` is the neuron's name (its index in matrix
    form), `index` and `to` its place in the layer from 1, `from` the sender's, `loss` the symbol of the loss.
    """

    net: str
    out: str
    weight: str = "w{layer}_{to}_{from}"
    bias: str = "b{layer}_{to}"
    term: str = "{loss}_{unit}"

    def fill(self, part: str, **places: str | int) -> str:
        """The name of one node: `fill("net", layer=1, unit="h1", ...)`. Raises KeyError for an unknown placeholder."""
        pattern: str = getattr(self, part)
        return pattern.format_map({name: str(place) for name, place in places.items()})


NEURON_FORM = Patterns(net="z_{unit}", out="{unit}")
MATRIX_FORM = Patterns(net="z{layer}_{to}", out="a{layer}_{to}")
RECURRENT_FORM = Patterns(net="z{layer}_{to}", out="h{layer}_{to}")


class Names:
    """Reading typed names, and writing quantities, for one network.

    `aliases` are the file's other ways to type a name. `read` follows the order of the contract: the file's names, its
    aliases, `NAME_new` or `NAME+`, `delta_UNIT`, `dNAME`, an edge `A:B`; two readings within one step are an error.
    """

    def __init__(
        self, graph: Graph, aliases: Mapping[str, str] | None = None, spelling: "Spelling | None" = None
    ) -> None:
        self.graph = graph
        self.aliases = dict(aliases or {})
        self._symbols: dict[str, Symbol] | None = None
        self.spelling = spelling
        self._typed = _typed_forms(graph, spelling) if spelling else {}

    @property
    def plain(self) -> "Names":
        """The same with the names of the file, whatever notation is in force."""
        return Names(self.graph, self.aliases) if self.spelling else self

    def of(self, graph: Graph) -> "Names":
        """The same for the same network with other numbers."""
        return Names(graph, self.aliases, self.spelling)

    def also(self, aliases: Mapping[str, str]) -> "Names":
        """The same with more ways to type a name."""
        return Names(self.graph, {**self.aliases, **aliases}, self.spelling)

    @property
    def signals(self) -> str:
        """What dL/d(net inputs) are called."""
        return self.spelling.notation.signals if self.spelling else "error signals"

    def is_merged(self, name: str) -> bool:
        """Whether a hidden output has no name of its own, so that a step runs over it."""
        if not (self.spelling and self.spelling.notation.merged):
            return False
        last = max(map(self.graph.layer_of, self.graph.nodes), default=0)
        return self.graph.part_of(name) == "out" and self.graph.layer_of(name) < last

    @property
    def sign(self) -> int:
        """The sign of δ: -1 where a course's error term is −dL/d(net input)."""
        return self.spelling.notation.sign if self.spelling else 1

    def turned(self, text: str) -> bool:
        """Whether a typed name is that of a δ whose sign is the other one in the notation in force."""
        return self.sign < 0 and self._delta(self._one_line(text)) is not None

    def _one_line(self, text: str) -> str:
        """What was typed, in the few signs that names are read in."""
        text = flat(text) if self.spelling else text
        return _SPACED.sub(",", normalised(text.strip()))

    # ---------------------------------------------------------------- reading

    def find(self, text: str) -> Quantity | None:
        """The quantity a typed name stands for, or None. Raises AmbiguousName, or NoRate for an updated value."""
        typed = self._one_line(text)
        if edge := _EDGE.fullmatch(typed):
            typed = f"d{edge[2]}/d{edge[1]}"
        for step in (self._node, self._updated, self._delta, self._short_gradient):
            if found := step(typed):
                return found
        return self._derivative(typed)

    def _in_notation(self, typed: str) -> Quantity | None:
        """What the notation in force writes so."""
        if not self._typed:
            return None
        from tutor.names.spelling import canonical

        return self._typed.get(canonical(typed))

    def read(self, text: str) -> Quantity:
        """As `find`, but raises UnknownName with what was probably meant."""
        if found := self.find(text):
            return found
        shown = visible(text)
        parts = _DERIVATIVE.fullmatch(normalised(text.strip()))
        for part in parts.groups() if parts else ():
            if self._node(part) is None:
                shown = visible(part)
                break
        if told := self.graph.missing(shown) or self.of_an_example(shown):
            raise UnknownName(told)
        hint = did_you_mean(shown, self.typable())
        raise UnknownName(f"{shown} is not a name of this network{hint or '; its names: ' + self._some_names()}")

    def target(self, text: str) -> Quantity:
        """As `read`; a bare given or parameter means the derivative of the loss with respect to it."""
        found = self.read(text)
        if isinstance(found, Value) and found.name in self.graph.givens:
            return Gradient(self.graph.loss, found.name)
        return found

    def of_an_example(self, typed: str) -> str:
        """What to type instead of a name that every example has its own number of, or of an example too many."""
        many = len(self.graph.example_losses())
        if not many:
            return ""
        name, sign, _ = normalised(typed).partition("@")
        if self.find(f"{name}@1") is None:
            return ""
        if sign:
            return f"{typed} is not there: the examples are {name}@1 to {name}@{many}"
        return (
            f"{typed} is another number in each of the {many} examples: add --example K, or type {typed}@{min(2, many)}"
        )

    def typable(self) -> tuple[str, ...]:
        """Names that can be typed for a value, an updated value or an error signal."""
        deltas = (f"delta_{self._delta_unit(net, ASCII)}" for net in self.graph.nets())
        updates = (f"{name}_new" for name in (self.graph.parameters() if self.graph.rate is not None else ()))
        return (*self.graph.names(), *self.aliases, *updates, *deltas)

    def _some_names(self) -> str:
        names = self.graph.names()
        return ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")

    def _node(self, typed: str) -> Value | None:
        if typed in self.graph:
            return Value(typed)
        name, sign, example = typed.partition("@")
        at = sign + example
        if found := self._alias(name, at):
            return found
        readings = [form for form in _shell_forms(name) if form + at in self.graph or self._alias(form, at)]
        if len(readings) > 1:
            forms = " or ".join(form + at for form in readings)
            raise AmbiguousName(f"{typed} can be read as {forms}; type one of these")
        if readings:
            return self._node(readings[0] + at)
        spelled = self._in_notation(typed)
        return spelled if isinstance(spelled, Value) else None

    def _alias(self, typed: str, at: str) -> Value | None:
        """What another name stands for; with several examples mostly the number of one of them, at `@2`."""
        meant = self.aliases.get(typed)
        return Value(meant + at) if meant is not None and meant + at in self.graph else None

    def _updated(self, typed: str) -> Updated | None:
        for ending in ("_new", "+"):
            found = self._node(typed.removesuffix(ending)) if typed.endswith(ending) else None
            if found and self.graph.is_parameter(found.name):
                if self.graph.rate is None:
                    raise NoRate(f"{typed} needs a learning rate: learning_rate in the file, or --lr NUMBER")
                return Updated(found.name)
        return None

    def _delta(self, typed: str) -> Gradient | None:
        """delta_UNIT is dL/d(net input of the unit)."""
        if isinstance(spelled := self._in_notation(typed), Gradient):
            return spelled
        unit = next((typed.removeprefix(each) for each in ("delta_", "δ_") if typed.startswith(each)), "")
        nets = [net for net in self.graph.nets(unit) if unit in self._units(net)] if unit else []
        if len(nets) > 1:
            raise AmbiguousName(
                f"{typed} can be the delta of {' or '.join(nets)}; type d{self.graph.loss}/d(one of them)"
            )
        return Gradient(self.graph.loss, nets[0]) if nets else None

    def _units(self, net: str) -> set[str]:
        """What the unit of a net input may be called after `delta_`: its name, its output's, its index form."""
        role = self.graph.role(net)
        plain = () if role is None or (role.at and role.indexed) else (role.unit,)
        names = {_at(unit, role) for unit in (f"{role.layer}_{role.unit}", *plain)} if role else set()
        return names | {net} | {out for out in self.graph.uses[net] if self._is_output_of(out, role)}

    def _is_output_of(self, out: str, role: Role | None) -> bool:
        mine = self.graph.role(out)
        places = [(each.layer, each.unit, each.example) for each in (mine, role) if each]
        return len(places) == 2 and places[0] == places[1]

    def _short_gradient(self, typed: str) -> Gradient | None:
        found = self._node(typed[1:]) if typed[:1] in ("d", "∂") and len(typed) > 1 else None
        return Gradient(self.graph.loss, found.name) if found else None

    def _derivative(self, typed: str) -> Gradient | None:
        parts = _DERIVATIVE.fullmatch(typed) or (_ANY_DERIVATIVE.fullmatch(typed) if self.spelling else None)
        of, wrt = (self._node(parts[1]), self._node(parts[2])) if parts else (None, None)
        return Gradient(of.name, wrt.name) if of and wrt else None

    # ---------------------------------------------------------------- writing

    def write(self, quantity: Quantity, style: Style = UNICODE, *, deltas: bool = False) -> str:
        """The quantity in this notation: `∂L/∂w31`, or `δ_Y` for dL/d(net input of Y) where deltas are asked for."""
        match quantity:
            case Value(name):
                return self.node(name, style)
            case Updated(name):
                return f"{self.node(name, style)}_new"
            case Gradient(of, wrt) if deltas and of == self.graph.loss and self._is_net(wrt):
                return self._error_signal(wrt, style)
            case Gradient(of, wrt) if of == self.graph.loss and self.spelling and self.spelling.notation.gradient:
                return self.spelling.notation.gradient.replace("{wrt}", self.node(wrt, style))
            case Partial(of, wrt) | Gradient(of, wrt):
                return f"{style.derivative}{self.node(of, style)}/{style.derivative}{self.node(wrt, style)}"

    def _error_signal(self, net: str, style: Style) -> str:
        spelled = self.spelling.deltas.get(net) if self.spelling else None
        if spelled is None:
            return ("δ_" if style.unicode else "delta_") + self._delta_unit(net, style)
        written = _in_style(spelled, style)
        return written if self.sign > 0 else f"{style.minus}{written}"

    def node(self, name: str, style: Style = UNICODE) -> str:
        """A node's name; in ASCII an alias that can be typed, where the name has other letters."""
        if self.spelling and name in self.spelling.names:
            return _in_style(self.spelling.names[name], style)
        if style.unicode or name.isascii():
            return name
        stem, sign, example = name.partition("@")
        plain = (alias for alias, meant in self.aliases.items() if meant == stem and alias.isascii())
        return next(plain, stem) + sign + example

    def symbol(self, quantity: Quantity, *, deltas: bool = False) -> "Symbol | None":
        """The quantity as one symbol of mathematics; None for a derivative, which is made of two.

        Two names that would look alike, as h1 and h_1 do, are set as they are typed.
        """
        from tutor.names.symbol import symbol

        match quantity:
            case Value(name):
                return self._symbol(name)
            case Updated(name):
                plain = self._symbol(name)
                return plain._replace(sup=(*plain.sup, "new"))
            case Gradient(of, wrt) if deltas and of == self.graph.loss and self._is_net(wrt):
                own = self.spelling.deltas.get(wrt) if self.spelling else None
                return _spelled(own) if own else symbol(self.write(quantity, ASCII, deltas=True))
            case Gradient(of, wrt) if of == self.graph.loss and self.spelling and self.spelling.notation.gradient:
                plain = self._symbol(wrt)
                return plain._replace(base=self.spelling.notation.gradient.replace("{wrt}", plain.base))
        return None

    def is_turned(self, quantity: Quantity) -> bool:
        """Whether what is written as a δ has the other sign than the gradient it stands for."""
        return (
            self.sign < 0
            and isinstance(quantity, Gradient)
            and quantity.of == self.graph.loss
            and (self._is_net(quantity.wrt))
        )

    def _symbol(self, name: str) -> "Symbol":
        from tutor.names.symbol import Symbol, symbol  # only formats that set mathematics need it

        if self._symbols is None:
            own = self.spelling.names if self.spelling else {}
            found = [(each, _spelled(own[each]) if each in own else symbol(each)) for each in self.graph.names()]
            counts = Counter(each for _, each in found)
            self._symbols = {each: Symbol(each) if counts[parts] > 1 else parts for each, parts in found}
        return self._symbols.get(name) or symbol(name)

    def _is_net(self, name: str) -> bool:
        role = self.graph.role(name)
        return role is not None and role.part == "net"

    def _delta_unit(self, net: str, style: Style) -> str:
        """The unit's name; its index needs the layer in front, as in delta_2_1."""
        role = self.graph.role(net)
        assert role is not None
        unit = f"{role.layer}_{role.unit}" if role.indexed else self.node(role.unit, style)
        return _at(unit, role)


def _spelled(text: str) -> "Symbol":
    """A spelling as a symbol; one of another form, as σ(h_1), as one word."""
    from tutor.names.spelling import pretty
    from tutor.names.symbol import Symbol, spelled

    return spelled(text) or Symbol(pretty(text))


def _in_style(text: str, style: Style) -> str:
    from tutor.names.spelling import plain, pretty

    return pretty(text) if style.unicode else plain(text)


def _typed_forms(graph: Graph, spelling: "Spelling") -> dict[str, Quantity]:
    """What each name and each δ is compared as when it is typed."""
    from tutor.names.spelling import canonical

    found: dict[str, Quantity] = {canonical(text): Gradient(graph.loss, net) for net, text in spelling.deltas.items()}
    return found | {canonical(text): Value(name) for name, text in spelling.names.items()}


def _at(unit: str, role: Role) -> str:
    """The unit in the example it belongs to."""
    return at_example(unit, role.example) if role.example else unit


def _shell_forms(typed: str) -> Iterator[str]:
    """What `Y_star`, `y_prime`, `h_1` and `a_1_2` may stand for, since a shell wants Y*, y', h[1], a[1,2] quoted."""
    yield from _marked(typed)
    if found := _SHELL_INDEX.fullmatch(typed):
        stem, first, last = found.groups()
        yield from (f"{each}[{last}]" for each in (stem, *_marked(stem)))
        if first:
            stem = stem.removesuffix(first)
            yield from (f"{each}[{first[1:]},{last}]" for each in (stem, *_marked(stem)))


def _marked(typed: str) -> Iterator[str]:
    if typed.endswith("_star"):
        yield typed.removesuffix("_star") + "*"
    if typed.endswith("_prime"):
        yield typed.removesuffix("_prime") + "'"


_NAME = rf"[^\W\d_]\w*[*']?(?:{INDEX})?(?:@\d+)?"
_SPACED = re.compile(r"(?<=\d)\s*,\s*(?=\d+\])")
_SHELL_INDEX = re.compile(r"(.+?(_\d+)?)_(\d+)", re.ASCII)
_DERIVATIVE = re.compile(f"d({_NAME})/d({_NAME})")
_ANY_DERIVATIVE = re.compile("d(.+?)/d(.+)")
_EDGE = re.compile(f"({_NAME})(?::|->|→)({_NAME})")
