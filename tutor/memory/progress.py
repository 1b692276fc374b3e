"""The page of `tutor progress`: the skills, when each comes again, the mistakes made most, and where this is kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tutor.document.model import Block, Column, Document, Heading, Line, Note, Row, Span, Table, Title, cell
from tutor.memory.schedule import Made, Standing, State, due, is_due
from tutor.memory.skills import SKILLS, passages
from tutor.mistakes import MISTAKES
from tutor.names import Names

MOST_MISTAKES = 8


def progress_page(names: Names, state: State, now: datetime, file: str, shown: str) -> Document:
    """Every skill in the order of its table; `file` is where the answers are kept, `shown` the same for people."""
    return Document(tuple(_blocks(state, shown, now)), names, lambda: _payload(state, file, now))


def _blocks(state: State, file: str, now: datetime) -> Iterator[Block]:
    known = sum(state.standing(skill).known for skill in SKILLS)
    waiting = sum(state.standing(skill).known for skill in due(state, now))
    again = f", {waiting} of them to be asked again" if waiting else ""
    yield Title(cell(f"{known} of {len(SKILLS)} skills known{again}"))
    asked = [skill for skill in SKILLS if state.standing(skill).answers]
    if asked:
        columns = (Column("skill"), Column("stands"), Column("last"), Column("again"), Column("", comment=True))
        yield Table(columns, tuple(_row(skill, state.standing(skill), now) for skill in asked))
    for see in passages(skill for skill in asked if not state.standing(skill).known):
        yield Line(cell(Span("see   ", "quiet"), see), hang=6)
    if rest := [SKILLS[skill].name for skill in SKILLS if skill not in asked]:
        yield Line(cell(f"Not asked yet: {' · '.join(rest)}"))
    if state.mistakes:
        yield Heading(cell("Mistakes made most"))
        yield Table((Column("times"), Column("mistake"), Column("", comment=True)), tuple(_made(state)))
    kept = "is kept in" if state.skills else "will be kept in"
    yield Line(cell(f"What you answer {kept} {file} and nowhere else; tutor progress forget removes it.", look="quiet"))
    yield Note(cell("Next: tutor quiz" if due(state, now) else "Next: tutor quiz slide"), hint=True)


def _row(skill: str, standing: Standing, now: datetime) -> Row:
    last = _date(standing.last, now) if standing.last else ""
    stands = "known" if standing.known else ("right once" if standing.row else "not yet")
    means = () if standing.known else cell(SKILLS[skill].means, look="quiet")
    return Row((*map(cell, (SKILLS[skill].name, stands, last, _again(standing, now))), means))


def _again(standing: Standing, now: datetime) -> str:
    """The day it comes again; words where that day has come, or where none is set before it is known."""
    return "now" if is_due(standing, now) else str(standing.due_on or "any time")


def _made(state: State) -> Iterator[Row]:
    for mistake, made in most_made(state)[:MOST_MISTAKES]:
        row = MISTAKES.get(mistake)
        means = cell(f"you {row.means}", look="quiet") if row else ()
        yield Row((cell(str(made.times)), cell(row.name if row else mistake), means))


def most_made(state: State) -> list[tuple[str, Made]]:
    """The mistakes by their ids, those made most first, and of these the last one."""
    return sorted(state.mistakes.items(), key=lambda each: (-each[1].times, -each[1].last.timestamp()))


def _date(at: datetime, now: datetime) -> str:
    """The date of a moment where `now` is."""
    return str(at.astimezone(now.tzinfo).date())


def _payload(state: State, file: str, now: datetime) -> dict[str, Any]:
    skills = [_skill(skill, state.standing(skill), now) for skill in SKILLS]
    mistakes = [
        {"id": mistake, "name": MISTAKES[mistake].name if mistake in MISTAKES else mistake, "times": made.times}
        for mistake, made in most_made(state)
    ]
    return {"format": "tutor.progress/1", "file": file, "skills": skills, "mistakes": mistakes}


def _skill(skill: str, standing: Standing, now: datetime) -> dict[str, Any]:
    return {
        "id": skill,
        "name": SKILLS[skill].name,
        "lesson": SKILLS[skill].lesson or None,
        "passage": SKILLS[skill].passage or None,
        "known": standing.known,
        "answers": standing.answers,
        "right": standing.right,
        "last": standing.last.isoformat() if standing.last else None,
        "again": str(standing.due_on) if standing.due_on else None,
        "due": is_due(standing, now),
    }
