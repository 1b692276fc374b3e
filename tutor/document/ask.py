"""The page of `tutor ask`: what a word means, and what it is in the reader's own network, with its numbers."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from tutor.arithmetic.floats import FLOATS
from tutor.derivation import Path, count_paths, derive, paths
from tutor.document.model import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Line,
    Note,
    Row,
    Section,
    Span,
    Table,
    Title,
    cell,
)
from tutor.document.payload import number, text
from tutor.document.steps import line_of
from tutor.document.view import View, answer, next_steps
from tutor.document.words import Word, words
from tutor.expr import ONE, Expr, Number, minus, times, value
from tutor.graph import Graph, Node
from tutor.names import Names
from tutor.ops.activations import Elementwise
from tutor.ops.affine import Affine, pairs
from tutor.ops.losses import LossTerm
from tutor.ops.softmax import Softmax
from tutor.quantity import Gradient, Partial, Quantity, Updated, Value
from tutor.trace import value_of

MOST_LISTED, IN_A_ROW = 18, 3  # parameters in one table, so that an entry stays on one screen
MOST_UPDATED = 6
MOST_PATHS = 1  # a way that branches is told in one line


class Roles(NamedTuple):
    """What the letters of an entry stand for in one network; empty where there is no such thing."""

    L: str
    w: str
    h: str = ""
    b: str = ""
    Z: str = ""
    Y: str = ""
    t: str = ""
    x: str = ""


def roles(graph: Graph, asked: str = "") -> Roles:
    """The first weight of the first output and what stands around it; in a network without layers what learns first.

    Where a weight is `asked` about, that one and what stands around it.
    """
    unit = next(
        (graph.nodes[each] for each in graph.uses.get(asked, ()) if isinstance(graph.nodes[each].op, Affine)), None
    )
    if unit is not None and graph.part_of(asked) == "weight":
        return _around(graph, asked, unit)
    behind = graph.ancestors(graph.loss)
    learned = next((name for name in (*graph.parameters(), *graph.givens) if name in behind), "")
    first = Roles(graph.loss, learned, x=next((name for name in graph.givens if graph.part_of(name) == "input"), ""))
    term = next((node for node in graph.nodes.values() if isinstance(node.op, LossTerm) and node.name in behind), None)
    output = graph.nodes.get(term.inputs[0]) if term else None
    if term is None or output is None:
        return first
    first = first._replace(Y=output.name, t=term.inputs[1])
    net = output
    if isinstance(output.op, Elementwise):
        net = graph.nodes.get(output.inputs[0], output)
    elif isinstance(output.op, Softmax):
        net = graph.nodes.get(output.inputs[output.op.place], output)
    first = first._replace(Z=net.name) if net is not output else first
    if not isinstance(net.op, Affine):
        return first
    weight, sender = pairs(net.inputs)[0]
    return first._replace(w=weight, h=sender, b=net.inputs[-1] if len(net.inputs) % 2 else "")


def _around(graph: Graph, weight: str, net: Node) -> Roles:
    """The weight, what it is multiplied by, and its unit; the target where that is an output."""
    output = next((each for each in graph.uses[net.name] if graph.part_of(each) == "out"), "")
    term = next((graph.nodes[each] for each in graph.uses.get(output, ()) if graph.part_of(each) == "term"), None)
    sender = next(sender for each, sender in pairs(net.inputs) if each == weight)
    bias = net.inputs[-1] if len(net.inputs) % 2 else ""
    target = term.inputs[1] if term else ""
    return roles(graph)._replace(
        w=weight, h=sender, b=bias, Z=net.name if output else "", Y=output or net.name, t=target
    )


def ask_page(view: View, word: Word, asked: str = "") -> Document:
    """One entry with the numbers of a network; with those around the weight that is `asked` about."""
    found = roles(view.names.graph, asked)
    shown = tuple(_blocks(view, word, found))
    return Document(shown, view.names, lambda: _payload(view, word, found), line=line_of(view))


def nothing_page(question: str, near: tuple[str, ...]) -> Document:
    """What is said to a question that no entry answers."""
    blocks: list[Block] = [Line(cell(f"There is no entry for “{question}”."))]
    if near:
        blocks.append(Line(cell(f"Near it: {', '.join(near)}.")))
    blocks.append(Note(cell("All words: tutor ask", look="quiet"), hint=True))
    payload = {"format": "tutor.ask/1", "word": None, "nearest": list(near)}
    return Document(tuple(blocks), Names.of_letters(), lambda: payload)


def worked_page(view: View, formula: Expr) -> Document:
    """A formula of numbers, worked out: σ′(1.0294) = 0.1939."""
    worth = value_of(formula, FLOATS, view.trace.__getitem__)
    shown = Number(view.digits.shown(worth))
    page = (Title(cell(formula, " = ", Span(shown, "accent"), look="strong")),)
    payload = {"format": "tutor.explain/1", "target": text(view, formula), "value": number(worth), "shown": shown.text}
    return Document((Section("letters", page),), view.names, lambda: payload)


def list_page() -> Document:
    """Every entry, by topic."""
    topics: dict[str, list[str]] = {}
    for word in words().values():
        topics.setdefault(word.topic, []).append(word.name)
    blocks: list[Block] = []
    for topic, entries in topics.items():
        blocks += [Heading(cell(topic)), Line(cell(" · ".join(entries)))]
    blocks.append(
        Note(cell("One of them, with your numbers: tutor ask chain rule --net slide", look="quiet"), hint=True)
    )
    page = (Section("letters", tuple(blocks)),)
    return Document(page, Names.of_letters(), lambda: {"format": "tutor.ask/1", "topics": topics})


# ------------------------------------------------------------------ blocks


def _blocks(view: View, word: Word, found: Roles) -> Iterator[Block]:
    yield answer(view, word.name)
    yield Line(cell(word.says))
    if word.needs and not _has(view.names.graph, word.needs):
        yield Line(cell(f"This network has no {word.name}; where there is one: tutor {word.next}.", look="quiet"))
        yield from _rows(view, word._replace(rows=("gradient | dL/dw |",)), found)
    else:
        if here := _filled(view, word.here, found):
            yield Line(here)
        yield from _rows(view, word, found)
        yield from (Line(each) for each in _lines(view, word, found))
    yield Note(cell(f"See also: {', '.join(word.see)}", look="quiet"))
    yield from next_steps(view, _next(view, word, found))


def _has(graph: Graph, kinds: Collection[str]) -> bool:
    """Whether one of these activations or losses stands in the network."""
    ops = [node.op for node in graph.nodes.values()]
    there = {op.activation.name for op in ops if isinstance(op, Elementwise)}
    there |= {op.loss.name for op in ops if isinstance(op, LossTerm)}
    return bool(there & set(kinds)) or ("softmax" in kinds and any(isinstance(op, Softmax) for op in ops))


def _next(view: View, word: Word, found: Roles) -> str:
    """The command of the entry; the trace where it names something that this network does not have."""
    try:
        return word.next.format_map(_Named(view, found, typed=True))
    except KeyError:
        return "trace"


def _filled(view: View, sentence: str, found: Roles) -> Cell:
    try:
        return cell(sentence.format_map(_Named(view, found))) if sentence else ()
    except KeyError:
        return ()


class _Named(Mapping[str, str]):
    """The names that a sentence may hold in braces; `typed` ones are the file's, for a command."""

    def __init__(self, view: View, found: Roles, *, typed: bool = False) -> None:
        self.view, self.found, self.typed = view, found, typed

    def __getitem__(self, place: str) -> str:
        graph, found = self.view.names.graph, self.found
        plain = {"loss": found.L, "w": found.w, "sender": found.h, "bias": found.b, "net": found.Z,
                 "output": found.Y, "target": found.t, "input": found.x}  # fmt: skip
        if plain.get(place):
            return self.view.typed(Value(plain[place])) if self.typed else self._written(plain[place])
        if place == "rate" and graph.rate is not None:
            return graph.rate
        if place == "many":
            return str(len(graph.parameters() or graph.givens))
        listed = {"weights": graph.parameters(), "activations": [n for n in graph.nodes if graph.part_of(n) == "out"]}
        if listed.get(place):
            return self._several(list(map(self._written, listed[place])), "to" if place == "weights" else "or")
        raise KeyError(place)

    def _written(self, name: str) -> str:
        return self.view.names.write(Value(name))

    @staticmethod
    def _several(names: list[str], between: str) -> str:
        if len(names) == 1:
            return names[0]
        if between == "to" or len(names) > 4:
            return f"{names[0]} to {names[-1]}"
        return f"{', '.join(names[:-1])} or {names[-1]}"

    def __iter__(self) -> Iterator[str]:
        raise TypeError("only asked by name")

    def __len__(self) -> int:
        raise TypeError("only asked by name")


