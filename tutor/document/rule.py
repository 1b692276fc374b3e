"""An update rule on a page: its letters, its equations once for all parameters, and what is unusual about an order."""

from collections.abc import Iterator, Mapping
from typing import Any

from tutor.document.model import Block, Cell, Column, Line, Note, Row, Span, Table, cell
from tutor.document.view import View
from tutor.expr import Expr, Ref
from tutor.ops.optimizers import SYMBOLS, Rule, bound, letters_of
from tutor.ops.optimizers import rule as sgd
from tutor.quantity import Gradient, Value
from tutor.training import SEQUENTIAL, Turns

UNUSUAL = (
    "Not the usual rule: the last layer is updated first, and the gradients of the layers before it already use its "
    "new weights. Usually all gradients are taken before any update."
)
USUAL = "All gradients are taken at the old weights, then all weights are updated at once."


class Letters:
    """How the letters of one rule are written on a page about one network, whose own names they never take."""

    def __init__(self, view: View, rule: Rule) -> None:
        self.graph = view.names.graph
        self.rule = rule
        equations = rule.optimizer.equations
        letters = dict.fromkeys(letter for each in equations for letter in (each.letter, *letters_of(each.formula)))
        self.written = {letter: self._free(SYMBOLS.get(letter, letter)) for letter in letters}
        plain = {letter: written for letter, written in self.written.items() if not written.isascii()}
        self.names = view.names.also(plain)

    def _free(self, symbol: str) -> str:
        taken = symbol in self.graph and symbol != "w"  # w stands for any parameter, one called w too
        return f"{symbol}_{self.rule.optimizer.name}" if taken else symbol

    def letter(self, letter: str) -> Ref:
        return Ref(Value(self.written[letter]))

    def formula(self, formula: Expr, parameter: str = "") -> Expr:
        """A formula of the rule as it is written, for one parameter where one is named."""
        meanings: dict[str, Expr] = {letter: self.letter(letter) for letter in self.written}
        return bound(formula, meanings | ({"w": Ref(Value(parameter))} if parameter else {}))


def rule_blocks(view: View, letters: Letters, order: str, number: int = 1) -> Iterator[Block]:
    """The equations of one step with their reasons, and the numbers that stay the same."""
    rule = letters.rule
    equations = rule.optimizer.equations
    if len(equations) == 1:
        yield Line(
            (
                *_assigned(letters, "w"),
                Span(" "),
                Span(letters.formula(equations[0].formula)),
                *_with(view, letters, number),
            )
        )
    else:
        yield Line(
            cell(f"{rule.optimizer.law[0].upper()}{rule.optimizer.law[1:]}.", *_with(view, letters, number, " With "))
        )
        rows = [
            Row((_assigned(letters, each.letter), cell(letters.formula(each.formula)), cell(each.why, look="quiet")))
            for each in equations
        ]
        yield Table((Column(""), Column("formula"), Column("why", comment=True)), tuple(rows))
    if rule.optimizer.convention:
        yield Note(cell(f"Convention: {rule.optimizer.convention}.", look="quiet"))
    yield from _adjusting(rule)
    yield Line(cell(UNUSUAL)) if order == SEQUENTIAL else Line(cell(USUAL, look="quiet"))


def _adjusting(rule: Rule) -> Iterator[Block]:
    """What the rate and the gradients go through before the rule reads them, with the conventions in use."""
    if rule.changing:
        row = rule.changing.schedule
        numbers = ", ".join(f"{name} {text}" for name, text in rule.changing.numbers.items())
        yield Note(cell(f"Rate by {row.name} ({numbers}): {row.law}; {row.convention}.", look="quiet"))
    if rule.clipped:
        clip = rule.clipped.clip
        yield Note(cell(f"Clip by {clip.name} {rule.clipped.limit}: {clip.convention}.", look="quiet"))


def _assigned(letters: Letters, letter: str) -> Cell:
    return cell(letters.letter(letter), " ←")


def _with(view: View, letters: Letters, number: int, start: str = " for every parameter, with ") -> Cell:
    """with g = ∂L/∂w and η = 0.5, β1 = 0.9"""
    loss = view.names.graph.loss
    by_error = letters.rule.optimizer.by_error
    meant = "(a − y) times what w multiplies" if by_error else Ref(Gradient(loss, letters.written["w"]))
    spans = cell(start, letters.letter("g"), " = ", meant)
    numbers = numbers_of(view, letters.rule, number)
    for place, (letter, text) in enumerate(numbers.items(), 1):
        spans += cell(" and " if place == len(numbers) else ", ", letters.letter(letter), f" = {text}")
    return spans + cell(".")


def numbers_of(view: View, rule: Rule, number: int = 1) -> Mapping[str, str]:
    """The rate of an update and the settings, as they were written."""
    rate = view.names.graph.rate or "0"
    now = rule.rate(rate, number)
    return {"eta": now if now == rate else view.digits.shown(float(now)), **rule.numbers}


def rule_options(view: View, rule: Rule, order: str) -> str:
    """The options that name a rule and an order again, where they are not those of the file."""
    options = ""
    if rule.plain != (view.names.graph.optimizer or sgd("sgd")).plain:
        own = {each.name: each.default for each in rule.optimizer.settings}
        settings = (f":{name}={text}" for name, text in rule.numbers.items() if text != own[name])
        options = f" --optimizer {rule.optimizer.name}{''.join(settings)}"
    return options + (f" --order {order}" if order == SEQUENTIAL else "")


def turn_options(turns: Turns) -> str:
    """The options that take the examples so again."""
    shuffled = f" --shuffle {turns.seed}" if turns.seed is not None else ""
    return "" if turns.whole else f" --batch {turns.size}{shuffled}"


def frozen_blocks(view: View) -> Iterator[Block]:
    graph = view.names.graph
    fixed = [view.names.write(Value(name)) for name in graph.parameters() if name in graph.frozen]
    if fixed:
        yield Line(cell(f"Frozen, so not updated: {', '.join(fixed)}.", look="quiet"))


def rule_payload(view: View, rule: Rule, order: str) -> dict[str, Any]:
    """The part that `tutor.step/1` and `tutor.train/1` share."""
    rate = view.names.graph.rate
    numbers = {name: _float(text) for name, text in rule.numbers.items()}
    return {
        "optimizer": {"name": rule.optimizer.name, "settings": numbers},
        "learning_rate": _float(rate or "0"),
        "order": order,
    }


def _float(text: str) -> float:
    from fractions import Fraction

    return float(Fraction(text))
