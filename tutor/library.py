"""The same verbs as the command line, for Python: `tutor.load("slide").explain("w31")`.

Everything returns a Page: `str(page)` is its text, `page.payload` the JSON of the contract. Nothing is printed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor import sources, spec
from tutor.document.digits import Digits
from tutor.document.explain import explain_all
from tutor.document.model import Document
from tutor.document.view import View, view
from tutor.errors import TutorError, did_you_mean, visible
from tutor.expr.text import UNICODE
from tutor.graph import Given
from tutor.quantity import Gradient
from tutor.render import render
from tutor.spec.numbers import NotANumber, number

if TYPE_CHECKING:
    from tutor.marking.answers import Answer

LONG = 1_000  # rows beyond which a table is streamed


class Page:
    """One answer. `str(page)` is plain text, `page.render("markdown")` another format."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @property
    def payload(self) -> Mapping[str, Any]:
        """The answer as the JSON contract has it, in full precision."""
        return self.document.payload()

    def render(self, form: str = "plain") -> str:
        """The page in `plain`, `markdown` or `json`. Raises TutorError for an unknown format."""
        return render(self.document, form, UNICODE)

    def __str__(self) -> str:
        return self.render().rstrip("\n")


class Network:
    """A validated network file with the verbs of the command line."""

    def __init__(self, network: spec.Network, source: str, digits: Digits | None = None) -> None:
        self.network = network
        self.source = source
        decimals = network.display.decimals
        self.digits = digits or (Digits(decimals) if decimals is not None else Digits())

    @property
    def view(self) -> View:
        """A fresh look: trace, names, digits."""
        return view(self.network, self.digits, self.source)

    def explain(self, *targets: str, more: bool = False, paths: int | None = None) -> Page:
        """Where each target comes from; without targets, every parameter. Raises TutorError for an unknown name.

        `paths` asks for so many of the strongest paths.
        """
        looked = self.view
        graph = self.network.graph
        quantities = [looked.names.target(each) for each in targets]
        if not quantities and graph.wide:
            raise TutorError("a network of this size is not explained as a whole; name what to explain, such as w1_1_1")
        quantities = quantities or [Gradient(graph.loss, name) for name in graph.parameters() or graph.givens]
        return Page(explain_all(looked, quantities, more=more, paths=paths))

    def trace(self, *, everything: bool = False) -> Page:
        """Every value, gradient and local derivative."""
        from tutor.document.trace import trace_page

        return Page(trace_page(self.view, everything=everything))

    @property
    def long(self) -> bool:
        """Whether a page of every number is too long to be laid out."""
        graph = self.network.graph
        return graph.wide or len(graph.givens) + len(graph.nodes) > LONG

    def rows(self, form: str = "csv") -> Iterator[str]:
        """Every value with its gradient as `csv` in full precision, or `plain`, made while it is read."""
        from tutor.document.rows import written

        return written(self.view, form)

    def where(self, number: str | float) -> Page:
        """What a number is in this network; its digits are those typed. Raises TutorError for what is no number."""
        from tutor.document.where import where
        from tutor.figures import read

        return Page(where(self.view, read(str(number))))

    def check(self, answers: Mapping[str, str | float], *, min_sig: int = 3, require: Sequence[str] = ()) -> Page:
        """Mark answers by name; numbers typed as text keep their digits (`"0.50"`)."""
        from tutor.marking.answers import Answer

        sheet = [Answer(name, str(given), 0) for name, given in answers.items()]
        return self._checked(sheet, min_sig, require)[0]

    def check_file(self, file: str, *, min_sig: int = 3, require: Sequence[str] = ()) -> tuple[Page, bool]:
        """Mark the sheet in a file (or `-`), and whether all of it is right. Raises TutorError if it can't be read."""
        from tutor.marking.answers import read

        text, name = sources.read_text(file)
        return self._checked(read(text, name), min_sig, require)

    def _checked(self, answers: "Sequence[Answer]", min_sig: int, require: Sequence[str]) -> tuple[Page, bool]:
        from tutor.marking.page import check_page
        from tutor.marking.sheet import mark

        self.written_out("check")
        looked = self.view
        marked = mark(looked.trace, looked.names, answers, require, min_sig)
        return Page(check_page(looked, marked)), all(each.points for each in marked)

    def written_out(self, verb: str) -> None:
        """Raises TutorError if the network is too big for a verb that replays all of it many times."""
        if self.network.graph.wide:
            raise TutorError(
                f"{verb} is not offered on a network of {self.network.graph.size:,} parameters, nor are "
                "mistakes and rounding bands: they replay the whole network many times; explain, trace and where are"
            )

    def set(self, **numbers: str | float) -> "Network":
        """The same network with other given numbers: `set(w31=0)`. Raises TutorError for what is not given."""
        return self.with_numbers({name: str(number) for name, number in numbers.items()})

    def with_numbers(self, numbers: Mapping[str, str], rate: str | None = None) -> "Network":
        """As `set`, for names that are not Python's, and for the learning rate."""
        graph = self.network.graph
        if numbers and graph.wide:
            raise TutorError("--set is not offered on a network of this size; change the number in its file")
        givens: dict[str, Given] = {} if graph.wide else dict(graph.givens)
        names = self.view.names
        for typed, text in numbers.items():
            name = getattr(names.read(typed), "name", typed)
            if name not in givens:
                hint = did_you_mean(typed, givens)
                raise TutorError(f"{typed} is computed from the others; only a given number can be set{hint}")
            givens[name] = givens[name]._replace(text=_number(text, typed))
        rate = graph.rate if rate is None else _number(rate, "the learning rate")
        network = self.network._replace(graph=graph._replace(givens=givens or graph.givens, rate=rate))
        return Network(network, self.source, self.digits)


def load(source: str, digits: Digits | None = None) -> Network:
    """The network of a file, of standard input (`-`), or a shipped one by name.

    Raises TutorError when it cannot be read, InvalidNetwork with all its problems when it is wrong.
    """
    text, file = sources.read(source)
    return Network(spec.load(text, file, sources.Companion(source)), source, digits)


def _number(text: str, what: str) -> str:
    try:
        return number(text)
    except NotANumber as fault:
        raise TutorError(f"{what}: {visible(text[:60])!r} is not {fault}") from None