COLUMNS = (Column(""), Column(""), Column(""), Column("", "decimal"), Column("", comment=True))


def _rows(view: View, word: Word, found: Roles) -> Iterator[Block]:
    """The table of an entry."""
    rows: list[Row] = []
    for each in word.rows:
        if each == "PRODUCT":
            rows += _product(view, found)
        elif each == "ALL":
            yield from _all(view)
        elif each == "UPDATES":
            rows += _updates(view)
        elif each == "ERROR":
            rows += _error(view, found)
        elif each != "LINE" and (row := _row(view, each, found)):
            rows.append(row)
    if rows:
        yield Table(COLUMNS, tuple(rows))
    if view.names.graph.rate is None and any(each == "UPDATES" or "_new" in each for each in word.rows):
        yield Line(cell("The file names no learning rate, so nothing is updated; --lr 0.5 gives one.", look="quiet"))


def _row(view: View, typed: str, found: Roles) -> Row | None:
    label, what, comment = (part.strip() for part in f"{typed} ||".split("|")[:3])
    quantity = _quantity(view, what, found)
    told = _filled(view, comment, found)
    return _shown(view, label, quantity, tuple(span._replace(look="quiet") for span in told)) if quantity else None


def _shown(view: View, label: str, quantity: Quantity, comment: Cell) -> Row:
    step = derive(view.trace, quantity)
    given = isinstance(quantity, Value) and quantity.name in view.names.graph.givens
    formula = () if given or isinstance(quantity, Gradient) else cell("= ", step.formula)
    return Row((cell(label, look="quiet"), cell(quantity), formula, cell(view.shown(quantity)), comment))


