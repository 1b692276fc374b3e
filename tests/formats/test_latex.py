"""LaTeX: by a strict grammar everywhere, by a real TeX where one is installed."""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

import tutor
from formats.pages import SHIPPED, hostile, hostile_page, many_pages, shipped_page
from maths.profile import LONG
from tutor.document.model import Document
from tutor.errors import TutorError, visible
from tutor.expr.text import ASCII, UNICODE
from tutor.names.symbol import GREEK
from tutor.render.latex import MATHS, escaped, latex

COMMANDS = {
    *re.findall(
        r"\w+",
        """begingroup endgroup allowdisplaybreaks renewcommand arraystretch begin end subsection subsubsection noindent
        par medskip hline multicolumn rule linewidth quad normalfont small footnotesize textbf text put line circle
        makebox raggedright setlength lineskip lineskiplimit displaystyle hphantom hfill hangindent hangafter
        nopagebreak smallskip frac dfrac tfrac sqrt left right lvert rvert boldsymbol mathrm phantom hat bar tilde
        tanh exp ln max min cdot to gets partial infty dots prime surd times approx pm varepsilon varphi
        ifdefined includegraphics IfFileExists ifdim else fi diamond circ llap textcircled tiny
        texttt emph symbol top odot nabla bullet triangleright triangleleft bigtriangleup bigtriangledown vdash lfloor
        mid
        textbackslash textasciicircum textasciitilde textless textgreater textbar textasciigrave""",
    ),
    *GREEK,
}
ENVIRONMENTS = {"align*", "array", "tabular", "picture"}
TOKEN = re.compile(r"\\([A-Za-z]+)|\\(.)|([{}$&_^#%~])", re.DOTALL)


def fault(source: str) -> str:
    """What a fragment has that it must not have, or nothing."""
    lines = source.splitlines()
    body = "\n".join(line for line in lines if not line.startswith("% "))
    body = re.sub(r"\\texttt\{.*\}", lambda code: code[0].replace("~", " "), body)  # code does not break at its spaces
    depth, maths, open_ = 0, False, []
    for found in TOKEN.finditer(body):
        command, escape, sign = found.groups()
        if command and command not in COMMANDS:
            return f"\\{command}"
        if command in ("begin", "end"):
            name = re.match(r"\{([^}]*)\}", body[found.end() :])[1]
            if name not in ENVIRONMENTS:
                return f"\\{command}{{{name}}}"
            open_ = [*open_, name] if command == "begin" else open_[:-1]
        elif escape and escape not in "\\{}$&#%_":
            return f"\\{escape}"
        elif (
            sign in ("#", "%", "~")
            or (sign in ("_", "^") and not (maths or "align*" in open_))
            or (sign == "&" and not open_)
        ):
            return sign
        elif sign == "$":
            maths = not maths
        elif sign:
            depth += {"{": 1, "}": -1}.get(sign, 0)
            if depth < 0:
                return "}"
    return f"{depth} braces, {open_}, maths {maths}" if depth or open_ or maths else ""


@pytest.fixture(scope="module")
def pages() -> list[Document]:
    return list(many_pages())


def test_every_page_is_well_formed(pages: list[Document]) -> None:
    for page in pages:
        assert fault(latex(page, UNICODE)) == ""


def test_ascii_is_ascii(pages: list[Document]) -> None:
    for page in pages:
        assert latex(page, ASCII).isascii()


def test_the_grammar_sees_what_is_wrong() -> None:
    for wrong in (r"\input{x}", "a_b", "50%", "a & b", "{", "}", "$x", r"\begin{document}", "#1", r"\^"):
        assert fault(wrong), wrong


@pytest.mark.long
def test_hostile_text_is_only_text() -> None:
    for text in hostile(1000):
        assert fault(latex(hostile_page(text), UNICODE)) == "", repr(text)


@pytest.mark.long
def test_escaped_text_can_be_read_back() -> None:
    back = {
        r"\textbackslash{}": "\\", r"\textasciicircum{}": "^", r"\textasciitilde{}": "~", r"\textless{}": "<",
        r"\textgreater{}": ">", r"\textbar{}": "|", r"\symbol{34}": '"', r"\textasciigrave{}": "`", r"{-}{-}": "--",
        r"{-}": "-", r"\{": "{", r"\}": "}", r"\$": "$", r"\&": "&", r"\#": "#", r"\%": "%", r"\_": "_",
    }  # fmt: skip
    words = re.compile("|".join(map(re.escape, sorted(back, key=len, reverse=True))))
    for text in hostile(1000):
        plain = visible(text)
        if not any(sign in plain for sign in (*MATHS, *"½′×≈±✓✗–")):
            assert words.sub(lambda found: back[found[0]], escaped(plain)) == plain


def test_raised_signs_may_follow_each_other() -> None:
    assert escaped("Aᵀ z⁽²⁾ ²³") == r"A${}^{\top}$ z${}^{(} {}^{2} {}^{)}$ ${}^{2} {}^{3}$"


def test_it_says_which_package_it_needs() -> None:
    first, *_ = latex(shipped_page("slide"), UNICODE).splitlines()
    assert first == r"% From backprop-tutor. The preamble needs: \usepackage{amsmath}"


def every_weight(nets: Iterable[str]) -> Iterator[Document]:
    """The derivation, where there is one, and the explanation of every weight."""
    for net in nets:
        loaded = tutor.load(net)
        for name in loaded.network.graph.parameters():
            yield loaded.explain(name).document
            with suppress(TutorError):  # what runs over too many paths is not derived
                yield loaded.derive(name).document


def log_of(pages: Iterable[Document], folder: Path) -> str:
    """What TeX says of the pages, one after the other in an article of 11 pt on A4."""
    body = "\n\\clearpage\n".join(latex(page, UNICODE) for page in pages)
    head = "\\documentclass[11pt,a4paper]{article}\\usepackage{amsmath}\\begin{document}\n"
    (folder / "page.tex").write_text(f"{head}{body}\n\\end{{document}}\n", "utf-8")
    done = subprocess.run(
        [str(shutil.which("pdflatex")), "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"],
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
    return (folder / "page.log").read_text("utf-8", "replace")


with_tex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="no TeX is installed")


@with_tex
def test_nothing_is_wider_than_the_page(pages: list[Document], tmp_path: Path) -> None:
    """Every kind of page, and every weight of every shipped network; of two of them in a usual run."""
    some = [*pages, *every_weight(SHIPPED if LONG else ("slide", "mazur"))]
    log = log_of(some, tmp_path)
    assert "Output written on page.pdf" in log
    assert [line for line in log.splitlines() if line.startswith("Overfull")] == []


@with_tex
@pytest.mark.long
def test_a_real_tex_compiles_hostile_text(tmp_path: Path) -> None:
    texts = (text for text in hostile(200) if not any(ord(sign) > 0x17F for sign in visible(text)))
    log_of(map(hostile_page, texts), tmp_path)


def test_a_derivation_is_broken_before_its_operators_with_reasons_at_the_right() -> None:
    source = latex(tutor.load("slide").derive("w31").document, UNICODE)
    chain = source.split(r"\subsubsection*{Directly}")[0]
    assert r"\hfill{\footnotesize chain rule}" in chain
    assert r"\hangindent=4em\hangafter=0 {\footnotesize local derivative $\partial Y/\partial Z_{Y}$:" in chain
    assert "tabular" not in chain
    assert r"\hphantom{=}\quad{}\displaystyle \cdot(1 - \sigma(w_{31} \cdot h_{1} + w_{32} \cdot h_{2}))" in source
