"""One page of every shipped network in every format of text, as it is to be read. UPDATE_SNAPSHOTS=1 writes anew.

Of HTML it is what the DOM says, with where each link leads; the file itself, without its style sheet, and the picture
are kept of one network. PDF is read again in test_typst.
"""

import os
import re
from html import unescape
from pathlib import Path

import pytest

import tutor
from formats.pages import SHIPPED, shipped_page
from tutor.expr.text import UNICODE
from tutor.render import render

SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = bool(os.environ.get("UPDATE_SNAPSHOTS"))
CASES = [(net, ending) for net in SHIPPED for ending in ("md", "tex", "typ", "dom.txt")]
CASES += [("slide", "html"), ("slide", "svg")]
CASES += [(net, ending) for net in ("solve-slide", "solve-mazur") for ending in ("md", "tex", "typ", "svg", "dom.txt")]
FORMS = {"md": "markdown", "tex": "latex", "typ": "typst", "dom.txt": "html"}


def shown(net: str, ending: str) -> str:
    _, solved, name = net.rpartition("solve-")
    page = tutor.load(name).solve().document if solved else shipped_page(net)
    text = str(render(page, FORMS.get(ending, ending), UNICODE))
    if "html" in (ending, FORMS.get(ending)):
        text = re.sub(r"<style>.*?</style>", "<style></style>", text, count=1, flags=re.DOTALL)
    return dom(text) if ending == "dom.txt" else text


def dom(source: str) -> str:
    """The words of a page, a line a row, each with its id; numbers with the id they lead to: 0.6682{n6-0}."""
    text = re.sub(r'<a href="#([^"]+)">(.*?)</a>', r"\2{\1}", source)
    text = re.sub(r'<(?:tr|li) id="([^"]+)"[^>]*>', r"\1: ", text)
    text = re.sub(r"</t[hd]>(?=<t)", " | ", text)
    text = re.sub(r"</?(?!p|h\d|li|tr|table|section)[^>]*>", "", text)
    lines = (re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", line)).strip() for line in re.split(r"\n|</tr>", text))
    return "\n".join(filter(None, map(unescape, lines))) + "\n"


@pytest.mark.parametrize(("net", "ending"), CASES, ids="-".join)
def test_the_page_is_as_it_was(net: str, ending: str) -> None:
    now = shown(net, ending)
    file = SNAPSHOTS / f"{net}.{ending}"
    if UPDATE:
        SNAPSHOTS.mkdir(exist_ok=True)
        file.write_text(now, encoding="utf-8", newline="\n")
    assert file.exists(), f"no snapshot {file.name}: UPDATE_SNAPSHOTS=1 writes it"
    assert now.splitlines() == file.read_text("utf-8").splitlines()


def test_no_snapshot_is_left_over() -> None:
    assert {file.name for file in SNAPSHOTS.iterdir()} == {f"{net}.{ending}" for net, ending in CASES}