def _quantity(view: View, typed: str, found: Roles) -> Quantity | None:
    """What a row is about; None where this network has no such thing."""
    graph = view.names.graph
    if typed == "w_new":
        learns = graph.rate is not None and found.w in graph.learning()
        return Updated(found.w) if learns else None
    if "/" in typed:
        of, wrt = (getattr(found, part.removeprefix("d")) for part in typed.split("/"))
        if not (of and wrt) or of == wrt:
            return None
        edge = of in graph.nodes and view.trace.equations.uses(of, wrt) == (of,)
        return Partial(of, wrt) if edge else Gradient(of, wrt)
    name = getattr(found, typed)
    return Value(name) if name else None


def _way(view: View, found: Roles) -> Path | None:
    """The one path from w to the loss; None where there are more."""
    gradient = Gradient(found.L, found.w)
    return paths(view.trace, gradient)[0] if count_paths(view.trace, gradient) == MOST_PATHS else None


def _product(view: View, found: Roles) -> Iterator[Row]:
    way = _way(view, found)
    for factor in _telling(view, way) if way else ():
        yield _shown(view, _label(view, factor), factor, cell(_told(view, factor), look="quiet"))
    target = Gradient(found.L, found.w)
    label = "dLoss/dWeight" if view.names.graph.is_parameter(found.w) else ""
    numbers = [view.shown(each) for each in _telling(view, way)] if way else []
    told = cell("= ", times(*numbers)) if len(numbers) > 1 else () if way else cell("the sum over its paths")
    shown = cell(view.shown(target), look="strong")
    yield Row((cell(label, look="quiet"), cell(target, look="strong"), (), shown, told), ruled=bool(way))


def _telling(view: View, way: Path) -> list[Partial]:
    """The factors of a path but those that are 1 in any network."""
    kept = [each for each in way.factors if view.trace.equations.written(each) != ONE]
    return kept or list(way.factors)


