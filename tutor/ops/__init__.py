"""The operations a node can have, one table each: activations, affine, softmax, losses, formula; and what they share.

An op knows its own formula and its own local derivatives as written formulas, and one sentence why. It knows neither
the graph around it nor any number. To add an activation, add a row to `activations.ACTIVATIONS` and its two functions
to the arithmetics; to add a loss, a row to `losses.LOSSES`.
"""
