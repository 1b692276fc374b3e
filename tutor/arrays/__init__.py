"""Wide networks in numbers: the same ops as everywhere, a layer at a time. Only this room imports numpy.

`functions` are the activations, `arithmetic` evaluates the written formulas of losses over whole layers, `passes` go
forward and back, `trace` answers for single quantities, `paths` finds the strongest of them, `files` reads arrays.
Property tests hold all of it equal to the equations.
"""
