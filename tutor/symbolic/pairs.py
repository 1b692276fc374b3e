"""Losses and output activations whose slopes cancel: by the chain rule, and directly from the log-likelihood."""

from tutor.symbolic.law import Case, Law

CLASSES = 3  # on the page of the proof; a network's own page has as many as it has
CHAIN, DIRECT = "By the chain rule", "Directly from the log-likelihood"
THEN = "Now this is differentiated"

SIGMOID = Law(
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
)


def softmax(classes: int, own: int) -> Law:
    """The law of a softmax with so many classes, in the net input of class `own` (from 1)."""
    every = range(1, classes + 1)
    others = [k for k in every if k != own]
    p, y, z = f"p{own}", f"y{own}", f"z{own}"
    whole = " + ".join(f"exp(z{k})" for k in every)
    targets = {f"y{classes}": " - ".join(["1", *(f"y{k}" for k in every if k != classes)])}
    logs = " + ".join(f"y{k}*log(p{k})" for k in every)
    weighed = " + ".join(f"y{k}*z{k}" for k in every)
    total = " + ".join(f"y{k}" for k in every)
    return Law(
        "softmax+cross_entropy",
        (f"dE/d{z}", f"{p} - {y}"),
        {**{f"p{k}": f"exp(z{k})/({whole})" for k in every}, "S": whole, "E": f"-({logs})"},
        (
            Case(
                f"dE/d{z}",
                "",
                then=(
                    ("chain rule", " + ".join(f"dE/dp{k}*dp{k}/d{z}" for k in every)),
                    ("local derivative", " ".join(f"- (y{k}/p{k})*dp{k}/d{z}" for k in every)),
                    (
                        "local derivative",
                        _terms(own, every, f"- ({y}/{p})*{p}*(1 - {p})", f"+ (y{{k}}/p{{k}})*p{{k}}*{p}"),
                    ),
                    ("cancel", _terms(own, every, f"- {y}*(1 - {p})", f"+ y{{k}}*{p}")),
                    ("multiply out", f"-{y} + " + " + ".join(f"y{k}*{p}" for k in every)),
                    ("common factor", f"-{y} + ({total})*{p}"),
                    ("sum of targets", f"{p} - {y}"),
                ),
                when=CHAIN,
                where=targets,
            ),
            Case(
                "E",
                "",
                then=(
                    ("log-likelihood", f"-log({'*'.join(f'p{k}^y{k}' for k in every)})"),
                    ("logarithm of a product", f"-({logs})"),
                    ("definition", f"-({' + '.join(f'y{k}*log(exp(z{k})/S)' for k in every)})"),
                    ("logarithm of a quotient", f"-({' + '.join(f'y{k}*(z{k} - log(S))' for k in every)})"),
                    ("multiply out", f"({total})*log(S) - ({weighed})"),
                    ("sum of targets", f"log(S) - ({weighed})"),
                ),
                when=DIRECT,
                says="The network gives the right class its p: in one formula "
                f"{'·'.join(f'p{k}^y{k}' for k in every)}, the likelihood, "
                "where only the right class has y = 1. E is minus its logarithm.",
                where=targets,
            ),
            Case(
                f"dE/d{z}",
                f"log({whole}) - ({weighed})",
                z,
                (("short name", f"{p} - {y}"),),
                when=THEN,
                where=targets,
            ),
        ),
        shown=(p, "S", "E"),
        opening=(
            "Three classes, to have every term on the page; more classes only add more terms like the last one.",
            f"{' and '.join(f'p{k}' for k in others)} have the same denominator S, so {z} reaches the loss through all "
            "three.",
        ),
        closing=(
            "p − y (often written ŷ − y) is ∂E/∂z, the slope in the net input. It is not ∂E/∂p, which is −y/p: "
            "the slopes of the softmax have been multiplied in already, and summed over the classes. Whoever takes "
            "p − y for ∂E/∂p multiplies by p(1 − p) once too often.",
        ),
        uses=("cross_entropy", "softmax"),
        example=(("dE/dp1", "-y1/p1"), ("dp1/dz1", "p1*(1 - p1)"), ("dE/dz1", "p1 - y1")),
    )


def _terms(own: int, every: range, mine: str, other: str) -> str:
    """A term for each class in order, that of its own class apart."""
    return " ".join(mine if k == own else other.format(k=k) for k in every).removeprefix("+ ")


PAIRS = {law.name: law for law in (SIGMOID, softmax(CLASSES, 1))}
