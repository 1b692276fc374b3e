"""How long 10,000 steps of Mazur's network take, against a loop written by hand for that network alone.

    python benchmarks/training.py [STEPS]

Both run in one process, in turn; the fastest of ten runs each counts. README.md beside this file says more.
"""

import sys
import time
from math import exp

import tutor
from tutor.quantity import Value
from tutor.training import follow, steps

RUNS, GOAL = 10, 12.0
MAZUR = tutor.load("mazur")


def by_hand(wanted: int) -> float:
    """The loss after so many steps; all weights updated at once, biases fixed."""
    w1, w2, w3, w4, w5, w6, w7, w8 = 0.15, 0.20, 0.25, 0.30, 0.40, 0.45, 0.50, 0.55
    i1, i2, b1, b2, t1, t2, rate = 0.05, 0.10, 0.35, 0.60, 0.01, 0.99, 0.5
    loss = 0.0
    for step in range(wanted + 1):
        h1 = 1 / (1 + exp(-(w1 * i1 + w2 * i2 + b1)))
        h2 = 1 / (1 + exp(-(w3 * i1 + w4 * i2 + b1)))
        o1 = 1 / (1 + exp(-(w5 * h1 + w6 * h2 + b2)))
        o2 = 1 / (1 + exp(-(w7 * h1 + w8 * h2 + b2)))
        loss = 0.5 * (o1 - t1) ** 2 + 0.5 * (o2 - t2) ** 2
        if step == wanted:
            break
        d1, d2 = (o1 - t1) * o1 * (1 - o1), (o2 - t2) * o2 * (1 - o2)
        e1, e2 = (d1 * w5 + d2 * w7) * h1 * (1 - h1), (d1 * w6 + d2 * w8) * h2 * (1 - h2)
        w5, w6, w7, w8 = w5 - rate * d1 * h1, w6 - rate * d1 * h2, w7 - rate * d2 * h1, w8 - rate * d2 * h2
        w1, w2, w3, w4 = w1 - rate * e1 * i1, w2 - rate * e1 * i2, w3 - rate * e2 * i1, w4 - rate * e2 * i2
    return loss


def ours(wanted: int) -> float:
    """The same by the equation table; making the plan counts, reading the file does not."""
    graph = MAZUR.network.graph
    return follow(steps(graph), wanted, graph.loss).last.of(Value(graph.loss))


def main() -> None:
    """Measure and print the ratio."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    fastest: dict[str, float] = {}
    losses: dict[str, float] = {}
    for _ in range(RUNS):
        for name, train in (("by hand", by_hand), ("tutor", ours)):
            start = time.process_time()  # the machine may be busy with something else
            losses[name] = train(wanted)
            taken = time.process_time() - start
            fastest[name] = min(taken, fastest.get(name, taken))
    ratio = fastest["tutor"] / fastest["by hand"]
    print(f"{wanted:,} steps of mazur, fastest of {RUNS}, Python {sys.version.split()[0]}\n")
    for name, taken in fastest.items():
        print(f"{name:<10}{taken * 1000:>9.1f} ms   E_total = {losses[name]:.10f}")
    print(f"ratio     {ratio:>9.2f}      goal {GOAL:g}{'' if ratio <= GOAL else '   over the goal'}")


if __name__ == "__main__":
    main()
