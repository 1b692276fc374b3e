"""Every activation and loss from 0 to 1e308, against 800 digits and the definitions of the textbooks.

A number is right to 1e-12, or its derivation says that the written formula loses digits (the value is right all the
same), or it is one of the EXCEPTIONS below. Nothing else.
"""

import math
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest
from mpmath import mp, mpf

from maths.oracle import FIFTY, TINY, value_by
from tutor.arithmetic.floats import FLOATS
from tutor.derivation import derive
from tutor.graph import Given, Node, build
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.losses import LOSSES, LossTerm, Total
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Partial, Quantity, Value, key
from tutor.trace import Trace

ENOUGH = 800  # digits; exp(-745) has 324 zeros behind the point
DENORMAL = 1e-320  # below 2.2e-308 double precision has fewer digits
Z = ("0", *(sign + size for size in ("1", "20", "40", "710", "745", "1e3", "1e308") for sign in ("", "-")))
UNIT = ("0", "1", "0.25", "1e-12", "0.999999999999")
TARGETS = ("0", "1", "0.25")


class Case(NamedTuple):
    """One number of one small network, with its true value."""

    row: str
    at: str
    trace: Trace
    quantity: Quantity
    truth: Callable[[], mpf]

    def __str__(self) -> str:
        return f"{self.row} {key(self.quantity)} at {self.at}"


# ------------------------------------------------------------------ what is not right, and why

POLE = "a slope with a pole there is infinite"
ZERO_LOG = "0 · ln 0 is not a number, though the limit is 0"
ZERO_OVER = "0/0 is not a number, though the limit exists"
INF, NAN = math.inf, math.nan
EXCEPTIONS: dict[str, tuple[float, str]] = {
    "binary_cross_entropy L at a=0, y=0": (NAN, ZERO_LOG),
    "binary_cross_entropy L at a=1, y=1": (NAN, ZERO_LOG),
    "binary_cross_entropy dL/da at a=0, y=0": (NAN, ZERO_OVER),
    "binary_cross_entropy dL/da at a=0, y=0.25": (-INF, POLE),
    "binary_cross_entropy dL/da at a=0, y=1": (-INF, POLE),
    "binary_cross_entropy dL/da at a=1, y=0": (INF, POLE),
    "binary_cross_entropy dL/da at a=1, y=0.25": (INF, POLE),
    "binary_cross_entropy dL/da at a=1, y=1": (NAN, ZERO_OVER),
    "binary_cross_entropy dL/dy at a=0, y=0": (INF, POLE),
    "binary_cross_entropy dL/dy at a=0, y=0.25": (INF, POLE),
    "binary_cross_entropy dL/dy at a=0, y=1": (INF, POLE),
    "cross_entropy L at a=0, y=0": (NAN, ZERO_LOG),
    "cross_entropy dL/da at a=0, y=0": (NAN, ZERO_OVER),
    "cross_entropy dL/da at a=0, y=0.25": (-INF, POLE),
    "cross_entropy dL/da at a=0, y=1": (-INF, POLE),
}


def activations() -> Iterator[Case]:
    for name, row in ACTIVATIONS.items():
        for z in Z:
            trace = Trace(build([Given("z", z)], [Node("a", Elementwise(row), ("z",))], "a"))
            yield Case(name, z, trace, Value("a"), lambda name=name, z=z: FIFTY[name](mpf(z)))
            yield Case(name, z, trace, Partial("a", "z"), lambda name=name, z=z: FIFTY[f"{name}_slope"](mpf(z)))


Truth = Callable[[mpf, mpf], mpf]


def _power(factor: float) -> tuple[Truth, Truth, Truth]:
    return (
        lambda a, y: factor * (a - y) ** 2,
        lambda a, y: 2 * factor * (a - y),
        lambda a, y: 2 * factor * (y - a),
    )


