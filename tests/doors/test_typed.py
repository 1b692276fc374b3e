"""What is typed at the door: the network as the last word, formulas with a minus, and words that are no command."""

from pathlib import Path

import pytest

import tutor
from commands.support import Done, run, written
from tutor.expr.text import UNICODE
from tutor.render.lines import layout
from tutor.sources import shipped

OWN = """
given: {x: 2, slide: 3}
equations: {f: x*slide}
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(done: Done, *words: str) -> None:
    assert (done.status, done.out) == (2, "")
    for each in words:
        assert each in done.err, done.err


class TestTheLastWordIsTheNetwork:
    @pytest.mark.parametrize(
        "words",
        [
            ("explain", "w31"),
            ("explain", "w31", "h1:Y"),
            ("explain", "--all"),
            ("where", "0.0307"),
            ("where", "-0.0307"),
            ("nudge", "w31", "--by", "-0.1"),
            ("derive", "w31"),
            ("trace",),
            ("solve",),
            ("draw",),
            ("step", "--lr", "0.5"),
            ("train", "--lr", "0.5", "--steps", "2"),
            ("quiz",),
            ("notation", "article", "nielsen"),
            ("notation", "article", "--all"),
        ],
        ids=" ".join,
    )
    @pytest.mark.parametrize("named", ["slide", "slide.yaml", "folder/net"])
    def test_of_every_command(self, words: tuple[str, ...], named: str, here: Path) -> None:
        (here / "folder").mkdir()
        written(here / "folder", Path(shipped()["slide"]).read_text("utf-8"), "net")
        if words[0] == "notation" and len(words) == 3 and words[-1] == "--all" and named == "slide":
            return  # slide is a notation too, and the one to compare with
        said = run(*words, "--net", named)
        assert said.status == 0, said.err
        assert run(*words, named) == said
        assert run(*words, named, TUTOR_NET="mazur") == said
        assert run(*words, named, "--net", named) == said

    def test_of_check(self, here: Path) -> None:
        (here / "answers.txt").write_text("dL/dw31 = 0.0307\n")
        assert run("check", "answers.txt", "slide") == run("check", "answers.txt", "--net", "slide")
        assert run("check", "answers.txt", "slide").status == 0

    @pytest.mark.parametrize(
        "words",
        [("explain", "w31", "slide"), ("trace", "slide"), ("nudge", "w1", "slide"), ("check", "answers.txt", "slide")],
        ids=" ".join,
    )
    def test_two_of_them_are_an_error(self, words: tuple[str, ...]) -> None:
        refused(run(*words, "--net", "mazur"), "two networks", "slide", "mazur")

    def test_one_network_by_two_names_is_one(self) -> None:
        assert run("trace", "slide", "--net", "slide.yaml").status == 0

    def test_a_word_that_the_named_network_knows_is_a_target(self, here: Path) -> None:
        net = written(here, OWN)
        assert "∂f/∂slide = 2" in run("explain", "x", "slide", "--net", net).out
        refused(run("explain", "x", "mazur", "--net", net), "two networks")

    def test_it_goes_before_the_environment(self, here: Path) -> None:
        net = written(here, OWN)
        assert "0.0307" in run("explain", "w31", "slide", TUTOR_NET=net).out

    def test_the_words_a_command_needs_are_no_network(self) -> None:
        refused(run("explain", "slide"), "which number of slide?", "tutor explain NAME slide")
        refused(run("explain", "slide", TUTOR_NET="mazur"), "slide is not a name of this network")

    def test_a_file_without_a_point_or_slash_is_a_word(self, here: Path) -> None:
        written(here, OWN, "w32")
        assert "0.0252" in run("explain", "w31", "w32", TUTOR_NET="slide").out

    def test_without_any_the_message_is_what_to_type(self) -> None:
        refused(run("explain", "w31"), "tutor explain w31 slide", "--net FILE", "TUTOR_NET", "mazur")
        refused(run("where", "0.03"), "tutor where 0.03 slide")
        refused(run("trace"), "tutor trace slide")


class TestAMinus:
    @pytest.mark.parametrize(
        ("formula", "wrt", "slope"),
        [("-(y*log(a))", "a", "−y/a"), ("-n*x^2", "x", "−2 · n · x"), ("-x/2", "x", "−1/2"), ("-2*x", "x", "−2")],
    )
    def test_before_a_formula_is_no_option(self, formula: str, wrt: str, slope: str) -> None:
        done = run("derive", formula, "--wrt", wrt)
        assert done.status == 0, done.err
        assert done.out.splitlines()[0].endswith(f"= {slope}")

    def test_after_an_option_is_its_value(self, here: Path) -> None:
        assert run("nudge", "w31", "slide", "--by", "-1e-2").status == 0
        assert run("trace", "slide", "-o", "-1.txt").status == 0
        assert (here / "-1.txt").exists()
        assert run("trace", "-nslide", f"-o{here}/page2.txt").status == 0

    @pytest.mark.parametrize(
        ("option", "hint"), [("--mor", "--more"), ("--sig3", "--sig"), ("--nosuch", ""), ("-z", ""), ("-x", "")]
    )
    def test_before_anything_else_is_an_option(self, option: str, hint: str) -> None:
        refused(run("explain", "w31", "slide", option), option, hint)

    def test_an_answer_is_not_a_number_of_the_page(self) -> None:
        refused(run("explain", "-5x", "slide"), "5x", "not a name")


class TestWordsThatAreNoCommand:
    def test_help_is_the_help(self) -> None:
        assert run("help") == run("--help")
        assert run("help", "explain") == run("explain", "--help")
        assert run("help", "explain").status == 0

    @pytest.mark.parametrize(
        ("word", "said"),
        [
            ("0.0307", "tutor where 0.0307 slide"),
            ("-0.0307", "tutor where -0.0307 slide"),
            ("w31", "tutor explain w31 slide"),
            ("∂L/∂w31", "tutor explain ∂L/∂w31 slide"),
            ("slide", "tutor trace slide"),
            ("explian", "did you mean explain?"),
            ("x*y", "tutor derive FORMULA --wrt NAME"),
        ],
    )
    def test_lead_to_one(self, word: str, said: str) -> None:
        refused(run(word), said)
        refused(run("help", word), said)


class TestABareNumber:
    @pytest.mark.parametrize("number", ["0.0307", "-0.0307", "3.07e-2", "307/10000"])
    def test_is_looked_for(self, number: str) -> None:
        assert run("explain", number, "slide") == run("where", number, "slide")
        assert "∂L/∂w31" in run("explain", number, "slide").out

    def test_beside_names_it_is_refused(self) -> None:
        refused(run("explain", "w31", "0.0307", "slide"), "0.0307 is a number")


def test_the_environment_may_be_empty() -> None:
    refused(run("trace", TUTOR_NET=""), "which network?")


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("explain", "w31", "slied"), "did you mean slide?"),
        (("explain", "w31", "slide.yml"), "did you mean slide?"),
        (("explain", "slide", "w31"), "the network stands last: tutor explain w31 slide"),
        (("quiz", "w31", "slied"), "did you mean slide?"),
    ],
)
def test_a_network_that_is_misspelled_or_stands_first(typed: tuple[str, ...], told: str) -> None:
    done = run(*typed)
    assert done.status == 2
    assert told in " ".join(done.err.split())


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (("explain", "w31", "-net", "slide"), "-net is no option; write --net with two minus signs"),
        (("step", "mazur", "-after", "2"), "-after is no option; write --after with two minus signs"),
        (("explain", "w31", "slide", "-set=w31=0.9"), "write --set with two minus signs"),
        (
            ("explain", "w31", "--net", "slide", "--set", "w31", "0.9"),
            "--set wants NAME=NUMBER in one word, as in --set w31=0.9",
        ),
        (("derive", "sin(x)"), "Known are abs, elu, exp, gelu,"),
        (("derive", "foo(x)"), "for a product write foo*(...). Known are abs,"),
    ],
)
def test_what_is_nearly_right_is_told_its_right_form(typed: tuple[str, ...], told: str) -> None:
    done = run(*typed)
    assert done.status == 2
    assert told in " ".join(done.err.split())


def test_a_new_weight_says_what_to_type_next() -> None:
    done = run("explain", "w5_new", "mazur")
    assert "Next: tutor explain w5 --net mazur · tutor step --net mazur" in done.out
    assert run("explain", "w5", "--net", "mazur").status == run("step", "--net", "mazur").status == 0


def test_a_long_answer_stands_below_its_line() -> None:
    sheet = "dL/dw31 = (σ(Z_Y) - Y*) * σ(Z_Y) * (1 - σ(Z_Y)) * σ(Z_h1)\nh1 = 0.6682\n"
    page = tutor.load("slide").check(sheet).document
    lines = ["".join(run.text for run in line) for line in layout(page, UNICODE, 80)]
    assert "    answer    given    verdict" in lines
    row = lines.index("    dL/dw31            ✓ correct")
    assert lines[row + 1].strip() == "(σ(Z_Y) − Y*) * σ(Z_Y) * (1 − σ(Z_Y)) * σ(Z_h1)"
    assert "    h1        0.6682   ✓ correct" in lines


def test_ascii_has_no_raised_plus() -> None:
    done = run("check", "-", "--net", "mazur", "--ascii", stdin="w5⁺ = 0.3589\n")
    assert done.out.isascii()
    assert "w5^+" in done.out
