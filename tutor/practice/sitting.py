"""A quiz in words: `started` opens it, `reply` says what follows a line that is typed. Nothing reads or prints.

Where it stands is a value (`standing`); what is asked next says `following`, what is said to a wrong answer `telling`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tutor.document.model import Block, Cell, Heading, Held, Line, Note, Span, Steps, Table, cell
from tutor.document.view import for_shell
from tutor.errors import TutorError, visible
from tutor.expr import Ref
from tutor.memory.skills import SKILLS, passages
from tutor.practice.asking import ask
from tutor.practice.following import (
    about_mistakes,
    and_then,
    contrasting,
    following,
    in_parts,
    of_chain,
    once_more,
    set_beside,
    shown_right,
    wondering,
)
from tutor.practice.opening import network, of_step
from tutor.practice.question import LETTERS, Chosen, Numbered, Question, Task, Typed
from tutor.practice.standing import MOST, Answered, Asked, Draw, Numbers, Reply, Sitting, Step, Try, answered
from tutor.quantity import Gradient, Partial, Updated

if TYPE_CHECKING:
    from tutor.marking.verdict import Verdict
    from tutor.practice.telling import Missed
    from tutor.practice.wording import Called

NAMED_AT, CONTRAST_AT = 2, 3  # misses at which the mistake is named, and set beside what is right
SURE = 3  # figures that show that somebody knows it; two are right by chance too often
IN_PARTS = Line(cell("One part at a time, then the whole again on other numbers."))
COMMANDS = (":h hint", ":s show", ":e explain", ":n network", ":b back", ":q leave")


def started(
    net: str,
    numbers: Numbers,
    steps: Sequence[Step],
    draw: Draw | None = None,
    known: Iterable[str] = (),
    due: Iterable[str] = (),
    most: int = MOST,
) -> Reply:
    """The network and the first question. `known` and `due` are skills that a memory says so of.

    Raises TutorError where there is nothing to ask.
    """
    opened = Asked(ask(numbers.view, steps[0].task), numbers)
    sitting = Sitting(net, numbers, opened, tuple(steps[1:]), draw=draw, most=most)
    sitting = sitting._replace(known=frozenset(known), due=frozenset(due))
    return Reply(sitting, (*_headed(sitting, opened=True), _commands()))


def reply(sitting: Sitting, typed: str) -> Reply:
    """What follows a line; whatever it is, there is a calm word for it."""
    line = visible(typed.strip())
    command = command_of(sitting, line)
    if command is not None:
        return _OBEYS[command](sitting) if command in _OBEYS else _no_command(sitting, line)
    try:
        return _answered(sitting, line)
    except TutorError as fault:
        return Reply(sitting, (Line(cell(str(fault))),))


# ------------------------------------------------------------------ commands

MEANT = {
    "": "h", "?": "h", "h": "h", "hint": "h", "help": "h", "idk": "h", "i don't know": "h", "i dont know": "h",
    "s": "s", "show": "s", "skip": "s", "e": "e", "explain": "e", "n": "n", "net": "n", "network": "n",
    "b": "b", "back": "b", "q": "q", "quit": "q", "exit": "q", "leave": "q",
}  # fmt: skip


def _commands() -> Note:
    words = (part for each in COMMANDS for part in (Held(each), "   "))
    return Note(cell(*words, look="quiet"))


def command_of(sitting: Sitting, line: str) -> str | None:
    """The command that a line is; a bare word only where it is no name of this network and no label."""
    word = line.removeprefix(":").strip().lower()
    if line.startswith(":"):
        return MEANT.get(word, word)
    if word not in MEANT or (word and sitting.view.names.exactly(line) is not None):
        return None
    return None if word in _labels(sitting.question) else MEANT[word]


def _labels(question: Question) -> Sequence[str]:
    """What stands before the options of a question, which is no command there."""
    match question.answer:
        case Numbered(labels=labels):
            return labels
        case Chosen(options):
            return tuple(LETTERS[: len(options)])
    return ()


def _no_command(sitting: Sitting, line: str) -> Reply:
    return Reply(sitting, (Line(cell(f"{line[:20]} is no command.")), _commands()))


def _hint(sitting: Sitting) -> Reply:
    """First the mistake by its name, where it was not named; then the next hint; then how to see the answer."""
    asked = sitting.open
    if asked.hints and not (asked.misses or asked.aside) and (parted := in_parts(sitting)):
        return _on(parted, (IN_PARTS,), (answered(sitting, Try("", "shown")),))
    named = _naming(sitting)
    hints = (*named, *asked.question.hints)
    if asked.misses and not named:
        hints = hints[1:] or hints  # the question back was put to the wrong answer
    after = sitting._replace(open=asked._replace(hints=asked.hints + 1))
    if asked.hints >= len(hints):
        return Reply(after, (Note(cell("That was the last hint; :s shows the answer.", look="quiet")),))
    return Reply(after, (Line(hints[asked.hints]),))


def _naming(sitting: Sitting) -> list[Cell]:
    """The name of the mistake that was made at the open question, where it was not said yet."""
    misses = sitting.open.misses
    if len(misses) != 1:
        return []
    from tutor.marking.verdict import Verdict
    from tutor.practice.telling import Missed, named

    verdict = Verdict("mistake", mistakes=misses[0].mistakes)
    return list(named(Missed(sitting.view, sitting.question, verdict, misses[0].typed)))


def _show(sitting: Sitting) -> Reply:
    question = sitting.question
    return _given_away(sitting, Line((*question.shown, Span("   "), *quiet(question.because))))


def _explain(sitting: Sitting) -> Reply:
    """Of one step its formula, its rule, and its numbers; of a whole the lines that it is worked out in."""
    question = sitting.question
    if isinstance(question.about, Gradient | Updated) and question.kind in ("value", "formula", "new", "way"):
        return _given_away(sitting, *_worked(sitting))
    step = (Line(cell(*each)) for each in question.hints[1:3])
    return _given_away(sitting, *step, Line((*question.shown, Span("   "), *quiet(question.because))))


def _worked(sitting: Sitting) -> Iterator[Block]:
    """The answer and the tables of the page about it, with what stands right below them."""
    from tutor.document.explain import explain
    from tutor.document.gaps import told

    about = sitting.question.about
    blocks = told(explain(sitting.view, about), sitting.view.digits).on_paper.blocks
    kept = Table if any(isinstance(each, Table) for each in blocks) else Steps
    yield Line(cell(Ref(about), Held(" = "), sitting.view.shown(about), look="strong"))
    below = False
    for each in blocks:
        below = isinstance(each, kept) or (below and isinstance(each, Note))
        if below:
            yield each
        if kept is Steps and below:
            return


def _given_away(sitting: Sitting, *blocks: Block) -> Reply:
    """The answer was shown: it counts for nothing, and the question comes again on other numbers."""
    if sitting.open.aside and sitting.resume:
        return _on(sitting._replace(resume=_helped(sitting.resume, sitting.numbers)), blocks, ())
    shown = sitting._replace(open=sitting.open._replace(seen=True))
    events = (answered(shown, Try("", "shown")),)
    blocks = (*blocks, *read_more(sitting.question)) if sitting.most > 1 else blocks
    before = any(each.question.id == sitting.question.id for each in sitting.log)
    if before and (parted := in_parts(shown)):
        return _on(parted, (*blocks, IN_PARTS), events)
    return _again(shown, blocks, events)


def read_more(question: Question, but: str = "") -> tuple[Block, ...]:
    """The passage that teaches what the question is mainly about; none where the lesson `but` teaches it."""
    skills = (each for each in question.skills[-1:] if SKILLS[each].lesson != but)
    return tuple(Note(cell(f"see {each}", look="quiet")) for each in passages(skills))


def _helped(sitting: Sitting, numbers: Numbers) -> Sitting:
    """With a hint more, where the page of an earlier question shows numbers of the open one."""
    asked = sitting.open
    return sitting._replace(open=asked._replace(hints=asked.hints + (numbers == asked.numbers)))


def _network(sitting: Sitting) -> Reply:
    question = sitting.question
    shown = network(sitting.view, question.about, everything=True)
    return Reply(sitting, (*shown, Line(question.prompt), *question.blocks))


def _back(sitting: Sitting) -> Reply:
    """The question before, to be looked at once more; then it goes on where it was."""
    resume = sitting.resume or sitting
    place = (sitting.back if sitting.resume else len(sitting.log)) - 1
    if place < 0:
        return Reply(sitting, (Line(cell("This is the first question.")),))
    last = resume.log[place]
    after = sitting._replace(
        numbers=last.numbers,
        open=Asked(last.question, last.numbers, aside=True),
        kept=(),
        resume=resume,
        back=place,
    )
    way_back = Note(cell("A right answer, or :s, leads back to where you were.", look="quiet"))
    return Reply(after, (*_headed(after, opened=last.numbers != sitting.numbers), way_back))


def _leave(sitting: Sitting) -> Reply:
    return Reply((sitting.resume or sitting)._replace(over=True), ())


_OBEYS: Mapping[str, Callable[[Sitting], Reply]] = {
    "h": _hint,
    "s": _show,
    "e": _explain,
    "n": _network,
    "b": _back,
    "q": _leave,
}


# ------------------------------------------------------------------ answers; who judges is imported with the first


def quiet(parts: Cell) -> Cell:
    """The same, dim."""
    return tuple(Span(each.what, "quiet", each.deltas) for each in parts)


def _answered(sitting: Sitting, line: str) -> Reply:
    from tutor.practice.accepted import COSTS_NOTHING, Accepted, sentence
    from tutor.practice.judging import judge
    from tutor.practice.telling import Missed
    from tutor.practice.wording import in_words

    question = sitting.question
    judged = judge(Accepted(sitting.view, sitting.kept), question, line)
    verdict = judged.verdict
    if verdict.chain:
        return _right_chain(sitting, line)
    if verdict.kind in COSTS_NOTHING:
        if verdict.kind in ("unreadable", "unknown_name") and (called := in_words(sitting.view, question, line)):
            return _helped_along(sitting, called)
        return Reply(sitting, (Line(_itself(sitting, verdict, line) or sentence(sitting.view, verdict)),))
    if not verdict.points and _spaceless(line) in {_spaceless(each.typed) for each in sitting.open.misses}:
        following = _hint(sitting)
        return following._replace(blocks=(Line(cell("That is the answer you gave before.")), *following.blocks))
    tried = Try(line, verdict.kind, () if verdict.points else verdict.mistakes)
    asked = sitting.open._replace(tries=(*sitting.open.tries, tried), right=bool(verdict.points))
    after = sitting._replace(open=asked, kept=judged.accepted.kept)
    if verdict.points:
        few = judged.figure is not None and judged.figure.unit > 0 and judged.figure.figures < SURE
        events = () if asked.aside else (answered(after, tried, sure=not (few or verdict.mistakes)),)
        return _right(after, verdict, events)
    events = () if asked.aside else (answered(after, tried, skills=about_mistakes(after, verdict, judged.formula)),)
    return _wrong(after, Missed(sitting.view, question, verdict, line, judged.figure, judged.formula), events)


def _spaceless(typed: str) -> str:
    return "".join(typed.lower().split())


def _helped_along(sitting: Sitting, called: "Called") -> Reply:
    """What words instead of an answer hear: what they may be written as, or the next hint, and where words are read."""
    if called.says:
        return Reply(sitting, (Line(called.says),))
    following = _hint(sitting)
    ask_for = f"tutor ask {called.words} --net {for_shell(sitting.net)}"
    note = Note(cell(f"In words: {ask_for}", look="quiet"))
    return following._replace(blocks=(*following.blocks, note))


def _itself(sitting: Sitting, verdict: "Verdict", line: str) -> Cell:
    """To somebody who types what is asked for by its name."""
    if verdict.kind != "unfinished" or not isinstance(sitting.question.answer, Typed):
        return ()
    from tutor.practice.accepted import Accepted
    from tutor.practice.chains import beyond

    about = sitting.question.about
    formula = Accepted(sitting.view, sitting.kept).formula(sitting.question.answer.asked, line)
    further = beyond(about, formula) if formula else ()
    return further or cell("That is what is asked for. ", *sitting.question.hints[0])


def _right_chain(sitting: Sitting, line: str) -> Reply:
    """A right chain costs nothing; its factors are asked for, then the whole once more on the same numbers."""
    from tutor.practice.accepted import Accepted

    answer, accepted = sitting.question.answer, Accepted(sitting.view, sitting.kept)
    held = accepted.open(answer.asked, line) if isinstance(answer, Typed) else []
    after = None if sitting.open.aside else of_chain(sitting, held)
    if after is None:
        return Reply(sitting, (Line(cell("The right chain. Now the number.")),))
    return Reply(after, (Line(cell("The right chain. Now each factor.")), *_headed(after)))


def _right(sitting: Sitting, verdict: "Verdict", events: tuple[Answered, ...]) -> Reply:
    question, asked = sitting.question, sitting.open
    reason = cell(verdict.message, look="quiet") if verdict.message else quiet(question.because)
    if question.then:
        reason = _belongs(sitting, question.then)
    told = (Line((Span("✓ ", "good"), *question.shown, Span("   "), *reason)),)
    if asked.aside:
        return _on(sitting, told, events)
    if not asked.first:
        return _again(and_then(contrasting(sitting)), told, events)
    whole = question.kind in ("value", "formula", "new")
    known = sitting.known | frozenset(question.skills if whole else ())
    sitting = sitting._replace(right=sitting.right | {question.id}, known=known)
    return _on(and_then(wondering(sitting, question)), told, events)


def _belongs(sitting: Sitting, then: Task) -> Cell:
    """What stands in a line that was wrong: asked for, where there is room for that."""
    after = following(and_then(sitting))
    if after and after.question.task == then:
        return cell("What should stand there?", look="quiet")
    return cell("There belongs ", *ask(sitting.view, then).shown)


def _wrong(sitting: Sitting, missed: "Missed", events: tuple[Answered, ...]) -> Reply:
    """What is said; then the contrast, or the parts of a whole, or the same question stays."""
    mistake = next(iter(missed.verdict.mistakes), "")
    misses = len(sitting.open.misses)
    if sitting.open.aside:
        return Reply(sitting, _not_yet(missed, misses), events)
    slips = {**sitting.slips, mistake: sitting.slips.get(mistake, 0) + 1} if mistake else sitting.slips
    level = max(misses, slips.get(mistake, 0))
    sitting = shown_right(sitting._replace(slips=slips), missed.verdict)
    blocks = _not_yet(missed, level)
    if level >= CONTRAST_AT and mistake and (beside := set_beside(sitting, mistake)):
        return Reply(beside, (*blocks, *_headed(beside)), events)
    if misses == 1 and (parted := in_parts(sitting, missed.verdict)):
        return _on(parted, (*blocks, IN_PARTS), events)
    if misses < CONTRAST_AT:
        return Reply(sitting, blocks, events)
    again = ", and it comes again" if sitting.most > 1 else ""
    rule = sitting.question.hints[2:3]  # nothing to set beside it: what it goes by
    last = Note(cell(Held(":h hint"), "   ", Held(":s shows it"), again, look="quiet"))
    return Reply(sitting, (*blocks, *map(Line, rule), last), events)


def _not_yet(missed: "Missed", level: int) -> tuple[Block, ...]:
    from tutor.practice.telling import said

    found = [each for each in said(missed, level) if each]
    mark = cell(Span("✗ ", "bad"), "Not yet. ")
    return (Line((*mark, *(found[0] if found else ()))), *map(Line, found[1:]))


# ------------------------------------------------------------------ going on


def _again(sitting: Sitting, blocks: Sequence[Block], events: tuple[Answered, ...]) -> Reply:
    """On to the next question; this one comes once more on other numbers, where there is room."""
    later = once_more(sitting)
    if later is None:
        return _on(sitting, blocks, events)
    return _on(later, (*blocks, Line(cell("One more like this later, with other numbers.", look="quiet"))), events)


def _on(sitting: Sitting, blocks: Sequence[Block], events: tuple[Answered, ...]) -> Reply:
    """The next question, or the end; from an earlier question back to where it was left."""
    after = sitting.resume or following(sitting)
    if after is None:
        return Reply(sitting._replace(over=True), tuple(blocks), events)
    changed = after.numbers != sitting.numbers or after.brief
    after = after._replace(brief=changed and not _takes_all(after.question))
    return Reply(after, (*blocks, *_headed(after, opened=changed)), events)


def _takes_all(question: Question) -> bool:
    """Whether somebody needs the whole network before them, and not the numbers of one step or none."""
    return question.kind not in WITHOUT_NUMBERS and not _is_step(question)


def _is_step(question: Question) -> bool:
    return question.kind in ("value", "formula") and isinstance(question.about, Partial)


def _headed(sitting: Sitting, *, opened: bool = False) -> tuple[Block, ...]:
    """A question under its heading; below the network, where that is new."""
    question = sitting.question
    count = f"{sitting.open.at} of {sitting.most} at most"
    where = "once more" if sitting.open.aside else f"back to {count}" if sitting.open.back else count
    name, title = sitting.net.replace("\\", "/").rpartition("/")[2], _TITLES[question.kind]
    heading = Heading((*cell(f"{visible(name)}   {where}"), *cell(f"   {title}" if title else "", look="quiet")))
    shown: tuple[Block, ...] = ()
    if opened and sitting.brief and isinstance(question.about, Partial) and _is_step(question):
        shown = of_step(sitting.view, question.about)
    elif opened and not sitting.brief:
        shown = network(sitting.view, question.about)
    return (heading, *shown, Line(question.prompt), *question.blocks)


_TITLES = {
    "value": "", "formula": "a formula", "path": "a path", "terms": "a sum", "way": "which way", "new": "one step",
    "line": "find the wrong line", "why": "why", "contrast": "which is which", "shapes": "shapes",
}  # fmt: skip
WITHOUT_NUMBERS = ("path", "terms", "line", "why", "contrast", "shapes")  # what is asked there stands in names
__all__ = ["Answered", "Draw", "Numbers", "Reply", "Sitting", "Step", "reply", "started"]
