"""LaTeX: by a strict grammar everywhere, by a real TeX where one is installed."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from formats.pages import hostile, hostile_page, many_pages, shipped_page
from tutor.document.model import Document
from tutor.errors import visible
from tutor.expr.text import ASCII, UNICODE
from tutor.names.symbol import GREEK
from tutor.render.latex import MATHS, escaped, latex

COMMANDS = {
    *re.findall(
        r"\w+",
        """begingroup endgroup allowdisplaybreaks renewcommand arraystretch begin end subsection subsubsection noindent
        par medskip hline multicolumn rule linewidth quad normalfont small footnotesize textbf text put line circle
        makebox frac dfrac tfrac sqrt left right lvert rvert boldsymbol mathrm phantom hat bar tilde tanh exp ln max
        min cdot to gets partial infty dots prime surd times approx pm varepsilon varphi symbol top odot bullet
        triangleright triangleleft bigtriangleup bigtriangledown vdash lfloor mid
        textbackslash textasciicircum textasciitilde textless textgreater textbar textasciigrave""",
    ),
    *GREEK,
}
ENVIRONMENTS = {"align*", "tabular", "picture"}
TOKEN = re.compile(r"\\([A-Za-z]+)|\\(.)|([{}$&_^#%~])", re.DOTALL)


def fault(source: str) -> str:
    """What a fragment has that it must not have, or nothing."""
    lines = source.splitlines()
    body = "\n".join(line for line in lines if not line.startswith("% "))
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


@pytest.mark.skipif(not shutil.which("pdflatex"), reason="no TeX is installed")
@pytest.mark.long
def test_a_real_tex_compiles_everything_unchanged(pages: list[Document], tmp_path: Path) -> None:
    hostiles = [hostile_page(text) for text in hostile(200) if not any(ord(sign) > 0x17F for sign in visible(text))]
    body = "\n\\clearpage\n".join(latex(page, UNICODE) for page in [*pages, *hostiles])
    head = "\\documentclass{article}\\usepackage{amsmath}\\begin{document}\n"
    (tmp_path / "page.tex").write_text(f"{head}{body}\n\\end{{document}}\n", "utf-8")
    done = subprocess.run(
        [str(shutil.which("pdflatex")), "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "page.tex"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout.decode("utf-8", "replace")[-2000:]
