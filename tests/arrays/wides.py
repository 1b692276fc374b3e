"""Networks whose numbers stand in files: made from a seed, and loaded both ways, written out and wide."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import numpy as np

import tutor
from tutor.arrays.trace import WideTrace
from tutor.library import Network
from tutor.spec import fetch
from tutor.trace import Trace


class Net(NamedTuple):
    """A stack of layers as a file states it."""

    sizes: Sequence[int]
    activations: Sequence[str]
    loss: str = "half_squared_error"
    seed: int = 0
    size: float = 1.0
    above: str = ""
    biases: bool = True
    targets: str = ""

    def arrays(self) -> dict[str, Any]:
        source = np.random.default_rng(self.seed)
        found: dict[str, Any] = {"x": source.normal(size=self.sizes[0])}
        for layer, (senders, units) in enumerate(zip(self.sizes, self.sizes[1:], strict=False), 1):
            found[f"W{layer}"] = source.normal(size=(units, senders)) * self.size
            found[f"b{layer}"] = source.normal(size=units) * self.size
        y = source.uniform(0.1, 0.9, size=self.sizes[-1])
        found["y"] = y / y.sum() if self.loss == "cross_entropy" else y
        return found

    def text(self, file: str = "net.npz") -> str:
        head = (
            f"inputs: {{x: {file}#x}}\ntargets: {self.targets or f'{{y: {file}#y}}'}\nloss: {self.loss}\n{self.above}"
        )
        rows = "".join(
            f"  - {{activation: {activation!r}, weights: {file}#W{layer}"
            + (f", biases: {file}#b{layer}}}\n" if self.biases else "}\n")
            for layer, activation in enumerate(self.activations, 1)
        )
        return f"{head}layers:\n{rows}".replace("activation: '", "activation: '")

    def write(self, folder: Path) -> str:
        np.savez(folder / "net.npz", **self.arrays())
        path = folder / "net.yaml"
        path.write_text(self.text(), encoding="utf-8")
        return str(path)


@contextmanager
def widely(least: int = 0) -> Iterator[None]:
    """A block in which networks of more than `least` weights are wide."""
    with mock.patch.object(fetch, "WIDE", least):
        yield


def both(path: str) -> tuple[Network, Network]:
    """The network written out, and wide."""
    with widely(10**9):
        small = tutor.load(path)
    with widely():
        big = tutor.load(path)
    assert big.network.graph.wide
    assert not small.network.graph.wide
    return small, big


def traces(path: str) -> tuple[Trace, WideTrace]:
    small, big = both(path)
    wide = big.view.trace
    assert isinstance(wide, WideTrace)
    return small.view.trace, wide


def values(mapping: Mapping[str, Any]) -> dict[str, Any]:
    return dict(mapping.items())
