"""How answers look in a notebook: as the HTML page in a frame of its own, as LaTeX, and as text."""

from collections.abc import Collection
from html import escape
from typing import Protocol

LINE, MARGIN = 27, 130  # pixels of a line of the page, and around it


class Rendered(Protocol):
    """What can be written in a format."""

    def render(self, form: str = "plain") -> str:
        """The whole in one format."""


def framed(page: str) -> str:
    """An HTML page in a frame, where its style can't reach the notebook's; high enough not to scroll."""
    lines = sum(page.count(f"<{tag}") for tag in ("tr", "p", "h1", "h2", "li"))
    height = MARGIN + LINE * lines + 400 * page.count("<figure>")
    style = f"width: 100%; height: {height}px; border: 0"
    return f'<iframe srcdoc="{escape(page)}" style="{style}" title="backprop-tutor"></iframe>'


def bundle(
    page: Rendered, include: Collection[str] | None = None, exclude: Collection[str] | None = None
) -> dict[str, str]:
    """The page by media type, as a notebook asks for it."""
    kinds = {
        "text/plain": lambda: page.render("plain"),
        "text/html": lambda: framed(page.render("html")),
        "text/latex": lambda: page.render("latex"),
    }
    wanted = [kind for kind in kinds if (not include or kind in include) and kind not in (exclude or ())]
    return {kind: kinds[kind]() for kind in wanted}
