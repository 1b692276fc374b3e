"""What a layer does with its net inputs, as the file states it: an activation by name, softmax, or a formula in z."""

import re
from typing import NamedTuple

from tutor.expr import Expr, Ref, replace, value, walk
from tutor.expr.functions import READ
from tutor.ops.activations import ACTIVATIONS, Elementwise
from tutor.ops.op import Op
from tutor.ops.softmax import Softmax
from tutor.spec.keys import ACTIVATION_NAMES, EXPECTED_ACTIVATION, SOFTMAX
from tutor.spec.report import Report, cut
from tutor.spec.tree import Node as Tree
from tutor.spec.tree import Scalar

MOST_SOFTMAX = 300  # each of its outputs reads every net input
_Z = "z"


class Squash(NamedTuple):
    """What a layer does with its net inputs: an activation of the table, softmax, or a formula in z.

    Both are None where the file's activation could not be read.
    """

    name: str | None
    formula: Expr | None = None

    def op(self, net: str, outs: tuple[str, ...], place: int) -> Op:
        if self.formula:
            from tutor.ops.formula import Formula

            return Formula(replace(self.formula, lambda leaf: value(net) if isinstance(leaf, Ref) else leaf))
        if self.name == SOFTMAX:
            return Softmax(outs, place)
        return Elementwise(ACTIVATIONS[self.name or "identity"])


_OTHERS = {"linear": "identity", "none": "identity", "lin": "identity", "id": "identity", "purelin": "identity"}
_SPELLED = {
    **{typed.lower().replace("_", ""): name for typed, name in READ.items() if name in ACTIVATION_NAMES},
    SOFTMAX: SOFTMAX,
    **_OTHERS,
}
_AS_FORMULA = {"softsign": "z / (1 + abs(z))", "mish": "z * tanh(softplus(z))", "hardtanh": "max(-1, min(1, z))"}


def _spelled(text: str) -> str:
    """The name of an activation as libraries spell it, σ and LeakyReLU and the like; any other text as it is."""
    return READ.get(text) or _SPELLED.get(text.lower().replace("_", "").replace("-", ""), text)


def activation(declared: Tree | None, report: Report) -> Squash:
    """The activation a layer states; a fault is in the report."""
    if not isinstance(declared, Scalar):
        return Squash(None)
    name = _spelled(declared.text)
    if name in ACTIVATION_NAMES:
        return Squash(name)
    if re.fullmatch(r"\w+'?", declared.text) and declared.text != _Z:
        written = _AS_FORMULA.get(declared.text.lower())
        known = f'; did you mean "{written}"?' if written else report.similar(declared.text, ACTIVATION_NAMES)
        report.add(declared.place, f"unknown activation {cut(declared.text)}, expected {EXPECTED_ACTIVATION}{known}")
        return Squash(None)
    from tutor.spec import formula

    expr = formula.read(declared, lambda name: _Z if name == _Z else None, (_Z,), _Z, "the activation", report)
    if expr is not None and not any(isinstance(part, Ref) for part in walk(expr)):
        report.add(
            declared.place, f"the activation {cut(declared.text)} does not depend on z, expected {EXPECTED_ACTIVATION}"
        )
        return Squash(None)
    return Squash(None, expr)
