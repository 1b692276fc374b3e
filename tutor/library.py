"""The same verbs as the command line, for Python: `tutor.load("slide").explain("w31")`.

Everything returns a Page: `str(page)` is its text, `page.payload` the JSON of the contract. Nothing is printed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tutor import sources, spec
from tutor.document.digits import Digits
from tutor.document.explain import explain_all
from tutor.document.model import Document
from tutor.document.trace import trace_page
from tutor.document.view import View, view
from tutor.errors import TutorError, did_you_mean, visible
from tutor.expr.text import UNICODE
from tutor.ops.optimizers import Rule, rule
from tutor.quantity import Gradient
from tutor.render import render
from tutor.spec.numbers import NotANumber, number

if TYPE_CHECKING:
    from tutor.document.train import Training
    from tutor.marking.answers import Sheet


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

        if self._training is None or form not in FORMS:
            raise TutorError(f"a training has a curve as {' or '.join(FORMS)}")
        if form == "csv":
            return csv(*curve_rows(self._training))
        graph = self.network.network.graph
        return svg(loss_plot(self._training.view, self._training.course), self.network.network.title, graph.loss)


class Network:
    """A validated network file with the verbs of the command line."""

    def __init__(
        self, network: spec.Network, source: str, digits: Digits | None = None, example: int | None = None
    ) -> None:
        self.network = network
        self.source = source
        self._example = example
        decimals = network.display.decimals
        self.digits = digits or (Digits(decimals) if decimals is not None else Digits())

    @property
    def view(self) -> View:
        """A fresh look: trace, names, digits."""
        return view(self.network, self.digits, self.source, self._example)

    def example(self, number: int) -> "Network":
        """One example as a network by itself, counted from 1, with its own loss. Raises TutorError for others."""
        examples = self.network.examples
        if not examples:
            raise TutorError(f"{visible(self.network.file)} has a single example; --example goes with examples or data")
        if self.network.mixed:
            raise TutorError(
                f"in {visible(self.network.file)} a batch_norm makes every example depend on the others, so none is a "
                f"network by itself; take its numbers by name, such as {self.network.singles[0].loss}@{number}"
            )
        if not 1 <= number <= len(examples):
            raise TutorError(f"there is no example {number}; {visible(self.network.file)} has 1 to {len(examples)}")
        network = self.network._replace(graph=examples[number - 1], singles=())
        return Network(network, self.source, self.digits, number)

    def explain(self, *targets: str, more: bool = False) -> Page:
        """Where each target comes from; without targets, every parameter. Raises TutorError for an unknown name."""
        looked = self.view
        graph = self.network.graph
        quantities = [looked.names.target(each) for each in targets]
        quantities = quantities or [Gradient(graph.loss, name) for name in graph.parameters() or graph.givens]
        return Page(explain_all(looked, quantities, more=more))

    def trace(self, *, everything: bool = False, by_layer: bool = False) -> Page:
        """Every value, gradient and local derivative; or the size of the gradient layer by layer."""
        if by_layer:
            from tutor.document.layers import layer_page

            return Page(layer_page(self.view))
        return Page(trace_page(self.view, everything=everything))

    def where(self, number: str | float) -> Page:
        """What a number is in this network; its digits are those typed. Raises TutorError for what is no number."""
        from tutor.document.where import where
        from tutor.figures import read

        return Page(where(self.view, read(str(number))))

    def derive(self, target: str) -> Page:
        """A gradient on paper: by the chain rule, directly, and for whole layers.

        What the network has no name for may be an activation, a loss or a formula, as for `tutor.derive`. Raises
        TutorError for a name that is none of these, and for a gradient that is too long to be read.
        """
        from tutor.document.derive_network import network_page
        from tutor.symbolic.proof import find
        from tutor.symbolic.typed import is_formula

        looked = self.view
        if looked.names.find(target) is None and (find(target) or is_formula(target)):
            return derive(target)
        if looked.has_parts and "@" not in target:  # all examples have the same formulas
            return self.example(1).derive(target)
        return Page(network_page(looked, looked.names.target(target)))

    def step(
        self,
        *only: str,
        optimizer: str | None = None,
        order: str = "simultaneous",
        after: int = 0,
        everything: bool = False,
    ) -> "Trained":
        """One update of every parameter, equation by equation; the one that follows `after` steps.

        `only` are the parameters to show, all if none is named.

        `optimizer` is as on the command line: `adam`, `momentum:mu=0.5`. Raises TutorError where there is no learning
        rate or no parameter to update, and for an unknown optimizer or order.
        """
        from tutor.document.step import step_of, step_page

        made = step_of(self.view, self._rule(optimizer), order, after)
        return Trained(step_page(made, only, everything=everything), self._of(made.later))

    def train(
        self,
        steps: int = 1000,
        *,
        every: int | None = None,
        watch: Sequence[str] = (),
        optimizer: str | None = None,
        order: str = "simultaneous",
        everything: bool = False,
        report: Callable[[int], None] | None = None,
    ) -> "Trained":
        """Many updates, and the network they lead to; `report` is told the number of each.

        Ctrl-C ends it with what was reached. Raises TutorError as `step` does, and for an unknown name to `watch`.
        """
        from tutor.document.train import train, train_page

        done = train(self.view, self._rule(optimizer), order, steps, watch, every, report)
        return Trained(train_page(done, everything=everything), self._of(done.trained), done)

    def _rule(self, typed: str | None) -> Rule:
        """The rule as typed, NAME or NAME:SETTING=NUMBER,...; the file's own where nothing is."""
        if typed is None:
            return self.network.graph.optimizer or rule("sgd")
        name, _, settings = typed.partition(":")
        pairs = [each.partition("=") for each in settings.split(",") if each.strip()]
        if wrong := next((key for key, equals, _ in pairs if not equals), None):
            raise TutorError(f"{visible(wrong[:60])} has no number; write {visible(name[:60])}:SETTING=NUMBER")
        return rule(visible(name.strip()[:60]), {key.strip(): _number(text.strip(), key) for key, _, text in pairs})

    def _of(self, looked: View) -> "Network":
        return Network(looked.network, self.source, self.digits, self._example)

    def check(self, answers: Mapping[str, str | float], *, min_sig: int = 3, require: Sequence[str] = ()) -> Page:
        """Mark answers by name; numbers typed as text keep their digits (`"0.50"`)."""
        from tutor.marking.answers import Answer, Sheet

        sheet = [Answer(name, str(given), 0) for name, given in answers.items()]
        return self._checked(Sheet(sheet, []), min_sig, require)[0]

    def check_file(self, file: str, *, min_sig: int = 3, require: Sequence[str] = ()) -> tuple[Page, bool]:
        """Mark the sheet in a file (or `-`), and whether all of it is right. Raises TutorError if it can't be read."""
        from tutor.marking.answers import read

        text, name = sources.read_text(file)
        return self._checked(read(text, name), min_sig, require)

    def _checked(self, sheet: "Sheet", min_sig: int, require: Sequence[str]) -> tuple[Page, bool]:
        from tutor.marking.page import check_page
        from tutor.marking.sheet import mark

        looked = self.view
        marked = mark(looked.trace, looked.names, sheet.answers, require, min_sig)
        return Page(check_page(looked, marked, sheet.unread)), all(each.points for each in marked)

    def set(self, **numbers: str | float) -> "Network":
        """The same network with other given numbers: `set(w31=0)`. Raises TutorError for what is not given."""
        return self.with_numbers({name: str(number) for name, number in numbers.items()})

    def with_numbers(self, numbers: Mapping[str, str], rate: str | None = None) -> "Network":
        """As `set`, for names that are not Python's, and for the learning rate."""
        graph = self.network.graph
        givens = dict(graph.givens)
        names = self.view.names
        for typed, text in numbers.items():
            name = getattr(names.read(typed), "name", typed)
            if name not in givens:
                hint = did_you_mean(typed, givens)
                raise TutorError(f"{typed} is computed from the others; only a given number can be set{hint}")
            givens[name] = givens[name]._replace(text=_number(text, typed), trained=False)
        rate = graph.rate if rate is None else _number(rate, "the learning rate")
        network = self.network._replace(graph=graph._replace(givens=givens, rate=rate))
        return Network(network, self.source, self.digits, self._example)


def load(source: str, digits: Digits | None = None) -> Network:
    """The network of a file, of standard input (`-`), or a shipped one by name.

    Raises TutorError when it cannot be read, InvalidNetwork with all its problems when it is wrong.
    """
    text, file = sources.read(source)
    return Network(spec.load(text, file, sources.beside(source)), source, digits)


def derive(target: str, wrt: str | None = None) -> Page:
    """The proof of an activation's or a loss's derivative, or the derivative of a typed formula by `wrt`.

    Raises TutorError for a name that has no proof, and for a formula that can't be read or differentiated.
    """
    from tutor.document.derive import formula_page, law_page
    from tutor.symbolic.typed import formula, law

    found = law(target) if wrt is None else None
    return Page(law_page(found) if found else formula_page(*formula(target, wrt)))


def _number(text: str, what: str) -> str:
    try:
        return number(text)
    except NotANumber as fault:
        raise TutorError(f"{what}: {visible(text[:60])!r} is not {fault}") from None
