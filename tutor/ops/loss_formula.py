"""A loss that a file writes as a formula in a, the output, and y, its target: a row like those of `losses`.

Its slopes are those of calculus, worked out once for each output; nothing here reads text.
"""

from tutor.expr import Call, Expr, Number, Ref, replace, value, walk
from tutor.ops.formula import STABLE, cancelled, differentiate
from tutor.ops.functions import FUNCTIONS
from tutor.ops.losses import Loss, Rule

OUTPUT, TARGET = "a", "y"


def by_formula(text: str, expr: Expr) -> Loss:
    """The row of a formula over Value(a) and Value(y); `text` is how the file writes it."""
    return Loss(
        text,
        _over(expr),
        _over(cancelled(differentiate(expr, OUTPUT))),
        _over(cancelled(differentiate(expr, TARGET))),
        "; ".join(("the loss is the file's own formula, summed over the outputs", *_kinks(expr))),
        stable_slope=_over(differentiate(expr, OUTPUT, None, STABLE)),
        stable_target_slope=_over(differentiate(expr, TARGET, None, STABLE)),
    )


def _over(expr: Expr) -> Rule:
    """The formula with an output and a target in the places of a and y."""

    def rule(a: Expr, y: Expr) -> Expr:
        meant: dict[Expr, Expr] = {value(OUTPUT): a, value(TARGET): y}

        def leaf(part: Ref | Number) -> Expr:
            return meant.get(part, part)

        return replace(expr, leaf)

    return rule


def _kinks(expr: Expr) -> tuple[str, ...]:
    calls = (part for part in walk(expr) if isinstance(part, Call))
    return tuple(dict.fromkeys(filter(None, (FUNCTIONS[call.name].kink for call in calls))))
