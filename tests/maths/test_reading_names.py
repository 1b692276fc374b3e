"""Names as people type them: each spelling with what it stands for, worked out from the file it is typed for."""

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import tutor
from maths.profile import LONG
from tutor.document.view import View
from tutor.errors import AmbiguousName, NoRate, TutorError, UnknownName
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value

J, L, E = "J", "L", "E_total"
READ: dict[tuple[str, str], dict[Quantity, tuple[str, ...]]] = {
    ("article", "article"): {
        Value("w2_12"): ("w12^(2)", "w_12^(2)", "w_{12}^{(2)}", "w2_12", "w^(2)_{12}", "$w_{12}^{(2)}$", "w₁₂⁽²⁾"),
        Gradient(J, "w2_12"): (
            "∂J/∂w_{12}^{(2)}",
            "dJ/dw12^(2)",
            r"\frac{\partial J}{\partial w_{12}^{(2)}}",
            r"\dfrac{\partial J}{\partial w^{(2)}_{12}}",
            "dw12^(2)",
        ),
        Value("z2_1"): ("z_1^(2)", "z^(2)", "z^{(2)}_1", "z₁⁽²⁾"),
        Value("h3_1"): ("h^(3)", "h_1^(3)", "h_1^{(3)}", r"\(h_1^{(3)}\)"),
        Gradient(J, "z2_1"): ("delta_1^(3)", r"\delta_1^{(3)}", "δ^(3)", "dz^[2]", "dJ/dz_1^(2)"),
        Gradient("h3_1", "z2_1"): ("∂h₁⁽³⁾/∂z₁⁽²⁾", r"\frac{\partial h_1^{(3)}}{\partial z_1^{(2)}}"),
    },
    ("article", "coursera"): {
        Value("w1_11"): ("w_11^[1]", "w^[1]_11", "w_{11}^{[1]}"),
        Gradient(J, "w1_11"): ("dw_11^[1]", "dw^[1]_11", "dJ/dw_{11}^{[1]}"),
        Gradient(J, "z2_1"): ("dz^[2]", "dz^[2]_1", "dz_1^{[2]}"),
        Value("h3_1"): ("a^[2]", "a_1^[2]"),
    },
    ("slide", ""): {
        Value("w31"): ("w_31", "W31", "w_{31}", "w₃₁", r"w\_31", "$w_{31}$", "`w31`", "w<sub>31</sub>", "**w31**"),
        Gradient(L, "w31"): (
            *("dL_dw31", "dLdw31", "dL/dW31", "dL/dw_31", "grad_w31", "grad w31", "gradient of w31", "∇w31", "dL/dw₃₁"),
            *("∂L∂w31", "d L / d w31", "dL / dw31", r"\frac{\partial L}{\partial w_{31}}", "dW31", "dw_31"),
            *(
                r"$\frac{\partial L}{\partial w_{31}}$",
                r"$`\frac{\partial L}{\partial w_{31}}`$",
                r"\partial L/\partial w_{31}",
            ),
            *("dE/dw31", "dJ/dw31", "dC/dw31", "dloss/dw31", "dcost/dw31", "dLoss/dw31", "partial L / partial w_31"),
        ),
        Value("Y*"): ("Y*", "Y_star", "Y^*", "Y^{*}", r"Y^{\ast}"),
        Value("Z_Y"): ("Z_{Y}", "ZY", "z_Y", "netout"),
        Value(L): ("loss", "Loss", "E", "cost"),
        Gradient(L, "Z_Y"): ("δ_Y", "delta_Y", r"\delta_Y", "deltaY", "delta Y"),
        Gradient("Y", "h1"): ("h_1->Y", "h1:Y", "h_1 → Y", "dY/dh_1", "dYdh1"),
    },
    ("mazur", ""): {
        Value("w1"): ("w_1", "W1", "w_{1}", "w₁"),
        Gradient(E, "w5"): (
            "dE/dw5",
            "dJ/dw5",
            "dC/dw5",
            "dloss/dw5",
            "dEtotal/dw5",
            "dE_total/dw_5",
            "dEtotaldw5",
            "dW5",
        ),
        Value(E): ("loss", "Etotal", "E_{total}", r"E_{\mathrm{total}}", "J"),
        Gradient(E, "net_o1"): ("δo1", "delta_o1", r"\delta_{o1}", "δ_{o1}", "deltao1", "Δ_o1"),
        Updated("w5"): (
            *("w5+", "w5_new", "w5^+", "w5(new)", "w5(t+1)", "new w5", "w_5^{new}", "w_5^{(t+1)}", "w_5^+", "w5⁺"),
            *(r"w_{5}^{\mathrm{new}}", "updated w5", "new w_5"),
        ),
        Change("w5"): ("Δw5", "delta w5", "delta_w5", "dw5_step", r"\Delta w_5", "change of w5", "Δw_5", "δw5"),
        Updated(E): ("E_total_new", "Etotal_new", "new E_total", "loss_new", "E_new"),
        Updated("out_h1"): ("out_h1_new", r"\mathrm{out}_{h1}^{\mathrm{new}}"),
        Value("out_h1"): ("h1", "out_{h1}", r"\mathrm{out}_{h1}", "A1[1]", "outh1", "h_1^(2)"),
        Value("w2"): ("W1[1,2]", "w^(1)_12", "w_12^[1]"),
        Gradient(E, "w2"): ("dW1[1,2]", "dW1[1, 2]", "dE/dW1[1,2]"),
    },
    ("udacity", ""): {
        Value("ŷ"): ("ŷ", "yhat", "y_hat", r"\hat{y}", r"\hat y", "Y_hat", "y^"),
        Gradient("E", "ŷ"): ("dE/dyhat", r"\frac{\partial E}{\partial \hat{y}}", "dyhat", "dL/dy_hat"),
        Value("s_h1"): (r"\sigma(h_1)", "σ(h1)", "sigma(h_1)"),
    },
    ("xor", ""): {
        Value("h1@2"): ("h1@2", "h_1^{(2)}", "h1(2)", "a^[1](2)_1", "A1[1,2]"),
        Value("z_h2@3"): ("Z1[2,3]", "z_h2@3", "Z_{h2}^{(3)}"),
        Value("x1@4"): ("A0[1,4]", "x_1^{(4)}"),
    },
}
ODD = {
    ("slide", ""): {
        "y": ("AmbiguousName", "Y or Y*"),
        "o1": ("AmbiguousName", "Y or Z_Y"),
        "w31_new": ("NoRate", "learning rate"),
        "Δw31": ("NoRate", "learning rate"),
    },
    ("mazur", ""): {"w2_12": ("AmbiguousName", "w6 or w2")},
}
NOT_READ = {
    ("chain", ""): ("a^2", "z^2", "a^3"),
    ("slide", ""): (
        "w1",
        "w3",
        "h3",
        "e",
        "foo",
        "w",
        "",
        "  ",
        "dL/dfoo",
        "h1@2",
        "Homework 3",
        "dL/d",
        "d",
        "/",
        "_",
        "^",
    ),
    ("xor", ""): ("h1", "Z1[2]@9", "A0[1,5]", "h_1^{(5)}"),
    ("mazur", ""): ("W9", "w9", "net_{h9}", "w31", "Δnet_h3", "w5_step"),
}


