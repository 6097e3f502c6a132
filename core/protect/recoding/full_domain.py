"""One level for each column, the same in every row: the combination that loses least, found by a full search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.hierarchies.hierarchy import Automatic, Hierarchy
from core.protect.hierarchies.recoding import Floats, Ints, Recoding
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises.population import census_codes, k_maps, widened
from core.protect.promises.rules import Rule, all_keep, coded, in_lots, mix_rules
from core.protect.recoding.alike import (
    T_CLOSENESS,
    alike_claims,
    check_importance,
    check_rules,
    enough_rows,
    plant_all,
)
from core.table import Table
from core.table.column import Codes

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


class Asked(NamedTuple):
    """What a class must keep besides its size, item by item and as the kernels take it.

    sensitive  (sensitive columns, items) category of each item; share (categories,); rules (rules, 5 or more)
    codes      per population: (columns, entries) places in the trees; people: (entries,); least: how many there must be
    """

    sensitive: Ints
    share: Floats
    rules: Floats
    codes: tuple[Codes, ...] = ()
    people: tuple[Floats, ...] = ()
    least: tuple[int, ...] = ()


NOTHING = Asked(np.zeros((0, 0), np.int64), np.zeros(1), np.zeros((0, 5)))


class FullDomain(Method):
    """Make whole columns coarser until each combination of values stands in at least k rows.

    At a glance: every column gets one level, the same in all rows, so tables made from the result are easy to read
    and compare. All combinations of levels are searched and the one that loses least is taken (an optimum, as ARX
    finds it). A small share of rows, those with rare combinations, may be blanked in these columns instead of
    making everybody coarser. Loses much more detail than groups made row by row (`k_anonymity`).

    In: any columns; numbers get bands, dates months and years, others their value or `*`, unless a hierarchy is
    given. Out: the same rows; where fewer than k rows would be blanked, these are left out, because so few blanked
    rows would stand out again. The log says how many, and whether the optimum is proved.

    With rules, a class that breaks one is blanked as if it were too small, within the same share of rows; where the
    blanked rows would break a rule among themselves, they are left out.

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

    rules: tuple[Rule, ...] = param(
        "What else must hold in each class?", default=(), advanced=True,
        why="People who look alike and all have the same illness are no secret.",
    )

    def check(self, table: Table) -> None:
        names = chosen(table, self.columns)
        table.require([*self.hierarchies, *self.importance])
        check_importance(self.importance)
        check_rules(table, names, self.rules)
        enough_rows(table, self.k)
        fields(self._ready(table, names)[0])

    def foresee(self, table: Table) -> Table:
        return table.with_columns({n: table[n].with_kind("category") for n in chosen(table, self.columns)})

    def apply(self, table: Table, run: Run) -> Table:
        if not table.rows:
            return table
        enough_rows(table, self.k)
        names, mixes = chosen(table, self.columns), mix_rules(self.rules)
        recoding, asked = self._ready(table, names)
        limit = int(self.suppress / 100 * table.rows)
        run.progress(0.1, "searching the levels")
        paths = {rule: rule.paths(table) for rule in mixes}
        for tighter in (1.0, 0.97, 0.9, 0.8, 0.6):
            best = optimum(recoding, self.k, limit, asked=tightened(asked, tighter))
            bad = not_fine(recoding, best.levels, self.k, tightened(asked, tighter))
            out = recoding.write(table, np.where(bad, recoding.depth[:, None], best.levels[:, None]))
            gone = bad[recoding.item_of]
            # So few blanked rows would stand out again, or give away what they share: they leave the file.
            drop = 0 < best.suppressed < self.k or not all(all_keep(out, names, r, paths[r]) for r in mixes)
            released = out.take(~gone) if drop else out
            if not drop or all(all_keep(released, names, r, paths[r]) for r in mixes):
                self._say(run, best, table.rows, bool(drop and gone.any()),
                          [n for n in {r.column for r in mixes} if in_lots(table, mixes, n) is not None])
                return released
        raise Problem("No way was found to keep all rules at once.", "Ask for less: a smaller l, a larger t.")

    def _ready(self, table: Table, names: tuple[str, ...]) -> tuple[Recoding, Asked]:
        maps, mixes = k_maps(self.rules), mix_rules(self.rules)
        censuses = [m.population.census(table, names) for m in maps]
        wide = widened(table, censuses)
        sensitive = tuple(dict.fromkeys(r.column for r in mixes))
        recoding = Recoding.of(wide, plant_all(wide, names, self.hierarchies), self.importance,
                               [table[n] for n in sensitive])
        if not self.rules:
            return recoding, NOTHING
        codes, share, numbers = coded(table, mixes) if mixes else (np.zeros((0, table.rows), np.int64), NOTHING.share,
                                                                   NOTHING.rules)
        first = np.zeros(recoding.items, np.int64)
        first[recoding.item_of[::-1]] = np.arange(table.rows)[::-1]
        return recoding, Asked(
            codes[:, first], share, numbers, tuple(census_codes(wide, c, names) for c in censuses),
            tuple(c.people for c in censuses), tuple(m.k for m in maps),
        )

    def _say(self, run: Run, best: Optimum, rows: int, dropped: bool, in_lots_of: Sequence[str] = ()) -> None:
        if best.suppressed:
            what = ("Rows with rare combinations that were left out: {count:,} of {rows:,}." if dropped
                    else "Rows with rare combinations that were blanked in these columns: {count:,} of {rows:,}.")
            run.note(what, count=best.suppressed, rows=rows)
        if best.proved and in_lots_of:
            run.note("The values of {columns} are so many that they were judged in lots: hardly another combination of "
                     "levels loses less.", columns=", ".join(sorted(in_lots_of)))
        elif best.proved:
            run.note("No other combination of levels loses less: this is proved.")
        else:
            run.note("The search was stopped: another combination of levels could lose at most {share:.1%} less.",
                     share=best.loss - best.bound)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = chosen(table, self.columns)
        whole = {n: self.hierarchies.get(n, Automatic()) for n in names}
        return alike_claims(table, names, self.k, self.rules, (), whole)

    def in_words(self) -> str:
        return f"One coarseness for each column, {self.k} rows for each combination"


