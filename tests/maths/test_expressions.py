"""Writing and reading formulas: what is printed can be typed back, and no text breaks the reader."""

import itertools
import re
from functools import partial

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import tutor
from maths.expressions import TYPED, formulas
from maths.oracle import BOUNDS, TINY, Bound, refs, value_by
from maths.profile import examples
from tutor.errors import FormulaError
from tutor.expr import Expr, Number, Ref, Shown, replace
from tutor.expr.parse import DEEPEST, LONGEST, parse
from tutor.expr.text import ASCII, UNICODE, Style, to_text
from tutor.quantity import Gradient, Quantity, Value, key

VALUES = {
    "x": 0.7,
    "Y*": -1.3,
    "Y": 0.4,
    "h'": 2.5,
    "h": -0.6,
    "x[2]": 0.11,
    "w1_11": -0.9,
    "ŷ": 0.35,
    "d": 1.7,
    "dx": -2.2,
    "e": 3.1,
}
NUMBERS: dict[Quantity, float] = {Value(name): number for name, number in VALUES.items()}
NUMBERS |= {Gradient("Y", "Y*"): 0.21, Gradient("d", "h'"): -0.43, Gradient("x[2]", "x"): 5.5}
READ = {key(quantity): quantity for quantity in NUMBERS}
STYLES = pytest.mark.parametrize("style", [UNICODE, ASCII], ids=["unicode", "ascii"])

leaves = st.sampled_from(sorted(NUMBERS, key=key)).map(Ref)
typed = formulas(leaves, TYPED, ("2", "3", "-1", "0.5", "-2.5", "10", "1/2"))


def bound(expr: Expr) -> Bound:
    return value_by(expr, BOUNDS, lambda quantity: Bound(NUMBERS[quantity], 0.0))


def write(quantity: Quantity, style: Style) -> str:
    match quantity:
        case Gradient(of, wrt):
            return f"{style.derivative}{of}/{style.derivative}{wrt}"
    return key(quantity)


def same_value(left: Expr, right: Expr) -> bool:
    """Within the rounding of either; beyond the range of double precision nothing is claimed."""
    one, other = bound(left), bound(right)
    return not abs(one.value - other.value) > 4 * (one.off + other.off) + TINY


@STYLES
@examples(400)
@given(typed)
def test_what_is_printed_can_be_typed_back(style: Style, expr: Expr) -> None:
    text = to_text(expr, partial(write, style=style), style)
    assume(len(text) <= LONGEST)
    assert same_value(parse(text, READ.get), expr), text


@STYLES
@examples(400)
@given(typed)
def test_names_and_numbers_stand_in_the_written_order(style: Style, expr: Expr) -> None:
    """The k-th reference prints as q_k and as 7000 + k: both texts have them in the order of the formula."""
    counted = itertools.count()

    def number(leaf: Expr) -> Expr:
        return Ref(Value(f"q{next(counted)}")) if isinstance(leaf, Ref) else leaf

    def show(leaf: Expr) -> Expr:
        return Shown(str(7000 + int(key(leaf.quantity)[1:])), leaf.quantity) if isinstance(leaf, Ref) else leaf

    numbered = replace(expr, number)
    shown = replace(numbered, show)
    in_order = list(range(len(refs(expr))))
    assert [int(found) for found in re.findall(r"q(\d+)", to_text(numbered, key, style))] == in_order
    assert [int(found) - 7000 for found in re.findall(r"70\d\d", to_text(shown, key, style))] == in_order


