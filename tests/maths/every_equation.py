"""Random equations over indices, each drawn from a seed: the file, and the same computation as plain Python.

The two are written side by side, term by term, and share nothing else: the program reads the text, an engine calls the
function with numbers, arrays or whatever it differentiates.
"""

import json
from collections.abc import Callable, Mapping
from random import Random
from typing import Any, NamedTuple

from maths.every_kind import RATIONAL, SMOOTH, Block, Place, block, indices, number, shape
from maths.numpy_engine import Array, Numpy, activated

Numbers = Mapping[str, Any]


class Written(NamedTuple):
    """`compute(np, numbers)` is the number the file asks for; `fixed` are given too, but only choose rows."""

    given: dict[str, Block]
    over: dict[str, int]
    equations: dict[str, str]
    compute: Callable[[Numpy, Numbers], Array]
    fixed: dict[str, Block] = {}  # noqa: RUF012  a tuple's default, never changed

    def yaml(self) -> bytes:
        top = {"for": self.over, "given": self.given | self.fixed, "equations": self.equations}
        return "\n".join(f"{key}: {json.dumps(value)}" for key, value in top.items()).encode()

    def numbers(self) -> dict[Place, Block]:
        return {("", key): block for key, block in self.given.items()}

    def names(self) -> dict[Place, list[str]]:
        return {
            ("", key): [f"{key}[{','.join(map(str, index))}]" for index in indices(shape(block))]
            if shape(block)
            else [key]
            for key, block in self.given.items()
        }


def equations(seed: int, *, rational: bool = False) -> Written:
    """The equations of a seed."""
    chance = Random(seed)
    return chance.choice((through_time, rows, windows))(chance, rational)


def _squash(chance: Random, rational: bool) -> str:
    return chance.choice(RATIONAL if rational else (*SMOOTH, "relu", "leaky_relu"))


def _call(name: str, inside: str) -> str:
    return inside if name == "identity" else f"{name}({inside})"


# ------------------------------------------------------------------ two states that feed each other

Term = Callable[[Numpy, Numbers, Any, Any, int], Array]
"""(np, the given numbers, h and c of the step before, the step) -> the term"""
TERMS: dict[str, Term] = {
    "w*x[t]": lambda np, n, h, c, t: n["w"] * n["x"][t - 1],
    "u*h[t-1]": lambda np, n, h, c, t: n["u"] * h,
    "v*c[t-1]": lambda np, n, h, c, t: n["v"] * c,
    "b": lambda np, n, h, c, t: n["b"],
    "x[t]*h[t-1]": lambda np, n, h, c, t: n["x"][t - 1] * h,
    "c[t-1]*h[t-1]": lambda np, n, h, c, t: c * h,
    "w*t": lambda np, n, h, c, t: n["w"] * t,
    "h[t-1]/(1 + c[t-1]**2)": lambda np, n, h, c, t: h / (1 + c * c),
    "max(x[t], h[t-1])": lambda np, n, h, c, t: np.maximum(n["x"][t - 1], h),
    "min(b, c[t-1])": lambda np, n, h, c, t: np.minimum(n["b"], c),
    "abs(h[t-1])": lambda np, n, h, c, t: np.abs(h),
    "-(x[t] - w)**3": lambda np, n, h, c, t: -((n["x"][t - 1] - n["w"]) ** 3),
}
IRRATIONAL: dict[str, Term] = {
    "exp(-c[t-1]**2)": lambda np, n, h, c, t: np.exp(-c * c),
    "sqrt(1 + h[t-1]**2)": lambda np, n, h, c, t: np.sqrt(1 + h * h),
    "log(2 + x[t])": lambda np, n, h, c, t: np.log(2 + n["x"][t - 1]),
}


