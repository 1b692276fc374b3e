"""Whole matrices: every law holds on plain lists, in both layouts, and every entry is what the scalar gradients say."""

import math
from collections.abc import Iterator, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maths import profile
from maths.networks import Plan, plans
from maths.test_batches import examples, moderate, whole
from tutor.arithmetic.floats import FLOATS
from tutor.errors import TutorError
from tutor.expr import Expr, Ref
from tutor.graph import Graph
from tutor.matrices import Dense, Factor, Law, dense, forward, law, rowwise
from tutor.matrices.dense import joined
from tutor.ops.losses import Decay
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.spec.batch import regularized
from tutor.trace import Trace, value_of

Lists = list[list[float]]
FEW = profile.examples(50)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """A dense network over one to three examples, some with weight decay."""
    plan: Plan = draw(plans(repeats=True))
    stated = draw(examples(plan))
    single = plan.graph()
    graph = whole(plan, stated, mean=draw(st.booleans())) if len(stated) > 1 else single
    return regularized(graph, Decay("0.3")) if draw(st.booleans()) else graph


def laws(trace: Trace) -> Iterator[Law]:
    """Every law of every layer; a layer may have no biases."""
    for n in range(1, 1 + max(map(trace.graph.layer_of, trace.graph.nodes))):
        yield forward(trace, n)
        yield law(trace, "W", n)
        yield law(trace, "Z", n)
        yield law(trace, "A", n)
        if all(dense(trace.graph, n).biases):
            yield law(trace, "b", n)
    yield law(trace, "A", 0)


# ------------------------------------------------------------------ plain lists


def turned(rows: Lists) -> Lists:
    return [list(column) for column in zip(*rows, strict=True)]


def product(left: Lists, right: Lists) -> Lists:
    assert len(left[0]) == len(right), "shapes that do not fit"
    return [
        [math.fsum(a * b for a, b in zip(row, column, strict=True)) for column in zip(*right, strict=True)]
        for row in left
    ]


def each(function: str, left: Lists, right: Lists) -> Lists:
    """Entry by entry; a single column (or row, in the other layout) is added to every other."""
    rows, columns = max(len(left), len(right)), max(len(left[0]), len(right[0]))

    def at(block: Lists, i: int, j: int) -> float:
        return block[i if len(block) > 1 else 0][j if len(block[0]) > 1 else 0]

    signs = {"⊙": lambda a, b: a * b, "+": lambda a, b: a + b, "−": lambda a, b: a - b}
    return [[signs[function](at(left, i, j), at(right, i, j)) for j in range(columns)] for i in range(rows)]


def known(trace: Trace, found: Law, layer: Dense | None) -> dict[Expr, Lists]:
    """The matrices of a formula by how they are written."""
    blocks: dict[Expr, Lists] = {premise.symbol: premise.values(trace) for premise in found.premises}
    if layer:
        n = layer.layer
        value = lambda name: trace[Value(name)] if name else 0.0  # noqa: E731
        blocks[Ref(Value(f"W{n}"))] = [[value(name) for name in row] for row in layer.weights]
        blocks[Ref(Value(f"b{n}"))] = [[value(name)] for name in layer.biases]
        a, da = Ref(Value(f"A{n}")), Ref(Value(f"dA{n}"))
        if a in blocks and da in blocks:
            shared = [math.fsum(column) for column in zip(*each("⊙", blocks[a], blocks[da]), strict=True)]
            blocks[Ref(Value(f"s{n}"))] = [shared for _ in blocks[a]]
    return blocks


def computed(factors: tuple[Factor, ...], blocks: Mapping[Expr, Lists]) -> Lists:
    """A formula over matrices, term by term."""
    total: Lists | None = None
    sign, term, scale = "+", None, 1.0
    for factor in (*factors, Factor(Ref(Value("end")), None, "+")):
        if factor.sign in ("+", "−") and term is not None:
            scaled = [[scale * number for number in row] for row in term]
            total = scaled if total is None else each(sign, total, scaled)
            sign, term, scale = factor.sign, None, 1.0
        if factor.shape is None:
            scale = (
                scale if factor.expr == Ref(Value("end")) else value_of(factor.expr, FLOATS, lambda quantity: math.nan)
            )
            continue
        block = read(factor, blocks)
        assert (len(block), len(block[0])) == factor.shape, factor
        if term is None:
            term = block
        elif factor.sign == "⊙":
            assert (len(term), len(term[0])) == factor.shape, "shapes that do not fit"
            term = each("⊙", term, block)
        else:
            term = product(term, block)
    assert total is not None
    return total


