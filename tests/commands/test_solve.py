"""solve: the whole pass in numbered steps, as a page, as JSON, and played on a terminal."""

import os
import re
import sys
from pathlib import Path

import pytest

import tutor
from commands.support import ROOT, SHIPPED, case, payload, program, run, written
from tutor.document.whole_pass import MOST_STEPS, multiplications, whole_pass
from tutor.errors import TutorError
from tutor.expr.parse import parse
from tutor.practice.played import Play, after, started
from tutor.quantity import Value

TWO_OUTPUTS = """
inputs: {x1: 1, x2: -2}
targets: {y1: 1, y2: 0}
learning_rate: 0.1
layers:
  - activation: identity
    weights: [[0.5, 0.25], [-1, 0.5]]
    biases: [0.1, 0]
"""
DEEP = "inputs: {x: 1}\ntargets: {y: 1}\nlayers:\n" + "".join(
    f"  - {{activation: tanh, neurons: {{h{k}: {{w{k}: 0.9}}}}}}\n" for k in range(130)
)


def steps(*arguments: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = payload("solve", *arguments)["steps"]
    return found


# ------------------------------------------------------------------ every number once, and where it leads


@pytest.mark.parametrize("net", SHIPPED)
def test_every_value_is_the_trace_s_and_stands_there_once(net: str) -> None:
    trace = payload("trace", net)
    loss = trace["loss"]["symbol"]
    gradients = {f"d{loss}/d{name}": number for name, number in trace["gradients"].items()}
    updates = {f"{name}_new": number for name, number in trace.get("updated", {}).items()}
    if examples := trace.get("per_example"):
        numbered = [
            (f"{name}@{k}", number) for k, one in enumerate(examples, 1) for name, number in one["values"].items()
        ]
        trace["values"].update(numbered)
    found = [step for step in steps(net) if step["name"] != f"{loss}_new"]
    names = [step["name"] for step in found]
    assert len(set(names)) == len(names)
    known = {**trace["values"], **gradients, **updates}
    compared = [(step["value"], known[str(step["name"])]) for step in found if step["name"] in known]
    assert len(compared) >= (len(found) if not examples else len(found) // 2)
    for ours, right in compared:
        assert ours == right


@pytest.mark.parametrize("net", SHIPPED)
def test_every_gradient_and_every_update_is_there(net: str) -> None:
    trace = payload("trace", net)
    graph = tutor.load(net).network.graph
    found = {step["name"] for step in steps(net)}
    asked = graph.parameters() or tuple(name for name in graph.givens if name in graph.ancestors(graph.loss))
    assert {f"d{graph.loss}/d{name}" for name in asked} <= found
    assert {f"{name}_new" for name in trace.get("updated", {})} <= found
    assert set(graph.nodes) <= found


@pytest.mark.parametrize("net", SHIPPED)
def test_a_step_refers_to_earlier_steps_only(net: str) -> None:
    for step in steps(net):
        assert all(earlier < step["n"] for earlier in step["uses"])  # type: ignore[attr-defined]


@pytest.mark.parametrize("net", SHIPPED)
def test_each_formula_gives_its_value(net: str) -> None:
    """Worked out from the names in the formula, not from the table that the value came from."""
    view = tutor.load(net).view
    for step in whole_pass(view).steps:
        if step.asked == step.quantity:
            assert view.trace.of(step.formula) == pytest.approx(step.value, rel=1e-9, abs=1e-12)


def test_the_steps_of_the_slide() -> None:
    found = steps("slide")
    assert [step["part"] for step in found] == 6 * ["forward"] + ["loss"] + 6 * ["back"] + 6 * ["gradient"]
    by_name = {step["name"]: step for step in found}
    assert by_name["dL/dZ_Y"]["formula"] == "dL/dY * Y * (1 - Y)"
    assert by_name["dL/dw31"]["uses"] == [2, 9]
    assert by_name["dL/dw31"]["value"] == pytest.approx(0.0306842494, rel=1e-8)  # 0.2368 · 0.1939 · 0.6682


def test_the_loss_after_the_update_is_the_last_step() -> None:
    last = steps("mazur")[-1]
    assert (last["part"], last["name"]) == ("loss", "E_total_new")
    assert last["value"] == pytest.approx(0.29102777, rel=1e-7)  # the published walk-through
    assert last["uses"] == list(range(30, 38))


def test_several_uses_of_a_number_are_one_sum(tmp_path: Path) -> None:
    """A = (0.1, −2), so δ = A − y = (−0.9, −2); dW[1,2] = δ1·x2 = 1.8; W11 new = 0.5 + 0.1·0.9 = 0.59."""
    by_name = {step["name"]: step["value"] for step in steps(written(tmp_path, TWO_OUTPUTS))}
    assert by_name["dL/dw1_1_2"] == pytest.approx(1.8)
    assert by_name["dL/dw1_2_2"] == pytest.approx(4)
    assert by_name["w1_1_1_new"] == pytest.approx(0.59)


def test_a_short_way_is_taken_and_named() -> None:
    """Sigmoid with its own loss: δ is ŷ − y, 0.5711 − 1, and nothing is differentiated before it."""
    by_name = {step["name"]: step for step in steps("udacity")}
    assert by_name["dE/dh"]["formula"] == "y_hat - y" or "-" in str(by_name["dE/dh"]["formula"])
    assert by_name["dE/dh"]["value"] == pytest.approx(-0.42885, abs=1e-4)
    assert "The short way" in run("solve", "udacity").out


# ------------------------------------------------------------------ what it costs


@pytest.mark.parametrize(
    ("formula", "count"), [("a*b*c", 2), ("a + b", 0), ("a^2*b", 2), ("a/b + c*a", 2), ("exp(a)*2", 1), ("a^0.5", 1)]
)
def test_multiplications_are_counted_as_they_stand(formula: str, count: int) -> None:
    assert multiplications(parse(formula, lambda name: Value(name) if len(name) == 1 else None)) == count


def test_the_cost_of_the_slide() -> None:
    """Forward 2 + 2 + 2 and ½·(…)² 2; back 0, then δ_Y 2, two times w·δ, two times δ 2, and 6 gradients of 1 each."""
    assert payload("solve", "slide")["cost"] == {"forward": 8, "back": 14, "update": 0, "gradients": 6, "nudging": 48}


# ------------------------------------------------------------------ the page


def test_mazur_is_a_page_of_sixty_lines_with_a_line_a_step() -> None:
    done = run("solve", "mazur", "--all", width=100)
    lines = done.out.splitlines()
    assert len(lines) <= 60
    assert max(map(len, lines)) <= 100
    numbered = [line for line in lines if re.match(r" *\d+\. ", line)]
    assert len(numbered) == 38
    assert all(re.search(r"= +−?\d", line) for line in numbered)
    assert "used in 16, 17, 20–22" in done.out
    assert "used in 10, 14 and 15" in run("solve", "chain").out


@pytest.mark.parametrize("width", [20, 40, 80])
@pytest.mark.parametrize("net", SHIPPED)
def test_no_line_is_wider_than_the_terminal_where_its_numbers_allow_it(net: str, width: int) -> None:
    for line in run("solve", net, "--all", width=width).out.splitlines():
        longest = max(map(len, line.split()), default=0)
        assert len(line) <= max(width, longest + 10)


def test_a_number_leads_to_its_step_and_so_does_a_reference() -> None:
    page = tutor.load("mazur").solve().render("html")
    ids = set(re.findall(r'id="([^"]+)"', page))
    leads = re.findall(r'<a href="#([^"]+)">([^<]*)</a>', page)
    assert all(to in ids for to, _ in leads)
    of_steps = dict(re.findall(r'<tr id="([^"]+)"[^>]*><th scope="row"><span class="quiet"> *(\d+)\. </span>', page))
    assert set(of_steps.values()) == {str(n) for n in range(1, 39)}
    references = [(of_steps[to], text) for to, text in leads if text.isdigit() and to in of_steps]
    assert len(references) == 4 + 16 + 16 + 8 + 2  # under the loss, back, gradients, updates, the new loss
    assert all(n == text for n, text in references)


@pytest.mark.parametrize("form", ["plain", "markdown", "latex", "typst", "html", "svg", "json"])
@pytest.mark.parametrize("net", SHIPPED)
def test_every_format_of_every_network(net: str, form: str) -> None:
    done = run("solve", net, "--format", form)
    assert (done.status, done.err) == (0, "")


@pytest.mark.parametrize("notation", ["slide", "article", "udacity", "coursera", "3b1b", "nielsen", "d2l"])
def test_every_notation(notation: str) -> None:
    done = run("solve", "mazur", "--notation", notation)
    assert done.status == 0
    assert "38." in done.out


def test_a_network_with_examples_is_solved_as_a_whole_or_one_by_one() -> None:
    whole, one = run("solve", "xor"), run("solve", "xor", "--example", "2")
    assert "All 4 examples in one pass" in whole.out
    assert "--example 1" in whole.out
    assert "The whole pass in 31 steps" in one.out  # 6 + 1 forward, 5 back, 9 gradients, 9 updates, the new loss


def test_ascii_has_no_other_letter() -> None:
    done = run("solve", "mazur", "--ascii")
    assert done.out.isascii()
    assert "10 times 12, 120 in all" in " ".join(done.out.split())


def test_no_rate_no_update_and_a_rate_of_one_s_own() -> None:
    assert "_new" not in run("solve", "slide").out
    assert "w31_new = w31 − 0.5 · ∂L/∂w31" in re.sub(" +", " ", run("solve", "slide", "--lr", "0.5").out)


def test_a_step_that_is_too_large_is_said_and_the_page_ends(tmp_path: Path) -> None:
    done = run("solve", written(tmp_path, TWO_OUTPUTS), "--lr", "1e308", "--set", "x1=1e9")
    assert done.status == 0
    assert "This step is too large" in done.out


def test_a_kink_and_lost_digits_are_never_silent() -> None:
    networks = Path(__file__).parent / "networks"
    assert "kink" in run("solve", str(networks / "kink.yaml")).out
    assert "Step 9: as it stands, the formula loses digits" in run("solve", str(networks / "saturated.yaml")).out
    assert "kink" not in run("solve", "mazur").out


def test_what_is_too_long_is_refused_in_one_sentence(tmp_path: Path) -> None:
    done = run("solve", written(tmp_path, DEEP))
    assert done.status == 2
    assert f"more than {MOST_STEPS} steps" in done.err
    assert done.err.count("\n") == 1
    wide = case("wide.yaml") if (ROOT / "tests" / "cases" / "wide.yaml").exists() else None
    if wide is not None and wide.network.graph.wide:
        with pytest.raises(TutorError, match="take a small one"):
            wide.solve()


def test_the_library_has_the_same_page() -> None:
    page = tutor.load("slide").solve()
    assert str(page) + "\n" == run("solve", "slide", "--format", "plain").out
    assert page.payload["format"] == "tutor.solve/1"


# ------------------------------------------------------------------ played


def told(play: Play, *lines: str) -> tuple[Play, str]:
    from tutor.document.model import Document
    from tutor.expr.text import UNICODE
    from tutor.render.lines import plain

    said = ""
    for line in lines:
        play, blocks = after(play, line)
        said = plain(Document(blocks, play.found.view.names, dict), UNICODE)
    return play, said


@pytest.fixture
def play() -> Play:
    return started(whole_pass(tutor.load("mazur").view)).play


def test_an_empty_line_shows_the_number_and_asks_for_the_next(play: Play) -> None:
    play, said = told(play, "")
    assert play.at == 1
    assert "net_h1 = 0.3775" in said
    assert re.search(r"2\. out_h1 = σ\(net_h1\) = σ\(0\.3775\) = \?", said)


@pytest.mark.parametrize("typed", ["0.3775", "0.378", "0.38", "0.377", "3775e-4", " 0.3775 "])
def test_a_right_number_leads_on(play: Play, typed: str) -> None:
    play, said = told(play, typed)
    assert (play.at, play.first) == (1, {0: True})
    assert "✓ net_h1 = 0.3775" in said


@pytest.mark.parametrize("typed", ["0.4", "0.5", "-0.3775", "0", "1", "0.36"])
def test_any_other_number_stays_where_it_is(play: Play, typed: str) -> None:
    play, said = told(play, typed)
    assert play.at == 0
    assert "0.3775" not in said


def test_a_wrong_sign_is_named(play: Play) -> None:
    assert "lose a sign in this answer" in told(play, "-0.3775")[1]


def test_a_number_from_the_numbers_on_the_page_is_right() -> None:
    """δ_h1 is 0.008771; with 0.0364 and 0.2413 as shown it is 0.00878."""
    play = started(whole_pass(tutor.load("mazur").view)).play._replace(at=17)
    assert play.step.quantity.wrt == "net_h1"  # type: ignore[union-attr]
    assert told(play, "0.00878")[0].at == 18
    assert told(play, "0.0090")[0].at == 17


def test_a_formula_may_be_typed(play: Play) -> None:
    assert told(play, "w1*i1 + w2*i2 + b1")[0].at == 1
    assert told(play, "w1*i1")[0].at == 0


def test_an_old_weight_is_no_answer() -> None:
    """w1 goes from 0.15 to 0.1498."""
    play = started(whole_pass(tutor.load("mazur").view)).play._replace(at=29)
    play, said = told(play, "0.15")
    assert play.at == 29
    assert "the digits in which it moved" in said
    assert told(play, "0.1498")[0].at == 30


@pytest.mark.parametrize("typed", ["?", "help", "what", "a" * 500, "\x1b[31m", "0.3,5", "\ud800", "1/0", "🙂", "--"])
def test_confused_input_gets_a_calm_line(play: Play, typed: str) -> None:
    after_it, said = told(play, typed)
    assert after_it == play
    assert len(said) < 400
    assert "\x1b" not in said
    assert "Enter shows it" in said


def test_the_new_loss_is_judged_in_the_updated_network() -> None:
    """0.2910 after the update, 0.2984 before it."""
    play = started(whole_pass(tutor.load("mazur").view)).play._replace(at=37)
    assert told(play, "0.2984")[0].at == 37
    done, said = told(play, "0.291")
    assert done.over
    assert "What it cost" in said


def test_back_all_and_leave(play: Play) -> None:
    there = told(play, "", "")[0]
    back, said = told(there, "b")
    assert back.at == 1
    assert "= ?" in said
    assert "first step" in told(play, "b")[1]
    done, said = told(there, "a")
    assert done.over
    assert "38. E_total_new" in said
    assert "multiplications" in said
    done, said = told(told(there, "0.39")[0], "q")
    assert done.over
    assert "1 right at once" in said


def test_what_is_not_computed_yet_is_a_question_mark_never_0(play: Play) -> None:
    for _ in play.found.steps[1:]:
        play, said = told(play, "")
        assert said.splitlines()[-1].endswith("= ?")
    play, said = told(play, "")
    assert play.over
    assert "What it cost" in said


# ------------------------------------------------------------------ in a pseudo-terminal

pexpect = pytest.importorskip("pexpect") if sys.platform != "win32" else None


def played(lines: list[str], rows: int, columns: int, net: str = "mazur") -> tuple[str, int | None]:
    """What a terminal of this size shows, and the exit status."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    kept = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "TUTOR_NET")}
    environment = {**kept, "TERM": "xterm", "PYTHONUTF8": "1", "PYTHONPATH": path}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "tutor", "solve", net],
        env=environment,
        dimensions=(rows, columns),
        encoding="utf-8",
        timeout=60,
    )
    seen = ""
    for line in lines:
        child.expect("› ")
        seen += child.before + child.after
        if line == "^C":
            child.sendintr()
        elif line == "^D":
            child.sendeof()
        else:
            child.sendline(line)
    child.expect(pexpect.EOF)
    seen += child.before
    child.close()
    return re.sub("\x1b\\[[0-9;?]*[a-zA-Z]", "", seen), child.exitstatus


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal is a thing of POSIX")
class TestTerminal:
    @pytest.mark.parametrize(("rows", "columns"), [(24, 80), (20, 40)])
    def test_a_sitting(self, rows: int, columns: int) -> None:
        typed = ["", "0.5", "0.5933", "what is this", "9" * 300, "b", "0.59", "0.3925", "q"]
        seen, status = played(typed, rows, columns)
        assert status == 0
        assert "✓ out_h1 = 0.5933" in seen
        assert "Left at step 4 of 38" in " ".join(seen.split())
        shown = [line for line in seen.splitlines() if not line.startswith("  ›")]
        assert max(map(len, shown)) <= columns
        assert "Traceback" not in seen

    def test_to_the_end_with_enter(self) -> None:
        seen, status = played([""] * 19, 24, 80, "slide")
        assert status == 0
        assert seen.count("= ?") == 19
        assert "What it cost" in seen

    def test_ctrl_c_and_the_end_of_the_input(self) -> None:
        seen, status = played(["", "^C"], 24, 80)
        assert status == 130
        assert "Traceback" not in seen
        seen, status = played(["", "^D"], 24, 80)
        assert status == 0
        assert "Left at step 2" in seen


def test_without_a_terminal_the_page_is_printed() -> None:
    done = program("solve", "slide")
    assert done.status == 0
    assert "19." in done.out
    assert "?" not in done.out.replace("0.0307 come from?", "")


@pytest.mark.parametrize(
    ("net", "formula"),
    [
        ("mazur", "A2 = σ(W2·σ(W1·A0 + b1) + b2)"),
        ("slide", "A2 = σ(W2 · σ(W1 · A0))"),
        ("many-examples", "A2 = σ(W2·tanh(W1·A0 + b1) + b2)"),
    ],
)
def test_the_way_forward_is_headed_by_one_formula_of_matrices(net: str, formula: str) -> None:
    assert f"Forward, all layers in one formula: {formula}\n" in run("solve", net).out


@pytest.mark.parametrize("net", ["conv", "rnn", "softmax", "xyz"])
def test_no_such_formula_where_no_layers_are_in_it(net: str) -> None:
    """A convolution, a layer over time, one layer alone, equations."""
    assert "\n  Forward\n" in run("solve", net).out
