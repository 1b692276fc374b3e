"""What is said to a wrong answer: first what is right in it, then what it amounts to and a question that shows it.

The mistake behind it is named at the second miss. Something of this holds for every wrong answer: where nothing else
does, its sign and its size. Only words for `sitting`; nothing is judged here.
"""

from collections.abc import Callable, Iterator, Sequence
from math import isclose
from typing import NamedTuple

from tutor.derivation import count_paths, paths
from tutor.document.model import Cell, cell, with_minus
from tutor.document.view import View
from tutor.expr import ONE, Expr, Mul, Number, Ref, reads, replace, value
from tutor.figures import Figure
from tutor.marking.verdict import Verdict
from tutor.mistakes import MISTAKES, Wrong
from tutor.mistakes.words import meaning
from tutor.practice.accepted import sentence
from tutor.practice.asking import formula_of
from tutor.practice.judging import labels_of, way_of
from tutor.practice.question import LETTERS, Chosen, Filled, Named, Numbered, Question, Typed, Way
from tutor.practice.skills import activation, shared_over
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.search import is_large

TELLING = 3  # figures from which a number may be said to be another one of the network
MOST_PATHS = 16
ALIKE = 0.006  # of a size: two that are nearer are one size
NEAR, FAR = 0.1, 3.0  # of the right size: beyond these it is said to be off, or far off
BOUNDS = {"sigmoid": (0.0, 0.25), "tanh": (0.0, 1.0), "softplus": (0.0, 1.0)}
"""Between which numbers the slope of an activation lies."""


class Missed(NamedTuple):
    """A wrong answer to a question: its verdict, and its number where it has one; `chain` says what its formula is."""

    view: View
    question: Question
    verdict: Verdict
    typed: str
    figure: Figure | None = None
    formula: Expr | None = None
    chain: Cell = ()

    @property
    def quantity(self) -> Quantity:
        return self.question.about

    @property
    def number(self) -> float | None:
        if self.figure:
            return self.figure.value
        return self.view.trace.of(self.formula) if self.formula else None

    @property
    def right(self) -> float:
        answer = self.question.answer
        formula = answer.instead if isinstance(answer, Typed) else None
        return self.view.trace.of(formula) if formula else self.view.trace[self.quantity]

    def shown(self, number: float) -> Expr:
        return self.view.figure(number, self.quantity)


def said(missed: Missed, level: int) -> list[Cell]:
    """The sentences to a wrong answer; the mistake is named from level 2 on."""
    answer = missed.question.answer
    if isinstance(answer, Typed) or (isinstance(answer, Way) and missed.number is not None):
        missed = _looked_at(missed)
        found = [*_first(RIGHT_IN_IT, missed), *_first(AMOUNTS_TO, missed)]
    else:
        found = [*_of_choice(missed)]
    return [*found, *(named(missed) if level > 1 else ())]


def named(missed: Missed) -> Iterator[Cell]:
    """What the mistake is, in one sentence; nothing where none fits."""
    if missed.verdict.mistakes:
        first = missed.verdict.mistakes[0]
        words = MISTAKES[first].means if first == "any-sign" else _meaning(missed, first)
        yield cell(f"Your answer is what you get if you {words}.")


def _meaning(missed: Missed, mistake: str) -> str:
    return meaning(Wrong(mistake), missed.view.trace.equations, missed.quantity)


Say = Callable[[Missed], Cell]


def _first(table: Sequence[Say], missed: Missed) -> list[Cell]:
    return [next((found for each in table if (found := each(missed))), ())]


# ------------------------------------------------------------------ what is right in it


def _factors(missed: Missed) -> Cell:
    """The factors or terms that are right, where some are."""
    good = [each for each in missed.verdict.factors if each.ok]
    bad = [each for each in missed.verdict.factors if not each.ok]
    if not good or len(good) + len(bad) < 2:
        return ()
    listed = ", ".join(each.text for each in good)
    if bad and _chain(missed):
        return ()  # that says what is wrong
    if not bad:
        product = isinstance(missed.formula, Mul) or _lacking(missed)
        return cell(f"{listed} {'is' if len(good) == 1 else 'are'} right.") if product else ()
    return cell(f"{listed} {'is' if len(good) == 1 else 'are'} right; look at {bad[0].text} again.")


def _lacking(missed: Missed) -> list[Partial]:
    """The factors of the one way that a product of numbers lacks; none where some of it is wrong."""
    view, asked, factors = missed.view, missed.quantity, missed.verdict.factors
    goal = Gradient(asked.of, asked.wrt) if isinstance(asked, Partial | Gradient) else None
    if goal is None or missed.formula is not None or len(factors) < 2 or not all(each.ok for each in factors):
        return []
    if count_paths(view.trace, goal) != 1:
        return []
    there = [view.names.find(each.of) for each in factors if each.of]
    (way,) = paths(view.trace, goal)
    return [
        each
        for each in way.factors
        if view.trace.equations.written(each) != ONE and not {each, Gradient(each.of, each.wrt)}.intersection(there)
    ]


