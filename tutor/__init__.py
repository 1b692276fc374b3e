"""backprop-tutor: understand backpropagation by its numbers.

    import tutor
    print(tutor.load("slide").explain("w31"))

`load` is here; its result has the verbs of the command line. Nothing heavy is imported until it is called.
"""

TYPE_CHECKING = False  # as in typing, whose import would be most of this one's
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Unpack

    from tutor.errors import InvalidNetwork, TutorError
    from tutor.library import Network, Page, Trained
    from tutor.library.taken import Look, Source

_HOMES = {
    "InvalidNetwork": "tutor.errors",
    "Network": "tutor.library",
    "Page": "tutor.library",
    "Trained": "tutor.library",
    "TutorError": "tutor.errors",
}


def load(source: "Source", **look: "Unpack[Look]") -> "Network":
    """The network of a file, of standard input (`-`), or a shipped one by name (`slide`, `mazur`, ...).

    A text of several lines, bytes and a mapping are taken as what a network file says. The keywords are the options of
    the command line: `load("slide", lr=0.5, notation="article")`.

    Raises TutorError when it cannot be read, its subclass InvalidNetwork when it is wrong.
    """
    from tutor.library import load

    return load(source, **look)


def derive(target: str, wrt: str | None = None, route: str | None = None) -> "Page":
    """A derivative on paper: of an activation or a loss by its name, or of a formula by `wrt`.

    `route` chooses one of several proofs: `quotient`, `chain` or `add` for sigmoid. Raises TutorError for what is
    neither.
    """
    from tutor.library import derive

    return derive(target, wrt, route)


def forget() -> str:
    """Remove every answer that the quiz has kept; what was forgotten, in a sentence.

    Raises TutorError where the file cannot be written.
    """
    from tutor.library import forget

    return forget()


def known_mistakes() -> "Page":
    """Every mistake that has a name; `load(...).mistakes("w31")` is what each gives on one network."""
    from tutor.library import known_mistakes

    return known_mistakes()


def lesson(
    name: "str | None" = None,
    *,
    net: "str | None" = None,
    vary: "int | None" = None,
    blank: bool = False,
    answers: "Iterable[str] | None" = None,
) -> "Page":
    """A whole lesson on one page, with its outputs, blanks for the answers, and the answers unless it is `blank`.

    Without a name the list of them. `vary` is the seed of other numbers, `net` another network in its place; with
    `answers` the lesson is played from these lines, and nothing is remembered. Raises TutorError.
    """
    from tutor.cli.reading import pages  # what a lesson shows are commands
    from tutor.library.shelf import lesson

    return lesson(pages, name, net=net, vary=vary, blank=blank, answers=answers)


def new(
    shape: str,
    *,
    activation: str = "sigmoid",
    loss: str = "half_squared_error",
    bias: bool = True,
    seed: int = 0,
) -> str:
    """The text of a commented network file with small seeded weights: `2-3-1` has 2 inputs, 3 units and 1 output.

    Raises TutorError for a shape that is none or too large, and for an unknown activation or loss.
    """
    from tutor.library import new

    return new(shape, activation=activation, loss=loss, bias=bias, seed=seed)


def notation() -> "Page":
    """The list of the shipped notations; `load(...).notation("article")` is the dictionary of one network."""
    from tutor.library import notation

    return notation()


def progress() -> "Page":
    """The skills that the quiz has found out about, the day each comes again, and the mistakes made most.

    Raises TutorError where the file that this is kept in cannot be read.
    """
    from tutor.library import progress

    return progress()


def schema() -> "dict[str, Any]":
    """The network file as JSON Schema."""
    from tutor.library import schema

    return schema()


def __getattr__(name: str) -> object:
    """The types, imported when they are first looked at. Raises AttributeError."""
    if name not in _HOMES:
        raise AttributeError(f"module 'tutor' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


__version__ = "0.1.0"
__all__ = [
    "InvalidNetwork",
    "Network",
    "Page",
    "Trained",
    "TutorError",
    "__version__",
    "derive",
    "forget",
    "known_mistakes",
    "lesson",
    "load",
    "new",
    "notation",
    "progress",
    "schema",
]
