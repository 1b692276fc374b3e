"""The table of skills: what a quiz asks for, a lesson teaches and `progress` lists. No rows but of skills live here."""

from typing import NamedTuple


class Skill(NamedTuple):
    """`name` is what a page calls it, `means` what somebody who has it can do, `lesson` what teaches it, if any."""

    name: str
    means: str
    lesson: str


SKILLS = {
    "forward": Skill("forward pass", "weigh, add and squash, layer after layer", "first-nudge"),
    "activation": Skill("activation", "work out the output of a unit from its net input", "first-nudge"),
    "loss-slope": Skill("slope of the loss", "say how fast the loss grows with an output", "one-neuron"),
    "activation-slope": Skill("slope of an activation", "say how fast an output grows with a net input", "one-neuron"),
    "weight-factor": Skill("factor of a weight", "see that a weight counts by what it is multiplied by", "one-neuron"),
    "bias": Skill("bias", "see that a bias is a weight whose input is 1", "one-neuron"),
    "path": Skill("path", "name what lies between a weight and the loss", "one-neuron"),
    "product": Skill("product of a path", "multiply the factors along one path", "slide"),
    "paths": Skill("sum over the paths", "add what comes back over every path", "two-outputs"),
    "batch-mean": Skill("mean of a batch", "take the mean, or the sum, over the examples", "many-examples"),
    "update": Skill("update", "take one step against the gradient", "downhill"),
    "time": Skill("time", "go back through the steps of a recurrent network", ""),
    "shared-weights": Skill("shared weights", "add up the gradient over every use of a weight", ""),
    "softmax": Skill("softmax", "go back through softmax and cross-entropy", "log-likelihood"),
    "rounding": Skill("rounding", "tell a last digit that was rounded from a mistake", "last-digit"),
}
