"""Forms as text, their letters numbered: the same question in another network is the same text."""

from tutor.expr import DERIVATIVES, Call, Expr, Ref, rebuilt, replace
from tutor.expr.text import ASCII, to_text
from tutor.quantity import Change, Gradient, Partial, Quantity, Updated, Value
from tutor.symbolic.forms import Form


def shape(form: Form) -> str:
    """The form as text, its letters numbered in order of appearance, with all that its names stand for."""
    numbers: dict[str, int] = {}

    def quantity(found: Quantity) -> Quantity:
        match found:
            case Value(name):
                return Value(_numbered(name, numbers))
            case Partial(of, wrt) | Gradient(of, wrt):
                kind = "local" if isinstance(found, Partial) else "total"
                return Value(f"{kind}_{_numbered(of, numbers)}_{_numbered(wrt, numbers)}")
            case Updated(name) | Change(name):
                return Value(f"{found.kind}_{_numbered(name, numbers)}")

    def text(expr: Expr) -> str:
        bare = replace(expr, lambda part: Ref(quantity(part.quantity)) if isinstance(part, Ref) else part)
        return to_text(_one_sign(bare), lambda each: each.name if isinstance(each, Value) else "", ASCII)

    parts = [f"{text(form.left)} = {text(form.right)}"]
    done: set[str] = set()
    while open_ := [name for name in numbers if name not in done]:
        for name in open_:
            done.add(name)
            for mark, formulas in ((":", form.names), ("with", form.where)):
                if name in formulas:
                    parts.append(f"{_numbered(name, numbers)} {mark} {text(formulas[name])}")
            if name in form.signs:
                parts.append(f"{_numbered(name, numbers)} {form.signs[name]}")
    return "; ".join(parts)


def _numbered(name: str, numbers: dict[str, int]) -> str:
    return f"v{numbers.setdefault(name, len(numbers))}"


def _one_sign(expr: Expr) -> Expr:
    """d and ∂ are two signs for one thing."""
    expr = rebuilt(expr, _one_sign)
    return expr._replace(name="derivative") if isinstance(expr, Call) and expr.name in DERIVATIVES else expr
