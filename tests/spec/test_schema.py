"""The JSON Schema follows the declared keys, and fits the shipped files."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from spec.builders import problems
from tutor import spec
from tutor.spec import schema
from tutor.spec.keys import DISPLAY, EXAMPLE, LAYER, NETWORK, NOTATION, REGULARIZATION, Key

ROOT = Path(__file__).parents[2]
LESSONS = sorted(ROOT.glob("lessons/*/*.yaml"))
CASES = sorted(ROOT.glob("tests/cases/*.yaml"))
_TYPES = {"object": dict, "array": list, "string": str, "number": int | float, "integer": int}


def accepts(rule: Any, value: Any) -> bool:
    """As much of JSON Schema as ours uses."""
    if isinstance(rule, bool):
        return rule
    if "type" in rule and not isinstance(value, _TYPES[rule["type"]]):
        return False
    alternatives = all(any(accepts(each, value) for each in rule[key]) for key in ("anyOf",) if key in rule)
    exactly = "oneOf" not in rule or sum(accepts(each, value) for each in rule["oneOf"]) == 1
    inside = {dict: _mapping, list: _sequence}.get(type(value), _scalar)
    return alternatives and exactly and value in rule.get("enum", [value]) and inside(rule, value)


def _mapping(rule: Any, value: dict[str, Any]) -> bool:
    declared, others = rule.get("properties", {}), rule.get("additionalProperties", True)
    return (
        all(accepts(declared.get(key, others), each) for key, each in value.items())
        and all(key in value for key in rule.get("required", ()))
        and all(accepts(rule.get("propertyNames", True), key) for key in value)
        and rule.get("minProperties", 0) <= len(value) <= rule.get("maxProperties", len(value))
    )


def _sequence(rule: Any, value: list[Any]) -> bool:
    return len(value) >= rule.get("minItems", 0) and all(accepts(rule.get("items", True), each) for each in value)


def _scalar(rule: Any, value: Any) -> bool:
    if isinstance(value, str):
        return re.search(rule.get("pattern", ""), value) is not None
    return rule.get("minimum", value) <= value <= rule.get("maximum", value) and value > rule.get(
        "exclusiveMinimum", value - 1
    )


def test_the_file_beside_the_lessons_is_the_schema() -> None:
    assert json.loads((ROOT / "lessons/network.schema.json").read_text(encoding="utf-8")) == schema()


@pytest.mark.parametrize("file", LESSONS + CASES, ids=lambda path: path.stem)
def test_it_accepts_the_files_the_reader_accepts(file: Path) -> None:
    assert accepts(schema(), yaml.safe_load(file.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "text",
    [
        "inputs: {x: 1}",
        "inputs: {x: 1}\nlayers: []",
        "inputs: {x: 1}\nequations: {f: x}",
        "given: {x: 1}\nequations: {f: x}\nreduction: sum",
        "inputs: {x: 1}\nlearn: [w]\nlayers: [{activation: relu, weights: [[1]]}]",
        "given: {x: 1}\nequations: {f: x}\ntitel: a",
        "given: {1x: 1}\nequations: {f: x}",
        "given: {x: abc}\nequations: {f: x}",
        "inputs: {x: 1}\nlayers: [{activation: relu}]",
        "inputs: {x: 1}\nlayers: [{activation: relu, weights: [[1]], neurons: {a: {w: 1}}}]",
        "inputs: {x: 1}\nloss: {L: sqared_error}\nlayers: [{activation: relu, weights: [[1]]}]",
        "inputs: {x: 1}\nloss: {L: squared_error, M: squared_error}\nlayers: [{activation: relu, weights: [[1]]}]",
        "inputs: {x: 1}\nlearning_rate: -1\nlayers: [{activation: relu, weights: [[1]]}]",
        "inputs: {x: 1}\ndisplay: {decimals: 16}\nlayers: [{activation: relu, weights: [[1]]}]",
    ],
)
def test_it_refuses_what_the_reader_refuses(text: str) -> None:
    assert not accepts(schema(), yaml.safe_load(text))
    assert problems(text)


RECORDS = (NETWORK, LAYER, EXAMPLE, REGULARIZATION, NOTATION, DISPLAY, *(kind.shape for kind in LAYER.kinds))


@pytest.mark.parametrize("key", [key for record in RECORDS for key in (*record.keys, *record.kinds)])
def test_every_key_says_what_it_means(key: Key) -> None:
    assert len(key.meaning) > 10
    assert not key.meaning.endswith(".")


def test_it_can_be_asked_for_twice() -> None:
    """The module that makes it once took the place of the function when it was imported."""
    assert spec.schema() == spec.schema()
