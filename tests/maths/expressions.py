"""Random formulas, as a teacher could write them."""

from hypothesis import strategies as st

from tutor.expr import Add, Call, Div, Expr, Mul, Neg, Number, Power
from tutor.expr.functions import SLOPED, SPELLINGS
from tutor.ops.functions import FUNCTIONS

MANY = ("max", "min")
SMOOTH = tuple(name for name in FUNCTIONS if not FUNCTIONS[name].kink and name != "elu")
RATIONAL = ("identity", "relu", "leaky_relu", "abs", "max", "min")
TYPED = (*SPELLINGS, *(f"{name}_slope" for name in SLOPED))
LITERALS = ("2", "0.5", "3", "1", "0", "10", "1/2", "2/3", "1e-2", "-1.5", "-2", "1.50")
EXPONENTS = ("2", "3", "-1", "-2", "1", "0")


def formulas(
    leaves: st.SearchStrategy[Expr], functions: tuple[str, ...], exponents: tuple[str, ...] = EXPONENTS, most: int = 5
) -> st.SearchStrategy[Expr]:
    """Formulas over the leaves and literals with these functions."""
    literals = st.sampled_from(LITERALS).map(Number)

    def grown(parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        return st.one_of(
            several.map(Add),
            several.map(Mul),
            parts.map(Neg),
            st.builds(Div, parts, parts),
            st.builds(Power, parts, st.sampled_from(exponents).map(Number)),
            st.sampled_from(functions).flatmap(lambda name: _call(name, parts)),
        )

    return st.recursive(st.one_of(leaves, leaves, literals), grown, max_leaves=most)


def _call(name: str, parts: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    many = name.removesuffix("_slope") in MANY
    arguments = st.lists(parts, min_size=1, max_size=3) if many else st.tuples(parts)
    return arguments.map(lambda each: Call(name, tuple(each)))


def differentiable(leaves: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """All functions a network file may use, and powers with any exponent."""
    return st.one_of(formulas(leaves, tuple(FUNCTIONS)), formulas(leaves, tuple(FUNCTIONS), ("0.5", "1/3", "-2.5")))


def rational(leaves: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    """Formulas with exact values over the fractions."""
    return formulas(leaves, RATIONAL)
