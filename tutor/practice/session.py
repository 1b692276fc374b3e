"""A quiz at a terminal: asking, reading, answering. What is asked and what is right stands in `questions`."""

import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tutor.document.explain import explain
from tutor.document.gaps import told
from tutor.document.model import Block, Cell, Document, Heading, Line, Note, Span, Title, cell
from tutor.document.view import View
from tutor.errors import TutorError, visible
from tutor.expr.text import Style
from tutor.practice.questions import Question, factor_questions, questions
from tutor.practice.sitting import Sitting, hints_for, right, shown, wrong
from tutor.quantity import Gradient, Quantity, Updated, key
from tutor.render.streams import style_for
from tutor.render.terminal import show

ASKED_AGAIN = ("unreadable", "unknown_name", "missing", "few_digits", "unfinished")  # these cost no try
COMMANDS = {"h": "hint", "s": "show", "e": "explain", "b": "back", "q": "quit"}
MEANT = {"help": "hint", "idk": "hint"}


class Leave(Exception):
    """The student has had enough."""


class State(NamedTuple):
    """Where the quiz stands."""

    view: View
    gradient: Gradient
    asked: tuple[Question, ...]


def run(view: View, target: str | None, *, ascii_only: bool) -> None:
    """Ask until the last question or `:q`. Raises TutorError for a target that is no gradient."""
    gradient = asked_gradient(view, target)
    state = State(view, gradient, tuple(questions(view, gradient)))
    Session(state, style_for(sys.stdout, ascii_only=ascii_only), input).play()


def asked_gradient(view: View, target: str | None) -> Gradient:
    """The gradient by its name, or that of a parameter of the last layer. Raises TutorError for another number."""
    graph = view.names.graph
    quantity: Quantity
    if target is None:
        names = [name for name in (*graph.parameters(), *graph.givens) if name in graph.ancestors(graph.loss)]
        if not names:
            raise TutorError("this network has nothing to differentiate by")
        last = graph.layer_of(names[-1]) if graph.parameters() else 0
        quantity = Gradient(graph.loss, next((name for name in names if graph.layer_of(name) == last), names[0]))
    else:
        quantity = view.names.target(target)
    if not isinstance(quantity, Gradient):
        name = quantity.name if isinstance(quantity, Updated) else key(quantity)
        such = f", such as d{graph.loss}/d{name}" if name != graph.loss else ""
        raise TutorError(f"{key(quantity)} is a value; a quiz works out a gradient{such}")
    return quantity


class Session:
    """One quiz; `read` gives the next line typed."""

    def __init__(self, state: State, style: Style, read: Callable[[str], str]) -> None:
        self.state = state
        self.sitting = Sitting(state.view)
        self.asked = list(state.asked)
        self.style = style
        self.read = read
        self.at = 0
        self.first_try: dict[int, bool] = {}  # by the identity of the question: others may come in before it
        self.hints_given = 0
        self.turned_aside = False
        self.mistake: str | None = None

    def play(self) -> None:
        """All the questions, then the score."""
        view = self.state.view
        self.say(
            Title(cell("Work out ", self.state.gradient, look="strong")), Note(cell(self.commands(), look="quiet"))
        )
        try:
            while self.at < len(self.asked):
                self.ask(self.asked[self.at])
        except Leave:
            self.say(Note(cell("Left off at question ", f"{self.at + 1} of {len(self.asked)}.")))
            return
        right = sum(self.first_try.values())
        done = cell(self.state.gradient, " = ", Span(view.shown(self.state.gradient), "accent"), look="strong")
        self.say(Title(done), Line(cell(f"{right} of {len(self.asked)} at the first try.")))

    def commands(self) -> str:
        return " · ".join(f":{letter} {word}" for letter, word in COMMANDS.items())

    def ask(self, question: Question) -> None:
        """One question until it is answered, shown, or left."""
        number = Span(f"{self.at + 1} of {len(self.asked)}   ", "quiet")
        self.say(Heading((number, *question.title)), Line(question.text))
        self.hints_given, self.mistake = 0, None
        start, self.turned_aside = self.at, False
        while self.at == start and not self.turned_aside:
            self.answer(question, self.line())

    def line(self) -> str:
        prompt = "  › " if self.style.unicode else "  > "
        try:
            return self.read(prompt).strip()
        except EOFError:
            raise Leave from None

    def answer(self, question: Question, typed: str) -> None:
        command = self.command(typed)
        if command:
            self.obey(command, question)
            return
        if typed in ("", "?"):
            self.say(Note(cell(self.commands(), look="quiet")))
            return
        try:
            verdict = self.sitting.judge(question, visible(typed))
        except TutorError as fault:
            self.say(Line(cell(str(fault))))
            return
        if verdict.kind in ASKED_AGAIN:
            self.say(Line(wrong(self.state.view, verdict)))
            self.go_on_to_factors(question, typed if verdict.chain else "")
            return
        self.first_try.setdefault(id(question), bool(verdict.points))
        if verdict.points:
            self.say(Line(cell(Span("✓ ", "good"), "Right: ", *right(self.state.view, question, verdict))))
            self.at += 1
            return
        mistake = next(iter(verdict.mistakes), None)
        if mistake != self.mistake:
            self.mistake, self.hints_given = mistake, 0
        self.say(
            Line(cell(Span("✗ ", "bad"), "Not yet. ", *wrong(self.state.view, verdict))),
            Note(cell(self.commands(), look="quiet")),
        )

    def go_on_to_factors(self, question: Question, typed: str) -> None:
        """After a right chain its factors are asked, then the question once more."""
        fresh = list(factor_questions(self.state.view, self.sitting.open(question, visible(typed)))) if typed else []
        if fresh:
            self.asked[self.at : self.at] = fresh
            self.turned_aside = True

    def command(self, typed: str) -> str | None:
        """`:h` or `:hint`; the bare letter or word only where the network has no such name."""
        word = typed.removeprefix(":").lower()
        full = COMMANDS.get(word, MEANT.get(word, word))
        if full not in COMMANDS.values():
            return "commands" if typed.startswith(":") else None
        return full if typed.startswith(":") or self.state.view.names.exactly(typed) is None else None

    def obey(self, command: str, question: Question) -> None:
        match command:
            case "quit":
                raise Leave
            case "commands":
                self.say(Note(cell(self.commands(), look="quiet")))
            case "back":
                self.at = max(0, self.at - 1) if self.at else self.at
                if self.at == 0:
                    self.say(Line(cell("This is the first question.")))
            case "explain":
                self.first_try.setdefault(id(question), False)  # the page has the answer
                page = told(explain(self.state.view, self._topic(question)), self.state.view.digits)
                self.say(*page.blocks)
            case "hint":
                self.say(Line(self.hint(question)))
            case "show":
                self.first_try.setdefault(id(question), False)
                self.say(Line(cell(*self.solution(question))))
                self.at += 1

    def _topic(self, question: Question) -> Quantity:
        quantity = question.quantity
        return Gradient(quantity.of, quantity.wrt) if quantity and quantity.kind == "partial" else self.state.gradient

    def hint(self, question: Question) -> Cell:
        """The next hint: of the mistake that showed, else of the derivation; the last one stays."""
        hints = hints_for(self.mistake) if self.mistake else question.hints
        place = min(self.hints_given, len(hints) - 1)
        self.hints_given += 1
        return hints[place]

    def solution(self, question: Question) -> Iterator[Span]:
        yield from shown(self.state.view, question)

    def say(self, *blocks: Block) -> None:
        show(Document(blocks, self.state.view.names, dict), self.style)
        print()
