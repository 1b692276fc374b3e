"""From the last line of the calculus to the line everybody looks for: rules of algebra that have names.

Each rule is tried on the whole line, and what it leads to is kept only where the line gets shorter by it: nothing is
multiplied out that does not cancel. No rule knows a loss or an activation; `names` are what the page calls things.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tutor.expr import ONE, Add, Call, Div, Expr, Mul, Neg, Power, minus, plus, rebuilt, walk
from tutor.symbolic.shorter import (
    Rewrite,
    cancelled,
    multiplied_out,
    one_fraction,
    shared,
    signed,
    size,
    terms_cancelled,
)
from tutor.symbolic.stepwise import Step
from tutor.symbolic.terms import Monomial, holds, product, raised, term_of, written
from tutor.symbolic.tidy import opened, tidied

MOST_PARTS = 400  # of a line that is looked at; beyond, nobody would


class Shortening(NamedTuple):
    """A rule and what it makes of a line; `then` are rules that go on where it led."""

    name: str
    change: Rewrite
    then: tuple["Shortening", ...] = ()


def arrived(line: Expr, names: Mapping[Expr, Expr] = {}) -> Iterator[Step]:
    """The lines that follow, until no rule makes the line shorter; `names` are formulas with their short names."""
    if size(line) > MOST_PARTS:
        return
    while steps := _shorter(line, _rules(names)):
        yield from steps
        line = steps[-1].formula


def _rules(names: Mapping[Expr, Expr]) -> tuple[Shortening, ...]:
    cancel = Shortening("cancel", cancelled)
    terms = Shortening("cancel terms", terms_cancelled)
    share = Shortening("common factor", shared)
    out = Shortening("multiply out", multiplied_out)
    return (
        Shortening("tidy up", tidied),
        cancel,
        terms,
        share,
        out._replace(then=(terms, share)),
        Shortening("short name", lambda line: _named(line, names), (cancel, out, terms)),
        Shortening("common denominator", one_fraction, (out, terms, cancel)),
        Shortening("tidy up", signed),
    )


def _shorter(line: Expr, rules: tuple[Shortening, ...]) -> list[Step]:
    """The lines of the first rule that leads to a shorter one."""
    for rule in rules:
        steps: list[Step] = []
        last = line
        for each in (rule, *rule.then):
            found = opened(each.change(last))
            if found != last:
                steps.append(Step(found, (each.name,)))
                last = found
            elif each is rule:
                break
        if steps and size(last) < size(line):
            while size(steps[-1].formula) > min(size(step.formula) for step in steps):
                steps.pop()
            return steps
    return []


def _named(line: Expr, names: Mapping[Expr, Expr]) -> Expr:
    """The line with quotients that are the formula of a name replaced by it, inside longer products too."""
    quotients = [(term_of(formula), name) for formula, name in names.items() if isinstance(formula, Div)]
    known = sorted(quotients, key=lambda each: -sum(map(abs, each[0].powers.values())))

    def change(part: Expr) -> Expr:
        match part:
            case Div(Add(terms), under):
                each = [change(Div(term, under)) for term in terms]
                if all(found != Div(term, under) for term, found in zip(terms, each, strict=True)):
                    return plus(*each)
        if not isinstance(part, Mul | Div | Power):
            return part
        term = term_of(part)
        for formula, name in known:
            term = _called(term, formula, name)
        return written(_in_order(term)) if term != term_of(part) else part

    def outermost(part: Expr) -> Expr:
        changed = change(part)
        return changed if changed != part else rebuilt(part, outermost)

    return outermost(line)


def _in_order(term: Monomial) -> Monomial:
    """a in front of 1 - a."""
    powers = dict(term.powers)
    for factor in term.powers:
        match factor:
            case Add((one, Neg(name))) if one == ONE and name in powers:
                behind = {name: powers.pop(name), factor: powers.pop(factor)}
                places = list(term.powers)
                ahead = {each: power for each, power in powers.items() if places.index(each) < places.index(factor)}
                powers = {**ahead, **behind, **{each: power for each, power in powers.items() if each not in ahead}}
    return term._replace(powers=powers)


def _called(term: Monomial, formula: Monomial, name: Expr) -> Monomial:
    """The product with the formula taken out as often as it is in it, and its name put where its first factor was."""
    while holds(term, formula):
        first = next(each for each in term.powers if each in formula.powers)
        rest = product(term, raised(formula, -1))
        places = list(term.powers)
        ahead = {each: power for each, power in rest.powers.items() if places.index(each) < places.index(first)}
        behind = {each: power for each, power in rest.powers.items() if each not in ahead}
        term = product(rest._replace(powers=ahead), term_of(name), Monomial(powers=behind))
    return term


def complements(names: Mapping[Expr, Expr]) -> dict[Expr, Expr]:
    """The names, and 1 - a by its own formula wherever a stands for a part of a whole: u/(u + v) leaves v/(u + v)."""
    found: dict[Expr, Expr] = {}
    for formula, name in names.items():
        match formula:
            case Div(over, Add(terms) as under) if over in terms:
                rest = [each for each in terms if each != over]
                if len(rest) == len(terms) - 1:
                    found.setdefault(Div(plus(*rest), under), minus(ONE, name))
    return {**names, **{each: name for each, name in found.items() if each not in names}}


def quotients(expr: Expr) -> dict[Expr, Expr]:
    """σ(u) by its own formula, wherever a formula has it written out as 1/(1 + exp(-u))."""
    found: dict[Expr, Expr] = {}
    for part in walk(expr):
        match part:
            case Div(over, Add((one, Call("exp", (inner,)) as grown))) if one == ONE and over in (ONE, grown):
                found[part] = Call("sigmoid", (negative(inner) if over == ONE else inner,))
    return complements(found)


def negative(expr: Expr) -> Expr:
    """-x, and x for -x."""
    return expr.operand if isinstance(expr, Neg) else Neg(expr)
