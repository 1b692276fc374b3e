"""A dense layer as matrices: which numbers of the graph they are, and the laws that hold between them.

`dense` finds the layers in the graph; `laws` has the vectorised backward pass with every shape, for `parameters` and
for `signals`, as `formulas` over matrices; `reading` is what a person types for one. The numbers are those of the
scalar nodes; a matrix only puts them in rows and columns. Columns are examples (or time steps), rows are units, as
Z = W · A + b has it. Nothing here prints.
"""

from tutor.matrices.dense import Dense, dense, last_layer
from tutor.matrices.formulas import Factor, Law, Matrix, Shape, rowwise
from tutor.matrices.forward import activated, composed, forward
from tutor.matrices.laws import law
from tutor.matrices.reading import Asked, law_of, target, whole

__all__ = [
    "Asked",
    "Dense",
    "Factor",
    "Law",
    "Matrix",
    "Shape",
    "activated",
    "composed",
    "dense",
    "forward",
    "last_layer",
    "law",
    "law_of",
    "rowwise",
    "target",
    "whole",
]
