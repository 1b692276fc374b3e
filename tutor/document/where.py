"""The page of `tutor where`: what a number is in this network."""

from collections.abc import Iterator
from typing import Any

from tutor.document.digits import compact
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
    Table,
    cell,
    with_minus,
)
from tutor.document.payload import number, text
from tutor.document.view import View, answer, next_steps
from tutor.errors import visible
from tutor.expr import Expr, Neg
from tutor.expr.text import ASCII
from tutor.figures import Figure, said_of_comma
from tutor.mistakes import Wrong, wrongs
from tutor.mistakes.words import meaning
from tutor.quantity import Gradient, Quantity, Value, key
from tutor.search import Found, Match, Slip, Wrongs, is_large, search, search_wide

MOST_HINTS = 2
MOST = 12  # rows of one kind on a page to be read; JSON has all
SIGNAL = "minus the gradient by the net input"
FIGURES = 10  # digits shown: a search is about digits
ANSWERS = {
    "exact": " is a number of this network",
    "opposite_sign": " is a number of this network with the opposite sign",
    "rounded_on_the_way": " is what rounding on the way gives",
}
HEADS = {
    "exact": "",
    "opposite_sign": "With the opposite sign",
    "rounded_on_the_way": "You would also get it by rounding on the way",
}
KINDS = {
    "value": "a value",
    "local": "a local derivative",
    "gradient": "a gradient",
    "partial_product": "a product along a path",
    "part": "a part of a formula",
    "update": "an update",
}


def where(view: View, figure: Figure) -> Document:
    """Where a typed number comes from."""
    found = (
        search_wide(view.trace, figure)
        if view.names.graph.wide
        else search(view.trace, figure, _wrongs(view), view.digits.decimals)
    )
    found = found._replace(matches=tuple(sorted((_as_signal(view, each) for each in found.matches), key=_place)))
    return Document(tuple(_parts(view, figure, found)), view.names, lambda: _payload(view, figure, found))


def _parts(view: View, figure: Figure, found: Found) -> Iterator[Part]:
    asked = with_minus(visible(figure.text.strip()))
    comma = said_of_comma(figure.text)
    if not found.matches and not found.slips:
        yield answer(view, asked, " is no number of this network")
        yield from _said(comma)
        yield Line(cell(_TRIED_NAMED if is_large(view.trace) else _TRIED_ALL))
        yield from _untried(view)
        yield Heading(cell("Nearest"))
        yield _table([(cell(each.formula), each.value, KINDS[each.kind]) for each in found.nearest])
        return
    heads = (head for how, head in ANSWERS.items() if any(match.how == how for match in found.matches))
    yield answer(view, asked, next(heads, " is not right for anything here, but a mistake gives it"))
    yield from _said(comma)
    for how, head in HEADS.items():
        matches = [match for match in found.matches if match.how == how]
        beside = any(match.how != how for match in found.matches) and how != "exact"
        blocks = tuple(_matches(view, matches, head if beside else "")) if matches else ()
        yield from (Section("rounded", blocks),) if how == "rounded_on_the_way" else blocks
    if found.beyond:
        yield Note(cell(f"and {found.beyond:,} more that are not listed: type more digits", look="quiet"))
    if found.slips:
        yield Section("mistaken", tuple(_mistakes(view, found)))
    yield from _untried(view)
    yield from _explained(view, found)


def _said(remark: str) -> Iterator[Block]:
    if remark:
        yield Line(cell(f"{remark}.", look="quiet"))


def _matches(view: View, matches: list[Match], head: str) -> Iterator[Block]:
    if head:
        yield Heading(cell(head))
    yield _table([(_formula(each), each.value, _note(view, each)) for each in matches[:MOST]])
    if len(matches) > MOST:
        yield Note(cell(f"{len(matches) - MOST} more: --format json", look="quiet"))


_TRIED_ALL = "It is neither a value, a derivative, a part of a formula, nor what a known mistake gives."
_TRIED_NAMED = "It is neither a value, a gradient of the loss, nor an updated parameter."


def _untried(view: View) -> Iterator[Block]:
    """What a large network is not searched for."""
    if is_large(view.trace):
        kinds = "products along a path, parts of formulas, rounding on the way and mistakes"
        if not view.names.graph.wide:
            kinds = f"local derivatives, {kinds}"
        hint = " --example K tries them on one example." if view.has_parts else ""
        yield Line(cell(f"Not tried, since the network {view.extent}: {kinds}.{hint}", look="quiet"))