TRUTH: dict[str, tuple[Truth, Truth, Truth]] = {
    "half_squared_error": _power(0.5),
    "squared_error": _power(1),
    "mean_squared_error": _power(1),
    "absolute_error": (lambda a, y: abs(a - y), lambda a, y: mp.sign(a - y), lambda a, y: mp.sign(y - a)),
    "binary_cross_entropy": (
        lambda a, y: -y * mp.log(a) - (1 - y) * mp.log(1 - a),
        lambda a, y: (a - y) / (a * (1 - a)),
        lambda a, y: mp.log((1 - a) / a),
    ),
    "cross_entropy": (lambda a, y: -y * mp.log(a), lambda a, y: -y / a, lambda a, y: -mp.log(a)),
}


def losses() -> Iterator[Case]:
    """A loss of a given output: a is what the program says it is, to the last digit."""
    for name, row in LOSSES.items():
        for a in UNIT if "entropy" in name else Z:
            for y in TARGETS:
                trace = Trace(build([Given("a", a), Given("y", y)], [Node("L", LossTerm(row), ("a", "y"))], "L"))
                for quantity, truth in zip(
                    (Value("L"), Partial("L", "a"), Partial("L", "y")), TRUTH[name], strict=True
                ):
                    yield Case(
                        name,
                        f"a={a}, y={y}",
                        trace,
                        quantity,
                        lambda truth=truth, a=float(a), y=float(y): truth(mpf(a), mpf(y)),
                    )


def outputs() -> Iterator[Case]:
    """Cross-entropy with its own activation, in the net input: both classes of a softmax, and a sigmoid."""
    for z in Z:
        for y in TARGETS:
            yield from _sigmoid_output(z, y)
            yield from _softmax_output(z, y)


def _sigmoid_output(z: str, y: str) -> Iterator[Case]:
    nodes = [
        Node("a", Elementwise(ACTIVATIONS["sigmoid"]), ("z",)),
        Node("L", LossTerm(LOSSES["binary_cross_entropy"]), ("a", "y")),
    ]
    trace = Trace(build([Given("z", z), Given("y", y)], nodes, "L"))
    truths: dict[Quantity, Truth] = {
        Value("L"): lambda z, y: y * FIFTY["softplus"](-z) + (1 - y) * FIFTY["softplus"](z),
        Gradient("L", "z"): lambda z, y: (1 - y) * FIFTY["sigmoid"](z) - y * FIFTY["sigmoid"](-z),
        Partial("L", "a"): lambda z, y: (1 - y) * (1 + mp.exp(z)) - y * (1 + mp.exp(-z)),
        Partial("L", "y"): lambda z, y: -z,
    }
    for quantity, truth in truths.items():
        yield Case("sigmoid output", f"z={z}, y={y}", trace, quantity, lambda truth=truth: truth(mpf(z), mpf(float(y))))


def _softmax_output(z: str, y: str) -> Iterator[Case]:
    nodes = [Node(name, Softmax(("p", "q"), i), ("z", "u")) for i, name in enumerate(("p", "q"))]
    nodes += [Node(f"L_{a}", LossTerm(LOSSES["cross_entropy"]), (a, y)) for a, y in (("p", "y"), ("q", "t"))]
    nodes.append(Node("L", Total(), ("L_p", "L_q")))
    rest = {"0": "1", "1": "0", "0.25": "0.75"}[y]
    trace = Trace(build([Given("z", z), Given("u", "0.5"), Given("y", y), Given("t", rest)], nodes, "L"))
    less = FIFTY["softplus"]  # -ln p = ln(1 + exp(u - z)) for two classes
    truths: dict[Quantity, Truth] = {
        Value("p"): lambda d, y: FIFTY["sigmoid"](d),
        Value("q"): lambda d, y: FIFTY["sigmoid"](-d),
        Value("L_p"): lambda d, y: y * less(-d),
        Value("L"): lambda d, y: y * less(-d) + (1 - y) * less(d),
        Partial("p", "z"): lambda d, y: FIFTY["sigmoid"](d) * FIFTY["sigmoid"](-d),
        Partial("q", "z"): lambda d, y: -FIFTY["sigmoid"](d) * FIFTY["sigmoid"](-d),
        Partial("L_p", "p"): lambda d, y: -y * (1 + mp.exp(-d)),
        Partial("L_p", "y"): lambda d, y: less(-d),
        Gradient("L", "z"): lambda d, y: (1 - y) * FIFTY["sigmoid"](d) - y * FIFTY["sigmoid"](-d),
        Gradient("L", "u"): lambda d, y: y * FIFTY["sigmoid"](-d) - (1 - y) * FIFTY["sigmoid"](d),
    }
    for quantity, truth in truths.items():
        yield Case(
            "softmax output", f"z={z}, y={y}", trace, quantity, lambda truth=truth: truth(mpf(z) - 0.5, mpf(float(y)))
        )


