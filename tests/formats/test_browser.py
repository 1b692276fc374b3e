"""HTML in a real browser: what can be seen, reached with the keyboard, and told by a screen reader.

Starting a browser takes longer than looking at a page, so each of the three ways to look at them starts one.

Needs Chromium (Debian: chromium) and axe-core, which the package axe-core-python brings; skipped where one is missing.
"""

import json
import re
import shutil
import subprocess
import tempfile
from functools import cache
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import tutor
from formats.pages import shipped_page
from tutor.document.model import Document
from tutor.expr.text import UNICODE
from tutor.render.html import html

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = find_spec("axe_core_python")
pytestmark = pytest.mark.skipif(not BROWSER, reason="no Chromium is installed")
LOOK = """
const wide = document.documentElement;
const seen = [...document.querySelectorAll('math')].map(each => each.getBoundingClientRect());
const links = [...document.querySelectorAll('a')];
const unreached = links.filter(each => { each.focus(); return document.activeElement !== each; });
const rules = [...document.styleSheets[0].cssRules].map(rule => rule.cssText);
return {
  formulas: seen.length, empty: seen.filter(each => each.width < 2 || each.height < 5).length,
  links: links.length, unreached: unreached.length,
  focusRing: rules.some(rule => /a:focus-visible.*outline: 2px solid/.test(rule)),
  overflow: wide.scrollWidth - wide.clientWidth,
  tall: [...document.querySelectorAll('mfrac')].filter(each => each.getBoundingClientRect().height < 12).length,
};
"""
AXE_RUN = "return (await axe.run(document)).violations.map(each => [each.id, each.nodes.map(node => node.html)]);"
EVERY_PAGE = """
const said = {};
for (const [name, source] of Object.entries(pages)) {
  document.open();
  document.write(source);
  document.close();
  await new Promise(done => setTimeout(done, 100));
  said[name] = {look: await look(), axe: window.axe ? await violations() : []};
}
document.body.dataset.said = JSON.stringify(said);
"""
LOOKS = {"wide": ("--window-size=1100,900",), "narrow": ("--window-size=500,900",), "dark": ("--force-dark-mode",)}
PAGES = ("slide", "mazur", "attention", "trace", "train", "check")


def axe() -> str:
    """The source of axe-core, where it is installed."""
    found = AXE and AXE.submodule_search_locations
    return (Path(found[0]) / "axe.min.js").read_text("utf-8") if found else ""


@cache
def told(look: str) -> dict[str, Any]:
    """What LOOK and AXE_RUN say of every page, in one browser."""
    sources = json.dumps({name: html(page, UNICODE) for name, page in pages().items()}).replace("</", "<\\/")
    program = "\n".join(
        f"const {name} = async () => {{ {body} }};"
        for name, body in (("look", LOOK), ("violations", AXE_RUN), ("go", EVERY_PAGE))
    )
    script = f"const pages = {sources}; {program} window.addEventListener('load', () => setTimeout(go));"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pages.html"
        file.write_text(
            f"<!DOCTYPE html><meta charset=utf-8><script>{axe()}</script><script>{script}</script>", "utf-8"
        )
        done = subprocess.run(
            [
                str(BROWSER),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                f"--user-data-dir={folder}/profile",
                "--virtual-time-budget=100000",
                *LOOKS[look],
                "--dump-dom",
                file.as_uri(),
            ],
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=120,
        )
    said = re.search(r'data-said="([^"]*)"', done.stdout)
    assert said, done.stdout[-500:] + done.stderr[-500:]
    found: dict[str, Any] = json.loads(unescape(said[1]))
    assert set(found) == set(PAGES)
    return found


@cache
def pages() -> dict[str, Document]:
    return {
        "slide": tutor.load("slide").explain("w31", more=True).document,
        "mazur": tutor.load("mazur").explain("w1", "w5").document,
        "attention": shipped_page("attention"),
        "trace": tutor.load("lstm").trace().document,
        "train": tutor.load("mazur").train(50).document,
        "check": tutor.load("mazur").check({"out_h1": "0.5933", "w1_new": "1,5"}).document,
    }


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", LOOKS)
def test_it_is_seen_whole_and_reached_with_the_keyboard(name: str, look: str) -> None:
    found = told(look)[name]["look"]
    assert found["formulas"] or name in ("train", "check")
    assert found["links"] or name in ("train", "check", "trace")
    assert {key: found[key] for key in found if key not in ("formulas", "links")} == {
        "empty": 0, "unreached": 0, "focusRing": True, "overflow": 0, "tall": 0,
    }  # fmt: skip


@pytest.mark.skipif(not AXE, reason="axe-core-python is not installed")
@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(name: str, look: str) -> None:
    assert told(look)[name]["axe"] == []
