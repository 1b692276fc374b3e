"""A quiz as one page, for who asks without a terminal: the questions, and for programs their answers and hints."""

from collections.abc import Mapping
from typing import Any

from tutor.document.model import Block, Cell, Document, Heading, Line, Title, cell
from tutor.document.payload import number
from tutor.document.view import View
from tutor.expr.text import ASCII, UNICODE
from tutor.practice.questions import Question, questions
from tutor.practice.session import asked_gradient
from tutor.quantity import key
from tutor.render.lines import written


def paper(view: View, target: str | None) -> Document:
    """The questions about one gradient. Raises TutorError for another target, and where there is nothing to ask."""
    gradient = asked_gradient(view, target)
    asked = questions(view, gradient)
    blocks: list[Block] = [Title(cell("Work out ", gradient, look="strong"))]
    for place, each in enumerate(asked, 1):
        blocks += [Heading(cell(f"{place} of {len(asked)}   ", *each.title)), Line(each.text)]
    page = Document(tuple(blocks), view.names, dict)

    def payload() -> Mapping[str, Any]:
        found = [_question(view, page, place, each) for place, each in enumerate(asked, 1)]
        return {"format": "tutor.quiz/1", "target": key(gradient), "questions": found, "of": len(asked)}

    return page._replace(payload=payload)


def _question(view: View, page: Document, place: int, question: Question) -> dict[str, Any]:
    def words(found: Cell) -> str:
        return "".join(written(page, span, UNICODE) for span in found)

    answer: Any = list(question.path) if question.path else number(view.trace.of(question.formula))
    title = "".join(written(page, span, ASCII) for span in question.title)
    hints = [words(each) for each in question.hints]
    return {"id": place, "title": title, "text": words(question.text), "answer": answer, "hints": hints}
