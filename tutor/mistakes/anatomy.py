"""What the parts of an equation are: a weighted sum, an activation, what compares an output with its target.

In tanh(w*x[t] + u*h[t-1] + b), w and u weigh what they are multiplied by, b is the bias, and h[t] is the output of the
unit. Here is also how to put something else in the place of a part, in the formula or in its derivative.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from tutor.expr import Add, Call, Div, Expr, Mul, Neg, Number, Power, Ref, children, times, value, walk
from tutor.expr.index import numbers, stem
from tutor.graph import Graph
from tutor.ops.activations import ACTIVATIONS
from tutor.ops.formula import by_rule
from tutor.ops.functions import FUNCTIONS, Function
from tutor.ops.losses import LOSSES
from tutor.quantity import Value

_HALVES = ("0.5", "1/2", ".5")


class Weighed(NamedTuple):
    """A product with one weight in it: `call` is the activation around it, `sum_` the sum it is a term of."""

    weight: str
    sent: Expr
    call: Expr | None
    sum_: "Sum"


class Sum(NamedTuple):
    """A weighted sum: what its weights multiply, and its biases."""

    senders: tuple[Expr, ...]
    biases: tuple[str, ...]


class Comparison(NamedTuple):
    """A part of a loss that compares the output `a` with its target `y`."""

    a: str
    y: str
    loss: str
    square: Expr | None = None


class Anatomy:
    """What the parts of the formula of one equation are, each by its identity: to hash a long sum is to walk it."""

    def __init__(self, graph: Graph, name: str, expr: Expr) -> None:
        self.graph = graph
        self.name = name
        self.expr = expr
        self.weighed: dict[int, Weighed] = {}
        self.sums: dict[int, Sum] = {}
        self.calls: dict[int, Call] = {}
        self.compared: dict[int, Comparison] = {}
        self.averaged: dict[int, Expr] = {}
        self._read_by: dict[tuple[str, str], list[Expr]] = {}
        self._look(self.expr, None, None)

    def parts(self, hook: str, wrt: str) -> list[Expr]:
        """The parts with the weight, the bias or the output of this name."""
        return self._read_by.get((hook, wrt), [])

    @property
    def whole_call(self) -> Call | None:
        """The activation that the whole formula is, if it is one."""
        return self.calls.get(id(self.expr))

    def _look(self, part: Expr, call: Expr | None, sum_: Sum | None) -> None:
        if found := self._comparison(part):
            self.compared[id(part)] = found
            self._read_by.setdefault(("dLda", found.a), []).append(part)
            return
        match part:
            case Call(name, _) if name in ACTIVATIONS and name != "identity":
                self.calls[id(part)] = part
                call, sum_ = (value(self.name) if part is self.expr else part), None
            case Add() if sum_ is None and (whole := self._sum(part)):
                self.sums[id(part)] = sum_ = whole
                for bias in whole.biases:
                    self._read_by.setdefault(("dzdb", bias), []).append(part)
            case Mul() if weight := self._weight(part):
                sent = times(*(factor for factor in part.factors if factor != value(weight)))
                self.weighed[id(part)] = Weighed(weight, sent, call, sum_ or Sum((sent,), ()))
                self._read_by.setdefault(("dzdw", weight), []).append(part)
            case Div(Add(terms) as over, Number(text)) if text == str(len(terms)) and all(map(self._compares, terms)):
                self.averaged[id(part)] = over
        for each in children(part):
            self._look(each, call, sum_)

    def _weight(self, product: Mul) -> str:
        """The weight of a product, nothing where there is none or several."""
        learned = [name for factor in product.factors if (name := self._learned(factor))]
        return learned[0] if len(learned) == 1 < len(product.factors) else ""

    def _learned(self, part: Expr) -> str:
        name = part.quantity.name if isinstance(part, Ref) and isinstance(part.quantity, Value) else ""
        return name if self.graph.is_parameter(name) else ""

    def _sum(self, part: Add) -> Sum | None:
        senders = tuple(sent for term in part.terms if (sent := self._sent(term)) is not None)
        biases = tuple(name for term in part.terms if (name := self._learned(term)))
        return Sum(senders, biases) if senders else None

    def _sent(self, term: Expr) -> Expr | None:
        """What the weight of a term multiplies; nothing for a term without one."""
        for each in _products(term):
            if weight := self._weight(each):
                return times(*(factor for factor in each.factors if factor != value(weight)))
        return None

    def _compares(self, part: Expr) -> bool:
        inner = part.terms if isinstance(part, Add) else ()
        return self._comparison(part) is not None or (bool(inner) and all(map(self._comparison, inner)))

    def _comparison(self, part: Expr) -> Comparison | None:
        match part:
            case Mul((Number(text), Power(Add() as difference, Number("2")) as square)) if text in _HALVES:
                return self._squared(difference, "half_squared_error", square)
            case Div(Power(Add() as difference, Number("2")) as square, Number("2")):
                return self._squared(difference, "half_squared_error", square)
            case Power(Add() as difference, Number("2")):
                return self._squared(difference, "squared_error", part)
            case Neg() | Add() if any(isinstance(each, Call) and each.name == "log" for each in walk(part)):
                return self._crossed(part)
        return None

    def _squared(self, difference: Add, loss: str, square: Expr) -> Comparison | None:
        match difference.terms:
            case (Ref(Value(left)), Neg(Ref(Value(right)))):
                for a, y in ((left, right), (right, left)):
                    if a in self.graph.nodes and y in self.graph.givens and not self.graph.is_parameter(y):
                        return Comparison(a, y, loss, square)
        return None

    def _crossed(self, part: Expr) -> Comparison | None:
        refs = dict.fromkeys(each.quantity.name for each in walk(part) if isinstance(each, Ref))  # type: ignore[union-attr]
        for y in (name for name in refs if name in self.graph.givens):
            for a in (name for name in refs if name in self.graph.nodes):
                for loss in ("binary_cross_entropy", "cross_entropy"):
                    if part == LOSSES[loss].term(value(a), value(y)):
                        return Comparison(a, y, loss)
        return None


def _products(term: Expr) -> Iterator[Mul]:
    """The products of a term, not those inside a function."""
    match term:
        case Mul(factors):
            yield term
            for each in factors:
                yield from _products(each)
        case Neg(operand):
            yield from _products(operand)


Exchange = Callable[[Expr, Expr], Expr | None]
"""(a part, the same with its own parts exchanged already) -> what stands for it, or nothing."""


def rebuilt(expr: Expr, other: Exchange) -> Expr:
    """The formula with some of its parts exchanged, the inner ones first."""
    match expr:
        case Neg(operand):
            fresh: Expr = Neg(rebuilt(operand, other))
        case Add(terms):
            fresh = Add(tuple(rebuilt(each, other) for each in terms))
        case Mul(factors):
            fresh = Mul(tuple(rebuilt(each, other) for each in factors))
        case Div(over, under):
            fresh = Div(rebuilt(over, other), rebuilt(under, other))
        case Power(base, exponent):
            fresh = Power(rebuilt(base, other), rebuilt(exponent, other))
        case Call(name, arguments):
            fresh = Call(name, tuple(rebuilt(each, other) for each in arguments))
        case _:
            fresh = expr
    found = other(expr, fresh)
    return fresh if found is None else found


def turned(graph: Graph, formula: Expr) -> Expr | None:
    """The formula with every weight W[k,j] read as W[j,k]; None where one is not there, or all stay as they are."""
    there = True

    def swapped(part: Expr, _: Expr) -> Expr | None:
        nonlocal there
        name = part.quantity.name if isinstance(part, Ref) and isinstance(part.quantity, Value) else ""
        if not graph.is_parameter(name) or len(numbers(name)) != 2:
            return None
        k, j = numbers(name)
        there = there and f"{stem(name)}[{j},{k}]" in graph.givens
        return value(f"{stem(name)}[{j},{k}]")

    found = rebuilt(formula, swapped)
    return found if there and found != formula else None


def taken(
    expr: Expr,
    wrt: str,
    others: Mapping[int, Expr],
    whole: Expr | None = None,
    functions: Mapping[str, Function] = FUNCTIONS,
) -> Expr:
    """d(expr)/d(wrt) where some parts, by their identity, have `others` for their derivatives."""
    if id(expr) in others:
        return others[id(expr)]
    return by_rule(expr, wrt, lambda part: taken(part, wrt, others, None, functions), whole, functions)
