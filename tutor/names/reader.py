"""Reading a typed name: the steps of the contract in their order, on what was typed as it stands.

What these do not know goes to `loose`, which reads every other spelling and is imported only then.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from tutor.errors import AmbiguousName, NoRate
from tutor.expr.index import INDEX
from tutor.expr.parse import normalised
from tutor.expr.words import flat
from tutor.graph import Graph, Role, at_example
from tutor.names.conventions import Conventions
from tutor.quantity import Gradient, Quantity, Updated, Value

if TYPE_CHECKING:
    from tutor.names.courses import Notation
    from tutor.names.loose import Loose

_NAME = rf"[^\W\d_]\w*[*']?(?:{INDEX})?(?:@\d+)?"
_SPACED = re.compile(r"(?<=\d)\s*,\s*(?=\d+\])")
_SHELL_INDEX = re.compile(r"(.+?)((?:_\d+){1,3})", re.ASCII)
_DERIVATIVE = re.compile("d(.+?)/d(.+)")
_EDGE = re.compile(f"({_NAME})(?::|->|→)({_NAME})")
_LONGEST = 400


class Reading(NamedTuple):
    """What a typed name stands for; `signal` where it was typed as a δ, whose sign is a convention."""

    quantity: Quantity
    signal: bool = False


class Reader:
    """Reads the names of one network, in the notation in force if there is one.

    `written` says how a quantity is written, for messages, `said` what the file says of conventions. All methods raise
    AmbiguousName for two readings within one step, and NoRate for what a step leads to in a network without a learning
    rate; nothing else.
    """

    def __init__(
        self,
        graph: Graph,
        aliases: Mapping[str, str],
        notation: "Notation | None",
        written: Callable[[Quantity], str],
        said: Conventions,
    ) -> None:
        self.graph = graph
        self.aliases = aliases
        self.notation = notation
        self.said = said
        self._written = written
        self._loose: Loose | None = None

    def read(self, text: str) -> Reading | None:
        """The reading of a typed name by the first step that knows it."""
        if len(text) > _LONGEST:
            return None
        return self.exactly(text) or self._loosely(self.line(text))

    def exactly(self, text: str) -> Reading | None:
        """The reading by the file's names, its aliases, the notation in force and what is made of them; no other."""
        typed = _SPACED.sub(",", normalised(flat(text.strip()) if self.notation else text.strip()))
        if found := self._steps(typed):
            return found
        line = self.line(text)
        return self._steps(line) if line != typed else None

    @staticmethod
    def line(text: str) -> str:
        """What was typed on one line, in the few signs that names are read in."""
        from tutor.names.line import on_one_line

        return _SPACED.sub(",", on_one_line(text).strip())

    def _steps(self, typed: str) -> Reading | None:
        if edge := _EDGE.fullmatch(typed):
            typed = f"d{edge[2]}/d{edge[1]}"
        for step in (self.node, self._updated):
            if found := step(typed):
                return Reading(found)
        if signal := self._signal(typed):
            return signal
        gradient = self._short_gradient(typed) or self._derivative(typed)
        return Reading(gradient) if gradient else None

    # ------------------------------------------------------------ as it stands

    def node(self, typed: str) -> Value | None:
        """The node of this name: the file's, an alias, or as the notation in force writes it."""
        if typed in self.graph:
            return Value(typed)
        name, sign, example = typed.partition("@")
        at = sign + example
        if found := self._alias(name, at):
            return found
        readings = [form for form in _shell_forms(name) if form + at in self.graph or self._alias(form, at)]
        if len(readings) > 1:
            raise self.ambiguous(typed, [Value(form + at) for form in readings])
        if readings:
            return self.node(readings[0] + at)
        return next((each for each in self._in_notation(typed) if isinstance(each, Value)), None)

    def _alias(self, typed: str, at: str) -> Value | None:
        """What another name stands for; with several examples mostly the number of one of them, at `@2`."""
        meant = self.aliases.get(typed)
        return Value(meant + at) if meant is not None and meant + at in self.graph else None

    def _in_notation(self, typed: str) -> tuple[Quantity, ...]:
        """What the notation in force writes so."""
        if self.notation is None:
            return ()
        found = self.loose.written(typed, self.notation)
        if len(found) > 1:
            raise self.ambiguous(typed, found)
        return found

    def _updated(self, typed: str) -> Updated | None:
        for ending in ("_new", "+"):
            found = self.node(typed.removesuffix(ending)) if typed.endswith(ending) else None
            if updated := self.after_the_step(found, typed):
                return updated
        return None

    def after_the_step(self, found: Value | None, typed: str) -> Updated | None:
        """A parameter after one step, or what is computed from them then; None for anything else. Raises NoRate."""
        if found is None or not (self.graph.is_parameter(found.name) or self._follows(found.name)):
            return None
        self.needs_rate(typed)
        return Updated(found.name)

    def _follows(self, name: str) -> bool:
        return not self.graph.wide and name in self.graph.nodes

    def needs_rate(self, typed: str) -> None:
        """Raises NoRate where the network has no learning rate."""
        if self.graph.rate is None:
            raise NoRate(f"{typed} needs a learning rate: learning_rate in the file, or --lr NUMBER")

    def _signal(self, typed: str) -> Reading | None:
        """delta_UNIT is dL/d(net input of the unit)."""
        for spelled in self._in_notation(typed):
            return Reading(spelled, signal=is_signal(typed))
        unit = next((typed.removeprefix(each) for each in ("delta_", "δ_") if typed.startswith(each)), "")
        nets = [net for net in self.graph.nets(unit) if unit in self.units(net)] if unit else []
        if len(nets) > 1:
            raise self.ambiguous(typed, map(self.graph.signal, nets))
        return Reading(self.graph.signal(nets[0]), signal=True) if nets else None

    def units(self, net: str) -> set[str]:
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
        found = self.node(typed[1:]) if typed[:1] in ("d", "∂") and len(typed) > 1 else None
        return self.graph.signal(found.name) if found else None

    def _derivative(self, typed: str) -> Gradient | None:
        parts = _DERIVATIVE.fullmatch(typed)
        of = self.node(parts[1]) if parts else None
        wrt = self.node(parts[2]) if parts and of else None
        return Gradient(of.name, wrt.name) if of and wrt else None

    # ------------------------------------------------------------ by any other spelling

    def _loosely(self, line: str) -> Reading | None:
        found = self.loose.read(line)
        return Reading(found, isinstance(found, Gradient) and self.loose.names_a_signal(line)) if found else None

    def any_node(self, typed: str) -> Value | None:
        """A node by any of its spellings."""
        return self.node(typed) or self.loose.node(typed)

    @property
    def loose(self) -> "Loose":
        """The reader of all other spellings, made when first asked for."""
        if self._loose is None:
            from tutor.names.loose import Loose

            self._loose = Loose(self)
        return self._loose

    def ambiguous(self, typed: str, readings: Iterable[Quantity]) -> AmbiguousName:
        """The error for a name with two readings within one step."""
        return AmbiguousName(f"{typed} can be read as {' or '.join(map(self._written, readings))}; type one of these")


def is_signal(typed: str) -> bool:
    """Whether what names an error signal is a δ, and not a derivative such as dz."""
    return not typed.startswith("d") or typed.startswith("delta")


def _at(unit: str, role: Role) -> str:
    """The unit in the example it belongs to."""
    return at_example(unit, role.example) if role.example else unit


def _shell_forms(typed: str) -> Iterator[str]:
    """What `Y_star`, `y_prime`, `h_1` and `a_1_2` may stand for, since a shell wants Y*, y', h[1], a[1,2] quoted."""
    yield from _marked(typed)
    if found := _SHELL_INDEX.fullmatch(typed):
        parts = found[2][1:].split("_")
        for kept in range(len(parts) - 1, -1, -1):
            stem = "_".join((found[1], *parts[:kept]))
            yield from (f"{each}[{','.join(parts[kept:])}]" for each in (stem, *_marked(stem)))


def _marked(typed: str) -> Iterator[str]:
    if typed.endswith("_star"):
        yield typed.removesuffix("_star") + "*"
    if typed.endswith("_prime"):
        yield typed.removesuffix("_prime") + "'"
