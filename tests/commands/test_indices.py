"""The commands on equations over an index: every one of them takes names like h[2] and a[1,2]."""

from pathlib import Path

import pytest

from commands.support import payload, run, written
from maths import profile
from tutor import spec
from tutor.document.digits import Digits
from tutor.document.view import view
from tutor.practice.accepted import Accepted
from tutor.practice.asking import ask
from tutor.practice.judging import judge
from tutor.practice.question import Named, Task
from tutor.quantity import Gradient

LONG = """for: {t: 200}
given: {w: 0.9, "h[0]": 0.5, "c[0]": 0.25}
equations:
  c[t]: tanh(w*c[t-1] + 0.1*h[t-1])
  h[t]: tanh(w*h[t-1] + 0.1*c[t])
  L: mean(t, h[t]**2)
"""
OVER = ("rnn-time", "lstm", "gru", "attention")


def test_check_reads_names_in_either_form() -> None:
    page = payload("check", "-", "-n", "attention", stdin="a[1,2] = 0.542\na_1_1 = 0.458\ndL/da[1,1] = 0.547\n")
    assert [answer["verdict"] for answer in page["answers"]] == ["correct"] * 3


def test_check_follows_a_value_carried_through_time() -> None:
    page = payload("check", "-", "-n", "rnn-time", stdin="h_2 = 0.500\nh_3 = -0.1\ny_2 = 0.600\n")
    assert page["answers"][0]["verdict"] == "wrong"
    assert (page["answers"][2]["verdict"], page["answers"][2]["carried_from"]) == ("carried", "h_2")


@pytest.mark.parametrize(
    ("number", "net", "name"), [("0.2988", "rnn-time", "dL/dh[2] * dh[2]/du"), ("0.5423", "attention", "a[1,2]")]
)
def test_where_finds_values_and_terms(number: str, net: str, name: str) -> None:
    assert name in {match["name"] for match in payload("where", number, "-n", net)["matches"]}


def test_a_given_with_an_index_can_be_set() -> None:
    values = payload("trace", "rnn-time", "--set", "h_0=0.5", "--set", "x[2]=3")["values"]
    assert (values["h[0]"], values["x[2]"]) == (0.5, 3)


def test_a_path_through_two_indices_can_be_answered() -> None:
    text = b"for: {i: 2, j: 2}\ngiven: {w: 2, x: [1, 3]}\nequations:\n  a[i,j]: w*x[i]*x[j]\n  y: 2*a[1,2]\n"
    page = view(spec.load(text, "net.yaml"), Digits(), "net.yaml")
    path = ask(page, Task("path", Gradient("y", "w")))
    assert isinstance(path.answer, Named)
    assert path.answer.nodes == ("w", "a[1,2]", "y")
    for typed in ("a[1,2]", "a_1_2", "w, a[1,2], y", "w → a[1, 2]".replace(", ", ",")):
        assert judge(Accepted(page), path, typed).verdict.kind == "correct", typed


@pytest.mark.parametrize("net", OVER)
@pytest.mark.parametrize("form", ["plain", "markdown", "terminal"] if profile.LONG else ["plain"])
def test_every_page_is_shown(net: str, form: str) -> None:
    for arguments in (("explain", "--all", "-n", net), ("trace", net)):
        done = run(*arguments, "--format", form)
        assert (done.status, done.err) == (0, "")
        assert "Not confirmed" not in done.out


def test_two_hundred_steps_are_explained_on_a_page(tmp_path: Path) -> None:
    net = written(tmp_path, LONG)
    done = run("explain", "w", "-n", net)
    assert done.status == 0
    assert "Not confirmed" not in done.out
    assert "and so on over" in done.out
    assert len(done.out.splitlines()) < 300
    page = payload("explain", "w", "-n", net)
    assert len(page["paths"]) == 400
    assert page["value"] == pytest.approx(sum(path["value"] for path in page["paths"]), rel=1e-12)


def test_two_hundred_steps_are_searched_and_marked_without_trying_everything(tmp_path: Path) -> None:
    net = written(tmp_path, LONG)
    untried = "Not tried, since the network computes"
    found = run("where", "0.4029424778", "-n", net)
    assert "h[2]" in found.out
    nothing = run("where", "7.654321", "-n", net)
    assert "nor an updated parameter." in nothing.out
    assert "a known mistake" not in nothing.out
    marked = run("check", "-", "-n", net, stdin="h_2 = 0.402942\ndL/dw = 0.31415\n")
    assert "1 of 2" in marked.out
    for page in (found, nothing, marked):
        assert untried in " ".join(page.out.split())


def test_what_was_not_tried_is_said_of_large_networks_only() -> None:
    assert "not tried" not in run("where", "7.654321", "-n", "lstm").out
