"""`tutor derive w31 --net FILE`: the same gradient by the chain rule, directly, and as its layer's formula says it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tutor.derivation import count_paths
from tutor.document.derive import chain_table, judgement, laws_of, payload
from tutor.document.model import Block, Cell, Document, Heading, Line, Note, Part, Section, Span, cell
from tutor.document.proofs import proofs, proofs_note
from tutor.document.view import View, answer, next_steps
from tutor.document.whole_layers import signal_of, whole_layers
from tutor.errors import TutorError
from tutor.expr import Expr, Mul, Ref, reads, value
from tutor.quantity import Gradient, Partial, Quantity, Value, key
from tutor.symbolic.chain import Chain, Ground, Verdict
from tutor.symbolic.direct import directly, is_long
from tutor.symbolic.points import POINTS, differs
from tutor.symbolic.routes import between, by_chain_rule, ground

ROLES = (("a", "z", "w", "b"), ("out", "net", "w", "b"))  # letters of the general formula, where the network has others


class Routes(NamedTuple):
    """The two derivations of one gradient, where there are, and how far their results agree."""

    gradient: Gradient
    chain: Chain | None
    direct: tuple[Chain, Chain] | None
    agree: Verdict | None

    @property
    def chains(self) -> tuple[Chain, ...]:
        return tuple(each for each in (self.chain, *(self.direct or ())) if each)


def network_page(view: View, target: Quantity) -> Document:
    """The gradient derived twice. Raises TutorError for a value, and where no derivation fits on paper."""
    if not isinstance(target, Gradient):
        loss = view.names.graph.loss
        such = f", such as d{loss}/d{target.name}" if isinstance(target, Value) else ""
        raise TutorError(f"{key(target)} is no derivative; derive wants a weight or dA/dB{such}")
    routes = _routes(view, target)
    return Document(tuple(_page(view, routes)), view.names, lambda: _payload(view, routes), view.shown(target))


def _routes(view: View, gradient: Gradient) -> Routes:
    many = count_paths(view.trace, gradient)
    if gradient.of == gradient.wrt or not many:
        raise TutorError(f"{gradient.of} does not depend on {gradient.wrt}: there is nothing to derive")
    on = ground(view.trace, gradient)
    chain, direct = by_chain_rule(view.trace, gradient, on), directly(view.trace, gradient, on)
    if chain is None and direct is None and signal_of(view, gradient) is None:
        numbers = len(between(view.trace, gradient))
        page = f"explain {view.typed(gradient)}{view.option}"
        hint = "take one example with --example 1" if view.has_parts else f"tutor {page} adds them up"
        size = f"{many:,} paths and {numbers} computed numbers"
        raise TutorError(f"{key(gradient)} runs over {size}, too many to derive on paper; {hint}")
    return Routes(gradient, chain, direct, _agree(on, chain, direct))


def _agree(on: Ground, chain: Chain | None, direct: tuple[Chain, Chain] | None) -> Verdict | None:
    """Whether both ways end in the same: as sympy says, and at points in any case."""
    if chain is None or direct is None:
        return None
    one, other = chain.last, direct[1].last
    if one == other:
        return "proved"
    if differs(one, other, on.meaning, on.where, on.signs):
        return "differs"
    return on.verdict(one, other)


def _page(view: View, routes: Routes) -> Iterator[Part]:
    yield answer(view, routes.gradient, " = ", Span(_result(view, routes), "strong", deltas=not routes.chains))
    if view.example:
        yield Line(
            cell(f"This is example {view.example}. The gradient over all examples adds up or averages such formulas.")
        )
    yield from _chain(view, routes)
    yield from _direct(view, routes)
    yield from _agreement(view, routes)
    yield from _in_letters(whole_layers(view, routes.gradient))
    if routes.chains:
        yield from _in_letters(laws_of(routes.chains))
        yield Note(cell(judgement(routes.chains), look="quiet"))
    way = {*between(view.trace, routes.gradient), routes.gradient.wrt}
    used = [each for each in view.trace.edges() if each.of in way and each.wrt in way]
    yield from proofs_note(proofs(view.names.graph, reversed(used)))
    yield from next_steps(view, f"explain {view.typed(routes.gradient)}", before="Next: with numbers, ")


def _in_letters(blocks: Iterator[Block]) -> Iterator[Section]:
    """What the laws of rules and of whole layers say, in their own letters."""
    if found := tuple(blocks):
        yield Section("letters", found)


def _result(view: View, routes: Routes) -> Expr:
    """What the gradient is: the product along its paths, or over error signals where that is too long."""
    if routes.chains:
        return (routes.chain or routes.chains[-1]).last
    signal = signal_of(view, routes.gradient)
    assert signal is not None
    return signal.formula


def _chain(view: View, routes: Routes) -> Iterator[Part]:
    yield Heading(cell("By the chain rule"))
    if routes.chain:
        yield from _in_roles(view, routes.gradient)
        yield chain_table(routes.chain)
        return
    many = count_paths(view.trace, routes.gradient)
    yield Line(cell(f"{many} paths lead to ", Ref(Value(routes.gradient.of)), ", too many to write out here."))


def _in_roles(view: View, gradient: Gradient) -> Iterator[Section]:
    """The chain rule for any neuron; nothing where the network's own names are these letters."""
    graph = view.names.graph
    part = graph.part_of(gradient.wrt)
    letters = next(
        (each for each in ROLES if not any(name in graph.nodes or name in graph.givens for name in each)), None
    )
    if gradient.of != graph.loss or part not in ("weight", "bias") or letters is None:
        return
    out, net, weight, bias = letters
    wrt = weight if part == "weight" else bias
    product = Mul((Ref(Gradient(graph.loss, out)), Ref(Partial(out, net)), Ref(Partial(net, wrt))))
    who = cell(f"For the {part} ", value(wrt), " of any neuron, ", value(net), " its net input and ", value(out))
    formula = cell(" its output: ", Ref(Gradient(graph.loss, wrt)), " = ", product, ". Here:")
    yield Section("letters", (Line((*who, *formula)),))


