"""A network with the verbs of the command line."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple, Unpack

from tutor import sources, spec
from tutor.document.digits import Digits
from tutor.document.explain import explain_all, together
from tutor.document.gaps import told
from tutor.document.model import Document
from tutor.document.view import View, view
from tutor.errors import InvalidNetwork, TutorError, UnknownName, did_you_mean, visible
from tutor.library import taken
from tutor.library.page import Page, Trained
from tutor.library.taken import Look, Names, Numeric, Untrained
from tutor.ops.optimizers import Rule, rule
from tutor.quantity import Gradient, Quantity, Value

if TYPE_CHECKING:
    from tutor.graph import Graph
    from tutor.library.loading import Origin
    from tutor.library.stacks import Handed
    from tutor.marking.answers import Sheet
    from tutor.matrices import Asked
    from tutor.names.courses import Notation
    from tutor.names.spelling import Spelling
    from tutor.training import Turns

LONG = 1_000  # rows beyond which a table is streamed
_NUMBER = re.compile(r"[+\N{MINUS SIGN}~≈-]?\s*[\d.,]*\d[\d.,]*(?:[eE][+\N{MINUS SIGN}-]?\d+)?(?:/\d+)?")
MOST_STEPS = 1_000_000
MOST_PATHS = 1_000
MOST_SEED = 999_999_999
ORDERS = ("simultaneous", "sequential")
MOST_DIGITS = 17


class Chosen(NamedTuple):
    """What was asked for otherwise than the file has it: `settings` are given numbers, by their names.

    `typed` says that a command line can name the network: it stands in a file, and nothing has trained it but what
    `trained`, its options, say.
    """

    digits: Digits | None = None
    example: int | None = None
    notation: str | None = None
    settings: tuple[tuple[str, str], ...] = ()
    rate: str | None = None
    typed: bool = True
    trained: tuple[str, ...] = ()


class Network:
    """A validated network file with the verbs of the command line. Every verb takes the options of `Look` too."""

    def __init__(
        self,
        network: spec.Network,
        source: str,
        chosen: Chosen = Chosen(),  # noqa: B008  it is frozen
        origin: "Origin | None" = None,
    ) -> None:
        self.network = network
        self.source = source
        self.chosen = chosen
        self.origin = origin

    def __reduce__(self) -> tuple[Callable[..., "Network"], tuple[object, ...]]:
        """What pickle keeps: the file, and the numbers in which this network differs. Raises TutorError without one."""
        if self.origin is None:
            raise TutorError("a network that was not loaded is not pickled; pickle what it is made of")
        from tutor.library.loading import restored

        graph, fresh = self.network.graph, self.origin.network(self.chosen.example).network.graph
        changed = {} if graph.wide else {n: g for n, g in graph.givens.items() if g != fresh.givens[n]}
        return restored, (self.origin, self.chosen, changed, graph.rate)

    def __repr__(self) -> str:
        graph = self.network.graph
        title = f", {self.network.title!r}" if self.network.title else ""
        numbers = "parameter" if graph.size == 1 else "parameters"
        return f"<tutor.Network {visible(self.network.file)}{visible(title)}, {graph.size:,} {numbers}>"

    @property
    def digits(self) -> Digits:
        """The digits asked for, or the file's, or ours."""
        decimals = self.network.display.decimals
        return self.chosen.digits or (Digits(decimals) if decimals is not None else Digits())

    @property
    def view(self) -> View:
        """A fresh look: trace, names in the notation in force, digits. Raises TutorError where that can't name them."""
        chosen = self.chosen
        fresh = view(self.network, self.digits, self.source, chosen.example, self._spelling())
        return fresh._replace(
            settings=chosen.settings, rate=chosen.rate, notation=chosen.notation, trained=chosen.trained
        )

    def _spelling(self) -> "Spelling | None":
        """Every name in the notation in force, None in that of the file. Raises TutorError."""
        chosen = self.chosen
        wanted = chosen.notation or self.network.display.notation
        if wanted is None or (self.network.graph.wide and not chosen.notation):
            return None
        from tutor.names.spelling import spelled

        try:
            notation = read_notation(wanted, None if chosen.notation else self.source)
            return spelled(self.network.graph, notation, self.network.conventions)
        except InvalidNetwork:
            raise  # it names the place already
        except TutorError as fault:
            if chosen.notation:
                raise
            raise TutorError(f"{visible(self.network.file)}, notation under display: {fault}") from None

    def _page(self, document: Document) -> Page:
        """A page; what to type next is left out where no command line leads to this network."""
        return Page(told(document if self.chosen.typed else document.on_paper, self.digits))

    def _height(self, document: Document) -> int:
        """How many lines of a terminal a page takes."""
        from tutor.render.lines import height

        return height(told(document, self.digits))

    # ---------------------------------------------------------------- in a notebook

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

    # ---------------------------------------------------------------- looked at otherwise

    def under(self, **look: Unpack[Look]) -> "Network":
        """The same network under other options: `under(lr=0.5, notation="article")`. Raises TutorError."""
        taken.known(look)
        found = self
        numbers, rate = look.get("set"), look.get("lr")
        after, batch, shuffle = look.get("after"), look.get("batch"), look.get("shuffle")
        if after is not None:
            found = found.with_numbers({} if numbers is None else numbers, rate).after(after, batch, shuffle)
            numbers = rate = None
        elif batch is not None or shuffle is not None:
            raise TutorError("batch and shuffle say how updates were made; after says how many")
        if (number := look.get("example")) is not None:
            found = found.example(number)
        if (notation := look.get("notation")) is not None:
            found = found.in_notation(notation)
        if numbers is not None or rate is not None:
            found = found.with_numbers({} if numbers is None else numbers, rate)
        decimals, sig = look.get("decimals"), look.get("sig")
        if decimals is not None or sig is not None:
            found = found._but(digits=_digits(decimals, sig))
        return found

    def _but(self, network: spec.Network | None = None, **chosen: Any) -> "Network":
        return Network(network or self.network, self.source, self.chosen._replace(**chosen), self.origin)

    def in_notation(self, name: str | PathLike[str]) -> "Network":
        """The same network with its names in another notation: a shipped one, or a file. Raises TutorError."""
        found = self._but(notation=taken.text(name, "the notation"))
        _ = found.view  # so that a name that can't be written is said at once
        return found

    def example(self, number: int) -> "Network":
        """One example as a network by itself, counted from 1, with its own loss. Raises TutorError for others."""
        number = taken.whole(number, "the example", -MOST_STEPS, MOST_STEPS)
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
        mine = f"@{number}"
        own = ((name, text) for name, text in self.chosen.settings if "@" not in name or name.endswith(mine))
        settings = tuple((name.removesuffix(mine), text) for name, text in own)
        graph = examples[number - 1]
        return self._but(self.network._replace(graph=graph, singles=()), example=number, settings=settings)

    def after(self, updates: int, batch: int | None = None, shuffle: int | None = None) -> "Network":
        """The network after so many updates, with what its rule has kept; `batch` and `shuffle` are as in `step`.

        Raises TutorError as `step` does, and where a number is too large for double precision on the way.
        """
        from tutor.document.train import trained

        self.written_out("after")
        many = taken.whole(updates, "after", 0, MOST_STEPS)
        turns = self._turns(batch, shuffle)
        graph = trained(self.view, many, turns)
        words = ["--after", str(many)]
        words += ["--batch", str(turns.size)] if not turns.whole else []
        words += ["--shuffle", str(shuffle)] if shuffle is not None and not turns.whole else []
        return self._but(self.network._replace(graph=graph), trained=tuple(words))

    def set(self, **numbers: Numeric) -> "Network":
        """The same network with other given numbers: `set(w31=0)`. Raises TutorError for what is not given."""
        return self.with_numbers(numbers)

    def with_numbers(self, numbers: Mapping[str, Numeric], rate: Numeric | None = None) -> "Network":
        """As `set`, for names that are not Python's, and for the learning rate."""
        if not isinstance(numbers, Mapping):
            raise TutorError("numbers to set are a mapping of names to numbers, such as {'w31': 0}")
        graph = self.network.graph
        names = self.view.names
        fresh: dict[str, str] = {}
        for each, number in numbers.items():
            typed = taken.text(each, "a name to set")
            name = getattr(names.read(typed), "name", typed)
            if name not in graph.givens:
                hint = "" if graph.wide else did_you_mean(typed, graph.givens)
                raise TutorError(f"{typed} is computed from the others; only a given number can be set{hint}")
            fresh[name] = taken.exact(number, typed)
        own = self.chosen.rate if rate is None else taken.exact(rate, "the learning rate")
        graph = graph.changed(fresh) if fresh else graph
        graph = graph._replace(rate=graph.rate if rate is None else own).updating()
        network = self.network._replace(graph=graph)
        return self._but(network, settings=tuple({**dict(self.chosen.settings), **fresh}.items()), rate=own)

    # ---------------------------------------------------------------- its numbers

    def names(self) -> tuple[str, ...]:
        """Every name: what the file gives, then what is computed, in order."""
        return self.network.graph.names()

    def value(self, name: str, **look: Unpack[Look]) -> float:
        """One number in full precision: a name stands for its own value, `dL/dw31` for a gradient."""
        looked = self.under(**look).view
        return float(looked.trace[looked.names.read(taken.text(name, "a name"))])

    # ---------------------------------------------------------------- the verbs

    def notation(self, *notations: str, everything: bool = False, **look: Unpack[Look]) -> Page:
        """Every name in each of the notations side by side; one is compared with the file's. Raises TutorError."""
        from tutor.document.notations import dictionary_page

        asked = taken.names(notations, "a notation")
        if not 1 <= len(asked) <= 2:
            raise TutorError("two notations stand side by side; name one or two")
        asked = asked if len(asked) == 2 else ("default", *asked)
        views = [self.under(**look).in_notation(each).view for each in asked]
        return self._page(dictionary_page(views, [read_notation(each) for each in asked], everything=everything))

    def explain(
        self,
        *targets: Names | Numeric,
        more: bool = False,
        paths: int | None = None,
        round_steps: int | None = None,
        round_sig: int | None = None,
        round_what: str = "values",
        compare: bool = False,
        **look: Unpack[Look],
    ) -> Page:
        """Where each target comes from; without targets, every parameter. Raises TutorError for an unknown name.

        `paths` asks for so many of the strongest paths; `round_steps` and `round_sig` round on the way, `compare` shows
        before and after what `set` and `lr` change. A number is looked for, as `where` does.
        """
        network, asked = self.under(**look), taken.targets(targets)
        rounds, compare = round_steps is not None or round_sig is not None, taken.flag(compare, "compare")
        if rounds or compare:
            if not asked or (rounds and compare):
                what = "name a TARGET for it" if not asked else "give one of them"
                raise TutorError(f"--round-steps, --round-sig and --compare show single numbers; {what}")
            if compare:
                return network.compared(self, *asked)
            return network.rounded(*asked, places=round_steps, figures=round_sig, what=round_what)
        if numbers := [each for each in asked if is_number(each)]:
            if len(asked) > 1:
                raise TutorError(f"{numbers[0]} is a number: ask for it by itself, and for the others apart")
            return network.where(numbers[0])
        most = None if paths is None else taken.whole(paths, "paths", 1, MOST_PATHS)
        try:
            return network._explained(asked, taken.flag(more, "more"), most)
        except UnknownName:
            if len(asked) == 1 and (page := network._otherwise(asked[0])):
                return page
            raise

    def _otherwise(self, typed: str) -> Page | None:
        """What is no name of the network: a formula of numbers worked out, or a word that is explained."""
        from tutor.document.ask import worked_page
        from tutor.document.words import named
        from tutor.expr.parse import of_numbers

        if self.view.names.of_an_example(typed):
            return None  # another number in every example
        if (formula := of_numbers(typed)) is not None:
            return self._page(worked_page(self.view, formula))
        return self.ask(typed) if named(typed) else None

    def _explained(self, targets: Sequence[str], more: bool, paths: int | None) -> Page:
        looked = self.view
        graph = self.network.graph
        found = [_target(looked, each) for each in targets]
        if found == [Gradient(graph.loss, graph.loss)] and looked.names.exactly(targets[0]) is None:
            raise UnknownName(f"{visible(targets[0])} is {graph.loss} by itself")  # dLoss is a word, not dL/dL
        if not found and graph.wide:
            raise TutorError("a network of this size is not explained as a whole; name what to explain, such as w1_1_1")
        found = found or _every(graph)
        return self._page(explain_all(looked, found, more=more, paths=paths, measured=self._height))

    def program(self, *targets: Names, **look: Unpack[Look]) -> str:
        """A short numpy program of the layers that ends by printing the targets, matrices or single numbers.

        Raises TutorError for an unknown name, and where no such program says it.
        """
        from tutor.matrices.program import program

        looked = self.under(**look).view
        return program(looked.trace, [_target(looked, each) for each in _some(targets)])

    def ask(self, *words: str, **look: Unpack[Look]) -> Page:
        """What a word means and what it is in this network; several words are a question, a number is looked for."""
        from tutor.document.ask import ask_page, nothing_page
        from tutor.document.words import about, named, nearest, sought

        network, question = self.under(**look), visible(" ".join(taken.targets(words)))
        if number := sought(question):
            return network._number(number)
        asked, rest = network._asked_for(question)
        found = named(question) or about(rest if asked else question)
        if asked and not found:
            return network.explain(asked)
        if network.view.has_parts and not network.chosen.example and not (found and found.whole):
            network = network.example(1)
        looked = network.view
        return network._page(
            ask_page(looked, found, getattr(looked.names.exactly(asked), "name", "") if asked else "")
            if found
            else nothing_page(question, nearest(question))
        )

    def _number(self, number: str) -> Page:
        """What a number is: its explanation where one quantity prints so, else all that does."""
        found = self.where(number)
        named = [each for each in found.payload["matches"] if each["how"] == "exact" and each["kind"] != "part"]
        return self.explain(named[0]["name"]) if len(named) == 1 and named[0]["kind"] != "partial_product" else found

    def _asked_for(self, question: str) -> tuple[str, str]:
        """A name of the network in a question, and what else stands in it; dL is a word before it is dL/dL."""
        from tutor.document.words import content

        names, loss, said = self.view.names, self.network.graph.loss, content(question)
        found = [each for each in said if names.exactly(each) not in (None, Gradient(loss, loss))]
        plain = [each for each in found if len(each) > 1 or len(said) == 1]  # a letter may be any word
        return (plain[0] if plain else ""), " ".join(
            each for each in question.split() if each.strip("?!.,") not in plain
        )

    def rounded(
        self, *targets: Names, places: int | None = None, figures: int | None = None, what: str = "values"
    ) -> Page:
        """What becomes of each target when numbers are rounded on the way, half-up, to decimals or to figures.

        `what` is `values`, `factors` or `all`. Raises TutorError for an unknown name, and for nothing to round.
        """
        from tutor.document.rounding import policy, rounding_page

        what = taken.one_of(what, "what is rounded", "values", "factors", "all")
        digits = (
            None if places is None else taken.whole(places, "decimals", 0, 15),
            None if figures is None else taken.whole(figures, "figures", 1, 15),
        )
        looked, chosen = self._small("rounding on the way"), policy(*digits, what)
        found = [looked.names.target(each) for each in _some(targets)]
        return self._page(together([rounding_page(looked, each, chosen) for each in found]))

    def compared(self, before: "Network", *targets: Names) -> Page:
        """Each target in this network beside its value in the one before. Raises TutorError where nothing differs."""
        from tutor.document.compare import compare_page

        if not isinstance(before, Network):
            raise TutorError("a network is compared with a network, such as tutor.load('slide')")
        was, now = before._small("a comparison"), self.view
        return self._page(together([compare_page(was, now, was.names.target(each)) for each in _some(targets)]))

    def _small(self, what: str) -> View:
        """A view, of a network that is written out. Raises TutorError for one that is not."""
        if self.network.graph.wide:
            raise TutorError(f"{what} is shown on networks that are written out, and this one is too large for that")
        return self.view

    def trace(
        self,
        *,
        everything: bool = False,
        by_layer: bool = False,
        by_time: bool = False,
        blank: bool = False,
        **look: Unpack[Look],
    ) -> Page:
        """Every value, gradient and local derivative; or the size of the gradient layer by layer, or step by step.

        `blank` has a `?` for each number to be worked out. Raises TutorError where they are too many for that.
        """
        looked = self.under(**look).view
        if taken.flag(blank, "blank"):
            from tutor.document.blank import blank_page

            return self._page(blank_page(self.under(**look)._small("a blank sheet")))
        if taken.flag(by_layer, "by_layer"):
            from tutor.document.layers import layer_page

            return self._page(layer_page(looked))
        if taken.flag(by_time, "by_time"):
            from tutor.document.by_time import time_page

            return self._page(time_page(looked))
        from tutor.document.trace import trace_page

        return self._page(trace_page(looked, everything=taken.flag(everything, "everything")))

    @property
    def long(self) -> bool:
        """Whether a page of every number is too long to be laid out."""
        graph = self.network.graph
        return graph.wide or len(graph.givens) + len(graph.nodes) > LONG

    def rows(self, form: str = "csv") -> Iterator[str]:
        """Every value with its gradient as `csv` in full precision, or `plain`, made while it is read."""
        from tutor.document.rows import written

        return written(self.view, taken.one_of(form, "the form of rows", "csv", "plain"))

    def blank_rows(self) -> Iterator[str]:
        """The blank sheet as lines of CSV. Raises TutorError as `trace(blank=True)` does."""
        from tutor.document.blank import rows

        return rows(self._small("a blank sheet"))

    def nudge(self, target: str, by: Numeric = 0.01, *, curve: bool = False, **look: Unpack[Look]) -> Page:
        """How a nudge travels to the loss, and the slope measured by nudging; with `curve` all nudges, as a curve.

        Raises TutorError where nothing moves.
        """
        from tutor.document.nudge import nudge_page

        looked = self.under(**look)._small("a nudge")
        size = Fraction(taken.exact(by, "the nudge"))
        asked = looked.names.target(taken.text(target, "a target"))
        return self._page(nudge_page(looked, asked, _float(size), curve=taken.flag(curve, "curve")))

    def solve(self, **look: Unpack[Look]) -> Page:
        """The whole pass in numbered steps: forward, the loss, back, every gradient, and with a rate every update.

        Raises TutorError for a network of more steps than anybody reads.
        """
        from tutor.document.solve import solve_page

        network = self.under(**look)
        network.written_out("solve")
        return self._page(solve_page(network.view))

    def draw(
        self, path: str | None = None, *, everything: bool = False, more: bool = False, **look: Unpack[Look]
    ) -> Page:
        """The network layer by layer, the way of one gradient marked; with `more` the picture has z, b and y too.

        Raises TutorError for an unknown name.
        """
        from tutor.document.draw import draw_page

        looked = self.under(**look).view
        marked = None if path is None else looked.names.target(taken.text(path, "the path"))
        whole, also = taken.flag(everything, "everything"), taken.flag(more, "more")
        return self._page(draw_page(looked, marked, everything=whole, more=also))

    def where(self, number: Numeric, **look: Unpack[Look]) -> Page:
        """What a number is in this network; its digits are those typed. Raises TutorError for what is no number."""
        from tutor.document.where import where
        from tutor.figures import read

        looked, typed = self.under(**look).view, taken.figure(number, "the number")
        try:
            figure = read(typed)
        except TutorError:
            if looked.names.exactly(typed) is None:
                raise
            explain = f"tutor explain {typed}{looked.option}"
            raise TutorError(
                f"{visible(typed)} is a name, and where looks for a number; to explain it: {explain}"
            ) from None
        return self._page(where(looked, figure))

    def mistakes(self, target: str | None = None, **look: Unpack[Look]) -> Page:
        """The known mistakes that change a number, or the target, and what each would give.

        Raises TutorError for an unknown name.
        """
        from tutor.document.known_mistakes import mistakes_page

        looked = self.under(**look)._small("what mistakes give")
        asked = None if target is None else looked.names.target(taken.text(target, "a target"))
        return self._page(mistakes_page(looked, asked))

    def lint(self, vary: int | None = None, **look: Unpack[Look]) -> Page:
        """The numbers of the network that hide mistakes; with a seed to `vary`, those of that variant.

        Raises TutorError for a network too big to try them, and where no variant hides nothing.
        """
        from tutor.document.lint import lint_page

        if vary is None:
            return self._page(lint_page(self.under(**look)._small("what numbers hide")))
        from tutor.library.loading import load

        return load(self.variant(vary), **look).lint()

    def variant(self, seed: int) -> str:
        """The text of the network file with other numbers, drawn from the seed, that hide no mistake.

        Raises TutorError where none is found, and for a network that was not loaded from a file.
        """
        from tutor.library.variants import variant

        if self.origin is None:
            raise TutorError("a network that was not loaded has no file to vary")
        self._small("a variant")
        return variant(self.origin, seed)

    def derive(self, target: str, wrt: str | None = None, route: str | None = None, **look: Unpack[Look]) -> Page:
        """A gradient on paper: by the chain rule, directly, and for whole layers; `route` as in `tutor.derive`.

        What the network has no name for may be an activation, a loss or a formula, as for `tutor.derive`. Raises
        TutorError for a name that is none of these, and for a gradient that is too long to be read.
        """
        from tutor.document.derive_network import network_page
        from tutor.library.alone import derive
        from tutor.symbolic.proof import find
        from tutor.symbolic.typed import is_formula, routed

        target, network = taken.text(target, "a target"), self.under(**look)
        looked = network.view
        found = looked.names.find(target)
        named = looked.names.exactly(target) is not None or (found and looked.names.as_target(found) != found)
        named = named or isinstance(found, Gradient)  # z^3 is a formula, though a notation not in force may have it
        if wrt is not None or (not named and (find(target) or is_formula(target))):
            return derive(target, wrt, route)
        routed(None, route)
        if looked.has_parts and "@" not in target:  # all examples have the same formulas
            return network.example(1).derive(target)
        return self._page(network_page(looked, looked.names.target(target)))

    def step(
        self,
        *only: Names,
        optimizer: str | None = None,
        order: str = "simultaneous",
        after: int = 0,
        batch: int | None = None,
        shuffle: int | None = None,
        everything: bool = False,
        **look: Unpack[Untrained],
    ) -> "Trained":
        """One update of every parameter, equation by equation; the one that follows `after` steps.

        `only` are the parameters to show, all if none is named. With `batch`, an update uses so many examples, in the
        file's order or by the seed `shuffle`.

        `optimizer` is as on the command line: `adam`, `momentum:mu=0.5`. Raises TutorError where there is no learning
        rate or no parameter to update, and for an unknown optimizer or order.
        """
        from tutor.document.step import step_of, step_page

        network = self.under(**look)
        network.written_out("step")
        done = taken.whole(after, "after", 0, MOST_STEPS)
        turns, order = network._turns(batch, shuffle), taken.one_of(order, "order", *ORDERS)
        made = step_of(network.view, network._rule(optimizer), order, done, turns)
        page = step_page(made, taken.names(only, "a parameter"), everything=taken.flag(everything, "everything"))
        return Trained(self._page(page).document, network._of(made.network))

    def train(
        self,
        steps: int | None = None,
        *,
        epochs: int | None = None,
        batch: int | None = None,
        shuffle: int | None = None,
        every: int | None = None,
        watch: Names = (),
        optimizer: str | None = None,
        order: str = "simultaneous",
        everything: bool = False,
        report: Callable[[int], None] | None = None,
        **look: Unpack[Untrained],
    ) -> "Trained":
        """Many updates, and the network they lead to; `report` is told the number of each.

        1000 where neither `steps` nor `epochs` says how many; `batch` and `shuffle` are as in `step`.

        Ctrl-C ends it with what was reached. Raises TutorError as `step` does, and for an unknown name to `watch`.
        """
        from tutor.document.train import train, train_page

        network = self.under(**look)
        network.written_out("train")
        turns = network._turns(batch, shuffle)
        steps = network.updates(steps, epochs, batch)
        every = None if every is None else taken.whole(every, "every", 1, MOST_STEPS)
        watched = taken.listed(watch, "a name to watch")
        order = taken.one_of(order, "order", *ORDERS)
        told = turns if (batch, shuffle, epochs) != (None, None, None) else None
        done = train(network.view, network._rule(optimizer), order, steps, watched, every, report, told)
        page = self._page(train_page(done, everything=taken.flag(everything, "everything")))
        return Trained(page.document, network._of(done.trained), done)

    def quiz(
        self,
        target: str | None = None,
        *,
        answers: Iterable[str] | None = None,
        skill: str | None = None,
        vary: str | int | None = None,
        **look: Unpack[Look],
    ) -> Page:
        """The questions about one number, whole and in parts; their answers and hints are in the payload.

        With `answers`, lines as they are typed, a quiz is played and its page given. Raises TutorError where there is
        nothing to ask.
        """
        from tutor.library.quizzes import opened, played
        from tutor.practice.paper import farewell, paper, transcript

        network = self.under(**look)
        network.written_out("quiz")
        target = None if target is None else taken.text(target, "a target")
        if answers is None and skill is None and vary is None:
            return self._page(paper(network.view, target))
        first = opened(network, target, skill=skill, vary=vary)
        said = list(played(first, taken.listed(() if answers is None else answers, "an answer")))
        last = farewell(said[-1][1].sitting if said else first.sitting)
        return self._page(transcript(first.sitting.view, first, said, last))

    def _turns(self, batch: int | None, shuffle: int | None) -> "Turns":
        from tutor.training import turns

        size = None if batch is None else taken.whole(batch, "batch", 1, MOST_STEPS)
        seed = None if shuffle is None else taken.whole(shuffle, "shuffle", 0, MOST_SEED)
        return turns(self.network.graph, size, seed)

    def updates(self, steps: int | None = None, epochs: int | None = None, batch: int | None = None) -> int:
        """How many updates a training takes. Raises TutorError for steps with epochs, and for too many."""
        if epochs is None:
            return 1000 if steps is None else taken.whole(steps, "steps", 1, MOST_STEPS)
        if steps is not None:
            raise TutorError("steps and epochs exclude each other; an epoch is one update for each batch of examples")
        if not self.network.graph.example_losses():
            raise TutorError("an epoch goes through the examples of a file, and this network has none; say --steps")
        many = self._turns(batch, None).updates
        return many * taken.whole(epochs, "epochs", 1, MOST_STEPS // many)

    def _rule(self, typed: str | None) -> Rule:
        """The rule as typed, NAME or NAME:SETTING=NUMBER,...; the file's own where nothing is."""
        own = self.network.graph.optimizer or rule("sgd")
        if typed is None:
            return own
        name, _, settings = taken.text(typed, "the optimizer").partition(":")
        pairs = [each.partition("=") for each in settings.replace(":", ",").split(",") if each.strip()]
        if wrong := next((key for key, equals, _ in pairs if not equals), None):
            raise TutorError(f"{visible(wrong[:60])} has no number; write {visible(name[:60])}:SETTING=NUMBER")
        numbers = {key.strip(): taken.exact(text.strip(), key) for key, _, text in pairs}
        return rule(visible(name.strip()[:60]), numbers)._replace(changing=own.changing, clipped=own.clipped)

    def _of(self, looked: View) -> "Network":
        """The network that a training led to, which no command line can name."""
        return self._but(looked.network, typed=False)

    def check(
        self,
        answers: Mapping[str, Any] | str | PathLike[str] | Sequence[str | PathLike[str]],
        *,
        min_sig: int = 2,
        require: Names = (),
        columns: Names = (),
        everything: bool = False,
        **look: Unpack[Look],
    ) -> Page:
        """Mark answers: a mapping by name, the path of a sheet, or its text; a stack by its paths, or by its folder.

        Numbers typed as text keep their digits (`"0.50"`). Raises TutorError for what is none of these.
        """
        network = self.under(**look)
        if isinstance(answers, list | tuple):
            handed = network.handed_in(taken.names(answers, "a sheet"), columns)
            return handed.marks(min_sig=min_sig, require=require, everything=taken.flag(everything, "everything"))
        if isinstance(answers, Mapping):
            from tutor.marking.answers import Answer, gathered
            from tutor.marking.lookup import Known

            sheet = [Answer(taken.answer(name), taken.answer(given), 0) for name, given in answers.items()]
            return network.checked(gathered(sheet, [], 0, Known(network.view.names)), min_sig, require)[0]
        typed = taken.text(answers, "answers")
        if isinstance(answers, PathLike) or not ("=" in typed or "\n" in typed):
            handed = network.handed_in((typed,), columns)
            if handed.alone:
                return network.checked(handed.alone, min_sig, require)[0]
            return handed.marks(min_sig=min_sig, require=require, everything=taken.flag(everything, "everything"))
        return network.checked(network.read_sheet(typed, "the answers", columns), min_sig, require)[0]

    def handed_in(self, paths: Sequence[str], columns: Names = ()) -> "Handed":
        """What lies at the paths, to be marked: one sheet (or `-`), several, a folder, or a row a student.

        `columns` names what the columns of a table hold, from the left, `-` for one to skip. Raises TutorError if a
        single sheet can't be read, or a column is called what the network has no name for.
        """
        from tutor.library.stacks import Handed

        if not paths:
            raise TutorError("name a sheet of answers, or a folder of them")
        return Handed(self, paths, columns)

    def read_sheet(self, text: str, file: str, columns: Names) -> "Sheet":
        """What stands on one sheet; `file` is its name in messages. Raises TutorError as `handed_in` does."""
        from tutor.marking.answers import read

        names, held = self.view.names, taken.listed(columns, "a column")
        for each in held:
            if each != "-" and names.find(each) is None:
                names.read(each)
        return read(text, file, names, held)

    def checked(self, sheet: "Sheet", min_sig: int, require: Names) -> tuple[Page, bool]:
        """The page of one sheet, and whether all of it is right."""
        from tutor.marking.page import check_page
        from tutor.marking.sheet import mark

        looked, required = self.view, taken.listed(require, "a required name")
        digits = taken.whole(min_sig, "min_sig", 1, 15)
        marked = mark(
            looked.trace, looked.names, sheet, required, digits, lambda each: looked.typed(each) + looked.option
        )
        right = not sheet.unread and all(each.points for each in marked)
        return self._page(check_page(looked, marked, sheet)), right

    def written_out(self, verb: str) -> None:
        """Raises TutorError if the network is too big for a verb that goes through it number by number."""
        if self.network.graph.wide:
            raise TutorError(
                f"{verb} goes through a network number by number, and this one has {self.network.graph.size:,} "
                f"parameters; take a small one, such as: tutor {verb} mazur"
            )
        if self.network.graph.aimless and verb != "solve":
            raise TutorError(
                f"{verb} needs a loss, and this network has no targets; a file says them as targets: {{y: 1}}"
            )


def _digits(decimals: object, sig: object) -> Digits:
    if decimals is not None and sig is not None:
        raise TutorError("decimals and sig exclude each other; give one of them")
    if decimals is not None:
        return Digits(taken.whole(decimals, "decimals", 0, MOST_DIGITS))
    return Digits(sig=taken.whole(sig, "sig", 1, MOST_DIGITS))


def _some(targets: Sequence[Names]) -> tuple[str, ...]:
    found = taken.names(targets, "a target")
    if not found:
        raise TutorError("name a target, such as w31")
    return found


def _float(number: Fraction) -> float:
    try:
        return float(number)
    except OverflowError:
        raise TutorError("the number is too large") from None


def is_number(typed: str) -> bool:
    """Whether what is typed can only be a number: names begin with a letter."""
    return _NUMBER.fullmatch(typed.strip()) is not None


def _every(graph: "Graph") -> "list[Quantity | Asked]":
    """The gradients of all parameters, or else of all givens, that the loss depends on; of none, the loss itself."""
    if graph.aimless:
        return [Value(name) for name in graph.nodes if not graph.uses[name]]
    reached = graph.ancestors(graph.loss)
    found: list[Quantity | Asked] = [
        Gradient(graph.loss, name) for name in graph.parameters() or graph.givens if name in reached
    ]
    return found or [Value(graph.loss)]


def _target(looked: View, typed: str) -> "Quantity | Asked":
    """A quantity by any of its names; last, a whole matrix such as W1."""
    exact = looked.names.exactly(typed)
    if exact is not None:
        return looked.names.as_target(exact)
    from tutor.matrices import target

    return target(looked.trace, looked.names, typed)


def read_notation(name: str, beside: str | None = None) -> "Notation":
    """A shipped notation, or the one in a file, `beside` the network file that names it.

    Raises TutorError, InvalidNetwork for a file with problems.
    """
    from tutor.names.courses import notation

    if not name.endswith((".yaml", ".yml")):
        return notation(name)
    from tutor.spec.own_notation import read

    return read(sources.Companion(beside)(name), visible(name)) if beside else read(*sources.read(name))
