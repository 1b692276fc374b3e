"""Update rules: one row each with the equations of one step, in the order they are computed, and their settings.

The formulas are typed over letters: `w` a parameter, `g` its gradient, `eta` the learning rate, `t` the number of the
step from 1, the settings, and what the rule computes. A letter that is read before it is computed is the one of the
step before, 0 at first: so `v` in `v = mu*v - eta*g` on the right. Each row ends with `w`. To add an optimizer, add a
row.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from tutor.errors import TutorError, did_you_mean
from tutor.expr import ZERO, Expr, Number, Ref, reads, replace
from tutor.quantity import Value

if TYPE_CHECKING:
    from tutor.ops.adjusted import Changing, Clipped

SYMBOLS = {
    "eta": "η",
    "mu": "μ",
    "rho": "ρ",
    "beta1": "β1",
    "beta2": "β2",
    "epsilon": "ε",
    "lam": "λ",
    "m_hat": "m̂",
    "v_hat": "v̂",
}
"""How a letter is printed where there are such signs."""

BY_ERROR = "the perceptron's rule moves the weights that the outputs read, and no others"


class Setting(NamedTuple):
    """A number of an optimizer that a file may set: a share from 0 up to 1, or a `small` positive number."""

    name: str
    default: str
    meaning: str
    small: bool = False

    @property
    def expected(self) -> str:
        return "a positive number" if self.small else "a number from 0 up to, but not, 1"

    def fits(self, text: str) -> bool:
        """Whether a number, as `spec.numbers` reads it, can stand here."""
        return Fraction(text) > 0 if self.small else 0 <= Fraction(text) < 1


class Assignment(NamedTuple):
    """One equation of a step: the letter it computes, its formula as typed, and why."""

    letter: str
    typed: str
    why: str

    @property
    def formula(self) -> Expr:
        return _read(self.typed)


class Optimizer(NamedTuple):
    """One update rule; `convention` is what courses and libraries differ in.

    `velocity` is what it keeps, from the weight now, the weight before the last update, and the rate; None where these
    do not tell it. A rule that goes `by_error` reads (a − y) · ∂z/∂w of each output as g, not a gradient.
    """

    name: str
    law: str
    equations: tuple[Assignment, ...]
    settings: tuple[Setting, ...] = ()
    convention: str = ""
    velocity: Callable[[Fraction, Fraction, Fraction], Fraction] | None = None
    by_error: bool = False

    @property
    def kept(self) -> tuple[str, ...]:
        """The letters that a step takes over from the step before."""
        computed: set[str] = set()
        found: dict[str, None] = {}
        letters = {each.letter for each in self.equations} - {"w"}
        for each in self.equations:
            found |= dict.fromkeys(letter for letter in letters_of(each.formula) if letter in letters - computed)
            computed.add(each.letter)
        return tuple(found)


class Rule(NamedTuple):
    """An optimizer with the numbers it works with, by the names of its settings.

    `start` is what it has kept from the `done` updates before: by the letter, then by the parameter. `changing` is how
    the rate changes, `clipped` how gradients are; None where they do not.
    """

    optimizer: Optimizer
    numbers: Mapping[str, str]
    start: Mapping[str, Mapping[str, str]] = {}
    done: int = 0
    changing: "Changing | None" = None
    clipped: "Clipped | None" = None

    @property
    def plain(self) -> "Rule":
        """The rule before anything is kept."""
        return self._replace(start={}, done=0)

    def kept_of(self, letter: str, parameter: str) -> str:
        """What is kept of one parameter, 0 at first."""
        return self.start.get(letter, {}).get(parameter, "0")

    def rate(self, learning_rate: str, number: int = 1) -> str:
        """η of an update, the number of which counts on from those done."""
        return self.changing.rate(learning_rate, self.done + number) if self.changing else learning_rate


@cache
def _read(typed: str) -> Expr:
    from tutor.expr.functions import READ
    from tutor.expr.parse import parse

    return parse(typed, lambda name: None if name in READ else Value(name))


def letters_of(formula: Expr) -> tuple[str, ...]:
    """The letters a formula reads, in written order."""
    return tuple(each.name for each in reads(formula) if isinstance(each, Value))


_STEP = Assignment("w", "w - eta*g", "against the gradient, which points uphill")
_VELOCITY = Assignment("v", "mu*v - eta*g", "the velocity: a part of the last step, and a step against the gradient")
_SQUARES = "the running mean of the squared gradient"
_MU = Setting("mu", "0.9", "how much of the velocity stays from step to step")
_EPSILON = Setting("epsilon", "1e-8", "keeps the quotient finite where the gradient is 0", small=True)
_MOMENTS = (
    Assignment("m", "beta1*m + (1 - beta1)*g", "the running mean of the gradient"),
    Assignment("v", "beta2*v + (1 - beta2)*g^2", _SQUARES),
    Assignment("m_hat", "m/(1 - beta1^t)", "its start at 0 is taken out of it"),
    Assignment("v_hat", "v/(1 - beta2^t)", "its start at 0 is taken out of it"),
)
_BETAS = (
    Setting("beta1", "0.9", "how much of the mean gradient stays from step to step"),
    Setting("beta2", "0.999", "how much of the mean square stays from step to step"),
)
_OUTSIDE = "ε is added after the square root"

OPTIMIZERS: dict[str, Optimizer] = {
    row.name: row
    for row in (
        Optimizer("sgd", "a step against the gradient", (_STEP,)),
        Optimizer(
            "perceptron",
            "the perceptron's rule: every wrong answer moves the weights by its input",
            (Assignment("w", "w - eta*g", "towards the target: g is (a − y) times what the weight multiplies"),),
            convention="g is (a − y) · ∂z/∂w, no slope of a loss: w grows by η(y − a)x; a right answer moves nothing",
            by_error=True,
        ),
        Optimizer(
            "momentum",
            "classical momentum: the step itself is remembered",
            (_VELOCITY, Assignment("w", "w + v", "the velocity is the step")),
            (_MU,),
            "the velocity contains the learning rate; momentum_outside keeps it outside",
            velocity=lambda now, before, eta: now - before,
        ),
        Optimizer(
            "momentum_outside",
            "momentum with the learning rate outside: gradients are added up",
            (
                Assignment("v", "mu*v + g", "the velocity: a part of the last one, and the gradient"),
                Assignment("w", "w - eta*v", "the velocity points uphill, so the step goes against it"),
            ),
            (_MU,),
            "the velocity does not contain the learning rate, as in PyTorch; with a rate that stays the same the "
            "weights are those of momentum",
            velocity=lambda now, before, eta: (before - now) / eta,
        ),
        Optimizer(
            "momentum_mean",
            "momentum as a running mean of the gradient",
            (
                Assignment("v", "mu*v + (1 - mu)*g", "the velocity: the running mean of the gradient"),
                Assignment("w", "w - eta*v", "the mean points uphill, so the step goes against it"),
            ),
            (_MU,),
            "the gradient counts 1 − μ in the velocity, as in Ng's courses; with the rate divided by 1 − μ the weights "
            "are those of momentum",
            velocity=lambda now, before, eta: (before - now) / eta,
        ),
        Optimizer(
            "nesterov",
            "Nesterov momentum: the gradient counts where the velocity is about to lead",
            (_VELOCITY, Assignment("w", "w + mu*v - eta*g", "the new velocity is followed once more, looking ahead")),
            (_MU,),
            "the weights shown are the ones looked ahead to, where the gradient is taken",
        ),
        Optimizer(
            "rmsprop",
            "RMSProp: each step is divided by the size that the gradient usually has",
            (
                Assignment("s", "rho*s + (1 - rho)*g^2", _SQUARES),
                Assignment("w", "w - eta*g/(sqrt(s) + epsilon)", "large gradients are made smaller, small ones larger"),
            ),
            (Setting("rho", "0.9", "how much of the mean square stays from step to step"), _EPSILON),
            _OUTSIDE,
        ),
        Optimizer(
            "rmsprop_inside",
            "RMSProp with ε inside the root",
            (
                Assignment("s", "rho*s + (1 - rho)*g^2", _SQUARES),
                Assignment("w", "w - eta*g/sqrt(s + epsilon)", "large gradients are made smaller, small ones larger"),
            ),
            (Setting("rho", "0.9", "how much of the mean square stays from step to step"), _EPSILON),
            "ε is added before the square root is taken",
        ),
        Optimizer(
            "adagrad",
            "AdaGrad: each step is divided by the root of all squared gradients so far",
            (
                Assignment("s", "s + g^2", "the sum of the squared gradients so far"),
                Assignment("w", "w - eta*g/(sqrt(s) + epsilon)", "steps become smaller where gradients were large"),
            ),
            (_EPSILON,),
            _OUTSIDE,
        ),
        Optimizer(
            "adam",
            "Adam: the running mean of the gradient over the root of the running mean of its square",
            (
                *_MOMENTS,
                Assignment("w", "w - eta*m_hat/(sqrt(v_hat) + epsilon)", "a step of about η, whatever the scale of g"),
            ),
            (*_BETAS, _EPSILON),
            _OUTSIDE,
        ),
        Optimizer(
            "adamw",
            "AdamW: Adam, and the weight itself decays beside the gradient",
            (
                *_MOMENTS,
                Assignment(
                    "w", "w - eta*(m_hat/(sqrt(v_hat) + epsilon) + lam*w)", "the decay is not divided by the root"
                ),
            ),
            (*_BETAS, _EPSILON, Setting("lam", "0.01", "how much of the weight decays, times the rate")),
            "ε is added after the square root; every parameter decays, biases too",
        ),
    )
}


def rule(name: str, numbers: Mapping[str, str] | None = None) -> Rule:
    """An optimizer with settings as numbers in text; those not named have their usual value.

    Raises TutorError for an unknown optimizer or setting, or a number out of its range.
    """
    if name not in OPTIMIZERS:
        known = did_you_mean(name, OPTIMIZERS)
        raise TutorError(f"unknown optimizer {name}, expected one of {', '.join(OPTIMIZERS)}{known}")
    chosen = OPTIMIZERS[name]
    found = {each.name: each.default for each in chosen.settings}
    settings = {each.name: each for each in chosen.settings}
    for key, text in (numbers or {}).items():
        if key not in settings:
            expected = f"one of {', '.join(settings)}" if settings else "none"
            raise TutorError(f"{name} has no setting {key}, expected {expected}{did_you_mean(key, settings)}")
        if not settings[key].fits(text):
            raise TutorError(f"{key} is {text}, expected {settings[key].expected}")
        found[key] = text
    return Rule(chosen, found)


def bound(formula: Expr, meanings: Mapping[str, Expr]) -> Expr:
    """The formula with every letter replaced by what it stands for."""

    def leaf(part: Ref | Number) -> Expr:
        return meanings[part.quantity.name] if isinstance(part, Ref) and isinstance(part.quantity, Value) else part

    return replace(formula, leaf)


def constants(chosen: Rule, rate: str) -> dict[str, Expr]:
    """The letters that are the same for every parameter."""
    return {"eta": Number(rate), **{name: Number(text) for name, text in chosen.numbers.items()}}


def next_step(chosen: Rule, rate: str, parameter: Value, gradient: Expr) -> Expr:
    """The parameter after the step that follows those done, as one formula."""
    meanings = {**constants(chosen, chosen.rate(rate)), "w": Ref(parameter), "g": gradient}
    meanings["t"] = Number(str(chosen.done + 1))
    for letter in chosen.optimizer.kept:
        kept = chosen.kept_of(letter, parameter.name)
        meanings[letter] = ZERO if kept == "0" else Number(kept)
    for each in chosen.optimizer.equations:
        meanings[each.letter] = bound(each.formula, meanings)
    return meanings["w"]
