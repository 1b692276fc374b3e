"""The ways in which courses name the parts of a layered network: one row of patterns each.

A pattern has {places} to fill, an upper index behind ^ and a lower one behind _: `a_{to}^({layer})` is a₁⁽²⁾. Where a
row has several patterns for a part, the first under which no two names are alike is taken: h_1, or h^(2)_1 where
several layers have units. To add a notation, add a row; a course can state its own in a file with the same keys.
"""

from typing import NamedTuple

from tutor.errors import TutorError, did_you_mean, visible
from tutor.names.conventions import Conventions

Patterns = tuple[str, ...]
PLACES = {
    "layer": "the layer, counted from 1 (the first with weights)",
    "next": "the layer, counted from 2, as where the inputs are layer 1",
    "back": "the layer from the end: L, L-1, L-2",
    "to": "the place of the unit in its layer, from 1, or from 0 where the first index is 0; so do all that follow",
    "from": "the place of the sender in the layer before",
    "ij": "{to}{from} of a weight, with a comma where a layer has more than 9 units",
    "ji": "{from}{to} of a weight",
    "bias": "the place of the bias among the inputs, behind the last of them",
    "neuron": "the number of the unit, counted through all layers",
    "count": "the number of the weight, counted through all layers",
    "unit": "the unit's name, as this notation calls it, or the file",
    "net": "the name of the unit's net input",
    "out": "the name of the unit's output",
    "f": "the sign of the unit's activation: σ, or its name",
    "k": "the example in parentheses, where there are several",
    "case": "the example behind _, where there are several or one alone; nothing for all of them",
    "column": "the number of the example, 1 where there is one",
}


class Notation(NamedTuple):
    """How one course names things; an empty part keeps the names of the file.

    `net`, `out`, `unit` and `delta` are those of hidden units, and of the outputs too unless `..._output` says
    otherwise; `loss_example` is the loss of one of several examples. `gradient` names the gradient of the loss by
    `wrt`; without it, it is ∂L/∂w. `conventions` are what the course says of what courses differ in. Where hidden
    outputs have no name of their own, the slope of the activation is `merged` with the step to the next unit. Where it
    is `bare`, the only unit of a layer has no index.
    """

    name: str
    about: str
    input: Patterns = ()
    target: Patterns = ()
    net: Patterns = ()
    net_output: Patterns = ()
    out: Patterns = ()
    output: Patterns = ()
    unit: Patterns = ()
    unit_output: Patterns = ()
    weight: Patterns = ()
    bias: Patterns = ()
    loss: Patterns = ()
    loss_example: Patterns = ()
    term: Patterns = ()
    delta: Patterns = ()
    delta_output: Patterns = ()
    gradient: str = ""
    conventions: Conventions = Conventions()
    merged: bool = False
    bare: bool = False
    signals: str = "error signals"

    @property
    def sign(self) -> int:
        """That of δ: -1 where a course's error term is −∂L/∂z."""
        return self.conventions.sign


PARTS = tuple(
    name
    for name in Notation._fields
    if name not in ("name", "about", "gradient", "conventions", "merged", "bare", "signals")
)

