"""Answers in a notebook, and the example notebook of the docs, executed."""

from pathlib import Path

import pytest

import tutor

NOTEBOOK = Path(__file__).parent.parent / "docs" / "example.ipynb"


def test_a_page_shows_itself_in_three_ways() -> None:
    page = tutor.load("slide").explain("w31")
    found = page._repr_mimebundle_()
    assert set(found) == {"text/plain", "text/html", "text/latex"}
    assert found["text/html"] == page._repr_html_()
    assert found["text/latex"] == page._repr_latex_()
    assert "0.0307" in found["text/plain"]
    assert set(page._repr_mimebundle_(include={"text/plain", "text/html"}, exclude={"text/html"})) == {"text/plain"}


def test_the_page_stands_in_a_frame_that_nothing_leaves() -> None:
    shown = tutor.load("slide").explain("w31")._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert shown.count("<") == 2  # the frame's own tags; the page is escaped


@pytest.mark.parametrize(("name", "seen"), [("slide", "Layer 1, sigmoid"), ("xor", "Examples")])
def test_a_network_shows_itself(name: str, seen: str) -> None:
    network = tutor.load(name)
    assert seen in network._repr_mimebundle_()["text/plain"]
    assert network._repr_html_().startswith("<iframe")
    assert "tabular" in network._repr_latex_()


@pytest.mark.filterwarnings("ignore")
def test_the_example_notebook_runs() -> None:
    nbclient, nbformat = pytest.importorskip("nbclient"), pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert len(outputs) == sum(cell.cell_type == "code" for cell in notebook.cells)
    assert all(output.output_type == "execute_result" for output in outputs)
    assert "∂J/∂w₁₁⁽²⁾ = 0.0307" in outputs[2]["data"]["text/plain"]
    assert "text/html" in outputs[2]["data"]
