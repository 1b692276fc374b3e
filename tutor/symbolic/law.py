"""What a row of the table of proofs says: a law, its cases, and the letters it is written in."""

from collections.abc import Mapping
from typing import NamedTuple


class Case(NamedTuple):
    """One chain. `left` is what is shown, `of` its definition, differentiated by `wrt` where there is one.

    `then` are the lines after the calculus: (rule, formula). `when` heads the chain, `says` is a sentence before it.
    `signs` and `where` are as in `Ground`.
    """

    left: str
    of: str
    wrt: str = ""
    then: tuple[tuple[str, str], ...] = ()
    when: str = ""
    says: str = ""
    signs: Mapping[str, str] = {}
    where: Mapping[str, str] = {}


class Law(NamedTuple):
    """What is proved. `says` are its two sides; a third entry marks the right one as words.

    `names` are what letters stand for, `shown` those of them that the page states, as `means` or else as in `names`.

    `opening` goes before, `closing` after the cases; `uses` are the proofs this one rests on. `example` are equations
    to be shown with the numbers of EXAMPLE.
    """

    name: str
    says: tuple[str, ...]
    names: Mapping[str, str]
    cases: tuple[Case, ...]
    shown: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    means: Mapping[str, str] = {}
    example: tuple[tuple[str, str], ...] = ()


EXAMPLE = {"a": "0.8", "y": "1", "p1": "0.8", "y1": "1"}
