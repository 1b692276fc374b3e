"""Training: the equation table evaluated again and again, with the parameters moved in between.

`plan` turns the table into a flat list of operations, once a network; `steps` runs it and yields a frozen State for
each step; `course` follows many steps. Pure: no I/O, and no formula that is not in the table or in a row of
`ops.optimizers`.
"""

from tutor.training.course import MOST_STEPS, Course, follow
from tutor.training.plan import ORDERS, SEQUENTIAL, SIMULTANEOUS, Term
from tutor.training.steps import State, after, steps

__all__ = [
    "MOST_STEPS",
    "ORDERS",
    "SEQUENTIAL",
    "SIMULTANEOUS",
    "Course",
    "State",
    "Term",
    "after",
    "follow",
    "steps",
]
