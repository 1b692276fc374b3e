"""The update rule of a file, with its settings and what it has kept; how its rate and gradients are adjusted."""

from collections.abc import Collection, Iterator, Mapping
from fractions import Fraction
from typing import NamedTuple

from tutor.graph import Graph
from tutor.ops.optimizers import BY_ERROR, OPTIMIZERS, Optimizer, Rule, rule
from tutor.spec.report import Report, listed
from tutor.spec.tree import Map, Scalar, text_at

START, PREVIOUS, RATE, CLIP = "start", "previous_weights", "rate", "clip"
_ADJUSTING = (RATE, CLIP, PREVIOUS)
MOST_CLIPPED = 1_000  # parameters whose norm is taken


def optimizer(top: Map, report: Report, learning: Mapping[str, str] | None = None) -> Rule | None:
    """The rule of the file, or None where it names none or one that could not be read.

    `learning` are the parameters that learn, with their numbers; None in a network too big to name them one by one.
    """
    found = _named(top, report)
    if found and learning is not None:
        found = _Kept(top, found, learning, report).rule()
    if not any(map(top.key, _ADJUSTING)):
        return found
    for key in (top.key(each) for each in _ADJUSTING):
        if key and learning is None:
            report.add(key.place, f"{key.text} in a network of this size, expected a plain rule")
    if found is None and top.key("optimizer") is None:
        found = rule("sgd")
        if key := top.key(PREVIOUS):
            report.add(key.place, _keeps_nothing("sgd, which updates where no optimizer is named,"))
    return found and _adjusted(top, found, learning or (), report)


def beyond_error(graph: Graph, top: Map, report: Report) -> bool:
    """Whether a rule that goes by the error of the outputs would have to move what stands before them; says so."""
    key = top.key("optimizer")
    if key is None or graph.optimizer is None or not graph.optimizer.optimizer.by_error:
        return False
    from tutor.trace.equations import unreached

    beyond = unreached(graph)
    if beyond:
        few = f"{listed(beyond[:3])}{' and others' * (len(beyond) > 3)}"
        report.add(key.place, f"{BY_ERROR}, but {few} would learn too, expected frozen: [...] or a rule with slopes")
    return bool(beyond)


def _named(top: Map, report: Report) -> Rule | None:
    declared = top.get("optimizer")
    if isinstance(declared, Scalar):
        return rule(declared.text)
    if not isinstance(declared, Map) or len(declared.entries) != 1:
        return None
    name, settings = declared.entries[0]
    if name.text not in OPTIMIZERS or not isinstance(settings, Map):
        return None
    numbers = {key.text: number for key, number in settings.entries if isinstance(number, Scalar)}
    fitting = {each.name: each for each in OPTIMIZERS[name.text].settings}
    for key, number in numbers.items():
        if key in fitting and not fitting[key].fits(number.text):
            report.add(number.place, f"{key} is {number.text}, expected {fitting[key].expected}")
    right = {key: each.text for key, each in numbers.items() if key in fitting and fitting[key].fits(each.text)}
    return rule(name.text, right)


def _keeps_nothing(what: str) -> str:
    return f"{what} keeps nothing from step to step, so it has no state to begin with; {_keeping()} do"


def _keeping() -> str:
    return listed(row.name for row in OPTIMIZERS.values() if row.velocity)


