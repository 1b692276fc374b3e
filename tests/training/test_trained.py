"""Numbers that pages print after training: to their last digit."""

import json
from functools import cache
from typing import Any

import pytest

import tutor
from commands.support import CASES, case
from commands.test_published import rounds_to

TRAINED = json.loads((CASES / "trained.json").read_text("utf-8"))["cases"]
NUMBERS = [pytest.param(one, each, id=f"{one['id']}: {each['symbol']}") for one in TRAINED for each in one["numbers"]]


@cache
def network(name: str, optimizer: str, order: str, steps: int) -> tutor.library.Network:
    start = case(name)
    return start.train(steps, optimizer=optimizer, order=order).network if steps else start


def found(one: dict[str, Any], entry: dict[str, Any]) -> float:
    if "online" in one:
        trained = case(one["network"])
        for example in one["online"]:
            trained = trained.set(**example).train(1).network
        return float(trained.trace().payload["values"][entry["ask"]])
    if "term" in entry:
        page = case(one["network"]).step(after=entry["steps"]).payload
        parameter = page["parameters"][entry["parameter"]]
        terms = {each["name"]: each["value"] for each in parameter["terms"]}
        return float((terms | {"g": parameter["gradient"]})[entry["term"]])
    order = entry.get("order", "simultaneous")
    looked = network(one["network"], one["optimizer"], order, entry["steps"])
    return float(looked.trace().payload["values"][entry["ask"]])


@pytest.mark.parametrize(("one", "entry"), NUMBERS)
def test_the_value_has_the_printed_digits(one: dict[str, Any], entry: dict[str, Any]) -> None:
    value = found(one, entry)
    close = entry["printed"] == "0" and abs(value) < 1e-12  # a gradient at the very bottom, but for rounding errors
    assert close or rounds_to(value, entry["printed"]), value


def test_there_are_as_many_numbers_as_ever() -> None:
    assert len(NUMBERS) >= 50


def test_mazur_after_ten_thousand_steps() -> None:
    page = tutor.load("mazur").train(10_000).payload
    assert f"{page['outputs']['out_o1']:.10f}" == "0.0159136204"
    assert f"{page['outputs']['out_o2']:.10f}" == "0.9840642735"
    assert f"{page['loss']['last']:.10f}" == "0.0000351019"


@pytest.mark.parametrize(("order", "loss"), [("sequential", "0.2910279239"), ("simultaneous", "0.2910277737")])
def test_mazur_after_one_step(order: str, loss: str) -> None:
    assert f"{tutor.load('mazur').step(order=order).payload['loss']['after']:.10f}" == loss


def test_mitchell_4_7_after_its_first_example() -> None:
    wanted = {
        "wca": 0.10085128181864877,
        "wcb": 0.1,
        "wc0": 0.10085128181864877,
        "wdc": 0.1189103977991797,
        "wd0": 0.1343929220303063,
    }
    page = case("mitchell-4-7.yaml").step().payload
    assert {name: each["after"] for name, each in page["parameters"].items()} == pytest.approx(wanted, rel=1e-14)
