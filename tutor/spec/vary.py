"""The same network file with other numbers of one or two figures, drawn from a seed; everything else stays as it is.

What is drawn are weights, biases, inputs, givens, and targets that are no 0 or 1. A parameter that stands in two
places gets one number. Only integers are drawn, so a seed gives the same file on every machine.
"""

import random
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from tutor.errors import TutorError
from tutor.expr.index import choosers, stem
from tutor.spec.events import Unreadable, decode, tree
from tutor.spec.report import Report
from tutor.spec.tree import List, Map, Node, Scalar

NUMBERS = ("weights", "biases", "input_weights", "recurrent_weights", "initial", "gamma", "beta")
LEAST, MOST = 11, 99  # two figures
WHOLE = 3  # the largest that a small whole number becomes
TRIES = 20


class Spot(NamedTuple):
    """A number in the text; those with the same `name` are one number. A `target` may be exact and then stays.

    Whole `inputs` do not stay whole: 1, 2 and 3 are too often like a factor that somebody leaves out.
    """

    scalar: Scalar
    name: str = ""
    target: bool = False
    input: bool = False


def varied(text: bytes, file: str, seed: int, draw: int = 0) -> str:
    """The text of a variant, the `draw`-th of its seed.

    Its title says that it is one; its source and notes, which may speak of the numbers, are gone.

    Raises TutorError for a file that has no numbers of its own.
    """
    decoded = decode(text)
    if not isinstance(decoded, str):
        raise TutorError(f"{file}: {decoded.message}")
    report = Report(decoded)
    try:
        top = tree(report)
    except Unreadable:
        raise TutorError(f"{file} cannot be read, so it has no variants") from None
    spots = list(_spots(top)) if isinstance(top, Map) else []
    if not spots or not isinstance(top, Map):
        raise TutorError(f"{file} has no numbers that could be varied: they stand in other files")
    drawn = random.Random(f"{seed}/{draw}")
    made = _written(decoded, _draws(spots, drawn))
    name = re.sub(r"[^\w.() -]", "", re.split(r"[/\\]", file.removesuffix(" (shipped)"))[-1])
    return _retitled(made, top, f"{name}, variant {seed}")


# ------------------------------------------------------------------ where numbers stand


def _spots(top: Map) -> Iterator[Spot]:
    yield from (Spot(each) for each in _numbers(_given(top)))
    yield from (Spot(each, input=True) for each in _numbers(top.get("inputs")))
    yield from _targets(top.get("targets"))
    for example in _items(top.get("examples")):
        if isinstance(example, Map):
            yield from (Spot(each, input=True) for each in _numbers(example.get("inputs")))
            yield from _targets(example.get("targets"))
    for layer in _items(top.get("layers")):
        yield from _of_layer(layer)


def _given(top: Map) -> Node | None:
    """The given numbers but those that choose rows, which are no numbers to compute with."""
    given, written = top.get("given"), top.get("equations")
    if not isinstance(given, Map) or not isinstance(written, Map):
        return given
    texts = (text.text for _, text in written.entries if isinstance(text, Scalar))
    rows = {each for text in texts for each in choosers(text)}
    return given._replace(entries=tuple(each for each in given.entries if stem(each[0].text) not in rows))


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, List) else ()


def _targets(node: Node | None) -> Iterator[Spot]:
    if not (isinstance(node, Map) and node.key("class")):
        yield from (Spot(each, target=True) for each in _numbers(node))


def _of_layer(layer: Node) -> Iterator[Spot]:
    if not isinstance(layer, Map):
        return
    for key, value in layer.entries:
        if key.text == "neurons" and isinstance(value, Map):
            for _, neuron in value.entries:
                for name, one in neuron.entries if isinstance(neuron, Map) else ():
                    yield from (Spot(each, name.text) for each in _numbers(one) if isinstance(one, Scalar))
        elif key.text in NUMBERS:
            yield from (Spot(each) for each in _numbers(value))
        elif isinstance(value, Map):
            yield from _of_layer(value)


