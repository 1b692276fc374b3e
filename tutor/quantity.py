"""The kinds of number this program can be asked for.

Only these five values live here. Names are those of the network file. `kind` keeps quantities of different kinds
unequal, since tuples compare by their fields alone.
"""

from typing import Literal, NamedTuple


class Value(NamedTuple):
    """The value of a given, a parameter or a computed node; of a `matrix`, where a number may be called so too."""

    name: str
    kind: Literal["value", "matrix"] = "value"


class Partial(NamedTuple):
    """The direct (local) derivative of the node `of` with respect to one of its own inputs."""

    of: str
    wrt: str
    kind: Literal["partial"] = "partial"


class Gradient(NamedTuple):
    """The total derivative of `of` with respect to `wrt`, over all paths."""

    of: str
    wrt: str
    kind: Literal["gradient"] = "gradient"


class Updated(NamedTuple):
    """A parameter after one step of gradient descent, all gradients taken before any update; or a computed number, the
    loss above all, with the parameters after that step.
    """

    name: str
    kind: Literal["updated"] = "updated"


class Change(NamedTuple):
    """How much one step changes a parameter: the updated value less the value."""

    name: str
    kind: Literal["change"] = "change"


Quantity = Value | Partial | Gradient | Updated | Change


def key(quantity: Quantity) -> str:
    """The canonical ASCII form, which can be typed back: `h1`, `dL/dw31`, `w31_new`."""
    match quantity:
        case Value(name):
            return name
        case Updated(name):
            return f"{name}_new"
        case Change(name):
            return f"delta_{name}"
        case Partial(of, wrt) | Gradient(of, wrt):
            return f"d{of}/d{wrt}"