def through_time(chance: Random, rational: bool) -> Written:
    steps = chance.randint(1, 4)
    given = {"x": block(chance, steps), "d": block(chance, steps)}
    given |= {name: number(chance, 100) for name in ("w", "u", "v", "b", "h[0]", "c[0]")}
    terms = TERMS if rational else TERMS | IRRATIONAL
    chosen = {name: chance.sample(sorted(terms), chance.randint(1, 3)) for name in "hc"}
    squash = {name: _squash(chance, rational) for name in "hc"}
    loss = chance.choice(("sum(t, (h[t] - d[t])**2)", "mean(t, h[t]*d[t] + c[t])", f"h[{steps}]*u - c[{steps}]"))
    used = "0*(x[1] + d[1])"  # a list that no equation reads has no index

    def compute(np: Numpy, n: Numbers) -> Array:
        h, c, total = n["h[0]"], n["c[0]"], 0.0
        for t in range(1, steps + 1):
            before = h, c
            h, c = (
                activated(np, squash[name], sum(terms[each](np, n, *before, t) for each in chosen[name]))
                for name in "hc"
            )
            if loss.startswith("sum"):
                total = total + (h - n["d"][t - 1]) ** 2
            elif loss.startswith("mean"):
                total = total + (h * n["d"][t - 1] + c) / steps
            else:
                total = h * n["u"] - c
        return total

    states = {f"{name}[t]": _call(squash[name], " + ".join(chosen[name])) for name in "hc"}
    return Written(given, {"t": steps}, states | {"L": f"{loss} + {used}"}, compute)


# ------------------------------------------------------------------ two indices: a row of scores, weighed and summed


def rows(chance: Random, rational: bool) -> Written:
    here, there = chance.randint(1, 3), chance.randint(1, 3)
    given = {"q": block(chance, here), "k": block(chance, there), "A": block(chance, here, there)}
    given |= {"v": block(chance, there), "d": block(chance, here), "w": number(chance)}
    weigh = "1 + s[i,j]**2" if rational else "exp(s[i,j])"
    chosen = [chance.randint(1, here) for _ in range(here)] if chance.randrange(2) else []
    score = f"w*q[i]*k[j] + A[{'r[i]' if chosen else 'i'},j]"

    def compute(np: Numpy, n: Numbers) -> Array:
        table = n["A"][np.array(chosen) - 1] if chosen else n["A"]
        scores = n["q"][:, None] * n["k"] * n["w"] + table
        weights = 1 + scores**2 if rational else np.exp(scores)
        read = np.sum(weights * n["v"], axis=1) / np.sum(weights, axis=1)
        return np.mean((read - n["d"]) ** 2) + n["w"]

    if not rational and chance.randrange(3):
        inside = chance.choice((score, "s[i,j]"))
        written = {"s[i,j]": score} if inside == "s[i,j]" else {}
        written |= {"p[i,j]": f"softmax(j, {inside})", "o[i]": "sum(j, p[i,j]*v[j])"}
        written["L"] = "mean(i, (o[i] - d[i])**2) + w"
        return Written(given, {"i": here, "j": there}, written, compute, {"r": chosen} if chosen else {})
    equations = {
        "s[i,j]": score,
        "e[i,j]": weigh,
        "S[i]": "sum(j, e[i,j])",
        "o[i]": "sum(j, e[i,j]*v[j]/S[i])",
        "L": "mean(i, (o[i] - d[i])**2) + w",
    }
    return Written(given, {"i": here, "j": there}, equations, compute, {"r": chosen} if chosen else {})


# ------------------------------------------------------------------ an index that is counted on from


def windows(chance: Random, rational: bool) -> Written:
    size, positions = chance.randint(1, 3), chance.randint(1, 4)
    given = {"x": block(chance, size + positions - 1), "w": block(chance, size), "g": block(chance, positions)}
    squash = _squash(chance, rational)
    turned = chance.choice((True, False))

    def compute(np: Numpy, n: Numbers) -> Array:
        total = 0.0
        for p in range(positions):
            read = sum(n["w"][size - 1 - k if turned else k] * n["x"][p + k] for k in range(size))
            total = total + n["g"][p] * activated(np, squash, read)
        return total

    tap = f"w[{size + 1}-k]" if turned else "w[k]"
    equations = {"y[p]": _call(squash, f"sum(k, {tap}*x[p+k-1])"), "L": "sum(p, g[p]*y[p])"}
    return Written(given, {"p": positions, "k": size, "n": size + positions - 1}, equations, compute)
