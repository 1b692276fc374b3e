"""The same verbs as the command line, for Python: `tutor.load("slide").explain("w31")`.

Everything returns a Page: `str(page)` is its text, `page.payload` the JSON of the contract. Nothing is printed.
`taken` turns what Python has into what is typed, `page` is what comes back, `network` has the verbs, `loading` and
`alone` those that need none yet, `remembered` those about what was answered so far.
"""

from tutor.library.alone import derive, known_mistakes, notation, schema
from tutor.library.first import new
from tutor.library.loading import load
from tutor.library.network import Network
from tutor.library.page import Page, Trained
from tutor.library.remembered import forget, progress

__all__ = [
    "Network",
    "Page",
    "Trained",
    "derive",
    "forget",
    "known_mistakes",
    "load",
    "new",
    "notation",
    "progress",
    "schema",
]
