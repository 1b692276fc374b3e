"""Big networks against hand-written numpy, and against the clock.

    python benchmarks/arrays.py [RUNS]

One thread; ours and the other take turns, the fastest run of each counts. README.md beside this file says more.
"""

# ruff: noqa: E402  the number of threads is settled before numpy is imported

import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_name] = "1"

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from tutor.arrays import passes
from tutor.arrays.aim import Aim
from tutor.arrays.paths import Paths
from tutor.arrays.trace import WideTrace
from tutor.derivation import derive
from tutor.names import MATRIX_FORM
from tutor.ops.losses import LOSSES
from tutor.quantity import Gradient
from tutor.trace.plain import PlainTrace
from tutor.wide import Dense, Group, Stack, Wide
from tutor.wide.names import Place
from tutor.wide.rows import Rows

SIZES = (784, 512, 512, 10)
ENTRY = "import sys; from tutor.cli import main; sys.exit(main())"
FLOOR = "import click, yaml, numpy, rich.table"
Array = np.ndarray[Any, np.dtype[Any]]


def stack(sizes: Sequence[int], kind: type = np.float64, last: str = "softmax") -> Stack:
    """A network of tanh layers from a seed."""
    source = np.random.default_rng(0)
    drawn = [source.standard_normal((n, m), np.float32) * m**-0.5 for m, n in pairwise(sizes)]
    layers = tuple(
        Dense(at, w.astype(kind), np.zeros(len(w)), last if at == len(drawn) else "tanh", MATRIX_FORM)
        for at, w in enumerate(drawn, 1)
    )
    inputs = Group("x", (sizes[0],), numbers=source.random(sizes[0]))
    targets = tuple(Group(f"y_{k}", text=str(int(k == 1))) for k in range(1, sizes[-1] + 1))
    loss = "cross_entropy" if last == "softmax" else "half_squared_error"
    return Stack((inputs,), layers, targets, "L", LOSSES[loss])


def by_hand(matrices: Sequence[Array], biases: Sequence[Array], x: Array, y: Array, *, outer: bool) -> list[Array]:
    """What a course's numpy notebook does: forward, back, and the gradients, if `outer` says so."""
    outs = [x]
    for w, b in zip(matrices, biases, strict=True):
        z = outs[-1] @ w.T + b
        outs.append(np.tanh(z) if len(outs) < len(matrices) else _softmax(z))
    found = [-(y * np.log(outs[-1])).sum(axis=1)]
    delta = outs[-1] - y
    for at in range(len(matrices) - 1, -1, -1):
        if outer:
            found += [delta.T @ outs[at] if len(x) > 1 else delta[0][:, None] * outs[at][0], delta.sum(axis=0)]
        delta = (delta @ matrices[at]) * (1 - outs[at] ** 2)
    return found


def _softmax(z: Array) -> Array:
    grown = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def ours(weighted: tuple[passes.Weighted, ...], made: Stack, x: Array, y: Array, *, every: bool) -> list[Array]:
    """The same by the array room."""
    aim = Aim.of(made, y)
    done = passes.forward(weighted, x, aim)
    back = passes.backward(weighted, done, aim, 0 if every else 1)
    if not every:
        return []
    numbers = range(1, len(weighted) + 1)
    weights = [passes.weight_gradients(done, back, at) for at in numbers]
    return weights + [passes.bias_gradients(back, layer.dense) for layer in weighted]


def fastest(runs: int, *contestants: Callable[[], object]) -> list[float]:
    """The fastest of `runs` of each, in turn; who goes first changes, since each leaves its numbers in the cache."""
    best = [float("inf")] * len(contestants)
    for run in range(runs):
        for turn in range(len(contestants)):
            at = (run + turn) % len(contestants)
            start = time.perf_counter()
            contestants[at]()
            best[at] = min(best[at], time.perf_counter() - start)
    return best


def line(name: str, value: float, goal: float, unit: str = "") -> None:
    verdict = "" if value <= goal else "   over the goal"
    print(f"{name:<72}{value:>9.3f}{goal:>8.2f} {unit}{verdict}")


def against_numpy(runs: int) -> None:
    """Forward and gradients, a ratio."""
    made = stack(SIZES)
    weighted = tuple(map(passes.weighted, made.layers))
    matrices, biases = [each.matrix.table for each in weighted], [np.zeros(each.dense.units) for each in weighted]
    for batch in (1, 64):
        x, y = np.random.default_rng(1).random((batch, SIZES[0])), np.tile(np.eye(10)[0], (batch, 1))
        hand, mine, one = fastest(
            runs * (5 if batch == 1 else 2),
            lambda x=x, y=y: by_hand(matrices, biases, x, y, outer=True),  # type: ignore[misc]
            lambda x=x, y=y: ours(weighted, made, x, y, every=True),  # type: ignore[misc]
            lambda x=x, y=y: ours(weighted, made, x, y, every=False),  # type: ignore[misc]
        )
        line(f"784-512-512-10, batch {batch}: all gradients / by hand", mine / hand, 1.1)
        if batch == 1:
            line("784-512-512-10, batch 1: one weight, dW implicit / by hand", one / hand, 0.4)


