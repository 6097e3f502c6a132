"""Replace numbers by the mean of a small group of similar rows."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.declare import ColumnPick, columns_of, param
from core.problem import Problem
from core.protect.cells import decimals_of
from core.protect.hierarchies.bands import Floats
from core.protect.households import by_household, check_households, whole_households
from core.protect.keys import NumberColumns, numeric
from core.protect.method import Claim, Group, Method, Run
from core.protect.recoding.band_number import no_other_text
from core.risk.kernel import class_sizes
from core.table import SUPPRESSED, Column, Table

Ints = npt.NDArray[np.int64]

EXACT = 20_000
"""Up to so many rows MDAV is quick enough."""

BLOCK = 1024
"""Rows in a block of neighbours: MDAV costs the square of it."""


class Microaggregate(Method):
    """Replace numbers by the mean of at least k similar rows.

    At a glance: rows that are near each other in all chosen columns together form groups of k (MDAV); each number is
    replaced by its group's mean. No exact income is left, means and totals stay as they are, and correlations nearly.

    In: number columns, measured in standard deviations. Out: the same rows. Rows with the same columns missing
    (categories too) are grouped among themselves, and rows within the same stratum; where fewer than k are alike in
    this, their numbers are blanked. With a sample weight the mean is weighted, so that weighted totals hold. Refuses
    fewer than k rows.

    Categories can be grouped along (mixed data): rows are then compared by Gower's distance, the mean over the columns
    of the difference as a share of the column's range, and 0 or 1 for categories; a category is replaced by the most
    frequent one of its group. V-MDAV lets groups grow up to 2k - 1 rows where rows lie close.

    Above 20,000 rows, rows are cut into blocks of neighbours, MDAV runs within each, and rows are then exchanged
    between neighbouring groups as long as that brings the means nearer: faster, and usually nearer, than MDAV.
    Each column by itself is grouped optimally, and then only the numbers of that column are shared by k rows.

    Source: Domingo-Ferrer & Mateo-Sanz (2002), doi:10.1109/69.979982; Domingo-Ferrer & Torra (2005),
    doi:10.1007/s10618-005-0007-5 (mixed data too); Gower (1971), doi:10.2307/2528823; V-MDAV: Solanas &
    Martínez-Ballesté (2006), in Compstat, 917-925, doi:10.1007/978-3-7908-1709-6; one column: Hansen & Mukherjee
    (2003), doi:10.1109/TKDE.2003.1209020.
    """

    method: Literal["microaggregate"] = "microaggregate"
    title: ClassVar[str] = "Average small groups of similar rows"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param(
        "Which columns?", min_length=1, why="Grouped together, so that rows stay plausible as a whole.",
    )
    k: int = param(
        "How many rows share a mean at least?", default=3, ge=2, le=1000, search=(3, 20), unit="rows",
        why="With 3, everyone's number is the mean of at least three people.",
    )
    together: Literal["rows", "columns"] = param(
        "What is grouped?", default="rows",
        labels={"rows": "Rows, by all columns together", "columns": "Each column by itself"},
        why="Together protects a person known by several numbers; by itself keeps more, and protects each number only.",
    )
    search: Literal["automatic", "mdav", "v_mdav", "neighbours"] = param(
        "How are similar rows found?", default="automatic", advanced=True,
        labels={"automatic": "MDAV, for many rows by neighbours", "mdav": "MDAV",
                "v_mdav": "V-MDAV: groups of different sizes", "neighbours": "By neighbours"},
        why="MDAV is the published standard; by neighbours is faster and usually nearer.",
    )
    gain: float = param(
        "V-MDAV: how much nearer must a row be to join a group early?", default=0.2, gt=0, le=2, advanced=True,
        why="0.2 for evenly scattered rows, 1.1 for clusters: a row joins if its distance to the group is less than so "
            "many times that to the nearest free row.",
    )
    categories: columns_of("category", "code", "text", "date") = param(  # type: ignore[valid-type]
        "Which categories are grouped along?", default=(), advanced=True,
        why="Then k rows share numbers and categories; each category becomes the most frequent one of its group.",
    )
    within: Annotated[tuple[str, ...], ColumnPick()] = param(
        "Group only rows that agree in which columns?", default=(), advanced=True,
        why="Then the means of each such part (a state, say) stay as they are too.",
    )
    weighted: bool = param(
        "Use the sample weights?", default=True, advanced=True,
        why="If a column has the role weight, the weighted mean keeps totals of the population.",
    )
    whole_households: bool = whole_households(
        "Households are then grouped, and all members get the same mean: of at least k households."
    )
    decimals: int | None = param(
        "How many decimals?", default=None, ge=0, le=12, advanced=True, why="Empty: two more than the column has.",
    )

    def check(self, table: Table) -> None:
        for name in numeric(table, self.columns):
            no_other_text(table[name], name)
        table.require((*self.within, *self.categories))
        table.one("weight")
        if self.whole_households:
            check_households(table, (*self.columns, *self.categories, *self.within))
        if self.categories and (self.together == "columns" or self.search in ("v_mdav", "neighbours")):
            raise Problem("Categories are grouped along with whole rows, by MDAV.",
                          "Choose rows and the automatic search, or leave the categories out.")
        if set(self.within) & {*self.columns, *self.categories}:
            raise Problem("A column cannot be averaged and keep groups apart at once.", "Name it only once.")
        if 0 < table.rows < self.k:
            raise Problem("The table has {rows} rows, too few for groups of {k}.", "Choose a smaller group.",
                          rows=table.rows, k=self.k)

    def apply(self, table: Table, run: Run) -> Table:
        if not table.rows:
            return table
        if self.whole_households:
            return by_household(table, (*self.columns, *self.categories), lambda t: self._shared(t, run))
        return self._shared(table, run)

    def _shared(self, table: Table, run: Run) -> Table:
        weight = table.one("weight") if self.weighted else None
        weights = np.nan_to_num(table[weight].numbers) if weight else np.ones(table.rows)
        if self.together == "rows":
            group = self._grouped(table, self.columns, run)
            lost = int((group < 0).sum())
            if lost:
                run.note("Rows with too few others that have the same columns filled; numbers blanked: {count:,}.",
                         count=lost)
            new = {n: self._averaged(table[n], group, weights) for n in self.columns}
            return table.with_columns(new | {n: most_frequent(table[n], group) for n in self.categories})
        return table.with_columns(
            {n: self._averaged(table[n], self._grouped(table, (n,), run), weights) for n in self.columns}
        )

    def _grouped(self, table: Table, names: tuple[str, ...], run: Run) -> Ints:
        """(rows,) the group of each row, -1 where its numbers are missing or must be blanked."""
        numbers = np.stack([table[n].numbers for n in names], axis=1)
        codes = np.stack([table[n].codes for n in self.categories], axis=1) if self.categories else None
        group, number = np.full(table.rows, -1, np.int64), 0
        parts = self._parts(table, numbers)
        for done, rows in enumerate(parts):
            run.progress(done / len(parts), "grouping rows")
            own = numbers[rows][:, np.isfinite(numbers[rows[0]])]
            found = (grouped(own, self.k, self.search, self.gain) if codes is None
                     else grouped_mixed(own, codes[rows], self.k))
            group[rows], number = found + number, number + int(found.max()) + 1
        return group

    def _parts(self, table: Table, numbers: Floats) -> list[Ints]:
        """Rows grouped apart from others: same stratum, same columns missing; only parts of at least k rows."""
        pattern = [Column.of_numbers(np.isfinite(x).astype(float)) for x in numbers.T]
        pattern += [Column.of_numbers(table[n].missing.astype(float)) for n in self.categories]
        classes = class_sizes([*pattern, *(table[n] for n in self.within)])
        order = np.argsort(classes.class_of, kind="stable")
        parts = np.split(order, np.cumsum(classes.sizes)[:-1])
        return [rows for rows in parts if len(rows) >= self.k and np.isfinite(numbers[rows[0]]).any()]

    def _averaged(self, column: Column, group: Ints, weights: Floats) -> Column:
        numbers = column.numbers
        done = (group >= 0) & np.isfinite(numbers)
        means = group_means(numbers[done], weights[done], group[done], int(group.max(initial=-1)) + 1)
        decimals, held = self.decimals, decimals_of(column)
        if decimals is None and held is not None:
            decimals = held + 2
        new = Column.of_numbers(np.where(done, np.append(means, np.nan)[group], np.nan), decimals)
        both = zip(new.texts(), done.tolist(), column.texts(), strict=True)
        cells = [fresh if kept else old for fresh, kept, old in both]
        return Column.of(cells, column.kind).suppress((group < 0) & np.isfinite(numbers))

    def claims(self, table: Table) -> tuple[Claim, ...]:  # noqa: ARG002
        if self.together == "rows":
            return (same_numbers((*self.columns, *self.categories), self.k),)
        return tuple(same_numbers((n,), self.k) for n in self.columns)

    def in_words(self) -> str:
        return f"Averaged groups of {self.k} similar rows: {', '.join(self.columns)}"


def grouped(numbers: Floats, k: int, search: str = "automatic", gain: float = 0.2) -> Ints:
    """(rows,) int64 group of each row of (rows, columns) numbers, each column in standard deviations.

    Groups hold k to 2k - 1 rows (V-MDAV: some more, where rows are left over). One column is grouped optimally unless
    MDAV is asked for.
    """
    from core.protect.kernels.mdav import mdav
    from core.protect.kernels.neighbours import optimal_cuts
    from core.protect.kernels.v_mdav import v_mdav

    spread = numbers.std(axis=0)
    points = np.ascontiguousarray((numbers - numbers.mean(axis=0)) / np.where(spread > 0, spread, 1))
    if search == "v_mdav":
        return np.asarray(v_mdav(points, k, gain))
    if points.shape[1] == 1 and search != "mdav":
        order = np.argsort(points[:, 0], kind="stable")
        group = np.empty(len(points), np.int64)
        group[order] = optimal_cuts(points[order, 0], k)
        return group
    if search == "mdav" or (search == "automatic" and len(points) <= EXACT):
        return np.asarray(mdav(points, k))
    return exchanged(points, k)


def grouped_mixed(numbers: Floats, codes: npt.NDArray[np.int32], k: int) -> Ints:
    """(rows,) int64 group of each row by Gower's distance on (rows, p) numbers and (rows, q) codes (-1: missing).

    Above 20,000 rows within blocks of neighbours: cut at medians of the numbers and of the categories' frequencies.
    """
    from core.protect.kernels.gower import gower_mdav
    from core.protect.kernels.neighbours import blocks

    reach = np.ptp(numbers, axis=0)
    points = np.ascontiguousarray((numbers - numbers.min(axis=0)) / np.where(reach > 0, reach, 1))
    codes = np.ascontiguousarray(codes + 1, np.int64)
    if len(points) <= EXACT:
        return np.asarray(gower_mdav(points, codes, k))
    often = [np.bincount(c)[c].astype(float) + c / (c.max() + 1.0) for c in codes.T]
    beside = np.ascontiguousarray(np.column_stack([points, *(o / o.max() for o in often)]))
    order, starts = blocks(beside, max(BLOCK, 4 * k))
    group, number = np.empty(len(points), np.int64), 0
    for first, last in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        rows = order[first:last]
        own = gower_mdav(np.ascontiguousarray(points[rows]), np.ascontiguousarray(codes[rows]), k)
        group[rows], number = own + number, number + int(own.max()) + 1
    return group


def most_frequent(column: Column, group: Ints) -> Column:
    """The column with each cell replaced by the most frequent one of its group; `*` where a row has no group."""
    size = len(column.values) + 1
    held = group >= 0
    pairs, rows = np.unique(group[held] * size + np.where(column.missing, size - 1, column.codes)[held],
                            return_counts=True)
    order = np.lexsort((-rows, pairs // size))
    of, first = np.unique(pairs[order] // size, return_index=True)
    mode = np.zeros(int(group.max(initial=-1)) + 1, np.int64)
    mode[of] = pairs[order][first] % size
    codes = column.codes.copy()
    codes[held] = mode[group[held]]
    codes[codes == size - 1] = -1
    return Column(codes.astype(np.int32), column.values, column.kind, column.labels).take(
        np.arange(len(column))).suppress(~held)


def exchanged(points: Floats, k: int, passes: int | None = None) -> Ints:
    """(rows,) int64 group of each row: MDAV in blocks, then `passes` rounds of exchanges between near groups.

    By default 12 rounds, from 200,000 rows on 6: each saves less than the one before.

    Each round cuts the groups into blocks along other directions, so that the borders of blocks do not stay. The
    directions are the same in every run: they are no secret and nothing is drawn from the data.
    """
    from core.protect.kernels.neighbours import blocked_mdav, blocks, exchange_pass

    group = blocked_mdav(points, k, max(BLOCK, 4 * k))
    size = np.bincount(group)
    order = np.argsort(group, kind="stable")
    members = np.full((len(size), 2 * k), -1, np.int64)
    members[group[order], np.arange(len(group)) - np.repeat(np.cumsum(size) - size, size)] = order
    sums = np.ascontiguousarray(np.stack([np.bincount(group, x) for x in points.T], axis=1))
    directions = np.random.default_rng(0)
    for _ in range(passes or (12 if len(points) < 200_000 else 6)):
        turn = np.linalg.qr(directions.normal(size=(points.shape[1], points.shape[1])))[0]
        order, starts = blocks(np.ascontiguousarray((sums / size[:, None]) @ turn), 64)
        exchange_pass(points, members, size, sums, k, order, starts, 6)
    held = np.arange(2 * k) < size[:, None]
    group[members[held]] = np.repeat(np.arange(len(size)), size)
    return group


def group_means(numbers: Floats, weights: Floats, group: Ints, size: int) -> Floats:
    """(size,) weighted mean of each group; the plain mean where all weights are 0; 0 for groups without rows."""
    total, held = np.bincount(group, weights, size), np.bincount(group, minlength=size)
    plain = np.bincount(group, numbers, size) / np.maximum(held, 1)
    return np.where(total > 0, np.bincount(group, numbers * weights, size) / np.where(total > 0, total, 1), plain)


def same_numbers(names: tuple[str, ...], k: int) -> Claim:
    """Each combination of numbers stands in at least k rows; rows that hold no number at all are left out."""

    def holds(released: Table) -> bool:
        left = [n for n in names if n in released.columns]
        if not left:
            return True
        rows = zip(*(released[n].texts() for n in left), strict=True)
        counts = Counter(row for row in rows if any(cell not in (None, SUPPRESSED) for cell in row))
        return min(counts.values(), default=k) >= k

    return Claim(f"at least {k} rows share each combination of numbers in {', '.join(names)}", holds)
