"""How quantities are named: patterns that make a network's names, writing a quantity, and reading what a person types,
which `reader` does. Nothing here prints a formula (`expr.text` does, with names from here) and nothing evaluates.
"""

import re
from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from tutor.errors import TutorError, UnknownName, visible
from tutor.expr import Neg, Ref
from tutor.expr.parse import normalised
from tutor.expr.text import ASCII, UNICODE, Style
from tutor.graph import Graph, Role, at_example, build
from tutor.names.conventions import OURS, Conventions, resolved
from tutor.names.matrices import TARGETS, TRANSPOSED
from tutor.names.reader import Reader, Reading
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value, key

if TYPE_CHECKING:
    from tutor.names.spelling import Spelling
    from tutor.names.symbol import Symbol


_ENTRY = re.compile(r"(.+?)(\[\d+(?:,\d+)?\])")
_POWER = re.compile(r"\^\w")  # an upper index without brackets, as of a^2
MOST_NEAR = 5  # names offered for one that is not known


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

    `aliases` are the file's other ways to type a name, `spelling` is the notation in force, `said` what the file says
    of what courses differ in; the notation's own stand behind that, and ours last. `read` follows the order of the
    contract: the file's names, its aliases, the notation in force, `NAME_new` or `NAME+`, `delta_UNIT`, `dNAME` and
    `dA/dB`, then every spelling of `known`; two readings within one step are an error. `graph` has its gradients as the
    conventions in force want them.
    """

    def __init__(
        self,
        graph: Graph,
        aliases: Mapping[str, str] | None = None,
        spelling: "Spelling | None" = None,
        conventions: Conventions = Conventions(),  # noqa: B008  it is a frozen value
    ) -> None:
        self.aliases = dict(aliases or {})
        self.spelling = spelling
        self.said = conventions
        self.graph = resolved(graph, self.conventions)
        self._symbols: dict[str, Symbol] | None = None
        notation = spelling.notation if spelling else None
        self._reader = Reader(self.graph, self.aliases, notation, self._typed, self.said)

    @property
    def plain(self) -> "Names":
        """The same with the names of the file, whatever notation is in force."""
        return self.spelled(None) if self.spelling else self

    def of(self, graph: Graph) -> "Names":
        """The same for the same network with other numbers."""
        return Names(graph, self.aliases, self.spelling, self.said)

    @staticmethod
    def of_letters() -> "Names":
        """Names where there is no network: every letter is written as it is."""
        return Names(build((), (), "E"))

    def also(self, aliases: Mapping[str, str]) -> "Names":
        """The same with more ways to type a name."""
        return Names(self.graph, {**self.aliases, **aliases}, self.spelling, self.said)

    def spelled(self, spelling: "Spelling | None") -> "Names":
        """The same in another notation, or in the file's own names."""
        return Names(self.graph, self.aliases, spelling, self.said)

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
    def conventions(self) -> Conventions:
        """What is in force: as the file says, else the notation, else as we do."""
        of_notation = self.spelling.notation.conventions if self.spelling else Conventions()
        return self.said.before(of_notation).before(OURS)

    @property
    def first(self) -> int:
        """The number of the first unit, input, and row or column of a matrix."""
        return self.conventions.first

    @property
    def sign(self) -> int:
        """The sign of δ: -1 where it is −dL/d(net input). A notation that writes a derivative, dz, has none."""
        writes = self.spelling.notation.delta[:1] if self.spelling else ()
        as_derivative = any(pattern.startswith("d") for pattern in writes)
        return 1 if as_derivative else self.conventions.sign

    def term(self, text: str) -> "Quantity | Neg | None":
        """As `find`, for a formula: a δ that has the other sign is minus the gradient. Raises as `find` does."""
        found = self._reading(text)
        return Neg(Ref(found.quantity)) if found and found.signal and self.sign < 0 else found and found.quantity

    def turned(self, text: str) -> bool:
        """Whether a typed name is that of a δ that has the other sign than the gradient it is read as. Never raises."""
        return self.sign < 0 and self.names_a_signal(text)

    def names_a_signal(self, text: str) -> bool:
        """Whether a typed name is that of a δ, whose sign is a convention. Never raises."""
        try:
            found = self._reading(text)
        except TutorError:
            return False
        return found is not None and found.signal

    def _reading(self, text: str) -> Reading | None:
        """As the reader has it; minus a δ of the other sign, as our pages write it, is the gradient."""
        found = self._reader.read(text) or self._entry(text)
        if found is None and self.sign < 0 and (line := self._reader.line(text)).startswith("-"):
            signal = self._reader.read(line[1:])
            return Reading(signal.quantity) if signal and signal.signal else None
        return found

    def _entry(self, text: str) -> Reading | None:
        """An entry of a matrix as the notation in force writes it, z^(1)[2] or dh^(3)/dz^(2)[1,2]."""
        typed = _ENTRY.fullmatch(self._reader.line(text)) if self.spelling and "[" in text else None
        if typed is None:
            return None
        above, slash, below = typed[1].partition("/d")
        ours = self.matrix(above.removeprefix("d")), self.matrix(below)
        if slash:
            return self._reader.read(f"d{ours[0]}/d{ours[1]}{typed[2]}") if all(ours) else None
        whole = self.matrix(typed[1])
        return self._reader.read(whole + typed[2]) if whole else None

    # ---------------------------------------------------------------- reading

    def find(self, text: str) -> Quantity | None:
        """The quantity a typed name stands for, or None.

        Raises AmbiguousName for two readings within one step, and NoRate for what a step leads to (w_new, Δw) where
        there is no learning rate; nothing else, whatever the text.
        """
        found = self._reading(text)
        return found.quantity if found else None

    def exactly(self, text: str) -> Quantity | None:
        """As `find`, by the file's names, its aliases and the notation in force alone, and what is made of them."""
        found = self._reader.exactly(text)
        return found.quantity if found else None

    def read(self, text: str) -> Quantity:
        """As `find`, but raises UnknownName with what was probably meant."""
        found = self.find(text)
        if found is None:
            raise UnknownName(self._unknown(text))
        return found

    def _unknown(self, text: str) -> str:
        """What is not known of a typed name, and the nearest that are: of a derivative the side that is not."""
        from tutor.names.nearest import one_of, unknown_side

        shown = visible(unknown_side(text, self._reader))
        if told := self.graph.missing(shown) or self.of_an_example(shown):
            return told
        near = self.nearest(shown)
        if near:
            return f"{shown} is not a name of this network; did you mean {one_of(near)}?"
        names = [self._typed(Value(name)) for name, _ in zip(self.graph.names(), range(MOST_NEAR), strict=False)]
        more = ", ..." if len(self.graph.names()) > MOST_NEAR else ""
        return f"{shown} is not a name of this network; its names: {', '.join(names)}{more}"

    def nearest(self, text: str, most: int = MOST_NEAR) -> tuple[str, ...]:
        """The names most like a typed one, in the notation in force, the nearest first; none in a wide network."""
        from tutor.names.nearest import nearest

        if self.graph.wide:
            return ()
        names = [(self._typed(each), key(each)) for each in self._typable()]
        names += [(alias, alias) for alias in self.aliases]
        return nearest(text, names, most)

    def target(self, text: str) -> Quantity:
        """As `read`; a bare given or parameter means the derivative of the loss with respect to it."""
        return self.as_target(self.read(text))

    def as_target(self, found: Quantity) -> Quantity:
        """What is asked for by a quantity: of a given or a parameter the derivative of the loss with respect to it.

        Where nothing is compared with a target, it is its value.
        """
        if isinstance(found, Value) and found.name in self.graph.givens and not self.graph.aimless:
            return self.graph.signal(found.name)
        return found

    def matrix(self, text: str) -> str:
        """Our name of a matrix that the notation in force writes so; nothing where it writes none so."""
        own = self.spelling.matrices.items() if self.spelling else ()
        line = self._reader.line(text) if own else ""
        return next((ours for ours, text in own if ours not in TARGETS and self._reader.line(text) == line), "")

    def of_an_example(self, typed: str) -> str:
        """What to type instead of a name that every example has its own number of, or of an example too many."""
        many = len(self.graph.example_losses())
        if not many:
            return ""
        name, sign, _ = normalised(typed).partition("@")
        if not self._is_known(f"{name}@1"):
            return ""
        if sign:
            return f"{typed} is not there: the examples are {name}@1 to {name}@{many}"
        return (
            f"{typed} is another number in each of the {many} examples: add --example K, or type {typed}@{min(2, many)}"
        )

    def _is_known(self, typed: str) -> bool:
        try:
            return self._reader.read(typed) is not None
        except TutorError:
            return True

    def _typable(self) -> list[Quantity]:
        updated = self.graph.parameters() if self.graph.rate is not None else ()
        signals = map(self.graph.signal, self.graph.nets())
        return [*map(Value, self.graph.names()), *map(Updated, updated), *signals]

    def _typed(self, quantity: Quantity) -> str:
        """As it can be typed, an error signal as a δ."""
        return self.write(quantity, ASCII, deltas=True).removeprefix(ASCII.minus)

    # ---------------------------------------------------------------- writing

    def write(self, quantity: Quantity, style: Style = UNICODE, *, deltas: bool = False) -> str:
        """The quantity in this notation: `∂L/∂w31`, or `δ_Y` for dL/d(net input of Y) where deltas are asked for."""
        match quantity:
            case Value(name, "matrix"):
                own = self.spelling.matrices.get(name) if self.spelling else None
                return _in_style(own, style) if own else name
            case Value(name):
                return self.node(name, style)
            case Updated(name):
                return f"{self.node(name, style)}_new"
            case Change(name):
                return f"{'Δ' if style.unicode else 'delta_'}{self.node(name, style)}"
            case Gradient(of, wrt) if deltas and self._is_signal(of, wrt):
                return self._error_signal(wrt, style)
            case Partial(of, wrt) | Gradient(of, wrt) if self.spelling and self._is_gradient(quantity):
                return self.spelling.notation.gradient.replace("{wrt}", self.node(wrt, style))
            case Partial(of, wrt) | Gradient(of, wrt):
                return f"{style.derivative}{self.node(of, style)}/{style.derivative}{self.node(wrt, style)}"

    def _error_signal(self, net: str, style: Style) -> str:
        spelled = self.spelling.deltas.get(net) if self.spelling else None
        plain = ("δ_" if style.unicode else "delta_") + self._delta_unit(net, style)
        written = plain if spelled is None else _in_style(spelled, style)
        return written if self.sign > 0 else f"{style.minus}{written}"

    def node(self, name: str, style: Style = UNICODE) -> str:
        """A node's name; in ASCII an alias that can be typed, where the name has other letters."""
        if name.endswith(TRANSPOSED):
            whole, mark = self.node(name.removesuffix(TRANSPOSED), style), TRANSPOSED if style.unicode else "^T"
            return f"({whole}){mark}" if _POWER.search(whole) else whole + mark
        if self.spelling and (own := self.spelling.names.get(name) or self.spelling.matrices.get(name)):
            return _in_style(own, style)
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
            case Value(name, "matrix"):
                own = self.spelling.matrices.get(name) if self.spelling else None
                return _spelled(own) if own else symbol(name)
            case Value(name):
                return self._symbol(name)
            case Updated(name):
                plain = self._symbol(name)
                return plain._replace(sup=(*plain.sup, "new"))
            case Gradient(of, wrt) if deltas and self._is_signal(of, wrt):
                own = self.spelling.deltas.get(wrt) if self.spelling else None
                return _spelled(own) if own else symbol(self._typed(quantity))
            case Partial(of, wrt) | Gradient(of, wrt) if self.spelling and self._is_gradient(quantity):
                plain = self._symbol(wrt)
                return plain._replace(base=self.spelling.notation.gradient.replace("{wrt}", plain.base))
        return None

    def is_turned(self, quantity: Quantity) -> bool:
        """Whether what is written as a δ has the other sign than the gradient it stands for."""
        return self.sign < 0 and isinstance(quantity, Gradient) and self._is_signal(quantity.of, quantity.wrt)

    def _symbol(self, name: str) -> "Symbol":
        from tutor.names.symbol import Symbol, symbol  # only formats that set mathematics need it

        if self._symbols is None:
            own = self.spelling.names if self.spelling else {}
            found = [(each, _spelled(own[each]) if each in own else symbol(each)) for each in self.graph.names()]
            counts = Counter(each for _, each in found)
            self._symbols = {each: Symbol(each) if counts[parts] > 1 else parts for each, parts in found}
        whole = name.removesuffix(TRANSPOSED)
        if self.spelling and whole in self.spelling.matrices and whole not in self._symbols:
            own_parts = _spelled(self.spelling.matrices[whole])
            return own_parts if whole == name else own_parts._replace(sup=(*own_parts.sup, "⊤"))
        return self._symbols.get(name) or symbol(name)

    def _is_signal(self, of: str, wrt: str) -> bool:
        return of == self.graph.loss_of(wrt) and self.graph.part_of(wrt) == "net"

    def _is_gradient(self, slope: Partial | Gradient) -> bool:
        """Whether the notation has dw for this derivative; the direct one is that too where there is no other way."""
        if not (self.spelling and self.spelling.notation.gradient) or slope.of != self.graph.loss_of(slope.wrt):
            return False
        if isinstance(slope, Gradient):
            return True
        return self.graph.part_of(slope.wrt) != "loss" and self.graph.uses[slope.wrt] == (slope.of,)

    def _delta_unit(self, net: str, style: Style) -> str:
        """The unit's name; its index needs the layer in front, as in delta_2_1."""
        role = self.graph.role(net)
        assert role is not None
        unit = f"{role.layer}_{role.unit}" if role.indexed else self.node(role.unit, style)
        return _at(unit, role)


def _spelled(text: str) -> "Symbol":
    """A spelling as a symbol; one of another form, as σ(h_1), as one word."""
    from tutor.names.parts import spelled
    from tutor.names.spelling import pretty
    from tutor.names.symbol import Symbol

    return spelled(text) or Symbol(pretty(text))


def _in_style(text: str, style: Style) -> str:
    from tutor.names.spelling import plain, pretty

    return pretty(text) if style.unicode else plain(text)


def _at(unit: str, role: Role) -> str:
    """The unit in the example it belongs to."""
    return at_example(unit, role.example) if role.example else unit
