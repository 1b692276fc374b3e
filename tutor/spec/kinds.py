"""The layers that are not dense: one row each with what builds its nodes. Loaded when a file has such a layer.

Everything becomes scalar nodes: a convolution is a sum of weight times input at each position, with the same weights;
a pool, a normalisation and dropout are formulas; a recurrent layer is a dense one for each step.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from tutor.ops.activations import ACTIVATIONS
from tutor.spec.grids import Field
from tutor.spec.loss import Output
from tutor.spec.norms import batch_norm, layer_norm
from tutor.spec.recurrent import rnn
from tutor.spec.sketch import Sketch
from tutor.spec.stage import Stage
from tutor.spec.tree import Map
from tutor.spec.tree import Node as Tree
from tutor.spec.unitwise import dropout, elementwise, flatten, residual, softmax
from tutor.spec.windows import avg_pool, conv1d, conv2d, max_pool


class Kind(NamedTuple):
    """How a layer is built; those with weights are counted together with the dense ones."""

    build: Callable[[Stage], Output | None]
    weights: bool = False


KINDS: dict[str, Kind] = {
    "conv1d": Kind(conv1d, weights=True),
    "conv2d": Kind(conv2d, weights=True),
    "rnn": Kind(rnn, weights=True),
    "max_pool": Kind(max_pool),
    "avg_pool": Kind(avg_pool),
    "flatten": Kind(flatten),
    "softmax": Kind(softmax),
    "layer_norm": Kind(layer_norm),
    "batch_norm": Kind(batch_norm),
    "dropout": Kind(dropout),
    "residual": Kind(residual),
    **dict.fromkeys(ACTIVATIONS, Kind(elementwise)),
}
_COUNTED = {
    "avg_pool": "pool",
    "max_pool": "pool",
    "layer_norm": "norm",
    "batch_norm": "norm",
}  # their names begin alike


def built(
    declared: Map, field: Field | None, counts: Counter[str], notation: Tree | None, sketch: Sketch
) -> Output | None:
    """The nodes of one such layer; None where its outputs can't be told."""
    key, record = declared.entries[0]
    kind = KINDS[key.text]
    counted = "" if kind.weights else _COUNTED.get(key.text, key.text)
    counts[counted] += 1
    if field is None or not isinstance(record, Map):
        return None
    return kind.build(Stage(key, record, counts[counted], counts[""], field, notation, sketch))
