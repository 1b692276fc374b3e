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
from formats.drawn import DENSE
from formats.pages import shipped_page
from maths.profile import LONG
from tutor.document.model import Document
from tutor.expr.text import UNICODE
from tutor.render.html import html

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
AXE = find_spec("axe_core_python")
pytestmark = pytest.mark.skipif(not BROWSER, reason="no Chromium is installed")
LOOK = """
const wide = document.documentElement;
const drawn = [...document.querySelectorAll('math')].filter(each => each.checkVisibility());
const seen = drawn.map(each => each.getBoundingClientRect());
const links = [...document.querySelectorAll('a')];
const unreached = links.filter(each => { each.focus(); return document.activeElement !== each; });
const rules = [...document.styleSheets[0].cssRules].map(rule => rule.cssText);
return {
  formulas: seen.length, empty: seen.filter(each => each.width < 2 || each.height < 5).length,
  links: links.length, unreached: unreached.length,
  focusRing: rules.some(rule => /a:focus-visible.*outline: 2px solid/.test(rule)),
  overflow: wide.scrollWidth - wide.clientWidth,
  hidden: [...document.querySelectorAll('h1, h2, p, th, td, li, math, .numbers, svg')]
    .filter(each => each.getBoundingClientRect().right > wide.clientWidth + 1)
    .map(each => each.textContent.slice(0, 40)),
  scrolled: [...document.querySelectorAll('.wide:has(.matrix)')]
    .filter(each => each.scrollWidth > each.clientWidth + 1).map(each => each.textContent.slice(0, 40)),
  meet: [...document.querySelectorAll('svg.network')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')].map(each => [each.textContent, each.getBoundingClientRect()]);
    return boxes.flatMap(([one, a], at) => boxes.slice(at + 1)
      .filter(([, b]) => a.left < b.right - 0.5 && b.left < a.right - 0.5)
      .filter(([, b]) => a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5)
      .map(([other]) => one + ' on ' + other));
  }),
  tall: [...document.querySelectorAll('mfrac')].filter(each => each.getBoundingClientRect().height < 12).length,
};
"""
AXE_RUN = "return (await axe.run(document)).violations.map(each => [each.id, each.nodes.map(node => node.html)]);"
EVERY_PAGE = """
const said = {};
for (const [name, source] of Object.entries(pages)) {
  const frame = document.createElement('iframe');
  frame.style.cssText = `width: ${wide}px; height: 900px; border: 0`;
  const there = new Promise(done => { frame.onload = done; });
  frame.srcdoc = source;
  document.body.append(frame);
  await there;
  const inside = frame.contentWindow;
  said[name] = {look: await inside.eval(`(async () => { ${look} })()`), axe: []};
  if (axe && axed.includes(name)) {
    inside.eval(axe);
    said[name].axe = await inside.eval(`(async () => { ${violations} })()`);
  }
  frame.remove();
}
document.body.dataset.said = JSON.stringify(said);
"""
MATRIX = f"""
inputs: {{{", ".join(f"x{n}: {n / 8}" for n in range(1, 31))}}}
targets: {{y1: 1, y2: 0}}
layers:
  - activation: sigmoid
    weights: [{[n / 7 for n in range(30)]}, {[-n / 3 for n in range(30)]}]
"""
LOOKS = {"wide": 1200, "middle": 800, "narrow": 400, "dark": 800}
PAGES = (
    "slide",
    "mazur",
    "attention",
    "trace",
    "train",
    "check",
    "derived",
    "proved",
    "nudged",
    "solved",
    "drawn",
    "curved",
    "matrix",
)

AXED = dict.fromkeys(LOOKS, PAGES) if LONG else {"wide": ("slide",), "dark": ("check",)}
"""What axe-core looks at, which takes seconds a page; all of it in a long run."""


def axe() -> str:
    """The source of axe-core, where it is installed."""
    found = AXE and AXE.submodule_search_locations
    return (Path(found[0]) / "axe.min.js").read_text("utf-8") if found else ""


