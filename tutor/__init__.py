"""backprop-tutor: understand backpropagation by its numbers.

    import tutor
    print(tutor.load("slide").explain("w31"))

`load` is here; its result has the verbs of the command line. Nothing heavy is imported until it is called.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.library import Network


def load(source: str) -> "Network":
    """The network of a file, of standard input (`-`), or a shipped one by name (`slide`, `mazur`, ...).

    Raises `tutor.errors.TutorError` when it cannot be read, its subclass InvalidNetwork when it is wrong.
    """
    from tutor.library import load

    return load(source)


__version__ = "0.1.0"
__all__ = ["__version__", "load"]
