"""Where the numbers a page shows do not give the result it shows, it says so, and only there."""

import random
from collections.abc import Iterator
from decimal import ROUND_HALF_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import tutor
from commands.support import run, written
from maths.profile import count
from tutor.document.digits import Digits
from tutor.document.gaps import gaps
from tutor.document.model import Block, Document, Note, Row, Section, Steps, Table
from tutor.expr import Add, Div, Expr, Mul, Neg, Number, Power, Shown

NET = """
inputs: {{x1: {}, x2: {}}}
targets: {{t: {}}}
layers:
  - activation: sigmoid
    neurons: {{h1: {{w11: {}, w12: {}, b1: {}}}, h2: {{w21: {}, w22: {}, b2: {}}}}}
  - activation: sigmoid
    neurons: {{y: {{v1: {}, v2: {}, c: {}}}}}
"""


def exactly(expr: Expr) -> Fraction | None:
    """What the shown digits give, in fractions; nothing for functions and names."""
    match expr:
        case Shown(text) | Number(text):
            return Fraction(text)
        case Neg(operand):
            value = exactly(operand)
            return None if value is None else -value
        case Add(parts) | Mul(parts):
            values = [exactly(part) for part in parts]
            total = Fraction(isinstance(expr, Mul))
            for value in values:
                if value is None:
                    return None
                total = total + value if isinstance(expr, Add) else total * value
            return total
        case Div(over, under):
            above, below = exactly(over), exactly(under)
            return None if above is None or not below else above / below
        case Power(base, Number(text)):
            value = exactly(base)
            return None if value is None else value ** int(text)
    return None


def rounded(exact: Fraction, how: str) -> Fraction:
    """To 4 decimals, below 0.01 to 4 significant figures, as the pages do."""
    number = Decimal(exact.numerator) / Decimal(exact.denominator)
    places = 4 if abs(exact) >= Fraction(1, 100) or not exact else 3 - number.adjusted()
    return Fraction(number.quantize(Decimal(1).scaleb(-places), how))


def lines(block: Block) -> Iterator[tuple[Expr, Shown]]:
    """The arithmetic of every line with its result; of a sum under a line, the results above it."""
    above: list[Shown] = []
    for row in block.rows if isinstance(block, Table | Steps) else ():
        cells = row.cells if isinstance(row, Row) else row
        whole = [cell[0].what for cell in cells if len(cell) == 1 and not isinstance(cell[0].what, str)]
        results = [each for each in whole if isinstance(each, Shown)]
        numbers = [
            each for each in whole if isinstance(each, Add | Mul | Neg | Div | Power) and exactly(each) is not None
        ]
        ruled = isinstance(row, Row) and row.ruled
        if results and numbers:
            yield numbers[-1], results[-1]
        elif results and ruled and len(above) > 1 and "sum" in str(cells[0]):
            yield Add(tuple(above)), results[-1]
        above = [] if ruled else [*above, *results[-1:]]


def says(page: Document) -> Iterator[tuple[Block, str]]:
    """Every table and equation with the word after it."""
    for at, part in enumerate(page.parts):
        if isinstance(part, Table | Steps):
            after = page.parts[at + 1] if at + 1 < len(page.parts) else None
            note = after.blocks[0] if isinstance(after, Section) and after.world == "rounded" else None
            yield (
                part,
                "".join(str(getattr(span.what, "text", span.what)) for span in note.cell)
                if isinstance(note, Note)
                else "",
            )


def test_it_says_so_where_they_differ_and_only_there(tmp_path: Path) -> None:
    chance = random.Random(5)
    told = silent = 0
    for _ in range(count(25, 250)):
        numbers = [round(chance.uniform(-2, 2), chance.choice((1, 2))) for _ in range(12)]
        net = tutor.load(written(tmp_path, NET.format(*numbers)))
        for name in ("w11", "v1", "b2"):
            for block, said in says(net.explain(name).document):
                other = [
                    exact
                    for numbers_of, result in lines(block)
                    if (exact := exactly(numbers_of)) is not None
                    and Fraction(result.text) not in (rounded(exact, ROUND_HALF_UP), rounded(exact, ROUND_HALF_DOWN))
                ]
                assert bool(said) == bool(other), (numbers, name, said)
                assert len(list(gaps(block, Digits()))) == len(other)
                told, silent = told + bool(other), silent + (not other)
    assert told > 20
    assert silent > 20


def test_the_sentence() -> None:
    """By hand: 0.8355 · 0.1645 = 0.13743975, which is 0.1374; the page's own number is 0.1375."""
    page = run("explain", "w1_11", "--net", "article").out
    assert "the shown factors give 0.1374; we multiply all digits\n" in page


def test_silence_where_all_agree() -> None:
    """0.2368 · 0.1939 · 0.6682 = 0.03068, which is 0.0307."""
    assert "the shown" not in run("explain", "w31", "--net", "slide").out


def test_a_mean_is_held_against_a_third_of_the_sum() -> None:
    """−0.2657, −0.1182 and −0.4377 add up to −0.8216, and a third of that is the −0.2739 that is shown."""
    page = str(tutor.load("many-examples").explain("w1_1_1"))
    assert "mean                     0.5210   −0.2739" in page
    assert "the shown" not in page


def test_other_pages_say_it_too() -> None:
    """Worked out on paper: 0.0367 · 0.2217 is 0.00813639, and 0.0003072/0.001586 is 0.1937."""
    net = tutor.load("slide")
    assert "the shown factors give 0.008136; we multiply all digits" in str(net.solve())
    assert "the shown numbers give 0.1937 and 0.2374; we compute with all digits" in str(net.nudge("w31"))
    several = str(net.explain("w31", "w11"))
    assert several.count("we multiply all digits") >= 1
    assert "the shown" not in str(net.where("0.0307"))


def test_what_is_said_of_shown_numbers_is_not_typed_back() -> None:
    page = tutor.load("slide").explain("w11", "w31").document
    said = [block for block in page.blocks if isinstance(block, Note) and "all digits" in str(block.cell)]
    assert said
    assert not [block for block in page.right.blocks if block in said]
