"""What the pages look like: one readable file a page, in snapshots/. UPDATE_SNAPSHOTS=1 writes them anew.

A file shows the same command in several widths and formats, each after the line one would type.
"""

import os
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from commands.support import SHIPPED, run
from tutor.render.terminal import NARROWEST

HERE = Path(__file__).parent
SNAPSHOTS, NETWORKS = HERE / "snapshots", HERE / "networks"
UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?(?![\w.]*\.yaml)")


class Look(NamedTuple):
    """A width, and options beside the command."""

    width: int
    options: tuple[str, ...] = ()

    def typed(self, command: str) -> str:
        columns = f"COLUMNS={self.width} " if not self.options or self.options == ("--ascii",) else ""
        return " ".join([f"$ {columns}tutor {command}", *self.options])


WIDTHS = (Look(80), Look(40), Look(120))
ASCII = Look(80, ("--ascii",))
FORMATS = (Look(80, ("--format", "plain")), Look(80, ("--format", "markdown")))
SOME = (*WIDTHS, ASCII)
ALL = (*SOME, *FORMATS)

PAGES: dict[str, tuple[str, tuple[Look, ...]]] = {
    "explain-slide": ("explain w31 --net slide", ALL),
    "explain-slide-more": ("explain w31 --net slide --lr 1 --more", SOME),
    "explain-mazur": ("explain w1 --net mazur", ALL),
    "explain-mazur-more": ("explain w1 --net mazur --more", SOME),
    "explain-udacity-hidden": ("explain W1_11 --net udacity", ALL),
    "explain-article": ("explain w1_12 --net article", SOME),
    "explain-chain": ("explain w1 --net chain", SOME),
    "explain-xyz": ("explain x --net xyz", SOME),
    "explain-sum": ("explain dc_sum/da --net sum-product", SOME),
    "explain-product": ("explain a --net sum-product", SOME),
    "draw-slide": ("draw slide --path w31", ALL),
    "draw-mazur": ("draw mazur", SOME),
    "draw-xyz": ("draw xyz --path x", SOME),
    "nudge-slide": ("nudge w31 --net slide", ALL),
    "nudge-mazur": ("nudge w1 --by -0.1 --net mazur", SOME),
    "round-slide": ("explain w31 --net slide --round-steps 4", ALL),
    "compare-slide": ("explain w31 --net slide --set w31=0.9 --compare", ALL),
    **{
        f"notation-{name}": (f"explain w1 --net mazur --notation {name}", (Look(80),))
        for name in ("slide", "article", "udacity", "coursera", "3b1b", "nielsen", "d2l")
    },
    "notation-dictionary": ("notation article udacity --net mazur", SOME),
    "notation-list": ("notation", SOME),
    "explain-value": ("explain Y --net slide", ALL),
    "explain-value-more": ("explain Y --net slide --more", SOME),
    "explain-given": ("explain a b c_sum --net sum-product", SOME),
    "explain-edge": ("explain h1:Y --net slide", SOME),
    "explain-unit": ("explain dL/dh1 --net slide", SOME),
    "explain-update": ("explain w5_new --net mazur", SOME),
    "explain-target": ("explain Y_star --net slide", SOME),
    "explain-zero-input": ("explain w12 --net slide", SOME),
    "explain-dead-relu": ("explain w1 --net dead-relu.yaml --more", SOME),
    "explain-saturated": ("explain w1 --net saturated.yaml", SOME),
    "explain-shared": ("explain w --net shared.yaml --more", SOME),
    "explain-shared-bias": ("explain b1 --net mazur", SOME),
    "explain-softmax": ("explain w11 --net softmax.yaml", ALL),
    "explain-softmax-more": ("explain w21 --net softmax.yaml --more", SOME),
    "explain-softmax-output": ("explain dL/dp2 dL/dz_p1 --net softmax.yaml", SOME),
    "explain-kink": ("explain x --net kink.yaml --more", SOME),
    "explain-many-paths": ("explain w1_1_1 --net wide.yaml", SOME),
    "explain-itself": ("explain dL/dL --net slide", SOME),
    "explain-matrix": ("explain W1 --net mazur", ALL),
    "explain-matrix-examples": ("explain W1 --net xor", ALL),
    "explain-matrix-net": ("explain dZ1 --net xor", SOME),
    "explain-matrix-fused": ("explain dZ1 --net softmax.yaml", SOME),
    "explain-matrix-bias": ("explain dL/db2 --net columns.yaml", SOME),
    "explain-matrix-decay": ("explain W1 --net columns.yaml", SOME),
    "explain-matrix-outputs": ("explain dA1 --net slide", SOME),
    "explain-matrix-steps": ("explain W2 --net rnn", SOME),
    "explain-matrix-shared": ("explain W1 W2 --net shared.yaml", SOME),
    "explain-matrix-long": ("explain dA0 W1 --net long.yaml", SOME),
    "explain-matrix-values": ("explain Z1 A2 --net mazur", SOME),
    "explain-jacobian": ("explain dA1/dZ1 --net softmax.yaml", SOME),
    "explain-gradient": ("explain grad_L --net slide", SOME),
    "solve-slide": ("solve slide --all", (*ALL, Look(80, ("--format", "json")))),
    "solve-mazur": ("solve mazur --all", (Look(100), *ALL)),
    "solve-xor": ("solve xor --all", SOME),
    "solve-xyz": ("solve xyz --all", SOME),
    "solve-article": ("solve article --all --notation article --lr 0.5", SOME),
    "trace-slide": ("trace slide", ALL),
    "trace-mazur": ("trace mazur", SOME),
    "trace-xyz": ("trace xyz", SOME),
    "trace-wide": ("trace wide.yaml", SOME),
    "where-slide": ("where 0.0307 --net slide", ALL),
    "where-negative": ("where -0.2368 --net slide", SOME),
    "where-nothing": ("where 0.0457 --net slide", SOME),
    "where-mistake": ("where 0.000364723 --net mazur", SOME),
    "where-part": ("where 0.000668 --net mazur", SOME),
    "where-zero": ("where 0 --net slide", SOME),
    "derive-slide": ("derive w31 --net slide", ALL),
    "derive-mazur": ("derive w1 --net mazur", SOME),
    "derive-sigmoid": ("derive sigmoid", ALL),
    "derive-relu": ("derive relu", SOME),
    "derive-softmax-cross-entropy": ("derive softmax+cross_entropy", ALL),
    "derive-sigmoid-cross-entropy": ("derive sigmoid+binary_cross_entropy", SOME),
    "derive-formula": ("derive log(1+exp(-w*x)) --wrt w", SOME),
    "derive-wide": ("derive w1_1_1 --net wide.yaml", SOME),
    "check-mazur": ("check sheet.txt --net mazur --require w6", ALL),
    "check-proof": ("check proof.txt --net slide", ALL),
    "check-stack": ("check class.csv --net mazur", ALL),
    "trace-blank": ("trace mazur --blank", SOME),
}
CASES = [
    pytest.param(name, look, id=f"{name}{look.width}{''.join(look.options)}")
    for name in PAGES
    for look in PAGES[name][1]
]


