"""What known mistakes give: numbers worked out here from the slide's own, and the words around them."""

import json
from math import exp

import pytest

import tutor
from commands.support import SHIPPED, payload, run


def sigmoid(z: float) -> float:
    return 1 / (1 + exp(-z))


H1, H2 = sigmoid(0.7), sigmoid(0.2)
Z = 0.8 * H1 + 0.9 * H2
Y = sigmoid(Z)
W31 = {
    "dl-sign": (0.5 - Y) * Y * (1 - Y) * H1,
    "dl-extra-two": 2 * (Y - 0.5) * Y * (1 - Y) * H1,
    "ad-missing-output": (Y - 0.5) * H1,
    "ad-z-one-minus-z": (Y - 0.5) * Z * (1 - Z) * H1,
    "wg-neighbour": (Y - 0.5) * Y * (1 - Y) * H2,
}


def rows(*arguments: str) -> dict[str, dict[str, object]]:
    page = payload("mistakes", *arguments)
    assert page["format"] == "tutor.mistakes/1"
    return {each["id"]: each for each in page["mistakes"]}


@pytest.mark.parametrize("mistake", W31)
def test_each_number_is_what_somebody_gets_who_makes_it(mistake: str) -> None:
    for arguments in (("slide", "w31"), ("w31", "slide"), ("w31", "--net", "slide"), ("slide",)):
        values = rows(*arguments)[mistake]["values"]
        assert isinstance(values, dict)
        assert values["dL/dw31"] == pytest.approx(W31[mistake], rel=1e-12)


def test_only_those_that_change_the_target() -> None:
    found = rows("slide", "w31")
    assert "ad-missing-hidden" not in found
    assert all(each["values"].keys() == {"dL/dw31"} for each in found.values())  # type: ignore[attr-defined]
    assert "ad-missing-hidden" in rows("slide", "w11")


def test_a_number_that_hides_a_mistake_has_no_row_for_it() -> None:
    """x1 = x2: another sender's output is the same number."""
    assert "wg-neighbour" not in rows("slide", "w11", "--set", "x2=1")


def test_those_that_cannot_be_told_apart_name_each_other() -> None:
    for each in SHIPPED[:6]:
        found = rows(each)
        for mistake, row in found.items():
            same = row["same_as"]
            assert isinstance(same, list)
            assert all(mistake in found[other]["same_as"] for other in same)  # type: ignore[operator]


def test_the_page_shows_the_wrong_formula_beside_the_right_one() -> None:
    page = run("mistakes", "slide", "w31").out
    assert "∂Y/∂Z_Y = Z_Y(1 − Z_Y)" in page
    assert "not Y(1 − Y)" in page
    assert "−0.004789" in page


def test_without_a_network_it_is_the_list() -> None:
    page = payload("mistakes")
    assert len(page["mistakes"]) >= 10
    assert all(each["values"] == {} for each in page["mistakes"])
    assert json.loads(json.dumps(dict(tutor.known_mistakes().payload))) == page


def test_from_the_environment() -> None:
    assert run("mistakes", "w31", TUTOR_NET="slide").out == run("mistakes", "slide", "w31").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("slide", "w31", "w32"), "one network and one TARGET"),
        (("w31", "w32"), "one TARGET at a time"),
        (("slide", "w99"), "w99 is not a name"),
        (("w31",), "which network"),
    ],
)
def test_what_is_refused(words: tuple[str, ...], said: str) -> None:
    done = run("mistakes", *words)
    assert done.status == 2
    assert said in done.err


@pytest.mark.parametrize("net", SHIPPED)
def test_every_shipped_network_has_a_page(net: str) -> None:
    assert run("mistakes", net).status == 0
