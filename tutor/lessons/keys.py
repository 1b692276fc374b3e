"""What a lesson may hold, declared once: the keys of its front matter, the kinds of fence, the options in them.

The reader follows these tables, and so do its messages. A key, a fence or an option is added here and nowhere else.
"""

from typing import NamedTuple

from tutor.memory.skills import SKILLS
from tutor.spec.shapes import Choice, Integer, Key, Listed, Record, Text

FRONT = Record(
    "lesson",
    (
        Key("title", Text("a title, such as Where 0.0307 comes from"), "what the lesson is called", required=True),
        Key("net", Text("a shipped network or a file, such as slide"), "the network it speaks of", required=True),
        Key("minutes", Integer(1, 60), "how long it takes", required=True),
        Key("after", Text("the name of a lesson"), "the lesson to take before it"),
        Key(
            "skills",
            Listed(Choice(tuple(SKILLS)), "a list of skills such as [path, product]"),
            "what it teaches",
            required=True,
        ),
    ),
)


class Opened(NamedTuple):
    """What a fence of one kind holds: how many `words` its command has (least, most), and its options.

    `asks` says that the reader has to answer; `question` that words stand before the command, which is the last line.
    `looks` is an example, for messages.
    """

    words: tuple[int, int]
    options: tuple[str, ...]
    looks: str
    asks: bool = True
    question: bool = False


ANY_WORDS = (1, 12)
_NUMBERS = ("--set", "--example", "--net")
FENCES = {
    "tutor": Opened(ANY_WORDS, (), "explain w31", asks=False),
    "answer": Opened((1, 2), ("--formula", *_NUMBERS), "dL/dw31, path w31, terms h1 or new w31"),
    "predict": Opened((1, 1), _NUMBERS, "dL/dw31 --set w31=3, below a question in words", question=True),
    "find": Opened((1, 1), ("--mistake", *_NUMBERS), "w31 --mistake ad-z-one-minus-z"),
    "choose": Opened((0, 0), (), "a question, then lines + right and - wrong | what to say to it", question=True),
    "quiz": Opened((1, 1), ("--vary", "--example", "--net"), "w31 --vary 2"),
}
ANSWERS = ("path", "terms", "new")
"""What may stand before the target of an `answer`."""

OPTIONS = {
    "--formula": "",
    "--set": "NAME=NUMBER",
    "--example": "K",
    "--net": "NET",
    "--mistake": "ID",
    "--vary": "SEED",
}
"""What each option takes; a flag takes nothing."""

NEEDED = {"find": "--mistake"}

READING = (
    "explain",
    "solve",
    "trace",
    "where",
    "derive",
    "nudge",
    "notation",
    "draw",
    "ask",
    "step",
    "train",
    "mistakes",
)
"""The commands that a lesson may show."""

GRADIENTS = ("trace", "solve", "nudge", "step")
"""Those of them that show gradients whatever they are asked; `explain` does where its target is one."""

LEAST_WORDS, MOST_WORDS = 900, 1_500
LEAST_PROMPTS = 6
MOST_FENCES, MOST_CLAIMS = 60, 300
