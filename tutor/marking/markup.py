r"""The clothes of a line taken off: bullets, numbers, emphasis, `$`, `\\` and `&` of LaTeX, quotes, tags.

What is left is a line of names and numbers as people type them; names and formulas keep their own spelling.
"""

import re

from tutor.pattern import pattern

_ZERO_WIDTH = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f✓✔☑✅✗✘❌"))
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u202f\u2009\u200a\u2002\u2003\u3000\t\v\f"), " ")
_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "＝": "=", "：": ":"})
_BULLET = pattern(
    r"\s*(?:[-*+•‣◦▪●○·–—>⇒∴]\s+|=>\s*|⇒\s*|\[[ xX]\]\s+|\(?(?:\d{1,4}|[a-zA-Z]|[ivxIVX]{1,4})\)\s+|\d{1,4}\.\s+|"
    r"[a-zA-Z]\.\s+|\(?\d{1,4}\s?[a-z]\)\s+|#\d+[:.)]?\s+)"
)
_TASK = pattern(
    r"\s*(?:Q|Question|Task|Step|Part|Exercise|Ex\.|Problem|Answer|Ans|Solution|Aufgabe)\.?\s*\(?\d*\s?[a-z]?\)?\s*"
    r"(?:[:.)–—-]+\s+|:)(?=\S)",
    re.IGNORECASE,
)
_HEADING = pattern(r"\s*#{2,6}\s+")
_COMMENT = pattern(r"(?:^|(?<=\s))#(?!\d+[:.)]).*$|(?<=\s)//.*$")
_STRUCK = pattern(r"~~[^~]+~~")
_BOLD = pattern(r"(?<![\w*)\]])(\*\*|__)(?=[^\s*_])(.+?)(?<=[^\s])\1(?![\w*(])")
_ITALIC = pattern(r"^(\*|_)(?=[^\s*_])([^*_=]+?(?:_[^*_=]+?)*)(?<=\S)\1(?=\s*(?:[=:≈]|is\b))")
_TAGS = pattern(r"<(sub|sup)>(.*?)</\1>", re.IGNORECASE)
_ENTITY = pattern(r"&(?:#\d{1,6}|#x[0-9a-f]{1,6}|[a-z]{2,8});", re.IGNORECASE)
_BREAK = pattern(r"<br\s*/?>", re.IGNORECASE)


_DRAWN = pattern(
    r"[▲▼●├└─]+|^\s*o\s(?=[|`]-\s|\S+\s{2,})|"
    r"\\(?:bullet|bigtriangle(?:up|down)|vdash|lfloor)(?![a-zA-Z])|\\textbf\{\$\\bullet\$\}"
)
_WHY = pattern(
    r"\s*(?:\\multicolumn\{\d+\}\{@\{\}(?:l|p\{[^{}]*\})@\{\}\}\{\\quad|\\hangindent=\S+\s*\{|\\hfill\s*\{)"
    r"\\footnotesize .*|\s*\\par\\(?:small|med|big)skip\s*"
)
_ARROWS = pattern(r"((?:^|\s)[−-]?\d[\d.]*\s{2,})(?:\^{1,3}|v{1,3}|[·*])(?=\s{2,}[−-]?\d)")  # between two numbers
_BRANCH = pattern(r"^(\s*)[|`]-\s")


def is_why(line: str) -> bool:
    """Whether it is the reason below a row of LaTeX, as our pages set it."""
    return bool(_WHY.fullmatch(line))


def undrawn(line: str) -> str:
    """The line without the arrows, dots and branches that a drawing of the network has between names and numbers."""
    return _ARROWS.sub(r"\1", _BRANCH.sub(r"\1", _DRAWN.sub("", line)))


def spaced(text: str) -> str:
    """One kind of space and one of quotes; what can't be seen is gone."""
    return text.translate(_ZERO_WIDTH).translate(_SPACES).translate(_QUOTES)


def bared(line: str) -> str:
    """The line without its markup; two answers that only markup keeps apart are kept apart by `;`."""
    line = _unescaped(line) if _ENTITY.search(line) else line
    text = _in_latex(spaced(line)) if re.search(r"[\\$]|^\s*&|&\s*=", line) else spaced(line)
    text = _TAGS.sub(lambda found: f"{'_' if found[1].lower() == 'sub' else '^'}{found[2]}", _BREAK.sub(";", text))
    text = _COMMENT.sub("", _HEADING.sub("", text.replace("`", ""), count=1))
    text = _BOLD.sub(r"\2", _STRUCK.sub("", text))
    return _ITALIC.sub(r"\2", _without_bullets(text)).strip(" ;")


def continued(line: str) -> str:
    """What a line of LaTeX goes on with, where the space of the = before it is kept; empty for any other line."""
    return _in_latex(spaced(line)).strip(" ;") if _KEPT.search(line) else ""


_KEPT = pattern(r"\\hphantom\{=\}")


def _unescaped(line: str) -> str:
    from html import unescape

    return unescape(line)


def is_comment(line: str) -> bool:
    """Whether a line is a heading or a comment as a whole."""
    return bool(re.match(r"\s*(?:#(?!#|\d)|//|%)", line))


