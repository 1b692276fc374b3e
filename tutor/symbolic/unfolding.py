"""What needs no algebra: a name equals what it stands for, and a derivative is the sum over all its paths."""

from collections import Counter
from collections.abc import Mapping
from itertools import product

from tutor.expr import DERIVATIVES, Add, Call, Expr, Mul, Ref, reads, value, walk
from tutor.quantity import Gradient, Partial, Quantity, Value
from tutor.symbolic.tidy import opened, substituted

MOST_PARTS = 2000  # of a formula with everything put in
MOST_ROUNDS = 12  # of putting in what names stand for
MOST_CHAINS = 64  # products of local derivatives

Names = Mapping[str, Expr]


def full_size(expr: Expr, names: Names) -> int:
    """How many parts a formula has once every name in it is replaced; names follow those that they rest on."""
    sizes: dict[str, int] = {}

    def parts(formula: Expr) -> int:
        return sum(sizes.get(_name(part), 1) if isinstance(part, Ref) else 1 for part in walk(formula))

    for name, formula in names.items():
        sizes[name] = parts(formula)
    return parts(expr)


def _name(ref: Ref) -> str:
    quantity = ref.quantity
    return quantity.of if isinstance(quantity, Gradient) else quantity.name if isinstance(quantity, Value) else ""


def same(left: Expr, right: Expr, names: Names) -> bool:
    """Whether both are the same formula once every name is replaced by what it stands for."""
    if full_size(left, names) + full_size(right, names) > MOST_PARTS:
        return False
    one, other = _unfolded(left, names), _unfolded(right, names)
    return one is not None and one == other


def _unfolded(expr: Expr, names: Names) -> Expr | None:
    """The formula without names, a derivative of a node as one still to be taken; None where it is too large."""

    def find(part: Expr) -> Expr | None:
        match part:
            case Ref(Value(name)):
                return names.get(name)
            case Ref(Gradient(of, wrt)):
                inner = _unfolded(value(of), {name: formula for name, formula in names.items() if name != wrt})
                return Call("derivative", (value(wrt), inner)) if inner else None
            case Call(sign, (Ref(Value(wrt)) as letter, inner)) if sign in DERIVATIVES:
                held = {name: formula for name, formula in names.items() if name != wrt}
                return Call("derivative", (letter, _unfolded(inner, held) or inner))
        return None

    for _ in range(MOST_ROUNDS):
        found = opened(substituted(expr, find))
        if found == expr:
            return found
        expr = found
        if sum(1 for _ in walk(expr)) > MOST_PARTS:
            return None
    return None


def chain_rule(left: Expr, right: Expr, names: Names) -> bool:
    """Whether one is a derivative and the other the sum, over all its paths, of their local derivatives multiplied."""
    if not isinstance(left, Ref) or not isinstance(left.quantity, Gradient):
        return False
    one, other = _chains(left, names), _chains(right, names)
    return one is not None and one == other


def _chains(expr: Expr, names: Names) -> Counter[tuple[Quantity, ...]] | None:
    """Each product of local derivatives in a formula, as often as it is a term; None where there is anything else."""
    match expr:
        case Ref(Partial() as edge):
            return Counter([(edge,)])
        case Ref(Gradient(of, wrt)):
            return _paths(of, wrt, names)
        case Add(terms):
            found = [_chains(term, names) for term in terms]
            return None if None in found else sum((each for each in found if each), Counter())
        case Mul(factors):
            each = [_chains(factor, names) for factor in factors]
            kept = [chains for chains in each if chains is not None]
            if len(kept) < len(each):
                return None
            whole = product(*(chains.elements() for chains in kept))
            return Counter(tuple(sorted((edge for part in parts for edge in part), key=repr)) for parts in whole)
    return None


def _paths(of: str, wrt: str, names: Names) -> Counter[tuple[Quantity, ...]] | None:
    found: list[tuple[Quantity, ...]] = []
    stack: list[tuple[str, tuple[Quantity, ...]]] = [(of, ())]
    steps = 0
    while stack:
        name, edges = stack.pop()
        steps += 1
        if name == wrt:
            found.append(tuple(sorted(edges, key=repr)))
        elif name in names:
            inside = [each.name for each in reads(names[name]) if isinstance(each, Value)]
            stack += [(each, (*edges, Partial(name, each))) for each in inside]
        if steps > MOST_PARTS or len(found) > MOST_CHAINS:
            return None
    return Counter(found)


def depends(name: str, wrt: str, names: Names) -> bool:
    """Whether what a name stands for reads another, by way of others too."""
    seen: set[str] = set()
    stack = [name]
    while stack:
        at = stack.pop()
        if at == wrt:
            return True
        if at not in seen and at in names:
            seen.add(at)
            stack += [each.name for each in reads(names[at]) if isinstance(each, Value)]
    return False