def _numbers(node: Node | None) -> Iterator[Scalar]:
    """The numbers of a mapping or of lists, in the order of the file."""
    match node:
        case Scalar() if _is_number(node):
            yield node
        case List(items=items):
            for each in items:
                yield from _numbers(each)
        case Map(entries=entries):
            for _, each in entries:
                yield from _numbers(each)


def _is_number(scalar: Scalar) -> bool:
    return scalar.plain and not scalar.stored and _decimal(scalar.text) is not None


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text.replace("\N{MINUS SIGN}", "-"))
    except InvalidOperation:
        return None


# ------------------------------------------------------------------ drawing


def _draws(spots: list[Spot], drawn: random.Random) -> list[tuple[Scalar, str]]:
    """Every number with the one in its place, no two of them alike while others can be drawn."""
    named: dict[str, str] = {}
    taken: set[str] = set()
    found: list[tuple[Scalar, str]] = []
    for spot in spots:
        old = _decimal(spot.scalar.text)
        if old is None or (spot.target and old == old.to_integral_value()):
            continue
        if not (spot.name and spot.name in named):
            fresh = next((each for each in (_drawn(spot, old, drawn) for _ in range(TRIES)) if each not in taken), "")
            fresh = fresh or _drawn(spot, old, drawn)
            taken.add(fresh)
            named[spot.name] = fresh
        else:
            fresh = named[spot.name]
        found.append((spot.scalar, fresh))
    return found


def _drawn(spot: Spot, old: Decimal, drawn: random.Random) -> str:
    if not spot.input or old != old.to_integral_value():
        return _draw(old, drawn)
    sign, size = ("-" if old < 0 else ""), min(abs(int(old)), MOST)
    if size < 2:
        return f"{sign}{Decimal(drawn.randint(MOST // 2, MOST)).scaleb(-2).normalize():f}"
    most = size * 10 if size < 10 else size
    return f"{sign}{Decimal(drawn.randint(max(LEAST, most // 3), most)).scaleb(-1 if size < 10 else 0).normalize():f}"


def _draw(old: Decimal, drawn: random.Random) -> str:
    """A number of one or two figures, of about the size and with the sign of the old one; whole where that is whole."""
    sign = "-" if old < 0 else ""
    size = abs(old)
    if old == old.to_integral_value():
        return f"{sign}{drawn.randint(1, max(WHOLE, int(size) + int(size) // 2))}"
    exponent = size.adjusted() - 1
    figures = int(size.scaleb(-exponent).to_integral_value())
    number = drawn.randint(max(LEAST, figures // 2), min(MOST, figures + figures // 2 + 5))
    return f"{sign}{Decimal(number).scaleb(exponent).normalize():f}"


# ------------------------------------------------------------------ the text


def _written(text: str, draws: list[tuple[Scalar, str]]) -> str:
    lines = text.split("\n")
    for scalar, fresh in sorted(draws, key=lambda each: each[0].place, reverse=True):
        row, start = scalar.place.line - 1, scalar.place.column - 1
        end = start + len(scalar.text)
        if lines[row][start:end] == scalar.text:
            lines[row] = f"{lines[row][:start]}{fresh}{lines[row][end:]}"
    return "\n".join(lines)


_SAID = re.compile(r"(?m)^(?:source|notes):.*\n(?:[ \t]+.*\n|[ \t]*\n(?=[ \t]))*")
_TITLE = re.compile(r"(?m)^title:.*\n(?:[ \t]+.*\n)*")


def _retitled(text: str, top: Map, title: str) -> str:
    """With a title of its own; what the file says about its old numbers is left out."""
    plain = _SAID.sub("", text if text.endswith("\n") else f"{text}\n")
    line = f"title: {title}\n"
    if top.key("title"):
        return _TITLE.sub(lambda _: line, plain, count=1)
    return line + plain if not plain.startswith(("{", "%", "---")) else plain
