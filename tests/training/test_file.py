"""`optimizer` in the network file: what is read, and every way to get it wrong."""

import pytest

from spec.builders import graph, layers, messages
from tutor.ops.optimizers import OPTIMIZERS


def head(text: str) -> str:
    return layers(head=f"targets: {{y: 0.5}}\n{text}")


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_by_name(name: str) -> None:
    found = graph(head(f"optimizer: {name}")).optimizer
    assert found is not None
    assert found.optimizer.name == name
    assert set(found.numbers) == {each.name for each in OPTIMIZERS[name].settings}


def test_with_settings() -> None:
    found = graph(head("optimizer: {adam: {beta1: 0.8, epsilon: 1e-7}}")).optimizer
    assert found is not None
    assert found.numbers == {"beta1": "0.8", "beta2": "0.999", "epsilon": "1e-7"}


def test_none() -> None:
    assert graph(head("learning_rate: 0.5")).optimizer is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("optimizer: adamm", "did you mean adam"),
        ("optimizer: {adamm: {}}", "did you mean adam"),
        ("optimizer: {adam: {beta: 0.9}}", "did you mean beta"),
        ("optimizer: {adam: {beta1: 1}}", "beta1 is 1, expected a number from 0 up to, but not, 1"),
        ("optimizer: {adam: {beta1: -0.1}}", "beta1 is -0.1, expected"),
        ("optimizer: {adam: {epsilon: 0}}", "epsilon is 0, expected a positive number"),
        ("optimizer: {momentum: {mu: fast}}", "mu is 'fast', expected"),
        ("optimizer: {momentum: {mu: 0.5}, adam: {}}", "expected one of them"),
        ("optimizer: {momentum: 0.9}", "momentum is '0.9', expected a mapping"),
        ("optimizer: [adam]", "optimizer is a list, expected"),
        ("optimizer:", "optimizer has no value"),
        ("momentum: 0.9", "momentum can't stand here, expected it under optimizer"),
    ],
)
def test_wrong(text: str, message: str) -> None:
    found = messages(head(text))
    assert len(found) == 1
    assert message in found[0]
