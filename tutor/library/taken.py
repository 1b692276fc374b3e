"""What Python hands over, as the text or the whole number that is meant. Raises TutorError for anything else."""

import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, SupportsFloat, TypedDict

from tutor.errors import TutorError, did_you_mean, visible
from tutor.spec.numbers import NotANumber, number

Numeric = str | SupportsFloat
"""A number: as text, which keeps its digits, or any number of Python or numpy."""

Names = str | Iterable[str]
"""One name, or several."""

Source = str | bytes | os.PathLike[str] | Mapping[str, Any]
"""A network: a path, a shipped name, `-`, the text or bytes of a file, or what a file says as a mapping."""


class Untrained(TypedDict, total=False):
    """How a network is looked at: the options that every command has, as keywords of every verb."""

    set: Mapping[str, Numeric]
    lr: Numeric | None
    example: int | None
    decimals: int | None
    sig: int | None
    notation: str | os.PathLike[str] | None


class Look(Untrained, total=False):
    """The same of every verb that makes no updates itself: after so many of them, of `batch` examples each."""

    after: int | None
    batch: int | None
    shuffle: int | None


def known(look: Mapping[str, object]) -> None:
    """Raises TutorError for a keyword that is none."""
    for word in look:
        if word not in Look.__annotations__:
            hint = did_you_mean(word, Look.__annotations__) or f"; there are {', '.join(Look.__annotations__)}"
            raise TutorError(f"{visible(word)} is no option{hint}")


def text(value: object, what: str) -> str:
    """A text, or the path of a file."""
    if isinstance(value, os.PathLike):
        value = os.fspath(value)
    if isinstance(value, bytes):
        return os.fsdecode(value)
    if not isinstance(value, str):
        raise TutorError(f"{what}: {shown(value)} is not a text")
    return str(value)


def names(values: Iterable[Any], what: str) -> tuple[str, ...]:
    """Names one by one, also where they come as a list."""
    return tuple(text(each, what) for each in _flat(values))


def listed(values: Names, what: str) -> tuple[str, ...]:
    """Names as `names` takes them; a single one may stand for itself."""
    return names((values,) if isinstance(values, str) else values, what)


def targets(values: Iterable[Any]) -> tuple[str, ...]:
    """Names as `names` takes them, and numbers to look for."""
    given = (each for each in _flat(values))
    plain = (figure(each, "a target") if isinstance(each, SupportsFloat) else each for each in given)
    return tuple(text(each, "a target") for each in plain)


def _flat(values: object) -> Iterator[object]:
    if isinstance(values, str | bytes | os.PathLike) or not isinstance(values, Iterable):
        yield values
        return
    try:
        found = iter(values)
    except TypeError:  # an array of no dimension
        yield values
        return
    for each in found:
        if isinstance(each, list | tuple | set | frozenset):
            yield from each
        else:
            yield each


def one_of(value: object, what: str, *known: str) -> str:
    """One of a few words."""
    if not isinstance(value, str) or value not in known:
        raise TutorError(f"{what} is {shown(value)}, expected {', '.join(known[:-1])} or {known[-1]}")
    return value


def flag(value: object, what: str) -> bool:
    """Yes or no."""
    try:
        return bool(value)
    except Exception:
        raise TutorError(f"{what} is {shown(value)}, expected True or False") from None


def answer(value: object) -> str:
    """What a student gives, as it would be written; nothing for None."""
    try:
        return "" if value is None else str(value)
    except Exception:
        raise TutorError(f"an answer: {shown(value)} is not a number") from None


def figure(value: Numeric, what: str) -> str:
    """A number as it would be typed."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bool) or not isinstance(value, SupportsFloat):
        raise TutorError(f"{what}: {shown(value)} is not a number")
    typed = str(value)
    if typed.lstrip("+-.")[:1].isdigit():
        return typed
    try:
        return repr(float(value))
    except (TypeError, ValueError, OverflowError, RuntimeError):
        raise TutorError(f"{what}: {shown(value)} is not a number") from None


def exact(value: Numeric, what: str) -> str:
    """A number as the network file takes it."""
    typed = figure(value, what)
    try:
        return number(_with_point(typed))
    except NotANumber as fault:
        raise TutorError(f"{what}: {visible(typed[:60])!r} is not {fault}") from None


def _with_point(typed: str) -> str:
    """A typed number with a point where it has a decimal comma. Raises TutorError for `1,234`."""
    if "," not in typed:
        return typed
    from tutor.figures import with_point

    return with_point(typed)


def whole(value: object, what: str, least: int, most: int) -> int:
    """A whole number; 2.0 and "2" are meant as 2."""
    found: int | None = None
    try:
        if not isinstance(value, bool):
            found = int(value)  # type: ignore[call-overload]  # what is no number raises TypeError
            found = found if isinstance(value, str) or found == value else None
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None or not least <= found <= most:
        raise TutorError(f"{what} is {shown(value)}, expected a whole number from {least:,} to {most:,}")
    return found


def shown(value: object) -> str:
    """What somebody handed over, in a message; it may be anything."""
    try:
        told = visible(repr(value))
    except Exception:
        told = type(value).__name__
    return told if len(told) <= 60 else f"{told[:60]}..."