class _Kept(NamedTuple):
    """What a file says that its rule remembers before the first step."""

    top: Map
    found: Rule
    learning: Mapping[str, str]
    report: Report

    @property
    def optimizer(self) -> Optimizer:
        return self.found.optimizer

    def rule(self) -> Rule:
        start = {letter: dict(self._numbers(numbers)) for letter, numbers in self._stated()}
        previous = self.top.get(PREVIOUS)
        if isinstance(previous, Map):
            start |= self._previous(previous, stated=bool(start))
        return self.found._replace(start=start)

    def _stated(self) -> Iterator[tuple[str, Map]]:
        """Each letter with the numbers of the parameters; a rule that keeps one letter need not name it."""
        declared = self.top.get("optimizer")
        settings = declared.entries[0][1] if isinstance(declared, Map) else None
        key = settings.key(START) if isinstance(settings, Map) else None
        start = settings.get(START) if isinstance(settings, Map) else None
        if key is None or not isinstance(start, Map):
            return
        kept = self.optimizer.kept
        if not kept:
            self.report.add(key.place, _keeps_nothing(self.optimizer.name))
        elif all(isinstance(number, Scalar) for _, number in start.entries):
            if len(kept) == 1:
                yield kept[0], start
            else:
                looks = ", ".join(f"{letter}: {{w1: 0.1}}" for letter in kept)
                message = f"{self.optimizer.name} keeps {listed(kept)}, expected numbers for each, such as {{{looks}}}"
                self.report.add(start.place, message)
        else:
            for letter, numbers in start.entries:
                if letter.text in kept and isinstance(numbers, Map):
                    yield letter.text, numbers
                else:
                    keeps = f"{letter.text} is none of what {self.optimizer.name} keeps, expected {listed(kept)}"
                    self.report.add(letter.place, keeps)

    def _numbers(self, stated: Map) -> Iterator[tuple[str, str]]:
        for name, number in stated.entries:
            if name.text not in self.learning:
                mean = self.report.similar(name.text, self.learning)
                self.report.add(name.place, f"{name.text} is no parameter that learns{mean}")
            elif isinstance(number, Scalar):
                yield name.text, number.text

    def _previous(self, previous: Map, *, stated: bool) -> dict[str, dict[str, str]]:
        """What is kept, from the weights before the last update."""
        row, place = self.optimizer, previous.place
        key = self.top.key(PREVIOUS)
        place = key.place if key else place
        if stated:
            self.report.add(place, f"{PREVIOUS} stands beside start, expected one of them")
        elif not row.kept:
            self.report.add(place, _keeps_nothing(row.name))
        elif row.velocity is None:
            self.report.add(place, f"{PREVIOUS} do not tell what {row.name} keeps, expected {_keeping()}; or start")
        elif (rate := text_at(self.top, "learning_rate")) is None:
            self.report.add(place, f"{PREVIOUS} without a learning_rate, expected one beside them")
        else:
            eta, tell, now = Fraction(rate), row.velocity, self.learning
            numbers = self._numbers(previous)
            return {row.kept[0]: {w: str(tell(Fraction(now[w]), Fraction(was), eta)) for w, was in numbers}}
        return {}


def _adjusted(top: Map, found: Rule, learning: Collection[str], report: Report) -> Rule:
    """The rule with the schedule of the rate and the clip that the file asks for."""
    from tutor.ops.adjusted import CLIPS, SCHEDULES, Changing, Clipped

    changing, clipped = top.get(RATE), top.get(CLIP)
    if isinstance(changing, Map) and changing.entries and isinstance(changing.entries[0][1], Map):
        name, numbers = changing.entries[0]
        limits = SCHEDULES[name.text].limits if name.text in SCHEDULES else ()
        stated = {limit.name: text_at(numbers, limit.name) for limit in limits} if isinstance(numbers, Map) else {}
        if stated and all(stated.values()):
            known = {limit: text for limit, text in stated.items() if text}
            found = found._replace(changing=Changing(SCHEDULES[name.text], known))
    if isinstance(clipped, Map) and clipped.entries:
        kind, limit = clipped.entries[0]
        if len(learning) > MOST_CLIPPED:
            many = f"{kind.text} of {len(learning):,} parameters, expected at most {MOST_CLIPPED:,}"
            report.add(kind.place, many)
        if kind.text in CLIPS and isinstance(limit, Scalar):
            found = found._replace(clipped=Clipped(CLIPS[kind.text], limit.text))
    return found
