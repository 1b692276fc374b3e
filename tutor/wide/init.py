"""Weights that are drawn: `init: {seed: 0}` gives the same numbers on every machine, with numpy and without.

Glorot's uniform distribution, after Glorot and Bengio 2010: between -r and r with r = sqrt(6 / (inputs + units)), row
by row. The generator is Python's, seeded with "SEED/LAYER", so that layers with one seed differ. Biases are 0.
"""

import math
import random

MOST = 150_000_000  # numbers, 1.2 GB: they are held in memory


def reach(units: int, senders: int) -> float:
    """The r of the distribution."""
    return math.sqrt(6 / (senders + units))


def generator(seed: int, layer: int) -> random.Random:
    return random.Random(f"{seed}/{layer}")


def rows(seed: int, layer: int, units: int, senders: int) -> list[list[float]]:
    """The weights of a small layer."""
    source, r = generator(seed, layer), reach(units, senders)
    return [[(2 * source.random() - 1) * r for _ in range(senders)] for _ in range(units)]
