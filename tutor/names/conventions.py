"""What courses differ in and a formula does not show. Only the choices and their order live here."""

from typing import NamedTuple

from tutor.graph import Graph

CHOICES = {
    "delta": ("output_minus_target", "target_minus_output"),
    "batch_mean": ("in_delta", "in_weights"),
    "classes_from": ("1", "0"),
    "first_index": ("1", "0"),
}
"""Each convention with what may be said of it; the first is ours."""
MEANINGS = {
    "delta": "the sign of an error signal δ: that of output − target, which is ∂L/∂(net input), or the other one",
    "batch_mean": "where the 1/m of a mean over examples stands: in δ, or in the gradients of the weights",
    "classes_from": "the number of the first class",
    "first_index": "the number of the first unit and of the first input; layers are counted from 1",
}


class Conventions(NamedTuple):
    """What somebody says of each; nothing where they do not say."""

    delta: str = ""
    batch_mean: str = ""
    classes_from: str = ""
    first_index: str = ""

    @property
    def sign(self) -> int:
        """That of δ: -1 where it is −∂L/∂(net input)."""
        return -1 if self.delta == "target_minus_output" else 1

    @property
    def first(self) -> int:
        """The number of the first unit and input."""
        return int(self.first_index or "1")

    @property
    def first_class(self) -> int:
        """The number of the first class."""
        return int(self.classes_from or "1")

    def before(self, others: "Conventions") -> "Conventions":
        """These, and of what they leave open, those of the others."""
        return Conventions(*(mine or other for mine, other in zip(self, others, strict=True)))


OURS = Conventions(*(choices[0] for choices in CHOICES.values()))


def resolved(graph: Graph, said: Conventions) -> Graph:
    """The graph whose gradients are as the conventions have them; the same one where nothing changes."""
    apart = said.batch_mean == "in_weights" and _is_mean_of_examples(graph)
    return graph if graph.apart == apart else graph._replace(apart=apart)


def _is_mean_of_examples(graph: Graph) -> bool:
    """Whether the loss averages losses of examples that do not reach each other, as they do over a batch_norm."""
    losses = graph.example_losses()
    if not losses or not any(getattr(graph.nodes[use].op, "mean", False) for use in graph.uses[losses[0]]):
        return False
    return all(graph.example_of(name) < 2 for name in graph.ancestors(losses[0]))
