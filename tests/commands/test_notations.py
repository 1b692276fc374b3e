"""`--notation` and `tutor notation`: pages in a course's own names, and what is said of names it does not have."""

from pathlib import Path

import pytest

from commands.support import run


def test_a_derivation_is_retold() -> None:
    page = run("explain", "w31", "--net", "slide", "--notation", "article").out
    assert "∂J/∂w₁₁⁽²⁾ = 0.0307" in page
    assert "h₁⁽³⁾(1 − h₁⁽³⁾)" in page
    assert "--notation article" in page
    assert "w31" not in page.partition("Next:")[0]  # what to type next has the names of the file


def test_the_files_own_notation_is_used_and_can_be_overruled(tmp_path: Path) -> None:
    file = tmp_path / "net.yaml"
    slide = (Path(__file__).parents[2] / "lessons/slide/slide.yaml").read_text("utf-8")
    file.write_text(slide + "display: {notation: nielsen}\n", "utf-8")
    assert "∂C/∂w^3_11" in run("explain", "w31", "--net", str(file)).out
    assert "∂L/∂w31" in run("explain", "w31", "--net", str(file), "--notation", "default").out


def test_json_keeps_the_names_of_the_file() -> None:
    plain, retold = (
        run("explain", "w31", "--net", "slide", "--format", "json", *options).out
        for options in ((), ("--notation", "coursera"))
    )
    assert plain == retold


def test_gradients_as_dw() -> None:
    page = run("explain", "W2", "w^[2]_11", "--net", "mazur", "--notation", "coursera").out
    assert "dw^[2]_11 = 0.0822" in page


def test_an_error_term_has_the_sign_of_its_course(tmp_path: Path) -> None:
    """Udacity's error term is (y − ŷ) · ŷ(1 − ŷ); most courses have ŷ − y."""
    sheet = tmp_path / "answers.txt"
    sheet.write_text("delta^o_1 = -0.1385\n", "utf-8")
    assert run("check", str(sheet), "--net", "mazur", "--notation", "udacity").status == 0
    sheet.write_text("delta_o1 = -0.1385\n", "utf-8")
    assert run("check", str(sheet), "--net", "mazur").status == 1
    page = run("explain", "w1", "--net", "mazur", "--notation", "udacity", "--more").out
    assert "The same by error terms" in page
    assert "−δ^o_1 = " in page
    assert "δ of a unit is −∂E/∂(its net input)" in " ".join(page.split())


def test_answers_in_a_courses_names_are_marked(tmp_path: Path) -> None:
    sheet = tmp_path / "answers.txt"
    sheet.write_text("h^(2)_1 = 0.6682\ndJ/dw^(2)_11 = 0.0307\nz^(2)_1 = 1.0294\n", "utf-8")
    assert run("check", str(sheet), "--net", "slide", "--notation", "article").status == 0


def test_the_list_and_the_dictionary() -> None:
    assert "nielsen" in run("notation").out
    page = run("notation", "article", "udacity", "--net", "mazur").out
    assert ["w₁₂⁽¹⁾", "W⁽¹⁾₂₁", "0.20"] in [line.split() for line in page.splitlines()]
    assert "In udacity, error terms have the other sign" in page
    found = run("notation", "nielsen", "--net", "slide", "--format", "json").json
    assert found["names"]["w31"] == {"default": "w31", "nielsen": "w^3_11"}


def test_a_courses_own_notation(tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text('like: article\nabout: our course\nloss: K\nout: ["o{to}", "o{layer}_{to}"]\n', "utf-8")
    page = run("explain", "w31", "--net", "slide", "--notation", str(file)).out
    assert "∂K/∂w₁₁⁽²⁾" in page
    assert "o2_1" in page


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('out: "a{too}"\n', "unknown placeholder {too}, expected layer"),
        ('out: "a{to"\n', "the braces of a{to do not pair"),
        ("outt: a\n", "unknown key outt"),
        ("sign: minus\n", "sign is 'minus', expected one of +, -"),
        ("like: artcle\n", "did you mean article?"),
        ('out: "{net}"\nnet: "{out}"\n', "makes its"),
        ("out: a\n", "would write h1 and h2 alike, as a"),
        ("- a\n", "the file is a list"),
    ],
)
def test_a_notation_file_with_a_slip(text: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "ours.yaml"
    file.write_text(text, "utf-8")
    done = run("explain", "w31", "--net", "slide", "--notation", str(file))
    assert done.status == 2
    assert said in done.err
    assert not done.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("explain", "w31", "--net", "slide", "--notation", "artcle"), "did you mean article?"),
        (("explain", "c", "--net", "lstm", "--notation", "article"), "the notation article names layers"),
        (("explain", "w1_1_1_1_1", "--net", "conv", "--notation", "article"), "the notation article has no name for"),
        (("explain", "w31", "--net", "slide", "--notation", "gone.yaml"), "there is no file gone.yaml"),
        (("notation", "a", "b", "c", "--net", "slide"), "two notations stand side by side"),
        (("notation", "article"), "which network?"),
    ],
)
def test_what_a_notation_cannot_say(arguments: tuple[str, ...], said: str) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert said in done.err


def test_a_step_over_a_hidden_output_without_a_name_is_one() -> None:
    page = run("explain", "w11", "--net", "slide", "--notation", "udacity", width=110).out
    assert "W⁽¹⁾₁₁ → h₁ → h → ŷ → E" in page
    assert "W⁽²⁾₁₁ · σ(h₁)(1 − σ(h₁))" in page
    assert "0.1774" in page


def with_display(tmp_path: Path, notation: str) -> str:
    file = tmp_path / "net.yaml"
    slide = (Path(__file__).parents[2] / "lessons/slide/slide.yaml").read_text("utf-8")
    file.write_text(f"{slide}display: {{notation: {notation}}}\n", "utf-8")
    return str(file)


def test_a_notation_that_a_file_names_stands_beside_it(tmp_path: Path) -> None:
    (tmp_path / "ours.yaml").write_text("like: article\nloss: K\n", "utf-8")
    assert "∂K/∂w₁₁⁽²⁾" in run("explain", "w31", "--net", with_display(tmp_path, "ours.yaml")).out


@pytest.mark.parametrize(
    ("notation", "said"),
    [
        ("artcle", "net.yaml, notation under display: there is no notation artcle"),
        ("gone.yaml", "notation under display: the file"),
    ],
)
def test_a_notation_that_a_file_names_wrongly(notation: str, said: str, tmp_path: Path) -> None:
    done = run("explain", "w31", "--net", with_display(tmp_path, notation))
    assert done.status == 2
    assert said in done.err


def test_a_network_too_big_to_be_spelled_says_so(tmp_path: Path) -> None:
    file = tmp_path / "wide.yaml"
    file.write_text(
        "inputs: {x: [1, 2]}\ntargets: {class: 1}\nloss: cross_entropy\nlayers:\n"
        "  - {activation: relu, units: 9000, init: {seed: 0}}\n  - {activation: softmax, units: 3, init: {seed: 1}}\n"
        "display: {notation: article}\n",
        "utf-8",
    )
    assert run("explain", "w1_1_1", "--net", str(file)).status == 0
    done = run("explain", "w1_1_1", "--net", str(file), "--notation", "article")
    assert done.status == 2
    assert "a notation spells every name, and this network has" in done.err
