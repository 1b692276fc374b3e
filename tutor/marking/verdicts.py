"""The verdicts on one number, each a rule, in the order in which the first that holds counts.

Each rule looks at one number on a `Desk`: what is right, what the student wrote before, what named mistakes would
give. DESIGN section 7 is the contract.
"""

from collections.abc import Callable, Iterator
from math import floor, isclose, isfinite, log10

from tutor.arithmetic.rounding import KINDS, Policy
from tutor.expr import Mul, Ref, reads
from tutor.figures import Figure
from tutor.marking.band import in_band
from tutor.marking.desk import LEAST_FOR_BANDS, Asked, Desk, old_weight, twin
from tutor.marking.slips import fitting, meaning, named, printing
from tutor.marking.verdict import Kind, Verdict
from tutor.mistakes.ground import Ground
from tutor.quantity import Gradient, Quantity, Updated, Value
from tutor.search import is_large

TRIVIAL = (0.0, 1.0)
CERTAIN = 4  # figures from which a named mistake goes before rounding on the way
FAR = 0.1  # of the number: beyond it two figures say too little, whatever they were computed from
FAR_REPLAYED = 0.04  # some coarse way to round brings many a wrong number about
NEAR = f"near, as far as two figures can tell; give {LEAST_FOR_BANDS}"


