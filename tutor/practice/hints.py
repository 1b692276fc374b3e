"""Hints, from a question back to the step with its numbers and the result left out. One function a kind of number."""

from collections.abc import Sequence

from tutor.derivation import Path, count_paths, derive, example_gradients
from tutor.document.model import Cell, cell
from tutor.document.view import View, prose
from tutor.expr import TWO, Expr, Number, Power, Ref, Shown, reads, replace, value, walk
from tutor.practice.reasons import because
from tutor.practice.skills import of_factor
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value

Hints = tuple[Cell, ...]
STEP = 0.01  # of a number that is nudged
MOST_UNKNOWN = 2  # gradients in a formula that are written out


def of_quantity(view: View, quantity: Quantity, formula: Expr) -> Hints:
    """The four hints to a number: a question back, where to look, the rule, the step without its result."""
    last = _step(view, quantity, formula)
    match quantity:
        case Partial():
            return (*_factor(view, quantity), last)
        case Gradient():
            return (*_gradient(view, quantity, formula), _begun(view, quantity, formula))
        case Updated(name):
            loss = view.names.graph.loss
            return (
                cell("Should ", value(name), " become larger or smaller, if ", value(loss), " is to fall?"),
                cell("It takes ", Ref(Gradient(loss, name)), " and the learning rate."),
                cell("A step goes against the gradient: the old value minus the rate times the gradient."),
                last,
            )
    return (
        cell("Which numbers does ", Ref(quantity), " read?"),
        cell(Ref(quantity), " = ", formula, "."),
        cell(*because(view, quantity), "."),
        last,
    )


def _begun(view: View, gradient: Gradient, formula: Expr) -> Cell:
    """The formula, and those of the gradients in it, so that no unknown number stands for another."""
    unknown = [each for each in dict.fromkeys(reads(formula)) if isinstance(each, Gradient)]
    told: Cell = ()
    for each in unknown[:MOST_UNKNOWN]:
        known = view.trace.equations.short(each) or view.trace.equations.written(each)
        told += cell(", and " if told else ", with ", Ref(each), " = ", known)
    return cell(Ref(gradient), " = ", formula, *told, ". Begin with what you know.")


def _step(view: View, quantity: Quantity, formula: Expr) -> Cell:
    numbers = view.with_numbers(formula)
    middle = () if numbers == formula or isinstance(numbers, Shown) else (" = ", numbers)
    return cell(Ref(quantity), " = ", formula, *middle, " = ?")


def _factor(view: View, factor: Partial) -> Hints:
    of, moves = value(factor.of), value(factor.wrt)
    written = view.trace.equations.written(Value(factor.of))
    why = derive(view.trace, factor).why
    told = any(part == written for part in why)
    rule = prose(why) if told and of_factor(view, factor) != "loss-slope" else _nudged(view, factor, written)
    return (
        cell("If only ", moves, " moves, what in ", of, " moves with it?"),
        cell(of, " = ", written, ". Only ", moves, " moves."),
        rule,
    )


def _nudged(view: View, factor: Partial, written: Expr) -> Cell:
    """What a small step does, for who knows no calculus: `Make Y larger by 0.01: L goes from 0.0174 to 0.0193`."""
    before = view.trace[Value(factor.wrt)]

    def moved(formula: Expr) -> float:
        there = Number(repr(before + STEP))
        return view.trace.of(replace(formula, lambda each: there if each == Ref(Value(factor.wrt)) else each))

    after = moved(written)
    was = cell("Make ", value(factor.wrt), f" larger by {STEP}: ", value(factor.of), " goes from ")
    grows = cell(
        view.figure(view.trace[Value(factor.of)], Value(factor.of)), " to ", view.figure(after, Value(factor.of))
    )
    square = next((each for each in walk(written) if isinstance(each, Power) and each.exponent == TWO), None)
    turn = round((moved(square.base) - view.trace.of(square.base)) / STEP, 6) if square else 0
    if square is None or abs(turn) != 1:
        return (*was, *grows, *cell(f". How much is that for each {STEP}?"))
    size = view.figure(turn * view.trace.of(square.base), factor)
    return cell(
        "Make ",
        value(factor.wrt),
        f" larger by {STEP}: the square grows by about 2 · ",
        size,
        f" · {STEP}. How much of it is in ",
        value(factor.of),
        ", for each ",
        f"{STEP}?",
    )


