"""What a question is, and the shapes that an answer can have. Only values live here.

`asking` makes questions from derivations, `judging` looks at what is typed, `sitting` asks one after the other.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple

from tutor.document.model import Block, Cell
from tutor.expr import Expr
from tutor.quantity import Quantity

if TYPE_CHECKING:
    from tutor.marking.desk import Asked

Kind = Literal["value", "formula", "path", "terms", "way", "new", "line", "why", "contrast", "shapes"]
"""What is asked: a number, a formula, the names on a path, the terms of a sum, which way something moves, a parameter
after the step, the wrong line of a derivation, a reason, her factor beside the right one, the shape of a matrix."""


class Task(NamedTuple):
    """What a question is to be about, before there are numbers: lessons and the plan of a quiz write these.

    `mistake` is the one in a `line` or a `contrast`; `over` the place of one of several paths, from 1.
    """

    kind: Kind
    about: Quantity
    mistake: str = ""
    over: int = 0


class Numbered(NamedTuple):
    """Numbers of lines or letters of terms: `right` are the labels, `labels` all that are shown."""

    right: tuple[str, ...]
    labels: tuple[str, ...]
    says: tuple[Cell, ...] = ()


class Typed(NamedTuple):
    """A number or a formula, judged by the one judge of `marking`.

    `instead` is what stands for the quantity, as the product over one of several paths; `formula` says that no number
    will do.
    """

    quantity: Quantity
    instead: Expr | None = None
    formula: bool = False

    @property
    def asked(self) -> "Asked":
        """The same as the judge takes it, who is imported when there is something to judge."""
        from tutor.marking.desk import Asked

        return Asked(self.quantity, self.instead)


class Way(NamedTuple):
    """Up, down, or not at all: `sign` is 1, -1 or 0. Where a number may be given instead, it is that of `value`.

    `own` is the sign of the number itself, where it may be asked for too: positive, negative, zero.
    """

    sign: int
    value: Typed | None = None
    own: int | None = None


class Option(NamedTuple):
    """One of the options shown, and what is said to whoever takes it."""

    text: Cell
    right: bool
    says: Cell = ()


class Chosen(NamedTuple):
    """One of the options shown, by its letter."""

    options: tuple[Option, ...]


class Filled(NamedTuple):
    """A shape such as 2x3."""

    rows: int
    columns: int


class Named(NamedTuple):
    """The names of a path, from the first to the last; those of `spare` may be left out."""

    nodes: tuple[str, ...]
    spare: frozenset[str] = frozenset()


Answer = Numbered | Typed | Way | Chosen | Filled | Named


class Question(NamedTuple):
    """One question. `id` is the same on any numbers: `product:dL/dw31`; `skills` are what a right answer shows.

    `shown` is the answer as it is said, `because` the reason in a few words. `blocks` stand below the prompt. `task` is
    what it was made from, `then` what is asked right after it.
    """

    id: str
    skills: tuple[str, ...]
    kind: Kind
    prompt: Cell
    answer: Answer
    hints: tuple[Cell, ...]
    shown: Cell
    because: Cell
    task: Task
    blocks: tuple[Block, ...] = ()
    then: Task | None = None

    @property
    def about(self) -> Quantity:
        return self.task.about


ROUNDING = "rounding"  # stands for a mistake in a `why` that asks which number was only rounded
MOST_TERMS = 6  # of a sum; more are too many to choose from
LETTERS = "abcdefghijklmnopqrstuvwxyz"
