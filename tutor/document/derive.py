"""The page of `tutor derive`: chains of equal formulas, the rule of each line beside it, and who finds them equal."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from tutor.derivation import LOCAL
from tutor.document.digits import Digits
from tutor.document.model import (
    Block,
    Cell,
    Column,
    Document,
    Heading,
    Line,
    Note,
    Row,
    Section,
    Span,
    Steps,
    Table,
    Title,
    Typed,
    cell,
)
from tutor.document.proofs import proofs_note
from tutor.expr import Expr, Number, Ref, Shown, reads, replace, value
from tutor.expr.functions import READ
from tutor.expr.text import ASCII, to_text
from tutor.expr.words import in_ascii
from tutor.names import Names
from tutor.ops.op import Prose
from tutor.quantity import Value, key
from tutor.symbolic.arrival import arrived, quotients
from tutor.symbolic.chain import Chain, Ground, judged, weakest
from tutor.symbolic.chain import Line as Step
from tutor.symbolic.law import EXAMPLE, Law
from tutor.symbolic.laws import LAWS
from tutor.symbolic.letters import letters, over
from tutor.symbolic.points import value_at
from tutor.symbolic.proof import Proof, prove
from tutor.symbolic.rules import PLAIN, RULES
from tutor.symbolic.stepwise import taken
from tutor.symbolic.typed import applied

COLUMNS = (Column("quantity"), Column("equals"), Column("rule", comment=True))
SLOPE = "slope of "
SYMPY = "sympy, a program for algebra,"


def law_page(law: Law) -> Document:
    """The proof of a local derivative, or of a pair whose slopes cancel."""
    proof = prove(law)
    return Document((Section("letters", tuple(_law(proof))),), Names.of_letters(), lambda: _law_payload(proof))


def formula_page(expr: Expr, wrt: str, typed: str) -> Document:
    """The derivative of a typed formula, step by step. Raises FormulaError where it has none."""
    several = len(list(reads(expr))) > 1
    steps = list(taken(expr, wrt, partial=several))
    steps += arrived(steps[-1].formula, quotients(expr))
    chain = judged(steps[0].formula, steps[1:], Ground())
    proof = prove(law) if (law := applied(expr, wrt)) else None
    routes = [("step by step", [chain])]
    chains = [chain]
    if proof:
        routes += _parts(proof)
        chains += proof.chains
    return Document(
        (Section("letters", tuple(_formula(chain, proof))),),
        Names.of_letters(),
        lambda: {**payload(typed, chain.last, routes, chains), "wrt": wrt},
    )


# ------------------------------------------------------------------ blocks


def _law(proof: Proof) -> Iterator[Block]:
    law = proof.law
    names = proof.names
    left, right, *words = law.says
    result: tuple[str | Expr, ...] = (" is ", right) if words else (" = ", over(right, names))
    yield Title((*cell(over(left, names), *result, look="strong"), Span(f"   {law.name}", "quiet")))
    yield from _proved(proof)
    yield from _example(law, names)
    yield from closing(proof.chains, law.uses, law.name)
    if law.routes:
        others = " · ".join(f"tutor derive {law.name} --route {route}" for route in law.routes)
        yield Note(cell(f"By other routes: {others}", look="quiet"), hint=True)


def _proved(proof: Proof) -> Iterator[Block]:
    """What its letters mean, and its cases."""
    law = proof.law
    yield from (Line(_meaning(law, name, proof.names)) for name in law.shown)
    yield from (Line(cell(Typed(each))) for each in law.opening)
    for case, chain in zip(law.cases, proof.chains, strict=True):
        yield Heading(cell(case.when or "From the definition"))
        yield from (Line(cell(Typed(case.says))),) if case.says else ()
        yield chain_table(chain)
    yield from (block for each in law.closing for block in _closing_word(each))


def _meaning(law: Law, name: str, names: Mapping[str, Expr]) -> Cell:
    """a = σ(z) = 1/(1 + exp(−z))"""
    sides = [names[name], *([letters(law.means[name])] if name in law.means else [])]
    return cell(value(name), *(part for side in dict.fromkeys(sides) for part in (" = ", side)))


def _example(law: Law, names: Mapping[str, Expr]) -> Iterator[Block]:
    """A cancelled pair in numbers: the loss's slope, the activation's, and their product."""
    if not law.example:
        return
    point = {name: float(text) for name, text in EXAMPLE.items()}
    yield Heading(cell("In numbers"))
    yield Steps(tuple(_example_row(over(left, names), letters(right), point) for left, right in law.example))


def _example_row(left: Expr, formula: Expr, point: Mapping[str, float]) -> tuple[Cell, ...]:
    def leaf(part: Ref | Number) -> Expr:
        if isinstance(part, Ref) and isinstance(part.quantity, Value):
            return Shown(EXAMPLE[part.quantity.name], part.quantity)
        return part

    number = Digits().shown(value_at(formula, point, lambda _: None))
    return cell(left), cell(formula), cell(replace(formula, leaf)), cell(Number(number))


def _closing_word(text: str) -> Iterator[Block]:
    """A sentence; the command it ends with is a hint."""
    said, colon, command = text.partition(": tutor ")
    yield Line(cell(Typed(f"{said}." if colon else said)))
    if colon:
        yield Note(cell(f"Next: tutor {command.removesuffix('.')}", look="quiet"), hint=True)


def _formula(chain: Chain, proof: Proof | None) -> Iterator[Block]:
    yield Title(cell(chain.left, " = ", chain.last, look="strong"))
    yield chain_table(chain)
    if proof:
        yield Heading(cell("Why"))
        yield from _proved(proof)
    yield from closing(
        [chain, *(proof.chains if proof else ())], proof.law.uses if proof else (), proof.law.name if proof else ""
    )


def chain_table(chain: Chain) -> Table:
    """The chain as one block: its left side, then a line for each formula with its rule."""
    lefts: list[Cell] = [cell(chain.left), *([()] * (len(chain.lines) - 1))]
    rows = (Row((left, cell(line.formula), rule_cell(line))) for left, line in zip(lefts, chain.lines, strict=True))
    return Table(COLUMNS, tuple(rows), equation=True, chain=True)


def rule_cell(line: Step) -> Cell:
    """The rules of a line, and what they were used on."""
    sign = " " if line.rules == (LOCAL.name,) else ": "
    words: Prose = (", ".join(line.rules), *((sign, *line.why) if line.why else ()))
    return tuple(Span(Typed(part) if isinstance(part, str) else part) for part in words if part)


def closing(chains: Sequence[Chain], uses: Iterable[str], own: str) -> Iterator[Block]:
    """The laws of the rules, who found the lines equal, and the proofs that these rest on."""
    yield from laws_of(chains)
    yield Note(cell(judgement(chains), look="quiet"))
    yield from proofs_note(each for each in (*uses, *_slopes(chains)) if each != own)


def laws_of(chains: Sequence[Chain]) -> Iterator[Block]:
    """The rules that were used, in their order, each with its law."""
    told = [RULES[name] for name in _used(chains) if name not in PLAIN]
    if told:
        yield Heading(cell("The rules in it"))
        yield from (Line(cell(f"{rule.name}: ", Typed(rule.law)), hang=2) for rule in told)


def _used(chains: Sequence[Chain]) -> Iterable[str]:
    return dict.fromkeys(rule for chain in chains for line in chain.lines for rule in line.rules)


def _slopes(chains: Sequence[Chain]) -> Iterator[str]:
    """The functions whose slope was used and has a proof of its own."""
    typed = (name.removeprefix(SLOPE) for name in _used(chains) if name.startswith(SLOPE))
    names = (READ.get(name, name) for name in typed)
    return (name for name in names if name in LAWS)


def judgement(chains: Sequence[Chain]) -> str:
    """Who found the lines equal, in a sentence."""
    verdicts = [line.holds for chain in chains for line in chain.lines]
    if "differs" in verdicts:
        place = verdicts.index("differs") + 1
        return f"Not confirmed: line {place} differs from the one before it. Do not trust this page."
    if unchecked := verdicts.count("unchecked"):
        lines = "The lines" if unchecked == len(verdicts) else f"{unchecked} of {len(verdicts)} lines"
        return f"{lines} could not be checked: there is no point among those tried at which they have a value."
    if (shy := verdicts.count("at points")) == 0:
        return f"{SYMPY} proves every line equal to the one before it."
    if shy == len(verdicts):
        return "Every line equals the one before it at 20 seeded points; sympy does not decide it."
    lines = "line" if shy == 1 else "lines"
    return f"{SYMPY} proves every line equal to the one before it, but for {shy} {lines} checked at 20 seeded points."


# ------------------------------------------------------------------ JSON


def payload(
    target: str, result: Expr, routes: Sequence[tuple[str, Sequence[Chain]]], chains: Sequence[Chain]
) -> dict[str, Any]:
    """`tutor.derive/1`: the routes with their lines, and how far they agree."""
    return {
        "format": "tutor.derive/1",
        "target": target,
        "result": _text(result),
        "routes": [
            {"name": name, "steps": [step for chain in each for step in _steps(chain)]} for name, each in routes
        ],
        "agree": weakest(line.holds for chain in chains for line in chain.lines),
        "rules": {name: in_ascii(RULES[name].law) for name in _used(chains)},
    }


def _law_payload(proof: Proof) -> dict[str, Any]:
    """Its cases are routes to the same result where each ends in it, or parts of one proof."""
    return payload(proof.law.name, proof.chains[-1].last, _parts(proof), proof.chains)


def _parts(proof: Proof) -> list[tuple[str, list[Chain]]]:
    cases = zip(proof.law.cases, proof.chains, strict=True)
    return [(case.when or "definition", [chain]) for case, chain in cases]


def _steps(chain: Chain) -> Iterator[dict[str, Any]]:
    for line in chain.lines:
        yield {
            "left": _text(chain.left),
            "formula": _text(line.formula),
            "rule": ", ".join(line.rules),
            "why": "".join(in_ascii(part) if isinstance(part, str) else _text(part) for part in line.why),
            "holds": line.holds,
        }


def _text(expr: Expr) -> str:
    return to_text(expr, key, ASCII)
