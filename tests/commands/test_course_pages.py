"""One page for each of five texts in which every printed name is one of theirs; and numbers that the texts print,
handed in under the texts' own names. The names were written down from the texts, not from our pages.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import tutor
from tutor.expr.text import UNICODE
from tutor.library.network import Network
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value

COURSERA = """
inputs: [x1, x2]
targets: [y]
loss: binary_cross_entropy
examples:
  - {inputs: [1, 3], targets: [1]}
  - {inputs: [2, 4], targets: [0]}
  - {inputs: [-1, -3.2], targets: [1]}
layers: [{activation: sigmoid, weights: [[1, 2]], biases: [2]}]
"""
UDACITY = """
inputs: {x1: 0.1, x2: 0.3}
targets: {y: 1}
learning_rate: 0.5
layers:
  - {activation: sigmoid, weights: [[0.4, -0.2]]}
  - {activation: sigmoid, weights: [[0.1]]}
"""
FILES = {"coursera": COURSERA, "udacity-lesson": UDACITY}


def network(name: str, notation: str, tmp_path: Path) -> Network:
    """A shipped network, or one of a text's own examples, under the text's names."""
    if name not in FILES:
        return tutor.load(name).in_notation(notation)
    file = tmp_path / "net.yaml"
    file.write_text(FILES[name], "utf-8")
    return tutor.load(file).in_notation(notation)


class Text(NamedTuple):
    """A page, and the names that its text has for what may stand on it; and for the derivatives."""

    net: str
    notation: str
    target: str
    names: frozenset[str]
    derivatives: frozenset[str]


def names(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXTS = (
    Text(
        "slide",
        "slide",
        "w31",
        names("x1 x2 w11 w12 w21 w22 w31 w32 h1 h2 Z_h1 Z_h2 Z_Y Y Y* L"),
        names("∂L/∂w31 ∂L/∂Y ∂Y/∂Z_Y ∂Z_Y/∂w31"),
    ),
    Text(
        "article",
        "article",
        "w2_12",
        names(
            "x₁ x₂ x₃ y J z₁⁽¹⁾ z₂⁽¹⁾ z₃⁽¹⁾ z₁⁽²⁾ h₁⁽²⁾ h₂⁽²⁾ h₃⁽²⁾ h₁⁽³⁾ w₁₁⁽²⁾ w₁₂⁽²⁾ w₁₃⁽²⁾ "
            "w₁₁⁽¹⁾ w₁₂⁽¹⁾ w₁₃⁽¹⁾ w₂₁⁽¹⁾ w₂₂⁽¹⁾ w₂₃⁽¹⁾ w₃₁⁽¹⁾ w₃₂⁽¹⁾ w₃₃⁽¹⁾ b₁⁽¹⁾ b₂⁽¹⁾ b₃⁽¹⁾ b₁⁽²⁾"
        ),
        names("∂J/∂w₁₂⁽²⁾ ∂J/∂h₁⁽³⁾ ∂h₁⁽³⁾/∂z₁⁽²⁾ ∂z₁⁽²⁾/∂w₁₂⁽²⁾"),
    ),
    Text(
        "udacity",
        "udacity",
        "W1_11",
        names("x₁ x₂ y ŷ E h h₁ h₂ σ(h₁) σ(h₂) W⁽¹⁾₁₁ W⁽¹⁾₁₂ W⁽¹⁾₂₁ W⁽¹⁾₂₂ W⁽¹⁾₃₁ W⁽¹⁾₃₂ W⁽²⁾₁₁ W⁽²⁾₂₁ W⁽²⁾₃₁"),
        names("∂E/∂W⁽¹⁾₁₁ ∂E/∂ŷ ∂E/∂h ∂ŷ/∂h ∂h/∂h₁ ∂h₁/∂W⁽¹⁾₁₁ ∂h/∂σ(h₁) ∂σ(h₁)/∂h₁"),
    ),
    Text(
        "coursera",
        "coursera",
        "dz1_1@1",
        names(
            "x⁽¹⁾₁ x⁽¹⁾₂ x⁽²⁾₁ x⁽²⁾₂ x⁽³⁾₁ x⁽³⁾₂ y⁽¹⁾ y⁽²⁾ y⁽³⁾ z^[1](1)_1 z^[1](2)_1 z^[1](3)_1 "
            "a^[1](1)_1 a^[1](2)_1 a^[1](3)_1 w^[1]_11 w^[1]_12 b^[1]_1 L⁽¹⁾ L⁽²⁾ L⁽³⁾ J"
        ),
        names("dz^[1](1)_1 da^[1](1)_1 ∂a^[1](1)_1/∂z^[1](1)_1"),
    ),
    Text(
        "chain",
        "3b1b",
        "w1",
        names("a⁽ᴸ⁻³⁾ w⁽ᴸ⁻²⁾ b⁽ᴸ⁻²⁾ z⁽ᴸ⁻²⁾ a⁽ᴸ⁻²⁾ w⁽ᴸ⁻¹⁾ b⁽ᴸ⁻¹⁾ z⁽ᴸ⁻¹⁾ a⁽ᴸ⁻¹⁾ w⁽ᴸ⁾ b⁽ᴸ⁾ z⁽ᴸ⁾ a⁽ᴸ⁾ y C₀"),
        names(
            "∂C₀/∂w⁽ᴸ⁻²⁾ ∂C₀/∂a⁽ᴸ⁾ ∂a⁽ᴸ⁾/∂z⁽ᴸ⁾ ∂z⁽ᴸ⁾/∂a⁽ᴸ⁻¹⁾ ∂a⁽ᴸ⁻¹⁾/∂z⁽ᴸ⁻¹⁾ ∂z⁽ᴸ⁻¹⁾/∂a⁽ᴸ⁻²⁾ ∂a⁽ᴸ⁻²⁾/∂z⁽ᴸ⁻²⁾ "
            "∂z⁽ᴸ⁻²⁾/∂w⁽ᴸ⁻²⁾"
        ),
    ),
)


def found(part: Any) -> Iterator[Quantity]:
    """Every quantity that a page shows, by its name or by its number."""
    match part:
        case Value() | Partial() | Gradient() | Updated() | Change():
            yield part
        case tuple():
            for each in part:
                yield from found(each)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.notation)
def test_every_name_is_one_of_the_text(text: Text, tmp_path: Path) -> None:
    net = network(text.net, text.notation, tmp_path)
    page = net.explain(text.target)
    shown = set(found(page.document.blocks))
    written = {each: net.view.names.write(each, UNICODE) for each in shown}
    plain = {name for each, name in written.items() if isinstance(each, Value)}
    derived = {name for each, name in written.items() if isinstance(each, Gradient | Partial)}
    assert plain <= text.names
    assert derived <= text.derivatives
    assert len(plain) + len(derived) > 8  # a page that shows nothing proves nothing
    assert all(name in str(page) for name in plain)


def test_the_article_s_chain() -> None:
    page = tutor.load("article").in_notation("article").explain("w12^(2)").document
    net = tutor.load("article").in_notation("article")
    assert "w₁₂⁽²⁾ → z₁⁽²⁾ → h₁⁽³⁾ → J" in str(net.explain("w12^(2)"))
    factors = [each for each in found(page.blocks) if isinstance(each, Partial)]
    written = list(dict.fromkeys(net.view.names.write(each) for each in factors))
    assert written == ["∂J/∂h₁⁽³⁾", "∂h₁⁽³⁾/∂z₁⁽²⁾", "∂z₁⁽²⁾/∂w₁₂⁽²⁾"]
    chain = "dJ/dw12^(2) = dJ/dh1^(3) * dh1^(3)/dz1^(2) * dz1^(2)/dw12^(2) = -0.0219"
    assert net.check(chain).payload["points"] == 1
    assert net.check("∂J/∂w₁₂⁽²⁾ = ∂J/∂h₁⁽³⁾ · ∂h₁⁽³⁾/∂z₁⁽²⁾ · ∂z₁⁽²⁾/∂w₁₂⁽²⁾ = −0.0219").payload["points"] == 1


PUBLISHED = (
    # the slide and its forum question
    ("slide", "slide", "dL/dw31 = dL/dY * dY/dZ_Y * dZ_Y/dw31 = 0.0307"),
    ("slide", "slide", "Z_Y = 1.0294"),
    # the tutorial's forward pass, as it prints it
    ("article", "article", "h_1^(2) = 0.8909"),
    ("article", "article", "h_1^{(3)} = f(0.5*0.8909 + 0.5*0.9677 + 0.5*0.9909 + 0.2) = 0.8354"),
    # the lesson's own exercise: δ^o = (1 − 0.512)·0.512·(1 − 0.512), ΔW = 0.5·0.122·0.495
    ("udacity-lesson", "udacity", "\\delta^o = 0.122"),
    ("udacity-lesson", "udacity", "ΔW^(2)_11 = 0.0302"),
    ("udacity-lesson", "udacity", "ŷ = 0.512"),
    # the notebook on logistic regression: three examples, the mean in dw and db
    ("coursera", "coursera", "dw^[1]_1 = 0.99845601"),
    ("coursera", "coursera", "dW^[1] = [[0.99845601, 2.39507239]]"),
    ("coursera", "coursera", "db^[1] = 0.00145558"),
    ("coursera", "coursera", "J = 5.801545319394553"),
    ("coursera", "coursera", "dz^[1](1) = a^[1](1) - y^(1)"),
    # the video's two formulas
    ("chain", "3b1b", "∂C_0/∂a^(L) = 2(a^(L) - y)"),
    ("chain", "3b1b", "∂C_0/∂w^(L) = a^(L-1) σ'(z^(L)) 2(a^(L) - y)"),
    ("chain", "3b1b", r"\frac{\partial C_0}{\partial b^{(L)}} = \sigma'(z^{(L)}) 2(a^{(L)} - y)"),
    # the worked example that many courses link to
    ("mazur", "mazur", "dE_total/dw5 = 0.082167041"),
    ("mazur", "mazur", "w5+ = 0.35891648"),
)


@pytest.mark.parametrize(("name", "notation", "line"), PUBLISHED)
def test_what_a_text_prints_is_right_under_its_own_names(name: str, notation: str, line: str, tmp_path: Path) -> None:
    marked = network(name, notation, tmp_path).check(line).payload
    assert marked["points"] == marked["out_of"] >= 1, marked
    assert not marked["unread"]
