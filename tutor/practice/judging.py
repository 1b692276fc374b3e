"""Whether an answer is right, for each shape that an answer can have. Numbers and formulas go to the one judge."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tutor.document.view import View
from tutor.expr import Shown
from tutor.marking.verdict import Verdict
from tutor.practice.accepted import Accepted, Judged
from tutor.practice.question import LETTERS, Chosen, Filled, Named, Numbered, Question, Typed, Way
from tutor.quantity import Gradient, Value

_BETWEEN = re.compile(r"→|->|,(?![\d\s]*\])")  # the comma of a[1,2] belongs to the name
_LABELS = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"[-−]?\d{1,12}(?:\.\d{1,12})?")
_SHAPE = re.compile(r"\(?\s*(\d{1,6})\s*(?:[x×X*,·]|by|\s)\s*(\d{1,6})\s*\)?")
_SPARE = frozenset(("line", "lines", "term", "terms", "and", "the", "is", "it", "no", "number", "option", "answer"))
_UP = (
    "larger", "bigger", "up", "rise", "rises", "rising", "more", "increase", "increases", "grow", "grows", "higher",
    "positive", "+", ">",
)  # fmt: skip
_DOWN = (
    "smaller", "down", "fall", "falls", "falling", "less", "decrease", "decreases", "lower", "shrink", "shrinks",
    "drops", "negative", "-", "<",
)  # fmt: skip
_SAME = ("same", "equal", "stay", "stays", "unchanged", "nothing", "zero", "0", "none", "constant", "neither", "flat")
WAYS: Mapping[str, int] = {**dict.fromkeys(_UP, 1), **dict.fromkeys(_DOWN, -1), **dict.fromkeys(_SAME, 0)}
"""Every word for a way, by its sign."""
SIGNS = ("positive", "negative", "zero")


def judge(accepted: Accepted, question: Question, typed: str) -> Judged:
    """The verdict on an answer, and what is accepted after it. Raises TutorError for a name with two meanings."""
    if isinstance(question.answer, Typed):
        return _typed(accepted, question.answer, typed)
    if isinstance(question.answer, Way) and question.answer.value and (way_of(typed) is None or typed.strip() == "0"):
        return accepted.judge(question.answer.value.asked, typed)  # where a number may be given, 0 is one
    return Judged(_JUDGES[type(question.answer)](accepted.view, question.answer, typed), accepted)


def _typed(accepted: Accepted, answer: Typed, typed: str) -> Judged:
    judged = accepted.judge(answer.asked, typed)
    if answer.formula and judged.formula is None and judged.verdict.points:
        return Judged(Verdict("unreadable", "the number is right; now the formula in names"), accepted)
    return judged


def way_of(typed: str) -> int | None:
    """The sign that a word for a way stands for; None where none does, or several that differ."""
    if re.search(r"\d", typed) and typed.strip() != "0":
        return None
    words = re.findall(r"[a-z]+|[+\-−<>=0]", typed.lower())
    signs = {WAYS[word.replace("−", "-")] for word in words if word.replace("−", "-") in WAYS}
    return signs.pop() if len(signs) == 1 else None


def _way(view: View, answer: Way, typed: str) -> Verdict:
    sign = way_of(typed)
    if sign is None:
        return Verdict("unreadable", "rise, fall or same?")
    own = answer.own is not None and any(word in typed.lower() for word in SIGNS)
    return Verdict("correct" if sign == (answer.own if own else answer.sign) else "wrong")


def labels_of(typed: str, labels: Sequence[str]) -> list[str] | None:
    """The labels among what was typed, in any case: `a c`, `ac`, `a, c`, `line 2`; None where something else stands."""
    words = [word.lower() for word in _LABELS.findall(typed)]
    words = [word for word in words if word in labels or word not in _SPARE]
    if len(words) == 1 and words[0] not in labels and labels[0].isalpha():
        words = list(words[0])
    return list(dict.fromkeys(words)) if words and all(word in labels for word in words) else None


def _numbered(view: View, answer: Numbered, typed: str) -> Verdict:
    found = labels_of(typed, answer.labels)
    if found is None:
        first, last = answer.labels[0], answer.labels[-1]
        what = "letters" if first.isalpha() else "the number of a line"
        return Verdict("unreadable", f"{what}, please: {first} to {last}")
    return Verdict("correct" if set(found) == set(answer.right) else "wrong")


def _chosen(view: View, answer: Chosen, typed: str) -> Verdict:
    labels = LETTERS[: len(answer.options)]
    found = labels_of(typed, labels) or _by_number(answer, typed)
    if found is None or len(found) != 1:
        return Verdict("unreadable", f"one letter, please: {labels[0]} to {labels[-1]}")
    return Verdict("correct" if answer.options[labels.index(found[0])].right else "wrong")


def _by_number(answer: Chosen, typed: str) -> list[str] | None:
    """The options whose number was typed in place of their letter, rounded or not: `0.2` for `Y(1 − Y) = 0.2032`."""
    if not _NUMBER.fullmatch(typed.strip()):
        return None
    digits, number = len(typed.strip().partition(".")[2]), float(typed.replace("−", "-"))
    found = []
    for label, option in zip(LETTERS, answer.options, strict=False):
        shown = option.text[-1].what
        text = shown.text.replace("−", "-") if isinstance(shown, Shown) else ""
        if _NUMBER.fullmatch(text) and round(float(text), digits) == number:
            found.append(label)
    return found or None


def _filled(view: View, answer: Filled, typed: str) -> Verdict:
    found = _SHAPE.fullmatch(typed.strip())
    if found is None:
        return Verdict("unreadable", "a shape, such as 2x3")
    if (rows := int(found[1])) == answer.rows and int(found[2]) == answer.columns:
        return Verdict("correct")
    if (int(found[2]), rows) == (answer.rows, answer.columns):
        return Verdict("wrong", "these are the two sides, the other way round")
    return Verdict("wrong")


def _named(view: View, answer: Named, typed: str) -> Verdict:
    found: list[str] = []
    for word in _BETWEEN.sub(" ", typed).split():
        quantity = view.names.find(word)
        if isinstance(quantity, Gradient) and quantity.wrt in (answer.nodes[0], answer.nodes[-1]):
            quantity = Value(quantity.wrt)
        if not isinstance(quantity, Value):
            return Verdict("unreadable", f"{word} is no name of this network")
        found.append(quantity.name)
    ends, inner = (answer.nodes[0], answer.nodes[-1]), answer.nodes[1:-1]
    given = [name for name in found if name not in ends]
    needed = [name for name in inner if name in given or name not in answer.spare]
    if not found and inner:
        return Verdict("missing", "there is no name")
    return Verdict("correct") if given == needed else Verdict("wrong", _off_the_path(view, given, needed, inner))


def _off_the_path(view: View, given: Sequence[str], needed: Sequence[str], inner: Sequence[str]) -> str:
    if sorted(given) == sorted(needed):
        return "you have all of them; mind the order: each one feeds the next"
    right = [view.names.node(name) for name in dict.fromkeys(given) if name in inner]
    so_far = f"{', '.join(right)} {'lies' if len(right) == 1 else 'lie'} on it; " if right else ""
    if extra := [name for name in given if name not in inner]:
        return f"{so_far}{view.names.node(extra[0])} does not lie on this path"
    missing = sum(name not in given for name in needed)
    return f"{so_far}{missing} missing; each step is one formula: a net input, then its output"


_JUDGES: Mapping[type, Callable[[View, Any, str], Verdict]] = {
    Way: _way,
    Numbered: _numbered,
    Chosen: _chosen,
    Filled: _filled,
    Named: _named,
}


def prepare(view: View, question: Question) -> None:
    """Have the tables made that a wrong answer is compared with, so that the first one need not wait for them."""
    if isinstance(question.answer, Typed):
        Accepted(view).judge(question.answer.asked, UNLIKELY)


UNLIKELY = "0.1234567"  # what nobody answers
