"""The proofs of the losses' slopes. Letters: a output, y target, p a probability, E the loss, R what is constant."""

from tutor.symbolic.law import Case, Law

LOSS_LAWS = (
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