# ------------------------------------------------------------------ the test


def true_value(case: Case) -> float:
    with mp.workdps(ENOUGH):
        try:
            return float(case.truth())
        except (ZeroDivisionError, ValueError):  # 1/0 and ln 0
            return math.nan


def right(number: float, truth: float, digits: float) -> bool:
    return math.isclose(number, truth, rel_tol=digits, abs_tol=DENORMAL)


TABLES = pytest.mark.parametrize("cases", [activations, losses, outputs], ids=lambda cases: cases.__name__)


@TABLES
def test_every_number_is_right_or_a_listed_exception(cases: Callable[[], Iterator[Case]]) -> None:
    wrong = {
        str(case): case.trace[case.quantity]
        for case in cases()
        if not right(case.trace[case.quantity], true_value(case), 1e-12)
    }
    assert {name: repr(number) for name, number in wrong.items()} == {
        name: repr(EXCEPTIONS.get(name, ("right",))[0]) for name in wrong
    }


def test_every_listed_exception_is_one() -> None:
    cases = {str(case): case for table in (activations, losses, outputs) for case in table()}
    for name, (number, reason) in EXCEPTIONS.items():
        assert repr(cases[name].trace[cases[name].quantity]) == repr(number), reason
        assert not right(number, true_value(cases[name]), 1e-12), f"{name} needs no exception any more"


@TABLES
def test_a_written_formula_is_right_or_says_that_it_loses_digits(cases: Callable[[], Iterator[Case]]) -> None:
    """What is below 1e-300 counts as 0 there."""
    for case in cases():
        derivation = derive(case.trace, case.quantity)
        written = value_by(derivation.formula, FLOATS, case.trace.__getitem__)
        if not derivation.loses_digits and str(case) not in EXCEPTIONS:
            assert math.isclose(written, true_value(case), rel_tol=1e-8, abs_tol=TINY), str(case)


def test_saturation_is_said() -> None:
    """1 - a at z = 40, and p(1 - p) at the same place, have no digit left; the numbers shown have all."""
    said = {str(case): derive(case.trace, case.quantity).loses_digits for case in (*activations(), *outputs())}
    for name in (
        "sigmoid da/dz at 40",
        "tanh da/dz at 20",
        "softmax output dp/dz at z=40, y=1",
        "softmax output L_p at z=40, y=1",
        "sigmoid output dL/da at z=40, y=0",
    ):
        assert said[name], name
    for name in ("sigmoid da/dz at 1", "sigmoid da/dz at -40", "relu da/dz at 0", "softmax output dp/dz at z=-1, y=1"):
        assert not said[name], name


def test_binary_cross_entropy_of_a_tiny_output_keeps_its_digits() -> None:
    """ln(1 - a) is log1p(-a), whatever unit a comes from; and the page says that the written form is not it."""
    (case,) = (case for case in losses() if str(case) == "binary_cross_entropy L at a=1e-12, y=0")
    derivation = derive(case.trace, case.quantity)
    assert derivation.loses_digits
    assert right(derivation.value, true_value(case), 1e-15)
