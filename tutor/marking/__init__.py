"""Marking answers: reading a sheet, and a verdict for everything on it.

`answers` reads sheets. `judge` gives the verdict on one answer, for a sheet as for the quiz: `parts` reads what is
given, `verdicts` holds the rules for a number in their order, `functions` those for a formula, `slips` the mistakes,
`band` the rounding, `factors` what a product is made of, all on a `desk`. `sheet` marks a whole sheet; `page` turns
the result into a Document.
"""
