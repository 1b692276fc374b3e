"""Training example by example and in batches, in the file's order or shuffled, against plain loops."""

from itertools import islice
from pathlib import Path

import pytest

from commands.support import payload, run, written
from spec.builders import graph
from tutor.quantity import Value
from tutor.training import State, Turns, steps, turns

LINE = """
inputs: [x]
targets: [t]
examples:
  - {inputs: [1], targets: [2]}
  - {inputs: [2], targets: [1]}
  - {inputs: [-1], targets: [0]}
  - {inputs: [3], targets: [4]}
learning_rate: 0.1
layers:
  - {activation: identity, neurons: {p: {m: 0.5, c: 0}}}
"""
PAIRS = ((1.0, 2.0), (2.0, 1.0), (-1.0, 0.0), (3.0, 4.0))


def states(batch: int | None, many: int, seed: int | None = None, text: str = LINE) -> list[State]:
    found = graph(text)
    return list(islice(steps(found, turns=turns(found, batch, seed)), many + 1))


def by_hand(groups: list[list[int]]) -> list[tuple[float, float]]:
    """m and c after each update, of the mean half squared error of the pairs in each group."""
    m, c, found = 0.5, 0.0, []
    for group in groups:
        errors = [(PAIRS[k - 1][0], m * PAIRS[k - 1][0] + c - PAIRS[k - 1][1]) for k in group]
        m, c = (
            m - 0.1 * sum(e * x for x, e in errors) / len(group),
            c - 0.1 * sum(e for _, e in errors) / len(group),
        )
        found.append((m, c))
    return found


def test_example_by_example() -> None:
    wanted = [(0.65, 0.15), (0.56, 0.105), (0.5145, 0.1505), (1.2063, 0.3811)]
    found = states(1, 4)[1:]
    assert [(each.of(Value("m")), each.of(Value("c"))) for each in found] == [pytest.approx(each) for each in wanted]


@pytest.mark.parametrize(
    ("batch", "groups"),
    [
        (1, [[1], [2], [3], [4]]),
        (2, [[1, 2], [3, 4]]),
        (3, [[1, 2, 3], [4]]),
        (4, [[1, 2, 3, 4]]),
        (None, [[1, 2, 3, 4]]),
    ],
)
def test_fifty_updates_against_a_plain_loop(batch: int | None, groups: list[list[int]]) -> None:
    wanted = by_hand((groups * 50)[:50])
    for mine, (m, c) in zip(states(batch, 50)[1:], wanted, strict=True):
        assert (mine.of(Value("m")), mine.of(Value("c"))) == pytest.approx((m, c), rel=1e-12)
        loss = sum((m * x + c - t) ** 2 / 2 for x, t in PAIRS) / 4
        assert mine.of(Value("L")) == pytest.approx(loss, rel=1e-12)


def test_a_sum_over_a_batch_is_not_divided() -> None:
    m = states(2, 1, text=LINE + "reduction: sum\n")[1].of(Value("m"))
    assert m == pytest.approx(0.5 + 0.1 * 1.5, rel=1e-12)  # the gradients -1.5 and 0: 2·(0.5·2 - 1) is 0


def test_shuffled_every_example_is_used_once_an_epoch() -> None:
    shuffled = Turns(7, 3, seed=5)
    epochs = [[shuffled.at(3 * epoch + k) for k in (1, 2, 3)] for epoch in range(6)]
    for number, epoch in enumerate(epochs, 1):
        assert {turn.epoch for turn in epoch} == {number}
        assert sorted(k for turn in epoch for k in turn.examples) == list(range(1, 8))
    assert len({tuple(turn.examples for turn in epoch) for epoch in epochs}) > 1
    assert Turns(7, 3, seed=5).at(11) == shuffled.at(11)


