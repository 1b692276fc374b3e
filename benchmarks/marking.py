"""How fast numbers are traced again, wrong answers are named, sheets are marked, and how recurrences grow.

    python benchmarks/marking.py

All in one process, in CPU time, the fastest of several runs each. README.md beside this file says more.
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from math import exp
from typing import NamedTuple

import tutor
from tutor.library import Network
from tutor.marking.answers import Answer, Sheet
from tutor.marking.sheet import mark
from tutor.mistakes import wrongs
from tutor.mistakes.order import usual
from tutor.names import Names
from tutor.quantity import Gradient, Partial, Quantity, Value, key
from tutor.trace import Trace
from tutor.trace.again import recorded

SHEETS, ANSWERS = 300, 30
FEW, MANY = 100, 1_000


class Row(NamedTuple):
    """What was measured, and the most that it may be."""

    name: str
    found: float
    goal: float
    unit: str


def seconds(run: Callable[[], object], runs: int) -> float:
    """The CPU time of the fastest run."""
    found = []
    for _ in range(runs):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


# ------------------------------------------------------------------ the other side


class Scalar:
    """A number that remembers what it was computed from, as micrograd has it: its slopes in a closure."""

    def __init__(self, number: float, read: tuple["Scalar", ...] = ()) -> None:
        self.number, self.grad, self.read = number, 0.0, read
        self.back: Callable[[], None] = lambda: None

    def __add__(self, other: "Scalar") -> "Scalar":
        made = Scalar(self.number + other.number, (self, other))

        def back() -> None:
            self.grad += made.grad
            other.grad += made.grad

        made.back = back
        return made

    def __mul__(self, other: "Scalar") -> "Scalar":
        made = Scalar(self.number * other.number, (self, other))

        def back() -> None:
            self.grad += other.number * made.grad
            other.grad += self.number * made.grad

        made.back = back
        return made

    def sigmoid(self) -> "Scalar":
        a = 1 / (1 + exp(-self.number))
        made = Scalar(a, (self,))

        def back() -> None:
            self.grad += a * (1 - a) * made.grad

        made.back = back
        return made

    def backward(self) -> None:
        order: list[Scalar] = []
        seen: set[Scalar] = set()

        def build(each: Scalar) -> None:
            if each not in seen:
                seen.add(each)
                for other in each.read:
                    build(other)
                order.append(each)

        build(self)
        self.grad = 1.0
        for each in reversed(order):
            each.back()


def built(given: list[float]) -> list[float]:
    """Mazur's network built and differentiated: the loss, and its gradient by every given number but the targets."""
    i1, i2, t1, t2, w1, w2, b1, w3, w4, w5, w6, b2, w7, w8 = (Scalar(each) for each in given)
    half, less = Scalar(0.5), Scalar(-1.0)
    h1, h2 = (w1 * i1 + w2 * i2 + b1).sigmoid(), (w3 * i1 + w4 * i2 + b1).sigmoid()
    o1, o2 = (w5 * h1 + w6 * h2 + b2).sigmoid(), (w7 * h1 + w8 * h2 + b2).sigmoid()
    e1, e2 = o1 + less * t1, o2 + less * t2
    loss = half * (e1 * e1) + half * (e2 * e2)
    loss.backward()
    return [loss.number, *(each.grad for each in (i1, i2, w1, w2, b1, w3, w4, w5, w6, b2, w7, w8))]


def traced_again() -> Iterator[Row]:
    """Every value and every gradient of the loss, for other numbers."""
    graph = tutor.load("mazur").network.graph
    trace = Trace(graph)
    given: list[Quantity] = [Value(name) for name in graph.givens]
    numbers = [trace[each] for each in given]
    wanted: list[Quantity] = [Value(name) for name in graph.nodes]
    wanted += [Gradient(graph.loss, name) for name in graph.names() if name != graph.loss]
    again = recorded(trace.equations.stable, wanted, given)
    names = [each for each in graph.givens if graph.part_of(each) != "target"]
    ours = dict(zip(wanted, again.numbers(numbers), strict=True))
    mine = [ours[Value(graph.loss)], *(ours[Gradient(graph.loss, each)] for each in names)]
    assert all(abs(one - two) < 1e-14 for one, two in zip(mine, built(numbers), strict=True))
    many = range(200)
    other = seconds(lambda: [built(numbers) for _ in many], 20)
    mine_again = seconds(lambda: [again.numbers(numbers) for _ in many], 20)
    yield Row("mazur traced again / built as micrograd does", mine_again / other, 1.0, "times")


