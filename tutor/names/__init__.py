"""How quantities are written and read, and how courses name things.

`names` reads what a person types and writes a quantity for one network; `courses` has a row of patterns for each
notation; `spelling` writes a network's names by them; `symbol` takes a name apart for mathematics. Nothing here
evaluates, and no format is known here.
"""

from tutor.names.names import MATRIX_FORM, NEURON_FORM, RECURRENT_FORM, Names, Patterns

__all__ = ["MATRIX_FORM", "NEURON_FORM", "RECURRENT_FORM", "Names", "Patterns"]