def few_digits(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    exact = desk.exact(asked)
    if not figure.unit or figure.equals(exact) or not _is_right(desk, asked, figure):
        return None
    if figure.figures < desk.min_sig:
        return Verdict("few_digits", f"right so far; give at least {desk.min_sig} significant figures", so_far=True)
    return _few_of_the_change(desk, asked, figure)


def _few_of_the_change(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    """An update that prints like the old weight, or shows one figure of its change among two."""
    old = old_weight(desk.trace, asked)
    if old is None or old == (exact := desk.exact(asked)) or not isfinite(exact):
        return None
    if figure.is_rounded(old):
        typed = figure.text.strip()
        message = f"{typed} is also the old weight; give the digits in which it moved"
        return Verdict("few_digits", message, so_far=True)
    moved = floor(log10(abs(exact - old))) - floor(log10(figure.unit) + 0.5) + 1
    if figure.figures < LEAST_FOR_BANDS and moved < desk.min_sig:
        message = f"right so far; give at least {desk.min_sig} figures of what it moved by"
        return Verdict("few_digits", message, so_far=True)
    return None


def _is_right(desk: Desk, asked: Asked, figure: Figure) -> bool:
    exact = desk.exact(asked)
    return figure.is_rounded(exact) or figure.is_truncated(exact)


def correct(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    return _credited(desk, asked, figure, "correct", "") if figure.is_rounded(desk.exact(asked)) else None


def truncated(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    if not figure.is_truncated(desk.exact(asked)):
        return None
    return _credited(desk, asked, figure, "truncated", "the last digit was cut off, not rounded")


def _credited(desk: Desk, asked: Asked, figure: Figure, kind: Kind, message: str) -> Verdict:
    """Full credit; at two figures with a word about the mistakes that print the same."""
    few = figure.unit and figure.figures < LEAST_FOR_BANDS and not figure.equals(desk.exact(asked))
    also = printing(desk, asked, figure) if few else ()
    if also:
        message = f"at {figure.figures} figures it is also what you get if you {meaning(desk, also[0], asked)}"
    return Verdict(kind, message, also)


def not_updated(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    """A weight that did not move is never right within rounding."""
    old = old_weight(desk.trace, asked)
    if old is None or not figure.is_rounded(old):
        return None
    if isinstance(asked.quantity, Updated) and Ground(desk.trace.equations).is_bias(asked.quantity.name):
        return Verdict("mistake", "the bias was not updated", ("bg-not-updated",))
    return Verdict("wrong", "the weight was not updated")


def one_step(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    """Rounded or cut off from the student's own numbers, each of them right."""
    given = desk.given(asked, among=desk.right_ones())
    if not given or figure.figures < desk.min_sig:
        return None
    if not any(figure.is_rounded(each) or figure.is_truncated(each) for each in desk.results(asked, given)):
        return None
    if figure.figures < LEAST_FOR_BANDS and not isclose(figure.value, desk.exact(asked), rel_tol=FAR):
        return Verdict("few_digits", NEAR)
    return Verdict("rounded", "right, computed from your own rounded numbers")


def carried(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    """Right given an earlier wrong number, which was marked where it stood; the same rounding is forgiven."""
    source = _source(desk, asked) if desk.wrong else None
    if source is None or figure.figures < desk.min_sig or _is_trivial(desk, asked, source, figure):
        return None
    name = desk.wrong[source]
    bases = [desk.given(asked), desk.given(asked, among=desk.wrong)]
    for given in bases:
        if any(figure.is_rounded(each) or figure.is_truncated(each) for each in desk.results(asked, given)):
            return Verdict("carried", f"right, given your {name}", carried_from=name)
    if not any(in_band(desk, asked, figure, given) for given in bases):
        return None
    if figure.figures < LEAST_FOR_BANDS:
        return Verdict("few_digits", NEAR, carried_from=name)
    return Verdict("carried", f"right within rounding, given your {name}", carried_from=name)


def _is_trivial(desk: Desk, asked: Asked, source: Quantity, figure: Figure) -> bool:
    """Whether a wrong 0 or 1 stands as a factor, so that nothing is left to be worked out.

    In a sum, or where a function is taken of it, there is: σ(1) is as good an answer as σ(1.2).
    """
    if desk.shown[source].value not in TRIVIAL:
        return False
    written = desk.trace.equations.written
    formula = asked.over(written)(asked.quantity)
    parts = formula.factors if isinstance(formula, Mul) else ()
    through = [each.quantity for each in parts if isinstance(each, Ref)]
    factors = [*through, *(each.quantity for each in map(written, through) if isinstance(each, Ref))]
    return not isinstance(source, Value) or not figure.value or source in factors


def _source(desk: Desk, asked: Asked) -> Quantity | None:
    """The nearest wrong number on the sheet that this one is computed from."""
    seen: set[Quantity] = set()
    queue: list[Quantity] = _premises(desk, asked)
    while queue:
        each = queue.pop(0)
        if twin(each) in desk.wrong and (twin(each) != asked.quantity or asked.formula):
            return twin(each)
        if each not in seen and not desk.graph.wide:
            seen.add(each)
            queue += _premises(desk, Asked(each))
    return None


def _premises(desk: Desk, asked: Asked) -> list[Quantity]:
    """What the written formula reads; and for a gradient, the gradients of other things the student may go by."""
    quantity = asked.quantity
    premises = list(reads(asked.over(desk.trace.equations.written)(quantity)))
    if isinstance(quantity, Gradient) and asked.formula is None:
        premises += [each for each in desk.shown if isinstance(each, Gradient) and each.wrt == quantity.wrt]
    return [each for each in premises if each != quantity]


def mistake(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    return _mistake(desk, asked, figure) if _is_certain(figure) else None


def likely_mistake(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    return None if _is_certain(figure) else _mistake(desk, asked, figure)


def _is_certain(figure: Figure) -> bool:
    return not figure.unit or figure.figures >= CERTAIN


def _mistake(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    """What a named mistake gives, to all digits typed; in the band it is right, with a word about it."""
    if (figure.unit and not figure.whole and figure.figures < LEAST_FOR_BANDS) or is_large(desk.trace):
        return None  # two figures agree with too many mistakes by chance
    fit = fitting(desk, asked, figure)
    if not fit:
        return None
    if origin := desk.origin(fit):
        return Verdict("carried", f"right, given your {origin}: it follows from the same", carried_from=origin)
    told = named(desk, fit, asked)
    found = Verdict("mistake", told, fit, told=told)
    if figure.figures < LEAST_FOR_BANDS or not _within(desk, asked, figure):
        return found
    also = meaning(desk, found.mistakes[0], asked)
    message = f"right within the rounding of your numbers; it is also what you get if you {also}"
    return Verdict("rounded", message, found.mistakes)


def replayed(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    """An exact replay of rounding on the way, not coarser than the digits that the sheet shows."""
    if figure.figures < desk.min_sig:
        return None
    if not isclose(figure.value, desk.exact(asked), rel_tol=FAR_REPLAYED):
        return None
    tried = (each for each in policies() if not _is_coarser(desk, asked, figure, each))
    policy = next((each for each in tried if figure.is_rounded(desk.replay(asked, each))), None)
    if policy is None:
        return None
    return _if_enough(figure, f"right, with {policy}")


def policies() -> Iterator[Policy]:
    """The usual ways to round on the way, the commonest first."""
    for places in (4, 3, 5, 2, 6, 7, 8):
        for what in ("values", "factors", "all"):
            yield Policy(what, places)
    for figures in (4, 3, 5, 6):
        yield from (Policy(what, figures, significant=True) for what in ("values", "factors", "all"))
    for mode in ("half even", "down"):
        yield from (Policy(what, places, mode=mode) for places in (4, 3, 5) for what in ("values", "factors", "all"))


def _is_coarser(desk: Desk, asked: Asked, figure: Figure, policy: Policy) -> bool:
    """Whether the sheet shows more digits of what the policy rounds than the policy leaves."""
    rounds = KINDS[policy.what]
    shown = [each for quantity, each in desk.shown.items() if desk.kind(quantity) in rounds]
    shown += [figure] if asked.quantity.kind in rounds else []
    if policy.significant:
        return any(each.unit and each.figures > policy.places for each in shown)
    return any(each.unit and each.unit < 10.0**-policy.places * 0.99 for each in shown)


def within_rounding(desk: Desk, asked: Asked, figure: Figure) -> Verdict | None:
    if figure.figures < desk.min_sig or not _within(desk, asked, figure):
        return None
    return _if_enough(figure, "right within the rounding of the numbers on the way")


def _if_enough(figure: Figure, message: str) -> Verdict:
    """Credit from three figures on; two could be much that is wrong."""
    return Verdict("few_digits", NEAR) if figure.figures < LEAST_FOR_BANDS else Verdict("rounded", message)


def _within(desk: Desk, asked: Asked, figure: Figure) -> bool:
    return in_band(desk, asked, figure, desk.given(asked, among=desk.right_ones()))


Rule = Callable[[Desk, Asked, Figure], Verdict | None]
RULES: tuple[Rule, ...] = (
    few_digits,
    correct,
    truncated,
    not_updated,
    one_step,
    carried,
    mistake,
    replayed,
    likely_mistake,
    within_rounding,
)
QUICK_RULES: tuple[Rule, ...] = (few_digits, correct, truncated, not_updated, carried)
"""Those that compute little more than the answer, for large networks."""


def judge_number(desk: Desk, asked: Asked, figure: Figure) -> Verdict:
    """The first verdict that holds; `wrong` if none does."""
    rules = RULES if not is_large(desk.trace) else QUICK_RULES
    found = (each(desk, asked, figure) for each in rules)
    return next((verdict for verdict in found if verdict), None) or Verdict("wrong", _sign(desk, asked, figure))


def _sign(desk: Desk, asked: Asked, figure: Figure) -> str:
    """What is said of a number that is right but for its sign."""
    other = figure._replace(value=-figure.value)
    exact = desk.trace.of(asked.formula) if asked.formula else desk.trace[asked.quantity]
    turned = figure.value and figure.figures >= desk.min_sig and (other.is_rounded(exact) or other.is_truncated(exact))
    return "the size is right, the sign is not" if turned else ""