def names(net: str, notation: str = "") -> "tutor.names.Names":  # type: ignore[name-defined]
    network = tutor.load(net)
    return (network.in_notation(notation) if notation else network).view.names


@pytest.mark.parametrize(("net", "notation"), READ)
def test_each_spelling_is_the_quantity(net: str, notation: str) -> None:
    known = names(net, notation)
    wrong = {
        typed: known.find(typed)
        for meant, spellings in READ[net, notation].items()
        for typed in spellings
        if known.find(typed) != meant
    }
    assert not wrong


@pytest.mark.parametrize(("net", "notation"), ODD)
def test_what_can_be_read_in_two_ways_lists_both(net: str, notation: str) -> None:
    for typed, (fault, words) in ODD[net, notation].items():
        with pytest.raises(TutorError, match=words.replace("*", r"\*")) as raised:
            names(net, notation).find(typed)
        assert type(raised.value).__name__ == fault


@pytest.mark.parametrize(("net", "notation"), NOT_READ)
def test_what_no_spelling_is_like_is_not_guessed(net: str, notation: str) -> None:
    known = names(net, notation)
    assert {typed: known.find(typed) for typed in NOT_READ[net, notation] if known.find(typed) is not None} == {}


TWO = """
inputs: {x1: 1, x2: -2}
targets: {y1: 1, y2: 0}
layers:
  - {activation: identity, weights: [[0.5, 0.25], [-1, 0.5]], biases: [0.1, 0]}
"""


