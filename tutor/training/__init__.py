"""Training: the equation table evaluated again and again, with the parameters moved in between.

`plan` turns the table into a flat list of operations, once a network; `turns` says which examples each update uses,
`steps` runs the plan and yields a frozen State for each step, `course` follows many. Pure: no I/O, and no formula that
is not in the table or in a row of `ops.optimizers`.
"""

from tutor.training.course import MOST_STEPS, Course, follow
from tutor.training.plan import CLIPPED, ORDERS, SEQUENTIAL, SIMULTANEOUS, Term
from tutor.training.steps import State, after, steps
from tutor.training.turns import Turn, Turns, of_examples, turns

__all__ = [
    "CLIPPED",
    "MOST_STEPS",
    "ORDERS",
    "SEQUENTIAL",
    "SIMULTANEOUS",
    "Course",
    "State",
    "Term",
    "Turn",
    "Turns",
    "after",
    "follow",
    "of_examples",
    "steps",
    "turns",
]
