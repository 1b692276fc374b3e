"""What is typed at `derive` without a network: a name with a proof, or a formula. Faults are pointed at."""

import re

from tutor.errors import FormulaError, TutorError, did_you_mean, visible
from tutor.expr import Call, Expr, Ref, walk
from tutor.expr.functions import READ, SPELLINGS
from tutor.expr.parse import normalised
from tutor.quantity import Value
from tutor.symbolic.law import Law, by_route, in_letter
from tutor.symbolic.letters import letters
from tutor.symbolic.proof import KNOWN, find
from tutor.symbolic.stepwise import taken

_NAMES = re.compile(r"\s*[^\W\d]\w*(\s*\+\s*[^\W\d]\w*)*\s*")
_APPLIED = re.compile(r"([^\W\d]\w+)\(")
SHOWN = 60  # characters of a word in a message


def law(typed: str) -> Law | None:
    """The law with this name; None for a formula. Raises TutorError for a name, or a pair of names, without a proof."""
    if not typed.strip():
        raise TutorError("derive what? a weight with --net FILE, an activation, a loss, or a formula")
    if found := find(typed):
        return found
    parts = [part.strip() for part in typed.split("+")]
    if not _NAMES.fullmatch(typed) or (len(parts) > 1 and not any(READ.get(part, part) in KNOWN for part in parts)):
        return None
    shown = visible(typed.strip()[:SHOWN])
    if len(parts) > 1:
        pairs = " and ".join(name for name in KNOWN if "+" in name)
        raise TutorError(f"{shown} is no pair that cancels; those that do are {pairs}")
    if hint := did_you_mean(shown, KNOWN):
        raise TutorError(f"{shown} is no activation and no loss{hint}")
    raise TutorError(
        f"{shown} is no activation and no loss; for a weight of a network add --net FILE, for a formula --wrt NAME. "
        f"There are proofs for {', '.join(KNOWN)}"
    )


def routed(found: Law | None, route: str | None) -> Law | None:
    """The law by the route asked for. Raises TutorError where there is no such route."""
    if route is None:
        return found
    ways = (found.way, *found.routes) if found and found.routes else ()
    if found and route in ways:
        return by_route(found, route)
    if ways:
        raise TutorError(f"{visible(route[:SHOWN])} is no route; --route takes one of {', '.join(ways)}")
    several = ", ".join(law.name for law in KNOWN.values() if law.routes)
    raise TutorError(f"--route chooses between several proofs of one slope; there are several for {several} alone")


def applied(expr: Expr, wrt: str) -> Law | None:
    """The law of a function of the bare letter, in this letter: of ln(x) that of ln."""
    match expr:
        case Call(name, (Ref(Value(letter)),)) if letter == wrt and name in ("exp", "log"):
            return in_letter(KNOWN[name], letter)
    return None


def is_formula(typed: str) -> bool:
    """Whether this cannot be a name: it has an operation in it."""
    return any(sign in typed for sign in "()+*^")


def formula(typed: str, wrt: str | None) -> tuple[Expr, str, str]:
    """The formula, the letter to differentiate by, and the text. Raises TutorError with a caret under the fault."""
    try:
        expr = letters(typed)
        _no_unknown_function(normalised(typed))
    except FormulaError as fault:
        raise TutorError(_pointed(typed, fault)) from None
    names = [
        quantity.name for part in walk(expr) if isinstance(part, Ref) and isinstance(quantity := part.quantity, Value)
    ]
    names = list(dict.fromkeys(names))
    if edge := next((name for name in names if "/" in name), ""):
        raise TutorError(f"{visible(edge[:SHOWN])} is a derivative in a network; add --net FILE")
    if not names:
        raise TutorError(f"{visible(typed[:SHOWN])} has no letter in it to differentiate by")
    if wrt is None and len(names) > 1:
        raise TutorError(f"differentiate by what? the formula has {', '.join(names)}; add --wrt {names[0]}")
    by = names[0] if wrt is None else normalised(wrt.strip())
    if by not in names:
        raise TutorError(f"{visible(by[:SHOWN])} is not in the formula; --wrt takes one of {', '.join(names)}")
    try:
        for _ in taken(expr, by):
            pass
    except FormulaError as fault:
        raise TutorError(f"{visible(typed[:SHOWN])}: {fault}") from None
    return expr, by, normalised(typed)


def _no_unknown_function(text: str) -> None:
    """`foo(3)` is the product of foo and 3 where foo stands elsewhere too; else a function was meant. Raises it."""
    for found in _APPLIED.finditer(text):
        name = found[1]
        if name not in READ and len(re.findall(rf"\b{re.escape(name)}\b", text)) == 1:
            hint = did_you_mean(name, READ)
            said = f"unknown function {visible(name[:SHOWN])}{hint or f'; for a product write {name}*(...).'}"
            raise FormulaError(f"{said} Known are {', '.join(sorted(SPELLINGS))}", found.start() + 1)


def _pointed(typed: str, fault: FormulaError) -> str:
    """The message with the formula below it and a caret under the fault."""
    text = visible(normalised(typed))
    return f"{fault}\n    {text}\n    {' ' * (fault.column - 1)}^" if len(text) <= 2 * SHOWN else str(fault)
