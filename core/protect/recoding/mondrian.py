"""Put rows that are near each other in several numbers into boxes of at least k, each box as small as it can be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.hierarchies.bands import Floats
from core.protect.keys import NumberColumns, numeric
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises.claims import at_least_k
from core.protect.promises.meant import in_ranges
from core.protect.promises.population import Census, KMap, k_map_claim, k_maps
from core.protect.promises.rules import Rule, all_keep, coded, mix_rules, mixed
from core.protect.recoding.alike import T_CLOSENESS, check_rules
from core.protect.recoding.band_number import no_other_text
from core.risk.kernel import class_sizes
from core.table import Column, Table
from core.table.column import Mask

Ints = npt.NDArray[np.int64]

Fits = Callable[[Ints], bool]
"""Whether these rows may stand in a box of their own."""


class Mondrian(Method):
    """Replace numbers by ranges that at least k rows share, cut where the rows are.

    At a glance: the rows are halved at the median of the column in which they are spread most, again and again, as
    long as each half holds k rows. Each number becomes the range of its box: 37 becomes 35-38 where many people are,
    and 60-95 where few are. No hierarchy is needed. Ranges differ from row to row, so tables by age are harder to make
    than with fixed bands.

    In: number columns. Out: the same rows; the columns are categories. Rows with the same columns missing are boxed
    among themselves, and rows that agree in the columns of `within`; where fewer than k agree, they are left out and
    the log says so. With rules, a box is only cut where both halves keep them; rows that agree in `within` and even
    together break a rule are left out. Refuses tables of fewer than k rows. The limits of a range are numbers of two
    of its rows.

    Source: LeFevre, DeWitt & Ramakrishnan (2006), doi:10.1109/ICDE.2006.101.
    """

    method: Literal["mondrian"] = "mondrian"
    title: ClassVar[str] = "Ranges that fit the rows"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param(
        "Which columns?", min_length=1, why="Numbers an outsider could know, such as age, income and land together.",
    )
    k: int = param(
        "How many rows share each combination of ranges?", default=5, ge=2, le=10_000, search=(3, 20), unit="rows",
        why="With 5, everyone shares all these ranges with at least four others.",
    )
    within: Annotated[tuple[str, ...], ColumnPick()] = param(
        "Box only rows that agree in which columns?", default=(), advanced=True,
        why="Sex or state, say: then the guarantee holds for them and the ranges together.",
    )
    rules: tuple[Rule, ...] = param(
        "What else must hold in each box?", default=(), advanced=True,
        why="People who look alike and all have the same illness are no secret.",
    )

    def check(self, table: Table) -> None:
        for name in numeric(table, self.columns):
            no_other_text(table[name], name)
        table.require(self.within)
        check_rules(table, (*self.columns, *self.within), self.rules)
        if set(self.within) & set(self.columns):
            raise Problem("A column cannot be put into ranges and keep groups apart at once.", "Name it only once.")
        if 0 < table.rows < self.k:
            raise Problem("The table has {rows} rows, too few for boxes of {k}.", "Choose a smaller k.",
                          rows=table.rows, k=self.k)

    def foresee(self, table: Table) -> Table:
        return table.with_columns({n: table[n].with_kind("category") for n in self.columns})

    def apply(self, table: Table, run: Run) -> Table:
        if not table.rows:
            return table
        names, mixes = (*self.columns, *self.within), mix_rules(self.rules)
        paths = {rule: rule.paths(table) for rule in mixes}
        for tighter in (1.0, 0.97, 0.9, 0.8, 0.6):
            released = self._boxed(table, run, tighter)
            # Rows left out change the spread of the whole file, against which boxes are judged.
            if all(all_keep(released, names, rule, paths[rule]) for rule in mixes):
                if released.rows < table.rows:
                    run.note("Rows that agree with too few others and were left out: {count:,}.",
                             count=table.rows - released.rows)
                return released
        raise Problem("No way was found to keep all rules at once.", "Ask for less: a smaller l, a larger t.")

    def _boxed(self, table: Table, run: Run, tighter: float) -> Table:
        numbers = np.stack([table[n].numbers for n in self.columns], axis=1)
        blank = [Column.of_numbers(np.where(np.isfinite(x), 1, np.where(table[n].missing, 2, 3)))
                 for n, x in zip(self.columns, numbers.T, strict=True)]
        classes = class_sizes([*blank, *(table[n] for n in self.within)])
        order = np.argsort(classes.class_of, kind="stable")
        fits = [self._mixed(table, tighter), *(self._people(table, numbers, rule) for rule in k_maps(self.rules))]
        low, high, kept = numbers.copy(), numbers.copy(), np.ones(table.rows, bool)
        for rows in np.split(order, np.cumsum(classes.sizes)[:-1]):
            held = np.isfinite(numbers[rows[0]])
            if len(rows) < self.k or not all(fit(rows) for fit in fits):
                kept[rows] = False
            elif held.any():
                for box in boxes(numbers[rows][:, held], self.k, _inside(rows, fits)):
                    inside = np.ix_(rows[box], held)
                    low[inside], high[inside] = numbers[inside].min(axis=0), numbers[inside].max(axis=0)
        run.progress(0.9, "writing ranges")
        new = {n: ranges(table[n], low[:, i], high[:, i]) for i, n in enumerate(self.columns)}
        return table.with_columns(new).take(kept)

    def _mixed(self, table: Table, tighter: float) -> Fits:
        """Whether rows keep the rules about sensitive columns."""
        mixes = mix_rules(self.rules)
        if not mixes:
            return lambda rows: True  # noqa: ARG005
        from core.protect.kernels.diverse import keeps

        codes, share, limits = coded(table, mixes)
        limits[limits[:, 0] >= T_CLOSENESS, 3] *= tighter

        def fit(rows: Ints) -> bool:
            h = np.zeros(len(share), np.int64)
            for categories in codes:
                h += np.bincount(categories[rows], minlength=len(share))
            return bool(keeps(h, share, limits))

        return fit

    def _people(self, table: Table, numbers: Floats, rule: KMap) -> Fits:
        """Whether enough people of the population stand in the box that rows make."""
        census = rule.population.census(table, (*self.columns, *self.within))
        known = census_numbers(census, self.columns)
        same = {n: np.array(census.columns[n].texts(), object) for n in self.within}

        def fit(rows: Ints) -> bool:
            inside = np.ones(len(census.people), bool)
            for name, cells in same.items():
                inside &= cells == table[name].take(rows[:1]).texts()[0]
            for own, theirs in zip(numbers[rows].T, known.T, strict=True):
                held = np.isfinite(own)
                inside &= (theirs >= own.min()) & (theirs <= own.max()) if held.all() else np.isnan(theirs)
            return bool(census.people[inside].sum() >= rule.k)

        return fit

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = (*self.columns, *self.within)
        return (
            at_least_k(names, self.k),
            *(mixed(names, rule, rule.paths(table)) for rule in mix_rules(self.rules)),
            *(k_map_claim(names, rule, rule.population.census(table, names), in_ranges, table)
              for rule in k_maps(self.rules)),
        )

    def in_words(self) -> str:
        return f"Ranges that {self.k} rows share: {', '.join(self.columns)}"


def _inside(rows: Ints, fits: list[Fits]) -> Fits:
    """The same for places among these rows."""
    return lambda some: all(fit(rows[some]) for fit in fits)


def census_numbers(census: Census, names: tuple[str, ...]) -> Floats:
    """(entries, columns) the population's cells as numbers; NaN where there is none."""
    return np.stack([census.columns[n].numbers for n in names], axis=1)


