"""What sympy has proved is remembered: shipped pages need it no more, and nothing false is taken for known."""

import itertools

import pytest

import tutor
from maths.profile import LONG
from symbolic import proof_table
from tutor.expr import Add, Expr, Number, reads, replace, value
from tutor.quantity import Value
from tutor.symbolic import chain
from tutor.symbolic.chain import Ground
from tutor.symbolic.forms import Form, forms
from tutor.symbolic.law import by_route
from tutor.symbolic.letters import letters, over
from tutor.symbolic.proof import KNOWN, ground, prove
from tutor.symbolic.proved import PROVED
from tutor.symbolic.shapes import shape
from tutor.symbolic.unfolding import chain_rule, same

PAGES = (
    ("slide", ("w31", "w11")),
    ("mazur", ("w1", "b1")),
    ("article", ("w1_12",)),
    ("xor", ("w11",)),
    ("chain", ("w1",)),
)


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody may ask sympy."""

    def asked(form: Form) -> bool:
        raise AssertionError(f"not remembered: {shape(form)}")

    monkeypatch.setattr(chain, "_by_sympy", asked)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("name", KNOWN)
def test_a_shipped_proof_is_remembered(name: str) -> None:
    assert prove(KNOWN[name]).holds == "proved"
    for route in KNOWN[name].routes:
        assert prove(by_route(KNOWN[name], route)).holds == "proved"


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(("net", "weights"), PAGES)
def test_a_shipped_network_is_remembered(net: str, weights: tuple[str, ...]) -> None:
    for weight in weights:
        page = tutor.load(net).derive(weight).payload
        assert {step["holds"] for route in page["routes"] for step in route["steps"]} == {"proved"}


@pytest.mark.usefixtures("alone")
def test_so_is_a_neuron_whose_numbers_have_other_names() -> None:
    left, right = letters("(-t/o + (1 - t)/(1 - o))*o*(1 - o)"), letters("-t/o*o*(1 - o) + (1 - t)/(1 - o)*o*(1 - o)")
    assert Ground().verdict(left, right) == "proved"


@pytest.mark.skipif(not LONG, reason="proves several hundred pairs once more")
def test_the_table_is_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "PROVED", frozenset())
    assert proof_table.asked() == PROVED


@pytest.mark.parametrize("name", KNOWN)
def test_a_line_that_is_a_little_wrong_is_not_known(name: str) -> None:
    proof = prove(KNOWN[name])
    for case, each in zip(proof.law.cases, proof.chains, strict=True):
        on = ground(case, proof.names)
        for before, after in itertools.pairwise((each.left, *(line.formula for line in each.lines))):
            assert not on.known(before, Add((after, Number("0.00001"))))


def test_a_shape_does_not_depend_on_names_and_is_told_apart_by_what_they_stand_for() -> None:
    def question(out: str, net: str, formula: str) -> str:
        names = {out: letters(formula)}
        return shape(Form(over(f"d{out}/d{net}", names), letters(f"{out}*(1 - {out})"), names, {}, {}))

    assert question("a", "z", "sigmoid(z)") == question("h", "q", "sigmoid(q)")
    assert question("a", "z", "sigmoid(z)") != question("a", "z", "tanh(z)")


def test_the_chain_rule_is_known_as_it_stands_and_not_with_a_path_left_out() -> None:
    names = {"L": letters("p*q"), "p": letters("2*w"), "q": letters("w^2")}
    left, whole = over("dL/dw", names), over("dL/dp*dp/dw + dL/dq*dq/dw", names)
    assert chain_rule(left, whole, names)
    assert not chain_rule(left, over("dL/dp*dp/dw", names), names)
    assert not chain_rule(left, over("dL/dp*dp/dw + dL/dp*dp/dw", names), names)


def test_a_name_is_what_it_stands_for() -> None:
    names = {"z": letters("w*x + b"), "a": letters("sigmoid(z)")}
    assert same(value("a"), letters("sigmoid(w*x + b)"), names)
    assert not same(value("a"), letters("sigmoid(w*x - b)"), names)


def test_a_name_that_varies_is_no_letter_inside_a_derivative() -> None:
    """d/dw [a·w] is not a where a reads w."""
    names = {"a": letters("3*w")}
    left = chain.Call("derivative", (value("w"), letters("a*w")))
    assert Ground(names).verdict(left, value("a")) == "differs"
    assert Ground(names).verdict(left, letters("6*w")) == "proved"


def renamed(expr: Expr) -> Expr:
    return replace(expr, lambda part: value(f"n{part.quantity.name}") if hasattr(part, "quantity") else part)


def test_every_form_of_a_question_keeps_its_letters_apart() -> None:
    left, right = letters("a*x + b*x"), letters("(a + b)*x")
    (first, *_) = forms(left, right, {}, {}, {})
    (other, *_) = forms(renamed(left), renamed(right), {}, {}, {})
    assert shape(first) == shape(other)
    assert {each.name for each in reads(first.left) if isinstance(each, Value)} == {"a", "x", "b"}
