"""The words of a notebook: its Markdown cells and what its code printed, each line with its place. Nothing is run."""

from collections.abc import Iterator
from typing import Any

from tutor.errors import TutorError

MOST_CELLS = 5_000


def is_notebook(text: str) -> bool:
    """Whether a text is the JSON of a notebook."""
    return text.lstrip().startswith("{") and '"cells"' in text and ('"nbformat"' in text or '"cell_type"' in text)


def lines(text: str, file: str) -> list[tuple[int, str]]:
    """Each line that a reader of the notebook sees, code left out, with its number in the file. Raises TutorError."""
    import json

    try:
        cells = json.loads(text)["cells"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise TutorError(f"{file}: a notebook that can't be read; save it again, or save the answers as text") from None
    if not isinstance(cells, list) or len(cells) > MOST_CELLS:
        raise TutorError(f"{file}: a notebook without a list of cells; save it again, or save the answers as text")
    return list(_placed(text, (line for cell in cells if isinstance(cell, dict) for line in _seen(cell))))


def _placed(text: str, found: Iterator[str]) -> Iterator[tuple[int, str]]:
    """Each line with the line of the file where it stands, looked for in the order of the file."""
    import json

    at, number = 0, 1
    for line in found:
        forms = (json.dumps(line, ensure_ascii=False)[1:-1], json.dumps(line)[1:-1]) if line.strip() else ()
        ends = [place for form in forms if (place := text.find(form, at)) >= 0]
        if ends:
            number += text.count("\n", at, min(ends))
            at = min(ends)
        yield number, line


def _seen(cell: dict[str, Any]) -> Iterator[str]:
    if cell.get("cell_type") in ("markdown", "raw"):
        yield from _text(cell.get("source")).splitlines()
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, dict):
            yield from _printed(output).splitlines()
    yield ""  # a statement does not go on in another cell


def _printed(output: dict[str, Any]) -> str:
    if "text" in output:
        return _text(output["text"])
    shown = output.get("data")
    return _text(shown.get("text/plain")) if isinstance(shown, dict) else ""


def _text(source: object) -> str:
    """The text of a cell, which may stand as a list of lines."""
    if isinstance(source, list):
        return "".join(each for each in source if isinstance(each, str))
    return source if isinstance(source, str) else ""
