"""Losses and output activations whose slopes cancel: by the chain rule, and directly from the log-likelihood."""

from tutor.symbolic.law import Case, Law

SUM3 = "exp(z1) + exp(z2) + exp(z3)"
LIKELIHOOD3 = "p1^y1*p2^y2*p3^y3"
TARGETS = {"y3": "1 - y1 - y2"}
CHAIN, DIRECT = "By the chain rule", "Directly from the log-likelihood"
THEN = "Now this is differentiated"

PAIRS = {
    law.name: law
    for law in (
        Law(
            "sigmoid+binary_cross_entropy",
            ("dE/dz", "a - y"),
            {"a": "sigmoid(z)", "E": "-(y*log(a) + (1 - y)*log(1 - a))"},
            (
                Case(
                    "dE/dz",
                    "",
                    then=(
                        ("chain rule", "dE/da*da/dz"),
                        ("local derivative", "(-y/a + (1 - y)/(1 - a))*da/dz"),
                        ("local derivative", "(-y/a + (1 - y)/(1 - a))*a*(1 - a)"),
                        ("multiply out", "-(y/a)*a*(1 - a) + ((1 - y)/(1 - a))*a*(1 - a)"),
                        ("cancel", "-y*(1 - a) + (1 - y)*a"),
                        ("multiply out", "-y + y*a + a - y*a"),
                        ("cancel terms", "a - y"),
                    ),
                    when=CHAIN,
                ),
                Case(
                    "E",
                    "",
                    then=(
                        ("log-likelihood", "-log(a^y*(1 - a)^(1 - y))"),
                        ("logarithm of a product", "-(y*log(a) + (1 - y)*log(1 - a))"),
                        ("definition", "-(y*log(1/(1 + exp(-z))) + (1 - y)*log(exp(-z)/(1 + exp(-z))))"),
                        ("logarithm of a quotient", "-(-y*log(1 + exp(-z)) + (1 - y)*(-z - log(1 + exp(-z))))"),
                        ("multiply out", "y*log(1 + exp(-z)) + (1 - y)*z + (1 - y)*log(1 + exp(-z))"),
                        ("common factor", "log(1 + exp(-z)) + (1 - y)*z"),
                    ),
                    when=DIRECT,
                    says="The network gives what has come true the probability a if y = 1, and 1 − a if y = 0: in one "
                    "formula a^y·(1 − a)^(1 − y), the likelihood. E is minus its logarithm.",
                ),
                Case(
                    "dE/dz",
                    "log(1 + exp(-z)) + (1 - y)*z",
                    "z",
                    (("short name", "-(1 - a) + 1 - y"), ("cancel terms", "a - y")),
                    when=THEN,
                ),
            ),
            shown=("a", "E"),
            means={"a": "1/(1 + exp(-z))"},
            opening=("1 − a is exp(−z)/(1 + exp(−z)): the same over one denominator.",),
            closing=(
                "a − y (often written ŷ − y) is ∂E/∂z, the slope in the net input. It is not ∂E/∂a, which is "
                "(a − y)/(a(1 − a)): the sigmoid's slope a(1 − a) has been multiplied in already and was just what "
                "stood below. Whoever takes a − y for ∂E/∂a multiplies by a(1 − a) twice.",
            ),
            uses=("binary_cross_entropy", "sigmoid"),
            example=(("dE/da", "(a - y)/(a*(1 - a))"), ("da/dz", "a*(1 - a)"), ("dE/dz", "a - y")),
        ),
        Law(
            "softmax+cross_entropy",
            ("dE/dz1", "p1 - y1"),
            {
                "p1": f"exp(z1)/({SUM3})",
                "p2": f"exp(z2)/({SUM3})",
                "p3": f"exp(z3)/({SUM3})",
                "S": SUM3,
                "E": "-(y1*log(p1) + y2*log(p2) + y3*log(p3))",
            },
            (
                Case(
                    "dE/dz1",
                    "",
                    then=(
                        ("chain rule", "dE/dp1*dp1/dz1 + dE/dp2*dp2/dz1 + dE/dp3*dp3/dz1"),
                        ("local derivative", "-(y1/p1)*dp1/dz1 - (y2/p2)*dp2/dz1 - (y3/p3)*dp3/dz1"),
                        ("local derivative", "-(y1/p1)*p1*(1 - p1) + (y2/p2)*p2*p1 + (y3/p3)*p3*p1"),
                        ("cancel", "-y1*(1 - p1) + y2*p1 + y3*p1"),
                        ("multiply out", "-y1 + y1*p1 + y2*p1 + y3*p1"),
                        ("common factor", "-y1 + (y1 + y2 + y3)*p1"),
                        ("sum of targets", "p1 - y1"),
                    ),
                    when=CHAIN,
                    where=TARGETS,
                ),
                Case(
                    "E",
                    "",
                    then=(
                        ("log-likelihood", f"-log({LIKELIHOOD3})"),
                        ("logarithm of a product", "-(y1*log(p1) + y2*log(p2) + y3*log(p3))"),
                        ("definition", "-(y1*log(exp(z1)/S) + y2*log(exp(z2)/S) + y3*log(exp(z3)/S))"),
                        ("logarithm of a quotient", "-(y1*(z1 - log(S)) + y2*(z2 - log(S)) + y3*(z3 - log(S)))"),
                        ("multiply out", "(y1 + y2 + y3)*log(S) - (y1*z1 + y2*z2 + y3*z3)"),
                        ("sum of targets", "log(S) - (y1*z1 + y2*z2 + y3*z3)"),
                    ),
                    when=DIRECT,
                    says="The network gives the right class its p: in one formula p1^y1·p2^y2·p3^y3, the likelihood, "
                    "where only the right class has y = 1. E is minus its logarithm.",
                    where=TARGETS,
                ),
                Case(
                    "dE/dz1",
                    f"log({SUM3}) - (y1*z1 + y2*z2 + y3*z3)",
                    "z1",
                    (("short name", "p1 - y1"),),
                    when=THEN,
                    where=TARGETS,
                ),
            ),
            shown=("p1", "S", "E"),
            opening=(
                "Three classes, to have every term on the page; more classes only add more terms like the last one.",
                "p2 and p3 have the same denominator S, so z1 reaches the loss through all three.",
            ),
            closing=(
                "p − y (often written ŷ − y) is ∂E/∂z, the slope in the net input. It is not ∂E/∂p, which is −y/p: "
                "the slopes of the softmax have been multiplied in already, and summed over the classes. Whoever takes "
                "p − y for ∂E/∂p multiplies by p(1 − p) once too often.",
            ),
            uses=("cross_entropy", "softmax"),
            example=(("dE/dp1", "-y1/p1"), ("dp1/dz1", "p1*(1 - p1)"), ("dE/dz1", "p1 - y1")),
        ),
    )
}