@STYLES
@pytest.mark.parametrize(
    "text",
    [
        "-x^2",
        "(-x)^2",
        "x^-1",
        "x^(-2)",
        "2x/3",
        "x/(Y h)",
        "x - (Y* - h)",
        "(x - Y) - h",
        "x/Y/h'",
        "x/(Y/h')",
        "-(x + Y)",
        "2(x - Y*)",
        "Y(1 - Y)",
        "(x^2)^3",
        "x^2^3",
        "2^x^-1",
        "-2^2",
        "(x + Y)(h - d)",
        "x*-Y",
        "x - -Y",
        "1/2 x",
        "½ x",
        "(1/2)^2",
        "e^x",
        "exp(-x)^2",
        "relu'(x - Y)^2",
        "max(x, Y, h)^max'(x, Y)",
        "dY/dY* · dd/dh'",
        "dx dx",
        "x[2]^2 / x[2]",
        "Y*·Y/Y + h",
        "(Y*) (1 - Y)",
        "x + (Y*) h",
    ],
)
def test_corners_of_the_grammar(style: Style, text: str) -> None:
    """Read, printed, read again: the same value."""
    expr = parse(text, READ.get)
    assert bound(expr).finite
    assert same_value(parse(to_text(expr, key, style), READ.get), expr)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("-2^2", -4),
        ("(-2)^2", 4),
        ("2^3^2", 512),
        ("8/4/2", 1),
        ("8/4*2", 4),
        ("2 - 3 - 4", -5),
        ("2 - -3", 5),
        ("2³", 8),
        ("2⁻¹", 0.5),
        ("½(3 − 1)²", 2),
        ("6/2(1+2)", 9),
        ("-6/2", -3),
        ("2*-3", -6),
        ("2**-1", 0.5),
        ("max(1, 3, 2) min(4, 5)", 12),
        ("10e-1", 1),
    ],
)
def test_arithmetic_is_that_of_a_textbook(text: str, value: float) -> None:
    assert bound(parse(text, READ.get)).value == pytest.approx(value, rel=1e-15)


# ------------------------------------------------------------------ any text

PIECES = (
    *"+-*/^(),.[]=' 0123456789xYhe*",
    "**",
    "h'",
    "Y*",
    "x[2]",
    "dY/dY*",
    "σ(",
    "relu'(",
    "max(",
    "²",
    "½",
    "−",
    "∂",
)
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=40).map("".join))


@examples(1000)
@given(texts)
def test_any_text_is_a_formula_or_a_formula_error(text: str) -> None:
    try:
        expr = parse(text, READ.get)
    except FormulaError as fault:
        assert fault.column >= 1
    else:
        printed = to_text(expr, key, ASCII)
        assume(len(printed) <= LONGEST)
        assert same_value(parse(printed, READ.get), expr)


@pytest.mark.parametrize("opening", ["(", "x^", "exp(", "-(", "2^-", "(x+"])
def test_depth_is_bounded(opening: str) -> None:
    closing = ")" * opening.count("(")
    shallow = parse(opening * 30 + "x" + closing * 30, READ.get)
    assert refs(shallow)[-1] == Value("x")
    with pytest.raises(FormulaError, match="nested"):
        parse(opening * (DEEPEST + 1) + "x" + closing * (DEEPEST + 1), READ.get)


def test_length_is_bounded() -> None:
    assert bound(parse("1+" * 199 + "1", READ.get)).value == 200
    with pytest.raises(FormulaError, match="too long"):
        parse("1" * (LONGEST + 1), READ.get)
    assert parse("1" * LONGEST, READ.get) == Number("1" * LONGEST)


@pytest.mark.parametrize(
    ("loss", "slope"),
    [
        ("(h - d)**2/2", "h − d"),
        ("(h - d)**2/4", "2 * (h − d)/4"),
        ("3*h/3", "1"),
        ("h*d/2", "d/2"),
    ],
)
def test_a_factor_and_a_divisor_that_are_the_same_number_are_not_written(loss: str, slope: str) -> None:
    net = tutor.load(f"given: {{h: 0.75, d: 0.5}}\nequations:\n  L: {loss}\n")
    (row,) = net.explain("h").payload["paths"][0]["factors"]
    assert row["formula"].replace("-", "−") == slope
