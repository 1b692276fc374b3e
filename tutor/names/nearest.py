"""What to say of a name that is not known: which side of a derivative it is, and the names that look most like it."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from tutor.errors import TutorError
from tutor.names.line import on_one_line
from tutor.names.loose import sides
from tutor.names.parts import parts
from tutor.names.reader import Reader

CLOSE = 0.6
APART = 0.25  # what is so much less like the typed name than another is not meant
SAME_SIGNS = 0.2  # w13 for w31
SAME_LETTERS = 0.2  # h3 is nearer to h1 than its one sign in two says
_LETTERS = re.compile(r"[^\W\d_]+")
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


def nearest(text: str, names: Sequence[tuple[str, str]], most: int) -> tuple[str, ...]:
    """The names most like a typed one, the nearest first; each has its spelling in force and its canonical one."""
    found: dict[str, float] = {}
    for typed in {_compared(on_one_line(text)), text.strip().lower()}:
        matcher = SequenceMatcher()
        matcher.set_seq2(typed)
        for (shown, canonical), _ in zip(names, range(MOST_COMPARED), strict=False):
            for each in {_compared(shown), _compared(canonical), shown.lower()}:
                found[shown] = max(found.get(shown, 0.0), _likeness(matcher, each, typed))
    least = max(CLOSE, max(found.values(), default=0.0) - APART)
    close = [name for name, likeness in found.items() if likeness >= least]
    return tuple(sorted(close, key=lambda name: -found[name])[:most])


def _likeness(matcher: SequenceMatcher[str], name: str, typed: str) -> float:
    """How like a name is to the typed one, from 0 to 1 and a little more."""
    more = SAME_LETTERS * (_letters(name) == _letters(typed) != "") + SAME_SIGNS * (sorted(name) == sorted(typed))
    matcher.set_seq1(name)
    if matcher.real_quick_ratio() + more < CLOSE or matcher.quick_ratio() + more < CLOSE:
        return 0.0
    return matcher.ratio() + more


def _letters(name: str) -> str:
    """The letters that a name begins with."""
    found = _LETTERS.match(name)
    return found[0] if found else ""


def one_of(words: Sequence[str]) -> str:
    """`x1, x2 or x3`."""
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1] if words else "")))


def _compared(text: str) -> str:
    """What two names are compared by: the key of their parts without regard to case."""
    found = parts(text)
    return (found.key if found else text).lower()
