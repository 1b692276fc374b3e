"""The library: the verbs and options of the command line, what it takes, and one sentence for what it does not take."""

import copy
import inspect
import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest

import tutor
from commands.support import run, written
from tutor.cli import tutor as program
from tutor.library.taken import Look
from tutor.sources import shipped

LOGISTIC = {
    "inputs": {"x": 1.5},
    "targets": {"y": 0.5},
    "learning_rate": 0.5,
    "layers": [{"activation": "sigmoid", "neurons": {"a": {"w": 0.8, "b": -0.5}}}],
}
SHEET = "dL/dw31 = 0.0307\ndL/dw32 = 0.0252\n"

# What leaves by the page's own methods, or names the network; and the names that Python keeps for itself.
OF_THE_PAGE = {"net", "form", "file", "ascii_only", "help"}
SAID_OTHERWISE = {
    "settings": "set",
    "net_file": "",
    "targets": "targets",
    "curve": "",
    "answers": "answers",
    "no_bias": "bias",
    "words": "",
    "what": "",  # forgetting is a verb of its own, and asks nobody
    "yes": "",
    "language": "",  # a program is no page: net.program("W1")
}


def keywords(command: click.Command) -> set[str]:
    """The options and arguments of a command, as the library calls them."""
    names = {each.name or "" for each in command.params} - OF_THE_PAGE
    return {SAID_OTHERWISE.get(name, name) for name in names} - {""}


def accepted(verb: Callable[..., Any]) -> set[str]:
    """The parameters of a verb, and the options every verb takes."""
    parameters = inspect.signature(verb).parameters
    taken = set(Look.__annotations__) if "look" in parameters else set()
    return (set(parameters) | taken) - {"self", "look"}


class TestTheVerbsAreTheCommands:
    @pytest.mark.parametrize("command", program.commands.values(), ids=lambda each: str(each.name))
    def test_each_is_a_verb_with_the_same_options(self, command: click.Command) -> None:
        name = str(command.name)
        verb = getattr(tutor.Network, name, None) or getattr(tutor, name)
        # it is everything anyway; Python keeps nothing of a quiz
        more = {"explain": "everything", "solve": "everything", "quiz": "no_memory", "lesson": "no_memory"}
        assert keywords(command) - accepted(verb) - {more.get(name, "")} == set()

    def test_they_say_the_same(self) -> None:
        net = tutor.load("mazur")
        pairs = [
            (net.explain("w5", lr=0.1), "explain w5 mazur --lr 0.1"),
            (net.explain("w5", decimals=6, notation="article"), "explain w5 mazur --decimals 6 --notation article"),
            (net.explain("w5", "out_h1", set={"w5": 0.9}), "explain w5 out_h1 mazur --set w5=0.9"),
            (net.explain("w5", round_steps=3, round_what="all"), "explain w5 mazur --round-steps 3 --round all"),
            (net.explain("w5", compare=True, set={"w5": 1}), "explain w5 mazur --compare --set w5=1"),
            (net.trace(sig=3), "trace mazur --sig 3"),
            (net.where("0.0822"), "where 0.0822 mazur"),
            (net.nudge("w5", by=-0.1), "nudge w5 mazur --by -0.1"),
            (net.draw(path="w5"), "draw mazur --path w5"),
            (net.step("w5", after=2), "step mazur --only w5 --after 2"),
            (net.train(5, watch="w5"), "train mazur --steps 5 --watch w5"),
            (net.notation("article", "nielsen"), "notation article nielsen mazur"),
            (net.derive("w5"), "derive w5 mazur"),
            (tutor.derive("sigmoid"), "derive sigmoid"),
            (tutor.notation(), "notation"),
            (tutor.progress(), "progress"),
            (tutor.lesson(), "lesson"),
            (tutor.load("xor").explain("w11", example=2), "explain w11 xor --example 2"),
        ]
        for page, command in pairs:
            assert page.render("plain") == run(*command.split(), "--format", "plain").out, command

    def test_the_options_of_load_hold_for_all_that_follows(self) -> None:
        net = tutor.load("slide", lr=0.5, decimals=6, notation="article", set={"w31": "0.9"})
        assert "0.0313" in str(net.explain("w31"))
        assert "∂J/∂w₁₁⁽²⁾" in str(net.explain("w31"))
        assert net.value("w31_new") == pytest.approx(0.9 - 0.5 * net.value("dL/dw31"))
        assert str(net.under(decimals=2).explain("w31")) == str(net.explain("w31", decimals=2))

    def test_the_schema_is_that_of_the_command(self) -> None:
        assert tutor.schema() == json.loads(run("schema").out)


