"""One level for each column, the same in every row: the combination that loses least, found by a full search."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.alike import check_importance, enough_rows, plant_all
from core.protect.hierarchy import Hierarchy
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises import at_least_k
from core.protect.recoding import Ints, Recoding
from core.table import Table

BITS = 62
WORK = 20_000_000_000
"""Cells counted before the search gives up proving the optimum: about ten minutes on one core."""


class Optimum(NamedTuple):
    """What the search found.

    levels      (columns,) level of each column
    loss        mean loss of a cell (suppressed rows count 1), with importance; `bound` is the least any node could have
    suppressed  rows in classes below k at these levels
    nodes       combinations counted; `proved` is True if none of the others can be better
    """

    levels: Ints
    loss: float
    suppressed: int
    nodes: int
    bound: float

    @property
    def proved(self) -> bool:
        return self.bound >= self.loss - 1e-9


class FullDomain(Method):
    """Make whole columns coarser until each combination of values stands in at least k rows.

    At a glance: every column gets one level, the same in all rows, so tables made from the result are easy to read
    and compare. All combinations of levels are searched and the one that loses least is taken (an optimum, as ARX
    finds it). A small share of rows, those with rare combinations, may be blanked in these columns instead of
    making everybody coarser. Loses much more detail than groups made row by row (`k_anonymity`).

    In: any columns; numbers get bands, dates months and years, others their value or `*`, unless a hierarchy is
    given. Out: the same rows; where fewer than k rows would be blanked, these are left out, because so few blanked
    rows would stand out again.

    Source: Samarati (2001), doi:10.1109/69.971193; El Emam et al. (2009), doi:10.1197/jamia.M3144 (OLA);
    Kohlmayer et al. (2012), doi:10.1109/SocialCom-PASSAT.2012.52 (Flash).
    """

    method: Literal["full_domain"] = "full_domain"
    title: ClassVar[str] = "One coarseness for each column"
    group: ClassVar[Group] = "categories"
    k: int = param(
        "How many rows must share each combination?", default=5, ge=2, le=10_000, search=(3, 20), unit="rows",
        why="With 5, everyone shares all these values with at least four others.",
    )
    columns: KeyColumns = param(
        "Which columns could an outsider know?", default=(),
        why="Left empty: all columns with the role quasi-identifier.",
    )
    hierarchies: Annotated[dict[str, Hierarchy], ColumnPick()] = param(
        "Which groups do values belong to?", default={},
        why="Left empty: bands for numbers, month and year for dates, otherwise the value or nothing.",
    )
    suppress: float = param(
        "How many rows may be blanked in these columns?", default=5, ge=0, le=100, unit="per cent", search=(0, 10),
        why="A few rare rows would otherwise force everyone to become coarser.",
    )
    importance: Annotated[dict[str, float], ColumnPick()] = param(
        "Which columns matter most to you?", default={}, advanced=True,
        why="A column with 2 is spared at the cost of columns with 1.",
    )

    def check(self, table: Table) -> None:
        names = chosen(table, self.columns)
        table.require([*self.hierarchies, *self.importance])
        check_importance(self.importance)
        enough_rows(table, self.k)
        fields(Recoding.of(table, plant_all(table, names, self.hierarchies), self.importance))

    def foresee(self, table: Table) -> Table:
        return table.with_columns({n: table[n].with_kind("category") for n in chosen(table, self.columns)})

    def apply(self, table: Table, run: Run) -> Table:
        if not table.rows:
            return table
        enough_rows(table, self.k)
        recoding = Recoding.of(table, plant_all(table, chosen(table, self.columns), self.hierarchies), self.importance)
        run.progress(0.1, "searching the levels")
        best = optimum(recoding, self.k, int(self.suppress / 100 * table.rows))
        rare = below_k(recoding, best.levels, self.k)
        levels = np.where(rare, recoding.depth[:, None], best.levels[:, None])
        out = recoding.write(table, levels)
        return out.take(~rare[recoding.item_of]) if 0 < best.suppressed < self.k else out

    def claims(self, table: Table) -> tuple[Claim, ...]:
        return (at_least_k(chosen(table, self.columns), self.k),)

    def in_words(self) -> str:
        return f"One coarseness for each column, {self.k} rows for each combination"


def fields(recoding: Recoding) -> tuple[Ints, Ints]:
    """(columns,) shift and width in bits of each column's field in the packed key; a Problem if 62 bits do not do."""
    bits = np.array([max(1, (int(n) - 1).bit_length()) for n in recoding.radix.max(axis=1)], np.int64)
    if bits.sum() > BITS:
        raise Problem(
            "These columns hold too many different values to search all combinations of levels.",
            "Choose fewer columns, or use “Groups of people who look alike”.",
        )
    return np.cumsum(bits) - bits, bits


def optimum(recoding: Recoding, k: int, limit: int, prune: bool = True, work: int = WORK) -> Optimum:
    """The levels of least loss with at most `limit` rows in classes below k.

    prune=False counts every node of the lattice; the result is the same.
    """
    from core.protect.kernels.lattice import search

    shift, bits = fields(recoding)
    leaf = recoding.groups[np.arange(len(recoding.names))[:, None], 0, recoding.codes].astype(np.int64)
    at = np.arange(len(recoding.names))[:, None]
    losses = (recoding.shares[at, 0, leaf] * recoding.importance[:, None]).sum(axis=0)
    levels, loss, suppressed, nodes, bound = search(
        (leaf << shift[:, None]).sum(axis=0), recoding.weight, losses, shift, bits, recoding.depth, recoding.groups,
        recoding.shares, recoding.importance, recoding.mean_shares, k, limit, int(recoding.weight.sum()), prune, work,
    )
    columns = recoding.importance.sum()
    return Optimum(levels, float(loss / columns), int(suppressed), int(nodes), float(bound / columns))


def below_k(recoding: Recoding, levels: Ints, k: int) -> np.ndarray:
    """(items,) True where fewer than k rows share the item's combination at these levels."""
    from core.risk.kernel import count_keys, pack_codes

    codes = [recoding.groups[c, level][recoding.codes[c]] for c, level in enumerate(levels)]
    classes = count_keys(*pack_codes(codes, [int(c.max()) + 2 for c in codes]))
    rows = np.bincount(classes.class_of, recoding.weight)
    return np.asarray(rows[classes.class_of] < k)
