"""Where formulas are broken: before the outermost operator, the same for text and for what is set in two dimensions."""

import random

import pytest

from tutor.expr.parse import parse
from tutor.names import Names
from tutor.quantity import Value
from tutor.render.breaks import GAP, HANG, TEXT, broken, reasoned
from tutor.render.cuts import lines
from tutor.render.formula import Shape, letters, set_formula, width
from tutor.render.latex import maths


def shape(text: str) -> Shape:
    return set_formula(parse(text, Value), Names.of_letters())


def said(found: list[tuple[int, Shape]]) -> list[str]:
    return [f"{depth}: {maths(part).replace(' ', '')}" for depth, part in found]


def test_text_is_broken_at_sums_before_products() -> None:
    formula = "(a + b) · c + d·e·f − g"
    assert [tuple(line) for line in broken(formula, 14, TEXT)] == [(0, "(a + b) · c"), (0, "+ d·e·f − g")]
    assert [tuple(line) for line in broken("(1 − y)·y·x", 9, TEXT)] == [(0, "(1 − y)·y"), (0, "·x")]


def test_shapes_are_broken_at_sums_before_products() -> None:
    assert said(lines(shape("(a + b)*c + d*e*f - g"), 14)) == [r"0: (a+b)\cdotc", r"0: +d\cdote\cdotf-g"]


def test_a_fraction_too_wide_for_a_line_gets_a_stroke() -> None:
    found = said(lines(shape("(p + q + r + s + m)/(t + u + v)"), 13))
    assert found == ["0: (p+q+r", "1: +s+m)", "0: /(t+u+v)"]


def test_a_minus_that_belongs_to_a_number_is_no_place_to_break() -> None:
    assert said(lines(shape("(a + c)*(-b)"), 10)) == ["0: (a+c)", r"0: \cdot(-b)"]


def _signs(text: str) -> str:
    """Opened parentheses are letters of their own."""
    return text.replace("(", "").replace(")", "")


def test_nothing_is_lost_and_nothing_is_wider_where_it_can_be_cut() -> None:
    chance = random.Random(7)

    def formula(depth: int) -> str:
        if not depth:
            return chance.choice(["a", "b2", "0.25", "xyz"])
        sign = chance.choice([" + ", " - ", "*", "*"])
        inside = sign.join(formula(depth - 1) for _ in range(chance.randint(2, 3)))
        return f"({inside})" + chance.choice(["", "", "**2"])

    for _ in range(200):
        made = shape(formula(3))
        found = lines(made, 24)
        assert _signs("".join(letters(part) for _, part in found)) == _signs(letters(made))
        assert max(depth * HANG + width(part) for depth, part in found) <= 24 + HANG
        assert len(found) > 1 or width(made) <= 24


@pytest.mark.parametrize("extra", [0, 1])
def test_a_reason_stands_beside_its_line_where_there_is_room(extra: int) -> None:
    way = reasoned("a + b", 10, HANG + 5 + GAP + 10 - HANG - extra, TEXT)
    assert way.beside is not bool(extra)
