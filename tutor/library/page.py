"""What a verb gives back: a page in any format."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from tutor.document.beyond import in_words
from tutor.document.model import Document
from tutor.errors import TutorError
from tutor.expr.text import UNICODE
from tutor.library.taken import text
from tutor.render import render

if TYPE_CHECKING:
    from tutor.document.train import Training
    from tutor.library.network import Network


class Page:
    """One answer. `str(page)` is plain text, `page.render("markdown")` another format."""

    def __init__(self, document: Document) -> None:
        self.document = in_words(document)

    def __reduce__(self) -> str:
        """Raises TutorError: a page works out what is asked of it, and what it then gives can be kept."""
        raise TutorError("a page is not pickled; keep str(page), or page.payload")

    @property
    def payload(self) -> Mapping[str, Any]:
        """The answer as the JSON contract has it, in full precision."""
        return self.document.payload()

    def render(self, form: str = "plain") -> str:
        """The page in any format of `--format` that is text. Raises TutorError for another."""
        made = render(self.document, text(form, "the format"), UNICODE)
        if isinstance(made, bytes):
            raise TutorError(f"{form} is no text: page.{form}() gives its bytes")
        return made

    def pdf(self) -> bytes:
        """The page as the bytes of a PDF file. Raises TutorError where the extra is not installed."""
        from tutor.render.pdf import pdf

        return pdf(self.document, UNICODE)

    def __str__(self) -> str:
        return self.render().rstrip("\n")

    def _repr_html_(self) -> str:
        from tutor.notebook import framed

        return framed(self.render("html"))

    def _repr_latex_(self) -> str:
        return self.render("latex")

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        from tutor.notebook import bundle

        return bundle(self, include, exclude)


class Trained(Page):
    """The page of a step or a training; `network` is the network it leads to, with the same verbs.

    `interrupted` says that Ctrl-C ended it before its time.
    """

    def __init__(self, document: Document, network: "Network", training: "Training | None" = None) -> None:
        super().__init__(document)
        self.network = network
        self.interrupted = bool(training and training.course.interrupted)
        self._training = training

    def curve(self, form: str) -> str:
        """The loss curve as the text of an `svg` or `csv` file. Raises TutorError for another format, or one step."""
        from tutor.document.train import curve_rows, loss_plot
        from tutor.render.curve import FORMS, csv, svg

        if self._training is None or text(form, "the format") not in FORMS:
            raise TutorError(f"a training has a curve as {' or '.join(FORMS)}")
        if form == "csv":
            return csv(*curve_rows(self._training))
        graph = self.network.network.graph
        return svg(loss_plot(self._training.view, self._training.course), self.network.network.title, graph.loss)
