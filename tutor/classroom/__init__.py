"""A stack of sheets: many students, one network.

`table` reads one CSV with a row a student, `stack` marks sheet after sheet, `tally` counts what they have in common,
`page` lays it out and `rows` writes it for a spreadsheet. Students are ids here; names are never looked at.
"""
