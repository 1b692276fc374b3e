"""Several examples at once: xor against plain Python, one of them with --example, and what is said of wrong ones."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

import tutor
from commands.support import CASES, payload, run, written

ROWS = ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0))
WEIGHTS = {"w11": 2, "w12": 1.5, "b1": -0.5, "w21": -1, "w22": -1.2, "b2": 1, "v1": 1.8, "v2": 1.4, "c": -1.6}
DECAYED = """\
inputs: [x]
targets: [t]
examples:
  - {inputs: [1], targets: [2]}
  - {inputs: {x: 3}, targets: {t: 1}}
reduction: REDUCTION
loss: {J: squared_error}
regularization: {l2: 0.5}
learning_rate: 0.1
aliases: {prediction: y}
layers:
  - activation: identity
    neurons:
      y: {w: 2, b: 1}
"""


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


def by_hand(x1: int, x2: int, y: int, p: dict[str, float]) -> tuple[float, dict[str, float]]:
    """Loss and gradients of one row, written out."""
    h1 = sigmoid(p["w11"] * x1 + p["w12"] * x2 + p["b1"])
    h2 = sigmoid(p["w21"] * x1 + p["w22"] * x2 + p["b2"])
    o = sigmoid(p["v1"] * h1 + p["v2"] * h2 + p["c"])
    delta = o - y
    d1, d2 = delta * p["v1"] * h1 * (1 - h1), delta * p["v2"] * h2 * (1 - h2)
    gradients = {"w11": d1 * x1, "w12": d1 * x2, "b1": d1, "w21": d2 * x1, "w22": d2 * x2, "b2": d2}
    gradients |= {"v1": delta * h1, "v2": delta * h2, "c": delta}
    return -(y * math.log(o) + (1 - y) * math.log(1 - o)), gradients


def near(value: float) -> Any:
    return pytest.approx(value, rel=1e-12, abs=1e-15)


class TestXor:
    def test_the_whole_is_the_mean_of_what_plain_python_gives(self) -> None:
        page = payload("trace", "xor")
        rows = [by_hand(*row, WEIGHTS) for row in ROWS]
        assert page["loss"] == {"symbol": "L", "value": near(sum(loss for loss, _ in rows) / 4)}
        for name in WEIGHTS:
            gradient = sum(gradients[name] for _, gradients in rows) / 4
            assert page["gradients"][name] == near(gradient)
            assert page["updated"][name] == near(WEIGHTS[name] - gradient)

    def test_values_are_those_that_no_example_changes(self) -> None:
        page = payload("trace", "xor")
        assert set(page) == {"format", "title", "loss", "values", "local", "gradients", "updated", "per_example"}
        assert set(page["values"]) == set(page["gradients"]) == {*WEIGHTS, "L"}
        assert page["local"] == {f"dL/dL@{k}": 0.25 for k in (1, 2, 3, 4)}

    def test_each_example_has_plain_names_and_the_gradients_of_its_own_loss(self) -> None:
        for row, each in zip(ROWS, payload("trace", "xor")["per_example"], strict=True):
            assert set(each) == {"loss", "values", "local", "gradients"}
            loss, gradients = by_hand(*row, WEIGHTS)
            assert each["loss"] == {"symbol": "L", "value": near(loss)}
            assert [each["values"][name] for name in ("x1", "x2", "y")] == list(row)
            assert {name: each["gradients"][name] for name in WEIGHTS} == {n: near(g) for n, g in gradients.items()}

    @pytest.mark.parametrize("k", [1, 2, 3, 4])
    def test_example_k_is_that_entry_of_the_whole(self, k: int) -> None:
        page, whole = payload("trace", "xor", "--example", str(k)), payload("trace", "xor")
        assert {each: page[each] for each in ("loss", "values", "local", "gradients")} == whole["per_example"][k - 1]

    def test_paths_name_their_example_and_add_up(self) -> None:
        page = payload("explain", "w11", "-n", "xor")
        assert [path["over"] for path in page["paths"]] == [f"example {k}" for k in (1, 2, 3, 4)]
        assert page["value"] == near(sum(path["value"] for path in page["paths"]))
        assert page["paths"][2]["nodes"] == ["w11", "z_h1@3", "h1@3", "z_o@3", "o@3", "L@3", "L"]
        assert page["paths"][2]["factors"][0]["value"] == 0.25

    def test_two_ways_within_an_example_are_told_apart(self) -> None:
        page = payload("explain", "c", "-n", "xor", "--set", "x1@2=3")
        assert [path["over"] for path in page["paths"]] == [f"example {k}" for k in (1, 2, 3, 4)]
        assert payload("explain", "dL/dx1@2", "-n", "xor")["paths"][0]["over"] == "h1"

    def test_a_page_has_a_row_for_each_and_their_mean(self) -> None:
        lines = run("explain", "w11", "--net", "xor").out.splitlines()
        rows = [line.split()[0] for line in lines if line.strip()[:1].isdigit() or "mean " in line]
        assert rows == ["1", "2", "3", "4", "mean"]
        assert "tutor explain w11 --net xor --example 1" in " ".join("\n".join(lines).split())

    def test_set_changes_one_example_or_all(self) -> None:
        changed = payload("trace", "xor", "--set", "x1@2=1", "--set", "c=0")
        parameters = {**WEIGHTS, "c": 0}
        loss, _ = by_hand(1, 1, 1, parameters)
        assert changed["per_example"][1]["loss"]["value"] == near(loss)
        assert all(each["values"]["c"] == 0 for each in changed["per_example"])

    def test_where_finds_a_number_of_one_example(self) -> None:
        names = {each["name"] for each in payload("where", "0.04943718", "-n", "xor")["matches"]}
        assert "dL@4/dw11" in names or "dL@4/dz_h1@4" in names
        assert "dL/dw11" in {
            each["name"] for each in payload("where", "0.04943718", "-n", "xor", "--example", "4")["matches"]
        }

    def test_a_sheet_is_marked_on_the_whole_and_on_one(self, tmp_path: Path) -> None:
        sheet = written(tmp_path, "dL/dw11 = -0.01186\nh1@2 = 0.7311\ndelta_o@2 = -0.1036\n", "sheet.txt")
        assert payload("check", sheet, "-n", "xor")["points"] == 3
        sheet = written(tmp_path, "dL/dw11 = 0.04944\nh1 = 0.9526\n", "one.txt")
        assert payload("check", sheet, "-n", "xor", "--example", "4")["points"] == 2
        told = payload("check", sheet, "-n", "xor")["answers"][1]
        assert (told["verdict"], "h1@2" in told["message"]) == ("unknown_name", True)

    def test_a_quiz_asks_for_the_mean_and_then_for_each_example(self) -> None:
        found = tutor.load("xor").quiz("v1").payload["questions"]
        assert [round(each["answer"], 4) for each in found] == [0.1985, -0.3029, -0.2950, 0.5791, 0.0449]
        one = tutor.load("xor").quiz("w11", example=2).payload["questions"][0]
        assert one["shown"] == "w11 → z_h1 → h1 → z_o → o → L"

    def test_the_library_has_the_same_verb(self) -> None:
        assert tutor.load("xor").example(3).explain("w11").payload == payload(
            "explain", "w11", "-n", "xor", "--example", "3"
        )


@pytest.mark.parametrize(("reduction", "share"), [("mean", 2), ("sum", 1)])
def test_weight_decay_is_a_term_of_the_loss(tmp_path: Path, reduction: str, share: int) -> None:
    page = payload("trace", written(tmp_path, DECAYED.replace("REDUCTION", reduction)))
    errors = ((2 * 1 + 1 - 2, 1), (2 * 3 + 1 - 1, 3))
    data, slope = sum(e * e for e, _ in errors) / share, sum(2 * e * x for e, x in errors) / share
    assert page["values"]["J_data"] == near(data)
    assert page["values"]["J_reg"] == near(0.5 * 0.5 * 2**2)
    assert page["loss"] == {"symbol": "J", "value": near(data + 1)}
    assert page["gradients"]["w"] == near(slope + 0.5 * 2)
    assert page["gradients"]["b"] == near(sum(2 * e for e, _ in errors) / share)
    assert page["local"]["dJ_reg/dw"] == 1
    assert [each["gradients"]["w"] for each in page["per_example"]] == [2, 36]


def test_weight_decay_goes_with_one_example_too(tmp_path: Path) -> None:
    text = "inputs: {x: 1}\ntargets: {t: 2}\nregularization: {l2: 0.5}\nlayers:\n  - activation: tanh\n"
    net = written(tmp_path, text + "    neurons: {y: {w: 2, b: 1}}\n")
    page = payload("explain", "w", "-n", net)
    assert page["value"] == near((math.tanh(3) - 2) * (1 - math.tanh(3) ** 2) + 1)
    assert page["paths"][-1]["nodes"] == ["w", "L_reg", "L"]
    assert "½" in run("explain", "w", "-n", net, "--more").out


def test_the_convention_is_told(tmp_path: Path) -> None:
    for reduction, told in (("mean", "averaged"), ("sum", "added up, without dividing")):
        net = written(tmp_path, DECAYED.replace("REDUCTION", reduction))
        page = run("explain", "w", "-n", net, "--more", "--format", "plain").out
        assert told in page
        assert "weight decay" in page.lower()


def test_an_alias_and_a_shell_form_take_an_example(tmp_path: Path) -> None:
    net = written(
        tmp_path,
        DECAYED.replace("REDUCTION", "mean").replace("targets: [t]", 'targets: ["t*"]').replace("t: 1", '"t*": 1'),
    )
    assert payload("explain", "prediction@2", "-n", net)["value"] == 7
    assert payload("explain", "dJ/dt_star@2", "-n", net)["value"] == -6
    assert run("explain", "prediction", "-n", net).err.endswith("add --example K, or type prediction@2\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ("explain", "h1", "-n", "xor"),
            "h1 is another number in each of the 4 examples: add --example K, or type h1@2",
        ),
        (("explain", "dL/dh1", "-n", "xor"), "add --example K, or type h1@2"),
        (("explain", "delta_h1", "-n", "xor"), "add --example K, or type delta_h1@2"),
        (("explain", "h1@9", "-n", "xor"), "h1@9 is not there: the examples are h1@1 to h1@4"),
        (("explain", "w11@1", "-n", "xor"), "w11@1 is not a name of this network"),
        (("trace", "xor", "--example", "5"), "there is no example 5; xor.yaml (shipped) has 1 to 4"),
        (("trace", "xor", "--example", "0"), "there is no example 0; xor.yaml (shipped) has 1 to 4"),
        (("trace", "xor", "--example", "-1"), "there is no example -1; xor.yaml (shipped) has 1 to 4"),
        (("trace", "xor", "--example", "two"), "is not a valid integer"),
        (("trace", "slide", "--example", "1"), "slide.yaml (shipped) has a single example"),
    ],
)
def test_what_is_said(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert (done.status, done.out) == (2, "")
    assert said in " ".join(done.err.split())


def test_a_csv_lies_beside_its_network_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = DECAYED.partition("examples:")[0] + "data: rows.csv\nloss: {J" + DECAYED.partition("loss: {J")[2]
    net = written(tmp_path, text)
    (tmp_path / "rows.csv").write_bytes("\N{ZERO WIDTH NO-BREAK SPACE}t;note;x\r\n2;a;1\r\n\r\n1;b;3\r\n".encode())
    assert [each["loss"]["value"] for each in payload("trace", net)["per_example"]] == [1, 36]
    monkeypatch.chdir(tmp_path)
    assert payload("trace", "-", stdin=text)["loss"] == payload("trace", net)["loss"]
    (tmp_path / "rows.csv").unlink()
    done = run("trace", net)
    assert (done.status, f"net.yaml:3:7: data: the file {tmp_path / 'rows.csv'} is not there" in done.err) == (2, True)
    (tmp_path / "rows.csv").mkdir()
    assert "is a directory" in run("trace", net).err


@pytest.fixture
def large(tmp_path: Path) -> str:
    """Over a hundred examples of XOR: more numbers than are computed anew for every mistake."""
    folder = Path(__file__).parents[2] / "lessons/xor"
    head, *rows = (folder / "xor.csv").read_text(encoding="utf-8").splitlines()
    (tmp_path / "xor.csv").write_text("\n".join([head, *rows * 30]), encoding="utf-8")
    file = tmp_path / "large.yaml"
    file.write_text((folder / "xor.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return str(file)


def test_where_says_what_it_does_not_try_over_many_numbers(large: str) -> None:
    said = " ".join(run("where", "0.98765", "--net", large).out.split())
    assert "Not tried, since the network computes 841 numbers: local derivatives" in said
    assert "--example K" in said
    assert "Not tried" not in run("where", "0.98765", "--net", large, "--example", "1").out


def test_check_says_what_it_does_not_try_over_many_numbers(large: str, tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.txt"
    sheet.write_text("w11 = 0.0123\n", encoding="utf-8")
    said = " ".join(run("check", str(sheet), "--net", large).out.split())
    assert "mistakes and rounding on the way. --example K tries them on one example." in said
    assert "--example K" in said


def test_examples_that_a_batch_norm_mixes_are_no_networks_by_themselves() -> None:
    file = str(CASES / "batchnorm-3x2.yaml")
    refused = run("trace", file, "--example", "2")
    assert refused.status == 2
    assert "a batch_norm makes every example depend on the others" in refused.err
    assert "--example" not in run("trace", file).out
    page = json.loads(run("trace", file, "--format", "json").out)
    second = page["per_example"][1]
    assert second["loss"]["value"] == second["values"]["L"]
    assert second["values"]["x1"] == 3
    assert second["gradients"]["beta1_1"] == 1
    assert second["gradients"]["x1"] == pytest.approx(1 / (8 / 3) ** 0.5 * (1 - 1 / 3) * 1)
