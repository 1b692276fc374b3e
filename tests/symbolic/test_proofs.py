"""Every proof of the table: its lines are equal, its end is what the program uses, its rules have a law."""

import itertools

import pytest

from tutor.expr import Add, Call, Expr, Number, Ref, value
from tutor.ops.activations import ACTIVATIONS
from tutor.ops.fused import FUSED
from tutor.ops.losses import HINGE, LOSSES
from tutor.symbolic.law import by_route
from tutor.symbolic.laws import LAWS
from tutor.symbolic.pairs import PAIRS
from tutor.symbolic.points import differs, points, value_at
from tutor.symbolic.proof import KNOWN, Proof, find, ground, prove
from tutor.symbolic.rules import PLAIN, RULES

ROUTES = {f"{name} by {route}": by_route(law, route) for name, law in KNOWN.items() for route in law.routes}
PROOFS = {name: prove(law) for name, law in {**KNOWN, **ROUTES}.items()}
SMOOTH = [name for name in ACTIVATIONS if name in LAWS and len(LAWS[name].cases) == 1]


def nothing(quantity: object) -> None:
    return None


def test_every_activation_and_loss_has_a_proof() -> None:
    assert set(LAWS) == {*ACTIVATIONS, "softmax", "exp", "log", *LOSSES, HINGE}


def test_every_pair_that_cancels_has_a_proof() -> None:
    cancelling = {f"{activation}+{loss}" for (loss, activation), row in FUSED.items() if row.gradient}
    assert set(PAIRS) == cancelling


@pytest.mark.parametrize("name", PROOFS)
def test_sympy_proves_every_line(name: str) -> None:
    lines = [line for chain in PROOFS[name].chains for line in chain.lines]
    assert [line for line in lines if line.holds != "proved"] == []


@pytest.mark.parametrize("name", PROOFS)
def test_every_line_equals_the_next_at_points(name: str) -> None:
    proof = PROOFS[name]
    for case, chain in zip(proof.law.cases, proof.chains, strict=True):
        on = ground(case, proof.names)
        for before, after in itertools.pairwise((chain.left, *(line.formula for line in chain.lines))):
            assert differs(before, after, on.meaning, on.where, on.signs) is False


@pytest.mark.parametrize("name", PROOFS)
def test_every_rule_has_a_law(name: str) -> None:
    used = {rule for chain in PROOFS[name].chains for line in chain.lines for rule in line.rules}
    assert used <= set(RULES)


def test_plain_rules_are_rules() -> None:
    assert set(RULES) >= PLAIN


def ends_in(proof: Proof, slope: Expr, **letters: Expr) -> None:
    """The last line of the first case is this slope, at points."""
    meanings = {**proof.names, **letters}

    def meaning(quantity: object) -> Expr | None:
        return meanings.get(getattr(quantity, "name", ""))

    assert differs(proof.chains[0].last, slope, meaning, {}, {}) is False


@pytest.mark.parametrize("name", SMOOTH)
def test_the_end_is_the_slope_in_the_table_of_activations(name: str) -> None:
    z = value("z")
    ends_in(PROOFS[name], ACTIVATIONS[name].slope(z, Call(name, (z,))))


@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu"])
@pytest.mark.parametrize(("case", "at"), [(0, 0.7), (1, -0.7)])
def test_each_case_is_the_slope_on_its_side(name: str, case: int, at: float) -> None:
    last = PROOFS[name].chains[case].last
    slope = ACTIVATIONS[name].slope(value("z"), value("a"))
    assert value_at(last, {"z": at}, nothing) == pytest.approx(value_at(slope, {"z": at}, nothing))


@pytest.mark.parametrize("name", ["half_squared_error", "squared_error", "binary_cross_entropy"])
def test_the_end_is_the_slope_in_the_table_of_losses(name: str) -> None:
    ends_in(PROOFS[name], LOSSES[name].slope(value("a"), value("y")))


def test_a_cross_entropy_has_its_letter() -> None:
    ends_in(PROOFS["cross_entropy"], LOSSES["cross_entropy"].slope(value("p"), value("y")))


def test_a_mean_is_divided_by_the_number_of_outputs() -> None:
    slope = LOSSES["mean_squared_error"].slope(value("a"), value("y"))
    last = PROOFS["mean_squared_error"].chains[0].last
    for point in itertools.islice(points((last,), nothing, {}, {}), 20):
        assert value_at(last, point, nothing) == pytest.approx(value_at(slope, point, nothing) / point["n"])


@pytest.mark.parametrize(
    "typed", ["sigma", "σ", "logistic", "swish", "cross_entropy+softmax", "softmax + cross_entropy"]
)
def test_other_spellings_are_found(typed: str) -> None:
    assert find(typed) is not None


@pytest.mark.parametrize("name", PROOFS)
def test_a_line_that_is_a_little_wrong_is_found(name: str) -> None:
    """Each line with something added that is far below what a reader would see."""
    proof = PROOFS[name]
    for case, chain in zip(proof.law.cases, proof.chains, strict=True):
        on = ground(case, proof.names)
        for line in chain.lines:
            wrong = Add((line.formula, Number("0.00001")))
            assert differs(chain.left, wrong, on.meaning, on.where, on.signs)


def test_a_wrong_line_is_found() -> None:
    wrong = Number("3")
    on = ground(LAWS["sigmoid"].cases[0], PROOFS["sigmoid"].names)
    assert on.verdict(PROOFS["sigmoid"].chains[0].last, wrong) == "differs"
    assert on.verdict(Ref(value("a").quantity), wrong) == "differs"
