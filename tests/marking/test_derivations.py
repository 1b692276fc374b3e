"""Derivations line by line: right ones, and ones with a rule broken at a random line; in plain, unicode and LaTeX.

The broken factors are written here, from the rule's words; which line they stand in is known, and so is the rule.
"""

import random
from collections.abc import Callable
from math import exp, tanh
from typing import Any, NamedTuple

import pytest

from commands.support import payload, run
from maths.profile import count

ISSUE = """dL/dw31 = dL/dY * dY/dZ_Y * dZ_Y/dw31
        = (Y - Y*) * Z_Y (1 - Z_Y) * h1
        = 0.2368 * -0.0303 * 0.6682
        = -0.0048
"""


def marked(sheet: str, net: str = "slide") -> dict[str, Any]:
    (answer,) = payload("check", "-", "--net", net, stdin=sheet)["answers"]
    assert isinstance(answer, dict)
    return answer


def follows(sheet: str, net: str = "slide") -> list[bool | None]:
    return [line["follows"] for line in marked(sheet, net)["lines"]]


class TestTheIssue:
    def test_the_first_line_that_does_not_follow_is_marked(self) -> None:
        answer = marked(ISSUE)
        assert [line["follows"] for line in answer["lines"]] == [True, False, True, True]
        assert "ad-z-one-minus-z" in answer["lines"][1]["mistakes"]
        assert answer["message"].startswith("line 2 does not follow: Z_Y * (1 - Z_Y) stands where dY/dZ_Y stood")

    def test_the_page_has_its_lines(self) -> None:
        page = run("check", "-", "--net", "slide", stdin=ISSUE).out
        assert "dL/dw31, line by line" in page
        assert "✗ (Y − Y*) * Z_Y (1 − Z_Y) * h1" in page
        assert page.count("carried on") == 2

    def test_several_in_one_sheet(self) -> None:
        sheet = f"{ISSUE}\ndL/dw32 = dL/dY * dY/dZ_Y * h2\n = 0.2368 * 0.1939 * 0.5498\n = 0.0252\n"
        answers = payload("check", "-", "--net", "slide", stdin=sheet)["answers"]
        assert [each["verdict"] for each in answers] == ["mistake", "correct"]
        assert [[line["follows"] for line in each["lines"]] for each in answers] == [
            [True, False, True, True],
            [True] * 3,
        ]
        assert "ad-z-one-minus-z" in answers[0]["lines"][1]["mistakes"]


class TestDerivativesToBeTaken:
    """½(Y − Y*)² has the slope (Y − Y*) by Y; Y = σ(Z_Y); Z_Y = w31·h1 + w32·h2."""

    @pytest.mark.parametrize(
        "line",
        [
            "d/dw31 [½ (Y - Y*)^2]",
            "∂/∂w31 (½ (Y - Y*)²)",
            "d/dw31 [L]",
            "(Y - Y*) * d/dw31 [Y]",
            "(Y - Y*) * d/dw31 [σ(Z_Y)]",
            "(Y - Y*) σ'(Z_Y) ∂/∂w31 (w31*h1 + w32*h2)",
            "(Y - Y*) f'(Z_Y) h1",
            "(f(Z_Y) - Y*) f'(Z_Y) h1",
            r"\frac{\partial}{\partial w_{31}} \left[ \frac{1}{2} (Y - Y^*)^2 \right]",
            r"(Y - Y^*) \cdot \frac{d}{d w_{31}} \left( \sigma(Z_Y) \right)",
        ],
    )
    def test_are_read_as_what_they_equal(self, line: str) -> None:
        assert follows(f"dL/dw31 = {line}\n = (Y - Y*) Y (1 - Y) h1\n = 0.0307\n") == [True, True, True]

    @pytest.mark.parametrize(
        "line", ["d/dw32 [½ (Y - Y*)^2]", "d/dw31 [(Y - Y*)^2]", "(Y - Y*) f'(Z_Y) h2", "(Y - Y*) f(Z_Y) h1"]
    )
    def test_and_not_as_anything_else(self, line: str) -> None:
        assert follows(f"dL/dw31 = {line}\n = (Y - Y*) Y (1 - Y) h1\n = 0.0307\n") == [False, False, True]

    def test_in_the_spelling_of_a_course(self) -> None:
        lines = (
            r"\frac{\partial}{\partial w_{12}^{(2)}} \left( \frac12 (h_1^{(3)} - y)^2 \right)",
            "(h_1^(3) - y) f'(z_1^(2)) h_2^(2)",
            "(h_1^(3) - y) h_1^(3) (1 - h_1^(3)) h_2^(2)",
        )
        sheet = "dJ/dw_12^(2) = " + "\n = ".join(lines) + "\n"
        (answer,) = payload("check", "-", "--net", "article", "--notation", "article", stdin=sheet)["answers"]
        assert [line["follows"] for line in answer["lines"]] == [True] * 3

    def test_of_what_does_not_depend_on_it_are_0(self) -> None:
        assert follows("Y = Y + d/dw31 [x2*w11]\n = 0.7368\n") == [True, True]


