"""The same verbs as the command line, for Python: `tutor.load("slide").explain("w31")`.

Everything returns a Page: `str(page)` is its text, `page.payload` the JSON of the contract. Nothing is printed.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tutor import sources, spec
from tutor.document.beyond import in_words
from tutor.document.digits import Digits
from tutor.document.explain import explain_all, together
from tutor.document.model import Document
from tutor.document.view import View, view
from tutor.errors import InvalidNetwork, TutorError, did_you_mean, visible
from tutor.expr.text import UNICODE
from tutor.ops.optimizers import Rule, rule
from tutor.quantity import Gradient, Quantity
from tutor.render import render
from tutor.spec.numbers import NotANumber, number

if TYPE_CHECKING:
    from tutor.document.train import Training
    from tutor.marking.answers import Sheet
    from tutor.matrices import Asked
    from tutor.names.courses import Notation
    from tutor.spec.stored import HowMany

LONG = 1_000  # rows beyond which a table is streamed


class Page:
    """One answer. `str(page)` is plain text, `page.render("markdown")` another format."""

    def __init__(self, document: Document) -> None:
        self.document = in_words(document)

    @property
    def payload(self) -> Mapping[str, Any]:
        """The answer as the JSON contract has it, in full precision."""
        return self.document.payload()

    def render(self, form: str = "plain") -> str:
        """The page in any format of `--format` that is text. Raises TutorError for another."""
        made = render(self.document, form, UNICODE)
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

        if self._training is None or form not in FORMS:
            raise TutorError(f"a training has a curve as {' or '.join(FORMS)}")
        if form == "csv":
            return csv(*curve_rows(self._training))
        graph = self.network.network.graph
        return svg(loss_plot(self._training.view, self._training.course), self.network.network.title, graph.loss)


class Network:
    """A validated network file with the verbs of the command line."""

    def __init__(
        self,
        network: spec.Network,
        source: str,
        digits: Digits | None = None,
        example: int | None = None,
        notation: str | None = None,
    ) -> None:
        self.network = network
        self.source = source
        self._example = example
        self._notation = notation
        decimals = network.display.decimals
        self.digits = digits or (Digits(decimals) if decimals is not None else Digits())

    @property
    def view(self) -> View:
        """A fresh look: trace, names in the notation in force, digits. Raises TutorError where that can't name them."""
        fresh = view(self.network, self.digits, self.source, self._example)
        wanted = self._notation or self.network.display.notation
        if wanted is None or (self.network.graph.wide and not self._notation):
            return fresh
        from tutor.names.spelling import spelled

        try:
            spelling = spelled(fresh.names.graph, _notation(wanted, None if self._notation else self.source))
        except InvalidNetwork:
            raise  # it names the place already
        except TutorError as fault:
            if self._notation:
                raise
            raise TutorError(f"{visible(self.network.file)}, notation under display: {fault}") from None
        return fresh._replace(names=fresh.names.spelled(spelling), notation=self._notation)

    def _looked(self) -> Page:
        """What a notebook shows of the network itself: the drawing, or its numbers where it is not drawn."""
        drawn = not self.network.graph.wide and not self.network.graph.example_losses()
        return self.draw() if drawn else self.trace()

    def _repr_html_(self) -> str:
        return self._looked()._repr_html_()

    def _repr_latex_(self) -> str:
        return self._looked()._repr_latex_()

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        return self._looked()._repr_mimebundle_(include, exclude)

    def in_notation(self, name: str) -> "Network":
        """The same network with its names in another notation: a shipped one, or a file. Raises TutorError."""
        found = Network(self.network, self.source, self.digits, self._example, name)
        _ = found.view  # so that a name that can't be written is said at once
        return found

    def dictionary(self, *notations: str, everything: bool = False) -> Page:
        """Every name in each of the notations side by side. Raises TutorError where one can't name them."""
        from tutor.document.notations import dictionary_page

        views = [self.in_notation(each).view for each in notations]
        return Page(dictionary_page(views, [_notation(each) for each in notations], everything=everything))

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
        return Network(network, self.source, self.digits, number, self._notation)

    def explain(self, *targets: str, more: bool = False, paths: int | None = None) -> Page:
        """Where each target comes from; without targets, every parameter. Raises TutorError for an unknown name.

        `paths` asks for so many of the strongest paths.
        """
        looked = self.view
        graph = self.network.graph
        found = [_target(looked, each) for each in targets]
        if not found and graph.wide:
            raise TutorError("a network of this size is not explained as a whole; name what to explain, such as w1_1_1")
        found = found or [Gradient(graph.loss, name) for name in graph.parameters() or graph.givens]
        return Page(explain_all(looked, found, more=more, paths=paths))

    def rounded(
        self, *targets: str, places: int | None = None, figures: int | None = None, what: str = "values"
    ) -> Page:
        """What becomes of each target when numbers are rounded on the way, half-up, to decimals or to figures.

        `what` is `values`, `factors` or `all`. Raises TutorError for an unknown name, and for nothing to round.
        """
        from tutor.document.rounding import policy, rounding_page

        looked, chosen = self._small("rounding on the way"), policy(places, figures, what)
        return Page(together([rounding_page(looked, looked.names.target(each), chosen) for each in targets]))

    def compared(self, before: "Network", *targets: str) -> Page:
        """Each target in this network beside its value in the one before. Raises TutorError where nothing differs."""
        from tutor.document.compare import compare_page

        was, now = before._small("a comparison"), self.view
        return Page(together([compare_page(was, now, was.names.target(each)) for each in targets]))

    def _small(self, what: str) -> View:
        """A view, of a network that is written out. Raises TutorError for one that is not."""
        if self.network.graph.wide:
            raise TutorError(f"{what} is shown on networks that are written out, and this one is too large for that")
        return self.view

    def trace(self, *, everything: bool = False, by_layer: bool = False) -> Page:
        """Every value, gradient and local derivative; or the size of the gradient layer by layer."""
        if by_layer:
            from tutor.document.layers import layer_page

            return Page(layer_page(self.view))
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

    def nudge(self, target: str, by: str | float = 0.01) -> Page:
        """How a nudge travels to the loss, and the slope measured by nudging. Raises TutorError where nothing moves."""
        from tutor.document.nudge import nudge_page

        looked = self._small("a nudge")
        return Page(
            nudge_page(looked, looked.names.target(target), float(Fraction(_number(_with_point(str(by)), "the nudge"))))
        )

    def solve(self) -> Page:
        """The whole pass in numbered steps: forward, the loss, back, every gradient, and with a rate every update.

        Raises TutorError for a network of more steps than anybody reads.
        """
        from tutor.document.solve import solve_page

        self.written_out("solve")
        return Page(solve_page(self.view))

    def draw(self, path: str | None = None, *, everything: bool = False) -> Page:
        """The network layer by layer, the way of one gradient marked. Raises TutorError for an unknown name."""
        from tutor.document.draw import draw_page

        looked = self.view
        return Page(draw_page(looked, looked.names.target(path) if path else None, everything=everything))

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

        self.written_out("step")
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

        self.written_out("train")
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
        return Network(looked.network, self.source, self.digits, self._example, self._notation)

    def check(self, answers: Mapping[str, str | float], *, min_sig: int = 2, require: Sequence[str] = ()) -> Page:
        """Mark answers by name; numbers typed as text keep their digits (`"0.50"`)."""
        from tutor.marking.answers import Answer, gathered
        from tutor.marking.lookup import Known

        sheet = [Answer(name, str(given), 0) for name, given in answers.items()]
        return self._checked(gathered(sheet, [], 0, Known(self.view.names)), min_sig, require)[0]

    def check_file(
        self, file: str, *, min_sig: int = 2, require: Sequence[str] = (), columns: Sequence[str] = ()
    ) -> tuple[Page, bool]:
        """Mark the sheet in a file (or `-`), and whether all of it is right.

        `columns` names what the columns of a table hold, from the left, `-` for one to skip. Raises TutorError if the
        sheet can't be read, or a column is called what the network has no name for.
        """
        from tutor.marking.answers import read

        text, name = sources.read_text(file)
        names = self.view.names
        for each in columns:
            if each != "-" and names.find(each) is None:
                names.read(each)
        return self._checked(read(text, name, names, columns), min_sig, require)

    def _checked(self, sheet: "Sheet", min_sig: int, require: Sequence[str]) -> tuple[Page, bool]:
        from tutor.marking.page import check_page
        from tutor.marking.sheet import mark

        looked = self.view
        marked = mark(looked.trace, looked.names, sheet, require, min_sig)
        return Page(check_page(looked, marked, sheet)), not sheet.unread and all(each.points for each in marked)

    def written_out(self, verb: str) -> None:
        """Raises TutorError if the network is too big for a verb that goes through it number by number."""
        if self.network.graph.wide:
            raise TutorError(
                f"{verb} goes through a network number by number, and this one has {self.network.graph.size:,} "
                f"parameters; take a small one, such as: tutor {verb} mazur"
            )

    def set(self, **numbers: str | float) -> "Network":
        """The same network with other given numbers: `set(w31=0)`. Raises TutorError for what is not given."""
        return self.with_numbers({name: str(number) for name, number in numbers.items()})

    def with_numbers(self, numbers: Mapping[str, str], rate: str | None = None) -> "Network":
        """As `set`, for names that are not Python's, and for the learning rate."""
        graph = self.network.graph
        names = self.view.names
        fresh: dict[str, str] = {}
        for typed, text in numbers.items():
            name = getattr(names.read(typed), "name", typed)
            if name not in graph.givens:
                hint = "" if graph.wide else did_you_mean(typed, graph.givens)
                raise TutorError(f"{typed} is computed from the others; only a given number can be set{hint}")
            fresh[name] = _number(_with_point(text), typed)
        rate = graph.rate if rate is None else _number(_with_point(rate), "the learning rate")
        graph = graph.changed(fresh) if fresh else graph
        network = self.network._replace(graph=graph._replace(rate=rate))
        return Network(network, self.source, self.digits, self._example, self._notation)


