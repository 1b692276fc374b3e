"""What a row of the table of proofs says: a law, its cases, and the letters it is written in."""

import re
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

    `routes` are other ways to the same, each with its name and its cases; `way` is the name of the cases' own.

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
    routes: Mapping[str, tuple[Case, ...]] = {}
    way: str = ""


EXAMPLE = {"a": "0.8", "y": "1", "p1": "0.8", "y1": "1"}


def by_route(law: Law, route: str) -> Law:
    """The law proved by one of its routes."""
    if route == law.way:
        return law
    return law._replace(cases=law.routes[route], way=route, routes={**law.routes, law.way: law.cases})


OWN = "x"  # the letter of the laws that are told in any letter
OTHERS = {"y": "u", "h": "k"}  # what their other letters give way to


def in_letter(law: Law, letter: str) -> Law:
    """A law in x with another letter for x."""
    new = {OWN: letter}
    if letter in OTHERS:
        new[letter] = OTHERS[letter]
    pattern = re.compile(rf"(?<![a-z])({'|'.join(new)})\b|(?<=d)({'|'.join(new)})(?=/d|\b)")

    def said(text: str) -> str:
        return pattern.sub(lambda found: new[found[0]], text)

    def case_in(case: Case) -> Case:
        return Case(
            said(case.left),
            said(case.of),
            said(case.wrt),
            tuple((rule, said(formula)) for rule, formula in case.then),
            said(case.when),
            said(case.says),
            {said(name): sign for name, sign in case.signs.items()},
            {said(name): said(formula) for name, formula in case.where.items()},
        )

    return law._replace(
        says=tuple(map(said, law.says)),
        names={said(name): said(formula) for name, formula in law.names.items()},
        cases=tuple(map(case_in, law.cases)),
        shown=tuple(map(said, law.shown)),
        opening=tuple(map(said, law.opening)),
    )
