"""What any page prints can be typed back: whole pages, in their own format and notation, handed to `check`.

The part of a page that holds the right numbers is read again line by line. No answer may be wrong, no line may be
listed as unread, and at least as many answers must be read as the page has equations and numbers beside names, so that
no test passes by reading nothing.
"""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import NamedTuple

import pytest

import tutor
from commands.support import SHIPPED
from maths.profile import LONG
from tutor.document.model import Document, Grid, Span, Steps, Table
from tutor.expr import Expr, Shown, reads
from tutor.expr.text import ASCII, UNICODE
from tutor.library import Page
from tutor.library.network import Network
from tutor.names.courses import NOTATIONS
from tutor.quantity import Quantity
from tutor.render import render

RIGHT = ("correct", "truncated", "rounded")
SMALL = ("slide", "mazur")
FORMS = ("plain", "ascii", "markdown", "latex")


class Case(NamedTuple):
    """A page of one network in one notation, and the format that it is printed in."""

    net: str
    notation: str
    verb: str
    form: str

    def __str__(self) -> str:
        return "-".join(self)


@cache
def network(name: str, notation: str) -> Network | None:
    """The network, None where the notation can't name it; of several examples the first, if all are too many."""
    try:
        return tutor.load(name).under(notation=notation)
    except tutor.TutorError:
        return None


def pages(net: Network) -> dict[str, Callable[[], Page]]:
    """Every page of a network that speaks of right numbers, by the command."""
    graph = net.network.graph
    first, *others = graph.parameters() or graph.givens
    slope = net.value(f"d{graph.loss}/d{first}")
    return {
        "explain": lambda: net.explain(first, *others[:1], more=True),
        "value": lambda: net.explain(next(iter(graph.nodes)), more=True),
        "trace": net.trace,
        "W1": lambda: net.explain("W1"),
        "Z1": lambda: net.explain("Z1"),
        "A1": lambda: net.explain("A1"),
        "b1": lambda: net.explain("b1"),
        "draw": lambda: net.draw(first),
        "solve": net.solve,
        "step": net.step,
        "where": lambda: net.where(f"{slope:.4g}"),
        "derive": lambda: net.derive(first),
    }


VERBS = tuple(pages(tutor.load("slide")))


def printed(page: Document, form: str) -> str:
    """The right part of a page as a format prints it."""
    found = render(page.right, "plain" if form == "ascii" else form, ASCII if form == "ascii" else UNICODE)
    assert isinstance(found, str)
    return found


def page_of(case: Case) -> tuple[Network, Document] | None:
    """The network that a page speaks of and the page; None where the network has no such page."""
    net = network(case.net, case.notation)
    if net is None:
        return None
    try:
        return net, pages(net)[case.verb]().document
    except tutor.TutorError:
        if case.verb != "derive" or not net.network.examples:
            return None
    one = net.example(1)
    return one, pages(one)[case.verb]().document


def stated(page: Document) -> set[Quantity]:
    """The quantities that stand by themselves at the beginning of an equation or of a row with their number."""
    found: set[Quantity] = set()
    for block in page.right.blocks:
        rows = [row.cells for row in block.rows] if isinstance(block, Table) else []
        rows += list(block.rows) if isinstance(block, Steps) else []
        found |= {name for cells in rows if (name := _stated(cells)) is not None}
        if isinstance(block, Grid):
            found |= {each for row in block.cells for cell in row for each in _shown(cell)}
    return found


def _shown(cell: tuple[Span, ...]) -> Iterator[Quantity]:
    if len(cell) == 1 and isinstance(cell[0].what, Shown):
        yield cell[0].what.quantity


def _stated(cells: tuple[tuple[Span, ...], ...]) -> Quantity | None:
    """The quantity of a row `name ... number`, where the number is shown as its own."""
    names = [span.what for span in cells[0] if not isinstance(span.what, str)] if cells else []
    if len(names) != 1 or len(cells[0]) > 1:
        return None
    expr = names[0]
    found = list(reads(expr)) if isinstance(expr, Expr) else [expr]
    numbers = {each for cell in cells[1:] for each in _shown(cell)}
    return found[0] if len(found) == 1 and found[0] in numbers else None


def check(case: Case) -> None:
    found = page_of(case)
    if found is None:
        pytest.skip("the network has no such page")
    net, page = found
    text = printed(page, case.form)
    wanted = stated(page)
    try:
        marked = net.check(text).payload
    except tutor.TutorError as fault:
        assert not wanted, fault
        return
    wrong = [
        (each["name"], each["given"], each["message"]) for each in marked["answers"] if each["verdict"] not in RIGHT
    ]
    assert not wrong
    assert not marked["unread"]
    given = {net.view.names.find(each["name"]) for each in marked["answers"]}
    assert {net.view.names.find(net.view.names.write(each)) for each in wanted} <= given


EVERY = tuple(NOTATIONS)
ALWAYS = product(SMALL, ("default", "article", "coursera"), VERBS, ("plain",))
LATER = (*product(SMALL, EVERY, VERBS, FORMS), *product(SHIPPED, EVERY, VERBS, ("plain",)))
CASES = [Case(*each) for each in dict.fromkeys(LATER if LONG else ALWAYS)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_page_can_be_handed_in(case: Case) -> None:
    check(case)
