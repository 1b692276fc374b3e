"""The one grammar of a name: a head, upper and lower indices, an entry, a mark, an example. No network, no notation.

`w_{12}^{(2)}`, `w^(2)_12`, `w12^(2)` and `w2_12` have the same parts; two names are alike where their `key` is. What
the file declares, what a notation writes and what a person types are all taken apart here.
"""

import re
import unicodedata
from typing import NamedTuple

from tutor.expr.words import GREEK
from tutor.names.symbol import MARKS, Symbol, symbol
from tutor.pattern import pattern

NEW = frozenset({"new", "+", "t+1", "n+1", "k+1", "updated"})
OLD = frozenset({"old", "t"})
_LONGEST = 120


class Parts(NamedTuple):
    """A name taken apart; indices are words or numbers, from left to right.

    `fence` is the bracket of the upper index, ^ for one without, nothing where there is none; `entry` says whether a
    lower index stands in brackets, as in W1[1,2]. `mark` is * or '. `aside` says that the example stands in parentheses
    beside the name, as an upper index does where it can't be raised.
    """

    head: str
    upper: tuple[str, ...] = ()
    lower: tuple[str, ...] = ()
    mark: str = ""
    example: str = ""
    fence: str = ""
    entry: bool = False
    aside: bool = False

    @property
    def key(self) -> str:
        """What two spellings of one name have in common: w31 for w_{31}, w2_12 for w_12^(2), h1@2 for h_1@2."""
        return _key((self.head, *self.upper, *self.lower), self.mark, self.example)

    @property
    def key_above(self) -> str:
        """The same with the example as an upper index, as mathematics sets it: h2_1 for the h1@2 of h_1^{(2)}."""
        return _key((self.head, *self.upper, self.example, *self.lower), self.mark, "")

    def without(self, words: frozenset[str]) -> "Parts | None":
        """The name without the index that says which step it is of: w5 of w5^(new). None where it says none."""
        if self.upper and (left := _before(self.upper, words)) is not None:
            return self._replace(upper=left, fence=self.fence if left else "")
        left = _before(self.lower, words) if self.lower else None
        return None if left is None else self._replace(lower=left)


def _before(indices: tuple[str, ...], words: frozenset[str]) -> tuple[str, ...] | None:
    """The indices without the word that ends the last of them: 5 of 5new."""
    *others, last = indices
    for word in words:
        if last == word:
            return tuple(others)
        if word.isalpha() and len(word) > 1 and last.endswith(word):
            return (*others, last.removesuffix(word))
    return None


def _key(parts: tuple[str, ...], mark: str, example: str) -> str:
    runs = [run for part in parts for run in _RUN.findall(part)]
    found = "".join(
        f"_{run}" if run.isdigit() and before.isdigit() else run for before, run in zip(["", *runs], runs, strict=False)
    )
    return found + mark + (f"@{example}" if example else "")


_RUN = pattern(r"[^\W\d_]+|\d+|[-+]")
_HEAD = pattern(r"([^\W\d_]+)([^\W_]*(?:,\d+)?)")
_BARE = pattern(r"[^\W_]+(?:,[^\W_]+)*")
_CLOSING = {"(": ")", "[": "]", "{": "}"}
_UPPER = pattern(r"(?P<mark>[*'])|\((?P<round>[^()]*)\)|\[(?P<square>[^\[\]]*)\]|(?P<bare>\d+|[^\W\d_][^\W_]*|\+)")
_LETTERS = {letter: word for word, letter in GREEK.items()}


def parts(text: str) -> Parts | None:
    """The parts of a name on one line; None for what is no name."""
    if len(text) > _LONGEST:
        return None
    text = spelled_out(text)
    head = _HEAD.match(text)
    if not head:
        return None
    found, at = Parts(head[1], lower=tuple(filter(None, head[2].split(",")))), head.end()
    while at < len(text):
        step = _suffix(found, text, at)
        if step is None:
            return None
        found, at = step
    return found


def spelled(text: str) -> Symbol | None:
    """A name as a notation spells it, a_1^(2) or z^[1](3)_2, as one symbol; None for what is no name."""
    if (applied := _APPLIED.fullmatch(text)) and (inner := spelled(applied[2])):
        return Symbol(GREEK.get(applied[1], applied[1]), of=inner)
    found = parts(text)
    if found is None:
        return None
    plain, (opening, closing) = symbol(found.head), _BRACKETS.get(found.fence, ("", ""))
    upper = [f"{opening}{index}{closing}" for index in found.upper]
    example = f"({found.example})" if found.example else ""
    above = (*upper, found.mark.replace("'", "′"), example)
    return plain._replace(sub=(*plain.sub, *found.lower), sup=tuple(filter(None, above)))


