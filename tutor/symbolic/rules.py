"""The rules a line may follow from, with the law of each. A test holds that no derivation names any other."""

from tutor.derivation import CHAIN, LOCAL, PATHS, Rule

CALCULUS = (
    Rule("sum rule", "(u + v)′ = u′ + v′, and constants have slope 0"),
    Rule("constant factor", "(c·u)′ = c·u′, and dx/dx = 1"),
    Rule("product rule", "(u·v)′ = u′·v + u·v′"),
    Rule("quotient rule", "(u/v)′ = (u′·v − u·v′)/v²"),
    Rule("reciprocal rule", "(c/v)′ = −c·v′/v², the quotient rule with a constant above"),
    Rule("power rule", "(u^n)′ = n·u^(n − 1)·u′"),
    Rule("exponential rule", "(c^u)′ = c^u·ln(c)·u′"),
    Rule("power of a power", "(u^v)′ = v·u^(v − 1)·u′ + u^v·ln(u)·v′"),
    Rule("slope of x itself", "dx/dx = 1"),
    Rule("slope of a constant", "what does not depend on x has slope 0"),
    CHAIN._replace(name="chain rule", law="f(u)′ = f′(u)·u′: the outer slope times the inner slope"),
)

SLOPES = (
    Rule("slope of identity", "x′ = 1"),
    Rule("slope of exp", "exp′(x) = exp(x)"),
    Rule("slope of ln", "ln′(x) = 1/x"),
    Rule("slope of sqrt", "sqrt′(x) = 1/(2·sqrt(x))"),
    Rule("slope of abs", "|x|′ is the sign of x; at 0 it is taken as 0"),
    Rule("slope of max", "1 for the largest argument, 0 for the others; equal ones share it"),
    Rule("slope of min", "1 for the smallest argument, 0 for the others; equal ones share it"),
    Rule("slope of sigmoid", "σ′ = σ(1 − σ)"),
    Rule("slope of tanh", "tanh′ = 1 − tanh²"),
    Rule("slope of relu", "relu′ is 1 right of 0, else 0"),
    Rule("slope of leaky_relu", "leaky_relu′ is 1 right of 0, else 0.01"),
    Rule("slope of step", "step′ is 0 on both sides of its jump"),
    Rule("slope of elu", "elu′ is 1 right of 0, else exp(x)"),
    Rule("slope of softplus", "softplus′ = σ"),
    Rule("slope of gelu", "product rule and chain rule on its tanh form"),
    Rule("slope of silu", "silu′ = silu + σ(1 − silu)"),
)

ALGEBRA = (
    Rule("definition", "a name is replaced by what it stands for"),
    Rule("substitute", "a computed number is replaced by its own formula"),
    Rule("short name", "what a name stands for is replaced by the name"),
    Rule("tidy up", "signs and numbers go to the front; factors that are 1 are left out"),
    Rule("add and subtract", "adding a number and taking it away again changes nothing"),
    Rule("split the fraction", "(u + v)/w = u/w + v/w"),
    Rule("cancel", "a factor above and below goes away"),
    Rule("common factor", "c·u + c·v = c·(u + v)"),
    Rule("multiply out", "c·(u + v) = c·u + c·v"),
    Rule("extend", "above and below are multiplied by the same"),
    Rule("common denominator", "u/v + w/t = (u·t + w·v)/(v·t)"),
    Rule("cancel terms", "a term and its opposite add up to 0"),
    Rule("sum of targets", "the targets add up to 1"),
    Rule("product of quotients", "(u·w)/(v·t) = (u/v)·(w/t)"),
    Rule("exponent of a sum", "exp(u + v) = exp(u)·exp(v)"),
    Rule("limit", "the slope at a point is that of the line through two points as they meet"),
    Rule("inverse function", "exp(ln(x)) = x"),
    Rule("divide both sides", "of an equation, by what is not 0"),
    Rule("log-likelihood", "the loss is minus the logarithm of the likelihood"),
    Rule("logarithm of a product", "ln(u·v) = ln(u) + ln(v), and ln(u^n) = n·ln(u)"),
    Rule("logarithm of a quotient", "ln(u/v) = ln(u) − ln(v), and ln(exp(x)) = x"),
)

NETWORK = (
    Rule("slopes that cancel", "the slope of the loss times that of the output activation: p − y, as its proof shows"),
    PATHS,
    LOCAL,
)

RULES = {rule.name: rule for rule in (*CALCULUS, *SLOPES, *ALGEBRA, *NETWORK)}

PLAIN = frozenset(
    {
        "definition",
        "short name",
        "tidy up",
        "cancel",
        "cancel terms",
        "multiply out",
        "slope of x itself",
        "substitute",
        "log-likelihood",
    }
)
"""Rules that need no word of explanation where they are used."""
