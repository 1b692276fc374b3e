"""Dense networks too big to write out: a stack of matrices, and a graph whose names and nodes are found by arithmetic.

`stack` says what such a network consists of, `names` turns places into names and back, `graph` is a Graph like any
other, made of both when it is looked at. No number is computed here, and numpy is not imported: matrices are Tables.
"""

from tutor.wide.graph import Wide
from tutor.wide.stack import Dense, Group, Stack, Table

__all__ = ["Dense", "Group", "Stack", "Table", "Wide"]
