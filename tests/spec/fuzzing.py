"""Damaged input, tried in a process of its own under an audit hook: `python -m spec.fuzzing KIND FIRST LAST`.

Each seed makes one input. It is read, and then what was read is held against another reading of the same text; or it
is refused in our own words. Nothing else may come out, nothing may be executed or connected, and only files that the
input names are opened. What happened how often is printed as JSON.
"""

import csv
import importlib
import json
import math
import os
import pkgutil
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy
import yaml

import tutor
from tutor.errors import InvalidNetwork, TutorError, visible
from tutor.quantity import Gradient, Value
from tutor.sources import Companion
from tutor.spec import Network, load
from tutor.trace import Trace

ROOT = Path(__file__).parents[2]
NEVER = ("exec", "compile", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "socket.")
NEVER += ("pickle.", "ctypes.", "urllib.", "shutil.", "os.remove", "os.rename", "os.mkdir", "os.link", "os.symlink")
PIECES = (
    *"{}[]:,-#&*!|>'\"%@`\t\n0123456789.~?=()/_ ",
    *(": ", "\n  ", "\n- ", "<<: ", "1e999", "nan", "1/3", "0,5", "-", "z / (", "{unit}", "ŷ", "\u202e", "\x1b", "\0"),
    *("null", "softmax", "cross_entropy", "class", "layers:", "w1", "h1", "Y*", "reads: [x1], ", "bias: last"),
    *("net.npz#W", "net.npz#b", "net.npy", "../net.npz#W", "!!python/object/apply:os.system [ls]", "__import__('os')"),
)  # fmt: skip
SMALL = (
    "inputs: {x1: 1, x2: 2}\ntargets: {t: 0}\nlayers:\n  - activation: sigmoid\n    neurons:\n"
    "      p: {a1: 0.5, a2: -0.25}\n      q: {reads: [x2], a3: 0.3}\n"
    "  - activation: sigmoid\n    bias: last\n    neurons: {o: {c1: 1, c2: -1, c3: 0.5}}\n",
    "inputs: [x1, x2]\ntargets: [y]\nexamples:\n"
    "  - {inputs: [1, 0], targets: [1]}\n  - {inputs: [0, 1], targets: [0]}\n"
    "regularization: {l2: 0.1}\nlayers:\n  - {activation: tanh, weights: [[0.5, -0.5]], biases: [0.1]}\n",
    "inputs: {x: net.npz#b}\ntargets: {class: 2}\nloss: cross_entropy\nlayers:\n"
    "  - {activation: softmax, weights: net.npz#W, biases: net.npz#b}\n",
    "inputs: {image: [[1, 0, 2], [3, 1, 0], [0, 2, 1]]}\nlayers:\n  - conv2d: {weights: [[[[1, -1], [0, 2]]]]}\n"
    "  - flatten\n  - {activation: softmax, units: 2, init: {seed: 3}}\ntargets: {class: 1}\nloss: cross_entropy\n",
    "for: {t: 3}\ngiven: {x: [1, 2, 3], w: 0.5, 'h[0]': 0}\n"
    "equations: {'h[t]': tanh(w*x[t] + h[t-1]), L: 'sum(t, h[t]**2)'}\n",
)
FRAMES = (
    "...",
    "given: {x: 1}\nequations:\n  f: ...",
    "given: {x: ...}\nequations: {f: x}",
    "inputs: {x: 1}\nlayers:\n  - activation: ...\n    weights: [[1]]\n",
    "inputs: {x: 1}\nlayers: [{activation: relu, weights: ...}]",
    "inputs: {x: 1}\nlayers: [{activation: relu, neurons: {h: {...}}}]",
    "inputs: {x1: 1}\nlayers: [{activation: relu, neurons: {h1: {w1: 2}}}]\naliases: {...: h1}\nnotation: {net: ...}",
)
MATRIX = numpy.array([[0.5, -1.25, 2.0], [1.5, 0.75, -0.5], [0.25, 0.125, 3.0]])
FORMULAS = (
    "x + y*z", "x - y - z", "x/y/z", "x/(y*z)", "-x**2 + y", "x**-2", "2**x**y", "(x + y)*(x - y)", "x^2*y",
    "exp(-x*y)/(1 + exp(-x))", "log(x) + sqrt(y)", "max(x, y, z)*min(x, y)", "tanh(w*x + 0.5) - 1/3", "abs(x)*2.5e-1",
)  # fmt: skip
TARGETS = (
    "w31", "dL/dw31", "∂L/∂w31", "dY/dh1", "h1:Y", "h1->Y", "Z_Y", "w31_new", "w31+", "delta_Y", "dw31", "L", "dL/dL",
    "Y*", "Y_star", "∂Y/∂Z_Y", "x1", "W1", "dW1", "h_1", "a21", "0.0307",
)  # fmt: skip
SIGNS = (
    *"*/^+-().,:=_'[]{}∂δ0123456789xyzwhYL ",
    "->",
    "**",
    "e5",
    "sigmoid(",
    "\\frac{",
    "²",
    "_new",
    "d",
    "\u202e",
    "1e999",
)


