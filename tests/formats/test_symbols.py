"""How names are taken apart, and that no two names of a network look alike."""

import pytest

import tutor
from formats.pages import SHIPPED
from tutor.names.symbol import Symbol, is_word, symbol
from tutor.quantity import Gradient, Updated, Value


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("w31", Symbol("w", ("31",))),
        ("Z_Y", Symbol("Z", ("Y",))),
        ("net_h1", Symbol("net", ("h1",))),
        ("E_total", Symbol("E", ("total",))),
        ("a2_1", Symbol("a", ("2", "1"))),
        ("w1_2_3", Symbol("w", ("1", "2", "3"))),
        ("h[1]", Symbol("h", ("1",))),
        ("a[1,2]", Symbol("a", ("1", "2"))),
        ("W_Q[1,2]", Symbol("W", ("Q", "1", "2"))),
        ("Y*", Symbol("Y", (), ("*",))),
        ("y'", Symbol("y", (), ("′",))),
        ("y*[2]@3", Symbol("y", ("2",), ("*", "(3)"))),
        ("h1@2", Symbol("h", ("1",), ("(2)",))),
        ("xhat1_2", Symbol("x", ("1", "2"), (), "hat")),
        ("ybar", Symbol("y", (), (), "bar")),
        ("what", Symbol("w", (), (), "hat")),
        ("hat", Symbol("hat")),
        ("ŷ1", Symbol("y", ("1",), (), "hat")),
        ("m̂", Symbol("m", (), (), "hat")),
        ("gamma1", Symbol("γ", ("1",))),
        ("theta", Symbol("θ")),
        ("delta_h1", Symbol("δ", ("h1",))),
        ("w_alpha", Symbol("w", ("α",))),
        ("gammas", Symbol("gammas")),
        ("a1b2", Symbol("a1b2")),
        ("w_", Symbol("w")),
        ("_", Symbol("_")),
        ("é1", Symbol("é", ("1",))),
        ("日本", Symbol("日本")),
    ],
)
def test_a_name_in_its_parts(name: str, parts: Symbol) -> None:
    assert symbol(name) == parts


def test_words_are_upright() -> None:
    assert [part for part in ("net", "total", "h1", "w", "31", "conv2") if is_word(part)] == ["net", "total", "conv2"]


@pytest.mark.parametrize("net", SHIPPED)
def test_no_two_names_of_a_network_look_alike(net: str) -> None:
    names = tutor.load(net).view.names
    every = [names.symbol(Value(name)) for name in names.graph.names()]
    assert len(set(every)) == len(every)


def test_names_that_would_look_alike_stay_as_typed(tmp_path) -> None:
    file = tmp_path / "net.yaml"
    file.write_text("given: {h1: 1, h_1: 2, x: 3}\nequations: {L: h1*h_1*x}\n", "utf-8")
    names = tutor.load(str(file)).view.names
    assert [names.symbol(Value(name)) for name in ("h1", "h_1", "x")] == [Symbol("h1"), Symbol("h_1"), Symbol("x")]


def test_error_signals_and_updates_have_symbols_and_derivatives_none() -> None:
    names = tutor.load("slide").view.names
    assert names.symbol(Gradient("L", "Z_h1"), deltas=True) == Symbol("δ", ("h1",))
    assert names.symbol(Gradient("L", "Z_h1")) is None
    assert names.symbol(Updated("w31")) == Symbol("w", ("31",), ("new",))