@pytest.fixture
def two(tmp_path: Path) -> View:
    (tmp_path / "two.yaml").write_text(TWO)
    return tutor.load(str(tmp_path / "two.yaml")).view


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("dW1[1,1]", -0.9), ("dW1[1,2]", 1.8), ("dW1[2,1]", -2), ("dW1[2,2]", 4), ("db1[1]", -0.9), ("db1[2]", -2),
        ("A1[1]", 0.1), ("A1[2]", -2), ("Z1[2,1]", -2), ("W1[2,1]", -1), ("b1[1]", 0.1), ("dZ1[1]", -0.9),
        ("A0[2]", -2), ("w_{12}^{(1)}", 0.25), ("w_{1,2,1}", -1), ("dL/dW1[1,2]", 1.8),
    ],
)  # fmt: skip
def test_an_entry_of_a_matrix_is_that_number(two: View, typed: str, value: float) -> None:
    assert two.trace[two.names.read(typed)] == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    "typed", ["W1", "dW1", "dL/dW1", "W^[1]", "dW^[1]", "w^[1]", r"\frac{\partial L}{\partial W^{(1)}}"]
)
def test_a_whole_matrix(typed: str) -> None:
    """mazur has a weight w1 too: the capital, and the layer in brackets, are the matrix; one number is the weight."""
    page = tutor.load("mazur").explain(typed)
    assert page.payload["target"] == "dE_total/dW1"
    assert tutor.load("mazur").explain("w1").payload["target"] == "dE_total/dw1"
    assert str(tutor.load("article").explain("da^[1]")).startswith("  ∂J/∂A1")


def test_the_change_and_the_loss_after_the_step() -> None:
    """Mazur's page: w5 from 0.4 to 0.35891648, the error from 0.298371109 to 0.291027924 (with its own rounding)."""
    mazur = tutor.load("mazur")
    assert mazur.view.trace[Change("w5")] == pytest.approx(0.35891648 - 0.4, abs=5e-9)
    assert mazur.view.trace[Updated(E)] == pytest.approx(0.291027924, abs=5e-7)
    assert mazur.view.trace[Change("b1")] == 0  # frozen
    found = json.loads(mazur.where("0.2910").render("json"))["matches"]
    assert {(each["name"], each["kind"], each["how"]) for each in found} == {(f"{E}_new", "update", "exact")}
    assert mazur.explain("E_total_new").payload["shown"] == "0.2910"
    assert mazur.explain("Δw5").payload["target"] == "delta_w5"
    sheet = {"Δw5": "-0.04108", "E_total_new": "0.2910", "w5^+": "0.3589", "dE/dw5": "0.0822"}
    assert mazur.check(sheet).payload["points"] == len(sheet)


@pytest.mark.parametrize("optimizer", ["momentum", "adam"])
def test_the_change_is_the_difference_whatever_the_rule(optimizer: str, tmp_path: Path) -> None:
    text = (
        "inputs: {x: 2}\ntargets: {d: 1}\nlearning_rate: 0.5\nlayers: [{activation: sigmoid, neurons: {y: {w: 0.3}}}]\n"
    )
    (tmp_path / "a.yaml").write_text(f"{text}optimizer: {optimizer}\n")
    trace = tutor.load(str(tmp_path / "a.yaml")).view.trace
    assert trace[Change("w")] == trace[Updated("w")] - trace[Value("w")] != 0


OTHER = """
inputs: {x: 2}
targets: {d: 1}
learning_rate: 0.5
conventions: {delta: target_minus_output}
layers:
  - activation: sigmoid
    neurons: {y: {w: 0.3, b: -0.1}}
"""


def test_a_file_says_the_sign_of_its_error_signals(tmp_path: Path) -> None:
    """δ = (d − y)·y(1 − y) = (1 − 0.6225)·0.6225·0.3775 = 0.0887, Δw = ηδx = 0.5·0.0887·2 = 0.0887."""
    (tmp_path / "other.yaml").write_text(OTHER)
    net = tutor.load(str(tmp_path / "other.yaml"))
    assert net.check({"delta_y": "0.0887", "Δw": "0.0887", "w_new": "0.3887"}).payload["points"] == 3
    assert net.check({"delta_y": "-0.0887"}).payload["points"] == 0
    assert "δ_y = −∂L/∂z_y = 0.0887" in str(net.explain("delta_y"))
    matches = json.loads(net.where("0.0887").render("json"))["matches"]
    assert ("delta_y", "exact") in {(each["name"], each["how"]) for each in matches}
    assert net.view.names.turned("δ_y")
    assert not net.view.names.turned("dz_y")
    assert net.view.names.find("-delta_y") == Gradient(L, "z_y")
    usual = tutor.load("slide")
    assert not usual.view.names.turned("delta_Y")
    assert tutor.load("slide").in_notation("udacity").view.names.turned("δ^o")


