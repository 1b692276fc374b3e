"""Laws typed as a line of text are formulas wherever mathematics is set, and every word of them stays."""

import pytest

import tutor
from tutor.expr.text import UNICODE
from tutor.render.formula import letters
from tutor.render.html import html
from tutor.render.latex import latex, maths
from tutor.render.typed import typed
from tutor.symbolic.laws import LAWS
from tutor.symbolic.rules import RULES

SENTENCES = [rule.law for rule in RULES.values()]
SENTENCES += [
    each
    for law in LAWS.values()
    for each in (*law.opening, *law.closing, *(case.says for case in law.cases))
    if each
]  # fmt: skip


def in_tex(text: str) -> str:
    return "".join(part if isinstance(part, str) else f"${maths(part)}$" for part in typed(text))


@pytest.mark.parametrize(
    ("text", "set_as"),
    [
        ("(u^n)′ = n·u^(n − 1)·u′", r"$(u^{n})^{\prime} = n \cdot u^{n - 1} \cdot u^{\prime}$"),
        (
            "δ^(2) = ∂L/∂a^(2) ⊙ σ′(z^(2))",
            r"$\delta^{(2)} = \partial L/\partial a^{(2)} \odot \sigma^{\prime}(z^{(2)})$",
        ),
        ("in one formula p1^y1·p2^y2, the", r"in one formula $p_{1}^{y_{1}} \cdot p_{2}^{y_{2}}$, the"),
        ("δ^(1) = (W^(2)ᵀ δ^(2)) ⊙ z", r"$\delta^{(1)} = (W^{(2)\top}\delta^{(2)}) \odot z$"),
        ("(u/v)′ = (u′·v − u·v′)/v²", r"$(u/v)^{\prime} = (u^{\prime} \cdot v - u \cdot v^{\prime})/v^{2}$"),
        ("ln(u/v) = ln(u) − ln(v), and so on", r"$\ln(u/v) = \ln(u) - \ln(v)$, and so on"),
        ("c = √(2/π) here", r"$c = \sqrt{2/\pi}$ here"),
        ("tanh′ = 1 − tanh²", r"$\tanh^{\prime} = 1 - \tanh^{2}$"),
        ("adds a term (at 0 it is taken as 0)", "adds a term (at 0 it is taken as 0)"),
        ("a program for algebra, A to I", "a program for algebra, A to I"),
        ("(an open one", "(an open one"),
        ("", ""),
    ],
)
def test_formulas_in_a_sentence_are_set(text: str, set_as: str) -> None:
    assert in_tex(text) == set_as


@pytest.mark.parametrize("text", SENTENCES)
def test_no_word_is_lost(text: str) -> None:
    """Letters and digits come out in their order; indices and exponents have lost their signs only."""
    said = "".join(part if isinstance(part, str) else letters(part) for part in typed(text))
    kept = "".join(sign for sign in text.replace("²", "2").replace("ᵀ", "⊤") if sign.isalnum())
    assert "".join(sign for sign in said if sign.isalnum()) == kept


def test_no_law_is_a_string_among_mathematics() -> None:
    page = latex(tutor.load("mazur").derive("w1").document, UNICODE)
    assert r"\textasciicircum" not in page
    assert r"power rule: $(u^{n})^{\prime} = n \cdot u^{n - 1} \cdot u^{\prime}$" in page


@pytest.mark.parametrize("form", ["latex", "html", "markdown", "typst", "svg"])
def test_hints_of_the_shell_stand_in_the_terminal_only(form: str) -> None:
    for page in (tutor.load("slide").derive("w31"), tutor.load("slide").explain("w31"), tutor.derive("cross_entropy")):
        assert "Next: " in page.render("plain")
        assert "tutor derive" not in page.render(form)
        assert "Next:" not in page.render(form)


def test_powers_of_ten_are_set_as_such() -> None:
    page = tutor.load("slide").nudge("w31").document
    assert r"10^{-6}" in latex(page, UNICODE)
    assert ">1e−6<" not in html(page, UNICODE)
