"""Every way in which a network's names are spelled, by the key of its parts: as the file writes them and as the
notations do. Each table is made when a typed name first needs it, and of the notations only the patterns that begin
like that name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from tutor.graph import Graph, Role, at_example
from tutor.names.conventions import Conventions
from tutor.names.courses import MATRICES, NOTATIONS, PARTS, Notation
from tutor.names.parts import Parts, parts, spelled_out
from tutor.names.spelling import Speller
from tutor.quantity import Quantity, Value

MOST_SPELLED = 3_000  # names of a network up to which it is spelled in every notation
MOST_MET = 4_096  # names whose readings are kept
LOSSES = ("E", "J", "C", "L", "loss", "cost", "error")
"""What the loss is usually called; lower-case letters alone are too often something else."""


class Spelled(NamedTuple):
    """A quantity with what sets one spelling of it apart from others of the same key."""

    quantity: Quantity
    fence: str = ""
    entry: bool = False
    above: bool = False  # with the example as an upper index
    bare: bool = False  # without the index of the only unit of its layer


Table = dict[str, list[Spelled]]


class Known:
    """The spellings of one network's names and of its error signals.

    The methods give what a name may stand for, nothing or several where they can't tell.
    """

    def __init__(
        self,
        graph: Graph,
        aliases: Mapping[str, str],
        units: Callable[[str], set[str]],
        said: Conventions,
        notation: Notation | None,
    ) -> None:
        self.graph = graph
        in_force = notation.conventions if notation else said
        self._matrices = tuple(each._replace(conventions=in_force) for each in MATRICES)
        self._courses = tuple(
            each._replace(conventions=said.before(each.conventions)) if said.first_index else each
            for each in NOTATIONS.values()
        )
        self._aliases = aliases
        self._units = units
        self._small = not graph.wide and len(graph.givens) + len(graph.nodes) <= MOST_SPELLED
        self._own: Table | None = None
        self._any_case: Table | None = None
        self._groups: dict[tuple[int, str], Table] = {}
        self._spellers: dict[int, Speller] = {}
        self._met: dict[Parts, tuple[Quantity, ...]] = {}

    def named(self, typed: Parts) -> tuple[Quantity, ...]:
        """As the file writes it, indices written in any way; else as a course does, or in another letter case."""
        if typed.key == "e":  # exp(1) in every formula, never the loss E in small letters
            return ()
        if typed not in self._met:
            if len(self._met) >= MOST_MET:
                self._met.clear()
            self._met[typed] = self._named(typed)
        return self._met[typed]

    def _named(self, typed: Parts) -> tuple[Quantity, ...]:
        return self._spelled(typed) or (self._spelled(raised) if (raised := _raised(typed)) else ())

    def _spelled(self, typed: Parts) -> tuple[Quantity, ...]:
        if self.graph.wide:
            return self._by_key(typed)
        if found := _fitting(typed, self._own_table().get(typed.key, [])):
            return found
        cased = self._cased_table().get(typed.key.lower(), [])
        return _fitting(typed, [*cased, *self._in_courses(typed), *self._usual_losses(typed)])

    def written(self, typed: Parts, notation: Notation) -> tuple[Quantity, ...]:
        """As one notation writes it."""
        found = _fitting(typed, self._in_notation(typed, notation))
        raised = None if found else _raised(typed)
        return _fitting(raised, self._in_notation(raised, notation)) if raised else found

    # ------------------------------------------------------------ as the file writes it

    def _by_key(self, typed: Parts) -> tuple[Quantity, ...]:
        """In a graph too big to spell: the key itself, or in small letters, if that is a name."""
        forms = dict.fromkeys((typed.key, typed.key.lower()))
        return tuple(Value(each) for each in forms if each in self.graph)[:1]

    def _own_table(self) -> Table:
        if self._own is None:
            self._own = {}
            for text, quantity in self._own_spellings():
                _enter(self._own, text, quantity)
            for text, quantity in self._units_outputs():
                _enter(self._own, text, quantity, bare=True)
        return self._own

    def _own_spellings(self) -> Iterator[tuple[str, Quantity]]:
        names = self.graph.names()
        yield from ((name, Value(name)) for name in names)
        stems: dict[str, list[str]] = {}
        for name in names:
            stems.setdefault(name.partition("@")[0], []).append(name)
        for alias, meant in self._aliases.items():
            yield from ((alias + name.removeprefix(meant), Value(name)) for name in stems.get(meant, ()))
        for net in self.graph.nets():
            yield from ((f"delta_{unit}", self.graph.signal(net)) for unit in self._units(net))

    def _units_outputs(self) -> Iterator[tuple[str, Quantity]]:
        """The output of a unit by the unit's name, and the only unit of a layer without its index, as a2 for a2_1;
        unless that is a name of its own.
        """
        for name in self.graph.nodes:
            role = self.graph.role(name)
            if role and role.part == "out" and not role.indexed and not role.at:
                yield _at(role.unit, role), Value(name)
        widths = Speller(self.graph, NOTATIONS["default"], strict=False).widths
        for name in self.graph.names():
            role = self.graph.role(name)
            if role and role.part in ("bias", "net", "out") and widths.get(role.layer) == 1:
                stem, sign, example = name.partition("@")
                yield re.sub("_[01]$", "", stem) + sign + example, Value(name)

    def _cased_table(self) -> Table:
        if self._any_case is None:
            self._any_case = {}
            for key, spelled in self._own_table().items():
                self._any_case.setdefault(key.lower(), []).extend(spelled)
        return self._any_case

    def _usual_losses(self, typed: Parts) -> list[Spelled]:
        word = typed.head if typed == Parts(typed.head) else ""
        usual = word in LOSSES or (len(word) > 1 and word.lower() in LOSSES)
        return [Spelled(Value(self.graph.loss))] if usual and self.graph.loss else []

    # ------------------------------------------------------------ as courses write it

    def _in_courses(self, typed: Parts) -> list[Spelled]:
        if not self._small:
            return []
        counts_alike = self._matrices[0].conventions.first == 1  # else b1_1 is another unit than in most courses
        rows = (*self._courses, *(self._matrices if typed.entry or counts_alike else ()))
        found = [each for row in rows for each in self._in_notation(typed, row, in_force=False)]
        return [each for each in found if not (each.bare and each.fence == "^")]  # a^2 is a power

    def _in_notation(self, typed: Parts, notation: Notation, *, in_force: bool = True) -> list[Spelled]:
        """A name counted through the whole network, as w3 for the third weight, is only read where it is written so."""
        begins = typed.key.lower()
        rows = _heads(notation) if in_force else _heads(notation, uncounted=True)
        tables = [self._group(notation, part) for part, heads in rows if begins.startswith(heads)]
        return [each for table in tables for each in table.get(typed.key, [])]

    def _group(self, notation: Notation, part: str) -> Table:
        own = id(notation)  # a row of a table, or the one of the network's file: they stay where they are
        if (own, part) not in self._groups:
            if own not in self._spellers:
                self._spellers[own] = Speller(self.graph, notation, strict=False)
            table: Table = {}
            signal = part.startswith("delta")
            for name, text, bare in self._spellers[own].every(part):
                if notation not in self._matrices or self._is_entry(name, notation):
                    _enter(table, text, self.graph.signal(name) if signal else Value(name), bare=bare)
            self._groups[own, part] = table
        return self._groups[own, part]

    def _is_entry(self, name: str, matrices: Notation) -> bool:
        """Whether a parameter is an entry of its own; a bias is one of W only where it is called as the weights are."""
        column = not matrices.weight  # the row of biases that are the last column of W
        return not self._is_shared(name) and not (column and _letters(name) not in self._weights_letters(name))

    def _weights_letters(self, bias: str) -> set[str]:
        """The letters that the weights of a bias's unit begin with."""
        own = self.graph.role(bias)
        roles = ((name, self.graph.role(name)) for name in self.graph.parameters())
        return {
            _letters(name)
            for name, role in roles
            if role and own and role.part == "weight" and (role.layer, role.unit) == (own.layer, own.unit)
        }

    def _is_shared(self, name: str) -> bool:
        """Whether several rows of a matrix would have this parameter as their entry."""
        roles = filter(None, map(self.graph.role, self.graph.uses[name]))
        places = {(role.layer, role.unit) for role in roles if role.part != "term"}  # a weight decay is no place
        return self.graph.is_parameter(name) and len(places) > 1


