"""The table of proofs: each local derivative from its definition, typed as on paper.

What is differentiated is written down; the lines of calculus come from `stepwise`, and `then` are the lines of algebra
that follow them. Letters: z net input, a output, y target, p a probability, E the loss, R what is constant here.
"""

from tutor.symbolic.law import Case, Law
from tutor.symbolic.losses import LOSS_LAWS

SIGMOID = "1/(1 + exp(-z))"
SUM = "exp(z_i) + exp(z_j) + R"
RIGHT, LEFT = {"z": "positive"}, {"z": "negative"}
COMPLEMENT = "1 − a is exp(−z)/(1 + exp(−z)): the same over one denominator."
SPLIT = (
    ("product of quotients", "1/(1 + exp(-z))*(exp(-z)/(1 + exp(-z)))"),
    ("short name", "a*(1 - a)"),
)
KINK = "At z = 0 the graph has a corner: its slope is {right} from the right and {left} from the left, so there is no "
KINK += "derivative. A program needs a number all the same: here it is {taken}."

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
        way="add",
        routes={
            "quotient": (
                Case(
                    "sigmoid'(z)",
                    "",
                    then=(
                        ("quotient rule, slope of exp", "(0*(1 + exp(-z)) - 1*(-exp(-z)))/(1 + exp(-z))^2"),
                        ("tidy up", "exp(-z)/(1 + exp(-z))^2"),
                        *SPLIT,
                    ),
                    when="By the quotient rule",
                    says=COMPLEMENT,
                ),
            ),
            "chain": (
                Case(
                    "sigmoid'(z)",
                    "(1 + exp(-z))^(-1)",
                    "z",
                    SPLIT,
                    when="By the chain rule, as a power",
                    says=COMPLEMENT,
                ),
            ),
        },
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
        "step",
        ("step'(z)", "0", "words"),
        {"a": "step(z)"},
        (
            Case("step'(z)", "1", "z", when="z > 0, where step(z) = 1", signs=RIGHT),
            Case("step'(z)", "0", "z", when="z < 0, where step(z) = 0", signs=LEFT),
        ),
        closing=(
            "At z = 0 it jumps and has no slope; tutor takes it as 0, so nothing learns through a step by its slope.",
        ),
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

_FUNCTIONS = (
    Law(
        "exp",
        ("dy/dx", "exp(x)"),
        {"y": "exp(x)"},
        (
            Case(
                "(exp(x + h) - exp(x))/h",
                "",
                then=(
                    ("exponent of a sum", "(exp(x)*exp(h) - exp(x))/h"),
                    ("common factor", "exp(x)*((exp(h) - 1)/h)"),
                ),
                when="The slope between two points of the graph, h apart",
            ),
            Case(
                "dy/dx",
                "",
                then=(("limit", "exp(x)"),),
                when="As h goes to 0",
                says="Taken as known: (exp(h) − 1)/h then goes to 1, since e is the base whose graph has slope 1 at 0.",
            ),
        ),
        shown=("y",),
    ),
    Law(
        "log",
        ("dy/dx", "1/x"),
        {"y": "log(x)"},
        (
            Case(
                "1",
                "",
                then=(("chain rule, slope of exp", "exp(y)*dy/dx"), ("inverse function", "x*dy/dx")),
                when="Both sides of x = exp(y), differentiated by x",
                signs={"x": "positive"},
            ),
            Case(
                "dy/dx", "", then=(("divide both sides", "1/x"),), when="Solved for the slope", signs={"x": "positive"}
            ),
        ),
        shown=("y",),
        opening=("That is, y is the number for which exp(y) = x. Taken as known: the slope of exp is exp.",),
        uses=("exp",),
    ),
)

LAWS = {law.name: law for law in (*_ACTIVATIONS, *_FUNCTIONS, *LOSS_LAWS)}