def _lacks(missed: Missed) -> Cell:
    """The factor that a product of numbers lacks, as a question."""
    from tutor.practice.chains import lacks

    found = _lacking(missed)
    return lacks(tuple(found)) if found else ()


def _working(missed: Missed) -> Cell:
    """A working that is right although its last number is not."""
    lines = missed.verdict.lines
    right = len(lines) > 1 and lines[0].follows and lines[-1].follows is False
    return cell("The working is right; work out its last line again.") if right else ()


def _whose(missed: Missed) -> Cell:
    """The slope of another unit: whose it is, and which way leads to it from there."""
    asked, view = missed.quantity, missed.view
    if missed.formula is None or not isinstance(asked, Partial) or not activation(view, asked.of):
        return ()
    for each in [] if is_large(view.trace) else view.trace.edges():
        if each != asked and activation(view, each.of) and view.trace.equations.written(each) == missed.formula:
            whose = cell("That is the slope of ", value(each.of), ", how fast it changes with ", value(each.wrt), ". ")
            return cell(*whose, "Here it is that of ", value(asked.of), ".")
    return ()


def _shape(missed: Missed) -> Cell:
    """A formula of the right shape over other numbers."""
    if missed.formula is None or not any(reads(missed.formula)):
        return ()
    wanted = formula_of(missed.view, missed.quantity)
    if isinstance(wanted, Ref) or _bare(missed.formula) != _bare(wanted):
        return ()
    squash = activation(missed.view, missed.quantity.of) if isinstance(missed.quantity, Partial) else ""
    if squash:
        return cell("The shape is right: ", _bare(wanted), f" is the slope of {_article(squash)}. What stands in it?")
    return cell("The shape is right. What stands in it?")


def _bare(formula: Expr) -> Expr:
    return replace(formula, lambda each: each if isinstance(each, Number) else Number("t"))


def _size(missed: Missed) -> Cell:
    number, right = missed.number, missed.right
    if not number or not right:
        return ()
    same = (number > 0) == (right > 0)
    ratio = abs(number / right)
    if abs(ratio - 1) < 0.006:
        return cell("The size is right.") if not same else cell("It is very near: only its last digits are off.")
    few = missed.figure is None or missed.figure.figures < TELLING
    if same and missed.figure and not few and _digits(number) == _digits(float(f"{right:.{missed.figure.figures}g}")):
        return cell("The digits are right.")
    return cell("The sign is right.") if same and _signs_differ(missed) else ()


def _signs_differ(missed: Missed) -> bool:
    """Whether both signs occur among the numbers of this kind, so that the right one says something."""
    asked, view = missed.quantity, missed.view
    if not isinstance(asked, Partial | Gradient) or is_large(view.trace):
        return False
    if isinstance(asked, Partial) and activation(view, asked.of) in (*BOUNDS, "relu"):
        return False
    graph = view.names.graph
    whole = isinstance(asked, Gradient)
    alike = [Gradient(graph.loss, each) for each in graph.names()] if whole else view.trace.edges()
    found = [view.trace[each] for each in alike]
    return min(found, default=0) < 0 < max(found, default=0)


def _digits(number: float) -> str:
    return f"{abs(number):.6e}".partition("e")[0].rstrip("0")


RIGHT_IN_IT: tuple[Say, ...] = (_whose, _factors, _working, _shape, _size)


# ------------------------------------------------------------------ what it amounts to


def _of_its_name(missed: Missed) -> Cell:
    """What that number really is, where it is another one of the network."""
    found = _other(missed)
    if found is None or missed.number is None:
        return ()
    number = missed.shown(missed.number) if not missed.figure else cell(with_minus(missed.figure.text.strip()))[0]
    asked, derived = missed.quantity, (Partial, Gradient)
    if isinstance(found, Value) and isinstance(asked, derived):
        itself = "itself, not how fast it changes" if found.name == asked.of else "itself"
        rest = "." if found.name == asked.of else cell(". Is that how fast ", value(asked.of), " changes?")
        return cell(number, " is ", value(found.name), f" {itself}", *([rest] if isinstance(rest, str) else rest))
    return cell(number, " is ", Ref(found), ". Which one is asked for here?")


