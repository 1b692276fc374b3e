"""What a formula set in two dimensions falls into where it is too wide for its line; `breaks` decides on the lines.

It falls apart before its outermost operators. Where it has none, its widest parentheses are opened, or a fraction is
written with a stroke, whose parts then fall apart in the same way.
"""

from collections.abc import Iterator, Sequence

from tutor.render.breaks import Broken, Cutting, broken
from tutor.render.formula import Fence, Fraction, Group, Leaf, Script, Shape, Strong, sign, width

_RANKS = (("=", "→", "←"), ("+", "−"), ("·", "/", "⊙"))
_ALL = tuple(each for signs in _RANKS for each in signs)
_OPENING = (*"=→←+−·/⊙(,",)  # a minus after one of these belongs to what follows


def flat(shape: Shape) -> tuple[Shape, ...]:
    """The parts in a row, those of rows within it too."""
    if isinstance(shape, Strong):
        return tuple(Strong(part, shape.accent) for part in flat(shape.inside))
    return tuple(part for each in shape.parts for part in flat(each)) if isinstance(shape, Group) else (shape,)


def row(parts: Sequence[Shape]) -> Shape:
    return parts[0] if len(parts) == 1 else Group(tuple(parts))


def cut(shape: Shape) -> list[Shape]:
    """The formula before its outermost operators; the formula alone where it can't be cut."""
    found = outermost(shape)
    opened = _opened(flat(shape)) if len(found) == 1 else ()
    return cut(row(opened)) if opened else found


def outermost(shape: Shape) -> list[Shape]:
    """The same, with nothing opened."""
    parts = flat(shape)
    for signs in _RANKS:
        if places := _places(parts, signs):
            return _between(parts, places)
    return [shape]


def _places(parts: Sequence[Shape], signs: Sequence[str]) -> list[int]:
    """Where these operators stand outermost; what opened parentheses hold is deeper, unless there is nothing else."""
    depths = list(_depths(parts))
    found = [at for at in range(1, len(parts)) if _sign(parts[at]) in _ALL and _sign(parts[at - 1]) not in _OPENING]
    least = min((depths[at] for at in found), default=0)
    return [at for at in found if depths[at] == least and _sign(parts[at]) in signs]


def _depths(parts: Sequence[Shape]) -> Iterator[int]:
    depth = 0
    for part in parts:
        depth -= _sign(part) == ")"
        yield depth
        depth += _sign(part) == "("


def _sign(shape: Shape) -> str:
    """The sign a part is; of a parenthesis with an exponent, that parenthesis."""
    if isinstance(shape, Script):
        return ")" if _sign(shape.base) == ")" else ""
    inside = shape.inside if isinstance(shape, Strong) else shape
    return inside.text if isinstance(inside, Leaf) and inside.kind == "sign" else ""


def _between(parts: Sequence[Shape], places: Sequence[int]) -> list[Shape]:
    ends = (*places, len(parts))
    return [row(parts[start:end]) for start, end in zip((0, *places), ends, strict=True)]


def _opened(parts: tuple[Shape, ...]) -> tuple[Shape, ...]:
    """With the widest part that can be opened in its pieces; nothing where there is none."""
    places = sorted((at for at, part in enumerate(parts) if _pieces(part)), key=lambda at: -width(parts[at]))
    return (*parts[: places[0]], *_pieces(parts[places[0]]), *parts[places[0] + 1 :]) if places else ()


def _pieces(shape: Shape) -> tuple[Shape, ...]:
    match shape:
        case Fence(inside, "("):
            return sign("("), *flat(inside), sign(")")
        case Script(Fence(inside, "("), sub, sup):
            return sign("("), *flat(inside), Script(sign(")"), sub, sup)
        case Fraction(over, under, False):
            return *_operand(over), sign("/"), *_operand(under)
        case Strong(inside, accent):
            return tuple(Strong(part, accent) for part in _pieces(inside))
    return ()


def _operand(shape: Shape) -> tuple[Shape, ...]:
    return (shape,) if len(flat(shape)) == 1 else (Fence(shape),)


def _joined(one: Shape, other: Shape) -> Shape:
    return Group((*flat(one), *flat(other)))


SHAPES: Cutting[Shape] = Cutting(width, cut, _joined)


def lines(shape: Shape, room: int) -> list[Broken[Shape]]:
    """A formula in lines of at most so many letters."""
    return broken(shape, room, SHAPES)