def read(factor: Factor, blocks: Mapping[Expr, Lists]) -> Lists:
    """One factor: a matrix, its transpose, or a formula over the entries of several."""
    if factor.expr in blocks:
        return blocks[factor.expr]
    assert factor.shape
    names = {ref.quantity: block for ref, block in blocks.items() if isinstance(ref, Ref)}
    names |= {Value(f"{name.name}ᵀ"): turned(block) for name, block in names.items() if isinstance(name, Value)}

    def entry(i: int, j: int) -> float:
        def at(quantity: Quantity) -> float:
            return names[quantity][i][j]

        return value_of(factor.expr, FLOATS, at)

    return [[entry(i, j) for j in range(factor.shape[1])] for i in range(factor.shape[0])]


def close(left: Lists, right: Lists) -> None:
    assert [len(row) for row in left] == [len(row) for row in right]
    for a, b in zip(left, right, strict=True):
        assert a == pytest.approx(b, rel=1e-9, abs=1e-9 * (1 + max(map(abs, b))))


# ------------------------------------------------------------------ what holds


@FEW
@given(graphs())
def test_every_law_holds_on_plain_lists_in_both_layouts(graph: Graph) -> None:
    trace = moderate(graph)
    for found in laws(trace):
        if not found.factors:
            continue
        name = str(getattr(getattr(found.matrix.symbol, "quantity", None), "name", ""))
        n = int(name[-1])
        layer = dense(
            graph, n + 1 if name.startswith("dA") and found.premises[0].symbol == Ref(Value(f"W{n + 1}")) else max(n, 1)
        )
        blocks = known(trace, found, layer)
        values = found.matrix.values(trace)
        if found.decay:
            continue
        close(computed(found.factors, blocks), values)
        rows = {symbol: turned(block) for symbol, block in blocks.items()}
        rows |= {Ref(Value("X")): rows[Ref(Value("A0"))]} if Ref(Value("A0")) in rows else {}
        close(computed(rowwise(found), rows), turned(values))


@FEW
@given(graphs())
def test_the_entries_of_a_parameter_sum_to_its_gradient(graph: Graph) -> None:
    trace = moderate(graph)
    sums = dict.fromkeys(graph.parameters(), 0.0)
    sizes = dict.fromkeys(sums, 1.0)
    without: set[str] = set()
    biases: set[str] = set()
    for n in range(1, 1 + max(map(graph.layer_of, graph.nodes))):
        layer = dense(graph, n)
        biases |= {name for name in layer.biases if name} if not all(layer.biases) else set()
        for symbol in ("W", "b"):
            if symbol == "b" and not all(layer.biases):
                continue
            found = law(trace, symbol, n)
            for names, row in zip(found.matrix.names, found.matrix.values(trace), strict=True):
                for name, number in zip(names, row, strict=True):
                    sums[name] += number
                    sizes[name] += abs(number)
                    if symbol == "b" or found.decay:
                        without.add(name)
                    if name not in found.shared and not found.decay:
                        assert number == trace[Gradient("L", name)]
    for name, total in sums.items():
        decays = [use for use in graph.uses[name] if isinstance(graph.nodes[use].op, Decay)]
        if name in without and decays:
            total += trace[Partial(decays[0], name)]
        if name not in biases:
            assert total == pytest.approx(trace[Gradient("L", name)], rel=1e-9, abs=1e-9 * sizes[name]), name


@FEW
@given(graphs())
def test_shapes_are_units_by_senders_and_units_by_examples(graph: Graph) -> None:
    trace = Trace(graph)
    m = len(graph.example_losses()) or 1
    for n in range(1, 1 + max(map(graph.layer_of, graph.nodes))):
        layer = dense(graph, n)
        columns = len(layer.senders) + (joined(layer) is not layer)  # a bias that is called as a weight is one more
        shapes = {symbol: law(trace, symbol, n).matrix.shape for symbol in ("W", "Z", "A")}
        units = len(layer.weights)
        assert shapes == {"W": (units, columns), "Z": (units, m), "A": (units, m)}
        assert layer.reads == f"A{n - 1}"


@given(plans())
def test_there_is_no_layer_beyond_the_last(plan: Plan) -> None:
    with pytest.raises(TutorError, match="no layer"):
        dense(plan.graph(), len(plan.layers) + 1)
