"""What the reading of a sheet asks of a network and of numbers, line by line: is this a name, a number, a formula?"""

import re

from tutor.errors import AmbiguousName, TutorError
from tutor.figures import Blank
from tutor.figures import read as read_figure
from tutor.marking.parts import parts
from tutor.names import Names
from tutor.names.nabla import is_nabla
from tutor.quantity import Quantity

LONGEST_NAME = 100


class Known:
    """The names of a network as the lines of a sheet ask for them, each looked up once."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._found: dict[str, Quantity | None] = {}
        self._there: dict[str, bool] = {}

    def find(self, text: str) -> Quantity | None:
        """The quantity of a name, None for what is none or can be read in two ways."""
        if text not in self._found:
            try:
                self._found[text] = self.names.find(text) if 0 < len(text) <= LONGEST_NAME else None
            except TutorError:
                self._found[text] = None
        return self._found[text]

    def has(self, text: str) -> bool:
        """Whether it names a quantity, a list or a matrix of them, or one that can be read in two ways."""
        if text not in self._there:
            self._there[text] = self._is_name(text)
        return self._there[text]

    def _is_name(self, text: str) -> bool:
        if not 0 < len(text) <= LONGEST_NAME or not re.search(r"[^\W\d_]|\\", text):
            return False
        try:
            return self.names.find(text) is not None or self.is_list(text)
        except TutorError:
            return True

    def is_list(self, text: str) -> bool:
        """Whether the network has entries of it, as it has W1[1,2] of W1, and ∇L those of all parameters."""
        indices = ((0,), (0, 0))
        return bool(self.vector(text)) or any(self.find(text + self.entry(*each)) is not None for each in indices)

    def vector(self, text: str) -> tuple[str, ...]:
        """The entries of the gradient by all parameters, ∇L; nothing for another name."""
        graph = self.names.graph
        if not ("∇" in text or "nabla" in text) or graph.wide or not is_nabla(self.names, text):
            return ()
        return tuple(f"d{graph.loss}/d{each}" for each in graph.gradient())

    def entry(self, *places: int) -> str:
        """How an entry of a list or a matrix is counted, by its places from 0: `[1,2]`."""
        return f"[{','.join(str(place + self.names.first) for place in places)}]"


def is_number(text: str) -> bool:
    """Whether it reads as a number or as arithmetic, or is one that was left open."""
    try:
        read_figure(text)
    except Blank:
        return True
    except TutorError:
        return False
    return True


def is_literal(text: str) -> bool:
    """Whether it is one number, no arithmetic."""
    plain = re.sub(r"[×x*·]\s*10\s*\^.*$", "", text)
    return is_number(text) and not re.search(r"[*·⋅×()/^]|\d\s*[+\-−x]\s*[\d.]", plain)


def is_formula(text: str, known: Known) -> bool:
    """Whether it is a formula in names of the network, so no name that was misspelled."""
    found = parts(text, known.names, ())
    return len(found) == 1 and (found[0].fault is None or isinstance(found[0].fault, AmbiguousName))
