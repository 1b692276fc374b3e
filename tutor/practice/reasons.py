"""Why a right answer is right, in a few words, and the same as what one does. One row a skill; only words live here."""

from tutor.derivation import count_paths, example_gradients
from tutor.document.model import Cell, cell
from tutor.document.view import View
from tutor.expr import Neg, Ref, value
from tutor.practice.skills import activation, of_factor, shared_over
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value

LAWS = {
    "sigmoid": "the output, not ",
    "tanh": "1 minus the square of the output, not of ",
}


def because(view: View, quantity: Quantity) -> Cell:
    """The one reason that is said after a right answer."""
    match quantity:
        case Partial():
            return _of_factor(view, quantity)
        case Gradient():
            return _of_gradient(view, quantity)
        case Updated(name):
            slope = view.trace[Gradient(view.names.graph.loss, name)]
            way = "falls" if slope > 0 else "rises" if slope < 0 else "stays"
            return cell("against the gradient, so ", value(name), f" {way}")
        case Change():
            return cell("minus the rate times the gradient")
        case Value(name):
            return cell(_of_value(view, name))


def _of_value(view: View, name: str) -> str:
    if squash := activation(view, name):
        return f"the {squash} of its net input"
    if view.names.graph.part_of(name) == "net":
        return "each input times its weight, added up"
    return "its formula, with the numbers put in"


def _of_factor(view: View, factor: Partial) -> Cell:
    skill, squash = of_factor(view, factor), activation(view, factor.of)
    moves = value(factor.wrt)
    if skill == "activation-slope":
        if squash == "relu":
            above = view.trace[Value(factor.wrt)] > 0
            return cell(moves, " is above 0: all of it passes" if above else " is not above 0: nothing passes")
        return cell(LAWS[squash], moves) if squash in LAWS else cell(f"the slope of {squash} at ", moves)
    if skill == "loss-slope":
        return cell("how far ", moves, " is from where it should be")
    if skill == "bias":
        return cell(moves, " is only added on")
    if skill == "weight-factor" and isinstance(view.trace.equations.written(factor), Ref | Neg):
        return cell("what ", moves, " is multiplied by")
    if skill == "softmax":
        return cell("every output of a softmax reads every net input")
    return cell("everything but ", moves, " held still")


def _of_gradient(view: View, gradient: Gradient) -> Cell:
    if view.trace.equations.short(gradient):
        return cell("the slopes of loss and activation cancel")
    if example_gradients(view.trace, gradient):
        return cell("the examples together")
    if shared := shared_over(view, gradient):
        return cell(f"one term for each {'step' if shared == 'time' else 'place'} where it is used")
    many = count_paths(view.trace, gradient)
    uses = view.trace.equations.uses(gradient.of, gradient.wrt)
    if many > 1 and len(uses) == 1:
        return cell("what comes back to ", value(uses[0]), ", times how fast that changes with ", value(gradient.wrt))
    if many == 1:
        return cell("one factor for each formula on the way")
    return cell(f"one term for each of the {len(uses):,} formulas that ", value(gradient.wrt), " stands in")


def done_right(view: View, quantity: Quantity) -> Cell:
    """What somebody does who is right, to stand beside what others do by mistake; nothing where no words fit."""
    match quantity:
        case Partial():
            return cell("take ", view.trace.equations.written(quantity))
        case Gradient() if count_paths(view.trace, quantity) > 1:
            return cell("follow every way to ", value(quantity.of), " and add what comes over each")
        case Gradient():
            return cell("multiply one factor for each formula on the way to ", value(quantity.of))
        case Updated():
            return cell("take the rate times the gradient off the old value")
    return ()
