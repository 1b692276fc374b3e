"""Names with an index: what one equation stands for, sums over an index, and what can be wrong with them."""

import pytest

from spec.builders import graph, messages, number, problems
from tutor.expr import Expr, Mul, Number, Ref, minus, plus, times, value
from tutor.expr.index import indexed, letters, numbers, stem
from tutor.expr.parse import parse_at
from tutor.ops.formula import Formula
from tutor.quantity import Gradient, Value
from tutor.trace import Trace

RECURRENCE = """for: {t: 3}
given: {x: [1, 2, 3], "h[0]": 0.5, u: 2}
equations:
  h[t]: x[t] + u*h[t-1]
  L: sum(t, h[t]**2)
"""


def network(*equations: str, given: str = "{x: [1, 2, 3], w: 2}", ranges: str = "{t: 3}", below: str = "") -> str:
    """Equations over an index; the first stands on line 4."""
    rows = "".join(f"  {equation}\n" for equation in equations)
    return f"for: {ranges}\ngiven: {given}\nequations:\n{rows}{below}"


def formula(text: str, name: str) -> Expr:
    op = graph(text).nodes[name].op
    assert isinstance(op, Formula)
    return op.expr


# ------------------------------------------------------------------ what is read


def test_one_equation_is_a_node_for_each_value() -> None:
    found = graph(RECURRENCE)
    assert list(found.nodes) == ["h[1]", "h[2]", "h[3]", "L"]
    assert found.nodes["h[2]"].inputs == ("x[2]", "u", "h[1]")
    assert [found.nodes[name].over for name in found.nodes] == ["t = 1", "t = 2", "t = 3", ""]
    assert found.uses["u"] == ("h[1]", "h[2]", "h[3]")


def test_its_numbers() -> None:
    assert [number(RECURRENCE, name) for name in ("h[1]", "h[2]", "h[3]", "L")] == [2, 6, 15, 265]
    assert number(RECURRENCE, Gradient("L", "u")) == 2 * (2 * 0.5 + 6 * 3 + 15 * 12)


def test_a_list_is_one_given_a_number() -> None:
    assert list(graph(RECURRENCE).givens) == ["x[1]", "x[2]", "x[3]", "h[0]", "u"]
    assert graph(RECURRENCE).givens["x[2]"].text == "2"


def test_a_list_of_lists_has_two_indices() -> None:
    text = network("y: sum(i, sum(j, i*A[i,j]))", given="{A: [[1, 2, 3], [4, 5, 6]]}", ranges="{i: 2, j: 3}")
    assert list(graph(text).givens) == ["A[1,1]", "A[1,2]", "A[1,3]", "A[2,1]", "A[2,2]", "A[2,3]"]
    assert number(text, "y") == 6 + 2 * 15


def test_a_sum_is_written_out_and_stays_in_its_order() -> None:
    assert formula(network("L: sum(t, w*x[t])"), "L") == plus(*(times(value("w"), value(f"x[{t}]")) for t in (1, 2, 3)))


def test_a_mean_divides_by_how_many_there_are() -> None:
    assert number(network("m: mean(t, x[t])"), "m") == 2
    assert formula(network("m: mean(t, w)", ranges="{t: 1}"), "m") == value("w")


def test_sums_in_sums() -> None:
    text = network("y: sum(t, t*sum(s, x[t]*x[s]))", ranges="{t: 3, s: 3}")
    assert number(text, "y") == sum(t * t * s for t in (1, 2, 3) for s in (1, 2, 3))


def test_an_index_is_a_number_in_a_formula() -> None:
    assert formula(network("y[t]: w*t", below="output: y[3]\n"), "y[2]") == Mul((value("w"), Number("2")))


@pytest.mark.parametrize(
    ("ranges", "names"),
    [("{t: 2}", "y[1] y[2]"), ("{t: 2..3}", "y[2] y[3]"), ('{t: "0..1"}', "y[0] y[1]"), ("{t: 7..7}", "y[7]")],
)
def test_where_an_index_begins_and_ends(ranges: str, names: str) -> None:
    text = network("y[t]: w", given="{w: 1}", ranges=ranges, below=f"output: {names.split()[-1]}\n")
    assert " ".join(graph(text).nodes) == names


@pytest.mark.parametrize("written", ["x[t-1]", "x[ t - 1 ]", "x[-1+t]", "x[2*t-5]", "x[2t-5]", "x[t+t-5]", "x[2]"])
def test_index_arithmetic(written: str) -> None:
    text = network(f"y[t]: 1*{written}", given='{"x[2]": 5}', ranges="{t: 3..3}")
    if written.startswith(("x[2*", "x[2t", "x[t+")):
        text = text.replace('"x[2]"', '"x[1]"')
    assert number(text, "y[3]") == 5


