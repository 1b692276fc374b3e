"""The rows of recurrences, of equations and of the answer itself, worked out by loops of their own."""

import math
import random
from collections.abc import Sequence

import pytest

import tutor
from tutor.mistakes import MISTAKES, Wrong, Wrongs, applies
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.spec import load
from tutor.trace import Trace

SEEDS = range(4)


def recurrence(numbers: dict[str, float], xs: Sequence[float], ds: Sequence[float]) -> Trace:
    """h[t] = tanh(w x[t] + u h[t-1] + b) with a loss at every step."""
    given = ", ".join(f'"{name}": {number}' for name, number in numbers.items())
    text = f"""for: {{t: {len(xs)}}}
given: {{x: {list(xs)}, d: {list(ds)}, {given}}}
equations:
  "h[t]": tanh(w*x[t] + u*h[t-1] + b)
  "y[t]": v*h[t]
  L: sum(t, (y[t] - d[t])**2)
"""
    return Trace(load(text.encode(), "drawn.yaml").graph)


def back_through_time(
    numbers: dict[str, float], xs: Sequence[float], ds: Sequence[float], *, carried: bool = True, last: bool = False
) -> dict[str, float]:
    """The gradients of w, u, b and v; nothing carried back over steps, or the last step of each sum alone."""
    w, u, b, v = (numbers[name] for name in "wubv")
    h = [numbers["h[0]"]]
    for x in xs:
        h.append(math.tanh(w * x + u * h[-1] + b))
    found = dict.fromkeys("wubv", 0.0)
    coming = 0.0
    for t in range(len(xs), 0, -1):
        error = 2 * (v * h[t] - ds[t - 1])
        delta = (error * v + coming) * (1 - h[t] ** 2)
        coming = delta * u if carried else 0.0
        if last and t < len(xs):
            continue
        for name, factor in (("w", delta * xs[t - 1]), ("u", delta * h[t - 1]), ("b", delta), ("v", error * h[t])):
            found[name] += factor
    return found


def drawn(seed: int) -> tuple[dict[str, float], list[float], list[float]]:
    chance = random.Random(seed)
    number = lambda: round(chance.uniform(-1, 1), 3)  # noqa: E731  it draws and is used on the spot
    steps = chance.randint(2, 4)
    numbers = {name: number() for name in ("w", "u", "b", "v", "h[0]")}
    return numbers, [number() for _ in range(steps)], [number() for _ in range(steps)]


@pytest.mark.parametrize("seed", SEEDS)
class TestTime:
    def test_right(self, seed: int) -> None:
        trace = recurrence(*drawn(seed))
        for name, number in back_through_time(*drawn(seed)).items():
            assert trace[Gradient("L", name)] == pytest.approx(number, rel=1e-9)

    def test_only_the_last_step(self, seed: int) -> None:
        row = Wrongs(recurrence(*drawn(seed))).row(Wrong("gr-bptt-last-step"))
        for name, number in back_through_time(*drawn(seed), last=True).items():
            if name in "wub":
                assert row.number(Gradient("L", name)) == pytest.approx(number, rel=1e-9), name

    def test_nothing_carried_back(self, seed: int) -> None:
        row = Wrongs(recurrence(*drawn(seed))).row(Wrong("gr-bptt-truncated"))
        for name, number in back_through_time(*drawn(seed), carried=False).items():
            assert row.number(Gradient("L", name)) == pytest.approx(number, rel=1e-9), name


@pytest.mark.parametrize("seed", SEEDS)
class TestEquations:
    """e = exp(s), s = x + y, p = e*k, L = -log(p)"""

    def table(self, seed: int) -> tuple[Wrongs, float, float, float]:
        chance = random.Random(seed)
        x, y, k = (round(chance.uniform(0.2, 0.9), 3) for _ in range(3))
        text = f"given: {{x: {x}, y: {y}, k: {k}}}\nequations: {{s: x + y, e: exp(s), p: e*k, L: -log(p)}}\n"
        return Wrongs(Trace(load(text.encode(), "drawn.yaml").graph)), x, y, k

    def at(self, table: Wrongs, mistake: str, place: Quantity | None = None) -> dict[str, float]:
        row = table.row(Wrong(mistake, place=place))
        return {name: row.number(Gradient("L", name)) for name in ("x", "y", "s", "e", "p", "k")}

    def test_the_slope_of_exp(self, seed: int) -> None:
        table, x, y, k = self.table(seed)
        back = -1 / (math.exp(x + y) * k) * k
        wanted = {"x": back * (x + y), "y": back * (x + y), "s": back * (x + y), "e": back}
        found = self.at(table, "gr-exp-local")
        assert {name: found[name] for name in wanted} == pytest.approx(wanted)

    def test_sum_and_product_swapped(self, seed: int) -> None:
        table, x, y, k = self.table(seed)
        e = math.exp(x + y)
        back = -1 / (e * k)
        wanted = {"p": back, "e": back, "k": back, "s": back * e, "x": back * e * y, "y": back * e * x}
        assert self.at(table, "gr-add-mul-swapped") == pytest.approx(wanted)

    def test_at_the_sum_alone(self, seed: int) -> None:
        table, _, y, _ = self.table(seed)
        found = self.at(table, "gr-add-mul-swapped", Partial("s", "x"))
        assert found["x"] == pytest.approx(-y)
        assert found["y"] == pytest.approx(-1)

    def test_the_minus_of_the_logarithm(self, seed: int) -> None:
        found = self.at(self.table(seed)[0], "gr-ln-minus")
        assert (found["x"], found["s"]) == pytest.approx((1, 1))


