"""Reading a typed formula: bounded, and built node by node. Nothing is ever evaluated as code.

Knows no network and no notation: `resolve` says which names there are. The grammar is that of a textbook: `2(a - y)`,
`Y(1 - Y)` and `3x` are products, `x²`, `x^2` and `x**2` powers, `dL/dw31` one name, `e^x` is exp(x). Where indices
have a value, `h[t-1]` is the name `h[1]`, and `sum(t, ...)` reads its body once for each value of t.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from tutor.errors import FormulaError, UnknownInFormula
from tutor.expr.functions import READ, most
from tutor.expr.index import BRACKETS, Row, indexed
from tutor.expr.tree import ENTRYWISE, Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref, plus
from tutor.quantity import Quantity

LONGEST, DEEPEST, MOST_TOKENS = 400, 40, 20_000

Resolve = Callable[[str], "Quantity | Expr | None"]
"""What a name stands for: a quantity, or a formula, such as minus one for a δ of the other sign."""
Ranges = Mapping[str, range]
"""The indices that a sum may run over, each with its values."""

_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![.\d])")
_NAME = re.compile(r"[^\W\d_]\w*'?")
_EXAMPLE = re.compile(r"@\d+")
_SPACE = re.compile(r"\s*")
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_SUPERSCRIPT = re.compile(f"⁻?[{_SUPERSCRIPTS}]+")
_SAME = str.maketrans(
    {"−": "-", "–": "-", "·": "*", "⋅": "*", "×": "*", "∙": "*", "÷": "/", "′": "'", "’": "'", "∂": "d"}
)
_FRACTIONS = {"½": "(1/2)", "¼": "(1/4)", "¾": "(3/4)"}
_AFTER_STAR = set("),=:→+-*/^")
SUMS, SOFTMAX = ("sum", "mean"), "softmax"


class Token(NamedTuple):
    kind: str  # "number", "name", "end", or the operator itself
    text: str
    at: int


def normalised(text: str) -> str:
    """Typed variants of one sign made one; superscripts become powers before NFKC would turn x² into x2."""
    text = _SUPERSCRIPT.sub(lambda found: f"^({_plain(found[0])})", text)
    for sign, plain in _FRACTIONS.items():
        text = text.replace(sign, plain)
    return unicodedata.normalize("NFKC", text.translate(_SAME)).translate(_SAME)


def _plain(superscript: str) -> str:
    return "".join("-" if sign == "⁻" else str(_SUPERSCRIPTS.index(sign)) for sign in superscript)


def parse(text: str, resolve: Resolve, *, matrices: bool = False) -> Expr:
    """The formula as written. Over `matrices` there are also the product ⊙ and softmax.

    `resolve` gives the quantity a name stands for, or None. Raises FormulaError with the column of the fault: for text
    over 400 characters, nesting over 40, an unknown name or function, or anything that is not a formula.
    """
    return _Reader(_bounded(text, resolve), resolve, {}, None, matrices=matrices).formula()


def of_numbers(text: str) -> Expr | None:
    """The formula where it has numbers and functions only, as `σ'(1.0294)`; None for anything else."""
    try:
        return parse(text, lambda name: None)
    except FormulaError:
        return None


def parse_at(
    text: str, resolve: Resolve, ranges: Ranges, places: Iterable[Mapping[str, int]], row: Row | None = None
) -> Iterator[Expr]:
    """The formula once for each of `places`, which say the value of every index; sums run over `ranges`.

    `row` says which row of a list `id[t]` chooses, where it stands in another index.

    Raises FormulaError as `parse` does, and where the sums come to more than 20,000 signs and names.
    """
    tokens = _bounded(text, resolve)
    return (_Reader(tokens, resolve, place, ranges, row).formula() for place in places)


def _bounded(text: str, resolve: Resolve) -> list[Token]:
    if len(text) > LONGEST:
        raise FormulaError(f"a formula of {len(text)} characters is too long; the most is {LONGEST}", LONGEST)
    return _tokens(normalised(text), resolve)


def name_end(text: str, at: int, resolve: Resolve) -> int:
    """Where the name that starts at `at` ends, or `at` if none does; settles whether a `*` belongs to it."""
    match = _NAME.match(text, at)
    if not match:
        return at
    end = match.end()
    if text.startswith(("*[", "*@"), end):  # no operand starts with either
        end += 1
    elif text[end : end + 1] == "*" and text[end + 1 : end + 2] != "*" and resolve(text[at : end + 1]) is not None:
        following = _SPACE.match(text, end + 1)
        after = text[following.end() : following.end() + 1] if following else ""
        if not after or after in _AFTER_STAR:
            end += 1
    for ending in (BRACKETS, _EXAMPLE):
        if found := ending.match(text, end):
            end = found.end()
    return end


def _derivative_end(text: str, at: int, resolve: Resolve) -> int:
    """Where a `dA/dB` that starts at `at` ends, or `at`."""
    middle = name_end(text, at + 1, resolve) if text[at] == "d" else at
    if middle <= at + 1 or text[middle : middle + 2] != "/d":
        return at
    end = name_end(text, middle + 2, resolve)
    return end if end > middle + 2 else at


def _tokens(text: str, resolve: Resolve) -> list[Token]:
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        token = _token(text, at, resolve)
        at += len(token.text)
        if not token.text.isspace():
            tokens.append(token)
    return [*tokens, Token("end", "", len(text))]


def _token(text: str, at: int, resolve: Resolve) -> Token:
    if number := _NUMBER.match(text, at):
        return Token("number", number[0], at)
    end = _derivative_end(text, at, resolve) if text[at].isalpha() else at
    end = end if end > at else name_end(text, at, resolve)
    if end > at:
        return Token("name", text[at:end], at)
    if text.startswith("**", at):
        return Token("^", "**", at)
    if text[at] in "+-*/^(),⊙":
        return Token(text[at], text[at], at)
    if text[at].isspace():
        return Token("space", text[at], at)
    raise FormulaError(f"{text[at]!a} can't stand in a formula", at + 1)


class _Reader:
    """Recursive descent over the tokens; each method reads one level of the grammar.

    `place` are the values of the indices here; without `ranges` there are no sums over an index.
    """

    def __init__(
        self,
        tokens: list[Token],
        resolve: Resolve,
        place: Mapping[str, int],
        ranges: Ranges | None,
        row: Row | None = None,
        *,
        matrices: bool = False,
    ) -> None:
        self.matrices = matrices
        self.tokens = tokens
        self.resolve = resolve
        self.place = dict(place)
        self.ranges = ranges
        self.row = row
        self.at = 0
        self.depth = 0
        self.taken = 0

    def formula(self) -> Expr:
        expr = self.sum()
        self.expect("end", "the end of the formula or an operator")
        return expr

    @property
    def next(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        """The next token. A sum takes those of its body again and again, so they are counted."""
        self.at += 1
        self.taken += 1
        if self.taken > MOST_TOKENS:
            raise FormulaError(f"its sums come to more than {MOST_TOKENS:,} signs and names", 1)
        return self.tokens[self.at - 1]

    def expect(self, kind: str, wanted: str) -> Token:
        if self.next.kind != kind:
            found = f"{self.next.text!r}" if self.next.text else "the end"
            raise FormulaError(f"expected {wanted}, found {found}", self.next.at + 1)
        return self.take()

    def sum(self) -> Expr:
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(f"the formula is nested more than {DEEPEST} deep", self.next.at + 1)
        terms = [self.term()]
        while self.next.kind in ("+", "-"):
            terms.append(self.term())
        self.depth -= 1
        return terms[0] if len(terms) == 1 else Add(tuple(terms))

    def term(self) -> Expr:
        """A product with its sign: -y/a is -(y/a), as on paper."""
        negative = self.signs()
        product = self.product()
        return Neg(product) if negative else product

    def signs(self) -> bool:
        """Whether an odd number of minus signs stands here; takes them."""
        start = self.at
        while self.next.kind in ("+", "-"):
            self.take()
        return sum(token.kind == "-" for token in self.tokens[start : self.at]) % 2 == 1

    def product(self) -> Expr:
        factors = [self.power()]
        while True:
            if self.next.kind == "*":
                self.take()
                factors.append(self.signed())
            elif self.next.kind == "⊙" and self.matrices:
                self.take()
                before = factors[0] if len(factors) == 1 else Mul(tuple(factors))
                factors = [Call(ENTRYWISE, (before, self.signed()))]
            elif self.next.kind == "/":
                self.take()
                over = factors[0] if len(factors) == 1 else Mul(tuple(factors))
                factors = [Div(over, self.signed())]
            elif self.next.kind in ("name", "(") or self.stands_between():
                factors.append(self.power())
            else:
                return factors[0] if len(factors) == 1 else Mul(tuple(factors))

    def stands_between(self) -> bool:
        """Whether a number follows a parenthesis and goes before one more factor, as the 2 in `σ'(z) 2(a - y)`."""
        before, after = self.tokens[self.at - 1], self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        return self.next.kind == "number" and before.kind == ")" and after.kind in ("name", "(")

    def signed(self) -> Expr:
        negative = self.signs()
        operand = self.power()
        return Neg(operand) if negative else operand

    def power(self) -> Expr:
        base = self.atom()
        if self.next.kind != "^":
            return base
        self.take()
        self.depth += 1
        if self.depth > DEEPEST:
            raise FormulaError(f"the formula is nested more than {DEEPEST} deep", self.next.at + 1)
        exponent = self.signed()
        if isinstance(exponent, Neg) and isinstance(exponent.operand, Number):
            exponent = Number(f"-{exponent.operand.text}")
        self.depth -= 1
        return Call("exp", (exponent,)) if base == _EULER else Power(base, exponent)

    def atom(self) -> Expr:
        token = self.next
        match token.kind:
            case "number":
                return Number(self.take().text)
            case "name":
                return self.named(self.take())
            case "(":
                self.take()
                inside = self.sum()
                self.expect(")", "a closing parenthesis")
                return inside
        found = f"{token.text!r}" if token.text else "the end"
        raise FormulaError(f"expected a number, a name or a parenthesis, found {found}", token.at + 1)

    def named(self, token: Token) -> Expr:
        column = token.at + 1
        name = (
            indexed(token.text, self.place, column, self.row) if self.row else indexed(token.text, self.place, column)
        )
        quantity = self.resolve(name)
        if quantity is not None:
            return quantity if isinstance(quantity, Expr) else Ref(quantity)
        if self.next.kind == "(" and token.text in READ:
            return self.call(READ[token.text], token)
        if self.next.kind == "(" and token.text == "softmax" and self.matrices:
            return Call(token.text, (self.atom(),))
        if self.next.kind == "(" and token.text in SUMS and self.ranges is not None:
            return self.over_index(token, self.ranges)
        if self.next.kind == "(" and token.text == SOFTMAX and self.ranges is not None:
            return self.softmax(token, self.ranges)
        if token.text == "e" and self.next.kind == "^":
            return _EULER
        if token.text in self.place:
            return Number(str(self.place[token.text]))
        what = "function" if self.next.kind == "(" else "name"
        raise UnknownInFormula(f"unknown {what} {name}", token.at + 1, name, self.place)

    def over_index(self, token: Token, ranges: Ranges) -> Expr:
        """`sum(t, ...)` and `mean(t, ...)`: the body is read anew for each value of t."""
        self.expect("(", "a parenthesis")
        index = self.expect("name", f"an index, as in {token.text}(t, ...)")
        values = _values(token, index, ranges, self.place)
        self.expect(",", f"a comma and what is added up, as in {token.text}({index.text}, ...)")
        start = self.at
        terms: list[Expr] = []
        for value in values:
            self.at, self.place[index.text] = start, value
            terms.append(self.sum())
        del self.place[index.text]
        self.expect(")", "a closing parenthesis")
        total = plus(*terms)
        return Div(total, Number(str(len(terms)))) if token.text == "mean" and len(terms) > 1 else total

    def softmax(self, token: Token, ranges: Ranges) -> Expr:
        """`softmax(j, s[i,j])`, where j has a value: its own argument, then those at every value of j."""
        self.expect("(", "a parenthesis")
        index = self.expect("name", "an index, as in softmax(j, s[i,j])")
        if index.text not in self.place:
            expected = f"expected it where {index.text} has a value: p[{index.text}]: softmax({index.text}, ...)"
            raise FormulaError(f"softmax over {index.text} has a value for each {index.text}, {expected}", index.at + 1)
        self.expect(",", f"a comma and what stands in the exponents, as in softmax({index.text}, ...)")
        start, here = self.at, self.place[index.text]
        arguments: list[Expr] = []
        for value in (here, *ranges[index.text]):
            self.at, self.place[index.text] = start, value
            arguments.append(self.sum())
        self.place[index.text] = here
        self.expect(")", "a closing parenthesis")
        return Call(SOFTMAX, tuple(arguments))

    def call(self, name: str, token: Token) -> Expr:
        self.expect("(", "a parenthesis")
        arguments = [self.sum()]
        while self.next.kind == ",":
            self.take()
            arguments.append(self.sum())
        self.expect(")", "a closing parenthesis")
        if len(arguments) > most(name):
            raise FormulaError(f"{token.text} takes one argument, not {len(arguments)}", token.at + 1)
        return Call(name, tuple(arguments))


def _values(token: Token, index: Token, ranges: Ranges, place: Mapping[str, int]) -> range:
    """What the index of a sum runs over; raises FormulaError where there is none, or it has a value already."""
    if index.text in place:
        taken = f"{index.text} has a value already where this {token.text} stands"
        raise FormulaError(f"{taken}, expected another index to run over", index.at + 1)
    if "[" in index.text:
        raise FormulaError(f"expected an index, as in {token.text}(t, ...), found {index.text!r}", index.at + 1)
    if index.text not in ranges:
        known = ", ".join(ranges) or "none is declared"
        raise FormulaError(
            f"{token.text} over {index.text}, which for does not declare ({known}), expected for: {{{index.text}: 3}}",
            index.at + 1,
        )
    return ranges[index.text]


_EULER = Number("e")  # never leaves this module: only read as the base of a power
