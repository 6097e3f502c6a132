"""Tables made ready for the recoding kernels: rows collapsed to distinct combinations, hierarchies as arrays."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from core.protect.hierarchies.tree import Tree
from core.risk.kernel import class_sizes
from core.table import Column, Table

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WORD = 2**62
NODES = 15_000
"""A lattice of up to so many combinations of levels is tried completely; of a larger one, those that promise most."""


@dataclass(frozen=True, eq=False)
class Recoding:
    """A table's quasi-identifiers and their trees, collapsed to distinct combinations (items).

    item_of     (rows,) int32: the item of each row
    weight      (items,) int64: rows the item stands for
    codes       (columns, items) int32: place of the value in its tree (missing is the last place)
    groups      (columns, levels, values) int32: the group of each value at each level (beyond the depth: the root)
    shares      (columns, levels, groups) float64: share of the domain a group covers
    depth       (columns,) int64
    importance  (columns,) float64, mean 1: how much a loss in the column counts
    """

    names: tuple[str, ...]
    trees: tuple[Tree, ...]
    item_of: npt.NDArray[np.int32]
    weight: Ints
    codes: npt.NDArray[np.int32]
    groups: npt.NDArray[np.int32]
    shares: Floats
    depth: Ints
    importance: Floats

    @staticmethod
    def of(
        table: Table, trees: Mapping[str, Tree], importance: Mapping[str, float] | None = None,
        extra: Sequence[Column] = (),
    ) -> Recoding:
        """`extra` columns (sensitive ones) also tell items apart, but are not recoded."""
        columns = [table[n] for n in trees]
        classes = class_sizes([*columns, *extra])
        first = classes.first_rows
        codes = np.stack([np.where(c.codes[first] < 0, len(c.values), c.codes[first]) for c in columns])
        levels = max(t.depth for t in trees.values()) + 1
        width = max(t.groups.shape[1] for t in trees.values())
        groups = np.zeros((len(trees), levels, width), np.int32)
        shares = np.ones((len(trees), levels, width))
        for i, tree in enumerate(trees.values()):
            groups[i, : tree.depth + 1, : tree.groups.shape[1]] = tree.groups
            for level, share in enumerate(tree.shares):
                shares[i, level, : len(share)] = share
        weights = np.array([float((importance or {}).get(n, 1.0)) for n in trees])
        return Recoding(
            tuple(trees), tuple(trees.values()), classes.class_of, classes.sizes.astype(np.int64),
            codes.astype(np.int32), groups, shares, np.array([t.depth for t in trees.values()], np.int64),
            weights / weights.mean(),
        )

    @property
    def items(self) -> int:
        return len(self.weight)

    def by_row(self) -> Recoding:
        """The same, not collapsed: every row is an item of its own, in row order."""
        return replace(self, item_of=np.arange(len(self.item_of), dtype=np.int32), codes=self.codes[:, self.item_of],
                       weight=np.ones(len(self.item_of), np.int64))

    @cached_property
    def radix(self) -> Ints:
        """(columns, levels) number of groups at each level."""
        return np.asarray(self.groups.max(axis=2).astype(np.int64) + 1)

    @cached_property
    def word(self) -> Ints:
        """(columns,) the 64-bit word of the packed key each column goes into, so that none overflows."""
        word, product, at = np.zeros(len(self.names), np.int64), 1, 0
        for i, size in enumerate(self.radix.max(axis=1).tolist()):
            if product * size >= WORD:
                product, at = 1, at + 1
            product *= size
            word[i] = at
        return word

    @cached_property
    def mean_shares(self) -> Floats:
        """(columns, levels) mean share of the domain over all rows if the column were at this level everywhere."""
        out = np.ones(self.groups.shape[:2])
        for c, codes in enumerate(self.codes):
            for level in range(int(self.depth[c]) + 1):
                out[c, level] = np.average(self.shares[c, level, self.groups[c, level, codes]], weights=self.weight)
        return out

    def lattice(self) -> float:
        """How many combinations of levels there are."""
        return float(np.prod(self.depth + 1.0))

    def all_nodes(self) -> Ints:
        """(nodes, columns) every combination of levels, least loss first."""
        return self.in_order(np.array(list(itertools.product(*(range(int(d) + 1) for d in self.depth))), np.int64))

    def upward(self) -> Ints:
        """(nodes, columns) combinations of levels, least loss first, the coarsest last: all, or those that promise."""
        if self.lattice() <= NODES:
            return self.all_nodes()
        return self.near_nodes(self.promising_nodes((2, 20, 200)), NODES)

    def promising_nodes(self, sizes: Sequence[int]) -> Ints:
        """(nodes, columns) combinations of levels that top-down splitting ends with, for these k; least loss first."""
        from core.protect.kernels.top_down import top_down

        found = [np.zeros((1, len(self.names)), np.int64), self.depth[None]]
        for k in sizes:
            for score in (0, 1, 2):
                found.append(np.unique(top_down(self.codes, self.weight, self.groups, self.shares, self.importance,
                                                self.depth, k, score), axis=0))
        return self.in_order(np.concatenate(found))

    def near_nodes(self, nodes: Ints, most: int) -> Ints:
        """(nodes, columns) these and those one level up or down in one column, least loss first; at most about `most`.

        Where there are more, the neighbours of the first nodes given count most.
        """
        found, held = [nodes, self.depth[None]], len(nodes) + 1
        for start in range(0, len(nodes), 64):
            for step in (-1, 1):
                for c, depth in enumerate(self.depth):
                    near = nodes[start : start + 64].copy()
                    near[:, c] += step
                    found.append(near[(near[:, c] >= 0) & (near[:, c] <= depth)])
                    held += len(found[-1])
            if held > 2 * most:
                break
        return self.in_order(np.concatenate(found)[: 2 * most])

    def in_order(self, nodes: Ints) -> Ints:
        """Distinct nodes, least loss first."""
        nodes = np.unique(nodes, axis=0)
        return nodes[np.argsort(self.loss(nodes), kind="stable")]

    def loss(self, nodes: Ints) -> Floats:
        """(nodes,) mean loss over the rows and columns if all rows were at these levels."""
        costs = self.mean_shares * self.importance[:, None]
        return np.asarray(costs[np.arange(len(self.names)), nodes].mean(axis=1))

    def item_loss(self, levels: Ints) -> Floats:
        """(items,) mean share over the columns, with (columns, items) levels."""
        at = np.arange(len(self.names))[:, None]
        shares = self.shares[at, levels, self.groups[at, levels, self.codes]]
        return np.asarray((shares * self.importance[:, None]).mean(axis=0))

    def granularity(self, levels: Ints) -> float:
        """1 - (L - M) / (1 - M): 1 where nothing is lost, 0 where everything is `*`. All columns count alike.

        L is the mean share of the domain of the released cells, M that of leaves (ARX's granularity,
        doi:10.1145/775047.775089 normalised).
        """
        at = np.arange(len(self.names))[:, None]
        shares = self.shares[at, levels, self.groups[at, levels, self.codes]]
        mean, least = np.average(shares.mean(axis=0), weights=self.weight), np.mean([1 / t.domain for t in self.trees])
        return float(1 - (mean - least) / (1 - least)) if least < 1 else 1.0

    def write(self, table: Table, levels: Ints) -> Table:
        """The table with each row's cells at its item's levels ((columns, items))."""
        return table.with_columns({
            name: written(table[name], tree, levels[c][self.item_of])
            for c, (name, tree) in enumerate(zip(self.names, self.trees, strict=True))
        })


def written(column: Column, tree: Tree, level: Ints) -> Column:
    """The column with row i at level[i] of its tree; it keeps its kind where cells are exact or `*`."""
    offset = np.concatenate([[0], np.cumsum([len(x) for x in tree.labels])])
    texts = [label for labels in tree.labels for label in labels]
    place = np.where(column.codes < 0, tree.groups.shape[1] - 1, column.codes)
    cells = Column.of(texts)
    group = tree.groups[level, place] + offset[level]
    codes = np.append(cells.codes, -1)[group].astype(np.int32)
    kind = column.kind if not np.isin(level, np.arange(1, tree.depth)).any() else "category"
    return Column(codes, cells.values, kind, column.labels)._compact()
