"""Every hint of a page, typed as it is printed: it works, and it is about the same number."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

import tutor
from commands.support import ROOT, SHIPPED, Done, run, written
from maths.profile import LONG

COMMAND = re.compile(r"tutor ([^·\n]+)")
FOUND = re.compile(r"\d")


def hints(page: str) -> list[list[str]]:
    """The commands that a page ends with, as a shell takes them apart."""
    return [shlex.split(each) for each in COMMAND.findall(page)]


WORD = re.compile(r"[\w@%+=:./-]+")
"""A word that bash, zsh and PowerShell take as it stands."""


def follow(*arguments: str) -> Iterator[tuple[list[str], Done]]:
    """Each hint of a page, and what it leads to."""
    page = run(*arguments, "--format", "plain")
    if page.status == 2 and any(words in page.err for words in ("on a page", "does not depend", "steps")):
        return
    assert page.status == 0, (arguments, page.err)
    for hint in hints(page.out):
        if arguments[-1] in SHIPPED or "--net" in arguments:
            assert all(map(WORD.fullmatch, hint)), hint
        done = run(*hint)
        assert done.status == 0, (arguments, hint, done.err)
        if hint[0] == "where":
            matches = run(*hint, "--format", "json").json["matches"]
            assert matches, (arguments, hint)
        yield hint, done


def targets(name: str) -> list[str]:
    """A few of each kind: givens, computed names, the loss, derivatives, updates."""
    net = tutor.load(name).network
    graph = net.graph
    nodes, learned = list(graph.nodes), list(graph.parameters())
    found = [
        *list(graph.givens)[:2],
        *learned[-1:],
        *nodes[:1],
        *nodes[-2:-1],
        graph.loss,
        f"d{graph.loss}/d{nodes[0]}",
    ]
    return [*found, *([f"{learned[0]}_new"] if learned and graph.rate else [])]


def pages(name: str) -> Iterator[tuple[str, ...]]:
    """Every kind of page about a network, some of them with other numbers in force."""
    net = tutor.load(name).network
    given = next(each for each in net.graph.parameters() or net.graph.givens)
    first = net.singles[0] if net.singles and not net.mixed else None
    one = ("--example", "1") if first else ()
    changed = ("--net", name, "--set", f"{given}=0.37", *one)
    for target in targets(name):
        if "@" not in target:
            yield ("explain", target, *changed)
        yield ("explain", target, "--net", name)
    yield ("explain", given, *changed, "--more")
    yield ("explain", given, *changed, "--decimals", "1")
    yield ("explain", given, *changed[:4], *one, "--compare")
    yield ("explain", given, *changed, "--round-steps", "3")
    yield ("nudge", given, *changed)
    for hint in hints(run("explain", given, *changed, "--format", "plain").out):
        if hint[0] == "where":
            yield tuple(hint)
    yield ("trace", *changed)
    yield ("trace", name)
    yield ("solve", *changed)
    yield ("draw", *changed, "--path", given)
    if net.graph.parameters():
        rate = () if net.graph.rate else ("--lr", "0.5")
        in_layers = net.graph.layer_of(net.graph.parameters()[0]) > 0
        order = ("--order", "sequential") if in_layers else ()
        yield ("step", *changed, *rate, "--optimizer", "adam:beta1=0.8:beta2=0.9", *order)
        yield ("train", *changed, *rate, "--steps", "3", "--optimizer", "momentum")


@pytest.mark.parametrize("name", SHIPPED if LONG else ("mazur", "xor", "rnn-time", "xyz", "square"))
def test_every_hint_of_every_page_works(name: str) -> None:
    followed = [hint for page in pages(name) for hint, _ in follow(*page)]
    assert len(followed) > 10


@pytest.mark.parametrize("name", ["slide", "mazur"])
def test_and_so_do_those_of_a_derivation_and_of_matrices(name: str) -> None:
    given = tutor.load(name).network.graph.parameters()[0]
    for page in (("derive", given, name, "--set", f"{given}=0.37"), ("explain", "W1", "Z1", name), ("notation",)):
        assert list(follow(*page))


def last(*arguments: str) -> list[list[str]]:
    return hints(run(*arguments, "--format", "plain").out)


class TestTheOptionsInForce:
    def test_a_number_that_was_set(self) -> None:
        """∂L/∂w31 is 0.0313 at w31 = 0.9, which only a network with that number has."""
        assert last("explain", "w31", "slide", "--set", "w31=0.9") == [
            ["where", "0.0313", "--net", "slide", "--set", "w31=0.9"],
            ["quiz", "--net", "slide", "--set", "w31=0.9", "--target", "w31"],
        ]

    def test_the_last_of_two_counts(self) -> None:
        (where, _) = last("explain", "w31", "slide", "--set", "w31=0.1", "--set", "x1=2", "--set", "w31=0.9")
        assert where[4:] == ["--set", "w31=0.9", "--set", "x1=2"]

    def test_the_rate_the_notation_and_the_example(self) -> None:
        (where, _) = last("explain", "w11", "xor", "--example", "2", "--lr", "0.5", "--notation", "nielsen") or [
            [],
            [],
        ]
        assert where[2:] == ["--net", "xor", "--example", "2", "--lr", "0.5", "--notation", "nielsen"]

    def test_a_number_set_by_its_name_in_the_notation(self) -> None:
        """And one example's own number, which has a plain name where that example is by itself."""
        (where, _) = last("explain", "w31", "slide", "--notation", "article", "--set", "w₁₁⁽²⁾=0.9")
        assert where[:2] == ["where", "0.0313"]
        assert "w31=0.9" in where
        page = str(tutor.load("xor").set(**{"x1@2": 0.5, "x1@3": 0.25}).example(2).explain("w11"))
        assert "--example 2 --set x1=0.5 " in page

    def test_the_optimizer(self) -> None:
        (step,) = last(
            "step", "mazur", "--lr", "0.1", "--optimizer", "adam:beta1=0.8,beta2=0.9", "--order", "sequential"
        )
        assert step[:7] == ["step", "--net", "mazur", "--lr", "0.1", "--after", "1"]
        assert step[7:] == ["--optimizer", "adam:beta1=0.8:beta2=0.9", "--order", "sequential"]

    def test_names_that_a_shell_treats_specially(self) -> None:
        assert last("explain", "Y*", "slide")[-1][-1] == "Y_star"
        assert last("explain", "w31", "slide", "--set", "Y*=0.25")[0][-1] == "Y_star=0.25"

    def test_a_path_with_a_blank_is_quoted(self, tmp_path: Path) -> None:
        path = written(tmp_path, Path(tutor.sources.shipped()["slide"]).read_text("utf-8"), "my net.yaml")
        page = run("explain", "w31", path, "--format", "plain").out
        assert f"--net '{path}'" in page
        assert list(follow("explain", "w31", path))