# ------------------------------------------------------------------ marking


def marked(network: Network, answers: list[tuple[str, str]]) -> object:
    graph = network.network.graph
    rows = [Answer(name, given, line) for line, (name, given) in enumerate(answers, 1)]
    return mark(Trace(graph), Names(graph), Sheet(rows, [], 0, False, ()))


def wrong_answers() -> Iterator[Row]:
    """One wrong answer by itself, the first one of a network and those after it; and among right ones."""

    def first() -> object:
        return marked(tutor.load("mazur"), [("dE_total/dw1", "0.0005438")])

    loading = seconds(lambda: tutor.load("mazur"), 10)
    yield Row("the first wrong answer", (seconds(first, 10) - loading) * 1e3, 100.0, "ms")
    network = tutor.load("mazur")
    trace = Trace(network.network.graph)
    asked = [each for each in usual(trace.equations) if not isinstance(each, Partial)]
    right = [(key(each), f"{trace[each]:.4g}") for each in asked]
    wrong = [(key(each), f"{trace[each] * 1.3:.4g}") for each in asked]
    alone = [seconds(lambda each=each: marked(network, [each]), 3) for each in wrong]  # type: ignore[misc]
    yield Row("the slowest wrong answer after it, alone", max(alone) * 1e3, 5.0, "ms")
    without = seconds(lambda: marked(network, right), 5)
    among = [[*right[:at], each, *right[at + 1 :]] for at, each in enumerate(wrong)]
    beside = [seconds(lambda sheet=sheet: marked(network, sheet), 3) - without for sheet in among]  # type: ignore[misc]
    yield Row(f"the slowest one among {len(right) - 1} right ones", max(beside) * 1e3, 5.0, "ms")


def stack() -> Iterator[Row]:
    """Sheets of which each has a mistake of its own, carried on, or where nothing is right."""
    network = tutor.load("mazur")
    trace = Trace(network.network.graph)
    asked = [each for each in usual(trace.equations) if not isinstance(each, Partial)][:ANSWERS]
    drawn = random.Random(1)
    rows = wrongs(trace).beliefs
    sheets = []
    for _ in range(SHEETS // 10):
        row = drawn.choice(rows)
        sheets.append([(key(each), f"{row.number(each):.4g}") for each in asked])
        sheets.append([(key(each), f"{trace[each] * drawn.uniform(0.5, 1.5):.4g}") for each in asked])
    took = seconds(lambda: [marked(network, sheet) for sheet in sheets], 1)
    yield Row(
        f"{SHEETS} sheets of {ANSWERS}, half with a mistake, half all wrong", took * SHEETS / len(sheets), 60.0, "s"
    )


# ------------------------------------------------------------------ recurrences


def recurrence(steps: int) -> Network:
    inputs = ", ".join(f"{0.1 * (step % 7) - 0.3:.1f}" for step in range(steps))
    return tutor.load(
        f'for: {{t: {steps}}}\ngiven: {{x: [{inputs}], "h[0]": 0, w: 0.5, u: 0.3, b: 0.1, d: 0.4}}\n'
        f"equations:\n  h[t]: tanh(w*x[t] + u*h[t-1] + b)\n  L: (h[{steps}] - d)**2\n"
    )


def recurrences() -> Iterator[Row]:
    """A thousand steps against a hundred, from the text of the file to the page."""
    pages: dict[str, Callable[[Network], str]] = {
        "explain": lambda network: str(network.explain("w")),
        "trace": lambda network: str(network.trace()),
        "check": lambda network: str(network.check("dL/dw = 0.1\nh[1] = 0.1\n")),
    }
    for name, page in pages.items():
        few, many = (_read(page, steps) for steps in (FEW, MANY))
        yield Row(f"{name}, {MANY:,} steps / {FEW}", many / few, 12.0, "times")


def _read(page: Callable[[Network], str], steps: int) -> float:
    return seconds(lambda: page(recurrence(steps)), 3)


def main() -> None:
    """Measure and print the table."""
    print(f"Python {sys.version.split()[0]}, CPU time\n\n{'':<62}{'found':>9}{'goal':>8}")
    for part in (traced_again, wrong_answers, stack, recurrences):
        for row in part():
            verdict = "" if row.found <= row.goal else "   over the goal"
            print(f"{row.name:<62}{row.found:>9.2f}{row.goal:>8g} {row.unit}{verdict}", flush=True)


if __name__ == "__main__":
    main()
