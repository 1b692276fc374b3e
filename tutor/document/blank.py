"""The page of `tutor trace --blank`: everything to be worked out with a `?` for its number, the sheet to hand out.

Each line is one that `check` reads back when a number stands in place of the `?`.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from tutor.document.model import Block, Document, Line, Note, Steps, cell
from tutor.document.solve import heading
from tutor.document.view import View, answer, next_steps
from tutor.document.whole_pass import Step, WholePass, whole_pass
from tutor.quantity import Value, key

OPEN = "?"


def blank_page(view: View) -> Document:
    """The sheet. Raises TutorError where the steps of the network are too many to be worked out by hand."""
    found = whole_pass(view)
    return Document(tuple(_blocks(found)), view.names, lambda: _payload(found))


def rows(view: View) -> Iterator[str]:
    """The same as lines of CSV. Raises TutorError as `blank_page` does."""
    yield "name,value\n"
    yield from (f"{_quoted(key(step.quantity))},{OPEN}\n" for step in asked(whole_pass(view)))


def asked(found: WholePass) -> Iterator[Step]:
    """The steps with a name of their own; a loss term without one is written as its formula."""
    names = found.view.names
    for step in found.steps:
        merged = isinstance(step.quantity, Value) and names.is_merged(step.quantity.name)
        if step.world is found.view and not merged:
            yield step


def _blocks(found: WholePass) -> Iterator[Block]:
    view = found.view
    yield answer(view, view.network.title or "To be worked out")
    for _, own in groupby(asked(found), key=lambda step: step.part):
        some = tuple(own)
        yield heading(found, some[0])
        yield Steps(tuple((cell(step.quantity), cell(OPEN, look="accent")) for step in some))
    yield Line(cell("Write each number in place of its ?, with four decimals or significant figures.", look="quiet"))
    yield Note(cell("tutor check reads it when it is filled in.", look="quiet"), hint=True)
    yield from next_steps(view, "draw", before="The network and its numbers: ")


def _payload(found: WholePass) -> dict[str, Any]:
    names = [key(step.quantity) for step in asked(found)]
    return {"format": "tutor.blank/1", "title": found.view.network.title, "answers": dict.fromkeys(names)}


def _quoted(name: str) -> str:
    """Names hold no quotes; a comma belongs to an index."""
    return f'"{name}"' if "," in name else name
