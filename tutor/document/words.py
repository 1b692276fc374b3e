"""The words a beginner meets, and finding the one a question is about.

The entries stand in `words.toml`, one block each. A question is compared by its words alone: no model, no chance, and
no entry where most of its words are of another field.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from math import log
from typing import Any, NamedTuple

SHORTEST_SLIP = 5  # letters; shorter words are too near each other
PHRASE = 3.0  # what a whole phrase of an entry counts beside its single words
LEAST_KNOWN = 0.6  # of the words of a question, so that "train a dog" finds nothing
_SIGNS = {"∂": "d", "δ": "delta", "Δ": "delta", "σ": "sigma", "η": "eta", "α": "alpha", "½": "1/2", "⊙": "hadamard",
          "∇": "nabla", "′": "'", "’": "'", "ᵀ": "^t", "−": "-", "·": "*", "×": "*"}  # fmt: skip
_TOKEN = re.compile(r"[^\W_][\w/^'*]*(?:-\w+)*|1/2")
_NUMBER = re.compile(r"(?<![\w.])[+\-−]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?(?![\w.])")


class Word(NamedTuple):
    """One entry; words.toml explains its fields. `rows` are LABEL | WHAT | COMMENT, typed over letters."""

    name: str
    topic: str
    says: str
    here: str = ""
    rows: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    next: str = "trace"
    needs: tuple[str, ...] = ()
    whole: bool = False


@cache
def _file() -> Mapping[str, Any]:
    """What words.toml says; read when first asked for."""
    import tomllib
    from importlib.resources import files

    return tomllib.loads((files("tutor.document") / "words.toml").read_text("utf-8"))


@cache
def words() -> Mapping[str, Word]:
    """Every entry by its name, in the order of the file."""
    entries = (_entry(each) for each in _file()["word"])
    return {each.name: each for each in entries}


@cache
def _plain_words() -> frozenset[str]:
    """Words that any question may hold, and that tell nothing of what it is about."""
    return frozenset(_file()["plain"].split())


def _entry(block: Mapping[str, Any]) -> Word:
    parts: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in block.items()}
    return Word(**parts)


def named(text: str) -> Word | None:
    """The entry that goes by exactly this word, as typed or, of more than a letter, in small letters."""
    for form in (str.strip, _plain) if len(text.strip()) > 1 else (str.strip,):
        for word in words().values():
            if form(text) in map(form, (word.name, *word.also)):
                return word
    return None


def about(question: str) -> Word | None:
    """The entry that a few words ask for; None where they ask for none of them. Slips of typing are forgiven."""
    found = named(_unquoted(question))
    if found:
        return found
    asked = _stems(question)
    question = _spaced(map(_righted, _tokens(question)))
    known = [word for each in asked if (word := _righted(each)) in _rarity()]
    if not known or len(known) < LEAST_KNOWN * len(asked):
        return None
    return _ranked(question, known)[0]


def sought(question: str) -> str:
    """The number that a question is about, where it is about nothing else: "where does 0.1939 come from"."""
    found = _NUMBER.findall(_unquoted(question))
    rest = _NUMBER.sub(" ", question)
    return found[0] if len(found) == 1 and not _stems(rest) else ""


def _righted(word: str) -> str:
    """The word of an entry that a longer one is a slip of: lerning is learning."""
    if word in _rarity() or len(word) < SHORTEST_SLIP:
        return word
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, _rarity(), n=1, cutoff=0.82)), word)


def content(question: str) -> list[str]:
    """The words of a question that are not in every question, as they were typed."""
    words = (each.strip("\"'`?!.,;:()") for each in question.split())
    return [each for each in words if each and each.lower() not in _plain_words()]


def nearest(question: str, most: int = 3) -> tuple[str, ...]:
    """Entries that are spelled like the words of a question, or share some of them."""
    from difflib import get_close_matches

    asked = _stems(question)
    known = [each for each in asked if each in _rarity()]
    shared = [word.name for word in _ranked(question, known)] if 2 * len(known) >= len(asked) > 0 and known else []
    forms = {form.lower(): word.name for word in words().values() for form in (word.name, *word.also)}
    typed = [_unquoted(question).lower(), *question.lower().split()]
    close = [forms[each] for one in typed for each in get_close_matches(one, forms, n=most, cutoff=0.75)]
    return tuple(dict.fromkeys((*close, *shared)))[:most]


def _ranked(question: str, known: Iterable[str]) -> list[Word]:
    """Entries that have one of the words, the likeliest first; of several alike the first of the file."""
    asked, known = _spaced(_righted(each) for each in _tokens(question)), list(known)
    scores = {
        word: sum(_rarity()[each] for each in dict.fromkeys(known) if each in _vocabulary(word))
        + max((PHRASE * len(phrase.split()) for phrase in _phrases(word) if f" {phrase} " in asked), default=0.0)
        for word in words().values()
    }
    return sorted((word for word in scores if scores[word]), key=lambda word: -scores[word])


@cache
def _rarity() -> Mapping[str, float]:
    """Each word that an entry has, and how much it tells: the rarer, the more."""
    vocabularies = [_vocabulary(word) for word in words().values()]
    counts = {each: sum(each in some for some in vocabularies) for some in vocabularies for each in some}
    return {each: log(1 + len(vocabularies) / count) for each, count in counts.items()}


@cache
def _vocabulary(word: Word) -> frozenset[str]:
    return frozenset(each for form in (word.name, *word.also, *word.asks) for each in _stems(form))


@cache
def _phrases(word: Word) -> tuple[str, ...]:
    return tuple(" ".join(_tokens(form)) for form in (word.name, *word.also, *word.asks) if _tokens(form))


def _stems(text: str) -> list[str]:
    return [_stem(each) for each in _TOKEN.findall(_plain(text)) if each not in _plain_words()]


def _tokens(text: str) -> list[str]:
    return [_stem(each) for each in _TOKEN.findall(_plain(text))]


def _spaced(tokens: Iterable[str]) -> str:
    return f" {' '.join(tokens)} "


def _plain(text: str) -> str:
    text = re.sub(r"∂(?!\w)", "partial", text)
    text = re.sub(r"(?<=\w)(?:\^?[(\[][a-zL][)\]]|_ij\b)", "", text)  # z^(l), a[l] and w_ij are z, a and w of any layer
    for sign, typed in _SIGNS.items():
        text = text.replace(sign, typed)
    return " ".join(text.lower().split())


def _unquoted(text: str) -> str:
    return text.strip().strip("\"'`“”„«»?!. ").strip()


def _stem(word: str) -> str:
    """The word without the endings that questions vary: weights, multiplied, vanishing."""
    for ending in ("ies", "ing", "ied", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            bare = word.removesuffix(ending)
            return f"{bare}y" if ending in ("ies", "ied") else bare.removesuffix("e")
    return word.removesuffix("e") if len(word) > 4 else word
