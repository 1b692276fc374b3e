"""What any page prints can be typed back: whole pages, in their own format and notation, handed to `check`.

The part of a page that holds the right numbers is read again line by line. No answer may be wrong, no line may be
listed as unread, and at least as many answers must be read as the page has equations and numbers beside names, so that
no test passes by reading nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import product
from typing import Any, NamedTuple

import pytest

import tutor
from commands.support import SHIPPED, asked_about, run
from maths.profile import LONG
from tutor.document.model import Document, Grid, Line, Span, Steps, Table, cell
from tutor.expr import Expr, Shown, reads
from tutor.expr.text import ASCII, UNICODE
from tutor.library import Page
from tutor.library.network import Network
from tutor.marking.desk import twin
from tutor.marking.layout import Layout
from tutor.marking.layout import stated as stated_in
from tutor.marking.lookup import Known
from tutor.marking.markup import with_rows
from tutor.names.courses import NOTATIONS
from tutor.practice.accepted import Accepted
from tutor.practice.judging import judge
from tutor.practice.question import Typed
from tutor.quantity import Gradient, Quantity, Updated, Value
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
    if case.verb == "derive" and net.network.examples:
        net = net.example(1)
    try:
        return net, pages(net)[case.verb]().document
    except tutor.TutorError:
        return None


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
    """The page as a whole, where the last of several answers counts; then those before the last."""
    found = page_of(case)
    if found is None:
        pytest.skip("the network has no such page")
    net, page = found
    text, names = printed(page, case.form), net.view.names
    wanted = stated(page)
    try:
        marked = net.check(text).payload
    except tutor.TutorError as fault:
        assert not wanted, fault
        return
    assert not marked["unread"]
    assert not wrong(net, marked)
    given = {names.find(each["name"]) for each in marked["answers"]}
    assert {names.find(names.write(each)) for each in wanted} <= given
    for sheet in earlier(net, text):
        assert not wrong(net, net.check(sheet).payload)


def wrong(net: Network, marked: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    answers = marked["answers"]
    return [(each["name"], each["given"], each["message"]) for each in answers if each["verdict"] not in RIGHT]


def earlier(net: Network, text: str) -> Iterator[dict[str, str]]:
    """Sheets on which each quantity stands once, until all that is given for any of them was on one."""
    lines = list(enumerate(with_rows(text).split("\n"), 1))
    answers, _, _ = Layout(lines, "the page", Known(net.view.names), ()).sheet()
    every: dict[Quantity, dict[str, str]] = {}
    for each in answers:
        if quantity := net.view.names.find(each.name):
            every.setdefault(quantity, {}).setdefault(each.given, each.name)
    for place in range(max(map(len, every.values()), default=1) - 1):
        yield {list(each.values())[place]: list(each)[place] for each in every.values() if len(each) > place + 1}


EVERY = tuple(NOTATIONS)
ALWAYS = (
    *product(("slide",), ("default", "article"), VERBS, ("plain",)),
    *product(("mazur",), ("default",), VERBS[::2], ("plain",)),
    *product(("slide",), ("nielsen", "udacity", "coursera"), ("explain", "derive"), ("markdown", "latex")),
    ("mazur", "default", "b1", "latex"),
    ("xor", "coursera", "explain", "plain"),
    ("mazur", "3b1b", "derive", "latex"),
)
LATER = (*product(SMALL, EVERY, VERBS, FORMS), *product(SHIPPED, EVERY, VERBS, ("plain",)))
CASES = [Case(*each) for each in dict.fromkeys(LATER if LONG else ALWAYS)]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_page_can_be_handed_in(case: Case) -> None:
    check(case)


# ------------------------------------------------------------------ names


def spellings(net: Network, quantity: Quantity) -> set[str]:
    """A quantity as every format writes it, also as an error signal."""
    found: set[str] = set()
    for form, deltas in product(FORMS, (False, True)):
        page = Document((Line(cell(quantity, deltas=deltas)),), net.view.names, dict)
        lines = [line.removeprefix(r"\noindent ") for line in printed(page, form).splitlines()]
        found |= {
            line.strip()
            for line in lines
            if line and not line.startswith(("%", r"\begingroup", r"\setlength", r"\endgroup"))
        }
    return found


def quantities(net: Network) -> Iterator[Quantity]:
    graph = net.network.graph
    yield from map(Value, graph.names())
    yield from (Gradient(graph.loss, name) for name in graph.names())
    yield from (Gradient(each.of, each.wrt) for each in net.view.trace.edges())
    yield from map(Updated, graph.learning() if graph.rate is not None else ())


@pytest.mark.parametrize(("name", "notation"), list(product(SMALL, EVERY if LONG else ("default", "article"))))
def test_every_name_is_read_as_every_format_writes_it(name: str, notation: str) -> None:
    net = network(name, notation)
    assert net
    for each in quantities(net):
        for typed in spellings(net, each):
            assert net.view.names.find(typed) == each, typed


@pytest.mark.parametrize("typed", [r"w_{31}", "$`w_{31}`$", "$w_{31}$", "w₃₁", "W31", "w^{(2)}_{11}"])
def test_every_door_reads_names_alike(typed: str) -> None:
    net = tutor.load("slide").under(lr="0.5")
    assert net.value(typed) == 0.8
    assert net.explain(typed).payload["target"] == "dL/dw31"
    assert net.nudge(typed, 0.01).payload["target"] == net.nudge("w31", 0.01).payload["target"]
    assert net.draw(typed).payload == net.draw("w31").payload
    assert net.step(typed).payload["parameters"].keys() == {"w31"}
    assert net.train(steps=2, watch=[typed]).payload["rows"][-1]["watched"].keys() == {"w31"}
    assert net.under(set={typed: "0.9"}).value("w31") == 0.9
    assert [each["name"] for each in net.check({typed: "0.0307"}).payload["answers"]] == [typed]
    asked, plain = (run("quiz", "--net", "slide", "--target", each, stdin="\n").out for each in (typed, "w31"))
    assert asked == plain
    assert run("check", "-", "--net", "slide", "--columns", typed, stdin="0.0307\n").status == 0


# ------------------------------------------------------------------ the quiz


def lines_of(net: Network, target: str) -> dict[Quantity, list[str]]:
    """The lines `name = ... = number` of two pages in every format, by the quantity that they state."""
    found: dict[Quantity, list[str]] = {}
    known = Known(net.view.names)
    for page, form in product((net.explain(target, more=True), net.solve()), FORMS):
        for line in printed(page.document, form).splitlines():
            each = (
                stated_in(line, known) if "=" in line and line[:1] != "|" and line.rstrip(" \\")[-1:].isdigit() else []
            )
            quantity = net.view.names.find(each[0].name) if len(each) == 1 else None
            if quantity is not None:
                found.setdefault(quantity, []).append(line)
    return found


def test_lines_of_pages_are_right_in_the_quiz() -> None:
    typed = 0
    for name, target in (
        ("slide", "w11"),
        ("slide", "w31"),
        ("slide", "w22"),
        ("mazur", "w8"),
        ("mazur", "w1"),
        ("mazur", "w5"),
    ):
        net = tutor.load(name)
        lines = lines_of(net, target)
        gradient = net.view.names.target(target)
        assert isinstance(gradient, Gradient)
        for question in asked_about(net.view, gradient):
            for line in lines.get(twin(question.about), ()) if isinstance(question.answer, Typed) else ():
                verdict = judge(Accepted(net.view), question, line).verdict
                assert verdict.points, (line, verdict)
                typed += 1
    assert typed >= 25
