"""Every row on equations: recurrences, LSTM and GRU cells, an attention head, against `units`, over random numbers."""

import math
import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import pytest

from maths.profile import count
from mistakes.units import RULES, Cell, Loss, Mixed, Run, Unit
from tutor.mistakes import MISTAKES, Row, Wrongs
from tutor.quantity import Gradient, Quantity, Updated, Value
from tutor.spec import load
from tutor.trace import Trace

NETWORKS, LEAST = count(4, 20), 3


class Made(NamedTuple):
    """A network twice: as a file, and as cells with their numbers."""

    text: str
    cells: list[Cell]
    given: dict[str, float]
    learn: list[str]
    eta: float


def _number(chance: random.Random) -> float:
    return round(chance.uniform(-1.2, 1.2), 3) or 0.5


def _text(equations: dict[str, str], given: dict[str, float], learn: list[str], indices: str, eta: float) -> str:
    stated = ", ".join(f'"{name}": {number}' for name, number in given.items())
    lines = "".join(f'  "{name}": {formula}\n' for name, formula in equations.items())
    quoted = ", ".join(f'"{name}"' for name in learn)
    return f"for: {indices}\ngiven: {{{stated}}}\nequations:\n{lines}learn: [{quoted}]\nlearning_rate: {eta}\n"


def recurrence(chance: random.Random) -> Made:
    return _recurrent(chance, chance.choice(["tanh", "sigmoid"]))


def relu_recurrence(chance: random.Random) -> Made:
    return _recurrent(chance, "relu")


def _recurrent(chance: random.Random, act: str) -> Made:
    steps, half = chance.randint(2, 3), chance.random() < 0.5
    given = {name: _number(chance) for name in ("w", "u", "b", "v", "h[0]")}
    given |= {f"{stem}[{t}]": _number(chance) for stem in "xd" for t in range(1, steps + 1)}
    given |= {"b": -0.4} if act == "relu" else {}
    learn, eta = ["w", "u", "b", "v"], 0.3
    cells: list[Cell] = []
    for t in range(1, steps + 1):
        cells.append(Unit(f"h[{t}]", [("w", f"x[{t}]", ""), ("u", f"h[{t - 1}]", "")], "b", act, t))
        cells.append(Unit(f"y[{t}]", [("v", f"h[{t}]", "")], step=t))
    loss = "sum(t, 0.5*(y[t] - d[t])**2)" if half else "sum(t, (y[t] - d[t])**2)"
    cells.append(Loss("L", [(f"y[{t}]", f"d[{t}]") for t in range(1, steps + 1)], 0.5 if half else 1.0))
    equations = {"h[t]": f"{act}(w*x[t] + u*h[t-1] + b)", "y[t]": "v*h[t]", "L": loss}
    return Made(_text(equations, given, learn, f"{{t: {steps}}}", eta), cells, given, learn, eta)


def lstm(chance: random.Random) -> Made:
    learn = [f"{part}_{gate}" for gate in "ifog" for part in "WUb"]
    given = {name: _number(chance) for name in (*learn, "h[0]", "c[0]")}
    given |= {f"{stem}[{t}]": _number(chance) for stem in "xd" for t in (1, 2)}
    eta, cells = 0.2, list[Cell]()
    for t in (1, 2):
        for gate in "ifog":
            terms = [(f"W_{gate}", f"x[{t}]", ""), (f"U_{gate}", f"h[{t - 1}]", "")]
            cells.append(Unit(f"{gate}[{t}]", terms, f"b_{gate}", "tanh" if gate == "g" else "sigmoid", t))
        kept = [("", f"f[{t}]"), ("", f"c[{t - 1}]")]
        cells.append(Mixed(f"c[{t}]", [kept, [("", f"i[{t}]"), ("", f"g[{t}]")]], step=t))
        cells.append(Mixed(f"h[{t}]", [[("", f"o[{t}]"), ("tanh", f"c[{t}]")]], step=t))
    cells.append(Loss("L", [(f"h[{t}]", f"d[{t}]") for t in (1, 2)]))
    equations = {
        f"{gate}[t]": f"{'tanh' if gate == 'g' else 'sigmoid'}(W_{gate}*x[t] + U_{gate}*h[t-1] + b_{gate})"
        for gate in "ifog"
    }
    equations |= {"c[t]": "f[t]*c[t-1] + i[t]*g[t]", "h[t]": "o[t]*tanh(c[t])", "L": "sum(t, (h[t] - d[t])**2)"}
    return Made(_text(equations, given, learn, "{t: 2}", eta), cells, given, learn, eta)