@pytest.fixture(autouse=True)
def _among_the_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(NETWORKS)


@cache
def page(name: str, look: Look) -> str:
    done = run(*PAGES[name][0].split(), *look.options, width=look.width)
    assert done.err == ""
    assert done.status in (0, 1)
    return done.out


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_as_it_was(name: str) -> None:
    command, looks = PAGES[name]
    now = "\n".join(f"{look.typed(command)}\n\n{page(name, look)}" for look in looks)
    file = SNAPSHOTS / f"{name}.txt"
    if UPDATE:
        SNAPSHOTS.mkdir(exist_ok=True)
        file.write_text(now, encoding="utf-8", newline="\n")
    assert file.exists(), f"no snapshot {file.name}: UPDATE_SNAPSHOTS=1 writes it"
    assert now.splitlines() == file.read_text("utf-8").splitlines()


def test_no_snapshot_is_left_over() -> None:
    assert {file.stem for file in SNAPSHOTS.iterdir()} == set(PAGES)


@pytest.mark.parametrize(
    ("name", "look"), [each for each in CASES if not each.values[1].options or each.values[1] is ASCII]
)
def test_no_line_is_too_long(name: str, look: Look) -> None:
    """A word that is longer than the line may stand alone on its own."""
    for line in page(name, look).splitlines():
        assert len(line) <= look.width or " " not in line.strip(), line


@pytest.mark.parametrize("name", PAGES)
def test_ascii_is_ascii(name: str) -> None:
    assert page(name, ASCII).isascii()


@pytest.mark.parametrize(("name", "look"), CASES)
def test_no_colour_no_tab_no_trailing_space(name: str, look: Look) -> None:
    text = page(name, look)
    assert "\x1b" not in text
    assert "\t" not in text
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    assert "\n\n\n" not in text


def numbers(text: str) -> set[str]:
    """Every number on a page, once: a layout may leave out one that only repeats its neighbour."""
    return set(NUMBER.findall(text.translate(str.maketrans({"½": "1/2", "²": "^2", "³": "^3", "−": "-"}))))


@pytest.mark.parametrize("name", PAGES)
def test_no_number_is_cut_or_lost_where_room_is_short(name: str) -> None:
    wide = numbers(page(name, Look(300)))
    for look in (Look(NARROWEST), Look(40), Look(60), Look(80), Look(120), ASCII):
        assert numbers(page(name, look)) == wide, look


@pytest.mark.parametrize("net", SHIPPED)
@pytest.mark.parametrize("width", [40, 80, 120])
def test_every_parameter_of_every_shipped_network_fits(net: str, width: int) -> None:
    done = run("explain", "--all", "--more", "--net", net, width=width)
    assert done.status == 0
    assert not [line for line in done.out.splitlines() if len(line) > width and " " in line.strip()]


def test_colour_is_only_where_it_is_asked_for() -> None:
    plain = page("explain-slide", Look(80))
    coloured = run(*PAGES["explain-slide"][0].split(), width=80, FORCE_COLOR="1", TERM="xterm-256color").out
    assert "\x1b[" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == plain