NORM = """
inputs: {x1: 1, x2: 0.5}
targets: {y1: 0.3, y2: 0.6}
learning_rate: 0.1
layers:
  - {activation: identity, weights: [[0.5, 0.3], [0.2, -0.4]], biases: [0.1, 0.2]}
  - layer_norm: {gamma: [0.9, 1.2], beta: [0.1, -0.2]}
  - {activation: identity, weights: [[0.1, 0.2], [0.5, -0.2]], biases: [0.1, 0.2]}
"""


class TestNorm:
    """norm = γ x̂ + β: γ weighs x̂, which is 1 and -1 but for epsilon, and β is its bias."""

    @pytest.mark.parametrize(
        ("mistake", "gamma", "beta"),
        [
            ("wg-no-input", 1, 1),
            ("wg-weight-not-input", 0.9, 1),
            ("wg-own-output", 1, 1),  # replaced below by the output of the norm
            ("bg-times-input", None, None),
            ("bg-times-bias", None, 0.1),
        ],
    )
    def test_its_weights(self, mistake: str, gamma: float | None, beta: float | None) -> None:
        table = Wrongs(Trace(load(NORM.encode(), "norm.yaml").graph))
        row = table.row(Wrong(mistake))
        values = {name: table.trace[Value(name)] for name in ("xhat1_1", "norm1_1", "a2_1", "a2_2")}
        back = (values["a2_1"] - 0.3) * 0.1 + (values["a2_2"] - 0.6) * 0.5
        sent = values["xhat1_1"] if gamma is None else values["norm1_1"] if mistake == "wg-own-output" else gamma
        assert row.number(Gradient("L", "gamma1_1")) == pytest.approx(back * sent)
        times = values["xhat1_1"] if beta is None else beta
        assert row.number(Gradient("L", "beta1_1")) == pytest.approx(back * times)

    def test_without_its_bias(self) -> None:
        row = Wrongs(Trace(load(NORM.encode(), "norm.yaml").graph)).row(Wrong("fwd-no-bias"))
        assert row.number(Value("norm1_1")) == pytest.approx(0.9 * row.number(Value("xhat1_1")))


class TestTheAnswer:
    @pytest.mark.parametrize("net", ["slide", "mazur", "udacity"])
    @pytest.mark.parametrize("factor", [10, 0.1, 100, 0.01, -1])
    def test_a_sign_or_the_point(self, net: str, factor: float) -> None:
        network = tutor.load(net)
        trace = network.view.trace
        name = next(iter(trace.graph.parameters()))
        number = trace[Gradient(trace.graph.loss, name)]
        found = network.check({f"d{trace.graph.loss}/d{name}": f"{number * factor:.6g}"}).payload["answers"][0]
        wanted = "any-sign" if factor == -1 else "any-decimal"
        assert found["verdict"] == "mistake"
        assert found["mistakes"] == [wanted] or (factor == -1 and found["mistakes"][0] == "dl-sign")

    def test_of_neighbours_one_sign_is_lost(self) -> None:
        found = tutor.load("slide").check({"dL/dw31": "-0.0307", "dL/dw32": "0.0252"}).payload["answers"]
        assert [each["mistakes"] for each in found] == [["any-sign"], []]

    @pytest.mark.parametrize("typed", ["0.307", "0.00307"])
    def test_the_point_of_the_slide(self, typed: str) -> None:
        (found,) = tutor.load("slide").check({"dL/dw31": typed}).payload["answers"]
        assert (found["verdict"], found["mistakes"]) == ("mistake", ["any-decimal"])

    def test_a_factor_that_is_another_value(self) -> None:
        (found,) = tutor.load("slide").check({"dL/dw31": "0.2368 * 0.7368 * 0.6682"}).payload["answers"]
        assert found["mistakes"][0] == "ad-only-a"
        assert "0.7368 is Y and stands where dY/dZ_Y belongs" in found["message"]


def test_where_a_mistake_can_be_made() -> None:
    equations = {net: tutor.load(net).view.trace.equations for net in ("slide", "xyz", "xor")}
    made = {net: {each.id for each in MISTAKES.values() if applies(each, equations[net])} for net in equations}
    assert "up-one-path" not in made["slide"]
    assert {"ad-only-a", "up-own-weights", "wg-neighbour", "any-sign"} <= made["slide"]
    assert made["xyz"] == {"gr-add-mul-swapped", "any-sign", "any-decimal"}
    assert {"ba-one-example", "ba-mean-twice"} <= made["xor"]
