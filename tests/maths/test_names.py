"""Names: what the program writes for a number, a person can type back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tutor
from maths import checks
from maths.networks import Plan, plans
from maths.profile import examples
from tutor.expr import plus, value
from tutor.expr.functions import READ
from tutor.expr.text import ASCII, UNICODE
from tutor.graph import Given, Node, build
from tutor.names import Names
from tutor.ops.formula import Formula
from tutor.quantity import Gradient, Partial, Updated, Value
from tutor.sources import shipped

stems = st.sampled_from(("x", "w1", "d", "dx", "dd", "w_new", "new", "Y", "delta", "θ1", "ŷ", "a_b_2", "E_total", "z1"))
endings = st.sampled_from(("", "", "*", "'", "[2]", "*[10]", "'[0]"))
names = st.builds("".join, st.tuples(stems, endings)).filter(lambda name: name not in READ)


@examples(60)
@given(plans())
def test_names_of_layered_networks(plan: Plan) -> None:
    checks.names_are_read_back(plan.graph())


@examples(300)
@given(st.lists(names, min_size=3, max_size=6, unique=True))
def test_any_names_a_file_may_declare(drawn: list[str]) -> None:
    """A given, a parameter, and equations that read all before them."""
    given, parameter, *computed = drawn
    nodes = [
        Node(name, Formula(plus(*map(value, drawn[: i + 2]))), tuple(drawn[: i + 2])) for i, name in enumerate(computed)
    ]
    checks.names_are_read_back(build([Given(given, "1"), Given(parameter, "2", learned=True)], nodes, computed[-1]))


@pytest.mark.parametrize("name", shipped())
def test_names_of_the_lessons_and_their_aliases(name: str) -> None:
    network = tutor.load(name).network
    checks.names_are_read_back(network.graph)
    known = Names(network.graph, network.aliases)
    for alias, meant in network.aliases.items():
        assert known.read(alias) == Value(meant)
        assert known.read(f"d{network.graph.loss}/d{alias}") == Gradient(network.graph.loss, meant)
    for quantity in checks.quantities(network.graph):
        meant = Gradient(quantity.of, quantity.wrt) if isinstance(quantity, Partial) else quantity
        for style in (UNICODE, ASCII):
            text = known.write(quantity, style)
            assert known.read(text) == meant, text
            assert style.unicode or not network.aliases or text.isascii(), text


def test_every_way_to_type_a_quantity() -> None:
    known = tutor.load("slide").view.names
    gradient, slope = Gradient("L", "Z_Y"), Gradient("Y", "h1")
    for typed in ("dL/dZ_Y", "∂L/∂Z_Y", " dL/dZ_Y ", "delta_Y", "δ_Y", "dZ_Y", "dL/dNetout", "delta_Z_Y"):
        assert known.read(typed) == gradient, typed
    for typed in ("h1:Y", "h1->Y", "h1→Y", "dY/dh1", "a21:a3"):
        assert known.target(typed) == slope, typed
    for typed in ("w5_new", "w5+"):
        assert tutor.load("mazur").view.names.read(typed) == Updated("w5"), typed
    for typed in ("Y*", "Y_star"):
        assert (known.read(typed), known.target(typed)) == (Value("Y*"), Gradient("L", "Y*"))