def tightened(asked: Asked, tighter: float) -> Asked:
    """The same with limits that are judged against the whole table made this much tighter."""
    numbers = asked.rules.copy()
    numbers[numbers[:, 0] >= T_CLOSENESS, 3] *= tighter
    return asked._replace(rules=numbers)


def fields(recoding: Recoding) -> tuple[Ints, Ints]:
    """(columns,) shift and width in bits of each column's field in the packed key; a Problem if 62 bits do not do."""
    bits = np.array([max(1, (int(n) - 1).bit_length()) for n in recoding.radix.max(axis=1)], np.int64)
    if bits.sum() > BITS:
        raise Problem(
            "These columns hold too many different values to search all combinations of levels.",
            "Choose fewer columns, or use “Groups of people who look alike”.",
        )
    return np.cumsum(bits) - bits, bits


def optimum(
    recoding: Recoding, k: int, limit: int, prune: bool = True, work: int = WORK, asked: Asked = NOTHING
) -> Optimum:
    """The levels of least loss with at most `limit` rows in classes below k, or that break what is asked besides.

    prune=False counts every node of the lattice; the result is the same. (With rules it always prunes.)
    """
    from core.protect.kernels.lattice import search
    from core.protect.kernels.lattice_mixed import search_mixed

    shift, bits = fields(recoding)
    leaf = recoding.groups[np.arange(len(recoding.names))[:, None], 0, recoding.codes].astype(np.int64)
    losses = _leaf_losses(recoding, leaf)
    keys, total = (leaf << shift[:, None]).sum(axis=0), int(recoding.weight.sum())
    settings = (shift, bits, recoding.depth, recoding.groups, recoding.shares, recoding.importance,
                recoding.mean_shares, k, limit, total)
    if asked is NOTHING:
        found = search(keys, recoding.weight, losses, *settings, prune, work)
    else:
        found = search_mixed(*_cells(recoding, asked, keys, losses, shift), *settings,
                             np.array(asked.least, float), asked.share, asked.rules, work)
    levels, loss, suppressed, nodes, bound = found
    columns = recoding.importance.sum()
    return Optimum(levels, float(loss / columns), int(suppressed), int(nodes), float(bound / columns))