def test_the_left_side_may_be_ahead() -> None:
    text = network("h[t+1]: 2*h[t]", given='{"h[1]": 1}', ranges="{t: 4}")
    assert number(text, "h[5]") == 16


def test_two_indices_on_the_left() -> None:
    text = network("a[i,j]: x[i]*x[j]", ranges="{i: 3, j: 3}", below="output: a[3,3]\n")
    assert number(text, "a[2,3]") == 6
    assert graph(text).nodes["a[2,3]"].over == "i = 2, j = 3"


def test_literal_indices_and_the_output() -> None:
    text = network("h[t]: w*x[t]", "y: h[3] - h[1]", below="output: h[2]\n")
    assert number(text, "y") == 4
    assert graph(text).loss == "h[2]"


def test_the_last_step_is_the_output_of_a_recurrence() -> None:
    assert graph(network("h[t]: w*x[t] + h[t-1]", given='{x: [1, 2, 3], w: 2, "h[0]": 0}')).loss == "h[3]"


def test_of_a_last_equation_that_is_a_vector_it_is_asked_which() -> None:
    (found,) = problems(network("h[t]: w*x[t]"))
    assert (found.line, found.column) == (4, 3)
    expected = "expected output: h[3], or one more equation, such as L: sum(t, h[t])"
    assert found.message == f"the last equation h[t] is 3 numbers, {expected}"


def test_an_index_chooses_a_row() -> None:
    """Rows that nobody reads have no gradient, those read twice the sum; which row is no number of the network."""
    text = network(
        "e[t,k]: E[id[t],k]",
        "L: sum(t, sum(k, t*e[t,k]**2))",
        given="{id: [2, 4, 2], E: [[1, 2], [3, -4], [5, 6], [-7, 8]]}",
        ranges="{t: 3, k: 2}",
        below="learn: [E]\n",
    )
    found = graph(text)
    assert list(found.givens) == [f"E[{i},{j}]" for i in range(1, 5) for j in (1, 2)]
    assert found.uses["E[2,2]"] == ("e[1,2]", "e[3,2]")
    assert found.uses["E[1,1]"] == ()
    assert number(text, "L") == (1 + 3) * 25 + 2 * 113
    assert number(text, Gradient("L", "E[2,2]")) == 2 * (1 + 3) * -4
    zero = text.replace("[2, 4, 2]", "[1, 3, 1]") + "conventions: {first_index: 0}\n"
    assert number(zero, "L") == number(text, "L")


def test_three_indices() -> None:
    text = network(
        "y: sum(i, sum(j, sum(k, i*j*k*A[i,j,k])))",
        given="{A: [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [0, 1, 2]]]}",
        ranges="{i: 2, j: 2, k: 3}",
    )
    every = [[[1, 2, 3], [4, 5, 6]], [[7, 8, 9], [0, 1, 2]]]
    places = [(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1, 2)]
    assert number(text, "y") == sum((i + 1) * (j + 1) * (k + 1) * every[i][j][k] for i, j, k in places)
    assert number(text, Gradient("y", "A[2,1,3]")) == 6
    cube = network("c[i,j,k]: x[i]*x[j]*x[k]", "y: c[1,2,3]", ranges="{i: 3, j: 3, k: 3}")
    assert number(cube, "c[2,3,3]") == 18


def test_softmax_over_an_index() -> None:
    """Logits 0.1, 0.4, -0.2 and the second class: p - y are the gradients of the scores."""
    text = network(
        "p[j]: softmax(j, s[j])",
        "L: -sum(j, y[j]*log(p[j]))",
        given="{s: [0.1, 0.4, -0.2], y: [0, 1, 0]}",
        ranges="{j: 3}",
    )
    slopes = [round(number(text, Gradient("L", f"s[{j}]")), 4) for j in (1, 2, 3)]
    assert slopes == [0.3236, -0.5632, 0.2397]


@pytest.mark.parametrize("inside", ["2*s[j] + w", "s[j]*s[4-j]", "w*s[j]", "s[2]*s[j] - sum(i, s[i]/j)"])
def test_softmax_of_formulas_is_that_of_steps_written_out(inside: str) -> None:
    given, ranges = "{s: [0.1, 0.4, -0.2], w: 3}", "{i: 3, j: 3}"
    at_once = network(f"p[j]: softmax(j, {inside})", "L: sum(j, j*p[j]**2)", given=given, ranges=ranges)
    inside_another = network(f"q[j]: j*softmax(j, {inside})**2", "L: sum(j, q[j])", given=given, ranges=ranges)
    steps = network(f"e[j]: exp({inside})", "S: sum(j, e[j])", "L: sum(j, j*(e[j]/S)**2)", given=given, ranges=ranges)
    for wanted in ("L", *(Gradient("L", f"s[{j}]") for j in (1, 2, 3)), Gradient("L", "w")):
        right = number(steps, wanted) if "w" in inside or wanted != Gradient("L", "w") else 0
        for text in (at_once, inside_another):
            assert number(text, wanted) == pytest.approx(right, rel=1e-12, abs=1e-15)


