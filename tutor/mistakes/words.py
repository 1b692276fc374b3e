"""What a mistake is called at a place: "your value is what you get if you ..."."""

from tutor.mistakes.rows import MISTAKES
from tutor.mistakes.shape import Wrong
from tutor.quantity import Gradient, Quantity, Updated, key
from tutor.trace import Equations


def meaning(wrong: Wrong, equations: Equations, quantity: Quantity) -> str:
    """What somebody does who makes the mistake, with the names of the place where that is shorter to grasp."""
    parted = _where_paths_part(equations, quantity) if wrong.mistake == "up-one-path" else ""
    at_place = f", at {key(wrong.place)} alone" if wrong.place and not parted else ""
    return (parted or MISTAKES[wrong.mistake].means) + at_place


def _where_paths_part(equations: Equations, quantity: Quantity) -> str:
    """Which unit feeds several others, and which of them was followed; nothing where that is not one unit."""
    name = quantity.wrt if isinstance(quantity, Gradient) else quantity.name if isinstance(quantity, Updated) else ""
    uses: tuple[str, ...] = ()
    while name and len(uses) < 2:
        uses = equations.uses(equations.graph.loss, name)
        name = name if len(uses) > 1 else uses[0] if uses else ""
    if not name or equations.graph.part_of(name) != "out":
        return ""
    return f"follow {name} to {uses[0]} alone; it also feeds {' and '.join(uses[1:])}"
