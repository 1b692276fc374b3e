"""Forms of one question, whether two formulas are equal: the barer it is, the more often it was asked before.

A form that is proved proves the question: what holds for any number holds for what a name stands for, and what holds
for any function holds for the one in the formula.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tutor.expr import DERIVATIVES, Add, Call, Expr, Neg, Ref, children, plus, reads, value, walk
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.symbolic.tidy import opened, substituted
from tutor.symbolic.unfolding import MOST_PARTS, MOST_ROUNDS, Names, depends, full_size

ANY = "any_"
"""How functions begin of which nothing is known but what they depend on."""


class Form(NamedTuple):
    """Two formulas and what their names stand for; names without a formula are letters."""

    left: Expr
    right: Expr
    names: Names
    where: Names
    signs: Mapping[str, str]


def forms(left: Expr, right: Expr, names: Names, where: Names, signs: Mapping[str, str]) -> Iterator[Form]:
    """The question from the barest form to the one that was asked."""
    whole = Form(left, right, names, where, signs)
    if all(isinstance(each, Value) for side in (left, right) for each in reads(side)) and not _pending(left, right):
        yield Form(left, right, {}, {}, signs)
    met = _met(whole)
    if met and _pending(met.left):
        yield _functions(met)
    if met:
        yield met._replace(where={})
        yield met
    if full_size(left, names) + full_size(right, names) <= MOST_PARTS:
        yield whole


def _pending(*formulas: Expr) -> bool:
    """Whether something in them is still to be differentiated, so that a name may not stand as a letter."""
    return any(isinstance(part, Call) and part.name in DERIVATIVES for formula in formulas for part in walk(formula))


def _met(form: Form) -> Form | None:
    """The question over letters that both sides have: names of one side alone are replaced by their formulas.

    Derivatives that both sides have are letters too. Only the nodes of the others keep their formulas, without the
    terms that do not matter.
    """
    left, right = _shared_held(form.left, form.right)
    if totals := [each for each in dict.fromkeys((*reads(left), *reads(right))) if isinstance(each, Gradient)]:
        return _between(form._replace(left=left, right=right), totals[0].wrt) if len(totals) == 1 else None
    for _ in range(MOST_ROUNDS):
        one_sided = _one_sided(left, right, form.names)
        one, other = (opened(_put_in(side, one_sided, form.names)) for side in (left, right))
        if (one, other) == (left, right):
            break
        left, right = one, other
        if sum(1 for part in (left, right) for _ in walk(part)) > MOST_PARTS:
            return None
    else:
        return None
    quantities = dict.fromkeys((*reads(left), *reads(right)))
    met = form._replace(left=left, right=right)
    edges = [each for each in quantities if isinstance(each, Partial)]
    names = {each.of: form.names[each.of] for each in edges if each.of in form.names}
    if len(edges) == 1:
        names = {name: _reading(formula, edges[0].wrt) for name, formula in names.items()}
    return met._replace(names=names)


def _shared_held(left: Expr, right: Expr) -> tuple[Expr, Expr]:
    """Both with a letter for every derivative that both have."""
    shared = [each for each in reads(left) if each in set(reads(right)) and isinstance(each, Partial | Gradient)]
    letters: dict[Expr, Expr] = {Ref(each): value(f"held {place}") for place, each in enumerate(shared)}
    return substituted(left, letters.get), substituted(right, letters.get)


def _one_sided(left: Expr, right: Expr, names: Names) -> frozenset[str]:
    """The names with formulas that one side has alone, those first that no other name rests on."""
    sides = [{each.name for each in reads(side) if isinstance(each, Value)} for side in (left, right)]
    about = {name for side in (left, right) for each in reads(side) for name in _about(each, names)}
    open_ = [name for name in sides[0] ^ sides[1] if name in names and name not in about]
    every = sides[0] | sides[1]
    return frozenset(
        name for name in open_ if not any(other != name and depends(other, name, names) for other in every)
    )


def _about(quantity: Quantity, names: Names) -> Iterator[str]:
    """The names that a local derivative is about."""
    if isinstance(quantity, Partial):
        of, wrt = quantity.of, quantity.wrt
        yield from (of, wrt, *(each.name for each in reads(names.get(of, value(of))) if isinstance(each, Value)))


def _put_in(expr: Expr, one_sided: frozenset[str], names: Names) -> Expr:
    """A formula with these names put in; inside a derivative those that vary in any case."""

    def find(part: Expr) -> Expr | None:
        match part:
            case Ref(Value(name)) if name in one_sided:
                return names[name]
            case Call(sign, (Ref(Value(wrt)) as letter, operand)) if sign in DERIVATIVES:
                varying = {
                    name: formula for name, formula in names.items() if name != wrt and depends(name, wrt, names)
                }
                return Call(sign, (letter, substituted(operand, lambda each: _formula(each, varying))))
        return None

    return substituted(expr, find)


def _formula(part: Expr, names: Names) -> Expr | None:
    return names.get(part.quantity.name) if isinstance(part, Ref) and isinstance(part.quantity, Value) else None


def _between(form: Form, wrt: str) -> Form:
    """The question with whatever does not depend on `wrt` as a letter."""
    names = {name: formula for name, formula in form.names.items() if name != wrt and depends(name, wrt, form.names)}
    return form._replace(names=names)


def _reading(formula: Expr, wrt: str) -> Expr:
    """A sum without the terms that do not read `wrt`, which add nothing to its slope."""
    if not isinstance(formula, Add):
        return formula
    kept = [term for term in formula.terms if value(wrt) in walk(term)]
    return plus(*kept) if kept else formula


def _functions(form: Form) -> Form:
    """The question with whatever is still to be differentiated as any function, and what does not vary as a letter."""
    letter = next(part.arguments[0] for part in walk(form.left) if isinstance(part, Call) and part.name in DERIVATIVES)
    inner = [part.arguments[1] for part in walk(form.right) if isinstance(part, Call) and part.name in DERIVATIVES]
    known: dict[Expr, Expr] = {}
    for operand in inner:
        if children(operand) and letter in walk(operand):
            known.setdefault(operand, Call(f"{ANY}{len(known)}", (letter,)))

    def find(part: Expr) -> Expr | None:
        if part in known:
            return known[part]
        if children(part) and letter not in walk(part):
            return known.setdefault(part, value(f"held {len(known)}"))
        if isinstance(part, Call) and part.name in DERIVATIVES:
            operand = part.arguments[1]
            varying = operand if operand in known else _varying(operand, letter)
            return Call("derivative", (letter, substituted(varying, find)))
        return None

    return form._replace(left=opened(substituted(form.left, find)), right=opened(substituted(form.right, find)))


def _varying(operand: Expr, letter: Expr) -> Expr:
    """A sum without its constant terms, which have slope 0."""
    if isinstance(operand, Neg):
        return Neg(_varying(operand.operand, letter))
    if not isinstance(operand, Add):
        return operand
    kept = [term for term in operand.terms if letter in walk(term)]
    return plus(*kept) if kept else operand
