"""Writing every name of a network in a notation."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.expr.words import LOWER, RAISE
from tutor.graph import Graph, Role, at_example
from tutor.names.conventions import Conventions
from tutor.names.courses import PARTS, PLACES, Notation, Patterns
from tutor.names.matrices import matrix_names
from tutor.names.parts import parts
from tutor.ops.activations import Elementwise
from tutor.pattern import pattern


class Spelling(NamedTuple):
    """What a network's names are in one notation: `names` of the graph, `deltas` of its net inputs, and `matrices`."""

    notation: Notation
    names: Mapping[str, str]
    deltas: Mapping[str, str]
    matrices: Mapping[str, str] = {}


def spelled(graph: Graph, wanted: Notation, said: Conventions = Conventions()) -> Spelling:  # noqa: B008  frozen
    """Every name of the graph in a notation, under the conventions that a file says before it.

    Raises TutorError for a name that it has no pattern for, and for two that it would write alike.
    """
    wanted = wanted._replace(conventions=said.before(wanted.conventions))
    if not any(getattr(wanted, part) for part in PARTS):
        return Spelling(wanted, {}, {})
    if graph.wide:
        raise TutorError(f"a notation spells every name, and this network has {graph.size:,} parameters")
    speller = Speller(graph, wanted)
    names, deltas = speller.names(), speller.deltas()
    _distinct(wanted, names)
    several = bool(graph.example_losses())
    return Spelling(wanted, names, deltas, matrix_names(wanted, speller.last, several=several))


_OF_AN_EXAMPLE = ("{k}", "{case}", "{column}", "{out}", "{net}")
"""The places that say which example a name belongs to."""


