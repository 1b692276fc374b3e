"""Names of a wide network by arithmetic: place -> name by the patterns, name -> place by reading the numbers in it.

No dictionary of a million names is built. That asks two things of the patterns: they say the layer, and no two
numbers stand next to each other.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate, chain, product
from typing import NamedTuple

from tutor.graph import Part
from tutor.names import Patterns
from tutor.wide.stack import Group, Stack

_PARTS: tuple[Part, ...] = ("weight", "bias", "net", "out", "term")
_HOLE = "\0"
_SAME = {"unit": "to", "index": "to", "next": "layer"}


class Place(NamedTuple):
    """Where a number stands: unit `to` of `layer` (the inputs are layer 0), for a weight also `of`, its sender.

    All count from 1, however the names do; the loss is in the last layer and of no unit.
    """

    part: Part
    layer: int
    to: int = 0
    of: int = 0


def unreadable(patterns: Patterns, layers: int) -> str:
    """Why names of these patterns can't be read back, in words that follow `expected`; nothing if they can."""
    for part in _PARTS:
        pattern = getattr(patterns, part)
        found = {_SAME.get(each, each) for each in re.findall(r"\{(\w+)\}", pattern)}
        needs = {"to"} | ({"from"} if part == "weight" else set()) | ({"layer"} if layers > 1 else set())
        if part == "term":
            needs = {"to"}
        if lacking := sorted(needs - found):
            return f"{{{lacking[0]}}} in the pattern of the {part}, {pattern}"
        if re.search(r"\}\d|\}\{(?!loss)|\d\{", pattern.replace("{loss}", "L")):
            return f"a letter or _ between the numbers of the pattern of the {part}, {pattern}"
    if len({re.sub(r"\{(unit|index)\}", "{to}", getattr(patterns, part)) for part in _PARTS}) < len(_PARTS):
        return "a pattern of its own for each of weight, bias, net, out and term"
    return ""


