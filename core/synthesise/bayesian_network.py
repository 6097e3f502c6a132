"""Synthesise by a Bayesian network: each column given the few others it depends on most."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.declare import param
from core.protect.method import Progress
from core.synthesise.bins import Bins, Ints, best_parents, counted
from core.synthesise.conditional import Conditional
from core.synthesise.trained import Model
from core.table import Column, Table


class BayesianNetwork(Conditional):
    """New people from a web of “this depends on that”: each column given the few columns it depends on most.

    At a glance: income given education and age, education given age, and so on. The web can be drawn and explained,
    and no real row is drawn from: only shares of combinations are kept, so what is rare in combination is blurred.

    Numbers are cut into `bins` of equally many people and drawn within a bin. Columns are added one after the other;
    each takes as parents up to `parents` of those before it, those with the most mutual information, as long as the
    table of combinations stays within the number of rows. Shares are smoothed by `prior` imagined people spread over
    the values as they occur.

    Source: Young, Graham and Penny (2009), Using Bayesian networks to create synthetic data, Journal of Official
    Statistics 25(4), 549-567; the greedy choice of parents is that of Zhang and others (2017), PrivBayes,
    doi:10.1145/3134428, without its noise.
    """

    method: Literal["bayesian_network"] = "bayesian_network"
    title: ClassVar[str] = "A web of dependencies (Bayesian network)"
    parents: int = param(
        "On how many others may a column depend?", default=3, ge=1, le=5, search=(1, 4),
        why="More keeps more relations, and needs more rows to learn them from.",
    )
    bins: int = param(
        "Into how many ranges are numbers cut?", default=20, ge=2, le=200, unit="ranges", advanced=True,
        why="More keeps more detail of each number and fewer relations between columns.",
    )
    prior: float = param(
        "How strongly are small groups drawn towards the whole?", default=1.0, gt=0, le=1_000, unit="imagined people",
        advanced=True, why="More hides people in rare combinations better.",
    )

    def learn_given(self, known: Table, table: Table, rng: np.random.Generator, progress: Progress) -> Model:
        coded = {n: Bins.of(c, self.bins) for n, c in {**known.columns, **table.columns}.items()}
        codes = {n: coded[n].codes(c) for n, c in {**known.columns, **table.columns}.items()}
        seen = list(known.names)
        left = list(table.names)
        nodes: list[Node] = []
        while left:
            progress(len(nodes) / len(table.names), left[0])
            # In the file's order: people put what explains first, and the choice of parents is quick.
            name = left.pop(0)
            chosen = best_parents(codes, {n: b.size for n, b in coded.items()}, name, seen, self.parents, rng)
            nodes.append(Node.learned(name, chosen, codes, {n: b.size for n, b in coded.items()}, self.prior))
            seen.append(name)
        return Network(known.names, coded, tuple(nodes))


class Node:
    """One column: the shares of its bins for each combination of its parents' bins that occurred."""

    def __init__(
        self, name: str, parents: tuple[str, ...], sizes: tuple[int, ...], keys: Ints, upto: npt.NDArray[np.float64],
        alone: npt.NDArray[np.float64],
    ) -> None:  # fmt: skip
        self.name, self.parents, self.sizes = name, parents, sizes
        self.keys, self.upto, self.alone = keys, upto, alone

    @staticmethod
    def learned(
        name: str, parents: tuple[str, ...], codes: dict[str, Ints], sizes: dict[str, int], prior: float
    ) -> Node:
        alone = np.bincount(codes[name], minlength=sizes[name]) / len(codes[name])
        packed = pack(parents, codes, tuple(sizes[p] for p in parents))
        keys, place = np.unique(packed, return_inverse=True)
        counts = counted(place.ravel(), codes[name], len(keys), sizes[name])
        shares = counts + prior * alone
        shares /= shares.sum(1, keepdims=True)
        return Node(name, parents, tuple(sizes[p] for p in parents), keys, np.cumsum(shares, 1), np.cumsum(alone))

    def draw(self, codes: dict[str, Ints], rows: int, rng: np.random.Generator) -> Ints:
        """(rows,) bins; a combination of parents that never occurred draws from all people."""
        packed = pack(self.parents, codes, self.sizes) if self.parents else np.zeros(rows, np.int64)
        at = np.minimum(np.searchsorted(self.keys, packed), len(self.keys) - 1)
        lot = rng.random(rows)
        met = self.keys[at] == packed
        drawn = np.empty(rows, np.int64)
        drawn[~met] = np.searchsorted(self.alone, lot[~met], "right")
        for start in range(0, rows, 50_000):
            some = np.flatnonzero(met[start : start + 50_000]) + start
            drawn[some] = (self.upto[at[some]] <= lot[some, None]).sum(1)
        return np.minimum(drawn, len(self.alone) - 1)


def pack(names: tuple[str, ...], codes: dict[str, Ints], sizes: tuple[int, ...]) -> Ints:
    """(rows,) combinations of bins as one number; sizes multiply to less than the number of rows, so it fits."""
    packed = np.zeros(len(next(iter(codes.values()))), np.int64)
    for name, size in zip(names, sizes, strict=True):
        packed = packed * size + codes[name]
    return packed


class Network:
    """The web: columns in the order in which they are drawn."""

    def __init__(self, known: tuple[str, ...], bins: dict[str, Bins], nodes: tuple[Node, ...]) -> None:
        self.known, self.bins, self.nodes = known, bins, nodes

    def draw(self, rows: int, rng: np.random.Generator, known: Table | None = None) -> Table:
        given = {} if known is None else {n: known[n] for n in self.known}
        codes = {n: self.bins[n].codes(c) for n, c in given.items()}
        made: dict[str, Column] = {}
        for node in self.nodes:
            codes[node.name] = node.draw(codes, rows, rng)
            made[node.name] = self.bins[node.name].column(codes[node.name], rng)
        return Table({**given, **made})
