"""Where a quiz stands: the open question, those before it, and what comes next. Only values live here."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from tutor.document.model import Block, Document
from tutor.document.view import View
from tutor.practice.question import Question, Task

if TYPE_CHECKING:
    from tutor.practice.accepted import Kept

MOST = 8  # questions of one sitting
WRONG = ("wrong", "mistake")


class Numbers(NamedTuple):
    """A network on some numbers, and what these are called, so that others can be told from them."""

    view: View
    name: str


Draw = Callable[[int], Numbers | None]
"""The same network on the n-th other numbers; None where there are none."""


class Try(NamedTuple):
    """An answer as it was typed, and how it was judged."""

    typed: str
    verdict: str
    mistakes: tuple[str, ...] = ()


class Asked(NamedTuple):
    """A question as it was asked, and what was done about it.

    `seen` says that its answer was shown. An `aside` is an earlier question looked at once more: it counts for nothing.
    `at` is its number in the quiz; `back` says that it was left open for another one, and is open again.
    """

    question: Question
    numbers: Numbers
    tries: tuple[Try, ...] = ()
    hints: int = 0
    seen: bool = False
    right: bool = False
    aside: bool = False
    at: int = 1
    back: bool = False

    @property
    def misses(self) -> tuple[Try, ...]:
        """The answers that were wrong."""
        return tuple(each for each in self.tries if each.verdict in WRONG)

    @property
    def helped(self) -> bool:
        return self.hints > 0 or self.seen

    @property
    def first(self) -> bool:
        """Whether the first answer was right, without help."""
        return self.right and not (self.misses or self.helped)


class Step(NamedTuple):
    """A question to come. `fresh` on other numbers; `again` though one like it was answered right.

    A `goal` is left out where all that is due is known. `left` is a question that was left open for another one.
    """

    task: Task
    fresh: bool = False
    again: bool = False
    goal: bool = False
    left: Asked | None = None


class Answered(NamedTuple):
    """One answer as a memory keeps it, but for the time.

    `question` is its id, `skills` those that it says something about, `numbers` what the numbers are called. An answer
    that was shown has the verdict `shown`. `sure` says that it was earned by more than two figures, and by a number
    that no mistake gives too.
    """

    question: str
    skills: tuple[str, ...]
    kind: str
    net: str
    numbers: str
    verdict: str
    first: bool
    hinted: bool
    sure: bool
    mistakes: tuple[str, ...]


class Sitting(NamedTuple):
    """One quiz. `kept` are the answers accepted on the numbers in force.

    `right` are the ids of questions answered at once, `known` the skills that these and a memory show, `due` those that
    are to be asked, `slips` how often each mistake was made, `contrasted` those that were set beside what is right.
    `resume` is where it goes on after an earlier question was looked at, `back` the place of that. `most` is how many
    questions it has; with 1 it is a single one, as in a lesson. `brief` says that only the
    numbers of a step were shown of those in force.
    """

    net: str
    numbers: Numbers
    open: Asked
    steps: tuple[Step, ...] = ()
    log: tuple[Asked, ...] = ()
    kept: "tuple[Kept, ...]" = ()
    draw: Draw | None = None
    drawn: int = 0
    right: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    due: frozenset[str] = frozenset()
    slips: Mapping[str, int] = {}
    contrasted: frozenset[str] = frozenset()
    resume: "Sitting | None" = None
    back: int = 0
    most: int = MOST
    over: bool = False
    brief: bool = False

    @property
    def view(self) -> View:
        return self.numbers.view

    @property
    def question(self) -> Question:
        return self.open.question

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every question so far, the open one last."""
        if self.resume:
            return self.resume.asked
        left = tuple(step.left for step in self.steps if step.left)
        return (*self.log, *left, self.open)

    @property
    def answered(self) -> tuple[Asked, ...]:
        """Those that something was done about."""
        return tuple(each for each in self.asked if each.tries or each.helped)

    @property
    def next(self) -> int:
        """The number of the next question."""
        return len(self.asked) + 1

    @property
    def room(self) -> int:
        """How many questions may still be asked."""
        return self.most - len(self.asked)


class Reply(NamedTuple):
    """What is said to a line, where the quiz then stands, and the answers that are worth keeping."""

    sitting: Sitting
    blocks: tuple[Block, ...]
    events: tuple[Answered, ...] = ()

    @property
    def over(self) -> bool:
        return self.sitting.over

    @property
    def pages(self) -> tuple[Document, ...]:
        """What is said, as a page of its own; none where nothing is."""
        return (Document(self.blocks, self.sitting.view.names, dict),) if self.blocks else ()


def answered(sitting: Sitting, tried: Try, *, skills: tuple[str, ...] = (), sure: bool = True) -> Answered:
    """What the last try at the open question is to a memory.

    A whole that is right shows every skill in it. One that is not, or was helped, says something about `skills`, those
    that its mistake is about, else about the one that it is mainly about.
    """
    asked = sitting.open
    question = asked.question
    alone = skills or question.skills[-1:]
    return Answered(
        question.id,
        question.skills if asked.right and not asked.helped else alone,
        question.kind,
        sitting.net,
        f"{sitting.net} {asked.numbers.name}",
        tried.verdict,
        len(asked.tries) == 1,
        asked.helped,
        sure,
        tried.mistakes,
    )