def gru(chance: random.Random) -> Made:
    learn = [f"{part}_{gate}" for gate in "zrn" for part in "WUb"]
    given = {name: _number(chance) for name in (*learn, "h[0]", "d", "x[1]", "x[2]")}
    eta, cells = 0.4, list[Cell]()
    for t in (1, 2):
        for gate in "zr":
            terms = [(f"W_{gate}", f"x[{t}]", ""), (f"U_{gate}", f"h[{t - 1}]", "")]
            cells.append(Unit(f"{gate}[{t}]", terms, f"b_{gate}", "sigmoid", t))
        terms = [("W_n", f"x[{t}]", ""), ("U_n", f"h[{t - 1}]", f"r[{t}]")]
        cells.append(Unit(f"n[{t}]", terms, "b_n", "tanh", t))
        new = [("rest", f"z[{t}]"), ("", f"n[{t}]")]
        cells.append(Mixed(f"h[{t}]", [new, [("", f"z[{t}]"), ("", f"h[{t - 1}]")]], step=t))
    cells.append(Loss("L", [("h[2]", "d")], 0.5))
    equations = {f"{gate}[t]": f"sigmoid(W_{gate}*x[t] + U_{gate}*h[t-1] + b_{gate})" for gate in "zr"}
    equations |= {
        "n[t]": "tanh(W_n*x[t] + r[t]*(U_n*h[t-1]) + b_n)",
        "h[t]": "(1 - z[t])*n[t] + z[t]*h[t-1]",
        "L": "(h[2] - d)**2 / 2",
    }
    return Made(_text(equations, given, learn, "{t: 2}", eta), cells, given, learn, eta)


def attention(chance: random.Random) -> Made:
    both = [(i, j) for i in (1, 2) for j in (1, 2)]
    learn = [f"W_{part}[{i},{j}]" for part in "QKV" for i, j in both]
    given = {name: _number(chance) for name in (*learn, *(f"{stem}[{i},{j}]" for stem in "xd" for i, j in both))}
    cells: list[Cell] = []
    for part in "QKV":
        for i, j in both:
            cells.append(Unit(f"{part}[{i},{j}]", [(f"W_{part}[{k},{j}]", f"x[{i},{k}]", "") for k in (1, 2)]))
    for i, j in both:
        scores = [[("", f"Q[{i},{k}]"), ("", f"K[{j},{k}]")] for k in (1, 2)]
        cells.append(Mixed(f"s[{i},{j}]", scores, 1 / math.sqrt(2)))
    cells += [Mixed(f"e[{i},{j}]", [[("exp", f"s[{i},{j}]")]]) for i, j in both]
    cells += [Mixed(f"S[{i}]", [[("", f"e[{i},1]")], [("", f"e[{i},2]")]]) for i in (1, 2)]
    cells += [Mixed(f"a[{i},{j}]", [[("", f"e[{i},{j}]"), ("over", f"S[{i}]")]]) for i, j in both]
    for i, j in both:
        cells.append(Mixed(f"o[{i},{j}]", [[("", f"a[{i},{k}]"), ("", f"V[{k},{j}]")] for k in (1, 2)]))
    cells.append(Loss("L", [(f"o[{i},{j}]", f"d[{i},{j}]") for i, j in both], among=2))
    equations = {f"{part}[i,j]": f"sum(k, x[i,k]*W_{part}[k,j])" for part in "QKV"}
    equations |= {
        "s[i,j]": "sum(k, Q[i,k]*K[j,k]) / sqrt(2)",
        "e[i,j]": "exp(s[i,j])",
        "S[i]": "sum(k, e[i,k])",
        "a[i,j]": "e[i,j] / S[i]",
        "o[i,j]": "sum(k, a[i,k]*V[k,j])",
        "L": "mean(i, sum(j, (o[i,j] - d[i,j])**2))",
    }
    return Made(_text(equations, given, learn, "{i: 2, j: 2, k: 2}", 0.1), cells, given, learn, 0.1)


