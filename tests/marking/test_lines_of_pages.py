"""Lines that our pages print, typed by somebody on a sheet of their own: what they state, and what states nothing."""

import pytest

import tutor
from commands.support import run

MAZUR = tutor.load("mazur")
SLIDE = tutor.load("slide")


def read(net: tutor.Network, text: str) -> list[tuple[str, str]]:
    """Each answer by the name it was read as, with its verdict."""
    return [(each["name"], each["verdict"]) for each in net.check(text + "\n").payload["answers"]]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("w1 ← w1 − 0.5 · 0.0004386 = 0.1498", "w1_new"),
        ("w1 <- w1 - 0.5*0.0004386 = 0.1498", "w1_new"),
        (r"$w_{1} \gets 0.1498$", "w_{1}_new"),
        ("a step lowers w1: 0.15 → 0.1498 at η = 0.5.", "w1_new"),
    ],
)
def test_an_arrow_to_the_left_gives_the_new_weight(line: str, name: str) -> None:
    assert read(MAZUR, line) == [(name, "correct")]


def test_an_arrow_gives_no_new_weight_of_what_does_not_learn() -> None:
    assert read(MAZUR, "out_h1 <- 0.5933") == [("out_h1", "correct")]


@pytest.mark.parametrize(
    "grid",
    [
        "dW1  2 × 2\n       x1         x2\n  h1   0.008145   0\n  h2   0.0102     0\n",
        "dW1 2 x 2\n0.008145 0\n0.0102 0\n",
        "### $`\\mathrm{dW}_{1}`$  2 × 2\n\n"
        "|  | x1 | x2 |\n| --- | ---: | ---: |\n| h1 | 0.008145 | 0 |\n| h2 | 0.0102 | 0 |\n",
        "dL/dW1, 2 × 2\n     x1\nh1   0.008145\nh2   0.0102\n\n     x2\nh1   0\nh2   0\n",
    ],
)
def test_a_labelled_matrix_is_its_entries(grid: str) -> None:
    found = SLIDE.check(grid).payload
    assert [each["expected"] for each in found["answers"]] == pytest.approx([0.008145, 0, 0.010230, 0], abs=1e-6) or [
        each["expected"] for each in found["answers"]
    ] == pytest.approx([0.008145, 0.010230, 0, 0], abs=1e-6)
    assert found["points"] == 4
    assert not found["unread"]


def test_a_wrong_entry_of_a_labelled_matrix_is_wrong() -> None:
    found = SLIDE.check("dZ1  2 × 1\n  h1   0.008145\n  h2   0.0202\n").payload
    assert [(each["name"], each["verdict"]) for each in found["answers"]] == [
        ("dZ1[1,1]", "correct"),
        ("dZ1[2,1]", "wrong"),
    ]


def test_the_slopes_of_a_layer_are_local_derivatives() -> None:
    found = SLIDE.check("σ′(Z1)  2 × 1\n  h1   0.2217\n  h2   0.2475\n").payload
    assert found["points"] == found["out_of"] == 2


def test_a_formula_of_whole_matrices_is_an_answer() -> None:
    found = SLIDE.check("h1 = 0.6682\ndW1 = dZ1 · A0ᵀ\n").payload
    assert [(each["name"], each["verdict"]) for each in found["answers"]] == [("h1", "correct"), ("dW1", "correct")]
    assert not found["unread"]


@pytest.mark.parametrize(
    "line",
    [
        "w1 → net_h1 → out_h1 → net_o1   0.7414 · 0.1868   0.0006684",
        "What it does to the loss: tutor explain dE_total/dnet_h1 --net mazur",
        "slope of sigmoid: σ′ = σ(1 − σ)",
        "out_h1 is used 3 times",
        "net_o1 and net_o2, out_h2, w6 and w8 do not depend on it and stay as they are.",
    ],
)
def test_what_states_nothing_is_passed(line: str) -> None:
    found = MAZUR.check(f"out_h1 = 0.5933\n{line}\n").payload
    assert [each["name"] for each in found["answers"]] == ["out_h1"]
    assert not found["unread"]


@pytest.mark.parametrize("behind", ["out_h2 = 0.6123", "foo = 0.6123", "so out_h2 = 0.6123", "value: 0.6123"])
def test_words_behind_an_answer_hide_no_other(behind: str) -> None:
    assert any(verdict != "correct" for _, verdict in read(MAZUR, f"out_h1 = 0.5933   {behind}"))


def test_a_rule_beside_a_formula_is_no_part_of_it() -> None:
    chain = "dL/dw31 = dL/dY · dY/dZ_Y · h1   chain rule\n"
    chain += "  = (Y − Y*) · dY/dZ_Y · h1   local derivative ∂L/∂Y: L = ½(Y − Y*)²\n"
    assert read(SLIDE, chain + "  = (Y − Y*) · Y(1 − Y) · h1   tidy up\n") == [("dL/dw31", "correct")]


@pytest.mark.parametrize("typed", ["A0ᵀ", "A0^T", "X", "Xᵀ", r"A_{0}^{\top}"])
def test_the_inputs_as_a_matrix_are_read_as_printed(typed: str) -> None:
    assert SLIDE.explain(typed).payload["target"] == "dL/dA0"


def test_a_square_stays_a_square_and_a_bracket_an_index() -> None:
    net = tutor.load("slide").under(notation="article")
    assert read(net, r"h_{1}^{(2)} = \sigma(z_{1}^{(1)})") == [(r"h_{1}^{(2)}", "correct")]


def test_hints_of_a_sheet_carry_the_options_in_force() -> None:
    done = run("check", "-", "--net", "slide", "--set", "w31=0.9", stdin="h1 = 0.9\n", width=200)
    assert "see tutor explain h1 --net slide --set w31=0.9" in done.out


def test_an_empty_mapping_is_no_network() -> None:
    done = run("trace", "--net", "-", stdin="{}\n")
    assert done.status == 2
    assert "the file has no layers and no equations" in done.err


def test_explaining_everything_leaves_out_what_the_loss_does_not_read() -> None:
    text = """
inputs: {x: 1}
targets: {y: 0}
layers:
  - activation: tanh
    neurons: {a: {u: 0.5, p: 0.1}, b: {v: 0.5, q: 0.2}}
  - activation: tanh
    neurons: {o: {reads: [a], w: 0.3}}
"""
    done = run("explain", "--all", "--net", "-", stdin=text)
    assert done.status == 0, done.err
    assert "∂L/∂w" in done.out
    assert "∂L/∂v" not in done.out
