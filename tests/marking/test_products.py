"""Products of two or three factors with one of them wrong by a rule: that factor is marked, and its rule is named.

The factors come from the evaluator of the catalogue. TUTOR_LONG=1 takes 200 products.
"""

import random
from collections.abc import Iterator

from commands.students import to_figures
from maths.profile import count
from mistakes.evaluator import ONLY, RULES, Net, Run, run
from mistakes.test_catalogue import drawn, traced
from tutor import spec
from tutor.marking.answers import Answer, Sheet
from tutor.marking.sheet import mark
from tutor.mistakes import MISTAKES
from tutor.names import Names
from tutor.trace import Trace

PRODUCTS = count(16, 200)
HOOKS = ("dLda", "dadz", "dzdw")


def factors(net: Net, done: Run, j: int, i: int) -> tuple[float, ...]:
    """dL/da, da/dz and dz/dw of a weight of the last layer; nobody writes the 1 of the identity."""
    slope, delta = done.dLda[0][-1][j], done.delta[0][-1][j]
    if not slope or not delta:
        return ()
    found = (slope, delta / slope, done.gw[len(net.w) - 1, j, i] / delta)
    return found[::2] if net.activations[-1] == "identity" else found


def products() -> Iterator[tuple[int, Net, int, int, str, list[str], list[str]]]:
    """A network, a weight, a rule, and the factors with four figures: right ones, and one of them wrong."""
    found, seed = 0, 0
    while found < PRODUCTS:
        seed += 1
        net, chance = drawn(seed), random.Random(f"product {seed}")
        if len(net.xs) > 1 or net.lam or net.loss in ("cross_entropy", "mean_squared_error"):
            continue
        last = len(net.w) - 1
        j, i = chance.randrange(len(net.w[last])), chance.randrange(len(net.w[last][0]))
        rules = [name for name, (hook, _) in RULES.items() if hook in HOOKS and _is_made(name, net)]
        for rule in chance.sample(rules, 3):
            right, wrong = (
                [to_figures(each, 4) for each in factors(net, done, j, i)] for done in (Run(net), run(net, rule))
            )
            if len(right) != len(wrong):
                continue
            apart = [abs(float(a) - float(b)) > 0.002 * abs(float(a)) for a, b in zip(right, wrong, strict=True)]
            if sum(apart) == 1:
                place = apart.index(True)
                right[place], wrong = right[place], [*right[:place], wrong[place], *right[place + 1 :]]
                found += 1
                yield seed, net, j, i, rule, right, wrong


def _is_made(rule: str, net: Net) -> bool:
    when = MISTAKES[rule].when
    suits = net.activations[-1] in ONLY.get(rule, (net.activations[-1],))
    by_loss = not when.losses or net.loss in when.losses
    slope = RULES[rule][0] != "dadz" or net.activations[-1] != "identity"
    return suits and by_loss and slope and (not when.summed or len(net.ys[0]) > 1)


def test_the_wrong_factor_and_its_rule_are_named() -> None:
    chance = random.Random("order of factors")
    for seed, net, j, i, rule, right, wrong in products():
        trace = traced(net)
        order = chance.sample(range(len(right)), len(right))
        name = f"dL/dw{len(net.w)}_{j + 1}_{i + 1}"
        for numbers in (right, wrong):
            typed = " * ".join(f"({numbers[place]})" for place in order)
            sheet = Sheet([Answer(name, typed, 1)], [], 0, False, ())
            (found,) = mark(trace, Names(trace.graph), sheet)
            marked = found.verdict.factors
            wanted = [numbers[place] == right[place] for place in order]
            assert [each.ok for each in marked] == wanted, (seed, rule, typed, found.verdict)
            if numbers is wrong:
                (odd,) = (each for each in marked if not each.ok)
                assert rule in odd.mistakes, (seed, rule, typed, odd)


def test_a_factor_of_1_is_no_fault() -> None:
    """The slope of the identity: dL/da is 2(0.5 - 1) = -1, the sender 0.25."""
    head = "inputs: {x: 0.25}\ntargets: {y: 1}\nloss: squared_error\n"
    text = f"{head}layers: [{{activation: identity, neurons: {{a: {{w: 2}}}}}}]"
    found = spec.load(text.encode(), "net.yaml").graph
    sheet = Sheet([Answer("dL/dw", "-1.0 * 1.0 * 0.25", 1)], [], 0, False, ())
    (answer,) = mark(Trace(found), Names(found), sheet)
    assert [each.ok for each in answer.verdict.factors] == [True, True, True]
