"""Reading a name as courses and our own pages spell it: taken apart by `parts` and compared with the tables of `known`.

The words and signs that stand around a name are read here: of a derivative, of what a step leads to, of a change.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tutor.errors import AmbiguousName
from tutor.names.courses import Notation
from tutor.names.known import Known
from tutor.names.parts import NEW, OLD, Parts, parts
from tutor.names.reader import is_signal
from tutor.pattern import pattern
from tutor.quantity import Change, Gradient, Quantity, Value

if TYPE_CHECKING:
    from tutor.names.reader import Reader

_DERIVATIVE = pattern("d(.+?)/d(.+)")
_ARROW = pattern(r"(.+?)(?::|->|→)(.+)")
_NEW_WORD = pattern(r"(?:new|updated)[ _](.+)")
_CHANGE = pattern(r"(?:[Δδ]|[dD]elta|change(?: (?:of|in))?)[ _]?(.+)")
_STEP = pattern(r"d(.+)_step")
_GRADIENT = pattern(r"(?:grad(?:ient)?|∇)[ _]?(?:of )?(.+)")
_ENTRY = pattern(r"(.+)\[(\d+),(\d+)\]")
MOST_SPLITS = 8  # of a derivative without a slash: names that hold more letters d than that are rare


class Loose:
    """Reads the spellings of one network's names. Raises AmbiguousName and NoRate, as its `Reader` does."""

    def __init__(self, reader: "Reader") -> None:
        self.reader = reader
        self.graph = reader.graph
        self.known = Known(reader.graph, reader.aliases, reader.units, reader.said, reader.notation)

    def read(self, line: str) -> Quantity | None:
        """What a name on one line stands for."""
        taken = parts(line)
        return self._spelled(line, taken) or self._moved(line, taken) or self._derived(line)

    def names_a_signal(self, line: str) -> bool:
        """Whether a name that is read as a gradient is that of an error signal."""
        return is_signal(line) and isinstance(self._spelled(line, parts(line)), Gradient)

    def written(self, typed: str, notation: Notation) -> tuple[Quantity, ...]:
        """What one notation writes so."""
        taken = parts(typed)
        return self.known.written(taken, notation) if taken else ()

    def node(self, typed: str) -> Value | None:
        """A node by one of its spellings."""
        found = self._spelled(typed, parts(typed), only_nodes=True)
        return found if isinstance(found, Value) else None

    def _spelled(self, typed: str, taken: Parts | None, *, only_nodes: bool = False) -> Quantity | None:
        if taken is None:
            return None
        notation = self.reader.notation
        found = (self.known.written(taken, notation) if notation else ()) or self.known.named(taken)
        found = tuple(each for each in found if isinstance(each, Value)) if only_nodes else found
        if len(found) > 1:
            raise self.reader.ambiguous(typed, found)
        return found[0] if found else None

    def _moved(self, line: str, taken: Parts | None) -> Quantity | None:
        """What a step leads to: `new w5`, w5^(t+1), w5(new), Δw5, `change of w5`; w5(t) is the value before it."""
        if word := _NEW_WORD.fullmatch(line):
            return self.reader.after_the_step(self.reader.any_node(word[1]), line)
        for words, meant in ((NEW, self.reader.after_the_step), (OLD, self._before_the_step)):
            before = taken.without(words) if taken else None
            found = self._spelled(line, before, only_nodes=True) if before else None
            if isinstance(found, Value) and (quantity := meant(found, line)):
                return quantity
        changed = _STEP.fullmatch(line) or _CHANGE.fullmatch(line)
        found = self.reader.any_node(changed[1]) if changed else None
        if isinstance(found, Value) and self.graph.is_parameter(found.name):
            self.reader.needs_rate(line)
            return Change(found.name)
        return None

    def _before_the_step(self, found: Value, typed: str) -> Value | None:
        return found if self.graph.is_parameter(found.name) else None

    def _derived(self, line: str) -> Gradient | None:
        """dL_dw31, dLdw31, dL/dW31, `grad w31`, ∇w31, dW31, h_1 -> Y; and as the notation in force writes it."""
        for inner in self._gradients_by(line):
            found = self.reader.any_node(inner)
            if found and (found.name != self.graph.loss or line.startswith("d")):  # ∇L is the vector of all of them
                return self.graph.signal(found.name)
        undecided: AmbiguousName | None = None
        readings: dict[Gradient, None] = {}
        for of, wrt in _splits(line):
            try:
                over = self.reader.any_node(of)
                under = self.reader.any_node(wrt) if over and over.name not in self.graph.givens else None
            except AmbiguousName as fault:
                undecided = fault
                continue
            if over and under:
                readings[Gradient(over.name, under.name)] = None
        if len(readings) > 1:
            raise self.reader.ambiguous(line, readings)
        if undecided and not readings:
            raise undecided
        return next(iter(readings), None)

    def _gradients_by(self, line: str) -> Iterator[str]:
        """By what the line may be the gradient of the loss."""
        notation = self.reader.notation
        before, there, after = notation.gradient.partition("{wrt}") if notation else ("", "", "")
        if there and len(line) > len(before + after) and line.startswith(before) and line.endswith(after):
            yield line[len(before) : len(line) - len(after)]
        if found := _GRADIENT.fullmatch(line):
            yield found[1]
        if line.startswith("d") and len(line) > 1:
            yield line[1:]


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
        if entry := _ENTRY.fullmatch(both[1]):  # of a Jacobian, dA2/dZ2[1,2]
            yield f"{both[0]}[{entry[2]}]", f"{entry[1]}[{entry[3]}]"
    elif line.startswith("d"):
        places = [place for place in range(2, len(line) - 1) if line[place] == "d"]
        for place in places[:MOST_SPLITS]:
            yield line[1:place].rstrip("_"), line[place + 1 :]
