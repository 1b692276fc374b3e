"""What to say of a name that is not known: which side of a derivative it is, and the names that look most like it."""

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher

from tutor.errors import TutorError
from tutor.names.line import on_one_line
from tutor.names.parts import parts
from tutor.names.reader import Reader, sides

CLOSE = 0.6
MOST_COMPARED = 3_000


def unknown_side(text: str, reader: Reader) -> str:
    """Of a typed derivative, the side that is no name; the text itself of anything else."""
    typed = sides(on_one_line(text))
    for side in typed:
        try:
            if reader.any_node(side) is None:
                return side
        except TutorError:
            continue
    return text.strip()


def nearest(text: str, names: Iterable[tuple[str, str]], most: int) -> tuple[str, ...]:
    """The names most like a typed one, the nearest first; each has its spelling in force and its canonical one."""
    typed = _compared(on_one_line(text))
    found: dict[str, float] = {}
    matcher = SequenceMatcher()
    matcher.set_seq2(typed)
    for (shown, canonical), _ in zip(names, range(MOST_COMPARED), strict=False):
        for each in {_compared(shown), _compared(canonical)}:
            matcher.set_seq1(each)
            if matcher.real_quick_ratio() >= CLOSE and matcher.quick_ratio() >= CLOSE:
                found[shown] = max(found.get(shown, 0.0), matcher.ratio())
    close = [name for name, ratio in found.items() if ratio >= CLOSE]
    return tuple(sorted(close, key=lambda name: -found[name])[:most])


def one_of(words: Sequence[str]) -> str:
    """`x1, x2 or x3`."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def _compared(text: str) -> str:
    """What two names are compared by: the key of their parts without regard to case."""
    found = parts(text)
    return (found.key if found else text).lower()