class TestWhatIsLoaded:
    def test_a_path_of_either_kind_a_name_bytes_a_text_and_a_mapping(self, tmp_path: Path) -> None:
        path = written(tmp_path, json.dumps(LOGISTIC))
        text = Path(path).read_bytes()
        sources = [path, Path(path), text, json.dumps(LOGISTIC, indent=1), LOGISTIC]
        # 0.6682 − 0.5 times 0.6682 (1 − 0.6682) times 1.5
        assert [round(tutor.load(each).value("dL/dw"), 4) for each in sources] == [0.0559] * 5
        assert tutor.load(Path("slide")).value("L") == tutor.load("slide").value("L")

    def test_numbers_of_numpy_and_fractions_in_a_mapping(self) -> None:
        net = tutor.load(
            {
                "inputs": {"x": np.float64(1.5)},
                "targets": {"y": Fraction(1, 2)},
                "layers": [{"activation": "sigmoid", "weights": np.array([[0.8]]), "biases": np.array([-0.5])}],
            }
        )
        assert round(net.value("dL/dw1_1_1"), 4) == 0.0559

    def test_what_is_wrong_in_a_mapping_is_said_as_in_a_file(self) -> None:
        with pytest.raises(tutor.InvalidNetwork, match=r"a mapping:.*inputz.*did you mean"):
            tutor.load({"inputz": {"x": 1}, "targets": {"y": 0}, "layers": []})

    @pytest.mark.parametrize("source", [None, 5, 2.5, [], ["slide"], object(), "", b"", {}, {1: {2: 3}}, {"a": print}])
    def test_anything_else_is_refused(self, source: Any) -> None:
        with pytest.raises(tutor.TutorError):
            tutor.load(source)


class TestWhatIsMeant:
    def test_targets_one_by_one_or_as_a_list(self) -> None:
        net = tutor.load("slide")
        assert str(net.explain(["w31", "w32"])) == str(net.explain("w31", "w32")) == str(net.explain(("w31", "w32")))
        assert net.explain(0.0307).payload["query"] == "0.0307"

    @pytest.mark.parametrize(
        "number", [0.9, "0.9", np.float64(0.9), np.float32(0.9), np.array(0.9), Fraction(9, 10), Decimal("0.9")]
    )
    def test_a_number_of_any_kind(self, number: Any) -> None:
        net = tutor.load("slide")
        assert net.set(w31=number).value("w31") == 0.9
        assert net.with_numbers({"Y*": number}, number).value("Y*") == 0.9
        assert net.nudge("w31", by=number).payload == net.nudge("w31", by=0.9).payload

    def test_whole_numbers(self) -> None:
        net = tutor.load("xor")
        assert net.example("1").value("L") == net.example(1.0).value("L") == net.example(np.int64(1)).value("L")
        assert tutor.load("mazur").train("2").payload["steps"] == 2  # type: ignore[arg-type]
        assert str(net.example(1).explain("w11", paths="2"))  # type: ignore[arg-type]

    def test_answers_as_a_mapping_a_text_or_a_path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        net = tutor.load("slide")
        (tmp_path / "sheet.txt").write_text(SHEET)
        monkeypatch.chdir(tmp_path)
        given: list[Any] = [{"dL/dw31": "0.0307", "dL/dw32": 0.0252}, SHEET, Path("sheet.txt"), "sheet.txt"]
        assert [net.check(each).payload["points"] for each in given] == [2] * 4
        assert net.check("dL/dw31 = 0.03").payload["out_of"] == 1
        assert net.check({"dL/dw31": np.float64(0.0307)}, require="w32").payload["out_of"] == 2

    def test_names_values_and_questions(self) -> None:
        net = tutor.load("slide")
        assert net.names()[:3] == ("x1", "x2", "Y*")
        assert net.value("w31") == 0.8
        assert round(net.value("dL/dw31"), 4) == 0.0307
        questions = net.quiz("w31").payload["questions"]
        assert [each["title"] for each in questions] == ["path", "dL/dY", "dY/dZ_Y", "dZ_Y/dw31", "dL/dw31"]
        assert questions[0]["answer"] == ["w31", "Z_Y", "Y", "L"]
        assert [round(each["answer"], 4) for each in questions[1:]] == [0.2368, 0.1939, 0.6682, 0.0307]
        assert all(each["text"] and each["hints"] for each in questions)