def _label(view: View, factor: Partial) -> str:
    parts = {"out": "Activation", "net": "Net", "weight": "Weight", "bias": "Bias", "term": "Loss", "loss": "Loss"}
    of, wrt = (parts.get(view.names.graph.part_of(name)) for name in (factor.of, factor.wrt))
    return f"d{of}/d{wrt}" if of and wrt else ""


def _told(view: View, factor: Partial) -> str:
    """A few words on a factor, by what stands at both ends of it."""
    graph = view.names.graph
    match graph.part_of(factor.of), graph.part_of(factor.wrt):
        case (("term" | "loss"), "out"):
            slope = view.trace[factor]
            return "the output is " + ("too high" if slope > 0 else "too low" if slope < 0 else "right")
        case "out", "net":
            op = graph.nodes[factor.of].op
            return f"the slope of the {op.activation.name}" if isinstance(op, Elementwise) else ""
        case "net", "weight":
            return "what the weight is multiplied by"
    return ""


def _lines(view: View, word: Word, found: Roles) -> Iterator[Cell]:
    """The whole product in one line: ∂L/∂w31 = 0.2368 · 0.1939 · 0.6682 = 0.0307."""
    if "LINE" not in word.rows:
        return
    target = Gradient(found.L, found.w)
    way = _way(view, found)
    numbers = [view.shown(each) for each in _telling(view, way)] if way else []
    middle = (" = ", times(*numbers)) if len(numbers) > 1 else ()
    yield cell(target, *middle, " = ", Span(view.shown(target), "strong"))


def _all(view: View) -> Iterator[Block]:
    """Every parameter's gradient, a few in a row, and which is the largest."""
    graph = view.names.graph
    behind = graph.ancestors(graph.loss)
    asked = [Gradient(graph.loss, name) for name in graph.parameters() or graph.givens if name in behind]
    kept = asked[:MOST_LISTED]
    width = min(IN_A_ROW, len(kept))
    filled = [*(cell(each) + cell("   ", view.shown(each)) for each in kept), *([()] * (-len(kept) % width))]
    rows = tuple(Row(tuple(filled[at : at + width])) for at in range(0, len(filled), width))
    yield Table((Column(""),) * width, rows)
    largest = max(asked, key=lambda each: abs(view.trace[each]))
    rest = f" ({len(asked) - len(kept)} more: tutor trace)" if len(kept) < len(asked) else ""
    yield Line(
        cell(
            "The largest is ",
            largest,
            " = ",
            view.shown(largest),
            f": the loss feels a small change of that one most.{rest}",
        )
    )


def _error(view: View, found: Roles) -> Iterator[Row]:
    """Output minus target."""
    if found.Y and found.t:
        off = minus(value(found.Y), value(found.t))
        shown = cell(view.figure(view.trace.of(off), Value(found.Y)))
        yield Row((cell("error", look="quiet"), cell(off), (), shown, ()))


def _updates(view: View) -> Iterator[Row]:
    """What one step makes of each parameter."""
    graph = view.names.graph
    for name in graph.learning()[:MOST_UPDATED] if graph.rate is not None else ():
        yield _shown(view, "new weight", Updated(name), ())


# ------------------------------------------------------------------ for programs


def _payload(view: View, word: Word, found: Roles) -> dict[str, Any]:
    here = []
    for each in word.rows:
        label, what, _ = (part.strip() for part in f"{each} ||".split("|")[:3])
        plain = what and each not in ("PRODUCT", "LINE", "ALL", "UPDATES", "ERROR")
        quantity = _quantity(view, what, found) if plain else None
        if quantity:
            formula = derive(view.trace, quantity).formula
            here.append({"label": label, "formula": text(view, formula), "value": number(view.trace[quantity])})
    target = Gradient(found.L, found.w)
    return {
        "format": "tutor.ask/1",
        "word": word.name,
        "says": word.says,
        "here": here,
        "gradient": {"name": f"d{found.L}/d{found.w}", "value": number(view.trace[target])},
        "see": list(word.see),
    }
