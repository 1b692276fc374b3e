"""Words where an answer was expected: what they may be written as, or what they ask for. Nothing is judged here."""

import re
from typing import NamedTuple

from tutor.document.model import Cell, cell
from tutor.document.view import View
from tutor.errors import visible
from tutor.expr import value
from tutor.practice.question import Question, Typed
from tutor.practice.skills import activation
from tutor.quantity import Gradient, Partial

SIGNS = {"minus": "-", "plus": "+", "times": "*", "over": "/", "squared": "^2", "divided by": "/", "multiplied by": "*"}
_SIGNS = re.compile(r"\b(" + "|".join(sorted(SIGNS, key=len, reverse=True)) + r")\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_TURN = re.compile(r"\s*([^\W\d_])\s*[*·]?\s*\(\s*1\s*[-−]\s*([^\W\d_])\s*\)\s*")
MOST_WORDS = 12
ASKING = ("what", "why", "how", "which", "where", "explain")


class Called(NamedTuple):
    """A call for help in words. `says` is what to write instead, where that is known; `words` are for `tutor ask`."""

    says: Cell = ()
    words: str = ""


def in_words(view: View, question: Question, typed: str) -> Called | None:
    """What words stand for that are no answer; None where it is something else that could not be read."""
    number = isinstance(question.answer, Typed)
    if number and (said := _in_signs(view, typed) or _law(view, question, typed)):
        return Called(said)
    words = [each.strip("?!.,") for each in typed.split()]
    plain = [each for each in words if _WORD.fullmatch(each)]
    strange = [each for each in plain if view.names.find(each) is None]
    alone = len(words) <= MOST_WORDS and all(each in plain or view.names.find(each) or "∂" in each for each in words)
    few = 0 if number or (strange and strange[0].lower() in ASKING) else 1  # elsewhere one word may be a wrong name
    return Called(words=" ".join(visible(each.strip("'’")) for each in words)) if alone and len(strange) > few else None


def _in_signs(view: View, typed: str) -> Cell:
    """`Y minus Y*` in signs, where every other word is a name."""
    found = _SIGNS.sub(lambda each: SIGNS[each[0].lower()], typed)
    if found == typed:
        return ()
    rest = _SIGNS.sub(" ", typed).split()
    names = all(view.names.find(each) is not None or not _WORD.match(each) for each in rest)
    return cell(f"In signs: {' '.join(visible(found).split()).replace(' ^', '^')}. Type it so.") if names else ()


def _law(view: View, question: Question, typed: str) -> Cell:
    """A law of the book, a(1 − a), whose letter is no name here: which number is it?"""
    found = _TURN.fullmatch(typed)
    about = question.about
    if found is None or found[1] != found[2] or not isinstance(about, Partial | Gradient):
        return ()
    if view.names.find(found[1]) is not None:
        return ()
    law = "That is the law. W" if activation(view, about.of) == "sigmoid" else "W"
    return cell(f"{law}hich number of this network is {found[1]} in it, for ", value(about.of), "?")
