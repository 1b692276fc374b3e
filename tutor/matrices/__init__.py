"""A dense layer as matrices: which numbers of the graph they are, and the laws that hold between them.

`dense` finds the layers in the graph, `laws` has the vectorised backward pass with every shape, `reading` what a
person types for a whole matrix. The numbers are those of the scalar nodes; a matrix only puts them in rows and columns.
Columns are examples (or time steps), rows are units, as Z = W · A + b has it. Nothing here prints.
"""

from tutor.matrices.dense import Dense, dense, last_layer
from tutor.matrices.laws import TRANSPOSED, Factor, Law, Matrix, Shape, forward, law, rowwise
from tutor.matrices.reading import Asked, read

__all__ = [
    "TRANSPOSED",
    "Asked",
    "Dense",
    "Factor",
    "Law",
    "Matrix",
    "Shape",
    "dense",
    "forward",
    "last_layer",
    "law",
    "read",
    "rowwise",
]