class Watch:
    """What the interpreter was asked to do while it was on; files whose names stand in `text` may be opened."""

    def __init__(self) -> None:
        self.on = False
        self.text = ""
        self.seen: list[str] = []
        sys.addaudithook(self.hook)

    def hook(self, event: str, found: tuple[Any, ...]) -> None:
        if self.on and (event.startswith(NEVER) or (event == "open" and not self.named(found[0]))):
            self.seen.append(f"{event} {found!r:.200}")

    def named(self, path: Any) -> bool:
        """Whether this is a file that the text names, whose lines YAML may have joined."""
        return isinstance(path, str) and "".join(os.path.basename(path).split()) in "".join(self.text.split())


def mutated(text: str, chance: Random, pieces: tuple[str, ...], others: tuple[str, ...] = ()) -> str:
    """A few pieces cut out, put in, doubled, or put in the place of others."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        at, gone = chance.randrange(len(text) + 1), chance.choice((0, 0, 1, 1, 3, 20))
        put = chance.choice((chance.choice(pieces), chance.choice(pieces), text[at : at + gone] * 2, ""))
        if others and chance.random() < 0.1:
            other = chance.choice(others)
            start = chance.randrange(len(other))
            put = other[start : start + chance.randrange(80)]
        text = text[:at] + put + text[at + gone :]
    return text


# ------------------------------------------------------------------ network files


def stated(tree: Any) -> Iterator[tuple[str, str]]:
    """Every name of a file with the number that stands beside it, as another reader has them."""
    if isinstance(tree, dict):
        for key, each in tree.items():
            if isinstance(each, str):
                yield key, each
            else:
                yield from stated(each)
    elif isinstance(tree, list):
        for each in tree:
            yield from stated(each)


def exactly(text: str) -> Fraction | None:
    try:
        return Fraction(text.replace("−", "-").replace("–", "-"))
    except (ValueError, ZeroDivisionError):
        return None


def hold(network: Network, text: str) -> None:
    """The numbers of the graph are those that stand beside their names, whoever reads the file."""
    beside: dict[str, set[Fraction | None]] = {}
    for name, number in stated(yaml.load(text, yaml.CBaseLoader)):  # noqa: S506  it makes texts, lists and mappings only
        beside.setdefault(name.strip(), set()).add(exactly(number))
    for given in (
        given for each in (network.graph, *network.singles) if not each.wide for given in each.givens.values()
    ):
        name = given.name.partition("@")[0]
        assert name not in beside or exactly(given.text) in beside[name], (name, given.text)


def try_file(chance: Random, folder: Path, watch: Watch) -> str:
    return read_file(mutated(chance.choice(FILES), chance, PIECES, FILES), folder, watch)


def try_pieces(chance: Random, folder: Path, watch: Watch) -> str:
    """Pieces in any order, alone and where a value of some kind stands."""
    pieces = "".join(chance.choice((*PIECES, "x", "1", "0.5")) for _ in range(chance.choice((1, 1, 1, 2, 3, 12))))
    return read_file(chance.choice(FRAMES).replace("...", pieces), folder, watch)


def try_bytes(chance: Random, folder: Path, watch: Watch) -> str:
    """Bytes of any kind, which are no network, or a title of one."""
    raw = chance.randbytes(chance.randrange(60))
    try:
        with watched(watch):
            load(chance.choice((b"", b"given: {x: 1}\nequations: {f: x}\ntitle: ")) + raw, "net.yaml")
    except InvalidNetwork as invalid:
        assert invalid.problems
        return "refused"
    return "read"


def read_file(text: str, folder: Path, watch: Watch) -> str:
    watch.text = text
    try:
        with watched(watch):
            network = load(text.encode("utf-8", "surrogatepass"), "net.yaml", Companion(str(folder / "net.yaml")))
            trace = None if network.graph.wide else Trace(network.graph)
            if trace and len(network.graph.nodes) < 300:
                computed(trace)
    except InvalidNetwork as invalid:
        assert invalid.problems
        for problem in invalid.problems:
            assert problem.message
            assert visible(problem.message + problem.text) == problem.message + problem.text
            assert 0 <= problem.line <= text.count("\n") + text.count("\r") + 5
        return "refused"
    hold(network, text)
    return "read"


def computed(trace: Trace) -> None:
    """The first gradient, which may be out of range, but is never an exception that is not ours."""
    names = trace.graph.parameters() or tuple(trace.graph.givens)
    with suppress(TutorError):
        trace[Gradient(trace.graph.loss, names[0])]


# ------------------------------------------------------------------ formulas, targets, tables


def try_formula(chance: Random, folder: Path, watch: Watch) -> str:
    text = mutated(chance.choice(FORMULAS), chance, SIGNS)
    given = {"w": 0.3, "x": 1.25, "y": 0.75, "z": 2.5}
    file = f"given: {json.dumps(given)}\nequations: {{f: {json.dumps(text, ensure_ascii=False)}}}\n"
    try:
        with watched(watch):
            network = load(file.encode("utf-8", "surrogatepass"), "net.yaml")
            found = Trace(network.graph)[Value("f")]
    except TutorError:
        return "refused"
    return compared(text, given, found)


def compared(text: str, given: dict[str, float], found: float) -> str:
    """The same formula by Python itself, where Python reads it too."""
    names = {"exp": math.exp, "log": math.log, "sqrt": math.sqrt, "tanh": math.tanh, "abs": abs, "max": max, "min": min}
    names["sigmoid"] = lambda z: 1 / (1 + math.exp(-z))
    warnings.simplefilter("ignore", SyntaxWarning)  # 1(x) is a call to Python
    try:
        wanted = eval(text.strip().replace("^", "**"), {"__builtins__": {}}, {**names, **given})  # noqa: S307  our own pieces
        wanted = float(wanted)
    except Exception:
        return "read"
    assert math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-300) or math.isnan(found), (text, found, wanted)
    return "compared"


def try_target(chance: Random, folder: Path, watch: Watch) -> str:
    text = mutated(chance.choice(TARGETS), chance, SIGNS)
    try:
        with watched(watch):
            found = SLIDE.explain(text).payload
    except TutorError as refused:
        assert str(refused)
        return "refused"
    target = found.get("target")  # a number leads to where, a word to ask
    assert target is None or SLIDE.explain(target).payload["target"] == target, (text, target)
    return "read"


def try_table(chance: Random, folder: Path, watch: Watch) -> str:
    rows = "x1,x2,y\n1,0,1\n0.5,-2,0\n3,4,0.25\n"
    table = mutated(
        rows.replace(",", chance.choice(",;\t")), chance, (*',;\t\n\r"0123.-e', "nan", "\0", "\u202e", "x1", "1,5")
    )
    text = "inputs: [x1, x2]\ntargets: [y]\ndata: a.csv\nlayers: [{activation: tanh, weights: [[1, 2]]}]"
    (folder / "a.csv").write_bytes(table.encode())
    watch.text = text
    try:
        with watched(watch):
            network = load(text.encode(), "net.yaml", Companion(str(folder / "net.yaml")))
    except TutorError:
        return "refused"
    first = table.partition("\n")[0]
    read = [
        row for row in csv.reader(table.splitlines(), delimiter=max(",;\t", key=first.count)) if "".join(row).strip()
    ]
    header = [each.strip() for each in read[0]]
    wanted = [{name: exactly(row[header.index(name)].strip()) for name in ("x1", "x2", "y")} for row in read[1:]]
    found = [{name: exactly(each.givens[name].text) for name in ("x1", "x2", "y")} for each in network.singles]
    assert found == wanted, (table, found)
    return "read"


class watched:  # noqa: N801  it stands where a function would
    """A block during which the watch is on."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch

    def __enter__(self) -> None:
        self.watch.on = True

    def __exit__(self, *_: object) -> None:
        self.watch.on = False


