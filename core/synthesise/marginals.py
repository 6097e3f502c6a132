"""Noisy marginals of coded rows, the model they make, and new rows from it: what AIM, MST and the baseline share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.synthesise.grouping import Grouping, grouped
from core.synthesise.junction import Attrs
from core.synthesise.model import Floats, Ints, Measured, Model
from core.synthesise.purse import Purse


@dataclass(frozen=True, eq=False)
class Coded:
    """Rows as levels of public domains. The last level of each column is “missing or not in the domain”.

    codes    (rows, columns)
    sizes    how many levels each column has
    ordered  whether neighbouring levels are neighbours in size
    total    the number of rows where it is public, else None
    names    the column behind each place
    """

    codes: Ints
    sizes: tuple[int, ...]
    ordered: tuple[bool, ...]
    total: int | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Learned:
    """What was learned: a model of groups of levels, how groups become levels again, and each column as it was counted.

    singles  noisy counts of every column by itself, level by level
    """

    model: Model
    groupings: tuple[Grouping, ...]
    singles: tuple[Measured, ...]

    @property
    def total(self) -> int:
        """How many rows there are, as far as the noise lets one know."""
        return max(round(self.model.total), 1)

    def sample(self, rows: int, rng: np.random.Generator) -> Ints:
        """(rows, columns) levels of new rows."""
        groups = self.model.sample(rows, rng)
        return np.column_stack([g.levels(groups[:, i], rng) for i, g in enumerate(self.groupings)])

    def evidence(self, codes: Ints, others: Ints) -> Floats:
        """(rows,) what the noisy tables count in each row's cells beyond these other rows, by precision.

        Of an attacker who sees every noisy number and knows everybody else, but of each of `codes` only that a coin
        decided: half of them are expected. Cells where many of them may stand say little about any one, and count
        little, so that missing noise shows however much of it is said to be there.
        """
        groups, rest = (np.column_stack([g.of[c[:, i]] for i, g in enumerate(self.groupings)]) for c in (codes, others))
        found = np.zeros(len(codes))
        joint = [m for m in self.model.measured if len(m.attrs) > 1]
        for tables, mine, theirs in ((self.singles, codes, others), (joint, groups, rest)):
            for m in tables:
                at = tuple(mine[:, a] for a in m.attrs)
                known, maybe = np.zeros(m.counts.shape), np.zeros(m.counts.shape)
                np.add.at(known, tuple(theirs[:, a] for a in m.attrs), 1)
                np.add.at(maybe, at, 1)
                found += (m.counts[at] - known[at] - maybe[at] / 2) / (m.variance[at] + (maybe[at] - 1) / 4) / maybe[at]
        return found


class Counter:
    """Counts cells of coded rows, and buys noisy ones."""

    def __init__(self, codes: Ints, sizes: Sequence[int], purse: Purse) -> None:
        self.codes, self.sizes, self.purse = codes, tuple(sizes), purse

    def exact(self, attrs: Attrs) -> Ints:
        """(cells,) how many rows each cell of the joint table holds; for the purse's eyes only."""
        shape = [self.sizes[a] for a in attrs]
        place = np.ravel_multi_index([self.codes[:, a] for a in attrs], shape)
        return np.bincount(place, minlength=int(np.prod(shape))).astype(np.int64)

    def bought(self, attrs: Attrs, share: float) -> Measured:
        noisy, noise = self.purse.counts(self.exact(attrs), share, f"table of {len(attrs)} columns")
        shape = [self.sizes[a] for a in attrs]
        return Measured(attrs, noisy.reshape(shape), np.full(shape, noise.sd**2))


def begin(coded: Coded, purse: Purse, share: float) -> tuple[Counter, Learned]:
    """Every column by itself, for this share of the price in all: levels put together, and a model to go on from."""
    columns = len(coded.sizes)
    fine = Counter(coded.codes, coded.sizes, purse)
    singles = [fine.bought((i,), share / columns) for i in range(columns)]
    groupings = tuple(grouped(m.counts, float(np.sqrt(m.variance.flat[0])), o)
                      for m, o in zip(singles, coded.ordered, strict=True))
    model = Model([g.groups for g in groupings], coded.total if coded.total is not None else _total(singles))
    model.add([Measured(m.attrs, *g.counted(m.counts, float(np.sqrt(m.variance.flat[0]))))
               for m, g in zip(singles, groupings, strict=True)])
    model.fit()
    coarse = np.column_stack([g.of[coded.codes[:, i]] for i, g in enumerate(groupings)])
    return Counter(coarse, model.sizes, purse), Learned(model, groupings, tuple(singles))


def _total(singles: Sequence[Measured]) -> float:
    """Each table's sum estimates the number of rows; together they do so with the least variance."""
    precision = [1 / m.variance.sum() for m in singles]
    return float(sum(m.counts.sum() * p for m, p in zip(singles, precision, strict=True)) / sum(precision))
