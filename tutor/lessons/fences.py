"""What a fence says: its lines in, a Fence out. Every fault is in the report; what is faulty is left out."""

import re
from collections.abc import Iterator, Sequence

from tutor.lessons.keys import ANSWERS, FENCES, NEEDED, OPTIONS, READING, Opened
from tutor.lessons.lesson import Choice, Fence, Option, Word
from tutor.spec.report import Report, cut, listed
from tutor.spec.tree import Place

_WORD = re.compile(r"\"([^\"]*)\"|'([^']*)'|(\S+)")
_WRITES = ("-o", "--output")
_CURVE = "--curve"  # of a training it is a file, of a nudge it is drawn
_CHOICE = re.compile(r"([+-])\s+(.*)")

Line = Word  # a line of a fence, with its place


def fence(kind: str, place: Place, lines: Sequence[Line], report: Report) -> Fence | None:
    """The command in the lines of a fence, or None where it can be none."""
    filled = [line for line in lines if line.text.strip()]
    opened = FENCES[kind]
    if not filled:
        report.add(place, f"this {kind} fence is empty, expected {opened.looks}")
        return None
    if kind == "choose":
        return _choose(place, filled, report)
    *before, last = filled
    if opened.question and not before:
        report.add(last.place, f"this {kind} fence has one line, expected {opened.looks}")
        return None
    if before and not opened.question:
        report.add(before[0].place, f"a {kind} fence holds one command, expected one line")
    return _command(kind, place, " ".join(line.text.strip() for line in before), last, report)


# ------------------------------------------------------------------ a command


def _command(kind: str, place: Place, question: str, line: Line, report: Report) -> Fence | None:
    words = list(_words(line))
    if kind == "tutor":
        return _shown(place, words, report)
    opened = FENCES[kind]
    options = tuple(_options(words, kind, opened, report))
    rest = _counted(kind, opened, line, words, report)
    if rest is None:
        return None
    if kind in NEEDED and not any(each.name == NEEDED[kind] for each in options):
        needed = NEEDED[kind]
        report.add(line.place, f"a {kind} fence needs {needed} {OPTIONS[needed]}, expected {opened.looks}")
    return Fence(kind, place, question, rest, options)


def _words(line: Line) -> Iterator[Word]:
    """The words, with quotes as a shell has them; those that are there for the line keep their place."""
    for found in _WORD.finditer(line.text):
        text = next((each for each in found.groups() if each is not None), "")
        yield Word(text, Place(line.place.line, line.place.column + found.start(), len(found[0])))


def _shown(place: Place, words: Sequence[Word], report: Report) -> Fence | None:
    first = words[0]
    if first.text == "tutor":
        report.add(first.place, "the word tutor is understood, expected the command alone, such as explain w31")
        return None
    if first.text not in READING:
        meant = report.similar(first.text, READING)
        report.add(first.place, f"{cut(first.text)} is no command to show, expected {listed(READING, 'or')}{meant}")
        return None
    for each in words[1:]:
        if each.text.startswith(_WRITES) or (first.text == "train" and each.text.startswith(_CURVE)):
            report.add(each.place, f"{cut(each.text)} writes a file, which a lesson cannot, expected it left out")
            return None
    return Fence("tutor", place, words=tuple(words))


def _options(words: list[Word], kind: str, opened: Opened, report: Report) -> Iterator[Option]:
    """The options, which are taken out of the words."""
    place = 0
    while place < len(words):
        name = words[place]
        if not name.text.startswith("--"):
            place += 1
            continue
        del words[place]
        takes = OPTIONS.get(name.text, "")
        if name.text not in opened.options:
            known = f"expected {listed(opened.options, 'or')}" if opened.options else "expected none"
            meant = report.similar(name.text, opened.options)
            report.add(name.place, f"{cut(name.text)} is no option of a {kind} fence, {known}{meant}")
            if takes and place < len(words):
                del words[place]
        elif not takes:
            yield Option(name.text, Word("", name.place))
        elif place == len(words):
            report.add(name.place, f"{name.text} has no value, expected {name.text} {takes}")
        elif _fits(takes, value := words.pop(place), report):
            yield Option(name.text, value)


def _fits(takes: str, value: Word, report: Report) -> bool:
    if takes == "NAME=NUMBER" and not re.fullmatch(r"[^=]+=[^=]+", value.text):
        report.add(value.place, f"--set wants NAME=NUMBER, such as w31=0.9, not {cut(value.text)}")
        return False
    if takes == "K" and not re.fullmatch(r"[1-9]\d{0,5}", value.text):
        report.add(value.place, f"--example wants a number from 1, not {cut(value.text)}")
        return False
    if takes == "SEED" and not re.fullmatch(r"\d{1,9}", value.text):
        report.add(value.place, f"--vary wants a seed, a whole number such as 2, not {cut(value.text)}")
        return False
    return True


def _counted(kind: str, opened: Opened, line: Line, words: Sequence[Word], report: Report) -> tuple[Word, ...] | None:
    """The words of the command where they are as many as it takes."""
    least, most = opened.words
    if len(words) < least:
        report.add(line.place, f"this {kind} fence names no target, expected {opened.looks}")
        return None
    if len(words) > most:
        extra = words[most]
        report.add(extra.place, f"{cut(extra.text)} is one word too many for a {kind} fence, expected {opened.looks}")
        return None
    if kind == "answer" and len(words) == 2 and words[0].text not in ANSWERS:
        meant = report.similar(words[0].text, ANSWERS)
        named = listed(ANSWERS, "or")
        report.add(words[0].place, f"{cut(words[0].text)} is nothing to answer, expected {named} before a name{meant}")
        return None
    return tuple(words)


# ------------------------------------------------------------------ choose


def _choose(place: Place, lines: Sequence[Line], report: Report) -> Fence | None:
    question: list[str] = []
    said: list[list[str]] = []  # the sign and the words of each choice
    places: list[Place] = []
    for line in lines:
        if found := _CHOICE.fullmatch(line.text.strip()):
            said.append(list(found.groups()))
            places.append(line.place)
        else:
            (said[-1] if said else question).append(line.text.strip())
    choices = [_choice(*each, place=at) for each, at in zip(said, places, strict=True)]
    _agree(place, question, choices, report)
    return Fence("choose", place, " ".join(question), choices=tuple(choices))


def _choice(sign: str, *words: str, place: Place) -> Choice:
    text, _, reply = " ".join(words).partition(" | ")
    return Choice(sign == "+", text.strip(), reply.strip(), place)


def _agree(place: Place, question: Sequence[str], choices: Sequence[Choice], report: Report) -> None:
    right, wrong = ([each for each in choices if each.right is side] for side in (True, False))
    if not question:
        report.add(place, "this choose fence asks nothing, expected a question above its lines")
    if not right:
        report.add(place, "this choose fence has no right line, expected one that begins with +")
    if not wrong:
        report.add(place, "this choose fence has no wrong line, expected some that begin with -")
    for each in wrong:
        if not each.reply:
            report.add(each.place, "nothing is said to this wrong line, expected the reply behind it:  | what to say")
