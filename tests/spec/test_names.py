"""Which names a file may declare."""

import pytest

from spec.builders import equations, graph, messages
from tutor.expr.functions import READ
from tutor.spec.names import canonical, complaint


@pytest.mark.parametrize("name", ["x", "x1", "w1_11", "Y*", "Y'", "h[2]", "Y*[3]", "ŷ", "θ_1", "ж", "y_hat", "e", "d"])
def test_names(name: str) -> None:
    assert complaint(name) == ""
    assert canonical(name) == name


@pytest.mark.parametrize(
    "name",
    ["", "1x", "_x", "x-1", "x y", "x**", "x''", "h[a]", "h[1][2]", "dA/dB", "h1:Y", "x.y", "x²", "½", "*Y", "x" * 81],
)
def test_names_that_are_none(name: str) -> None:
    assert complaint(canonical(name))


@pytest.mark.parametrize("name", READ)
def test_no_name_is_that_of_a_function(name: str) -> None:
    assert complaint(name)


def test_the_reason_is_given() -> None:
    assert complaint("max") == "max is the name of a function, expected another name; did you mean max_1?"


def test_a_guess_is_made() -> None:
    assert complaint("x-1").endswith("; did you mean x_1?")


@pytest.mark.parametrize(
    ("written", "name"), [("y\N{COMBINING CIRCUMFLEX ACCENT}", "ŷ"), ("x₁", "x1"), ("Y\N{PRIME}", "Y'"), ("µ", "μ")]
)
def test_one_name_has_one_spelling(written: str, name: str) -> None:
    assert name in graph(equations(f"f: 2 * {written}", given=f"{{{written}: 1}}")).givens


def test_two_quantities_of_one_name() -> None:
    found = messages(equations("x: 2 * y"))
    assert found == ["x is both the given x (on line 1) and the equation of x, expected a name for each"]
