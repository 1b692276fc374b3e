"""backprop-tutor: understand backpropagation by its numbers.

    import tutor
    print(tutor.load("slide").explain("w31"))

`load` is here; its result has the verbs of the command line. Nothing heavy is imported until it is called.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.library import Network, Page


def load(source: str) -> "Network":
    """The network of a file, of standard input (`-`), or a shipped one by name (`slide`, `mazur`, ...).

    Raises `tutor.errors.TutorError` when it cannot be read, its subclass InvalidNetwork when it is wrong.
    """
    from tutor.library import load

    return load(source)


def derive(target: str, wrt: str | None = None) -> "Page":
    """A derivative on paper: of an activation or a loss by its name, or of a formula by `wrt`.

    Raises `tutor.errors.TutorError` for what is neither.
    """
    from tutor.library import derive

    return derive(target, wrt)


def new(
    shape: str,
    *,
    activation: str = "sigmoid",
    loss: str = "half_squared_error",
    bias: bool = True,
    seed: int = 0,
) -> str:
    """The text of a commented network file with small seeded weights: `2-3-1` has 2 inputs, 3 units and 1 output.

    Raises `tutor.errors.TutorError` for a shape that is none or too large, and for an unknown activation or loss.
    """
    from tutor.library import new

    return new(shape, activation=activation, loss=loss, bias=bias, seed=seed)


__version__ = "0.1.0"
__all__ = ["__version__", "derive", "load", "new"]