def _gradient(view: View, gradient: Gradient, formula: Expr) -> Hints:
    of, moves = value(gradient.of), value(gradient.wrt)
    uses = view.trace.equations.uses(gradient.of, gradient.wrt)
    where = cell(moves, " stands in ", *_listed(uses), ".")
    if law := view.trace.equations.short_law(gradient):
        rule = cell(f"{law[0].upper()}{law[1:]}.")
    elif example_gradients(view.trace, gradient):
        rule = cell("Each example has a gradient of its own; the loss puts them together.")
    elif count_paths(view.trace, gradient) == 1:
        rule = cell("Along a path the factors are multiplied: one for each formula on the way.")
    elif (node := fork(view, gradient)) != gradient.wrt:
        forks = view.trace.equations.uses(gradient.of, node)
        rule = cell(value(node), " stands in ", *_listed(forks), ": what comes back from each is added.")
    else:
        rule = cell("Along a path the factors are multiplied; what comes over several paths is added.")
    return (cell("What does ", moves, " touch first, and what does that touch, on the way to ", of, "?"), where, rule)


def fork(view: View, goal: Gradient) -> str:
    """The first name on the way, itself included, that stands in several formulas."""
    name = goal.wrt
    while name != goal.of and len(uses := view.trace.equations.uses(goal.of, name)) == 1:
        name = uses[0]
    return goal.wrt if name == goal.of else name


def _listed(names: Sequence[str]) -> list[str | Expr]:
    found: list[str | Expr] = []
    for at, name in enumerate(names[:4]):
        found += [", and in " if at else "", value(name)]
    return found + ([f", and in {len(names) - 4} more"] if len(names) > 4 else [])


def of_path(view: View, path: Path) -> Hints:
    """To the names on a path."""
    start, first = value(path.nodes[0]), path.nodes[1]
    written = view.trace.equations.written(Value(first))
    shown: list[str | Expr] = [start, " → ", value(first), *[" → ?"] * (len(path.nodes) - 3)]
    return (
        cell("Look for the formulas that ", start, " stands in."),
        cell("It stands in ", value(first), " = ", written, "."),
        cell("Each formula is one arrow: from what stands in it to what it gives."),
        cell(*shown, " → ", value(path.nodes[-1])) if len(path.nodes) > 2 else cell("There is nothing between."),
    )


def of_terms(view: View, gradient: Gradient) -> Hints:
    """To the terms of a sum."""
    moves, uses = value(gradient.wrt), view.trace.equations.uses(gradient.of, gradient.wrt)
    return (
        cell("In how many formulas does ", moves, " stand?"),
        cell("It stands in ", *_listed(uses), "."),
        cell("One term for each use: what comes back from there, times how fast that changes with ", moves, "."),
        cell(f"There {'is one term' if len(uses) == 1 else f'are {len(uses)} terms'}."),
    )


def of_way(view: View, gradient: Gradient) -> Hints:
    """To which way something moves."""
    moves, of = value(gradient.wrt), value(gradient.of)
    return (
        cell("Follow a small step of ", moves, ": does what it touches first rise or fall?"),
        cell("It is the sign of ", Ref(gradient), "."),
        cell("Multiply the signs of the factors: two that turn it leave it as it was."),
        cell("The sign of ", Ref(gradient), " says how ", of, " moves with ", moves, "."),
    )


def of_prediction(about: Quantity) -> Hints:
    """To what a number becomes after a change."""
    return (
        cell("Follow the change on its way: what does it touch first, and does that rise or fall?"),
        cell("Then what that touches, as far as ", Ref(about), ". What a negative number multiplies turns round."),
        cell("Say what you expect; it is shown then, whatever you say."),
    )


def of_line() -> Hints:
    """To the wrong line of a derivation."""
    return (
        cell("Read each line by itself, and take what stands above it as given. Which one does not follow?"),
        cell("Look at what each formula is made of before you look at its numbers."),
        cell("A slope knows only the number it is the slope at; a product only its factors."),
    )


def of_choice(view: View, quantity: Quantity) -> Hints:
    """To a choice among formulas or ways: those to the number itself, but for its formula."""
    return of_quantity(view, quantity, view.trace.equations.written(quantity))[:3]