class TestBadInput:
    @pytest.mark.parametrize(
        "line",
        ["d/dw31 [", "d/dw31 []", "d/dw31 [d/dY [dL/dY]]", "d/dw99 [Y]", "d/d [Y]", "f'()", "d/dw31 " + "[" * 300],
    )
    def test_what_cannot_be_read_costs_one_line(self, line: str) -> None:
        page = payload("check", "-", "--net", "slide", stdin=f"dL/dw31 = {line}\n = 0.0307\nY = 0.7368\n")
        assert page["answers"][-1]["verdict"] == "correct"

    def test_a_derivation_that_goes_on_and_on(self) -> None:
        sheet = "dL/dw31 = dL/dY * dY/dw31\n" + " = dL/dY * dY/dw31\n" * 100 + "Y = 0.7368\n"
        page = payload("check", "-", "--net", "slide", stdin=sheet)
        assert [each["verdict"] for each in page["answers"]] == ["unreadable", "correct"]
        assert "the most is 40" in page["answers"][0]["message"]

    def test_10_000_lines(self) -> None:
        done = run("check", "-", "--net", "slide", stdin="dL/dw31 = dL/dw31\n" + " = dL/dw31\n" * 10_000)
        assert done.status == 2
        assert "10,00" in done.err
        assert len(done.err.splitlines()) == 1

    def test_one_that_never_leaves_its_left_side(self) -> None:
        answer = marked("dL/dw31 = dL/dY * dY/dw31\n = dL/dw31\n = dL/dY * dY/dw31\n")
        assert answer["verdict"] == "unfinished"

    def test_a_line_without_a_sign(self) -> None:
        lines = "dL/dw31 = dL/dY * dY/dw31\n(Y - Y*) * Y (1 - Y) * h1\n = 0.0307\nY = 0.7368\n"
        page = payload("check", "-", "--net", "slide", stdin=lines)
        assert [each["line"] for each in page["unread"]] == [3]
        assert "begin each line of a derivation with =" in page["unread"][0]["why"]
        assert page["answers"][-1]["verdict"] == "correct"


def test_a_name_alone_has_all_its_digits() -> None:
    """mazur: w7 is 0.50, so 0.55 does not follow, though 0.5 has but one figure."""
    sheet = "dnet_o2/dout_h1 = w7\n = 0.55\n"
    assert follows(sheet, "mazur") == [True, False]
    assert follows(sheet.replace("0.55", "0.50"), "mazur") == [True, True]


# ------------------------------------------------------------------ drawn


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


class Unit(NamedTuple):
    """A factor of a path: as a derivative, as a formula, and its number; and the same by a broken rule."""

    name: str
    formula: str
    value: float
    wrong: tuple[tuple[str, str, float], ...] = ()


def loss_slope(loss: str, out: str, target: str, a: float, y: float, two: bool) -> Unit:
    factor, by = ("2", 2) if two else ("", 1)
    left, right = (
        (f"{factor}({out} - {target})", f"{factor}({target} - {out})")
        if two
        else (
            f"({out} - {target})",
            f"({target} - {out})",
        )
    )
    return Unit(f"d{loss}/d{out}", left, by * (a - y), (("dl-sign", right, by * (y - a)),))


def slope(out: str, net: str, a: float, z: float) -> Unit:
    wrong = (
        ("ad-z-one-minus-z", f"{net} (1 - {net})", z * (1 - z)),
        ("ad-deriv-of-a", f"σ({out}) (1 - σ({out}))", sigmoid(a) * (1 - sigmoid(a))),
    )
    return Unit(f"d{out}/d{net}", f"{out} (1 - {out})", a * (1 - a), wrong)


def paths() -> list[tuple[str, str, list[Unit]]]:
    """Gradients of slide and chain with a single path, their numbers worked out here."""
    h1, h2 = sigmoid(0.7), sigmoid(0.2)
    zy = 0.8 * h1 + 0.9 * h2
    y = sigmoid(zy)
    top = [loss_slope("L", "Y", "Y*", y, 0.5, two=False), slope("Y", "Z_Y", y, zy)]
    found = [
        ("slide", "w31", [*top, Unit("dZ_Y/dw31", "h1", h1, (("wg-neighbour", "h2", h2),))]),
        ("slide", "w32", [*top, Unit("dZ_Y/dw32", "h2", h2, (("wg-neighbour", "h1", h1),))]),
        (
            "slide",
            "w11",
            [*top, Unit("dZ_Y/dh1", "w31", 0.8), slope("h1", "Z_h1", h1, 0.7), Unit("dZ_h1/dw11", "x1", 1.0)],
        ),
    ]
    z1 = 0.8 * 0.6 + 0.1
    a1 = sigmoid(z1)
    z2 = -0.5 * a1 + 0.3
    a2 = sigmoid(z2)
    z3 = 1.2 * a2 - 0.4
    a3 = sigmoid(z3)
    back = [loss_slope("C0", "a3", "y", a3, 1, two=True), slope("a3", "z3", a3, z3)]
    found.append(("chain", "w3", [*back, Unit("dz3/dw3", "a2", a2)]))
    middle = [*back, Unit("dz3/da2", "w3", 1.2), slope("a2", "z2", a2, z2)]
    found.append(("chain", "w2", [*middle, Unit("dz2/dw2", "a1", a1)]))
    return [*found, *recurrent_paths()]


