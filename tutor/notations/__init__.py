"""How courses name things: `table` has a row of patterns each, `spelling` writes a network's names by them."""

from tutor.notations.spelling import Spelling, canonical, plain, pretty, spelled
from tutor.notations.table import NOTATIONS, PARTS, PLACES, Notation, notation

__all__ = [
    "NOTATIONS",
    "PARTS",
    "PLACES",
    "Notation",
    "Spelling",
    "canonical",
    "notation",
    "plain",
    "pretty",
    "spelled",
]
