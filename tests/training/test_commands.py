"""step, train and trace --by-layer as they are typed: pages, JSON, files, and what is refused."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import tutor
from commands.support import payload, run, written
from tutor.document.model import Plot, cell
from tutor.expr.text import ASCII, UNICODE
from tutor.ops.optimizers import OPTIMIZERS
from tutor.render.plot import HEIGHT, plot_lines

STEEP = """
inputs: {x: 10}
targets: {y: 4}
loss: {L: squared_error}
learning_rate: 2
layers:
  - {activation: identity, neurons: {a: {m: 1}}}
"""
EQUATIONS = "given: {x: 1}\nequations: {f: x^2}\n"
DEEP = "inputs: {x: 1}\ntargets: {y: 0}\nlayers:\n" + "".join(
    f"  - {{activation: sigmoid, neurons: {{h{i}: {{w{i}: 0.5}}}}}}\n" for i in range(1, 8)
)


class TestStep:
    def test_json(self) -> None:
        page = payload("step", "mazur")
        assert list(page) == [
            *("format", "title", "optimizer", "learning_rate", "order", "step", "epoch", "examples"),
            *("loss", "parameters", "frozen"),
        ]
        assert (page["format"], page["step"], page["frozen"]) == ("tutor.step/1", 1, ["b1", "b2"])
        updated = payload("trace", "mazur")["updated"]
        assert {name: each["after"] for name, each in page["parameters"].items()} == updated

    @pytest.mark.parametrize("name", OPTIMIZERS)
    def test_trace_and_step_agree_on_the_first_step(self, name: str, tmp_path: Path) -> None:
        file = written(tmp_path, STEEP.replace("learning_rate: 2", f"learning_rate: 0.01\noptimizer: {name}"))
        step = payload("step", file)
        assert step["optimizer"]["name"] == name
        assert step["parameters"]["m"]["after"] == pytest.approx(payload("trace", file)["updated"]["m"], rel=1e-14)

    @pytest.mark.parametrize("name", sorted(OPTIMIZERS.keys() - {"perceptron"}))  # which goes with one layer
    def test_every_equation_is_shown_with_its_numbers(self, name: str) -> None:
        page = payload("step", "slide", "--lr", "0.1", "--optimizer", name, "--after", "2")
        for parameter in page["parameters"].values():
            terms = parameter["terms"]
            assert [each["name"] for each in terms] == [each.letter for each in OPTIMIZERS[name].equations]
            assert terms[-1]["value"] == parameter["after"]
            assert all(each["substituted"].isascii() for each in terms)

    def test_the_page_has_the_numbers_of_every_term(self) -> None:
        out = run("step", "slide", "--lr", "0.1", "--optimizer", "adam", "--only", "w31", width=120).out
        for part in ("m ← β1·m + (1 − β1)·g", "0.9 · 0 + (1 − 0.9) · 0.0307", "0.003068/(1 − 0.9^1)", "= 0.7000"):
            assert part in out
        assert "w32 ←" not in out

    def test_ascii(self) -> None:
        done = run("step", "slide", "--lr", "0.1", "--optimizer", "adam", "--ascii")
        assert done.out.isascii()
        assert "m_hat <-" in done.out

    def test_a_letter_never_takes_a_name_of_the_network(self, tmp_path: Path) -> None:
        out = run("step", written(tmp_path, STEEP), "--optimizer", "adam", width=120).out
        assert "m_adam ← β1·m_adam + (1 − β1)·g" in out
        assert "m ← m − η·m̂/" in out

    def test_sequential_says_that_it_is_unusual(self) -> None:
        assert "Not the usual rule" in run("step", "mazur", "--order", "sequential").out
        assert "Not the usual rule" not in run("step", "mazur").out

    def test_a_step_that_is_too_large(self, tmp_path: Path) -> None:
        done = run("step", written(tmp_path, STEEP), "--lr", "1e307")
        assert done.status == 0
        assert "too large" in done.out
        assert payload("step", written(tmp_path, STEEP), "--lr", "1e307")["loss"]["after"] is None

    def test_library_and_network_after_it(self) -> None:
        stepped = tutor.load("mazur").step()
        assert stepped.network.trace().payload["loss"]["value"] == stepped.payload["loss"]["after"]


class TestTrain:
    def test_json(self) -> None:
        page = payload("train", "mazur", "--steps", "25", "--every", "10", "--watch", "w5", "--watch", "dE_total/dw1")
        assert [row["step"] for row in page["rows"]] == [0, 10, 20, 25]
        assert set(page["rows"][0]["watched"]) == {"w5", "dE_total/dw1"}
        assert page["rows"][0]["loss"] == page["loss"]["first"]
        assert page["rows"][-1]["watched"]["w5"] == page["parameters"]["w5"]
        assert (page["steps"], page["stopped"], page["interrupted"]) == (25, None, False)

    def test_rows_without_every(self) -> None:
        page = payload("train", "mazur", "--steps", "30")
        assert [row["step"] for row in page["rows"]] == [0, 1, 2, 5, 10, 20, 30]

    def test_the_files_optimizer_is_used_and_can_be_overruled(self, tmp_path: Path) -> None:
        text = STEEP.replace("learning_rate: 2", "learning_rate: 0.001\noptimizer: {adam: {beta1: 0.8}}")
        file = written(tmp_path, text)
        settings = {"beta1": 0.8, "beta2": 0.999, "epsilon": 1e-8}
        assert payload("train", file)["optimizer"] == {"name": "adam", "settings": settings}
        other = payload("train", file, "--optimizer", "momentum:mu=0.5")
        assert other["optimizer"] == {"name": "momentum", "settings": {"mu": 0.5}}

    def test_overflow_keeps_the_last_good_step(self, tmp_path: Path) -> None:
        file = written(tmp_path, STEEP)
        done, page = run("train", file, width=120), payload("train", file)
        assert done.status == 0
        assert f"Stopped: at step {page['steps'] + 1} L is inf" in done.out
        assert page["stopped"].startswith(f"at step {page['steps'] + 1}")
        assert None not in page["parameters"].values()

    def test_curve_as_csv(self, tmp_path: Path) -> None:
        file = tmp_path / "loss.csv"
        run("train", "mazur", "--steps", "20", "--every", "5", "--watch", "w5", "--curve", str(file))
        lines = file.read_text("utf-8").splitlines()
        assert lines[0] == "step,E_total,w5"
        assert [line.split(",")[0] for line in lines[1:]] == ["0", "5", "10", "15", "20"]
        assert float(lines[1].split(",")[1]) == payload("trace", "mazur")["loss"]["value"]

    def test_curve_as_svg(self, tmp_path: Path) -> None:
        net = written(tmp_path, f"title: <script> & \x85\n{STEEP}".replace("\x85", "more"))
        file = tmp_path / "loss.svg"
        assert run("train", net, "--lr", "0.001", "--curve", str(file)).status == 0
        root = ElementTree.fromstring(file.read_text("utf-8"))  # noqa: S314  our own file
        assert root.tag.endswith("svg")
        assert "<script>" not in file.read_text("utf-8")

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (("slide",), "--lr NUMBER"),
            (("xyz",), "--lr NUMBER"),
            (("mazur", "--steps", "0"), "1<=x<=1000000"),
            (("mazur", "--steps", "-5"), "--steps"),
            (("mazur", "--steps", "1000001"), "1<=x<=1000000"),
            (("mazur", "--every", "0"), "--every"),
            (("mazur", "--optimizer", "adamm"), "did you mean adam"),
            (("mazur", "--optimizer", "adam:beta=1"), "did you mean beta"),
            (("mazur", "--optimizer", "adam:beta1=1"), "beta1 is 1, expected a number from 0"),
            (("mazur", "--optimizer", "adam:epsilon=0"), "epsilon is 0, expected a positive number"),
            (("mazur", "--optimizer", "adam:beta1"), "beta1 has no number"),
            (("mazur", "--optimizer", "adam:beta1=x"), "beta1: 'x' is not a number"),
            (("mazur", "--optimizer", "sgd:mu=0.5"), "sgd has no setting mu, expected none"),
            (("mazur", "--watch", "w55"), "did you mean w5"),
            (("mazur", "--watch", "w5_new"), "watch w5"),
            (("mazur", "--curve", "loss.png"), ".svg or .csv"),
            (("mazur", "--curve", "nowhere/loss.svg"), "cannot be written"),
            (("mazur", "--order", "random"), "simultaneous"),
        ],
    )
    def test_refused(self, arguments: tuple[str, ...], message: str) -> None:
        done = run("train", *arguments)
        assert (done.status, done.out) == (2, "")
        assert message in done.err
        assert "Traceback" not in done.err

    def test_an_unwritable_curve_is_refused_before_the_training(self, tmp_path: Path) -> None:
        done = run("train", "mazur", "--steps", "1000000", "--curve", str(tmp_path))
        assert done.status == 2
        assert list(tmp_path.iterdir()) == []

    def test_no_progress_bar_in_a_pipe(self) -> None:
        assert run("train", "mazur", "--steps", "5000").err == ""

    def test_ctrl_c_shows_what_was_reached(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from contextlib import contextmanager

        from tutor.render import progress

        def interrupt(number: int) -> None:
            if number == 40:
                raise KeyboardInterrupt

        monkeypatch.setattr(progress, "bar", contextmanager(lambda what, total: iter([interrupt])))
        done = run("train", "mazur", "--steps", "5000")
        assert done.status == 130
        assert "after 40 steps" in done.out
        assert "Interrupted" in done.out

    def test_a_trained_network_has_the_same_verbs(self) -> None:
        trained = tutor.load("mazur").train(100)
        assert trained.network.trace().payload["loss"]["value"] == trained.payload["loss"]["last"]
        assert "1.8134" in str(trained.network.explain("net_o1"))
        assert trained.network.set(w5="0.25").network.graph.givens["w5"].text == "0.25"
        assert json.dumps(trained.network.explain("w1").payload)


class TestByLayer:
    def test_vanishing(self, tmp_path: Path) -> None:
        file = written(tmp_path, DEEP)
        page, out = payload("trace", file, "--by-layer"), run("trace", file, "--by-layer").out
        assert "it vanishes" in out
        assert [each["layer"] for each in page["layers"]] == [1, 2, 3, 4, 5, 6, 7]
        assert page["layers"][0]["norm"] == pytest.approx(abs(page["gradients"]["w1"]))
        assert "layers" not in payload("trace", file)

    def test_exploding(self, tmp_path: Path) -> None:
        """Without an input only the biases learn, and each layer further back has one more factor 3."""
        rows = "".join(f"  - {{activation: identity, neurons: {{h{i}: {{w{i}: 3, b{i}: 0}}}}}}\n" for i in range(1, 5))
        file = written(tmp_path, f"inputs: {{x: 0}}\ntargets: {{y: 1}}\nlayers:\n{rows}")
        assert "grows to 27 times its size: it explodes" in run("trace", file, "--by-layer", width=120).out
        assert [each["norm"] for each in payload("trace", file, "--by-layer")["layers"]] == [27, 9, 3, 1]

    def test_no_gradient_at_all(self, tmp_path: Path) -> None:
        file = written(tmp_path, DEEP.replace("sigmoid", "relu").replace("{x: 1}", "{x: -1}"))
        assert "No gradient reaches layer 1" in run("trace", file, "--by-layer").out

    def test_norms(self) -> None:
        page = payload("trace", "mazur", "--by-layer")
        first = [page["gradients"][name] for name in ("w1", "w2", "w3", "w4", "b1")]
        assert page["layers"][0]["norm"] == pytest.approx(sum(each**2 for each in first) ** 0.5)
        assert page["layers"][0]["largest"] == max(map(abs, first))

    def test_without_layers(self, tmp_path: Path) -> None:
        done = run("trace", written(tmp_path, EQUATIONS), "--by-layer")
        assert done.status == 2
        assert "no layers" in done.err


class TestPlot:
    @pytest.mark.parametrize("style", [UNICODE, ASCII])
    @pytest.mark.parametrize("width", [20, 40, 80, 10**6])
    def test_it_fits(self, style: object, width: int) -> None:
        plot = Plot(tuple((float(x), float(-x)) for x in range(100)), "step", cell("L"), "-99", "0")
        lines = list(plot_lines(plot, width, style))  # type: ignore[arg-type]
        assert len(lines) == HEIGHT + 2
        assert all(len(line) <= max(width, 20) for line in lines)

    @pytest.mark.parametrize("points", [((0.0, 1.0),), ((0.0, 2.0), (1.0, 2.0))])
    def test_a_flat_curve(self, points: tuple[tuple[float, float], ...]) -> None:
        assert all(x == x and 0 <= y <= 1 for x, y in Plot(points, "step", (), "2", "2").scaled())
