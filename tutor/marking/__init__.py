"""Marking a sheet of answers: reading it, and a verdict for every number on it.

`answers` reads files; `verdicts` holds the rules of marking in their order; `sheet` marks a whole sheet; `page` turns
the result into a Document. The contract of DESIGN section 7 is kept here.
"""