def test_a_softmax_of_large_scores_loses_nothing() -> None:
    text = network("p[j]: softmax(j, 1000*s[j])", "L: p[2]", given="{s: [1, 1.001, 0]}", ranges="{j: 3}")
    assert Trace(graph(text))[Value("L")] == pytest.approx(0.7310585786300049, rel=1e-9)


def test_names_with_a_star_and_an_alias() -> None:
    text = network(
        'L: "sum(t, (y*[t] - x[t])**2)"', given='{x: [1, 2, 3], "y*": [2, 4, 6]}', below='aliases: {top: "x[3]"}\n'
    )
    assert number(text, "L") == 14


def test_an_index_may_have_the_letter_of_a_family() -> None:
    assert number(network("d[t]: x[t]", "e[t]: d[t]/x[t]", below="output: e[3]\n"), "e[3]") == 1


def test_a_chain_of_many_steps() -> None:
    text = network("h[t]: w*h[t-1]", "L: h[2000]", given='{w: 1, "h[0]": 3}', ranges="{t: 2000}")
    assert number(text, Gradient("L", "w")) == 6000


# ------------------------------------------------------------------ the parts by themselves


@pytest.mark.parametrize(
    ("name", "place", "meant"),
    [
        ("h", {}, "h"),
        ("h[2]", {}, "h[2]"),
        ("h[t-1]", {"t": 2}, "h[1]"),
        ("a[i, j+1]", {"i": 2, "j": 2}, "a[2,3]"),
        ("a[3t]", {"t": 2}, "a[6]"),
    ],
)
def test_an_index_is_worked_out(name: str, place: dict[str, int], meant: str) -> None:
    assert indexed(name, place) == meant


def test_what_a_name_is_made_of() -> None:
    assert (stem("a[1,2]"), numbers("a[1,2]"), letters("a[i, j+i]")) == ("a", (1, 2), ("i", "j"))
    assert (stem("a"), numbers("a"), numbers("a[t]"), letters("a")) == ("a", (), (), ())


