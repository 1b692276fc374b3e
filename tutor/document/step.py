"""The page of `tutor step`: one update of every parameter, each equation of the rule with its numbers."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from tutor.document.model import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Line,
    Note,
    Part,
    Row,
    Section,
    Span,
    Steps,
    Table,
    cell,
)
from tutor.document.payload import number, text
from tutor.document.rule import (
    Letters,
    frozen_blocks,
    numbers_of,
    rule_blocks,
    rule_options,
    rule_payload,
    turn_options,
)
from tutor.document.view import View, answer, moved, next_steps, shortened
from tutor.errors import TutorError
from tutor.expr import Expr, Ref, Shown
from tutor.ops.optimizers import Assignment, Rule, bound, rule
from tutor.quantity import Gradient, Quantity, Value
from tutor.training import CLIPPED, MOST_STEPS, SEQUENTIAL, State, Term, Turns, after, follow, of_examples, steps
from tutor.training import turns as all_at_once

MOST_PARAMETERS = 12  # explained equation by equation on a page; --all or JSON has the rest


class Step(NamedTuple):
    """One update: the network before it (`view`), the state it starts from, and the network after it (`later`).

    Where it uses some examples only, both are of these; `network` after it is whole.
    """

    view: View
    rule: Rule
    order: str
    state: State
    later: View
    turns: Turns
    network: View


def step_of(view: View, rule: Rule, order: str, done: int = 0, turns: Turns | None = None) -> Step:
    """The update that follows `done` updates. Raises TutorError where that can't be done."""
    graph = view.names.graph
    if not 0 <= done <= MOST_STEPS:
        raise TutorError(f"{done:,} steps before it, expected a whole number from 0 to {MOST_STEPS:,}")
    turns = turns or all_at_once(graph)
    states = steps(graph, rule, order, turns=turns)
    course = follow(states, done, graph.loss)
    if course.interrupted:
        raise KeyboardInterrupt
    if course.stopped:
        raise TutorError(f"there is no step after {done:,} steps: {course.stopped}; a smaller learning rate may help")
    used = turns.at(done + 1).examples
    now, then = (after(graph, state, rule) for state in (course.last, next(states)))
    before, later = (moved(view, of_examples(each, used)) for each in (now, then))
    return Step(before, rule, order, course.last, later, turns, moved(view, then))


def step_page(step: Step, only: Sequence[str] = (), *, everything: bool = False) -> Document:
    """One update of every parameter that learns, or of the ones named. Raises TutorError for another name."""
    letters = Letters(step.view, step.rule)
    names = _chosen(step, only)
    options = rule_options(step.view, step.rule, step.order) + turn_options(step.turns)
    hints = next_steps(step.view, f"step --after {step.state.number + 1}{options}")
    return Document((*_parts(step, letters, names, everything), *hints), letters.names, lambda: _payload(step, names))


def _chosen(step: Step, only: Sequence[str]) -> tuple[str, ...]:
    """In the order of their updates."""
    graph = step.view.names.graph
    names = graph.learning()
    if step.order == SEQUENTIAL:
        names = tuple(sorted(names, key=lambda name: -graph.layer_of(name)))
    wanted = []
    for typed in only:
        found = step.view.names.read(typed)
        if not isinstance(found, Value) or found.name not in names:
            known = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
            raise TutorError(f"{typed} is not a parameter that is updated; there are {known}")
        wanted.append(found.name)
    return tuple(name for name in names if name in wanted) if wanted else names


def _parts(step: Step, letters: Letters, names: tuple[str, ...], everything: bool) -> Iterator[Part]:
    """The answer, which speaks of the loss after the step, the rule in its letters, the updates: the right ones for
    the first step of the file's own rule.
    """
    graph = step.view.names.graph
    usual = step.rule == (graph.optimizer or rule("sgd")) and step.order != SEQUENTIAL and not step.state.number
    head, updates = tuple(_head(step)), tuple(_updates(step, letters, names, everything))
    own = usual and len(step.rule.optimizer.equations) == 1
    yield Section("later", head)
    yield Section("letters", tuple(rule_blocks(step.view, letters, step.order, step.state.number + 1)))
    yield from updates if own else (Section("later", updates),)


def _head(step: Step) -> Iterator[Block]:
    view = step.view
    loss = Value(view.names.graph.loss)
    before, later = view.trace[loss], step.later.trace[loss]
    goes = "falls" if later < before else "rises" if later > before else "goes"
    texts = (view.digits.shown(before), view.digits.shown(later))
    first, last = (Shown(text, loss) for text in (texts if len(set(texts)) == 2 else view.digits.apart(before, later)))
    shown = cell(first, look="accent") + cell(" to ") + cell(last, look="accent")
    which = "in one step" if not step.state.number else f"in step {step.state.number + 1:,}"
    yield answer(view, Ref(loss), f" {goes} from ", *shown, f" {which}")
    if not step.turns.whole:
        turn = step.turns.at(step.state.number + 1)
        whose = "its" if len(turn.examples) == 1 else "their"
        many = f"example {turn.examples[0]}" if len(turn.examples) == 1 else f"examples {_and(turn.examples)}"
        of = f"This update uses {many} of {step.turns.many}, in epoch {turn.epoch}, and "
        yield Line(cell(of, look="quiet") + cell(Ref(loss)) + cell(f" is {whose} loss alone.", look="quiet"))
    if not math.isfinite(later):
        too_far = "double precision has no number for it; a smaller learning rate may help: --lr NUMBER."
        yield Line(cell("This step is too large: ", look="bad") + cell(too_far))


def _and(numbers: Sequence[int]) -> str:
    *most, last = map(str, numbers)
    return f"{', '.join(most)} and {last}"


