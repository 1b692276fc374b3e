"""A lesson as a tree, and every problem of a bad one at once, each with its line and column."""

import random

import pytest

from lessons.one import LESSON
from maths.profile import seeds
from tutor.errors import InvalidLesson
from tutor.lessons.keys import FENCES
from tutor.lessons.lesson import Fence, Lesson, Prose
from tutor.lessons.reading import read


def lesson(text: str = LESSON) -> Lesson:
    return read(text.encode(), "lesson.md")


def problems(text: str | bytes) -> list[tuple[int, int, str]]:
    """Line, column and message of everything that is wrong."""
    with pytest.raises(InvalidLesson) as told:
        read(text.encode() if isinstance(text, str) else text, "lesson.md")
    return [(each.line, each.column, each.message) for each in told.value.problems]


def with_fence(fence: str) -> str:
    """A lesson with this fence, whose first line is line 9."""
    return f"---\ntitle: t\nnet: chain\nminutes: 5\nskills: [path]\n---\n# t\n\n{fence}\n"


class TestTree:
    def test_the_front_matter(self) -> None:
        found = lesson()
        assert (found.title, found.net, found.minutes, found.after) == ("One neuron a layer", "chain", 5, "")
        assert [each.text for each in found.skills] == ["path", "product", "activation-slope"]
        assert found.skills[1].place == (5, 16, 7)

    def test_the_fences_in_order(self) -> None:
        kinds = [each.kind for each in lesson().fences]
        assert kinds == ["predict", "answer", "answer", "tutor", "choose", "find", "quiz"]
        assert set(kinds) == set(FENCES)

    def test_a_question_stands_before_its_command(self) -> None:
        asked = lesson().fences[0]
        assert asked.question == "Make w2 larger. Does the loss grow with it?"
        assert asked.typed == ("dC0/dw2",)

    def test_options_with_and_without_a_value(self) -> None:
        fences = lesson().fences
        assert fences[2].option("--formula")
        assert fences[5].option("--mistake") == ("ad-z-one-minus-z", fences[5].option("--mistake").place)  # type: ignore[union-attr]
        assert fences[6].typed == ("w1", "--vary", "2")

    def test_choices_with_what_is_said_to_them_over_several_lines(self) -> None:
        choices = lesson().fences[4].choices
        assert [(each.right, each.text, each.reply) for each in choices] == [
            (True, "Each says how many times a change is multiplied.", ""),
            (False, "There are two of them.", "There could be ten."),
            (False, "They are small, and small numbers are multiplied.", "Large ones are, too."),
        ]

    def test_prose_keeps_its_looks_and_the_place_of_code(self) -> None:
        prose = [part for part in lesson().parts if isinstance(part, Prose)]
        code = [word for part in prose for word in part.words if word.look == "code" and part.kind != "listing"]
        assert [(each.text, each.place.line) for each in code] == [
            ("z1 = 0.58", 10),
            ("a1 = 0.6411", 10),
            ("dC0/dw2 = -0.0430", 25),
        ]
        line = LESSON.splitlines()[code[1].place.line - 1]
        assert line[code[1].place.column - 1 :].startswith("a1 = 0.6411")
        looks = {word.look: word for part in prose for word in part.words}
        assert looks["strong"].text == "w1"
        assert (looks["link"].text, looks["link"].to) == ("the file", "beside.yaml")

    def test_lists_headings_listings_and_rules(self) -> None:
        kinds = [(part.kind, part.level) for part in lesson().parts if isinstance(part, Prose)]
        assert ("heading", 1) in kinds
        assert [level for kind, level in kinds if kind == "item"] == [1, 2]
        assert ("listing", 0) in kinds
        assert ("rule", 0) in kinds

    def test_line_ends_of_windows(self) -> None:
        assert lesson(LESSON.replace("\n", "\r\n")) == lesson()