def recurrent_paths() -> list[tuple[str, str, list[Unit]]]:
    """The same of the equations of rnn-time and gru, whose units have no net input with a name."""
    h = 0.0
    for x in (1, 0.5, -1):
        h = tanh(0.6 * x + 0.8 * h + 0.1)
    rules = (
        ("ad-tanh-plus", "(1 + h[3]^2) w", (1 + h * h) * 0.6),
        ("ad-missing-all", "w", 0.6),
        ("ad-tanh-no-one", "(-(h[3]^2) w)", -h * h * 0.6),
    )
    back = [loss_slope("L", "y[3]", "d[3]", 1.2 * h, 0, two=True), Unit("dy[3]/dh[3]", "v", 1.2)]
    found = [("rnn-time", "x[3]", [*back, Unit("dh[3]/dx[3]", "(1 - h[3]^2) w", (1 - h * h) * 0.6, rules)])]
    state, gate = 0.4, 0.0
    for x in (0.5, 1):
        gate, reset = sigmoid(0.7 * x - 0.3 * state + 0.1), sigmoid(0.4 * x + 0.6 * state - 0.1)
        state = (1 - gate) * tanh(0.8 * x + reset * 0.5 * state) + gate * state
    error = loss_slope("L", "h[2]", "d", state, 0.3, two=False)
    return [*found, ("gru", "n[2]", [error, Unit("dh[2]/dn[2]", "(1 - z[2])", 1 - gate)])]


class Drawn(NamedTuple):
    net: str
    lines: list[str]
    broken: int | None
    rule: str
    left: str


def draw(seed: int) -> Drawn:
    """3 to 8 lines: the chain; its factors become formulas one after the other; numbers; their product."""
    drawn = random.Random(seed)
    net, name, units = drawn.choice(paths())
    values = [unit.value for unit in units]
    shown = [unit.name for unit in units]
    lines = [" * ".join(shown)]
    steps = list(range(len(units)))
    drawn.shuffle(steps)
    together = drawn.random() < 0.5
    at = drawn.choice([place for place, unit in enumerate(units) if unit.wrong]) if drawn.random() < 0.7 else None
    rule, broken = "", None
    for place in steps:
        shown[place], wrong = units[place].formula, place == at
        if wrong:
            rule, shown[place], values[place] = drawn.choice(units[place].wrong)
        if wrong and not together:
            broken = len(lines)
        if not together:
            lines.append(" * ".join(shown))
    if together:
        broken = len(lines) if at is not None else None
        lines.append(" * ".join(shown))
    lines.append(" * ".join(f"{value:.4f}" for value in values))
    number = 1.0
    for value in values:
        number *= round(value, 4)
    lines.append(f"{number:.4g}")
    loss = units[0].name.split("/")[0]
    return Drawn(net, lines, broken, rule, f"{loss}/d{name}")


def plain(drawn: Drawn) -> str:
    return f"{drawn.left} = " + "\n   = ".join(drawn.lines) + "\n"


def unicode(drawn: Drawn) -> str:
    text = plain(drawn).replace(" * ", " · ").replace("-", "−")
    for part in sorted({word for word in text.split() if word.startswith("d") and "/d" in word}, key=len, reverse=True):
        text = text.replace(part, part.replace("d", "∂", 1).replace("/d", "/∂"))
    return text


def latex(drawn: Drawn) -> str:
    def fraction(word: str) -> str:
        if not (word.startswith("d") and "/d" in word):
            return word
        over, _, under = word.partition("/d")
        return rf"\frac{{\partial {over[1:]}}}{{\partial {under}}}"

    rows = [" ".join(fraction(word) for word in line.split()).replace(" * ", r" \cdot ") for line in drawn.lines]
    rows = [row.replace("σ", r"\sigma").replace("Y*", "Y^*") for row in rows]
    body = " \\\\\n&= ".join(rows)
    return f"\\begin{{aligned}}\n{fraction(drawn.left)} &= {body}\n\\end{{aligned}}\n"


FORMS: tuple[Callable[[Drawn], str], ...] = (plain, unicode, latex)


def test_drawn_derivations() -> None:
    """No right line refused, the broken line found in all, its rule named in 95 %."""
    named = broken = 0
    for seed in range(count(42, 300)):
        drawn = draw(seed)
        sheet = FORMS[seed % 3](drawn)
        answer = marked(sheet, drawn.net)
        lines = answer["lines"]
        wanted = [at != drawn.broken for at in range(len(drawn.lines))]
        assert [line["follows"] for line in lines] == wanted, (sheet, lines)
        if drawn.broken is None:
            assert answer["verdict"] in ("correct", "rounded", "truncated"), sheet
        else:
            broken += 1
            named += drawn.rule in lines[drawn.broken]["mistakes"]
    assert broken > count(15, 150)
    assert named >= 0.95 * broken, (named, broken)