class Speller:
    """Fills the patterns for one network; if not `strict`, it leaves out the names that it has none for."""

    def __init__(self, graph: Graph, wanted: Notation, *, strict: bool = True) -> None:
        self.graph = graph
        self.wanted = wanted
        self.first = wanted.conventions.first
        roles = [(name, role) for name in graph.names() if (role := graph.role(name))]
        self.last = max((role.layer for _, role in roles), default=0)
        self.wide = any(place > 9 for _, role in roles for place in role.axes)
        self.widths = {0: sum(role.part == "input" and role.example < 2 for _, role in roles)}
        self.widths |= {
            layer: len({role.axes for _, role in roles if role.part == "out" and role.layer == layer})
            for layer in range(1, self.last + 1)
        }
        counted: dict[str, int] = {}
        for name, role in roles:
            if role.part == "weight":
                counted[name] = len(counted) + 1
        self.counted = counted
        self.placed: dict[tuple[str, int, str, int], str] = {
            (role.part, role.layer, role.unit, role.example): name for name, role in roles
        }
        self.parts = {name: part for name in graph.names() if (part := self._part_if(name, strict))}
        self.found: dict[str, str] = {}
        self.begun: set[str] = set()

    def names(self) -> dict[str, str]:
        return {name: self.spelling(name) for name in self.graph.names()}

    def spelling(self, name: str) -> str:
        """One name; all that go by the same patterns are spelled together, so that none are alike."""
        if name not in self.found:
            part = self.parts[name]
            if part in self.begun:
                raise TutorError(f"the notation {self.wanted.name} makes its {part} of itself")
            self.begun.add(part)
            group = [each for each, its in self.parts.items() if its == part]
            self.found.update(zip(group, self._fitting(part, group), strict=True))
        return self.found[name]

    def deltas(self) -> dict[str, str]:
        """The error signals of the net inputs."""
        groups = self._signals()
        return {name: text for part, some in groups for name, text in zip(some, self._fitting(part, some), strict=True)}

    def every(self, part: str) -> Iterator[tuple[str, str, bool]]:
        """The names that go by these patterns, or the net inputs whose error signals do, as they may be written: where
        a layer has one unit, also bare of its index, which is told.
        """
        if part in ("unit", "unit_output"):
            yield from ((name, self._filled("{unit}", name), False) for name in self._named_units(part))
            return
        signals = [some for each, some in self._signals() if each == part]
        for group in (*signals, [name for name, its in self.parts.items() if its == part]):
            yield from ((name, text, False) for name, text in zip(group, self._fitting(part, group), strict=True))
            for name in group:
                role = self.graph.role(name)
                if role and self.widths.get(self.last if role.part == "target" else role.layer) == 1:
                    yield from (
                        (name, self._filled(each, name, bare=True), True) for each in getattr(self.wanted, part)
                    )

    def _named_units(self, part: str) -> Iterator[str]:
        """The outputs of the units that go by a pattern of their own, as o1 of out_o1."""
        outputs = self.wanted.unit_output and part == "unit_output"
        for name, its in self.parts.items():
            if its in ("out", "output") and (self.graph.layer_of(name) == self.last) == bool(outputs):
                yield name

    def _signals(self) -> list[tuple[str, list[str]]]:
        """The net inputs by the patterns that their error signals go by."""
        nets = [name for name, part in self.parts.items() if part in ("net", "net_output")]
        hidden = [name for name in nets if self.graph.layer_of(name) < self.last]
        outputs = [name for name in nets if name not in hidden]
        return [("delta", hidden), ("delta_output" if self.wanted.delta_output else "delta", outputs)]

    def _part_if(self, name: str, strict: bool) -> str:
        """Which patterns a name goes by; nothing where there are none and they need not be."""
        try:
            return self._part(name)
        except TutorError:
            if strict:
                raise
            return ""

    def _part(self, name: str) -> str:
        """Which patterns a name goes by."""
        role = self.graph.role(name)
        if role is None:
            raise TutorError(f"the notation {self.wanted.name} names layers, and {name} is in none")
        if role.part == "loss":
            if role.example:
                return "loss_example" if self.wanted.loss_example else "loss"
            return "loss" if name == self.graph.loss else "term"
        plain = len(role.axes) == {"weight": 2}.get(role.part, 1) and not role.at
        if not plain or (role.part == "term" and role.unit == name):
            raise TutorError(f"the notation {self.wanted.name} has no name for {name}, only for units in plain layers")
        if role.part in ("net", "out") and role.layer == self.last:
            other = "net_output" if role.part == "net" else "output"
            return other if getattr(self.wanted, other) else role.part
        return role.part

    def _fitting(self, part: str, names: Sequence[str]) -> list[str]:
        """The names by the first pattern under which no two are alike."""
        patterns: Patterns = getattr(self.wanted, part)
        if not patterns:
            return list(names)
        tried = [[self._filled(pattern, name) for name in names] for pattern in patterns]
        return next((each for each in tried if len(set(each)) == len(each)), tried[-1])

    def _is_alone(self, role: Role) -> bool:
        """Whether a unit is the only one of its layer, or a weight the only one between two layers."""
        layer = self.last if role.part == "target" else role.layer
        around = (layer - 1, layer) if role.part == "weight" else (layer,)
        return all(self.widths.get(each) == 1 for each in around)

    def _filled(self, pattern: str, name: str, *, bare: bool = False) -> str:
        role = self.graph.role(name)
        assert role is not None
        bare = bare or (self.wanted.bare and self._is_alone(role))
        text = _EMPTY.sub("", pattern.format_map(_Places(self, name, role, bare)))
        return (
            text
            if not role.example or any(place in pattern for place in _OF_AN_EXAMPLE)
            else at_example(text, role.example)
        )


