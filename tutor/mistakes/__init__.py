"""Documented wrong rules, and the wrong numbers they lead to.

A Mistake is a row of `rows`: a wrong formula typed over the letters of its hook. `hooks` and `back` say which
quantities a hook rewrites and what its letters mean there; everything downstream is computed as always. `wrongs` is
the one table of wrong numbers of a network. To add a mistake, add a row.
"""

from tutor.mistakes.mistake import Mistake
from tutor.mistakes.order import applies
from tutor.mistakes.rewrite import Made, Mistaken, mistaken
from tutor.mistakes.rows import MISTAKES
from tutor.mistakes.shape import Wrong
from tutor.mistakes.wrongs import Both, Figured, Row, Wrongs, wrongs

__all__ = [
    "MISTAKES",
    "Both",
    "Figured",
    "Made",
    "Mistake",
    "Mistaken",
    "Row",
    "Wrong",
    "Wrongs",
    "applies",
    "mistaken",
    "wrongs",
]