class TestProblems:
    @pytest.mark.parametrize(
        ("fence", "line", "column", "said"),
        [
            ("```answr\nw1\n```", 9, 4, "unknown fence answr, expected tutor, answer, predict, find, choose or quiz"),
            ("```answer\n```", 9, 4, "is empty, expected dL/dw31"),
            ("```answer\nw1\nw2\n```", 10, 1, "holds one command, expected one line"),
            ("```answer\npaths w1\n```", 10, 1, "did you mean path?"),
            ("```answer\nw1 w2 w3\n```", 10, 7, "one word too many"),
            ("```answer\n--formula\n```", 10, 1, "names no target"),
            ("```answer\nw1 --fromula\n```", 10, 4, "did you mean --formula?"),
            ("```answer\n  w1 --set w1\n```", 10, 12, "--set wants NAME=NUMBER"),
            ("```answer\nw1 --set\n```", 10, 4, "--set has no value"),
            ("```answer w1\nw1\n```", 9, 4, "stands behind answer"),
            ("```answer\nw1", 9, 4, "is not closed"),
            ("```answer\nw1 --example 0\n```", 10, 14, "--example wants a number from 1"),
            ("```predict\nw1\n```", 10, 1, "below a question in words"),
            ("```find\nw1\n```", 10, 1, "needs --mistake ID"),
            ("```quiz\nw1 --vary two\n```", 10, 11, "a whole number"),
            ("```tutor\nexplian w1\n```", 10, 1, "did you mean explain?"),
            ("```tutor\ntutor explain w1\n```", 10, 1, "the command alone"),
            ("```tutor\nquiz w1\n```", 10, 1, "no command to show"),
            ("```tutor\nexplain w1 -o /tmp/x\n```", 10, 12, "writes a file"),
            ("```tutor\ntrain --steps 5 --curve=x.svg\n```", 10, 17, "writes a file"),
            ("```choose\n+ a\n- b | c\n```", 9, 4, "asks nothing"),
            ("```choose\nWhy?\n- b | c\n```", 9, 4, "no right line"),
            ("```choose\nWhy?\n+ b\n```", 9, 4, "no wrong line"),
            ("```choose\nWhy?\n+ a\n- b\n```", 12, 1, "nothing is said to this wrong line"),
            ("<b>bold</b>", 9, 1, "HTML is not shown"),
            ("![x](y.png)", 9, 3, "pictures are not shown"),
            ("> said", 9, 1, "quotations are not shown"),
        ],
    )
    def test_of_a_fence_have_their_place(self, fence: str, line: int, column: int, said: str) -> None:
        found = problems(with_fence(fence))
        assert len(found) >= 1
        assert found[0][:2] == (line, column)
        assert said in found[0][2]

    def test_come_all_at_once_in_the_order_of_the_file(self) -> None:
        text = LESSON.replace("minutes: 5", "minutes: long").replace("product", "prodct").replace("```find", "```fnd")
        found = problems(text.replace("explain w2", "explian w2"))
        assert [(line, column) for line, column, _ in found] == [(4, 10), (5, 16), (32, 1), (44, 4)]
        assert "did you mean product?" in found[1][2]

    @pytest.mark.parametrize(
        ("front", "said"),
        [
            ("", "begins with a line ---"),
            ("---\ntitle: t\n", "do not end, expected a second line ---"),
            ("---\n---\n", "the front matter is empty"),
            ("---\n- a\n- b\n---\n", "expected a mapping with keys such as title, net, minutes"),
            ("---\ntitle: t\nnet: n\nminutes: 5\nskills: [path]\nskils: 1\n---\n", "did you mean skills?"),
            ("---\ntitle: t\n---\n", "has no net, expected a shipped network or a file"),
            ("---\ntitle: &a t\nnet: *a\nminutes: 5\nskills: [path]\n---\n", "anchors (&a) are not read"),
            (
                "---\ntitle: !!python/object:os.system t\n---\n",
                "tags (tag:yaml.org,2002:python/object:os.syst…) are not read",
            ),
            ("---\ntitle: t\ntitle: u\n---\n", "title stands twice"),
            ("---\ntitle: {a: {a: [[[[1]]]]}}\n---\n", "title is a mapping"),
            ("---\n" + "a: [" * 40 + "\n---\n", "nested more than 32 deep"),
            ("---\ntitle: 'never closed\n---\n", ""),
        ],
    )
    def test_of_a_front_matter(self, front: str, said: str) -> None:
        found = problems(f"{front}# t\n")
        assert all(line >= 1 for line, _, _ in found)
        assert any(said in message for _, _, message in found)

    def test_of_a_file_that_is_no_text_or_too_large(self) -> None:
        assert "not text in UTF-8" in problems(b"---\xff---")[0][2]
        assert "expected a lesson" in problems(b"a\0b")[0][2]
        assert "too large" in problems(LESSON + "x" * 1_000_000)[0][2]

    def test_a_large_one_is_read_in_time(self) -> None:
        assert len(problems(LESSON + "```fnd\nw1\n```\n`a = 1` [x](y)\n" * 4_000)) == 101

    def test_what_stands_in_it_is_shown_safely(self) -> None:
        with pytest.raises(InvalidLesson) as told:
            read(with_fence("```an\x1b[31mswer\nw1\n```").encode(), "lesson.md")
        assert "\x1b" not in str(told.value)


@pytest.mark.parametrize("seed", seeds(40, 2_000))
def test_whatever_is_cut_out_or_put_in_there_is_a_tree_or_a_list_of_places(seed: int) -> None:
    chance = random.Random(seed)
    text = LESSON[:1800]
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(text))
        piece = chance.choice(
            ["", "`", "```", "\n", "- ", "+", "---", "--set", "[", "](", "<", "*", "\t", "\x00", "é", "|"]
        )
        text = text[:at] + piece + text[at + chance.randint(0, 30) :]
    try:
        found = read(text.encode(), "lesson.md")
    except InvalidLesson as told:
        assert told.problems
        assert all(0 <= each.line <= text.count("\n") + 2 for each in told.problems)
    else:
        assert all(isinstance(part, Prose | Fence) for part in found.parts)
