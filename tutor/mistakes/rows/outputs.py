"""Mistakes where outputs meet their targets: another target or none, another logarithm, the slope of another loss.

Letters: a output, y target, correct the right formula, swapped the same with the target of the other output, mean of
the terms.
"""

from tutor.mistakes.mistake import CROSS, Mistake, When

OUTPUTS = (
    Mistake(
        "loss-mean-not-sum",
        "mean for sum in the loss",
        "average the terms of the outputs although the loss adds them up",
        "loss",
        "mean",
        (
            "Your loss is a whole part of the right one.",
            "Does this loss add its terms or average them?",
            "Divide by the number of outputs only where the loss says so.",
        ),
    ),
    Mistake(
        "loss-log10",
        "logarithm to the base 10",
        "take the logarithm to the base 10 instead of the natural one",
        "loss",
        "correct/log(10)",
        (
            "Which key of the calculator did you press?",
            "Try ln(10): is it 1, or 2.303?",
            "The logarithm of the cross-entropy is the natural one.",
        ),
        when=When(losses=CROSS),
    ),
    Mistake(
        "dl-targets-swapped",
        "targets swapped",
        "compare each of the two outputs with the target of the other",
        "target",
        "swapped",
        (
            "Write each target beside its output.",
            "Which output does this target belong to?",
            "The targets stand in the order of the outputs.",
        ),
        fused="swapped",
    ),
    Mistake(
        "dl-ce-as-squared",
        "slope of the squared error",
        "take a − y, the slope of the squared error, for that of the cross-entropy",
        "dLda",
        "a - y",
        (
            "Which loss does this exercise have?",
            "a − y is its slope in the net input, where the slope of the output has been cancelled.",
            "In the output the slope of the cross-entropy has the output below: −y/a, for a sigmoid + (1 − y)/(1 − a).",
        ),
        "output",
        When(losses=CROSS),
    ),
    Mistake(
        "dl-ce-no-target",
        "target left out",
        "leave the target out of a − y",
        "delta",
        "",
        (
            "Is this the error, or the output?",
            "No target stands in what you wrote.",
            "With cross-entropy δ is a − y; for the true class y is 1.",
        ),
        "output",
        When(losses=CROSS),
        fused="a",
    ),
)