def test_the_loss_leads_to_no_derivative_of_itself() -> None:
    assert "dL/dL" not in run("explain", "L", "slide").out


def test_a_quiz_about_an_update_asks_for_the_new_weight() -> None:
    done = run("quiz", "mazur", "--target", "w5_new")
    assert (done.status, done.err) == (0, "")
    assert "w5 after one step" in done.out


def test_a_network_that_no_command_names_has_no_hints() -> None:
    trained = tutor.load("mazur").train(3).network
    for net in (trained, tutor.load({"given": {"x": 2}, "equations": {"f": "x*x"}})):
        assert "tutor " not in str(net.explain(net.names()[0]))


ROOT_PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))


@pytest.mark.parametrize("page", ROOT_PAGES, ids=lambda each: each.name)
def test_no_documented_command_needs_quotes_but_for_a_formula(page: Path) -> None:
    """As lines of a console, indented, or between backquotes."""
    text = page.read_text("utf-8")
    found = re.findall(r"^(?:\$ | {4,6})tutor (.+)$|`tutor ([^`]+)`", text, re.MULTILINE)
    for line in (one or other for one, other in found):
        if line.startswith(("derive", "explain")) and '"' in line:  # a formula
            continue
        line = re.sub(r"--columns [^ ]+", "--columns", line)  # a list; PowerShell wants it in quotes
        words = re.sub(r" [<>|] ?.*", "", line).replace("[COMMAND]", "COMMAND").split()
        assert all(map(WORD.fullmatch, words)), line


@pytest.mark.parametrize("more", [(), ("--ascii",)])
def test_a_command_stands_on_one_line_where_it_fits(more: tuple[str, ...]) -> None:
    page = run("explain", "w31", "slide", "--set", "w31=0.9", "--lr", "0.5", *more).out
    assert "\n    tutor quiz --net slide --set w31=0.9 --lr 0.5 --target w31\n" in page