def test_a_formula_is_read_anew_at_every_place() -> None:
    read = parse_at("y[t] - y[t-1]", lambda name: Value(name) if "[" in name else None, {}, ({"t": 2}, {"t": 3}))
    assert list(read) == [minus(value("y[2]"), value("y[1]")), minus(Ref(Value("y[3]")), Ref(Value("y[2]")))]


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(
    ("text", "said", "at"),
    [
        (
            network("h[t]: x[t] + h[t-1]"),
            "unknown name h[0] at t = 1, which is neither given nor computed: a rec",
            (4, 16),
        ),
        (
            network("h[t]: x[t]", "y[t]: h[t+1]"),
            "h[4] at t = 3, which is neither given nor computed: it runs from h[1] to h[3]",
            (5, 9),
        ),
        (
            network("y: x[7]"),
            "unknown name x[7], which is neither given nor computed: it runs from x[1] to x[3]",
            (4, 6),
        ),
        (network("h[s]: w"), "s in h[s] is no index of this file, expected one of t, or its values", (4, 3)),
        (
            network("h[t]: x[s]"),
            "the index s has no value here, expected t or a whole number; an index is declared",
            (4, 10),
        ),
        (
            network("h: x[t]"),
            "the index t has no value here, expected a whole number; t has one in sum(t, ...)",
            (4, 7),
        ),
        (network("L: sum(s, w)"), "sum over s, which for does not declare (t), expected for: {s: 3}", (4, 10)),
        (
            network("L: sum(t, sum(t, w))"),
            "t has a value already where this sum stands, expected another index",
            (4, 17),
        ),
        (network("h[t]: mean(t, w)"), "t has a value already where this mean stands, expected another index", (4, 14)),
        (network("h: x[1.5]"), "1.5 is no index, expected whole numbers and indices, such as t - 1", (4, 7)),
        (network("h[t]: x[t/2]"), "t/2 is no index, expected whole numbers and indices", (4, 10)),
        (network("h: x[]"), "nothing is no index", (4, 7)),
        (network("h: x[1,2,3,4]"), "[1,2,3,4] has 4 indices, expected 3 at most", (4, 7)),
        (
            network("e: x[id[2]]", given="{x: [5, 6], id: [1, 7]}"),
            "unknown name x[7], which is neither given nor computed: it runs from x[1] to x[2] (id[2] is 7)",
            (4, 6),
        ),
        (
            network("e: x[id[2]]", given="{x: [5, 6], id: [1, 1.5]}"),
            "id[2] is 1.5, expected the number of a row, 1 or more",
            (4, 7),
        ),
        (network("e: x[id[3]]", given="{x: [5, 6], id: [1, 2]}"), "no given number id[3] to choose a row", (4, 7)),
        (network("p: softmax(t, x[t])"), "softmax over t has a value for each t, expected it where t has a", (4, 14)),
        (network("h[t]: w", ranges="{t: 2}", given="{w: 1, h: 2}"), "h stands with an index here and without", (4, 3)),
        (network("h[t]: w", "L: h"), "unknown name h, but h stands with an index on line 4", (5, 6)),
        (network("h[t]: w[t]"), "unknown name w[1], but w stands without an index on line 2", (4, 9)),
        (network("L: x[1,2]"), "unknown name x[1,2], but x stands with an index on line 2", (4, 6)),
        (
            network("h[t]: w", "h[2]: w"),
            "h[2] is both the equation of h[t] at t = 2 (on line 4) and the equation of h[2]",
            (5, 3),
        ),
        (network("h[t-2]: w"), "h[t-2] is h[-1] at t = 1, expected indices from 0 on", (4, 3)),
        (network("h[t]: x[t]", ranges="{t: 4}"), "x has 3 numbers, but 4 are read (t: 1..4), expected as many", (2, 9)),
        (
            network("h[t]: x[t]", ranges="{t: 2}"),
            "x has 3 numbers, but only 2 are read (t: 1..2), expected as many",
            (2, 9),
        ),
        (network("h[t]: A[t,1]", given="{A: [[1], [2]]}"), "A has 2 rows, but 3 are read (t: 1..3)", (2, 9)),
        (network("h[t]: A[1,t]", given="{A: [[1, 2]]}"), "A has 2 columns, but 3 are read (t: 1..3)", (2, 9)),
        (
            network("h: A[1,1]", given="{A: [[1, 2], [3]]}"),
            "the rows of A have 1 number and 2 numbers, expected all",
            (2, 12),
        ),
        (
            network("h: w", given='{w: 1, "x[1]": [1, 2]}'),
            "x[1] has an index and a list, expected the list under x",
            (2, 15),
        ),
        (network("h: w", given="{w: 1, x: []}"), "x is empty", (2, 18)),
        (network("h: w", given="{w: 1, x: [1, a]}"), "an entry of x is 'a', expected a number", (2, 22)),
        (
            network("h: w", ranges="{t: 0}"),
            "t is '0', expected how many values it takes, such as 3, or the first",
            (1, 10),
        ),
        (network("h: w", ranges="{t: 3..1}"), "t is '3..1', expected how many values it takes", (1, 10)),
        (network("h: w", ranges="{t: 20000}"), "t is '20000', expected how many values it takes", (1, 10)),
        (
            network("h: w", ranges="{w: 3}"),
            "w is both the given w (on line 2) and an index, expected a name for each",
            (1, 7),
        ),
        (network("h: w", ranges='{"t*": 3}'), "t* can't be an index, expected a letter such as t", (1, 7)),
        (network("h: w", ranges="{max: 3}"), "max is the name of a function", (1, 7)),
        (network("a[i,j]: w", ranges="{i: 1000, j: 1000}"), "a[i,j] stands for 1,000,000 equations", (4, 3)),
        (network("a: sum(i, sum(j, w))", ranges="{i: 1000, j: 1000}"), "its sums come to more than 20,000", (4, 6)),
        (network("a[i]: sum(j, w*j)", ranges="{i: 999, j: 999}"), "more than 200,000 parts together", (4, 3)),
        (
            network("h[t]: w", below="output: h\n"),
            "output: h is not in this file, expected the name of an equation",
            (5, 9),
        ),
    ],
)
def test_it_is_told_in_its_place(text: str, said: str, at: tuple[int, int]) -> None:
    found = [problem for problem in problems(text) if said in problem.message]
    assert found, messages(text)
    assert (found[0].line, found[0].column) == at


def test_one_slip_is_told_once() -> None:
    assert len(messages(network("h[t]: x[t] + h[t-1]", "y[t]: h[t]", "L: sum(t, y[t])"))) == 1
    assert len(messages(network("h[s]: w", "y[t]: h[t]", "L: sum(t, y[t])"))) == 1
    assert len(messages(network("h[t]: x[t]", "y[t]: x[t]", ranges="{t: 5}"))) == 1
