"""Protect only what is at risk: find it, change the least that removes the risk, leave all else exactly as it is."""

from __future__ import annotations

import itertools
import math
from typing import Annotated, ClassVar, Literal

import numpy as np

from core.declare import ColumnPick, param
from core.problem import Problem
from core.protect.changes import places
from core.protect.hierarchies.blanks import count_cells, value_or_nothing
from core.protect.hierarchies.hierarchy import Hierarchy
from core.protect.hierarchies.recoding import Recoding
from core.protect.hierarchies.tree import Tree
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises.claims import at_least_k
from core.protect.recoding.alike import check_importance, make_alike, plant_all
from core.protect.suppression.drop_risky_rows import FewAlike, HighRisk, Rule, risk_claim
from core.risk.kernel import class_sizes
from core.table import Table
from core.table.column import Floats, Mask

MOST = 50_000
"""Sets of columns searched for rare slices."""


class ProtectAtRisk(Method):
    """Change only the rows that are at risk, and of those only as many cells as it takes.

    At a glance: most rows of a file are safe; a few hold a combination that hardly anybody shares. Those rows are
    found, their rare slices (a value, or a combination of two or three, that fewer than k rows hold) are broken up
    first, and then whatever else makes them stand out. Every other row stays exactly as it is. The log says which
    columns were touched and how often.

    With k, each combination of the columns stands in at least k rows afterwards (strict, `*` being a value of its
    own). With a highest risk, no row is recognised with a greater chance, judged with the sample weights where there
    are any. Rows for which nothing helps, because too few others are at risk, are left out, and the log says how many.

    In: any columns. Out: the same rows, but for those left out.

    How: slices of one column first, then of two, ...; of each rare slice the cell is blanked that stands in most rare
    slices of its row, by importance. Rows still at risk then form groups among themselves, trying sets of cells to
    blank (or levels of hierarchies) from the least loss to the greatest. The same is tried without treating slices
    apart, and the result that changes fewer cells is taken.

    Source: Hundepool et al. (2012), section 3.4.4, doi:10.1002/9781118348239; rare slices as minimal sample uniques:
    Elliot, Manning & Ford (2002), doi:10.1142/S0218488502001600.
    """

    method: Literal["protect_at_risk"] = "protect_at_risk"
    title: ClassVar[str] = "Protect only what is at risk"
    group: ClassVar[Group] = "categories"
    columns: KeyColumns = param(
        "Which columns could an outsider know?", default=(),
        why="Left empty: all columns with the role quasi-identifier.",
    )
    rule: Rule = param("When is a row at risk?", default=FewAlike(), why="Only such rows are changed.")
    way: Literal["blank", "coarser"] = param(
        "What may happen to their cells?", default="blank", why="A blank is plain to see; coarser keeps more.",
        labels={"blank": "They are blanked", "coarser": "They become coarser"},
    )
    slices: int = param(
        "Rare combinations of up to how many columns are handled first?", default=2, ge=0, le=5, unit="columns",
        why="A rare value or pair gives a person away to many; with 0 all columns are looked at together only.",
    )
    hierarchies: Annotated[dict[str, Hierarchy], ColumnPick()] = param(
        "If coarser: which groups do values belong to?", default={}, advanced=True,
        why="Left empty: bands for numbers, month and year for dates, otherwise the value or nothing.",
    )
    importance: Annotated[dict[str, float], ColumnPick()] = param(
        "Which columns matter most to you?", default={}, advanced=True,
        why="A column with 2 is spared at the cost of columns with 1.",
    )

    def check(self, table: Table) -> None:
        names = chosen(table, self.columns)
        table.require([*self.hierarchies, *self.importance])
        check_importance(self.importance)
        if sum(math.comb(len(names), s) for s in range(1, self.slices + 1)) > MOST:
            raise Problem("There are too many combinations of so many columns.", "Choose fewer columns for a slice.")
        if self.way == "coarser":
            plant_all(table, names, self.hierarchies)

    def foresee(self, table: Table) -> Table:
        if self.way == "blank":
            return table
        return table.with_columns({n: table[n].with_kind("category") for n in chosen(table, self.columns)})

    def apply(self, table: Table, run: Run) -> Table:
        names = chosen(table, self.columns)
        if not table.rows:
            return table
        risky = self._risky(table, names)
        run.note("At risk: {count:,} of {rows:,} rows.", count=int(risky.sum()), rows=table.rows)
        if not risky.any():
            return table
        out = self._grouped(table, names, run)
        if self.way == "blank" and self.slices:
            # Slices first, or all at once: what changes less. (Both break up every rare slice.)
            first = self._grouped(self._broken_up(table, names, run), names, run)
            out = min(first, out, key=lambda t: self._price(table, t, names))
        if table.row_ids is not None:
            before = table.take(places(table, out))
            touched = [(n, int((~before[n].same_cells(out[n])).sum())) for n in names]
            run.note("Cells changed: {columns}.", columns=", ".join(f"{n} {c:,}" for n, c in touched if c) or "0")
        if out.rows < table.rows:
            run.note("Rows that could be saved in no other way and were left out: {count:,}.",
                     count=table.rows - out.rows)
        return out

    def _price(self, table: Table, out: Table, names: tuple[str, ...]) -> float:
        """Blanked cells by importance; a row that was left out counts as blanked in every column."""
        weights = {n: self.importance.get(n, 1.0) for n in names}
        gone = (table.rows - out.rows) * sum(weights.values())
        return gone + sum(w * float(out[n].suppressed.sum()) for n, w in weights.items())

    def _risky(self, table: Table, names: tuple[str, ...]) -> Mask:
        weight = table.one("weight")
        weights: Floats | None = np.nan_to_num(table[weight].numbers) if weight else None
        return self.rule.risky([table[n] for n in names], weights)

    @property
    def _few(self) -> int:
        """Fewer rows than these make a slice rare."""
        return self.rule.k if isinstance(self.rule, FewAlike) else 2

    def _broken_up(self, table: Table, names: tuple[str, ...], run: Run) -> Table:
        """Rare slices of ever more columns broken up, by blanking the cell that stands in most of them."""
        price = np.array([self.importance.get(n, 1.0) for n in names])
        for size in range(1, min(self.slices, len(names)) + 1):
            rows = 0
            while (rare := self._in_rare_slices(table, names, size)).any():
                hit = rare.any(axis=0)
                rows = max(rows, int(hit.sum()))
                worst = np.argmax(rare / price[:, None], axis=0)
                table = table.with_columns({
                    n: table[n].suppress(hit & (worst == i)) for i, n in enumerate(names)
                })
            run.note("Rows that held a rare slice of {size} columns: {count:,}.", count=rows, size=size)
        return table

    def _in_rare_slices(self, table: Table, names: tuple[str, ...], size: int) -> np.ndarray:
        """(columns, rows) in how many rare slices of `size` columns each cell stands; blanked cells stand in none."""
        out = np.zeros((len(names), table.rows), np.int64)
        shown = np.stack([~table[n].suppressed for n in names])
        for some in itertools.combinations(range(len(names)), size):
            at = np.flatnonzero(shown[np.array(some)].all(axis=0))
            if len(at):
                fk = class_sizes([table[names[i]].take(at) for i in some]).fk
                out[np.ix_(np.array(some), at[fk < self._few])] += 1
        return out

    def _grouped(self, table: Table, names: tuple[str, ...], run: Run) -> Table:
        """Rows still at risk grouped among themselves, by ever larger groups until nobody is at risk."""
        k = self._few
        while True:
            out = self._alike(table, names, k, run)
            left = self._risky(out, names)
            if not left.any():
                return out
            at_risk = int(self._risky(table, names).sum())
            if k >= at_risk or isinstance(self.rule, FewAlike):
                return self._without(out, names)
            k = min(max(k + 1, int(k * 1.5)), at_risk)

    def _without(self, table: Table, names: tuple[str, ...]) -> Table:
        while (left := self._risky(table, names)).any():
            table = table.take(~left)
        return table

    def _alike(self, table: Table, names: tuple[str, ...], k: int, run: Run) -> Table:
        risky = self._risky(table, names)
        if risky.sum() < k:
            return table.take(~risky) if risky.any() else table
        some = make_alike(table.take(risky), lambda t: self._trees(t, names), k, (), (), self.importance,
                          Run(run.secrets, run.step), self._costs)
        new = {}
        for name in names:
            cells = np.array(table[name].texts(), object)
            cells[risky] = some[name].texts()
            new[name] = type(table[name]).of(cells.tolist(), some[name].kind, table[name].labels)
        return table.with_columns(new)

    def _trees(self, table: Table, names: tuple[str, ...]) -> dict[str, Tree]:
        if self.way == "coarser":
            return plant_all(table, names, self.hierarchies)
        return {n: value_or_nothing(table[n], n) for n in names}

    def _costs(self, recoding: Recoding) -> Recoding:
        return count_cells(recoding) if self.way == "blank" else recoding

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = chosen(table, self.columns)
        if isinstance(self.rule, FewAlike):
            return (at_least_k(names, self.rule.k),)
        return (risk_claim(table, names, self.rule),)

    def in_words(self) -> str:
        if isinstance(self.rule, HighRisk):
            return f"Changed only rows with a risk above {self.rule.threshold:g}"
        return f"Changed only rows with fewer than {self.rule.k} alike"