def _leaf_losses(recoding: Recoding, leaf: Ints) -> Floats:
    at = np.arange(len(recoding.names))[:, None]
    return np.asarray((recoding.shares[at, 0, leaf] * recoding.importance[:, None]).sum(axis=0))


def _cells(
    recoding: Recoding, asked: Asked, keys: Ints, losses: Floats, shift: Ints
) -> tuple[Ints, Ints, Floats, Codes, Floats]:
    """Distinct combinations, those of the populations among them: keys, rows, losses, histograms, people."""
    at = np.arange(len(recoding.names))[:, None]
    others = [recoding.groups[at, 0, codes].astype(np.int64) for codes in asked.codes]
    every = np.concatenate([keys, *((leaf << shift[:, None]).sum(axis=0) for leaf in others)])
    distinct, first, cell = np.unique(every, return_index=True, return_inverse=True)
    counts = np.bincount(cell[: len(keys)], recoding.weight, len(distinct)).astype(np.int64)
    loss = np.concatenate([losses, *(_leaf_losses(recoding, leaf) for leaf in others)])[first]
    h = _histograms(recoding, asked, cell[: len(keys)], len(distinct))
    people, start = np.zeros((len(distinct), len(others))), len(keys)
    for p, weights in enumerate(asked.people):
        people[:, p] = np.bincount(cell[start : start + len(weights)], weights, len(distinct))
        start += len(weights)
    return distinct, counts, loss, h, people


def _histograms(recoding: Recoding, asked: Asked, cell: Ints | Codes, cells: int) -> Codes:
    """(cells, categories) rows of each category in each cell."""
    h: Codes = np.zeros((cells, len(asked.share)), np.int32)
    for categories in asked.sensitive:
        np.add.at(h, (cell, categories), recoding.weight)
    return h


def not_fine(recoding: Recoding, levels: Ints, k: int, asked: Asked = NOTHING) -> np.ndarray:
    """(items,) True where the item's class at these levels has fewer than k rows, or breaks what is asked besides."""
    from core.protect.kernels.lattice_mixed import fine_all
    from core.risk.kernel import count_keys, pack_codes

    sample = [recoding.groups[c, level][recoding.codes[c]] for c, level in enumerate(levels)]
    others = [[recoding.groups[c, level][codes[c]] for c, level in enumerate(levels)] for codes in asked.codes]
    every = [np.concatenate([s, *(o[c] for o in others)]) for c, s in enumerate(sample)]
    cell = count_keys(*pack_codes(every, [int(c.max()) + 2 for c in every])).class_of
    cells, items = int(cell.max(initial=-1)) + 1, recoding.items
    rows = np.bincount(cell[:items], recoding.weight, cells)
    if asked is NOTHING:
        return np.asarray(rows[cell[:items]] < k)
    people, start = np.zeros((cells, len(others))), items
    for p, weights in enumerate(asked.people):
        people[:, p] = np.bincount(cell[start : start + len(weights)], weights, cells)
        start += len(weights)
    fine = fine_all(rows.astype(np.int64), _histograms(recoding, asked, cell[:items], cells), people, k,
                    np.array(asked.least, float), asked.share, asked.rules)
    return ~fine[cell[:items]]
