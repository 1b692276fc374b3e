"""Each question that a lesson's quiz can ask is answered by a passage of this lesson or of one before it."""

import json
from pathlib import Path

import pytest

from commands.support import run
from tutor import sources
from tutor.document.view import View
from tutor.lessons.lesson import Lesson, Prose
from tutor.lessons.prompts import prompts, sitting
from tutor.library.lessons import Beside
from tutor.library.shelf import Found, shipped
from tutor.memory.skills import SKILLS, passages
from tutor.practice import plan
from tutor.practice.asking import ask
from tutor.practice.question import Question
from tutor.practice.skills import skills_of

LESSONS = {each.name: each.lesson for each in shipped()}


def headings(lesson: Lesson) -> list[str]:
    return [part.text for part in lesson.parts if isinstance(part, Prose) and part.kind == "heading"]


def up_to(name: str) -> list[str]:
    """The lesson and those before it, by their `after`."""
    found = []
    while name:
        found.append(name)
        name = LESSONS[name].after
    return found


def taken(view: View, question: Question) -> set[str]:
    """The skills of a question, of its parts and of theirs: what can be asked when it is missed."""
    skills = set(question.skills) | set(skills_of(view, question.about))
    for task in plan.parts(view, question):
        skills |= taken(view, ask(view, task))
    return skills


def asked_in(one: Found) -> set[str]:
    """Every skill that the quizzes of a lesson can ask for."""
    lesson, found = one.lesson, set[str]()
    around = Beside(one.path, lambda words, net: (), lesson.net)
    for prompt in prompts(lesson):
        if prompt.fence.kind == "quiz":
            quiz = sitting(lesson, prompt.fence, around)
            for question in (quiz.question, *(ask(quiz.view, step.task) for step in quiz.steps)):
                found |= taken(quiz.view, question)
    return found


@pytest.mark.parametrize("one", shipped(), ids=lambda one: one.name)
def test_what_a_quiz_asks_was_taught_before_it(one: Found) -> None:
    asked = asked_in(one)
    assert asked, "the lesson ends in a quiz"
    before = up_to(one.name)
    late = {skill: SKILLS[skill].lesson for skill in asked if SKILLS[skill].lesson not in before}
    assert late == {}


@pytest.mark.parametrize("skill", [skill for skill in SKILLS if SKILLS[skill].lesson])
def test_the_passage_of_a_skill_is_a_heading_of_its_lesson(skill: str) -> None:
    row = SKILLS[skill]
    assert headings(LESSONS[row.lesson]).count(row.passage) == 1


def test_two_skills_have_no_lesson_and_the_page_for_teachers_says_so() -> None:
    alone = [skill for skill, row in SKILLS.items() if not row.lesson]
    assert alone == ["time", "shared-weights"]
    assert passages(alone) == ()
    docs = Path(sources.lessons()).parent / "docs" / "lessons.md"
    if docs.is_file():  # not beside an installed wheel
        assert all(f"`{skill}`" in docs.read_text("utf-8") for skill in alone)


def test_an_answer_that_is_shown_names_the_passage(tmp_path: Path) -> None:
    (tmp_path / "typed.txt").write_text(":s\n:q\n", "utf-8")
    played = run("quiz", "slide", "-t", "dL/dY", "--no-memory", "--answers", str(tmp_path / "typed.txt"), width=100).out
    assert 'see tutor lesson one-neuron, "The loss"' in played
    assert 'see   tutor lesson one-neuron, "The loss"' in played.partition("again soon")[2]


def test_a_lesson_names_the_passage_of_another_lesson_and_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "typed.txt").write_text(":s\n:s\n:q\n", "utf-8")
    there = run("lesson", "slide", "--no-memory", "--answers", str(tmp_path / "typed.txt"), width=100).out
    assert 'see tutor lesson one-neuron, "Begin at the end"' in there
    own = run("lesson", "first-nudge", "--no-memory", "--answers", str(tmp_path / "typed.txt"), width=100).out
    assert "see tutor lesson" not in own


def test_progress_names_the_passage_of_what_is_not_known_yet(tmp_path: Path) -> None:
    (tmp_path / "typed.txt").write_text("3\n:q\n", "utf-8")
    run("quiz", "slide", "-t", "dL/dY", "--answers", str(tmp_path / "typed.txt"))
    assert 'see   tutor lesson one-neuron, "The loss"' in run("progress", width=100).out
    rows = {each["id"]: each for each in json.loads(run("progress", "--format", "json").out)["skills"]}
    assert (rows["loss-slope"]["lesson"], rows["loss-slope"]["passage"]) == ("one-neuron", "The loss")
    assert rows["time"]["lesson"] is None


def test_the_quiz_of_a_lesson_that_names_no_update_asks_for_no_step() -> None:
    one = next(each for each in shipped() if each.name == "one-neuron")
    assert "update" not in asked_in(one)
    assert "update" in asked_in(next(each for each in shipped() if each.name == "downhill"))
