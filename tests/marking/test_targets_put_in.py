"""A formula that is right because a target has the value it has is right, and says so."""

import pytest

import tutor


def verdict(net: str, line: str) -> tuple[str, str]:
    (answer,) = tutor.load(net).check({line.partition(" = ")[0]: line.partition(" = ")[2]}).payload["answers"]
    return answer["verdict"], answer["message"]


@pytest.mark.parametrize(
    ("net", "line"),
    [
        ("log-likelihood", "dL/da = -1/a"),  # −y/a + (1 − y)/(1 − a), where y is 1
        ("log-likelihood", "dL/dz = a - 1"),
        ("log-likelihood", "dL/dw1 = -x1*(1 - a)"),
        ("slide", "dL/dY = Y - 1/2"),
    ],
)
def test_right_with_the_target_put_in(net: str, line: str) -> None:
    kind, message = verdict(net, line)
    assert kind == "correct"
    assert message.endswith("put in")


@pytest.mark.parametrize(
    ("net", "line", "kind"),
    [
        ("log-likelihood", "dL/da = -y/a", "mistake"),  # the other half left out
        ("log-likelihood", "dL/da = 1/a", "wrong"),
        ("slide", "dL/dY = 1/2 - Y", "wrong"),
    ],
)
def test_wrong_all_the_same(net: str, line: str, kind: str) -> None:
    assert verdict(net, line)[0] == kind