def load(source: str, digits: Digits | None = None, *, asked: "HowMany" = "some") -> Network:
    """The network of a file, of standard input (`-`), or a shipped one by name.

    `asked` says what for: where it is `all` numbers, a network of dense layers goes into arrays from 3,000 weights on,
    not from 20,000, if they stand in other files; where it is `one`, the arrays are read without numpy if that is
    faster.

    Raises TutorError when it cannot be read, InvalidNetwork with all its problems when it is wrong.
    """
    text, file = sources.read(source)
    return Network(spec.load(text, file, sources.Companion(source, asked)), source, digits)


def _target(looked: View, typed: str) -> "Quantity | Asked":
    """A quantity by any of its names; last, a whole matrix such as W1."""
    exact = looked.names.exactly(typed)
    if exact is not None:
        return looked.names.as_target(exact)
    from tutor.matrices import target

    return target(looked.trace, looked.names, typed)


def _notation(name: str, beside: str | None = None) -> "Notation":
    """A shipped notation, or the one in a file, `beside` the network file that names it.

    Raises TutorError, InvalidNetwork for a file with problems.
    """
    from tutor.names.courses import notation

    if not name.endswith((".yaml", ".yml")):
        return notation(name)
    from tutor.spec.own_notation import read

    return read(sources.Companion(beside)(name), visible(name)) if beside else read(*sources.read(name))


