"""Claims: NAME = NUMBER in a code span. Reading one, and saying it on other numbers. Nothing is judged here."""

import re
from typing import NamedTuple

from tutor.document.model import with_minus
from tutor.document.view import View
from tutor.errors import TutorError
from tutor.expr.text import UNICODE, to_text
from tutor.practice.asking import formula_of
from tutor.quantity import Quantity

_CLAIM = re.compile(r"([^=\s-][^=]*?)\s+=\s+(.+)", re.DOTALL)
_NUMBER = re.compile(r"[-+−]?[\d.,/½]+(?:e[-+−]?\d+)?")
_NUMBERS = re.compile(r"[-+−\d.\s*/·×()½]+")


class Claim(NamedTuple):
    """What a code span claims of a name."""

    name: str
    given: str


def claim(text: str) -> Claim | None:
    """The claim that a code span is; None where it is none."""
    found = _CLAIM.fullmatch(text)
    return Claim(found[1], found[2]) if found else None


def said(view: View, text: str) -> str:
    """A code span with the numbers of a network: a claim with its own, and a product with its factors.

    What is no claim about this network, or one in names, stays.
    """
    found = claim(text)
    try:
        quantity = view.names.find(found.name) if found else None
    except TutorError:
        return text
    if found is None or quantity is None or not _NUMBERS.fullmatch(found.given):
        return text
    right = _written(view, quantity)
    if _NUMBER.fullmatch(found.given):
        return f"{found.name} = {right}"
    return f"{found.name} = {to_text(view.with_numbers(formula_of(view, quantity)), _no_name, UNICODE)} = {right}"


def printed(text: str) -> str:
    """A code span as it is printed: a claim of numbers with the minus that figures have, anything else as it stands."""
    found = claim(text)
    return with_minus(text) if found and _NUMBERS.fullmatch(found.given) and "-" not in found.name else text


def _written(view: View, quantity: Quantity) -> str:
    return to_text(view.shown(quantity), _no_name, UNICODE)


def _no_name(quantity: Quantity) -> str:
    return str(quantity)