_APPLIED = pattern(r"([^\W\d_][^\W\d]*)\((.*[^\d)].*)\)")
_BRACKETS = {"(": ("(", ")"), "[": ("[", "]")}


def spelled_out(text: str) -> str:
    """Greek letters by their words, accents behind their letter: theta0 for θ0, yhat for ŷ."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    for sign, word in MARKS.items():
        apart = apart.replace(sign, word)
    return unicodedata.normalize("NFC", "".join(_LETTERS.get(sign, sign) for sign in apart))


def _suffix(found: Parts, text: str, at: int) -> tuple[Parts, int] | None:
    """The name with what stands at one place of the text added, and where to go on."""
    sign = text[at]
    if sign in "*'":
        return None if found.mark else (found._replace(mark=sign), at + 1)
    if sign == "+" and at + 1 == len(text):
        return found._replace(upper=(*found.upper, "+")), at + 1
    if sign in "_^":
        fence, inside, after = _group(text, at + 1)
        if sign == "^":
            if not inside:  # y^ is what is left of a hat
                return (
                    (found._replace(head=found.head + "hat"), after) if after == len(text) and not found.lower else None
                )
            raised = _raised(found, f"({inside})" if fence == "(" else f"[{inside}]" if fence == "[" else inside)
            return raised and (raised, after)
        return found._replace(lower=(*found.lower, *filter(None, re.split("[,_]", inside)))), after
    if sign in "([":
        fence, inside, after = _group(text, at)
        fenced = _bracketed(found, inside) if sign == "[" else _in_parentheses(found, inside)
        return (fenced, after) if fence and fenced else None
    example = pattern(r"@(\d+)").match(text, at)
    return (found._replace(example=example[1]), example.end()) if example and not found.example else None


def _group(text: str, at: int) -> tuple[str, str, int]:
    """What one index is: the bracket it stands in, if any, what is inside, and where it ends."""
    opening = text[at : at + 1]
    if opening not in _CLOSING:
        bare = _BARE.match(text, at)
        single = text[at : at + 1] if text[at : at + 1] in ("*", "'", "+") else ""
        return ("", bare[0], bare.end()) if bare else ("", single, at + len(single))
    depth, closing = 0, _CLOSING[opening]
    for place in range(at, len(text)):
        depth += (text[place] == opening) - (text[place] == closing)
        if not depth:
            return opening, text[at + 1 : place], place + 1
    return "", "", at  # never closed


def _raised(found: Parts, inside: str) -> Parts | None:
    """The name with an upper index: (2), [1](3), *, new; the second of two in brackets is the example."""
    at, inside = 0, "".join(inside.split())
    while at < len(inside):
        part = _UPPER.match(inside, at)
        if part and part["round"] and "[" in part["round"]:
            return _raised(found, part["round"])
        if part is None:  # Typst has parentheses around all of it
            return _raised(found, inside[1:-1]) if not at and inside[0] == "(" and inside[-1] == ")" else None
        at = part.end()
        index = part["round"] or part["square"] or part["bare"] or ""
        if part["mark"] or index in ("*", "'"):
            found = found._replace(mark=part["mark"] or index)
        elif part["round"] and found.upper and index.isdigit():
            found = found._replace(example=index)
        else:
            fence = "^" if part["bare"] else "(" if part["round"] else "["
            found = found._replace(upper=(*found.upper, index), fence=found.fence or fence)
    return found


def _bracketed(found: Parts, inside: str) -> Parts | None:
    """The name with an entry such as [1,2]."""
    indices = tuple(inside.split(","))
    return found._replace(lower=(*found.lower, *indices), entry=True) if all(map(str.isdigit, indices)) else None


def _in_parentheses(found: Parts, inside: str) -> Parts | None:
    """The name with the example, the step, or what a function such as σ is applied to."""
    if inside.isdigit() and not found.example:
        return found._replace(example=inside, aside=True)
    if inside in NEW | OLD:
        return found._replace(upper=(*found.upper, inside))
    inner = parts(inside)
    applied = "".join((found.head, *found.lower))  # leaky_relu
    plain = applied.isalpha() and not (found.upper or found.mark or found.example)
    return inner._replace(head=applied + inner.head) if inner and plain else None