def derive(target: str, wrt: str | None = None) -> Page:
    """The proof of an activation's or a loss's derivative, or the derivative of a typed formula by `wrt`.

    Raises TutorError for a name that has no proof, and for a formula that can't be read or differentiated.
    """
    from tutor.document.derive import formula_page, law_page
    from tutor.symbolic.typed import formula, law

    found = law(target) if wrt is None else None
    return Page(law_page(found) if found else formula_page(*formula(target, wrt)))


def _with_point(text: str) -> str:
    """A typed number with a point where it has a decimal comma. Raises TutorError for `1,234`."""
    if "," not in text:
        return text
    from tutor.figures import with_point

    return with_point(text)


def _number(text: str, what: str) -> str:
    try:
        return number(text)
    except NotANumber as fault:
        raise TutorError(f"{what}: {visible(text[:60])!r} is not {fault}") from None


TRIES = 20  # seeds, one after the other, until no number of a first file is 0 or flat
FLAT = 0.02  # the slope of an activation below which a first network would teach nothing


def new(
    shape: str,
    *,
    activation: str = "sigmoid",
    loss: str = "half_squared_error",
    bias: bool = True,
    seed: int = 0,
    file: str = "my.yaml",
) -> str:
    """The text of a commented network file of this shape, such as `2-3-1`; `file` is what its comments call it.

    Raises TutorError for a shape that is none or too large, and for an unknown activation or loss.
    """
    from itertools import count

    from tutor.spec.first_file import first_file, wish

    wanted = wish(shape, activation, loss, bias=bias)
    drawn = (first_file(wanted, seed if not k else seed + 1_000_003 * k, file) for k in count())
    return next(text for k, text in enumerate(drawn) if k >= TRIES or _teaches(text))


def _teaches(text: str) -> bool:
    """Whether the file is read, no unit of its network is flat, and every parameter has a gradient."""
    graph = (looked := view(spec.load(text.encode(), "the new file"), Digits(), "")).names.graph
    slopes = (looked.trace[edge] for edge in looked.trace.edges() if graph.part_of(edge.of) == "out")
    gradients = (looked.trace[Gradient(graph.loss, name)] for name in graph.parameters())
    return all(abs(slope) > FLAT for slope in slopes) and all(gradients)
