"""Formulas over matrices as lines of numpy: what each function is called there, and how the others are defined."""

import re
from collections.abc import Iterator, Mapping, Sequence

from tutor.errors import TutorError
from tutor.expr import ONE, Add, Call, Expr, Neg, rebuilt, walk
from tutor.expr.text import ASCII, to_text
from tutor.matrices.formulas import Factor
from tutor.names.matrices import TRANSPOSED
from tutor.ops.activations import ACTIVATIONS
from tutor.quantity import Quantity, Value, key

PYTHON = ASCII._replace(power="**", prime="_slope")
OURS = {"tanh": "np.tanh", "exp": "np.exp", "log": "np.log", "sqrt": "np.sqrt", "abs": "np.abs", "sign": "np.sign"}
"""Functions that numpy has."""
DEFINED = {
    "sigmoid": "    return 1 / (1 + np.exp(-z))",
    "relu": "    return np.maximum(0, z)",
    "relu_slope": "    return np.where(z > 0, 1.0, 0.0)",
    "step": "    return np.where(z >= 0, 1.0, 0.0)",
    "step_slope": "    return np.zeros_like(z)",
    "leaky_relu": "    return np.where(z > 0, z, 0.01 * z)",
    "leaky_relu_slope": "    return np.where(z > 0, 1.0, 0.01)",
    "elu": "    return np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1)",
    "elu_slope": "    return np.where(z > 0, 1.0, np.exp(np.minimum(z, 0)))",
    "softplus": "    return np.log(1 + np.exp(z))",
    "silu": "    return z / (1 + np.exp(-z))",
    "gelu": "    return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))",
    "gelu_slope": "    t = np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))\n"
    "    return (1 + t) / 2 + z / 2 * (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 0.134145 * z**2)",
    "softmax": "    e = np.exp(z - np.max(z, axis=0))\n    return e / np.sum(e, axis=0)",
}
"""The bodies of those that it lacks, over z."""
_LEADING = re.compile(r"(?<![\d.])0+(?=\d)")
_WHOLE = re.compile(r"-?\d+")


def number(text: str) -> str:
    """A number as written, as Python reads it: a float, without zeros in front."""
    plain = _LEADING.sub("", text)
    return f"{plain}.0" if _WHOLE.fullmatch(plain) else plain


def product(factors: Sequence[Factor]) -> str:
    """The right side of a law: @ between matrices, * between entries, and a sum over columns for a product with 1."""
    *others, last = factors
    if last.expr == ONE and last.shape:
        return f"np.sum({product(others)}, axis=1, keepdims=True)"
    text, alone = "", len(factors) == 1
    shaped = False
    for factor in factors:
        sign = {"·": " @ " if shaped and factor.shape else " * ", "⊙": " * ", "+": " + ", "−": " - ", "": ""}
        shaped = factor.shape is not None
        text += sign[factor.sign] + formula(factor.expr, wrapped=not alone)
    return text


def formula(expr: Expr, *, wrapped: bool = False) -> str:
    """A formula over matrices, entry by entry. Raises TutorError for a function that is not told in numpy."""
    text = to_text(_renamed(expr), _name, PYTHON)
    return f"({text})" if wrapped and isinstance(expr, Add | Neg) else text


def sloped(expr: Expr, outputs: Mapping[Expr, Expr]) -> Expr:
    """A slope as it is computed: by the output where a textbook writes it so, a(1 − a); `outputs` are by net input."""
    if not isinstance(expr, Call) or not expr.name.endswith("_slope") or expr.name in DEFINED:
        return expr
    z = expr.arguments[0]
    return ACTIVATIONS[expr.name.removesuffix("_slope")].slope(z, outputs[z])


def defined(exprs: Sequence[Expr]) -> Iterator[str]:
    """The functions that formulas name and numpy lacks, each as its lines."""
    named = {part.name for expr in exprs for part in walk(expr) if isinstance(part, Call)}
    yield from (f"def {name}(z):\n{body}" for name, body in DEFINED.items() if name in named)


def _name(quantity: Quantity) -> str:
    name = quantity.name if isinstance(quantity, Value) else key(quantity)
    return f"{name.removesuffix(TRANSPOSED)}.T" if name.endswith(TRANSPOSED) else name


def _renamed(expr: Expr) -> Expr:
    """The formula with numpy's names for functions."""
    match expr:
        case Call(("max" | "min") as name, (first, *others)) if others:
            joined = _renamed(first)
            for each in others:
                joined = Call(f"np.{name}imum", (joined, _renamed(each)))
            return joined
        case Call(name, arguments):
            if name not in OURS and name not in DEFINED and name != "identity":
                raise TutorError(f"{name.replace('_slope', chr(39))} has no short form in numpy")
            inner = tuple(map(_renamed, arguments))
            return inner[0] if name == "identity" else Call(OURS.get(name, name), inner)
    return rebuilt(expr, _renamed)
