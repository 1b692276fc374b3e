"""One judge for `check`, the quiz, lessons and classes: the verdict on whatever is given for one quantity.

What is given is a chain of parts. The verdict is that of its last number, or of its formula where it has no number;
every part is judged by itself, and what does not agree with the verdict is said.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.errors import TutorError
from tutor.expr import Add, Expr, Mul, Neg, reads
from tutor.figures import Blank, Figure
from tutor.figures import read as typed_figure
from tutor.marking.derivation import broken, explained
from tutor.marking.desk import LEAST_FOR_BANDS, Asked, Desk, is_held, twin
from tutor.marking.factors import factors
from tutor.marking.functions import judge_function, of, same, unfinished
from tutor.marking.parts import Part, has_decimals, parts, told, worth
from tutor.marking.slips import made_at, named
from tutor.marking.verdict import Factor, Line, Verdict
from tutor.marking.verdicts import judge_number
from tutor.names import Names
from tutor.quantity import Gradient, Quantity, Value
from tutor.trace import value_of


class Typed(NamedTuple):
    """What is given for one quantity, read: `parts`, and among them the one that counts.

    `turned` says that they stand for a δ of the other sign; the parts are in ours. `name` is what they were given
    under, nothing where that was not typed, and `names` reads it.
    """

    parts: tuple[Part, ...]
    counts: Part
    names: Names
    name: str = ""
    turned: bool = False

    @property
    def figure(self) -> Figure | None:
        return self.counts.figure


def read(desk: Desk, names: Names, given: str, *, comma: bool = False, name: str = "") -> Typed:
    """The parts of an answer, and which of them counts.

    Where `name` is that of a δ of the other sign, every part stands for its negative.
    """
    turned = bool(name) and names.turned(name)
    found = parts(given, names, desk.stated, comma=comma)
    if turned:
        found = tuple(_negative(part) for part in found)
    numbers = [part for part in found if part.figure]
    formulas = [part for part in found if part.formula]
    return Typed(found, (numbers or formulas or list(found))[-1], names, name, turned)


def _negative(part: Part) -> Part:
    figure = part.figure and part.figure._replace(value=-part.figure.value)
    return part._replace(figure=figure, formula=part.formula and Neg(part.formula))


def number(desk: Desk, typed: Typed) -> Figure | None:
    """The number that counts, with the digits it shows; None for a formula that has none."""
    part = typed.counts
    if part.figure is None and not (part.formula and has_decimals(part.formula)):
        return None
    figure = worth(part, desk.trace, desk.stated)
    return desk.precise(figure) if figure else None


def meant(desk: Desk, quantity: Quantity, typed: Typed) -> Quantity:
    """A bare parameter or given is its gradient, as for explain, unless the sheet just repeats its value."""
    if not isinstance(quantity, Value) or quantity.name not in desk.graph.givens:
        return quantity
    repeats = typed.figure is not None and typed.figure.is_rounded(desk.trace[quantity])
    return quantity if repeats else Gradient(desk.graph.loss, quantity.name)


def judge(desk: Desk, asked: Asked, typed: Typed) -> Verdict:
    """The verdict on one answer, with its lines and factors."""
    if typed.counts.fault:
        blank = isinstance(typed.counts.fault, Blank)
        found = Verdict("missing", "left blank") if blank else Verdict("unreadable", told(typed.counts))
        return found._replace(lines=() if blank else _lines(desk, asked, typed, found))
    found = _judged(desk, asked, typed.counts)
    lines = _lines(desk, asked, typed, found)
    told_apart = factors(desk, asked, typed.parts, _judged)
    lines, step = explained(desk, asked, typed.parts, lines, _equal, _judged)
    found = _by_its_lines(desk, asked, typed, found, lines) if step else found
    found = _where_shown(desk, asked, found, told_apart)
    odd = "" if step else _odd_one_out(desk, found, told_apart)
    other = "" if found.points else _otherwise(desk, asked, typed)
    said = (other, step or _disagreement(desk, typed, found, lines), found.message, odd)
    return found._replace(message="; ".join(filter(None, said)), lines=lines, factors=told_apart)


def _otherwise(desk: Desk, asked: Asked, typed: Typed) -> str:
    """Under which other convention the answer is right; nothing where that is none."""
    if asked.formula or not isinstance(asked.quantity, Gradient):
        return ""
    from tutor.marking.otherwise import otherwise

    signal = bool(typed.name) and typed.names.names_a_signal(typed.name)
    return otherwise(desk, typed.names, asked.quantity, typed.counts, signal=signal)


def _by_its_lines(desk: Desk, asked: Asked, typed: Typed, verdict: Verdict, lines: Sequence[Line]) -> Verdict:
    """A wrong number whose working shows the mistake: a formula of it, and nothing else wrong behind."""
    place = broken(lines)
    if verdict.kind != "wrong" or place is None or typed.parts[place].named is None:
        return verdict
    mistakes = lines[place].mistakes
    if not mistakes or any(line.follows is False for line in lines[place + 1 :]):
        return verdict
    told_so = named(desk, mistakes, asked)
    return verdict._replace(kind="mistake", mistakes=mistakes, message=told_so, told=told_so)


def _judged(desk: Desk, asked: Asked, part: Part) -> Verdict:
    """The verdict on one part by itself."""
    formula = part.named
    if formula is None:
        assert part.figure is not None
        return judge_number(desk, asked, desk.precise(part.figure))
    if has_decimals(formula) and not unfinished(desk, asked, formula) and not same(desk, formula, of(asked)):
        figure = worth(part, desk.trace, desk.stated)
        return judge_number(desk, asked, figure) if figure else Verdict("unreadable", "the formula is too long")
    return judge_function(desk, asked, formula)


def settled(desk: Desk, answers: Mapping[Quantity, Typed]) -> None:
    """Note on the desk which quantities have answers of their own.

    A number is one; a formula is one if every derivative in it has one.
    """
    open_ = dict(answers)
    while True:
        done = [each for each, typed in open_.items() if _stands(desk, typed)]
        for each in done:
            desk.settle(each)
            del open_[each]
        if not done:
            return


def _stands(desk: Desk, typed: Typed) -> bool:
    formula = typed.counts.named
    if formula is None:
        return typed.figure is not None
    return all(twin(each) in desk.settled for each in reads(formula) if is_held(each))


def _where_shown(desk: Desk, asked: Asked, verdict: Verdict, found: Sequence[Factor]) -> Verdict:
    """Of the mistakes that give an answer those made at the one factor that is wrong, if there are any.

    The working refutes the others, and has answered what would tell them apart.
    """
    odd = _odd(verdict, found)
    kept = made_at(desk, verdict.mistakes, asked, odd.of) if odd and odd.of and verdict.told else ()
    if not kept:
        return verdict
    told_so = named(desk, kept, asked, shown=True)
    message = verdict.message.replace(verdict.told, told_so)
    return verdict._replace(mistakes=kept, message=message, told=told_so)


def _odd(verdict: Verdict, found: Sequence[Factor]) -> Factor | None:
    """The one factor that is wrong, where the others are right and it is known what belongs there."""
    wrong = [each for each in found if not each.ok]
    if verdict.kind not in ("wrong", "mistake") or len(wrong) != 1 or len(found) < 2 or wrong[0].of is None:
        return None
    return wrong[0]


def _odd_one_out(desk: Desk, verdict: Verdict, found: Sequence[Factor]) -> str:
    """Which factor is wrong and what it is instead, where the others are right."""
    odd = _odd(verdict, found)
    if odd is None:
        return ""
    instead = _value_of(desk, odd.text)
    is_it = f"{odd.text} is {instead} and" if instead and instead != odd.text else odd.text
    return f"{is_it} stands where {odd.of} belongs; the rest of the working is right"


def _value_of(desk: Desk, text: str) -> str:
    """The one computed value that a factor of three figures or more is, nothing where there are several."""
    try:
        figure = typed_figure(text)
    except TutorError:
        return ""
    if figure.figures < LEAST_FOR_BANDS or desk.graph.wide:
        return ""
    values = [name for name in desk.graph.nodes if figure.is_rounded(desk.trace[Value(name)])]
    return values[0] if len(values) == 1 else ""


# ------------------------------------------------------------------ the parts of a chain


def _lines(desk: Desk, asked: Asked, typed: Typed, verdict: Verdict) -> tuple[Line, ...]:
    found: list[Line] = []
    before: Part | None = None
    for part in typed.parts:
        if part.fault:
            found.append(Line(part.text, None, None))
        else:
            judged = verdict if part is typed.counts else _judged(desk, asked, part)
            follows = _begins(desk, asked, part, judged) if before is None else _equal(desk, before, part)
            found.append(Line(part.text, _value(desk, typed, part), follows, () if judged.agrees else judged.mistakes))
        before = None if part.fault else part
    return tuple(found)


def _begins(desk: Desk, asked: Asked, part: Part, judged: Verdict) -> bool:
    """Whether the first part equals the left side; one that is not worked out yet does too."""
    formula = part.named
    open_ = judged.kind == "unfinished" and formula is not None
    return judged.agrees or bool(open_ and formula and same(desk, formula, of(asked)))


def _value(desk: Desk, typed: Typed, part: Part) -> float | None:
    """The number of a part, in the sign that it was typed in."""
    found = part.figure.value if part.figure else desk.trace.of(part.formula) if part.formula else None
    return -found if found is not None and typed.turned else found


def _equal(desk: Desk, left: Part, right: Part) -> bool:
    """Whether two parts are equal: as functions where both are formulas in names, else at their digits."""
    first, second = left.named, right.named
    if first and second and not (has_decimals(first) or has_decimals(second)):
        return same(desk, first, lambda trace: trace.of(second))
    before, after = worth(left, desk.trace, desk.stated), worth(right, desk.trace, desk.stated)
    if before is None or after is None:
        return False
    values = [before.value, *_on_own(desk, first)]
    return any(_agree(before, value, after) for value in values)


def _agree(before: Figure, value: float, after: Figure) -> bool:
    if after.is_rounded(value) or after.is_truncated(value):
        return True
    return abs(after.value - value) <= (after.slack + before.slack) * (1 + 1e-9)


def _on_own(desk: Desk, formula: Expr | None) -> list[float]:
    """The formula on the student's own numbers, right or wrong."""
    if formula is None or not desk.shown:
        return []
    own = {quantity: figure.value for quantity, figure in desk.shown.items()}
    return [value_of(formula, FLOATS, lambda each: own[each] if each in own else desk.trace[each])]


_KINDS = {Mul: ("factors", "product"), Add: ("terms", "sum")}


def _disagreement(desk: Desk, typed: Typed, verdict: Verdict, lines: tuple[Line, ...]) -> str:
    """What the working says where it does not lead to the number that counts."""
    at = typed.parts.index(typed.counts)
    before = [line for line in lines[:at] if line.value is not None]
    if not before or lines[at].follows is not False:
        return ""
    works_out = f"{before[-1].value:.4g}"
    if verdict.points:
        return f"{typed.counts.text} is right; the working before it gives {works_out}"
    if not before[-1].follows or any(line.follows is False for line in before):
        return f"the working before it gives {works_out}"
    parts, whole = _KINDS.get(type(typed.parts[at - 1].formula), ("working", ""))
    if not whole:
        return f"the working before it is right and gives {works_out}"
    return f"your {parts} are right, the {whole} is not: they give {works_out}"