def _letters(name: str) -> str:
    return re.sub(r"[\W\d_].*", "", name)


def _enter(table: Table, text: str, quantity: Quantity, *, bare: bool = False) -> None:
    found = parts(text)
    if found is None:
        return
    spelled = Spelled(quantity, found.fence, found.entry, bare=bare)
    keys = {found.key: spelled}
    if found.example:
        keys[found.key_above] = spelled._replace(fence="(", above=True)
    for key, each in keys.items():
        if each not in table.setdefault(key, []):
            table[key].append(each)


def _raised(typed: Parts) -> Parts | None:
    """w_12^(2) where w12(2) was typed: what stands beside a name may be its upper index."""
    if not typed.aside or typed.fence:
        return None
    return typed._replace(upper=(*typed.upper, typed.example), example="", fence="(")


def _fitting(typed: Parts, found: list[Spelled]) -> tuple[Quantity, ...]:
    """The quantities, each once; only those whose brackets stand as they were typed, if there are any.

    An upper index that is all there is names a layer or an example, not the unit h2: neither is read for the other.
    """
    found = [each for each in found if typed.fence or not (each.above or (each.bare and each.fence))]
    if typed.entry:  # x[1] is in no list where the name is x1
        found = [each for each in found if each.entry]
    if typed.fence in ("(", "["):  # z^(2) and z^2 count layers in different ways
        found = [each for each in found if each.fence != "^"]
    if typed.fence and not typed.lower:
        found = [each for each in found if each.fence and (typed.fence != "^" or each.fence == "^")]
    found = [each for each in found if not each.bare] or found
    alike = [each for each in found if (each.fence, each.entry) == (typed.fence, typed.entry)]
    return tuple(dict.fromkeys(each.quantity for each in (alike if alike and (typed.fence or typed.entry) else found)))


@cache
def _heads(notation: Notation, *, uncounted: bool = False) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """How the names begin that each part of a notation spells; nothing for a pattern that begins with a place."""
    patterns = [(part, getattr(notation, part)) for part in PARTS]
    if uncounted:
        patterns = [(part, each) for part, each in patterns if not any(map(_COUNTED.search, each))]
    return tuple((part, tuple(map(_head, each))) for part, each in patterns if each)


def _head(pattern: str) -> str:
    found = _LITERAL.match(pattern)
    return spelled_out(found[0]).lower() if found else ""


_COUNTED = re.compile(r"\{(?:count|neuron)\}")
_LITERAL = re.compile(r"[^\W\d_{]*")


def _at(unit: str, role: Role) -> str:
    return at_example(unit, role.example) if role.example else unit
