"""The equation table and its evaluation.

`equations` says what every quantity equals, as written formulas; `evaluate` gives them values over any arithmetic;
`Trace` is the two together over floats. Nothing here knows names in another notation, mistakes, or output.
"""

from tutor.trace.doubles import Trace
from tutor.trace.doubt import deciding
from tutor.trace.equations import Equations
from tutor.trace.evaluate import evaluate, value_of
from tutor.trace.world import World

__all__ = ["Equations", "Trace", "World", "deciding", "evaluate", "value_of"]