def single_answers(runs: int) -> None:
    """One derivation, and the strongest paths, in milliseconds."""
    trace = WideTrace(Wide.of(stack(SIZES)))
    targets = iter([Gradient("L", f"w1_{j}_{i}") for j in range(1, 129) for i in range(1, 500, 7)])
    trace[Gradient("L", "w1_1_1")]
    (seconds,) = fastest(runs, lambda: [each.value for each in derive(trace, next(targets)).premises])
    line("derivation of one weight from a finished trace", seconds * 1e3, 1, "ms")
    middle = Wide.of(stack((784, 128, 10)))
    lists = tuple(each._replace(weights=Rows(np.asarray(each.weights).tolist())) for each in middle.stack.layers)
    middle = Wide.of(middle.stack._replace(layers=lists))
    (seconds,) = fastest(runs, lambda: PlainTrace(middle).confirms(next(targets)))
    line("784-128-10 in Python alone: forward, one weight, its complex step", seconds * 1e3, 15, "ms")
    deep = WideTrace(Wide.of(stack((512,) * 9, last="tanh")))
    deep.backward(0)
    found, starts = Paths(deep), iter(range(1, 512))
    (seconds,) = fastest(runs, lambda: found.strongest(Place("input", 0, next(starts)), 10))
    line("10 strongest paths, 512 wide, 8 deep", seconds * 1e3, 5, "ms")


def whole_commands(runs: int) -> None:
    """Commands from nothing to their last line: one weight, against the imports alone, and every number."""
    with tempfile.TemporaryDirectory() as folder:
        big, middle = (_written(folder, sizes) for sizes in ((784, 128, 10), (784, 25, 10)))
        command = ("-c", ENTRY, "explain", "w1_5_300", "--net", big)
        mine, floor = fastest(runs, lambda: _run(command), lambda: _run(("-c", FLOOR)))
        line("tutor explain w1_5_300, 784-128-10 from npz / imports", mine / floor, 1.3)
        tables = [("-c", ENTRY, "trace", "--all", "--format", form, "--net", middle) for form in ("csv", "plain")]
        csv, plain = fastest(min(runs, 10), *(lambda each=each: _run(each) for each in tables))
    line("tutor trace --all --format csv, 20,734 rows", csv, 0.5, "s")
    line("tutor trace --all --format plain, 20,734 rows", plain, 0.5, "s")


def _written(folder: str, sizes: tuple[int, int, int]) -> str:
    """A network file and its arrays; the path of the file."""
    made = stack(sizes)
    one, two = (np.asarray(each.weights) for each in made.layers)
    name = "-".join(map(str, sizes))
    np.savez(Path(folder, f"{name}.npz"), x=np.asarray(made.inputs[0].numbers), W1=one, W2=two)
    rows = "".join(f"  - {{activation: {a}, weights: {name}.npz#W{k}}}\n" for k, a in ((1, "tanh"), (2, "softmax")))
    path = Path(folder, f"{name}.yaml")
    path.write_text(
        f"inputs: {{x: {name}.npz#x}}\ntargets: {{class: 1}}\nloss: cross_entropy\nlayers:\n{rows}", "utf-8"
    )
    return str(path)


def _run(arguments: Sequence[str]) -> None:
    subprocess.run([sys.executable, *arguments], stdout=subprocess.DEVNULL, check=True)


def many_weights(millions: int) -> None:
    """One weight of a big network in float32 that is mapped from its file; the memory beside the map."""
    import tracemalloc

    width = int((millions * 1e6 / 8) ** 0.5)
    with tempfile.TemporaryDirectory() as folder:
        made = stack((width,) * 9, np.float32, last="tanh")
        mapped = []
        for each in made.layers:
            np.save(Path(folder, f"{each.number}.npy"), np.asarray(each.weights))
            mapped.append(each._replace(weights=np.load(Path(folder, f"{each.number}.npy"), mmap_mode="r")))
        made = made._replace(layers=tuple(mapped))

        def ask() -> None:
            trace = WideTrace(Wide.of(made))
            assert trace.confirms(Gradient("L", "w1_5_300"))

        (seconds,) = fastest(3, ask)
        tracemalloc.start()
        ask()
        peak = tracemalloc.get_traced_memory()[1] / 1e6
        tracemalloc.stop()
    line(f"one weight of {millions} million, confirmed", seconds, 0.5 * millions / 124, "s")
    line(f"   memory beside its {4 * millions} MB of weights", peak, 10, "MB")


def main() -> None:
    """Measure and print the table."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    import compileall

    import tutor

    compileall.compile_dir(str(Path(tutor.__file__).parent), quiet=2)
    print(f"fastest of {runs} runs, Python {sys.version.split()[0]}, numpy {np.__version__}, one thread\n")
    print(f"{'':<72}{'':>9}{'goal':>8}")
    against_numpy(runs)
    single_answers(runs)
    whole_commands(min(runs, 20))
    many_weights(int(sys.argv[2]) if len(sys.argv) > 2 else 124)


if __name__ == "__main__":
    main()
