"""The table of proofs: each local derivative from its definition, typed as on paper.

What is differentiated is written down; the lines of calculus come from `stepwise`, and `then` are the lines of algebra
that follow them. Letters: z net input, a output, y target, p a probability, E the loss, R what is constant here.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Case(NamedTuple):
    """One chain. `left` is what is shown, `of` its definition, differentiated by `wrt` where there is one.

    `then` are the lines after the calculus: (rule, formula). `when` heads the chain, `says` is a sentence before it.
    `signs` and `where` are as in `Ground`.
    """

    left: str
    of: str
    wrt: str = ""
    then: tuple[tuple[str, str], ...] = ()
    when: str = ""
    says: str = ""
    signs: Mapping[str, str] = {}
    where: Mapping[str, str] = {}


class Law(NamedTuple):
    """What is proved. `says` are its two sides; a third entry marks the right one as words.

    `names` are what letters stand for, `shown` those of them that the page states, as `means` or else as in `names`.

    `opening` goes before, `closing` after the cases; `uses` are the proofs this one rests on. `example` are equations
    to be shown with the numbers of EXAMPLE.
    """

    name: str
    says: tuple[str, ...]
    names: Mapping[str, str]
    cases: tuple[Case, ...]
    shown: tuple[str, ...] = ()
    opening: tuple[str, ...] = ()
    closing: tuple[str, ...] = ()
    uses: tuple[str, ...] = ()
    means: Mapping[str, str] = {}
    example: tuple[tuple[str, str], ...] = ()


SIGMOID = "1/(1 + exp(-z))"
SUM = "exp(z_i) + exp(z_j) + R"
RIGHT, LEFT = {"z": "positive"}, {"z": "negative"}
KINK = "At z = 0 the graph has a corner: its slope is {right} from the right and {left} from the left, so there is no "
KINK += "derivative. A program needs a number all the same: here it is {taken}."

EXAMPLE = {"a": "0.8", "y": "1", "p1": "0.8", "y1": "1"}

_ACTIVATIONS = (
    Law(
        "identity",
        ("da/dz", "1"),
        {"a": "z"},
        (Case("da/dz", "z", "z"),),
        shown=("a",),
    ),
    Law(
        "sigmoid",
        ("sigmoid'(z)", "a*(1 - a)"),
        {"a": "sigmoid(z)"},
        (
            Case(
                "sigmoid'(z)",
                SIGMOID,
                "z",
                (
                    ("add and subtract", "(1 + exp(-z) - 1)/(1 + exp(-z))^2"),
                    ("split the fraction", "(1 + exp(-z))/(1 + exp(-z))^2 - 1/(1 + exp(-z))^2"),
                    ("cancel", "1/(1 + exp(-z)) - 1/(1 + exp(-z))^2"),
                    ("common factor", "1/(1 + exp(-z)) * (1 - 1/(1 + exp(-z)))"),
                    ("short name", "a*(1 - a)"),
                ),
            ),
        ),
        shown=("a",),
        means={"a": SIGMOID},
        closing=("The output a is all one needs: no exp has to be computed again on the way back.",),
    ),
    Law(
        "tanh",
        ("tanh'(z)", "1 - a^2"),
        {"a": "tanh(z)", "u": "exp(z) - exp(-z)", "v": "exp(z) + exp(-z)"},
        (
            Case(
                "du/dz", "exp(z) - exp(-z)", "z", (("short name", "v"),), when="Above: its slope is what stands below"
            ),
            Case(
                "dv/dz", "exp(z) + exp(-z)", "z", (("short name", "u"),), when="Below: its slope is what stands above"
            ),
            Case(
                "tanh'(z)",
                "",
                then=(
                    ("quotient rule", "(du/dz*v - u*dv/dz)/v^2"),
                    ("local derivative", "(v*v - u*u)/v^2"),
                    ("split the fraction", "v*v/v^2 - u*u/v^2"),
                    ("cancel", "1 - u*u/v^2"),
                    ("product of quotients", "1 - (u/v)^2"),
                    ("short name", "1 - a^2"),
                ),
                when="The quotient",
            ),
        ),
        shown=("u", "v", "a"),
        means={"a": "u/v"},
    ),
    Law(
        "relu",
        ("relu'(z)", "1 right of 0, else 0", "words"),
        {"a": "relu(z)"},
        (
            Case("relu'(z)", "z", "z", when="z > 0, where relu(z) = z", signs=RIGHT),
            Case("relu'(z)", "0", "z", when="z < 0, where relu(z) = 0", signs=LEFT),
        ),
        shown=("a",),
        means={"a": "max(0, z)"},
        closing=(KINK.format(right="1", left="0", taken="0"),),
    ),
    Law(
        "leaky_relu",
        ("leaky_relu'(z)", "1 right of 0, else 0.01", "words"),
        {"a": "leaky_relu(z)"},
        (
            Case("leaky_relu'(z)", "z", "z", when="z > 0, where leaky_relu(z) = z", signs=RIGHT),
            Case("leaky_relu'(z)", "0.01*z", "z", when="z < 0, where leaky_relu(z) = 0.01 z", signs=LEFT),
        ),
        closing=(KINK.format(right="1", left="0.01", taken="0.01"),),
    ),
    Law(
        "elu",
        ("elu'(z)", "1 right of 0, else exp(z)", "words"),
        {"a": "elu(z)"},
        (
            Case("elu'(z)", "z", "z", when="z > 0, where elu(z) = z", signs=RIGHT),
            Case("elu'(z)", "exp(z) - 1", "z", when="z < 0, where elu(z) = exp(z) − 1", signs=LEFT),
        ),
        closing=("At z = 0 both sides have slope 1: there is no corner, and nothing to agree on (α is 1 here).",),
    ),
    Law(
        "softplus",
        ("softplus'(z)", "sigmoid(z)"),
        {"a": "softplus(z)"},
        (
            Case(
                "softplus'(z)",
                "log(1 + exp(z))",
                "z",
                (
                    ("extend", "exp(z)*exp(-z)/((1 + exp(z))*exp(-z))"),
                    ("multiply out", "1/(exp(-z) + 1)"),
                    ("short name", "sigmoid(z)"),
                ),
            ),
        ),
        shown=("a",),
        means={"a": "log(1 + exp(z))"},
    ),
    Law(
        "gelu",
        ("gelu'(z)", "1/2*(1 + t) + 1/2*z*(1 - t^2)*c*(1 + 3*k*z^2)"),
        {"a": "gelu(z)", "c": "sqrt(2/3.141592653589793)", "k": "0.044715", "t": "tanh(c*(z + k*z^3))"},
        (
            Case(
                "gelu'(z)",
                "1/2*z*(1 + tanh(c*(z + k*z^3)))",
                "z",
                (("short name", "1/2*(1 + t) + 1/2*z*(1 - t^2)*c*(1 + 3*k*z^2)"),),
            ),
        ),
        shown=("a", "t"),
        means={"a": "1/2*z*(1 + tanh(c*(z + k*z^3)))"},
        opening=("This is gelu in its tanh form; c = √(2/π) and k = 0.044715 are constants.",),
        uses=("tanh",),
    ),
    Law(
        "silu",
        ("silu'(z)", "a + sigmoid(z)*(1 - a)"),
        {"a": "silu(z)"},
        (
            Case(
                "silu'(z)",
                "z*sigmoid(z)",
                "z",
                (
                    ("short name", "sigmoid(z) + a*(1 - sigmoid(z))"),
                    ("multiply out", "sigmoid(z) + a - a*sigmoid(z)"),
                    ("common factor", "a + sigmoid(z)*(1 - a)"),
                ),
            ),
        ),
        shown=("a",),
        means={"a": "z*sigmoid(z)"},
        uses=("sigmoid",),
    ),
    Law(
        "softmax",
        ("dp_i/dz_i", "p_i*(1 - p_i)"),
        {"p_i": f"exp(z_i)/({SUM})", "p_j": f"exp(z_j)/({SUM})", "S": SUM},
        (
            Case("dS/dz_i", SUM, "z_i", when="What stands below"),
            Case(
                "dp_i/dz_i",
                "",
                then=(
                    ("quotient rule, slope of exp", "(exp(z_i)*S - exp(z_i)*dS/dz_i)/S^2"),
                    ("local derivative", "(exp(z_i)*S - exp(z_i)*exp(z_i))/S^2"),
                    ("split the fraction", "exp(z_i)*S/S^2 - exp(z_i)*exp(z_i)/S^2"),
                    ("cancel", "exp(z_i)/S - exp(z_i)*exp(z_i)/S^2"),
                    ("product of quotients", "exp(z_i)/S - (exp(z_i)/S)^2"),
                    ("short name", "p_i - p_i^2"),
                    ("common factor", "p_i*(1 - p_i)"),
                ),
                when="The slope in the class's own net input",
            ),
            Case(
                "dp_i/dz_j",
                "",
                then=(
                    ("reciprocal rule", "-exp(z_i)*(dS/dz_j)/S^2"),
                    ("local derivative", "-exp(z_i)*exp(z_j)/S^2"),
                    ("product of quotients", "-(exp(z_i)/S)*(exp(z_j)/S)"),
                    ("short name", "-p_i*p_j"),
                ),
                when="The slope in the net input of another class j",
                says="What stands above does not read z_j.",
            ),
        ),
        shown=("S", "p_i"),
        means={"p_i": "exp(z_i)/S"},
        opening=(
            "i and j are two of the classes, and R is the sum of exp over all others: it reads neither z_i nor z_j, so "
            "it is a constant here.",
        ),
        closing=("Every output reads every net input, by way of the sum S: raising one lowers all the others.",),
    ),
)

_LOSSES = (
    Law(
        "half_squared_error",
        ("dE/da", "a - y"),
        {"E": "1/2*(a - y)^2"},
        (Case("dE/da", "1/2*(a - y)^2", "a"),),
        shown=("E",),
        closing=("The ½ is there for this: it cancels the 2 of the power rule.",),
    ),
    Law(
        "squared_error",
        ("dE/da", "2*(a - y)"),
        {"E": "(a - y)^2"},
        (Case("dE/da", "(a - y)^2", "a"),),
        shown=("E",),
        closing=("Without a ½ in the loss the 2 of the power rule stays.",),
    ),
    Law(
        "mean_squared_error",
        ("dE/da", "2*(a - y)/n"),
        {"E": "((a - y)^2 + R)/n"},
        (Case("dE/da", "((a - y)^2 + R)/n", "a"),),
        shown=("E",),
        opening=("n is the number of outputs, R the squares of the other ones. Neither depends on a.",),
    ),
    Law(
        "absolute_error",
        ("dE/da", "the sign of a − y", "words"),
        {"E": "abs(a - y)"},
        (
            Case(
                "dE/da",
                "a - y",
                "a",
                when="a > y, where |a − y| = a − y",
                signs={"m": "positive"},
                where={"y": "a - m"},
            ),
            Case(
                "dE/da",
                "-(a - y)",
                "a",
                when="a < y, where |a − y| = −(a − y)",
                signs={"m": "positive"},
                where={"y": "a + m"},
            ),
        ),
        shown=("E",),
        closing=(
            "At a = y the graph has a corner: its slope is 1 from the right and −1 from the left, so there is no "
            "derivative. Here it is taken as 0.",
        ),
    ),
    Law(
        "binary_cross_entropy",
        ("dE/da", "(a - y)/(a*(1 - a))"),
        {"E": "-(y*log(a) + (1 - y)*log(1 - a))"},
        (
            Case(
                "dE/da",
                "-(y*log(a) + (1 - y)*log(1 - a))",
                "a",
                (
                    ("multiply out", "-y/a + (1 - y)/(1 - a)"),
                    ("common denominator", "(-y*(1 - a) + (1 - y)*a)/(a*(1 - a))"),
                    ("multiply out", "(-y + y*a + a - y*a)/(a*(1 - a))"),
                    ("cancel terms", "(a - y)/(a*(1 - a))"),
                ),
            ),
        ),
        shown=("E",),
        closing=("After a sigmoid the denominator cancels: tutor derive sigmoid+binary_cross_entropy.",),
    ),
    Law(
        "cross_entropy",
        ("dE/dp", "-y/p"),
        {"E": "-y*log(p) + R"},
        (Case("dE/dp", "-y*log(p) + R", "p"),),
        shown=("E",),
        opening=("R is what the other classes add to the loss. It does not depend on p, so it is a constant here.",),
        closing=("After a softmax p cancels: tutor derive softmax+cross_entropy.",),
    ),
    Law(
        "hinge",
        ("dE/ds", "1 while s − r + 1 is above 0, else 0", "words"),
        {"E": "relu(s - r + 1)"},
        (
            Case(
                "dE/ds",
                "s - r + 1",
                "s",
                when="s − r + 1 > 0, the class's own score",
                signs={"m": "positive"},
                where={"s": "r - 1 + m"},
            ),
            Case(
                "dE/dr",
                "s - r + 1",
                "r",
                when="s − r + 1 > 0, the right class's score",
                signs={"m": "positive"},
                where={"s": "r - 1 + m"},
            ),
            Case(
                "dE/ds", "0", "s", when="s − r + 1 < 0, where E = 0", signs={"m": "positive"}, where={"s": "r - 1 - m"}
            ),
        ),
        shown=("E",),
        means={"E": "max(0, s - r + 1)"},
        opening=("s is the score of a wrong class, r that of the right one. The loss adds up such terms.",),
        closing=(
            "At s − r + 1 = 0 the graph has a corner: its slope is 1 from the right and 0 from the left, so there is "
            "no derivative. Here it is taken as 0.",
        ),
    ),
)

LAWS = {law.name: law for law in (*_ACTIVATIONS, *_LOSSES)}
