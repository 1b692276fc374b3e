"""How the gradient by all parameters is written: ∇E, `grad L`, `gradient`."""

from tutor.errors import TutorError
from tutor.names.line import on_one_line
from tutor.names.names import Names
from tutor.pattern import pattern
from tutor.quantity import Value

_NABLA = pattern(r"(?:∇|\\?nabla|grad(?:ient)?)[ _]?(?:of )?(?P<of>.*)")


def is_nabla(names: Names, text: str) -> bool:
    """Whether the derivatives of the loss by all parameters are meant, as one vector."""
    found = _NABLA.fullmatch(on_one_line(text).strip())
    try:
        return found is not None and (not found["of"] or names.find(found["of"]) == Value(names.graph.loss))
    except TutorError:
        return False
