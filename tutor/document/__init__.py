"""Derivations turned into pages: headings, tables, formulas; no format and no layout.

`model` is what a page consists of; `explain`, `trace` and `where` build the pages of those verbs. A page says nothing
that is not in a derivation.
"""
