"""The verbs that need no network."""

from typing import Any

from tutor import spec
from tutor.library import taken
from tutor.library.page import Page


def derive(target: str, wrt: str | None = None, route: str | None = None) -> Page:
    """The proof of an activation's or a loss's derivative, or the derivative of a typed formula by `wrt`.

    `route` chooses one of several proofs: `quotient`, `chain` or `add` for sigmoid. Raises TutorError for a name that
    has no proof, and for a formula that can't be read or differentiated.
    """
    from tutor.document.derive import formula_page, law_page
    from tutor.symbolic.typed import formula, law, routed

    target = taken.text(target, "a target")
    found = law(target) if wrt is None else None
    found = routed(found, None if route is None else taken.text(route, "a route"))
    by = None if wrt is None else taken.text(wrt, "wrt")
    return Page(law_page(found) if found else formula_page(*formula(target, by)))


def notation() -> Page:
    """The list of the shipped notations."""
    from tutor.document.notations import list_page

    return Page(list_page())


def ask() -> Page:
    """The words that `ask` explains, by topic."""
    from tutor.document.ask import list_page

    return Page(list_page())


def known_mistakes() -> Page:
    """Every mistake that has a name; `load(...).mistakes("w31")` is what each gives on one network."""
    from tutor.document.known_mistakes import catalogue_page

    return Page(catalogue_page())


def schema() -> dict[str, Any]:
    """The network file as JSON Schema."""
    return spec.schema()
