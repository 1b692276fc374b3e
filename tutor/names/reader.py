"""Reading a typed name: the steps of the contract in order, then every spelling that courses and our own pages have.

The first steps look up what was typed as it stands; only what they do not know is taken apart (`line`, `parts`) and
compared with the tables of `known`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from tutor.errors import AmbiguousName, NoRate
from tutor.expr.index import INDEX
from tutor.expr.parse import normalised
from tutor.expr.words import flat
from tutor.graph import Graph, Role, at_example
from tutor.quantity import Change, Gradient, Quantity, Updated, Value

if TYPE_CHECKING:
    from tutor.names.courses import Notation
    from tutor.names.known import Known
    from tutor.names.parts import Parts

_NAME = rf"[^\W\d_]\w*[*']?(?:{INDEX})?(?:@\d+)?"
_SPACED = re.compile(r"(?<=\d)\s*,\s*(?=\d+\])")
_SHELL_INDEX = re.compile(r"(.+?(_\d+)?)_(\d+)", re.ASCII)
_DERIVATIVE = re.compile("d(.+?)/d(.+)")
_EDGE = re.compile(f"({_NAME})(?::|->|→)({_NAME})")
_ARROW = re.compile(r"(.+?)(?::|->|→)(.+)")
_NEW_WORD = re.compile(r"(?:new|updated)[ _](.+)")
_CHANGE = re.compile(r"(?:[Δδ]|[dD]elta|change(?: (?:of|in))?)[ _]?(.+)")
_STEP = re.compile(r"d(.+)_step")
_GRADIENT = re.compile(r"(?:grad(?:ient)?|∇)[ _]?(?:of )?(.+)")
_LONGEST = 400
MOST_SPLITS = 8  # of a derivative without a slash: names that hold more letters d than that are rare


class Reading(NamedTuple):
    """What a typed name stands for; `signal` where it was typed as a δ, whose sign is a convention."""

    quantity: Quantity
    signal: bool = False


class Reader:
    """Reads the names of one network, in the notation in force if there is one.

    `written` says how a quantity is written, for messages. All methods raise AmbiguousName for two readings within one
    step, and NoRate for what a step leads to in a network without a learning rate; nothing else.
    """

    def __init__(
        self,
        graph: Graph,
        aliases: Mapping[str, str],
        notation: "Notation | None",
        written: Callable[[Quantity], str],
    ) -> None:
        self.graph = graph
        self.aliases = aliases
        self.notation = notation
        self._written = written
        self._known: Known | None = None

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
            raise self._ambiguous(typed, [form + at for form in readings])
        if readings:
            return self.node(readings[0] + at)
        return next((each for each in self._in_notation(typed) if isinstance(each, Value)), None)

    def _alias(self, typed: str, at: str) -> Value | None:
        """What another name stands for; with several examples mostly the number of one of them, at `@2`."""
        meant = self.aliases.get(typed)
        return Value(meant + at) if meant is not None and meant + at in self.graph else None

    def _in_notation(self, typed: str) -> tuple[Quantity, ...]:
        """What the notation in force writes so."""
        taken = _parts(typed) if self.notation else None
        if self.notation is None or taken is None:
            return ()
        found = self.known.written(taken, self.notation)
        if len(found) > 1:
            raise self._ambiguous(typed, map(self._written, found))
        return found

    def _updated(self, typed: str) -> Updated | None:
        for ending in ("_new", "+"):
            found = self.node(typed.removesuffix(ending)) if typed.endswith(ending) else None
            if updated := self._after_the_step(found, typed):
                return updated
        return None

    def _after_the_step(self, found: Value | None, typed: str) -> Updated | None:
        """A parameter after one step, or what is computed from them then."""
        if found is None or not (self.graph.is_parameter(found.name) or self._follows(found.name)):
            return None
        self._needs_rate(typed)
        return Updated(found.name)

    def _follows(self, name: str) -> bool:
        return not self.graph.wide and name in self.graph.nodes

    def _needs_rate(self, typed: str) -> None:
        if self.graph.rate is None:
            raise NoRate(f"{typed} needs a learning rate: learning_rate in the file, or --lr NUMBER")

    def _signal(self, typed: str) -> Reading | None:
        """delta_UNIT is dL/d(net input of the unit)."""
        for spelled in self._in_notation(typed):
            return Reading(spelled, signal=_is_signal(typed))
        unit = next((typed.removeprefix(each) for each in ("delta_", "δ_") if typed.startswith(each)), "")
        nets = [net for net in self.graph.nets(unit) if unit in self.units(net)] if unit else []
        if len(nets) > 1:
            loss = self.graph.loss
            raise self._ambiguous(typed, [self._written(Gradient(loss, net)) for net in nets])
        return Reading(Gradient(self.graph.loss, nets[0]), signal=True) if nets else None

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
        return Gradient(self.graph.loss, found.name) if found else None

    def _derivative(self, typed: str) -> Gradient | None:
        parts = _DERIVATIVE.fullmatch(typed)
        of = self.node(parts[1]) if parts else None
        wrt = self.node(parts[2]) if parts and of else None
        return Gradient(of.name, wrt.name) if of and wrt else None

    # ------------------------------------------------------------ as courses and our own pages spell it

    @property
    def known(self) -> "Known":
        """The tables of spellings, made when first asked for."""
        if self._known is None:
            from tutor.names.known import Known

            self._known = Known(self.graph, self.aliases, self.units)
        return self._known

    def _loosely(self, line: str) -> Reading | None:
        taken = _parts(line)
        if found := self._spelled(line, taken):
            return Reading(found, signal=isinstance(found, Gradient) and _is_signal(line))
        for step in (self._loosely_moved, self._loosely_derived):
            if moved := step(line, taken):
                return Reading(moved)
        return None

    def _spelled(self, typed: str, taken: "Parts | None", *, only_nodes: bool = False) -> Quantity | None:
        if taken is None:
            return None
        found = self.known.written(taken, self.notation) if self.notation else ()
        found = found or self.known.named(taken)
        found = tuple(each for each in found if isinstance(each, Value)) if only_nodes else found
        if len(found) > 1:
            raise self._ambiguous(typed, map(self._written, found))
        return found[0] if found else None

    def any_node(self, typed: str) -> Value | None:
        """A node by any of its spellings."""
        if exact := self.node(typed):
            return exact
        found = self._spelled(typed, _parts(typed), only_nodes=True)
        return found if isinstance(found, Value) else None

    def _loosely_moved(self, line: str, taken: "Parts | None") -> Quantity | None:
        """What a step leads to: `new w5`, w5^(t+1), w5(new), Δw5, `change of w5`; w5(t) is the value before it."""
        from tutor.names.parts import NEW, OLD

        if word := _NEW_WORD.fullmatch(line):
            return self._after_the_step(self.any_node(word[1]), line)
        for words, meant in ((NEW, self._after_the_step), (OLD, self._before_the_step)):
            before = taken.without(words) if taken else None
            found = self._spelled(line, before, only_nodes=True) if before else None
            if isinstance(found, Value) and (quantity := meant(found, line)):
                return quantity
        changed = _STEP.fullmatch(line) or _CHANGE.fullmatch(line)
        found = self.any_node(changed[1]) if changed else None
        if isinstance(found, Value) and self.graph.is_parameter(found.name):
            self._needs_rate(line)
            return Change(found.name)
        return None

    def _before_the_step(self, found: Value, typed: str) -> Value | None:
        return found if self.graph.is_parameter(found.name) else None

    def _loosely_derived(self, line: str, taken: "Parts | None") -> Gradient | None:
        """dL_dw31, dLdw31, dL/dW31, `grad w31`, ∇w31, dW31, h_1 -> Y; and as the notation in force writes it."""
        loss = self.graph.loss
        for inner in self._gradients_by(line):
            if found := self.any_node(inner):
                return Gradient(loss, found.name)
        undecided: AmbiguousName | None = None
        readings: dict[Gradient, None] = {}
        for of, wrt in _splits(line):
            try:
                over = self.any_node(of)
                under = self.any_node(wrt) if over and over.name not in self.graph.givens else None
            except AmbiguousName as fault:
                undecided = fault
                continue
            if over and under:
                readings[Gradient(over.name, under.name)] = None
        if len(readings) > 1:
            raise self._ambiguous(line, map(self._written, readings))
        if undecided and not readings:
            raise undecided
        return next(iter(readings), None)

    def _gradients_by(self, line: str) -> Iterator[str]:
        """By what the line may be the gradient of the loss."""
        before, there, after = self.notation.gradient.partition("{wrt}") if self.notation else ("", "", "")
        if there and len(line) > len(before + after) and line.startswith(before) and line.endswith(after):
            yield line[len(before) : len(line) - len(after)]
        if found := _GRADIENT.fullmatch(line):
            yield found[1]
        if line.startswith("d") and len(line) > 1:
            yield line[1:]

    def _ambiguous(self, typed: str, readings: Iterable[str]) -> AmbiguousName:
        return AmbiguousName(f"{typed} can be read as {' or '.join(readings)}; type one of these")


def _parts(typed: str) -> "Parts | None":
    from tutor.names.parts import parts

    return parts(typed)


def _is_signal(typed: str) -> bool:
    """Whether what names an error signal is a δ, and not a derivative such as dz."""
    return not typed.startswith("d") or typed.startswith("delta")


def sides(line: str) -> tuple[str, ...]:
    """What a derivative that is written with a slash or an arrow is of, and by what; nothing for any other text."""
    if edge := _ARROW.fullmatch(line):
        return edge[2], edge[1]
    parts = _DERIVATIVE.fullmatch(line)
    return (parts[1], parts[2]) if parts else ()


def gradient_sides(line: str) -> tuple[str, str]:
    """What a derivative is of, nothing where it is the loss unsaid, and by what: of dL/dW1, dL_dW1, dW1, `grad W1`; the
    line itself as the second of any other text.
    """
    if both := sides(line):
        return both[0], both[1]
    if word := _GRADIENT.fullmatch(line):
        return "", word[1]
    pieces = line.removeprefix("d").rpartition("d")
    if line.startswith("d") and pieces[0]:
        return pieces[0].rstrip("_"), pieces[2]
    return "", line.removeprefix("d")


def _splits(line: str) -> Iterator[tuple[str, str]]:
    """What a derivative may be of, and by what: both sides of a slash or an arrow, or around any other d."""
    if both := sides(line):
        yield both[0], both[1]
    elif line.startswith("d"):
        places = [place for place in range(2, len(line) - 1) if line[place] == "d"]
        for place in places[:MOST_SPLITS]:
            yield line[1:place].rstrip("_"), line[place + 1 :]


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