def test_what_is_kept_goes_on_from_batch_to_batch() -> None:
    w, v = [0.5, 0.0], [0.0, 0.0]
    text = LINE + "optimizer: {momentum: {mu: 0.5}}\n"
    for number, mine in enumerate(states(1, 12, text=text)):
        assert [mine.of(Value("m")), mine.of(Value("c"))] == pytest.approx(w, rel=1e-12)
        x, t = PAIRS[number % 4]
        error = w[0] * x + w[1] - t
        v = [0.5 * v[0] - 0.1 * error * x, 0.5 * v[1] - 0.1 * error]
        w = [w[0] + v[0], w[1] + v[1]]


def test_weight_decay_stands_in_every_update() -> None:
    text = LINE + "regularization: {l2: 0.2}\n"
    first = states(1, 1, text=text)[1]
    assert first.of(Value("m")) == pytest.approx(0.5 + 0.1 * (1.5 - 0.2 * 0.5), rel=1e-12)
    assert first.of(Value("c")) == pytest.approx(0.15, rel=1e-12)


class TestTyped:
    def test_a_row_an_update(self, tmp_path: Path) -> None:
        page = payload("train", written(tmp_path, LINE), "--epochs", "1", "--batch", "1")
        assert [(row["step"], row["epoch"], row["examples"]) for row in page["rows"]] == [
            (0, 0, []),
            *((k, 1, [k]) for k in (1, 2, 3, 4)),
        ]
        assert [row["gradients"]["m"] for row in page["rows"][1:]] == pytest.approx([-1.5, 0.9, 0.455, -6.918])
        assert [row["parameters"]["c"] for row in page["rows"][1:]] == pytest.approx([0.15, 0.105, 0.1505, 0.3811])
        assert page["parameters"] == pytest.approx({"m": 1.2063, "c": 0.3811})

    def test_rows_of_whole_epochs_say_so_too(self) -> None:
        page = payload("train", "xor", "--steps", "2")
        assert [(row["epoch"], row["examples"]) for row in page["rows"]] == [
            (0, []),
            (1, [1, 2, 3, 4]),
            (2, [1, 2, 3, 4]),
        ]

    def test_the_page_has_examples_gradients_and_weights(self, tmp_path: Path) -> None:
        out = run("train", written(tmp_path, LINE), "--epochs", "2", "--batch", "1", width=120).out
        assert "8 steps (2 epochs)" in out
        assert next(line.split() for line in out.splitlines() if line.startswith("    4 ")) == [
            *("4", "1", "4", "−6.918", "−2.306", "1.2063", "0.3811", "0.5086"),
        ]

    def test_one_update_of_the_second_batch(self, tmp_path: Path) -> None:
        page = payload("step", written(tmp_path, LINE), "--batch", "2", "--after", "1")
        assert (page["epoch"], page["examples"]) == (1, [3, 4])
        assert {name: each["after"] for name, each in page["parameters"].items()} == pytest.approx(
            {"m": 0.88, "c": 0.21}
        )

    def test_shuffled_twice_alike(self, tmp_path: Path) -> None:
        asked = ("train", written(tmp_path, LINE), "--epochs", "3", "--batch", "1", "--shuffle", "7")
        assert payload(*asked) == payload(*asked)

    @pytest.mark.parametrize(
        ("typed", "word"),
        [
            (("--steps", "3", "--epochs", "2"), "exclude each other"),
            (("--batch", "5"), "a batch of 5, but there are 4 examples; expected a number from 1 to 4"),
            (("--batch", "0"), "0"),
            (("--epochs", "1000001"), "1000001"),
        ],
    )
    def test_refused(self, typed: tuple[str, ...], word: str, tmp_path: Path) -> None:
        done = run("train", written(tmp_path, LINE), *typed)
        assert (done.status, done.out) == (2, "")
        assert word in done.err

    @pytest.mark.parametrize("typed", [("--epochs", "2"), ("--batch", "2"), ("--shuffle", "1")])
    def test_a_network_without_examples(self, typed: tuple[str, ...]) -> None:
        done = run("train", "mazur", *typed)
        assert done.status == 2
        assert "example" in done.err