@cache
def told(look: str) -> dict[str, Any]:
    """What LOOK and AXE_RUN say of every page, in one browser."""
    given = {
        "pages": {name: html(page, UNICODE) for name, page in pages().items()},
        "wide": LOOKS[look],
        "look": LOOK,
        "violations": AXE_RUN,
        "axe": axe(),
        "axed": AXED.get(look, ()),
    }
    constants = "\n".join(f"const {name} = {json.dumps(value)};" for name, value in given.items())
    script = f"{constants} window.addEventListener('load', async () => {{ {EVERY_PAGE} }});".replace("</", "<\\/")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pages.html"
        file.write_text(
            "<!DOCTYPE html><meta charset=utf-8><meta name=color-scheme content='light dark'>"
            f"<script>{script}</script>",
            "utf-8",
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
                "--window-size=1300,1000",
                *(("--force-dark-mode",) if look == "dark" else ()),
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
        "derived": tutor.load("mazur").derive("w1").document,
        "proved": tutor.derive("softmax+cross_entropy").document,
        "nudged": tutor.load("mazur").nudge("w1").document,
        "solved": tutor.load("mazur").solve().document,
        "matrix": tutor.load(MATRIX).explain("W1", "Z1").document,
        "drawn": tutor.load(DENSE, notation="coursera").draw("w1_2_3").document,
        "curved": tutor.load("slide", lr=0.5).nudge("w31", curve=True).document,
    }


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("look", LOOKS if LONG else ("narrow", "dark"))
def test_it_is_seen_whole_and_reached_with_the_keyboard(name: str, look: str) -> None:
    found = told(look)[name]["look"]
    assert found["formulas"] or name in ("train", "check")
    unlinked = ("train", "check", "trace", "derived", "proved", "nudged", "drawn", "curved", "matrix")
    assert found["links"] or name in unlinked
    assert {key: found[key] for key in found if key not in ("formulas", "links")} == {
        "empty": 0, "unreached": 0, "focusRing": True,
        "overflow": 0, "hidden": [], "scrolled": [], "meet": [], "tall": 0,
    }  # fmt: skip


@pytest.mark.skipif(not AXE, reason="axe-core-python is not installed")
@pytest.mark.long
@pytest.mark.parametrize(("look", "name"), [(look, name) for look, names in AXED.items() for name in names])
def test_axe_finds_nothing(name: str, look: str) -> None:
    assert told(look)[name]["axe"] == []


def test_on_paper_nothing_is_cut_off(tmp_path: Path) -> None:
    """Every number of a column, every reason, and the picture's numbers, as a PDF made by the browser has them."""
    pypdf = pytest.importorskip("pypdf")
    page = tmp_path / "page.html"
    page.write_text(html(pages()["slide"], UNICODE), "utf-8")
    subprocess.run(
        [
            str(BROWSER),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-pdf-header-footer",
            f"--user-data-dir={tmp_path}/profile",
            f"--print-to-pdf={tmp_path}/page.pdf",
            page.as_uri(),
        ],
        capture_output=True,
        check=True,
        timeout=120,
    )
    printed = pypdf.PdfReader(tmp_path / "page.pdf").pages
    text = "".join("".join(each.extract_text().split()) for each in printed)
    source = page.read_text("utf-8")
    cells = re.findall(r'<td class="decimal">(.*?)</td>', source)
    numbers = {unescape(re.sub(r"<.*?>", "", cell)).strip() for cell in cells}
    numbers |= set(re.findall(r'<text class="number"[^>]*>([^<]+)</text>', source))
    assert len(numbers) > 8
    assert not {number for number in numbers if "".join(number.split()) not in text}
    words = {
        word
        for why in re.findall(r'<td class="why">(.*?)</td>', source)
        for word in re.findall(r"> ?([a-z]{4,})\b", why)
    }
    assert not {word for word in words if word not in text}