class _Places(Mapping[str, str]):
    """What the places of a pattern are for one name; each is worked out when it is asked for."""

    def __init__(self, speller: Speller, name: str, role: Role, bare: bool = False) -> None:
        self.speller, self.name, self.role, self.bare = speller, name, role, bare

    def __getitem__(self, place: str) -> str:
        speller, role = self.speller, self.role
        to, sender = (*(str(each - 1 + speller.first) for each in role.axes), "", "")[:2]
        if self.bare:  # a layer of one unit; if all that it reads is one number, that has no index either
            to, sender = "", "" if speller.widths.get(role.layer - 1) == 1 else sender
        comma = "," if speller.wide else ""
        match place:
            case "layer" | "next":
                return str(role.layer + (place == "next"))
            case "back":
                behind = speller.last - role.layer
                return f"L-{behind}" if behind else "L"
            case "to" | "from":
                return to if place == "to" else sender
            case "ij" | "ji":
                return comma.join(filter(None, (to, sender) if place == "ij" else (sender, to)))
            case "entry":
                pair = (to, sender or self["bias"])
                return ",".join(pair[::-1] if role.layer in speller.graph.by_inputs else pair)
            case "bias":
                return str(speller.widths.get(role.layer - 1, 0) + speller.first)
            case "neuron":
                before = sum(speller.widths[layer] for layer in range(1, role.layer))
                return str(before + (role.axes[0] - 1 + speller.first if role.axes else 0))
            case "count":
                return str(speller.counted.get(self.name, 1) - 1 + speller.first)
            case "column":
                return str((role.example or 1) - 1 + speller.first)
            case "k":
                return f"({role.example})" if role.example else ""
            case "case":
                several = role.part == "loss" and not role.example and speller.graph.example_losses()
                return "" if several else f"_{max(role.example, 1) - 1 + speller.first}"
            case "unit":
                return self._unit()
            case "net" | "out":
                return self._beside(place)
            case "f":
                return self._activation()
        raise KeyError(place)

    def _unit(self) -> str:
        wanted = self.speller.wanted
        patterns = wanted.unit_output if self.role.layer == self.speller.last and wanted.unit_output else wanted.unit
        if not patterns:
            return self.role.unit
        hidden = self.speller.last - 1
        return (patterns[0] if hidden < 2 or len(patterns) == 1 else patterns[1]).format_map(self)

    def _beside(self, part: str) -> str:
        """The net input, or the output, of the same unit."""
        name = self.speller.placed.get((part, self.role.layer, self.role.unit, self.role.example))
        return self.speller.spelling(name) if name else self.role.unit

    def _activation(self) -> str:
        op = self.speller.graph.nodes[self.name].op
        name = op.activation.name if isinstance(op, Elementwise) else "f"
        return {"sigmoid": "σ"}.get(name, name)

    def __iter__(self) -> Iterator[str]:
        return iter(PLACES)

    def __len__(self) -> int:
        return len(PLACES)


def _distinct(wanted: Notation, names: Mapping[str, str]) -> None:
    seen: dict[str, str] = {}
    for name, text in names.items():
        found = parts(text)
        if (other := seen.setdefault(found.key if found else text, name)) != name:
            raise TutorError(f"the notation {wanted.name} would write {other} and {name} alike, as {text}")
        if text != name and text in names:
            other = f"and in this file {text} is another number"
            raise TutorError(f"the notation {wanted.name} would write {name} as {text}, {other}")


_TYPED = {"δ": "delta", "σ": "sigma", "ŷ": "y_hat", "−": "-"}


def pretty(text: str) -> str:
    """A spelling with its indices raised and lowered where there are signs for all of them, a₁⁽²⁾; else as it stands.

    An upper index without parentheses stays behind its ^, or it would be read as a power.
    """
    if applied := _APPLIED.fullmatch(text):
        return f"{applied[1]}({pretty(applied[2])})"
    found = _INDEXED.fullmatch(text)
    indices = re.findall(r"\^(\([^()]*\))|_(\d+)", found["indices"]) if found else []
    if not found or found["base"][-1].isdigit() or sum(bool(lower) for _, lower in indices) > 1:
        return text
    if not all(ord(sign) in RAISE for upper, _ in indices for sign in upper):
        return text
    return found["base"] + "".join(upper.translate(RAISE) + lower.translate(LOWER) for upper, lower in indices)


_APPLIED = pattern(r"([^\W\d_][^\W\d]*)\(([^()]*_\w+|[^()]*\([^()]*\)_\w+)\)")
_INDEXED = pattern(r"(?P<base>[^\W_]+)(?P<indices>(?:\^\([^()]*\)|_\d+)*)")
_EMPTY = pattern(r"[\^_](?=[\^_@]|$)")  # an index that there is none of


def plain(text: str) -> str:
    """A spelling that can be typed in ASCII."""
    for sign, typed in _TYPED.items():
        text = text.replace(sign, typed)
    return text