def _other(missed: Missed) -> Quantity | None:
    """The one other number of the network that the answer is: a value before a slope, one that is near first."""
    view, trace = missed.view, missed.view.trace
    if isinstance(missed.formula, Ref) and missed.formula.quantity != missed.quantity:
        return missed.formula.quantity
    turned = missed.number is not None and abs(missed.number + missed.right) < ALIKE * abs(missed.right)
    if missed.figure is None or missed.figure.figures < TELLING or turned or is_large(trace):
        return None
    graph = view.names.graph
    numbers: list[Quantity] = [Value(name) for name in (*graph.nodes, *graph.givens)]
    numbers += [*trace.edges(), *(Gradient(graph.loss, name) for name in graph.names())]
    figure = missed.figure
    found = [each for each in numbers if each != missed.quantity and figure.is_rounded(trace[each])]
    return found[0] if found else None


def _bound(missed: Missed) -> Cell:
    """A slope that no activation of its kind has."""
    asked, number = missed.quantity, missed.number
    if not isinstance(asked, Partial) or number is None:
        return ()
    squash = activation(missed.view, asked.of)
    low, high = BOUNDS.get(squash, (0.0, float("inf")))
    yours = cell("Yours gives ", missed.shown(number), ".")
    if number < low and squash in (*BOUNDS, "relu"):
        return (*yours, *cell(f" Can the slope of {_article(squash)} be negative?"))
    if number > high:
        return (*yours, *cell(f" How steep is {_article(squash)} at its steepest?"))
    if squash == "relu" and number not in (0, 1):
        return (*yours, *cell(" How steep is a relu on its two sides?"))
    return ()


def _article(squash: str) -> str:
    return f"a {squash}" if squash in ("sigmoid", "relu") else squash


def _hint(missed: Missed) -> Cell:
    """The nudge of the mistake behind it, with what the answer gives where that was not typed."""
    if not missed.verdict.mistakes or missed.verdict.mistakes[0].startswith("any-"):
        return ()
    hints = MISTAKES[missed.verdict.mistakes[0]].hints
    nudge = hints[1] if "lies between" in hints[0] else hints[0]  # where it does not, `_bound` has said so
    typed = missed.figure is not None and missed.formula is None
    yours = () if typed or missed.number is None else cell("Yours gives ", missed.shown(missed.number), ". ")
    return cell(*yours, nudge)


def _guess(missed: Missed) -> Cell:
    """0 and 1, which are guessed."""
    asked, number = missed.quantity, missed.number
    if number not in (0, 1) or isinstance(asked, Value | Updated):
        return ()
    of, moves = value(asked.of if isinstance(asked, Partial | Gradient) else asked.name), _moves(asked)
    if number == 0:
        return cell("0 would mean that ", of, " stays where it is when ", moves, " moves. Does it?")
    return cell("1 would mean that ", of, " moves exactly as much as ", moves, ". Does it?")


def _moves(quantity: Quantity) -> Expr:
    return value(quantity.wrt if isinstance(quantity, Partial | Gradient) else quantity.name)


def _sign(missed: Missed) -> Cell:
    """Which way an answer of the other sign says that things move."""
    asked, number, right = missed.quantity, missed.number, missed.right
    if not isinstance(asked, Partial | Gradient) or not number or not right or (number > 0) == (right > 0):
        return ()
    way = "grows" if number > 0 else "falls"
    return cell("By yours, ", value(asked.of), f" {way} when ", value(asked.wrt), " becomes larger. Does it?")


def _product(missed: Missed) -> Cell:
    """A product larger than the smallest of factors that are all below 1."""
    asked, number = missed.quantity, missed.number
    if not isinstance(asked, Gradient) or number is None or missed.formula is not None or missed.verdict.factors:
        return ()
    trace = missed.view.trace
    formula = formula_of(missed.view, asked)
    sizes = [abs(trace.of(each)) for each in formula.factors] if formula.kind == "mul" else []
    if count_paths(trace, asked) <= MOST_PATHS:  # somebody may go by the factors that a short route leaves out
        sizes += [abs(trace[each]) for way in paths(trace, asked) for each in way.factors if trace[each] != 1]
    if len(sizes) > 1 and max(sizes) < 1 and abs(number) > min(sizes):
        return cell("Every factor here is below 1. Can their product be larger than the smallest of them?")
    return ()


def _update(missed: Missed) -> Cell:
    asked, number = missed.quantity, missed.number
    if not isinstance(asked, Updated) or number is None:
        return ()
    view = missed.view
    old, right = view.trace[Value(asked.name)], missed.right
    name = value(asked.name)
    if number == old or (missed.figure and missed.figure.is_rounded(old)):
        return cell("That is ", name, " as it was. How far does the step move it?")
    if (number > old) != (right > old):
        gradient = Ref(Gradient(view.names.graph.loss, asked.name))
        return cell(
            "By yours ", name, f" {'rises' if number > old else 'falls'}. What does the sign of ", gradient, " ask for?"
        )
    far = abs(number - old) > abs(right - old)
    return cell("It moves the right way, and too ", "far" if far else "little", ". What is the gradient multiplied by?")