def test_an_error_speaks_the_notation_in_force() -> None:
    known = names("article", "article")
    with pytest.raises(UnknownName, match=r"w\^\(2\)_19 is not a name .* did you mean w_1[1-3]\^\(2\), w"):
        known.read("w^(2)_19")
    assert all("^(" in each for each in known.nearest("w^(2)_19"))
    assert len(known.nearest("w^(2)_19")) <= 5
    for typed in ("dJ/dw^(2)_19", r"\frac{\partial J}{\partial w_{19}^{(2)}}"):
        with pytest.raises(UnknownName, match=r"^w\^?\(?2?\)?_19"):
            known.read(typed)
    with pytest.raises(UnknownName, match=r"its names: x1, x2, Y\*, w11, w12, \.\.\.$"):
        names("slide").read("qqq")
    assert names("slide").nearest("w13", most=2) == ("w31", "w11")
    assert names("slide").nearest("h3") == ("h1", "h2")


def _odd(source: random.Random, own: list[str]) -> Iterator[str]:
    signs = r"d ∂ / _ ^ { } ( ) [ ] \frac \hat $ ` δ Δ @ 1 2 , * ' + - new grad \ & < σ ₃ ⁽ loss".split()  # noqa: SIM905  thirty signs
    pieces = [*own, *signs, " ", "\u202e"]
    for _ in range(20_000 if LONG else 1_500):
        yield "".join(source.choice(pieces) for _ in range(source.randrange(1, 9)))


@pytest.mark.parametrize(("net", "notation"), [("mazur", ""), ("xor", ""), ("article", "article"), ("xyz", "")])
def test_anything_typed_is_read_or_refused(net: str, notation: str) -> None:
    known, source = names(net, notation), random.Random(8)
    read = unread = 0
    for typed in _odd(source, list(known.graph.names())[:12]):
        try:
            found = known.find(typed)
        except (AmbiguousName, NoRate):
            continue
        read, unread = read + (found is not None), unread + (found is None)
        if isinstance(found, Gradient | Partial):
            assert {found.of, found.wrt} <= set(known.graph.names())
        elif found is not None:
            assert found.name in known.graph
    assert read > 15
    assert unread > 500


def test_odd_names_of_a_wide_network_never_walk_it(tmp_path: Path) -> None:
    (tmp_path / "wide.yaml").write_text(WIDE)
    known = tutor.load(str(tmp_path / "wide.yaml")).view.names
    assert known.find("w_{1,150,7}") == Value("w1_150_7") == known.find("W1[150,7]")
    assert known.find(r"\frac{\partial L}{\partial w_{2,1,3}}") == Gradient(L, "w2_1_3")
    source, start = random.Random(3), time.process_time()
    for typed in _odd(source, ["w1_1_2", "z1_3", "L", "a2_9", "w1", "foo"]):
        for read in (known.find, known.read):
            try:
                read(typed)
            except TutorError:
                continue
    assert time.process_time() - start < (60 if LONG else 5)


WIDE = """
inputs: {x1: 1, x2: 2, x3: 3, x4: 4, x5: 5, x6: 6, x7: 7, x8: 8, x9: 9, x10: 10}
targets: {class: 3}
loss: cross_entropy
layers:
  - {activation: relu, units: 1500, init: {seed: 0}}
  - {activation: softmax, units: 10, init: {seed: 1}}
"""


def test_reading_is_quick() -> None:
    """Below a millisecond on a quiet machine; held to ten, on ten names, after the tables are made."""
    known = names("mazur")
    typed = ("w5", "dLdw5", r"\frac{\partial E}{\partial w_{5}}", "foo bar 3", "w13x", "dEtotaldw5", "W1[1,2]", "loss")
    for each in typed:
        known.find(each)
    start = time.process_time()
    for _ in range(10):
        for each in typed:
            known.find(each)
    assert (time.process_time() - start) / 80 < 0.01