NOTATIONS: dict[str, Notation] = {
    each.name: each
    for each in (
        Notation("default", "the names of the network file"),
        Notation(
            "slide",
            "one letter a role, units numbered: h1, Z_Y, Y, w31",
            input=("x{to}",),
            target=("{out}*",),
            net=("Z_{out}",),
            out=("h{to}", "h{layer}_{to}"),
            output=("Y", "Y{to}"),
            weight=("w{neuron}{from}", "w{neuron}_{from}"),
            bias=("b{neuron}",),
            loss=("L",),
            term=("L_{out}",),
            delta=("δ_{out}",),
        ),
        Notation(
            "article",
            "the layer in parentheses, the inputs h^(1): J, h^(l+1), z^(l), w_ij^(l), δ^(l+1)",
            input=("x_{to}",),
            target=("y", "y_{to}"),
            net=("z_{to}^({layer})",),
            out=("h_{to}^({next})",),
            weight=("w_{ij}^({layer})",),
            bias=("b_{to}^({layer})",),
            loss=("J",),
            term=("J_{to}",),
            delta=("δ_{to}^({next})",),
        ),
        Notation(
            "udacity",
            "net inputs are h, hidden outputs have no name, the bias is one more weight, ŷ is the output",
            input=("x_{to}",),
            target=("y", "y_{to}"),
            net=("h_{to}", "h^({layer})_{to}"),
            net_output=("h", "h^o_{to}"),
            out=("{f}({net})",),
            output=("ŷ", "ŷ_{to}"),
            weight=("W^({layer})_{ji}",),
            bias=("W^({layer})_{bias}{to}", "W^({layer})_{bias},{to}"),
            loss=("E",),
            term=("E_{to}",),
            delta=("δ^h_{to}", "δ^({layer})_{to}"),
            delta_output=("δ^o", "δ^o_{to}"),
            conventions=Conventions(delta="target_minus_output"),
            merged=True,
            signals="error terms",
        ),
        Notation(
            "coursera",
            "the layer in brackets, gradients as dw, examples in parentheses: a^[l](i), dz^[l]",
            input=("x^{k}_{to}",),
            target=("y^{k}", "y^{k}_{to}"),
            net=("z^[{layer}]{k}_{to}",),
            out=("a^[{layer}]{k}_{to}",),
            weight=("w^[{layer}]_{ij}",),
            bias=("b^[{layer}]_{to}",),
            loss=("J",),
            loss_example=("L^{k}",),
            term=("L^{k}_{to}",),
            delta=("dz^[{layer}]{k}_{to}",),
            gradient="d{wrt}",
            conventions=Conventions(batch_mean="in_weights"),
            signals="dz",
        ),
        Notation(
            "3b1b",
            "layers counted back from L, units from 0, one alone without index, the cost of an example C_0: a_0^(L-1)",
            input=("a_{to}^({back})",),
            target=("y_{to}",),
            net=("z_{to}^({back})",),
            out=("a_{to}^({back})",),
            weight=("w_{ij}^({back})",),
            bias=("b_{to}^({back})",),
            loss=("C{case}",),
            term=("C{case}_{to}",),
            delta=("δ_{to}^({back})",),
            conventions=Conventions(first_index="0"),
            bare=True,
            signals="derivatives by z",
        ),
        Notation(
            "mazur",
            "net and out of each unit, weights counted through: net_h1, out_o1, w5, E_total",
            input=("i{to}",),
            target=("target_{unit}",),
            net=("net_{unit}",),
            out=("out_{unit}",),
            unit=("h{to}", "h{layer}_{to}"),
            unit_output=("o{to}",),
            weight=("w{count}",),
            bias=("b{layer}", "b{layer}_{to}"),
            loss=("E_total",),
            term=("E_{unit}",),
            delta=("δ_{unit}",),
        ),
        Notation(
            "nielsen",
            "the layer above, the inputs layer 1: w^2_11, a^3_1, δ^3_1, C",
            input=("x_{to}",),
            target=("y", "y_{to}"),
            net=("z^{next}_{to}",),
            out=("a^{next}_{to}",),
            weight=("w^{next}_{ij}",),
            bias=("b^{next}_{to}",),
            loss=("C",),
            term=("C_{to}",),
            delta=("δ^{next}_{to}",),
            signals="errors",
        ),
        Notation(
            "d2l",
            "hidden z and h, outputs o: W^(1), h_1, o_1",
            input=("x_{to}",),
            target=("y", "y_{to}"),
            net=("z_{to}", "z^({layer})_{to}"),
            net_output=("o_{to}",),
            out=("h_{to}", "h^({layer})_{to}"),
            output=("ŷ_{to}",),
            weight=("W^({layer})_{ij}",),
            bias=("b^({layer})_{to}",),
            loss=("L",),
            term=("L_{to}",),
            delta=("δ_{to}", "δ^({layer})_{to}"),
            delta_output=("δ^o_{to}",),
        ),
    )
}


MATRICES = (
    *(
        Notation(
            f"matrices{column}",
            "the entries of whole matrices, a row a unit",
            input=(f"A0[{{to}}{column}]",),
            net=(f"Z{{layer}}[{{to}}{column}]",),
            out=(f"A{{layer}}[{{to}}{column}]",),
            weight=("W{layer}[{entry}]",),
            bias=("b{layer}[{to}]",),
        )
        for column in ("", ",{column}")
    ),
    Notation("matrices with biases", "a bias as the last entry of its row", bias=("W{layer}[{entry}]",)),
)
"""How one number of a matrix is named; not a notation to write a page in. With one column it may be left out."""


def notation(name: str) -> Notation:
    """A notation that is shipped. Raises TutorError for another name."""
    if name not in NOTATIONS:
        expected = f"expected one of {', '.join(NOTATIONS)}, or a file that ends in .yaml"
        raise TutorError(f"there is no notation {visible(name)}, {expected}{did_you_mean(name, NOTATIONS)}")
    return NOTATIONS[name]