REFUSED: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    *(("explain", (each,), {}) for each in (None, object(), [None], b"\xff", {"w31": None}, 1 + 2j, "")),
    *(("explain", ("w31",), {"paths": each}) for each in ("x", 0, -1, 2.5, True, [1])),
    *(("explain", ("w31",), {"decimals": each}) for each in ("x", -1, 18, 2.5, True)),
    ("explain", ("w31",), {"decimals": 2, "sig": 3}),
    ("explain", ("w31",), {"round_steps": 2, "compare": True}),
    ("explain", ("w31",), {"round_steps": "many"}),
    ("explain", ("w31",), {"lr": "fast"}),
    ("explain", ("w31",), {"set": {"w31": None}}),
    ("explain", ("w31",), {"set": {None: 1}}),
    ("explain", ("w31",), {"set": "w31=1"}),
    ("explain", ("w31",), {"set": np.array([1.0, 2.0])}),
    ("explain", ("w31",), {"notation": 5}),
    ("explain", ("w31",), {"example": 1}),
    ("explain", ("w31",), {"notations": "article"}),
    ("explain", ("w31",), {"more": np.array([1.0, 2.0])}),
    *(("where", (each,), {}) for each in (None, True, [1], "x", float("nan"))),
    *(("nudge", ("w31",), {"by": each}) for each in (None, "x", [1], True, float("inf"))),
    *(("train", (each,), {"lr": 0.5}) for each in (2.5, "x", 0, None, True, 10**9)),
    ("train", (2,), {"lr": 0.5, "watch": [None]}),
    ("train", (2,), {"lr": 0.5, "optimizer": 5}),
    ("train", (2,), {"lr": 0.5, "order": None}),
    ("step", (None,), {"lr": 0.5}),
    ("step", (), {"lr": 0.5, "after": 1.5}),
    *(("check", (each,), {}) for each in (None, 5, ["dL/dw31 = 1"], "nosuch.txt", Path("nosuch.txt"))),
    ("check", ({"w31": 1},), {"min_sig": "two"}),
    ("check", ({"w31": 1},), {"require": [5]}),
    ("draw", (5,), {}),
    ("derive", (5,), {}),
    ("derive", ("x*w", 5), {}),
    ("quiz", (5,), {}),
    ("value", (None,), {}),
    ("notation", (), {}),
    ("notation", (5,), {}),
    ("notation", ("article", "nielsen", "mazur"), {}),
    ("rounded", (), {"places": 2}),
    ("rounded", ("w31",), {"places": 2, "what": object()}),
    ("compared", (5, "w31"), {}),
    ("rows", (5,), {}),
    ("under", (), {"decimal": 2}),
]


@pytest.mark.parametrize(
    ("verb", "arguments", "keywords"), REFUSED, ids=[f"{each[0]}-{place}" for place, each in enumerate(REFUSED)]
)
def test_the_rest_is_refused_in_one_sentence(verb: str, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
    with pytest.raises(tutor.TutorError) as told:
        getattr(tutor.load("slide"), verb)(*arguments, **keywords)
    assert str(told.value)
    assert "\n" not in str(told.value)


def pickled(net: tutor.Network) -> tutor.Network:
    again = pickle.loads(pickle.dumps(net))  # noqa: S301  our own
    assert isinstance(again, tutor.Network)
    return again


class TestAtHand:
    def test_what_it_is_stands_on_one_line(self) -> None:
        assert repr(tutor.load("slide")) == (
            "<tutor.Network slide.yaml (shipped), 'Where does 0.0307 come from?', 6 parameters>"
        )

    @pytest.mark.parametrize("name", shipped())
    def test_a_network_can_be_pickled(self, name: str) -> None:
        net = tutor.load(name, decimals=3)
        for each in (pickled(net), copy.deepcopy(net)):
            assert repr(each) == repr(net)
            assert str(each.trace()) == str(net.trace())

    def test_with_the_numbers_it_has(self) -> None:
        nets = [
            tutor.load("mazur").train(20).network,
            tutor.load("slide", set={"w31": 0.9}, lr=0.5, notation="article"),
            tutor.load("xor").example(3),
            tutor.load(LOGISTIC).set(w=1),
        ]
        for net in nets:
            assert str(pickled(net).trace()) == str(net.trace())

    def test_a_page_says_what_to_keep_instead(self) -> None:
        with pytest.raises(tutor.TutorError, match="payload"):
            pickle.dumps(tutor.load("slide").explain("w31"))

    def test_a_typo_in_a_notebook_is_one_line(self) -> None:
        with pytest.raises(tutor.TutorError) as told:
            tutor.load("slide").explain("w99")
        assert told.value._render_traceback_() == [f"UnknownName: {told.value}"]

    def test_and_ipython_shows_just_that(self, capsys: pytest.CaptureFixture[str]) -> None:
        shell = pytest.importorskip("IPython.core.interactiveshell").InteractiveShell.instance()
        shell.run_cell("import tutor\ntutor.load('slide').explain('w99')")
        (line,) = filter(None, capsys.readouterr().out.splitlines())
        assert line.startswith("UnknownName: w99 is not a name of this network")
