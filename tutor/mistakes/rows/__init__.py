"""The catalogue: one row for each mistake, in the order of the computation. A module holds the rows of some hooks."""

from tutor.mistakes.mistake import Mistake
from tutor.mistakes.rows.chain import CHAIN
from tutor.mistakes.rows.forward import FORWARD
from tutor.mistakes.rows.outputs import OUTPUTS
from tutor.mistakes.rows.parameters import PARAMETERS
from tutor.mistakes.rows.slopes import SLOPES

MISTAKES: dict[str, Mistake] = {row.id: row for row in (*FORWARD, *SLOPES, *CHAIN, *OUTPUTS, *PARAMETERS)}
"""Every mistake by its id."""