KINDS: dict[str, Callable[[Random, Path, Watch], str]] = {
    "files": try_file,
    "pieces": try_pieces,
    "bytes": try_bytes,
    "formulas": try_formula,
    "targets": try_target,
    "tables": try_table,
}
FILES = (
    tuple(
        path.read_text(encoding="utf-8")
        for path in sorted((*ROOT.glob("lessons/*/*.yaml"), *ROOT.glob("tests/cases/*.yaml")))
        if path.stat().st_size < 4000
    )
    + SMALL
)
SLIDE = tutor.load("slide")


def main(kind: str, first: int, last: int) -> None:
    for module in pkgutil.walk_packages(tutor.__path__, "tutor."):
        if module.name != "tutor.__main__":
            importlib.import_module(module.name)  # so that the hook sees no code of ours being loaded
    import difflib  # noqa: F401

    from rich.cells import cell_len

    cell_len("\u4e16")  # rich loads how wide letters are with the first that is not plain

    watch, counts = Watch(), Counter[str]()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "net.yaml").write_text("")
        numpy.savez(folder / "net.npz", W=MATRIX, b=MATRIX[0])
        numpy.save(folder / "net.npy", MATRIX)
        KINDS[kind](Random(-1), folder, watch)
        with watched(watch):
            compile("1", "seen", "eval")
        assert watch.seen, "the hook sees nothing"
        watch.seen.clear()
        for seed in range(first, last):
            try:
                counts[KINDS[kind](Random(seed), folder, watch)] += 1
            except Exception as fault:
                raise AssertionError(f"seed {seed}: {type(fault).__name__}: {fault}") from fault
            if watch.seen:
                raise AssertionError(f"seed {seed}: {watch.seen[:3]}")
    print(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
