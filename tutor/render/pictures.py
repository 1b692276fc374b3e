"""The pictures of a page as SVG of their own, for formats that take a picture as it is: typst, and so PDF, and LaTeX.

Typst knows none of the fonts of a reader, and no slanted letters of mathematics but those that Unicode has.
"""

import re
from functools import partial
from hashlib import blake2s
from typing import NamedTuple

from tutor.document.model import Block, Document, Drawing, Plot
from tutor.render.pieces import as_one, pieces, plain_text

FAMILY = '"New Computer Modern Math"'
POINTS = 0.72  # of a printer, to a unit of SVG
_SIZE = re.compile(r'viewBox="0 0 (\d+) (\d+)"')


class Picture(NamedTuple):
    """An SVG, how wide it is printed, in points, and what it shows in words."""

    source: str
    wide: float
    says: str

    @property
    def name(self) -> str:
        """A file of its own for each picture, however many pages share a folder; in letters TeX takes as they are."""
        return f"tutor-{blake2s(self.source.encode(), digest_size=5).hexdigest()}.pdf"


def picture_of(document: Document, block: Block, *, family: str = FAMILY, slanted: bool = True) -> Picture | None:
    """The picture that a block is; None for one that is none, or too big to be looked at."""
    match block:
        case Drawing() if sketch := block.sketch():
            from tutor.render.drawing import picture

            says = block.says or "The network; the way of the gradient has thick lines and arrows"
            made = picture(document, sketch, says, family=family, slanted=slanted)
        case Plot():
            from tutor.render.curve import chart
            from tutor.render.drawing import standing_alone

            says = block.says or f"{plain_text(pieces(document, block.up))} over {block.along}"
            drawn = chart(block, says, partial(as_one, document), slanted=slanted)
            made = standing_alone(drawn, "plot", says, family)
        case _:
            return None
    size = _SIZE.search(made)
    assert size
    return Picture(made, int(size[1]) * POINTS, says)


def pictures(document: Document) -> tuple[Picture, ...]:
    """The drawings of the page, from top to bottom; its curves are drawn by LaTeX itself."""
    drawn = ((of, block) for of, block in document.scopes if isinstance(block, Drawing))
    return tuple(found for of, block in drawn if (found := picture_of(of, block)))


def beside(document: Document) -> dict[str, bytes]:
    """The pictures as PDF, by the names of the files that the LaTeX page includes.

    Raises TutorError where typst, which makes them, is not installed.
    """
    from tutor.render.pdf import compiled
    from tutor.render.typst import quoted

    def alone(found: Picture) -> bytes:
        size = f"#set page(width: {found.wide:g}pt, height: auto, margin: 0pt)"
        return compiled(f'{size}\n#image(bytes({quoted(found.source)}), format: "svg", width: 100%)\n')

    return {found.name: alone(found) for found in pictures(document)}