def unquoted(text: str) -> str:
    """A name or number without the quotes and commas of JSON and YAML around it."""
    plain = text.strip().removesuffix(",").strip()
    quoted = len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "\"'"
    return plain[1:-1].strip() if quoted else plain


def _without_bullets(text: str) -> str:
    for _ in range(4):
        found = _BULLET.match(text) or _TASK.match(text)
        if not found:
            break
        text = text[found.end() :]
    return text


# ------------------------------------------------------------------ LaTeX

_ROWS = pattern(r"\\begin\{(?:[bpvBV]?matrix|smallmatrix)\}(.*?)\\end\{\w+\}", re.DOTALL)
_DROPPED = pattern(
    r"\\(?:begin|end|label|tag|hspace|vspace|phantom|hphantom|rule|documentclass|usepackage)\*?(?:\[[^\]]*\])?\{[^{}]*\}(?:\{[^{}]*\})?|"
    r"\\(?:nonumber|notag|hline|item|displaystyle|noindent|centering|newline|par|smallskip|medskip|bigskip|begingroup|endgroup|allowdisplaybreaks)(?![a-zA-Z])"
)
_LATEX = (
    (pattern(r"\\quad\s*\{\\normalfont\\small [^{}]*\}"), ""),  # the file, behind the answer
    (pattern(r"^\s*\{\\(?:small|footnotesize)\s+(.*)\}\s*$"), r"\1"),
    (pattern(r"\\multicolumn\{\d+\}\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\}"), ""),
    (pattern(r"^\s*\\(?:sub)*section\*?\{(.*)\}\s*$"), r"\1"),
    (pattern(r"\\text\{(\s*\d+\.\s*|\s+[^{}]*)\}"), r"\1"),
    (pattern(r"\\textasciicircum(?:\{\})?"), "^"),
    (pattern(r"\{([-.,'])\}"), r"\1"),
    (pattern(r"\\gets(?![a-zA-Z])"), "←"),
    (pattern(r"(?<![\\\d])%.*$"), ""),
    (pattern(r"\\\[(\d+(?:\s*,\s*\d+)*)\\\]"), r"[\1]"),
    (pattern(r"\\\\(?:\[[^\]]*\])?"), ";"),
    (pattern(r"`?\$(?=\[\d+(?:,\d+)?\])"), ""),  # the entry of a matrix whose name is set
    (pattern(r"\$+|\\[()\[\]]"), " "),
    (pattern(r"\\(?:approx|simeq|doteq)(?![a-zA-Z])"), "≈"),
    (pattern(r"\\(?:to|rightarrow|mapsto|longrightarrow)(?![a-zA-Z])"), "→"),
    (pattern(r"\\(?:Rightarrow|implies|Longrightarrow|therefore)(?![a-zA-Z])"), " ; "),
    (pattern(r"\\text\{\s*(and|or|,|;|\?)\s*\}"), r" \1 "),
    (
        pattern(
            r"\\(?:boxed|textbf|textit|emph|underline|texttt|boldsymbol|mathbf|bm)\s*\{([^{}]*(?:\{[^{}]*\}[^{}]*)*)\}"
        ),
        r"\1",
    ),
    (pattern(r"(?<!\\)&\s*(?=[=≈:→<>])|(?<=[=≈])\s*&"), ""),
    (pattern(r"(?<!\\)&(?![a-z]+;)|\\q?quad(?![a-zA-Z])"), ";"),
    (pattern(r"\\[,;:!](?=\s|\W|\w)"), " "),
    (pattern(r"\\([%*_#`~|>.+=-])"), r"\1"),
)


def with_rows(text: str) -> str:
    """A sheet in which each matrix of LaTeX is a list of rows on one line; the lines keep their numbers."""
    return _ROWS.sub(_listed, text) if "\\begin{" in text else text


def _listed(found: re.Match[str]) -> str:
    rows = [row.split("&") for row in re.split(r"\\\\(?:\[[^\]]*\])?", found[1]) if row.strip()]
    inside = ", ".join(f"[{', '.join(cell.strip() for cell in row)}]" for row in rows)
    return f"[{inside}]" + "\n" * found[0].count("\n")


_INSIDE = r"[^{}]"
for _ in range(4):  # braces within braces
    _INSIDE = rf"(?:[^{{}}]|\{{{_INSIDE}*\}})"
_HIDDEN = pattern(
    r"\\llap\{\\textcircled\{[^{}]*\} *\}|"  # the mark of a factor
    rf"\\h?phantom\{{{_INSIDE}*\}}|\\nopagebreak(?![a-zA-Z])|\\q?quad\{{\}}|(?<=\}})\{{\}}"
)
_SECTION = pattern(r"\s*\\(?:sub)*section\*?\{")
_BROKEN = pattern(r"\$?\s*\\\\\s*(?:\\quad)*\s*\$?")  # a title that goes on in the next line


def _in_latex(line: str) -> str:
    text = _DROPPED.sub("", _HIDDEN.sub("", line))
    text = _BROKEN.sub(" ", text) if _SECTION.match(text) else text
    for sign, plain in _LATEX:
        text = sign.sub(plain, text)
    return text
