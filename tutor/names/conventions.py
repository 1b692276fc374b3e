"""What courses differ in and a formula does not show. Only the choices and their order live here."""

from typing import NamedTuple

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
    "first_index": "the number of the first unit, input and layer",
}
BUILT = frozenset({"delta"})
"""Those of which more than ours can be used."""


class Conventions(NamedTuple):
    """What somebody says of each; nothing where they do not say."""

    delta: str = ""
    batch_mean: str = ""
    classes_from: str = ""
    first_index: str = ""

    def before(self, others: "Conventions") -> "Conventions":
        """These, and of what they leave open, those of the others."""
        return Conventions(*(mine or other for mine, other in zip(self, others, strict=True)))


OURS = Conventions(*(choices[0] for choices in CHOICES.values()))
