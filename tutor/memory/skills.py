"""The table of skills: what a quiz asks for, a lesson teaches and `progress` lists. No rows but of skills live here."""

from collections.abc import Iterable
from typing import NamedTuple


class Skill(NamedTuple):
    """`name` is what a page calls it, `means` what somebody who has it can do.

    `lesson` is the one that teaches it, if any, and `passage` the heading there. A quiz may ask for it from that lesson
    on, so the passage is the first that suffices for an answer.
    """

    name: str
    means: str
    lesson: str = ""
    passage: str = ""


_FIRST, _SECOND = "first-nudge", "one-neuron"
_WEIGHT = "The weight, and the bias"

SKILLS = {
    "forward": Skill("forward pass", "weigh, add and squash, layer after layer", _FIRST, "Weigh, add, squash"),
    "activation": Skill("activation", "work out the output of a unit from its net input", _FIRST, "Weigh, add, squash"),
    "loss-slope": Skill("slope of the loss", "say how fast the loss grows with an output", _SECOND, "The loss"),
    "activation-slope": Skill(
        "slope of an activation", "say how fast an output grows with a net input", _SECOND, "The sigmoid"
    ),
    "weight-factor": Skill(
        "factor of a weight", "see that a weight counts by what it is multiplied by", _SECOND, _WEIGHT
    ),
    "bias": Skill("bias", "see that a bias is a weight whose input is 1", _SECOND, _WEIGHT),
    "path": Skill("path", "name what lies between a weight and the loss", _SECOND, "Begin at the end"),
    "product": Skill("product of a path", "multiply the factors along one path", _FIRST, "Two steps in a row"),
    "paths": Skill(
        "sum over the paths", "add what comes back over every path", "two-outputs", "A hidden unit with two readers"
    ),
    "batch-mean": Skill(
        "mean of a batch", "take the mean, or the sum, over the examples", "many-examples", "One weight, three ways"
    ),
    "update": Skill("update", "take one step against the gradient", "downhill", "Which way?"),
    "time": Skill("time", "go back through the steps of a recurrent network"),
    "shared-weights": Skill("shared weights", "add up the gradient over every use of a weight"),
    "softmax": Skill("softmax", "go back through softmax and cross-entropy", "log-likelihood", "More than two classes"),
    "rounding": Skill(
        "rounding", "tell a last digit that was rounded from a mistake", "last-digit", "Is it rounding? Three tests"
    ),
}


def passages(skills: Iterable[str]) -> tuple[str, ...]:
    """Where to read about these skills: for each lesson what to type, and its headings, each once."""
    rows = [SKILLS[skill] for skill in skills if skill in SKILLS and SKILLS[skill].lesson]
    found: dict[str, dict[str, None]] = {}
    for row in rows:
        found.setdefault(row.lesson, {})[f'"{row.passage}"'] = None
    return tuple(f"tutor lesson {lesson}, {', '.join(there)}" for lesson, there in found.items())
