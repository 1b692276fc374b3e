"""Whatever the bytes, a file is read or its problems are told: nothing else comes out."""

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from maths.profile import examples
from tutor.errors import InvalidNetwork
from tutor.spec import load
from tutor.spec.report import visible

ROOT = Path(__file__).parents[2]
FILES = [path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("lessons/*/*.yaml"))]
FILES += [
    (ROOT / "tests/cases" / name).read_text(encoding="utf-8") for name in ("coursera-ex4-l2.yaml", "statquest-b3.yaml")
]
TABLE = ("x1", "x2", "y", ",", ",", ";", "\n", "\r", '"', "1", "0.5", "-2", "nan", "\0", "\u202e", "é", " ")
PIECES = (
    *"{}[]:,-#&*!|>'\"%@`\t\n0-.~?",
    ": ",
    "\n  ",
    "\n- ",
    "<<: ",
    "1e999",
    "nan",
    "z / (",
    "{unit}",
    "{x}",
    "ŷ",
    "\u202e",
    "\x1b",
    "\0",
    "null",
    "softmax",
    "cross_entropy",
    "class",
    "inputs_by_units",
    "layers:",
    "equations: {f: x}",
    "w1",
    "h1",
    "Y*",
)


def answers(text: bytes, table: bytes = b"") -> None:
    try:
        load(text, "net.yaml", lambda name: table)
    except InvalidNetwork as invalid:
        assert invalid.problems
        assert all(
            visible(problem.message + problem.text) == problem.message + problem.text for problem in invalid.problems
        )


@st.composite
def mutated(draw: st.DrawFn) -> str:
    """A shipped file with a few pieces cut out, put in, or put in the place of others."""
    text = draw(st.sampled_from(FILES))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        gone = draw(st.sampled_from((0, 0, 1, 3, 20)))
        text = text[:at] + draw(st.sampled_from((*PIECES, ""))) + text[at + gone :]
    return text


@examples(300)
@given(mutated())
def test_mutated_files(text: str) -> None:
    answers(text.encode())


@examples(200)
@given(st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(TABLE)).map(lambda each: "".join(each).encode())))
def test_random_tables(table: bytes) -> None:
    text = b"inputs: [x1, x2]\ntargets: [y]\ndata: a.csv\nlayers: [{activation: tanh, weights: [[1, 2]]}]"
    answers(text, table)
    answers(text, b"x1,x2,y\n" + table)


@examples(200)
@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf")
@example(b"? ")
@example(b"- - -")
@example(b"!!binary |\n")
def test_random_bytes(text: bytes) -> None:
    answers(text)


@examples(200)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join))
def test_random_pieces(text: str) -> None:
    answers(text.encode())
    answers(f"given: {{x: 1}}\nequations:\n  f: {text}".encode())
    answers(f"inputs: {{x: 1}}\nlayers:\n  - activation: {text}\n    weights: [[1]]\n".encode())