def boxes(numbers: Floats, k: int, fits: Fits = lambda rows: True) -> list[Ints]:  # noqa: ARG005
    """Row numbers of each box: (rows, columns) numbers halved at medians as long as both halves hold k rows and fit."""
    spread = np.ptp(numbers, axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    waiting, done = [np.arange(len(numbers))], []
    while waiting:
        rows = waiting.pop()
        own = numbers[rows]
        for c in np.argsort(-np.ptp(own, axis=0) / scale, kind="stable") if len(rows) >= 2 * k else ():
            left = _lower_half(own[:, c], k)
            if left is not None and fits(rows[~left]) and fits(rows[left]):
                waiting += [rows[~left], rows[left]]
                break
        else:
            done.append(rows)
    return done


def _lower_half(numbers: Floats, k: int) -> Mask | None:
    """(rows,) True below the median, with k rows on both sides; None where there is no such cut."""
    middle = np.partition(numbers, (len(numbers) - 1) // 2)[(len(numbers) - 1) // 2]
    # Many rows at the median itself may stand on either side.
    for left in (numbers <= middle, numbers < middle):
        if k <= left.sum() <= len(numbers) - k:
            return np.asarray(left)
    return None


def ranges(column: Column, low: Floats, high: Floats) -> Column:
    """Cells as “low-high” (“low to high” with fractions or minus signs); cells that hold no number stay."""
    held = np.isfinite(low)
    begin, end = Column.of_numbers(low), Column.of_numbers(high)
    plain = bool(np.all(low[held] == np.rint(low[held])) and np.all(high[held] == np.rint(high[held]))
                 and np.all(low[held] >= 0))
    cells = [
        old if not number else a if a == b else f"{a}-{b}" if plain else f"{a} to {b}"
        for old, number, a, b in zip(column.texts(), held.tolist(), begin.texts(), end.texts(), strict=True)
    ]
    return Column.of(pa.array(cells, pa.string()), "category")