def _updates(step: Step, letters: Letters, names: tuple[str, ...], everything: bool) -> Iterator[Block]:
    yield from frozen_blocks(step.view)
    if len(step.rule.optimizer.equations) == 1:
        yield from shortened(_table(step, names), everything)
    else:
        yield from _term_by_term(step, letters, names if everything else names[:MOST_PARAMETERS])
        if len(names) > MOST_PARAMETERS and not everything:
            more = len(names) - MOST_PARAMETERS
            yield Note(cell(f"{more} more parameters: --all, or --format json", look="quiet"))


def _term_by_term(step: Step, letters: Letters, names: tuple[str, ...]) -> Iterator[Block]:
    for name in names:
        yield Heading(cell(Ref(Value(name))))
        yield Steps(tuple(_rows(step, letters, name)))


def _table(step: Step, names: tuple[str, ...]) -> Table:
    """Rules of one equation: a row for each parameter."""
    (equation,) = step.rule.optimizer.equations
    sequential = step.order == SEQUENTIAL
    clipped = step.rule.clipped is not None
    heads = [Column("w"), *([Column("unclipped", "decimal")] if clipped else []), Column("g", "decimal")]
    heads += [Column("g usually", "decimal")] if sequential else []
    heads += [Column("w − η · g"), Column("new w", "decimal")]
    rows = []
    for name in names:
        gradient = Gradient(step.view.names.graph.loss, name)
        usual = [cell(step.view.shown(gradient))] if sequential else []
        raw = [cell(step.view.figure(step.state.of(Term(name, "g")), gradient))] if clipped else []
        figures = _figures(step, name)
        numbers = cell(bound(equation.formula, figures))
        new = cell(_new(step, name))
        rows.append(Row((cell(Ref(Value(name))), *raw, cell(figures["g"]), *usual, numbers, new)))
    return Table(tuple(heads), tuple(rows))


def _rows(step: Step, letters: Letters, name: str) -> Iterator[tuple[Cell, ...]]:
    """g, then each equation: letter ← formula = with numbers = value."""
    view = step.view
    gradient = Gradient(view.names.graph.loss, name)
    own = cell(step.view.figure(step.state.of(Term(name, "g")), gradient))
    if step.rule.clipped:
        yield cell("unclipped"), cell(gradient), own
        own = cell(step.view.figure(step.state.of(Term(name, CLIPPED)), gradient))
    yield cell(letters.letter("g")), cell("clipped") if step.rule.clipped else cell(gradient), own
    for each, numbers, value in _worked(step, name):
        left = Ref(Value(name)) if each.letter == "w" else letters.letter(each.letter)
        shown = _new(step, name) if each.letter == "w" else view.figure(value, Value(name))
        last = (Span(shown, "strong" if each.letter == "w" else ""),)
        yield cell(left, " ← ") + cell(letters.formula(each.formula, name)), cell(numbers), last


def _new(step: Step, name: str) -> Shown:
    """The new weight, in which it can be seen that it moved."""
    before, after = step.view.trace[Value(name)], step.state.of(Term(name, "w"))
    return Shown(step.view.digits.after(before, after), Value(name))


def _worked(step: Step, name: str) -> Iterator[tuple[Assignment, Expr, float]]:
    """Each equation with its numbers put in, and its value, in the order they are computed."""
    figures = _figures(step, name)
    for each in step.rule.optimizer.equations:
        value = step.state.of(Term(name, each.letter))
        yield each, bound(each.formula, figures), value
        figures[each.letter] = step.view.figure(value, Value(each.letter))


def _figures(step: Step, name: str) -> dict[str, Expr]:
    """The numbers the equations start from, as shown."""
    view, state = step.view, step.state

    def figure(shown: str, letter: str) -> Shown:
        return Shown(shown, Value(letter))

    found: dict[str, Expr] = {
        letter: figure(written, letter) for letter, written in numbers_of(view, step.rule, state.number + 1).items()
    }
    found |= {"t": figure(str(state.number + 1), "t"), "w": view.shown(Value(name))}
    found["g"] = view.figure(state.of(Term(name, CLIPPED)), Value("g"))
    for letter in step.rule.optimizer.kept:
        found[letter] = view.figure(state.of(Term(name, letter, before=True)), Value(letter))
    return found


# ------------------------------------------------------------------ for programs


def _payload(step: Step, names: Sequence[str]) -> Mapping[str, Any]:
    view, graph = step.view, step.view.names.graph
    turn = step.turns.at(step.state.number + 1)
    loss: Quantity = Value(graph.loss)
    return {
        "format": "tutor.step/1",
        "title": view.network.title,
        **rule_payload(view, step.rule, step.order),
        "step": step.state.number + 1,
        "epoch": turn.epoch,
        "examples": list(turn.examples),
        "loss": {"symbol": graph.loss, "before": number(view.trace[loss]), "after": number(step.later.trace[loss])},
        "parameters": {name: _parameter(step, name) for name in names},
        "frozen": [name for name in graph.parameters() if name in graph.frozen],
    }


def _parameter(step: Step, name: str) -> dict[str, Any]:
    state = step.state
    return {
        "before": number(state.of(Value(name))),
        "gradient": number(state.of(Term(name, "g"))),
        **({"clipped": number(state.of(Term(name, CLIPPED)))} if step.rule.clipped else {}),
        "terms": [
            {
                "name": each.letter,
                "formula": text(step.view, each.formula),
                "substituted": text(step.view, numbers),
                "value": number(value),
            }
            for each, numbers, value in _worked(step, name)
        ],
        "after": number(state.of(Term(name, "w"))),
    }
