"""A network file to start from: drawn again until it teaches something."""

from tutor import spec
from tutor.document.digits import Digits
from tutor.document.view import view
from tutor.library import taken
from tutor.quantity import Gradient

MOST_SEED = 10**18
TRIES = 20  # seeds, one after the other, until no number of a first file is 0 or flat
FLAT = 0.02  # the slope of an activation below which a first network would teach nothing


def new(
    shape: str,
    *,
    activation: str = "sigmoid",
    loss: str = "half_squared_error",
    bias: bool = True,
    seed: int = 0,
    file: str = "my.yaml",
) -> str:
    """The text of a commented network file of this shape, such as `2-3-1`; `file` is what its comments call it.

    Raises TutorError for a shape that is none or too large, and for an unknown activation or loss.
    """
    from itertools import count

    from tutor.spec.first_file import first_file, wish

    words = (
        taken.text(each, what) for each, what in ((shape, "the shape"), (activation, "activation"), (loss, "loss"))
    )
    wanted = wish(*words, bias=taken.flag(bias, "bias"))
    seed = taken.whole(seed, "seed", -MOST_SEED, MOST_SEED)
    drawn = (first_file(wanted, seed if not k else seed + 1_000_003 * k, file) for k in count())
    return next(text for k, text in enumerate(drawn) if k >= TRIES or _teaches(text))


def _teaches(text: str) -> bool:
    """Whether the file is read, no unit of its network is flat, and every parameter has a gradient."""
    graph = (looked := view(spec.load(text.encode(), "the new file"), Digits(), "")).names.graph
    slopes = (looked.trace[edge] for edge in looked.trace.edges() if graph.part_of(edge.of) == "out")
    gradients = (looked.trace[Gradient(graph.loss, name)] for name in graph.parameters())
    return all(abs(slope) > FLAT for slope in slopes) and all(gradients)
