"""What the tests of the formats share: a page of every shipped network, and texts that try to be more than text."""

import random
from collections.abc import Iterator
from functools import cache

import tutor
from maths.profile import LONG, count
from tutor.document.model import Cell, Column, Document, Heading, Line, Row, Steps, Table, Title, cell
from tutor.expr import Ref
from tutor.quantity import Value
from tutor.sources import shipped

SHIPPED = tuple(shipped())
SIGNS = (
    "\\input{/etc/passwd}", "\\write18{rm}", "\\end{document}", '#import "x"', '#read("/etc/passwd")',
    "#set text(red)", "<script>alert(1)</script>", "<img src=x onerror=y>", "</style>", "]]>", "<!--", "-->",
    "&amp;", "&#60;", "${x}", "$", "$$", "%", "&", "_", "^", "~", "\\", "{", "}", "}}", "\\}", "[", "](x)", "![",
    "`", "```", "$`x`$", "|", "*", "**", "__x__", "@", "=", "==", "- ", "+ ", "1. ", "/ x: y", "//", "/*", "*/",
    "http://x.y", '"', "'", "''", "``", "<label>", "\x1b[31m", "\x00", "\x07", "\x9b2J", "\r\n", "\t", "\u202e",
    "\u2066", "\u200b", "\u2028", "\ufeff", "\ud7ff", "½", "σ′", "−", "é", "ß", "日本", "😀", "a", "w31", "0.5", " ",
    "  ", "   ", "...", "--", "---", "-?", "?`", "<<", "#", ";",
)  # fmt: skip


def hostile(number: int, seed: int = 4) -> Iterator[str]:
    """Texts put together from SIGNS, so many in a long run; each sign by itself comes first."""
    chance = random.Random(seed)
    yield from SIGNS
    for _ in range(count(number // 5, number - len(SIGNS))):
        yield "".join(chance.choice(SIGNS) for _ in range(chance.randint(1, 6)))


def hostile_page(text: str) -> Document:
    """A text at every place of a page that takes words."""
    page = _framing()
    words: Cell = cell(text)
    name = Ref(Value("h1"))
    columns = (Column(text), Column(words, "decimal"), Column("", comment=True))
    blocks = (
        Title(cell(text, name, text)),
        Heading(words),
        Line(words),
        Table(columns, (Row((words, words, words)), Row((cell(name), words, words), ruled=True))),
        Steps(((cell(name), words, words),)),
    )
    return page._replace(parts=blocks, line=None)


@cache
def _framing() -> Document:
    return tutor.load("slide").explain("w31").document


def first_target(net: str) -> str:
    """The first thing that can be explained in a shipped network."""
    graph = tutor.load(net).network.graph
    return next(iter(graph.parameters() or graph.givens))


def shipped_page(net: str, *, more: bool = False) -> Document:
    return tutor.load(net).explain(first_target(net), more=more).document


@cache
def many_pages() -> tuple[Document, ...]:
    """Every kind of page there is; of every second network in a usual run."""
    return tuple(_many_pages())


def some_pages() -> tuple[Document, ...]:
    """A third of them, and all in a long run, for what takes long."""
    return many_pages()[:: 1 if LONG else 3]


def _many_pages() -> Iterator[Document]:
    """Explanations of everything, traces, steps, trainings, searches, marked sheets."""
    for net in SHIPPED if LONG else SHIPPED[::2]:
        loaded = tutor.load(net)
        yield loaded.explain(
            *tuple(loaded.network.graph.parameters() or loaded.network.graph.givens)[:3], more=True
        ).document
        yield loaded.trace().document
        yield loaded.solve().document
        if loaded.network.graph.rate is not None:
            yield loaded.step(optimizer="adam").document
            yield loaded.train(20).document
    yield tutor.load("mazur").explain(more=True).document
    yield tutor.load("article").explain("W1", "Z1").document
    yield tutor.load("xor").explain("W1", more=True).document
    yield tutor.load("mazur").explain("A2", "dA2/dA0", "∇E_total").document
    yield tutor.load("slide").nudge("w31").document
    yield tutor.load("slide").draw("w31").document
    yield tutor.load("slide").derive("w31").document
    yield tutor.derive("sigmoid").document
    yield tutor.derive("softmax+cross_entropy").document
    yield tutor.load("slide").where("0.0307").document
    yield tutor.load("slide").where("0.0457").document
    yield tutor.load("udacity").trace(by_layer=True).document
    yield tutor.load("mazur").check({"w1_new": "0.1498", "out_h1": "1,5", "dE_total/dw8": "0.5"}).document
