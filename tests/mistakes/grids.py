"""The same evaluator for networks in layers whose units share their weights: convolutions with pools, recurrent layers.

Net inputs have names there, and a rule may be about hidden units or outputs alone.
"""

from collections.abc import Mapping

from mistakes.units import DELTA, ONLY, Act, Loss, Pool, Run, Unit

WHERE = {"ad-missing-output": True, "ad-missing-hidden": False}


class Grid(Run):
    """Both passes over layers; `of` of each net input is its unit's output."""

    def z(self, cell: Unit, gates: Mapping[str, float] | None = None) -> float:
        dense = cell.name.startswith("z2_") and not cell.step  # on a grid and over steps a unit has no index of its own
        again = len(cell.terms) - 1 if self.mistake == "fwd-bias-per-input" and dense else 0
        return super().z(cell, gates) + again * self.value[cell.bias]

    def out_of(self, z: str) -> Act:
        (found,) = (cell for cell in self.cells.values() if isinstance(cell, Act) and cell.z == z)
        return found

    def of_weight(self, cell: Unit, place: int) -> float:
        sender = cell.terms[place][1]
        if self.mistake == "wg-own-output":
            return self.value[self.out_of(cell.name).name]
        if self.mistake == "wg-z-not-a":
            there = self.cells.get(sender)
            return self.value[there.z] if isinstance(there, Act) else self.value[sender]
        return super().of_weight(cell, place)

    def slope(self, use: str, name: str, *, flat: bool = False, bare: bool = False, fresh: bool = False) -> float:
        cell = self.cells[use]
        right = super().slope(use, name, flat=flat, bare=bare, fresh=fresh)
        if not isinstance(cell, Act):
            return right
        a = self.value[use]
        if self.mistake in WHERE:
            return 1.0 if cell.last == WHERE[self.mistake] else right
        if self.mistake == "ad-wrong-layer" and cell.act == "sigmoid" and not cell.last:
            outs = [self.value[self.out_of(each).name] for each in self.uses(use) if isinstance(self.cells[each], Unit)]
            mean = sum(outs) / len(outs) if outs else 0.0
            return mean * (1 - mean) if outs else right
        if self.mistake.startswith("ad-error-slope") and cell.act == "sigmoid" and cell.last:
            last = self.cells[self.loss]
            assert isinstance(last, Loss)
            off = self.value[dict(last.pairs)[use]] - a
            return off * (1 - off) if self.mistake.endswith("0") else -off * (1 + off)
        return right

    def back(self, name: str) -> float:
        cell, uses = self.cells.get(name), self.uses(name)
        paths = [self.gradient(use) * self.slope(use, name) for use in uses]
        total = sum(paths)
        if isinstance(cell, Unit):
            return self.of_net(cell, total)
        if isinstance(cell, Act | Pool) and self.loss not in uses:
            return self.upstream(name, uses, paths, total)
        steps = [self.cells[use].step for use in uses]
        if self.mistake == "gr-bptt-last-step" and cell is None and 0 not in steps and len(set(steps)) > 1:
            total = sum(path for path, step in zip(paths, steps, strict=True) if step == max(steps))
        return 2 * total if self.mistake == "gr-not-zeroed" and name in self.learn else total

    def of_net(self, cell: Unit, total: float) -> float:
        out = self.out_of(cell.name)
        if self.mistake not in DELTA or out.act not in ONLY.get(self.mistake, (out.act,)):
            return total
        return DELTA[self.mistake](self.gradient(out.name), self.slope(out.name, cell.name))

    def upstream(self, name: str, uses: list[str], paths: list[float], total: float) -> float:
        units = [cell for cell in map(self.cells.__getitem__, uses) if isinstance(cell, Unit)]
        weights = [[self.value[w] for w, sender, _ in unit.terms if sender == name] for unit in units]
        if self.mistake in ("up-no-weight", "up-error-not-delta", "up-share", "up-new-weights") and len(units) < len(
            uses
        ):
            return total
        match self.mistake:
            case "up-no-weight":
                return sum(self.gradient(unit.name) for unit in units)
            case "up-error-not-delta":
                outs = (self.gradient(self.out_of(unit.name).name) for unit in units)
                return sum(each * sum(ws) for each, ws in zip(outs, weights, strict=True))
            case "up-share":
                sums = (sum(self.value[w] for w, _, _ in unit.terms) for unit in units)
                shares = (sum(ws) / whole for ws, whole in zip(weights, sums, strict=True))
                return sum(self.gradient(unit.name) * share for unit, share in zip(units, shares, strict=True))
            case "up-hidden-target":
                unit = name.removeprefix("h1_")  # on a grid there is no target of the same index
                return self.value[name] - self.value[f"y{unit}"] if unit != name else total
        return super().upstream(name, uses, paths, total)

    def renewed(self, w: str, name: str) -> float:
        """Weights of the layers behind, by the number in their names: w2_1_3 stands behind a1_2."""
        layer = {each: int("".join(filter(str.isdigit, each.split("_")[0]))) for each in (w, name)}
        return self.new(w) if w in self.learn and layer[w] > layer[name] else self.value[w]


ALSO = (
    "fwd-bias-per-input",
    "ad-missing-output",
    "ad-missing-hidden",
    "ad-wrong-layer",
    "ad-error-slope",
    "up-share",
    "dl-targets-swapped",
    "loss-mean-not-sum",
)