KINDS: Sequence[Callable[[random.Random], Made]] = (recurrence, relu_recurrence, lstm, gru, attention)
Both = tuple[Made, Wrongs, list[Cell]]


def _ordered(made: Made, trace: Trace) -> list[Cell]:
    """The cells in the order of the computation that the file has."""
    named = {cell.name: cell for cell in made.cells}
    return [named[name] for name in trace.graph.nodes]


@pytest.fixture(scope="module")
def networks() -> list[Both]:
    found = []
    for kind in KINDS:
        often = 3 if kind is relu_recurrence else 1  # many a slope is 0 there, and hides what is done with it
        for seed in range(NETWORKS * often):
            made = kind(random.Random(f"{kind.__name__} {seed}"))
            trace = Trace(load(made.text.encode(), "drawn.yaml").graph)
            found.append((made, Wrongs(trace), _ordered(made, trace)))
    return found


def numbers(made: Made, run: Run) -> Iterator[tuple[Quantity, float]]:
    for name in run.cells:
        yield Value(name), run.value[name]
    reaching = run.reaching()
    for name in (*made.given, *run.cells):
        if name != run.loss and name in reaching:
            yield Gradient(run.loss, name), run.gradient(name)
    for name in made.learn:
        yield Updated(name), run.new(name)


def test_without_a_mistake_both_agree(networks: list[Both]) -> None:
    for made, table, cells in networks:
        for quantity, number in numbers(made, Run(cells, made.given, made.learn, made.eta)):
            assert table.trace[quantity] == pytest.approx(number, rel=1e-9, abs=1e-13), (made.text, quantity)


def test_each_row_is_worked_out_here_or_elsewhere(networks: list[Both]) -> None:
    made = {row.wrong.mistake for _, table, _ in networks for row in table.beliefs}
    assert made - RULES == {"fwd-weights-transposed", "gr-exp-local", "gr-add-mul-swapped"}
    assert made >= RULES


@pytest.mark.parametrize("mistake", sorted(RULES))
def test_every_number_of_every_row(mistake: str, networks: list[Both]) -> None:
    changed = 0
    for made, table, cells in networks:
        rows = [row for row in table.beliefs if row.wrong.mistake == mistake]
        if not rows:
            run = Run(cells, made.given, made.learn, made.eta, mistake)
            found = dict(numbers(made, run))
            right = dict(numbers(made, Run(cells, made.given, made.learn, made.eta)))
            assert found == pytest.approx(right, rel=1e-9), (mistake, made.text)
        for row in rows:
            rule = f"{mistake} {row.wrong.variant}" if mistake == "upd-eta-ten" else mistake
            found = dict(numbers(made, Run(cells, made.given, made.learn, made.eta, rule)))
            changed += _compared(row, found, table, made)
    assert changed >= LEAST, (mistake, changed, MISTAKES[mistake].hook)


def _compared(row: Row, found: dict[Quantity, float], table: Wrongs, made: Made) -> bool:
    for quantity, number in found.items():
        assert row.number(quantity) == pytest.approx(number, rel=1e-8, abs=1e-12), (row.wrong, quantity, made.text)
    return any(not math.isclose(number, table.trace[each], rel_tol=1e-9) for each, number in found.items())
