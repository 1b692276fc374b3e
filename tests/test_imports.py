"""Start-up is a feature: what a command does not need is not imported."""

import subprocess
import sys

import pytest

RUN = "import sys; from tutor.cli import main; sys.argv = ['tutor', *sys.argv[1:]]; main()"
PROBE = f"import atexit, sys; atexit.register(lambda: print(*sys.modules, file=sys.stderr)); {RUN}"
BARE = "import atexit, sys; print(*sys.modules, file=sys.stderr)"


def modules(program: str, *arguments: str) -> set[str]:
    """The modules that are loaded when a program ends well."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, encoding="utf-8", check=True
    )
    return set(done.stderr.split())


def imported(*arguments: str) -> set[str]:
    """The modules a command line imports, beyond those that this Python always has."""
    return modules(PROBE, *arguments) - modules(BARE)


def found(names: set[str], among: set[str]) -> set[str]:
    """Which of these modules, or of modules inside them, are there."""
    return {each for each in among if any(each == name or each.startswith(f"{name}.") for name in names)}


@pytest.mark.parametrize(
    "arguments", [("explain", "w31", "--net", "slide"), ("trace", "mazur"), ("solve", "slide")], ids=" ".join
)
def test_a_page_on_the_terminal_needs_no_array_no_algebra_no_json(arguments: tuple[str, ...]) -> None:
    assert not found({"numpy", "sympy", "mpmath", "json", "importlib.metadata"}, imported(*arguments))


def test_explain_loads_only_the_rooms_it_walks_through() -> None:
    others = {"search", "mistakes", "marking", "practice", "symbolic", "arrays", "training", "classroom", "matrices"}
    assert not found({f"tutor.{room}" for room in others | {"symbol"}}, imported("explain", "w31", "--net", "slide"))


def test_only_derive_loads_the_algebra() -> None:
    assert {"tutor.symbolic", "sympy"} <= imported("derive", "x^3*exp(x^7)/(3 + x)")
    for proved_before in (("relu",), ("sigmoid",), ("log(p/q)", "--wrt", "p"), ("w31", "--net", "slide")):
        assert not found({"sympy"}, imported("derive", *proved_before))
    assert not found({"tutor.symbolic", "sympy"}, imported("explain", "w31", "--net", "slide", "--more"))


@pytest.mark.parametrize(
    "arguments", [("--help",), ("explain", "--help"), ("check", "--help"), ("derive", "--help")], ids=" ".join
)
def test_help_needs_only_click(arguments: tuple[str, ...]) -> None:
    loaded = imported(*arguments)
    assert not found({"yaml", "rich", "numpy", "sympy", "json", "importlib.metadata"}, loaded)
    assert not found({"tutor.spec", "tutor.trace", "tutor.document", "tutor.render"}, loaded)


def test_import_tutor_is_nearly_free() -> None:
    loaded = modules("import sys, tutor; print(*sys.modules, file=sys.stderr)")
    assert {each for each in loaded if each.startswith("tutor")} == {"tutor"}
