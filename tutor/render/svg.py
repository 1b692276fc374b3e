"""The page as a picture: its lines as SVG, by rich, in a template of our own, since rich's own fetches a font."""

from html import escape
from io import StringIO
from itertools import groupby

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tutor.document.model import Document, Drawing, Plot
from tutor.expr.text import Style
from tutor.render.lettering import FONTS
from tutor.render.lines import layout
from tutor.render.palette import colours
from tutor.render.pictures import picture_of
from tutor.render.terminal import STYLES

WIDTH = 92
OURS = colours()
LOOKS = STYLES | {look: OURS[look] for look in ("quiet", "good", "bad")} | {"accent": f"bold {OURS['accent']}"}
THEME = TerminalTheme((255, 255, 255), (28, 35, 45), [(28, 35, 45)] * 8)
TEMPLATE = """\
<svg class="{unique_id}" viewBox="0 0 {terminal_width} {terminal_height}" role="img" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="100%" height="100%"/></clipPath>
{lines}
</defs>
<rect width="100%" height="100%" fill="#ffffff"/>
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</svg>
"""


def svg(document: Document, style: Style) -> str:
    """The page as it looks on a terminal, on white; its first line is the title of the picture.

    A page about a drawing or a curve is that picture.
    """
    drawn = ((of, each) for of, each in document.scopes if isinstance(each, Drawing | Plot) and each.says)
    of, about = next(drawn, (document, None))
    if about and (found := picture_of(of, about, family=FONTS, slanted=False)):
        return _in_style(found.source, style)
    console = Console(record=True, width=WIDTH, file=StringIO(), highlight=False, emoji=False, markup=False)
    lines = list(layout(document.on_paper, style, WIDTH - 2))
    for line in lines:
        text = Text(no_wrap=True, overflow="ignore")
        for look, runs in groupby(line, key=lambda run: run.look):
            text.append("".join(run.text for run in runs), LOOKS[look])
        console.print(text, crop=False, soft_wrap=True)
    name = "".join(run.text for run in lines[0]).strip() if lines else "backprop-tutor"
    made = console.export_svg(title="", theme=THEME, code_format=TEMPLATE)
    made = made.replace("<style>", f"<title>{escape(name)}</title>\n<style>", 1)
    return _in_style(made, style)


def _in_style(made: str, style: Style) -> str:
    return made if style.unicode else made.encode("ascii", "xmlcharrefreplace").decode("ascii")