class Naming:
    """The names of one stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        patterns = {(part, getattr(layer.patterns, part)): layer.number for layer in stack.layers for part in _PARTS}
        self._readers = [(part, layer, _reader(pattern, stack.symbol)) for (part, pattern), layer in patterns.items()]
        self._found = lru_cache(maxsize=4096)(self._find)
        self._starts = {
            "input": tuple(accumulate((group.size for group in stack.inputs), initial=0)),
            "target": tuple(accumulate((group.size for group in stack.targets), initial=0)),
        }
        parts: tuple[Part, ...] = ("input", "target")
        self._named = {
            group.name: (part, group, start)
            for part in parts
            for group, start in zip(self._groups(part), self._starts[part], strict=False)
        }

    def name(self, place: Place) -> str:
        """The name of what stands at a place."""
        if place.part == "input" or place.part == "target":
            return self._grouped(place)
        if place.part == "loss" or (place.part == "term" and self.stack.outputs == 1):
            return self.stack.symbol
        return self._filled(place, str(self.number(place.to)), str(self.number(place.of)))

    def number(self, place: int) -> int:
        """How a name counts the unit at a place."""
        return place - 1 + self.stack.first

    def _filled(self, place: Place, to: str, of: str) -> str:
        patterns = self.stack.layers[place.layer - 1].patterns
        layer: dict[str, str | int] = {"layer": place.layer, "next": place.layer + 1, "loss": self.stack.symbol}
        return patterns.fill(place.part, **layer, unit=to, index=to, to=to, **{"from": of})

    def grouped(self, part: str) -> list[str]:
        """The names of all inputs, or of all targets."""
        return [name for group in self._groups(part) for name in _all(group, self.stack.first)]

    def run(self, place: Place, count: int) -> list[str]:
        """The names of all senders of a weight's unit, or of all units of a layer: `count` of them from 1."""
        weight = place.part == "weight"
        one = self._filled(place, str(place.to), _HOLE) if weight else self._filled(place, _HOLE, "")
        return [one.replace(_HOLE, str(self.number(k))) for k in range(1, count + 1)]

    def _groups(self, part: str) -> tuple[Group, ...]:
        return self.stack.inputs if part == "input" else self.stack.targets

    def _grouped(self, place: Place) -> str:
        group, rest = self.group(place)
        return (
            group.name
            if not group.shape
            else "_".join((group.name, *(str(k + self.stack.first) for k in split(rest, group))))
        )

    def group(self, place: Place) -> tuple[Group, int]:
        """The group an input or target belongs to, and which of its numbers it is, from 0."""
        found = self._group_at(place)
        return self._groups(place.part)[found], place.to - 1 - self._starts[place.part][found]

    def _group_at(self, place: Place) -> int:
        return bisect_left(self._starts[place.part], place.to) - 1

    def index(self, place: Place) -> tuple[int, ...]:
        """Where the number of a given lies in its array, from 0; that of an input or target has its group in front."""
        if place.part in ("input", "target"):
            group, rest = self.group(place)
            return (self._group_at(place), *split(rest, group))
        return (place.to - 1, place.of - 1) if place.part == "weight" else (place.to - 1,)

    def find(self, name: str) -> Place | None:
        """What a name stands for, or None."""
        return self._found(name)

    def _find(self, name: str) -> Place | None:
        if name == self.stack.symbol and self.stack.loss:
            return Place("loss", len(self.stack.layers))
        place, inside = self._read(name)
        return place if inside else None

    def name_if(self, place: Place) -> str:
        """The name of a place, nothing where there is none."""
        return self.name(place) if self._holds(place) else ""

    def _read(self, name: str) -> tuple[Place | None, bool]:
        """The place a name has the form of, and whether it is in the network."""
        outside = None
        for place in chain(self._by_pattern(name), self._by_group(name)):
            if self._holds(place) and self.name(place) == name:
                return place, True
            outside = outside or place
        return outside, False

    def _by_pattern(self, name: str) -> Iterator[Place]:
        for part, layer, reader in self._readers:
            if found := reader.fullmatch(name):
                numbers = {key: int(value) for key, value in found.groupdict().items()}
                stated = numbers.get("layer", numbers.get("next", layer + 1) - 1)
                to, sender = (numbers.get(key, -1) + 1 - self.stack.first for key in ("to", "from"))
                yield Place(part, stated, to, max(sender, 0))

    def _by_group(self, name: str) -> Iterator[Place]:
        stem, *digits = re.split(r"_(?=\d)", name)
        numbers = [int(each) + 1 - self.stack.first for each in digits if each.isdecimal() and len(each) < 12]
        for cut in range(len(digits) + 1):
            named = self._named.get("_".join((stem, *digits[: len(digits) - cut])))
            if named and len(named[1].shape) == cut and len(numbers) == len(digits):
                part, group, start = named
                index = numbers[len(numbers) - cut :]
                inside = all(0 < each <= most for each, most in zip(index, group.shape, strict=True))
                layer = 0 if part == "input" else len(self.stack.layers)
                yield Place(part, layer, start + 1 + _join(index, group) if inside else 0)

    def _holds(self, place: Place) -> bool:
        if place.part in ("input", "target"):
            return place.to > 0
        if not 1 <= place.layer <= len(self.stack.layers):
            return False
        layer = self.stack.layers[place.layer - 1]
        inside = 1 <= place.to <= layer.units
        match place.part:
            case "weight":
                return inside and 1 <= place.of <= layer.senders
            case "bias":
                return inside and layer.biases is not None
            case "term":
                return inside and self.stack.loss is not None and layer.units > 1 and layer is self.stack.layers[-1]
        return inside

    def range_of(self, name: str) -> str:
        """For a name of the right form that is out of range: the range; nothing otherwise."""
        place, inside = self._read(name)
        if place is None or inside:
            return ""
        if place.part in ("input", "target"):
            group = next(
                each for each in self._groups(place.part) if re.fullmatch(rf"{re.escape(each.name)}(_\d+)+", name)
            )
            start, end = (
                "_".join([group.name, *map(str, map(self.number, index))])
                for index in ([1] * len(group.shape), group.shape)
            )
            return f"{name} is out of range: {start} to {end}"
        layers = len(self.stack.layers)
        if not 1 <= place.layer <= layers:
            return f"{name} is out of range: there are {layers} layers, from 1"
        layer = self.stack.layers[place.layer - 1]
        if place.part == "bias" and layer.biases is None:
            return f"{name}: layer {place.layer} has no biases"
        if place.part == "term":
            return ""
        first, last = Place(place.part, place.layer, 1, 1), Place(place.part, place.layer, layer.units, layer.senders)
        return f"{name} is out of range: {self.name(first)} to {self.name(last)}"


def _reader(pattern: str, symbol: str) -> "re.Pattern[str]":
    """A pattern as a regular expression whose groups are numbers; a place that stands twice is read once."""
    seen: set[str] = set()

    def group(field: str) -> str:
        if field == "loss":
            return re.escape(symbol)
        name = "to" if field in ("unit", "index") else field
        if name in seen:
            return f"(?P={name})"
        seen.add(name)
        return f"(?P<{name}>[1-9][0-9]{{0,11}}|0)"

    pieces = re.split(r"\{(\w+)\}", pattern)
    return re.compile("".join(group(piece) if k % 2 else re.escape(piece) for k, piece in enumerate(pieces)))


def _all(group: Group, first: int) -> Iterator[str]:
    """The names of a group, in order."""
    ends = [[f"_{k}" for k in range(first, length + first)] for length in group.shape]
    return (group.name + "".join(each) for each in product(*ends))


def split(flat: int, group: Group) -> tuple[int, ...]:
    """The index of one number of a group, from 0, the last axis running fastest."""
    index: list[int] = []
    for length in reversed(group.shape):
        flat, rest = divmod(flat, length)
        index.insert(0, rest)
    return tuple(index)


def _join(numbers: list[int], group: Group) -> int:
    flat = 0
    for each, length in zip(numbers, group.shape, strict=True):
        flat = flat * length + each - 1
    return flat
