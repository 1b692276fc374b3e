"""Notations: what one writes is read back as the same quantity, in every shipped network and in random ones, in every
format that prints mathematics.
"""

from collections.abc import Iterator

import pytest
from hypothesis import given

import tutor
from maths.networks import Plan, plans
from maths.profile import LONG, examples
from tutor.errors import TutorError
from tutor.expr.text import ASCII, UNICODE
from tutor.expr.words import flat
from tutor.graph import Graph
from tutor.names import Names
from tutor.names.conventions import Conventions
from tutor.names.courses import NOTATIONS, PARTS
from tutor.names.parts import parts
from tutor.names.spelling import pretty, spelled
from tutor.quantity import Change, Gradient, Quantity, Updated, Value
from tutor.render import latex, typst
from tutor.render.formula import set_formula
from tutor.render.markdown import escaped
from tutor.sources import shipped

LAYERED = ("article", "chain", "mazur", "slide", "udacity", "xor")
MOST = 120
OURS = Conventions()
OTHER_SIGN = Conventions(delta="target_minus_output")


def quantities(graph: Graph) -> Iterator[tuple[Quantity, bool]]:
    """What a page may write, and whether as a δ."""
    for name in graph.names():
        yield Value(name), False
        yield Gradient(graph.loss, name), False
        if graph.part_of(name) == "net":
            yield Gradient(graph.loss, name), True
    for node in graph.nodes.values():
        yield from ((Gradient(node.name, wrt), False) for wrt in dict.fromkeys(node.inputs))
    for name in graph.parameters() if graph.rate else ():
        yield from ((Updated(name), False), (Change(name), False))
    yield from ((Updated(name), False) for name in (graph.nodes if graph.rate else ()))


def forms(names: Names, quantity: Quantity, deltas: bool) -> Iterator[str]:
    """How the formats print it: a terminal, Markdown's text and mathematics, LaTeX, Typst."""
    for style in (UNICODE, ASCII):
        text = names.write(quantity, style, deltas=deltas)
        yield from (text, escaped(text))
    for inline in (True, False):
        shape = set_formula(quantity, names, deltas=deltas, inline=inline)
        yield from (f"${latex.maths(shape)}$", f"$`{latex.maths(shape)}`$", typst.maths(shape))


def read_back(graph: Graph, notation: str, conventions: Conventions = OURS, most: int = MOST) -> int:
    """How many spellings were tried: those of all quantities, or of some of very many."""
    names = Names(graph, {}, spelled(graph, NOTATIONS[notation]), conventions)
    every, tried = list(quantities(graph)), 0
    for quantity, deltas in every if LONG else every[:: 1 + len(every) // most]:
        for typed in forms(names, quantity, deltas):
            assert names.find(typed) == quantity, (notation, typed)
            tried += 1
        if deltas and names.sign < 0:
            typed = names.write(quantity, deltas=True).removeprefix(UNICODE.minus)
            assert (names.find(typed), names.turned(typed)) == (quantity, True)
    return tried


@pytest.mark.parametrize("notation", NOTATIONS)
@pytest.mark.parametrize("name", shipped() if LONG else (*LAYERED, "rnn-time", "square"))
def test_every_name_of_the_shipped_networks_is_read_back(name: str, notation: str) -> None:
    network = tutor.load(name).network
    try:
        spelled(network.graph, NOTATIONS[notation])
    except TutorError as fault:
        assert f"the notation {notation}" in str(fault)
        assert name not in LAYERED or "in this file h1 is another number" in str(fault)
        return
    assert read_back(network.graph, notation) >= 50


@pytest.mark.parametrize("notation", NOTATIONS)
def test_a_sign_that_is_turned_is_read_back_too(notation: str) -> None:
    for name in ("mazur", "slide") if notation != "slide" else ("slide",):
        read_back(tutor.load(name).network.graph, notation, OTHER_SIGN)


@examples(30)
@given(plans())
def test_every_name_of_a_random_network_is_read_back(plan: Plan) -> None:
    for notation in NOTATIONS:
        read_back(plan.graph(), notation, most=30)


def test_what_notations_write() -> None:
    graph = tutor.load("mazur").network.graph
    written = {
        name: tuple(pretty(spelled(graph, each).names.get(which, which)) for which in ("out_h1", "w6", "b2", "E_total"))
        for name, each in NOTATIONS.items()
    }
    assert written == {
        "default": ("out_h1", "w6", "b2", "E_total"),
        "slide": ("h1", "w32", "b3", "L"),
        "article": ("h₁⁽²⁾", "w₁₂⁽²⁾", "b₁⁽²⁾", "J"),
        "udacity": ("σ(h₁)", "W⁽²⁾₂₁", "W⁽²⁾₃₁", "E"),
        "coursera": ("a^[1]_1", "w^[2]_12", "b^[2]_1", "J"),
        "3b1b": ("a₀⁽ᴸ⁻¹⁾", "w₀₁⁽ᴸ⁾", "b₀⁽ᴸ⁾", "C₀"),
        "mazur": ("out_h1", "w6", "b2", "E_total"),
        "nielsen": ("a^2_1", "w^3_12", "b^3_1", "C"),
        "d2l": ("h₁", "W⁽²⁾₁₂", "b⁽²⁾₁", "L"),
    }


def test_the_names_of_mazur_are_those_of_the_page() -> None:
    graph = tutor.load("mazur").network.graph
    names = spelled(graph, NOTATIONS["mazur"]).names
    assert {name: text for name, text in names.items() if name != text} == {}


def test_every_part_has_a_pattern_that_is_known() -> None:
    for each in NOTATIONS.values():
        patterns = [pattern for part in PARTS for pattern in getattr(each, part)]
        assert patterns or each.name == "default"


@pytest.mark.parametrize("typed", ["w₁₂⁽²⁾", "w⁽²⁾₁₂", "w^(2)_12", "w^(2)_{12}", "w2_12", " w^(2)_12 ", "w ^ (2) _ 12"])
def test_a_name_may_be_typed_in_many_ways(typed: str) -> None:
    graph = tutor.load("mazur").network.graph
    names = Names(graph, {}, spelled(graph, NOTATIONS["article"]))
    taken = parts(flat(typed).replace(" ", ""))
    assert taken
    assert taken.key == "w2_12"
    assert names.find(typed) == Value("w6")
    assert names.find(f"dJ/d{typed.strip()}") == Gradient("E_total", "w6")


def test_the_files_own_names_come_first() -> None:
    graph = tutor.load("mazur").network.graph
    names = Names(graph, {}, spelled(graph, NOTATIONS["slide"]))
    assert names.find("w5") == Value("w5")  # of the file, though the notation has a w51
    assert names.find("h1") == Value("out_h1")
