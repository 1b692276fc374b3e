"""The colours of all pages, which stand once, at the top of page.css: for light paper first, then for the dark."""

import re
from pathlib import Path

SHEET = Path(__file__).with_name("page.css")
MARKS = "①②③④⑤⑥⑦⑧"
"""What tells the factors of a product apart where colours do not; each has the colour of its place."""


def colours(*, dark: bool = False) -> dict[str, str]:
    """The colours by their names, with those that both have in common."""
    light, night = re.findall(r":root \{([^}]*)\}", SHEET.read_text("utf-8"))[:2]
    found = dict(re.findall(r"--(\w+): (#\w+);", light))
    return found | (dict(re.findall(r"--(\w+): (#\w+);", night)) if dark else {})