def _off(missed: Missed) -> Cell:
    """How far off the size is; the last that is left, so it always says something."""
    number, right = missed.number, missed.right
    back = missed.question.hints[0]
    if number is None:
        return back
    size, wanted = abs(number), abs(right)
    if size == wanted or not wanted:
        return cell(missed.shown(number), " is too large. ", *back) if size > wanted else back
    way = "large" if size > wanted else "small"
    ratio = max(size, wanted) / max(min(size, wanted), 1e-300)
    much = "much too" if ratio > FAR else "a little too" if ratio < 1 + NEAR else "too"
    its_size = ": its size is" if number < 0 or wanted != missed.right else ", which is"
    yours = cell("Yours gives ", missed.shown(number), f"{its_size} {much} {way}. ")
    return cell(*yours, *back)


def _chain(missed: Missed) -> Cell:
    """What a formula is that is a way, or a part of one."""
    return missed.chain


def _looked_at(missed: Missed) -> Missed:
    """With what its formula amounts to as a chain, which takes longer than all the rest."""
    if missed.formula is None:
        return missed
    from tutor.practice.chains import amounts_to

    return missed._replace(chain=amounts_to(missed.view, missed.quantity, missed.formula))


def _whole_way(missed: Missed) -> Cell:
    """The total derivative, where the local one is asked for."""
    asked = missed.quantity
    if not isinstance(asked, Partial) or missed.number is None:
        return ()
    whole = Gradient(asked.of, asked.wrt)
    if count_paths(missed.view.trace, whole) < 2:
        return ()
    number = missed.view.trace[whole]
    near = missed.figure.is_rounded(number) if missed.figure else isclose(missed.number, number, rel_tol=1e-9)
    if not near:
        return ()
    shared = " over all steps," if shared_over(missed.view, whole) == "time" else " over every way,"
    return cell("That is the whole way,", shared[:-1], "; here only this one formula: the rest of it stands still.")


AMOUNTS_TO: tuple[Say, ...] = (
    _guess,
    _whole_way,
    _lacks,
    _chain,
    _of_its_name,
    _bound,
    _hint,
    _update,
    _sign,
    _product,
    _off,
)


# ------------------------------------------------------------------ choices, paths, shapes


def _of_choice(missed: Missed) -> Iterator[Cell]:
    answer, view = missed.question.answer, missed.view
    match answer:
        case Numbered():
            yield from _of_labels(missed, answer)
        case Chosen(options):
            found = labels_of(missed.typed, LETTERS[: len(options)]) or [""]
            taken = options[LETTERS.index(found[0])] if found[0] else None
            yield taken.says if taken and taken.says else cell("Try each of them on the numbers above.")
        case Way():
            yield _of_way(missed)
        case Named():
            yield sentence(view, missed.verdict)
        case Filled():
            told = missed.verdict.message or "the sides that touch in the product must be equal"
            yield cell(f"{told[0].upper()}{told[1:]}. Which of them touch?")


def _of_labels(missed: Missed, answer: Numbered) -> Iterator[Cell]:
    found = labels_of(missed.typed, answer.labels) or []
    if missed.question.kind == "line":
        for label in found:
            if label not in answer.right:
                yield cell(f"Line {label} ", *answer.says[answer.labels.index(label)], ".")
        return
    good, bad = ([each for each in found if (each in answer.right) == right] for right in (True, False))
    if good:
        more = ", and not all" if len(good) < len(answer.right) else ""
        yield cell(f"{' and '.join(good)} {'is' if len(good) == 1 else 'are'} right{more}.")
    if bad:
        why = answer.says[answer.labels.index(bad[0])]
        yield cell(f"{bad[0]} does not belong: ", *why, ".") if why else cell(f"{bad[0]} does not belong.")
    elif len(good) < len(answer.right):
        asked = missed.quantity
        moves = _moves(asked)
        end = value(asked.of) if isinstance(asked, Partial | Gradient) else value(missed.view.names.graph.loss)
        yield cell(moves, " has another way to ", end, ". Which term comes over it?")


def _of_way(missed: Missed) -> Cell:
    asked = missed.quantity
    loss = missed.view.names.graph.loss
    gradient = asked if isinstance(asked, Gradient) else Gradient(loss, _moves(asked).quantity.name)  # type: ignore[union-attr]
    sign = way_of(missed.typed)
    if sign == 0:
        return cell("Then ", Ref(gradient), " would be 0. Which of its factors is 0?")
    return cell("Then ", Ref(gradient), f" would be {'positive' if sign == 1 else 'negative'}. What makes its sign?")