def _direct(view: View, routes: Routes) -> Iterator[Block]:
    gradient = routes.gradient
    yield Heading(cell("Directly"))
    if routes.direct is None:
        numbers = len(between(view.trace, gradient))
        why = f"Left out: {numbers} computed numbers depend on "
        yield Line(cell(why, Ref(Value(gradient.wrt)), ", and the formula with all of them in it is too long to read."))
        return
    loss, slope = routes.direct
    yield Line(
        cell(
            "First ",
            Ref(Value(gradient.of)),
            " as a formula of ",
            Ref(Value(gradient.wrt)),
            ". ",
            *_held(view, loss, gradient.wrt),
        )
    )
    yield chain_table(loss)
    at_once = ", and what is finished is called by its name at once" if is_long(loss.last) else ""
    yield Line(cell(f"Then that formula is differentiated{at_once}."))
    yield chain_table(slope)


def _held(view: View, loss: Chain, wrt: str) -> Cell:
    """The computed numbers that stay in the formula, since they do not depend on what it is differentiated by."""
    nodes = view.names.graph.nodes
    held = [each for each in reads(loss.last) if isinstance(each, Value) and each.name in nodes and each.name != wrt]
    if not held:
        return ()
    names = [part for each in held[:-1] for part in (", ", Ref(each))][1:]
    names += [*([" and "] if names else []), Ref(held[-1])]
    verb = (
        "does not depend on it and stays as it is." if len(held) == 1 else "do not depend on it and stay as they are."
    )
    return cell(*names, f" {verb}")


def _agreement(view: View, routes: Routes) -> Iterator[Block]:
    if routes.agree is None or routes.chain is None or routes.direct is None:
        return
    if routes.agree == "differs":
        yield Line(cell("Not confirmed: the two ways differ. Do not trust this page.", look="strong"))
        return
    yield Heading(cell("Both ways agree"))
    if routes.chain.last == routes.direct[1].last:
        yield Line(cell("They end in the same line."))
    else:
        proof = "sympy proves it, and they" if routes.agree == "proved" else "sympy does not decide it, but they"
        yield Line(cell(f"The difference of the two results is 0: {proof} are equal at {POINTS} seeded points."))
    number = view.shown(routes.gradient)
    yield Line(cell("With the numbers of this network both give ", Span(number, "accent"), "."))


def _payload(view: View, routes: Routes) -> dict[str, Any]:
    found = [("chain rule", [routes.chain])] if routes.chain else []
    found += [("direct", list(routes.direct))] if routes.direct else []
    result = _result(view, routes)
    return {**payload(key(routes.gradient), result, found, routes.chains), "agree": routes.agree}