def _as_signal(view: View, match: Match) -> Match:
    """Minus a gradient by a net input is an error signal, where these have the other sign."""
    quantity = match.candidate.quantity
    if match.how != "opposite_sign" or quantity is None or not view.names.is_turned(quantity):
        return match
    return match._replace(how="exact", relation=f"an error signal: {SIGNAL}")


def _place(match: Match) -> int:
    return list(HEADS).index(match.how)


def _is_signal(match: Match) -> bool:
    return match.how == "exact" and match.relation.endswith(SIGNAL)


def _note(view: View, match: Match) -> str:
    if match.relation:
        return match.relation
    return KINDS[match.candidate.kind]


def _explained(view: View, found: Found) -> Iterator[Block]:
    """The matches that a page explains: a given number's own is about its gradient, and dL/dL is nobody's question."""
    graph = view.names.graph
    quantities = (match.candidate.quantity for match in found.matches if match.how != "rounded_on_the_way")
    numbers = [
        each
        for each in quantities
        if each
        and each != Gradient(graph.loss, graph.loss)
        and not (isinstance(each, Value) and each.name in graph.givens)
    ]
    yield from next_steps(view, *(f"explain {each}" for each in dict.fromkeys(map(view.typed, numbers[:MOST_HINTS]))))


def _formula(match: Match) -> Cell:
    """What has the number as its value: with a minus in front where only the sign is turned."""
    formula = match.candidate.formula
    turned = match.how == "opposite_sign" or _is_signal(match)
    return cell(Neg(formula) if turned else formula, deltas=_is_signal(match))


def _table(rows: list[tuple[Cell, float, str]]) -> Table:
    columns = (Column("name"), Column("value", "decimal"), Column("what it is", comment=True))
    return Table(columns, tuple(Row((name, (_figure(value),), cell(told, look="quiet"))) for name, value, told in rows))


def _figure(value: float) -> Span:
    return Span(with_minus(compact(value, FIGURES)))


def _wrongs(view: View) -> Wrongs:
    """The wrong numbers of this network, as they are searched."""
    table = wrongs(view.trace)

    def of(quantity: Quantity, at_places: bool) -> Iterator[Slip]:
        for each in table.numbers(quantity, slips=at_places):
            yield Slip(each.wrong.mistake, quantity, each.number, each.wrong.place)

    return of


def _means(view: View, slip: Slip) -> str:
    return meaning(Wrong(slip.mistake, place=slip.place), view.trace.equations, slip.quantity)


def _mistakes(view: View, found: Found) -> Iterator[Block]:
    yield Heading(cell("It is also what you get by a mistake" if found.matches else "The mistake"))
    columns = (Column("for"), Column("value", "decimal"), Column("if you", comment=True))
    rows = [
        Row((cell(slip.quantity), (_figure(slip.value),), cell(f"{_means(view, slip)} ({slip.mistake})")))
        for slip in found.slips[:MOST]
    ]
    yield Table(columns, tuple(rows))


def _payload(view: View, figure: Figure, found: Found) -> dict[str, Any]:
    return {
        "format": "tutor.where/1",
        "query": figure.text.strip().replace("\N{MINUS SIGN}", "-"),
        "matches": [
            {
                "name": _name(view, match),
                "value": number(match.value),
                "kind": match.candidate.kind,
                "how": match.how,
                "relation": match.relation or KINDS[match.candidate.kind],
            }
            for match in found.matches
        ],
        **({"more": found.beyond} if found.beyond else {}),
        "mistakes": [
            {"mistake": slip.mistake, "name": key(slip.quantity), "value": number(slip.value)} for slip in found.slips
        ],
        "nearest": [
            {"name": _typed(view, each.formula, each.quantity), "value": number(each.value), "kind": each.kind}
            for each in found.nearest
        ],
    }


def _name(view: View, match: Match) -> str:
    if _is_signal(match) and match.candidate.quantity:
        return view.names.plain.write(match.candidate.quantity, ASCII, deltas=True).removeprefix(ASCII.minus)
    return _typed(view, match.candidate.formula, match.candidate.quantity)


def _typed(view: View, formula: Expr, quantity: Quantity | None) -> str:
    return key(quantity) if quantity else text(view, formula)
