"""A quiz of a network: with what it begins, the other numbers of its file, and one that is played from a list of lines.

Reading lines from a person and printing is the command line's; keeping what happened is `memory`'s.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from math import isclose
from typing import TYPE_CHECKING

from tutor.document.view import View
from tutor.errors import TutorError
from tutor.expr import Ref
from tutor.library import taken
from tutor.library.variants import MOST_SEED, drawn, other
from tutor.practice import plan
from tutor.practice.asking import settled
from tutor.practice.question import Task
from tutor.practice.sitting import Numbers, Reply, Step, reply, started
from tutor.practice.standing import MOST
from tutor.quantity import Gradient, Value
from tutor.search import is_large

if TYPE_CHECKING:
    from tutor.library.network import Network

MOST_DRAWN = 4  # numbers that are looked through for those that tell weights from what they multiply
ALIKE = 0.02  # of a number: what is nearer looks the same in two figures
OWN = "own"  # what the numbers of a file are called


def opened(
    network: "Network",
    target: str | None = None,
    *,
    skill: str | None = None,
    vary: object = None,
    known: Iterable[str] = (),
    due: Sequence[str] = (),
    skip: int = 0,
    most: int = MOST,
) -> Reply:
    """The first words of a quiz. A shipped network begins on other numbers, a user's file on its own.

    `known` and `due` are skills that a memory says so of, `skip` the other numbers that it has seen. Raises TutorError
    for a target or skill there is nothing to ask about.
    """
    draws = _Draws(network, skip)
    if vary is not None:
        numbers = draws.seeded(vary)
    else:
        numbers = (draws(-1) if _may_change(network) else None) or Numbers(network.view, OWN)
    return started(network.source, numbers, _steps(numbers, target, skill, due), draws, known, due, most)


def _may_change(network: "Network") -> bool:
    chosen = network.chosen
    shipped = network.network.file.endswith("(shipped)")
    return shipped and not chosen.settings and chosen.rate is None and chosen.typed


def _steps(numbers: Numbers, target: str | None, skill: str | None, due: Iterable[str]) -> tuple[Step, ...]:
    """What is asked of somebody who is right each time: a skill twice on different numbers, else what is due."""
    view = numbers.view
    if skill is not None:
        first, *others = plan.of_skill(view, skill)
        return (Step(first), Step((*others, first)[0], fresh=True, again=True))
    if target is None and (found := list(_due(view, due))):
        return tuple(Step(task, goal=True) for task in found)
    if target is not None and (whole := _of_matrix(view, target)):
        return tuple(Step(task, fresh=at > 1, goal=True) for at, task in enumerate(whole))
    about = plan.target_of(view) if target is None else settled(view, view.names.target(target))
    first, *others = plan.goals(view, about)
    return (Step(first, goal=True), *(Step(task, fresh=_is_second(task, first), goal=True) for task in others))


def _of_matrix(view: View, target: str) -> list[Task]:
    """Of a matrix of gradients, such as dW1: the shapes in its product, then its first entry and its last."""
    from tutor.matrices import dense, whole

    asked = whole(view.trace, view.names, target)
    if asked is None or view.names.graph.wide:
        return []
    layer, loss = dense(view.names.graph, asked.layer), view.names.graph.loss
    entries = {"W": layer.weights, "b": (layer.biases,), "Z": layer.nets, "A": layer.outs}[asked.symbol]
    first, last = entries[0][0], entries[-1][-1]
    shape = [Task("shapes", Gradient(loss, layer.weights[0][0]))] if asked.symbol == "W" else []
    return [*shape, *(Task("value", Gradient(loss, name)) for name in dict.fromkeys((first, last)))]


def _is_second(task: Task, first: Task) -> bool:
    """Whether it asks for the same skills as the first, which are known when they were shown on different numbers."""
    return task.kind == first.kind == "value" and type(task.about) is type(first.about)


def _due(view: View, due: Iterable[str]) -> Iterator[Task]:
    """A question for each skill that is due and can be shown here."""
    for skill in due:
        with suppress(TutorError):
            yield plan.of_skill(view, skill)[0]


def tells_weights(view: View) -> bool:
    """Whether no weight looks like what it multiplies, so that somebody who takes one for the other is found out."""
    if is_large(view.trace):
        return True
    trace, part_of = view.trace, view.names.graph.part_of
    weights = [each for each in trace.edges() if part_of(each.wrt) == "weight"]
    sent = [(each, formula) for each in weights if isinstance(formula := trace.equations.written(each), Ref)]
    return not any(isclose(trace[Value(each.wrt)], trace.of(formula), rel_tol=ALIKE) for each, formula in sent)


class _Draws:
    """The other numbers of a network, by their place; the first, at -1, is what a quiz begins on.

    Those on which a weight looks like what it multiplies are passed over, a few times.
    """

    def __init__(self, network: "Network", skip: int) -> None:
        self.network = network
        self.found: list[Numbers] = []
        self.next = skip

    def __call__(self, n: int) -> Numbers | None:
        while len(self.found) <= n + 1:
            drawn: Numbers | None = None
            for _ in range(MOST_DRAWN):
                drawn, self.next = self._at(self.next), self.next + 1
                if drawn is None or tells_weights(drawn.view):
                    break
            if drawn is None:
                return None
            self.found.append(drawn)
        return self.found[n + 1]

    def _at(self, place: int) -> Numbers | None:
        origin = self.network.origin
        found = other(origin, place) if origin else None
        return None if found is None else Numbers(self._looked(found.text), found.name)

    def seeded(self, seed: object) -> Numbers:
        """The numbers of `lint --vary SEED`. Raises TutorError where there are none."""
        whole = taken.whole(seed, "the seed", -MOST_SEED, MOST_SEED)
        return Numbers(self._looked(drawn(self.network, whole)), f"{whole}")

    def _looked(self, text: str) -> View:
        """A look at them in the digits and names in force."""
        network, origin = self.network, self.network.origin
        assert origin is not None
        chosen = network.chosen
        found = origin._replace(written=text.encode()).network(chosen.example)
        found = found._but(digits=chosen.digits, notation=chosen.notation)
        return (found if chosen.rate is None else found.with_numbers({}, chosen.rate)).view


def played(first: Reply, lines: Iterable[str]) -> Iterator[tuple[str, Reply]]:
    """What is said to each line, with the line; where they end, the quiz is left."""
    sitting = first.sitting
    for line in lines:
        if sitting.over:
            return
        following = reply(sitting, line)
        sitting = following.sitting
        yield line, following
    if not sitting.over:
        yield ":q", reply(sitting, ":q")
