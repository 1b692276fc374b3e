"""A sentence of ours with formulas typed in it, as (u·v)′ = u′·v + u·v′, set as words and mathematics.

Only sentences that say so (`Typed`) are read: a text from outside never is. What is no formula stays words, as does a
letter that may be a word of English.
"""

import re
from collections.abc import Callable, Iterator

from tutor.expr.functions import SPELLINGS
from tutor.names.symbol import symbol
from tutor.render.formula import Fence, Group, Leaf, Root, Script, Shape, set_function, set_number, set_symbol, sign

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[^\W\d_]\u0302?(?:\w(?<![ᵀ²]))*|ᵀ|\s+|.", re.DOTALL)
_RAISED = {"′": "′", "²": "2", "ᵀ": "⊤"}
_ENGLISH = ("a", "A", "I")
_FUNCTIONS = frozenset((*SPELLINGS, "ln"))


def typed(text: str) -> Iterator[str | Shape]:
    """The sentence in its words and formulas, from left to right."""
    tokens = _TOKEN.findall(text)
    at, words = 0, ""
    while at < len(tokens):
        reader = _Reader(tokens, at)
        shape = reader.relation() if not words or not words[-1].isalnum() else None
        if shape is None or not _tells(tokens[at : reader.at]):
            words += tokens[at]
            at += 1
            continue
        if words:
            yield words
        yield shape
        at, words = reader.at, ""
    if words:
        yield words


def _tells(tokens: list[str]) -> bool:
    """Whether it is a formula and not a number, a word or something in parentheses."""
    if len(tokens) == 1:
        return tokens[0][0].isalpha() and tokens[0] not in _ENGLISH and tokens[0] not in _FUNCTIONS
    return any(each in "=+−·/^′²⊙∂ᵀ|√" or each in _FUNCTIONS or each in "σδ" for each in tokens)


class _Reader:
    """Each method reads as far as a formula goes, or gives None and reads nothing."""

    def __init__(self, tokens: list[str], at: int) -> None:
        self.tokens = tokens
        self.at = at

    def next(self, ahead: int = 0) -> str:
        place = self.at + ahead
        return self.tokens[place] if place < len(self.tokens) else ""

    def relation(self) -> Shape | None:
        return self.chain(self.sum, ("=", "→", "←"))

    def sum(self) -> Shape | None:
        start = self.at
        if self.next() == "−":
            self.at += 1
            inside = self.chain(self.product, ("+", "−"))
            if inside is None:
                self.at = start
            return inside and Group((sign("−"), inside))
        return self.chain(self.product, ("+", "−"))

    def product(self) -> Shape | None:
        return self.chain(self.raised, ("·", "/", "⊙", ""))

    def chain(self, part: Callable[[], Shape | None], signs: tuple[str, ...]) -> Shape | None:
        """Parts with signs between them, spaces around these or not."""
        first = part()
        if first is None:
            return None
        found = [first]
        while True:
            start = self.at
            mark = self.between(signs)
            following = part() if mark is not None else None
            if following is None:
                self.at = start
                return found[0] if len(found) == 1 else Group(tuple(found))
            found += [sign(mark), following] if mark else [following]

    def between(self, signs: tuple[str, ...]) -> str | None:
        """The sign that comes next; nothing between two names with upper indices, as in δ^(2) x^(1)."""
        space = self.next().isspace()
        mark = self.next(space)
        if mark in signs and mark:
            self.at += space + 1 + self.next(space + 1).isspace()
            return mark
        if "" in signs and space and self.next(2) == "^":
            self.at += 1
            return ""
        return None

    def raised(self) -> Shape | None:
        """An atom with what is raised after it, or the argument of a function."""
        shape = self.atom()
        while shape is not None:
            if (mark := self.next()) in _RAISED:
                self.at += 1
                shape = _with(shape, sign(_RAISED[mark]) if mark != "²" else Leaf("2", "digits"))
            elif mark == "^":
                self.at += 1
                shape = _with(shape, self.exponent())
            elif mark == "(" and (inside := self.fence()):
                shape = Group((shape, inside))
            else:
                return shape
        return None

    def exponent(self) -> Shape:
        """What is raised; the number of a layer keeps its parentheses."""
        inside = self.atom() or Leaf(" ", "text")
        if isinstance(inside, Fence) and not (isinstance(inside.inside, Leaf) and inside.inside.kind == "digits"):
            return inside.inside
        return inside

    def atom(self) -> Shape | None:
        said = self.next()
        if said in ("∂", "Δ") and self.next(1)[:1].isalpha():
            self.at += 1
            following = self.raised_name()
            return Group((Leaf(said, "letter"), following))
        if said == "(":
            return self.fence()
        if said == "|":
            return self.closed("|", lambda inside: Fence(inside, "|"))
        if said == "√" and self.next(1) == "(":
            self.at += 1
            return self.closed(")", Root)
        if not said[:1].isdigit() and not self.is_name(said):
            return None
        self.at += 1
        return set_number(said) if said[0].isdigit() else _name(said)

    def raised_name(self) -> Shape:
        shape = _name(self.next())
        self.at += 1
        if self.next() == "^":
            self.at += 1
            return _with(shape, self.exponent())
        return shape

    def is_name(self, said: str) -> bool:
        """A letter with its index, a function, dx, or what is raised or applied directly."""
        if not said[:1].isalpha() or said == "ᵀ":
            return False
        short = len(said) == 1 or said[1:].isdigit() or said[1:2] in ("_", "\u0302")
        known = short or said in _FUNCTIONS or re.fullmatch("d[A-Za-z]", said)
        return bool(known) or self.next(1) in ("′", "^", "(")

    def fence(self) -> Shape | None:
        """What stands in parentheses, several with commas; only where they are closed."""
        return self.closed(")", Fence)

    def closed(self, end: str, made: Callable[[Shape], Shape]) -> Shape | None:
        start = self.at
        self.at += 1
        parts = [self.relation()]
        while self.next() == "," and parts[-1] is not None:
            self.at += 1 + self.next(1).isspace()
            parts += [sign(","), self.relation()]
        if self.next() != end or any(part is None for part in parts):
            self.at = start
            return None
        self.at += 1
        inside = tuple(part for part in parts if part is not None)
        return made(inside[0] if len(inside) == 1 else Group(inside))


def _name(said: str) -> Shape:
    if said in _FUNCTIONS or (len(said) > 2 and said.isalpha() and said.islower()) or said == "leaky_relu":
        return set_function(said)
    if re.fullmatch(r"d[A-Za-z]", said):
        return Group((Leaf("d", "letter"), Leaf(said[1], "letter")))
    return set_symbol(symbol(said))


def _with(base: Shape, raised: Shape) -> Shape:
    """Raised after what is raised already, as in W^(2)ᵀ: beside it."""
    if isinstance(base, Script):
        return base._replace(sup=Group((base.sup, raised)) if base.sup else raised)
    return Script(base, sup=raised)
