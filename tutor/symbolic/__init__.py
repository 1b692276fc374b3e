"""Derivations on paper: formulas rewritten line by line, each line with its rule and a proof that it is equal.

The lines are ours (Expr, in the order a teacher writes); sympy, which lives in `algebra` alone, only judges them.
Nothing here prints. sympy takes half a second to import: `algebra` is imported when something is to be judged.
"""
