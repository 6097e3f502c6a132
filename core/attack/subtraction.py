"""Subtraction: cells of statistics tables that were held back, worked out from totals and from a second table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.attack.attack import Attack, Attacked, Scene
from core.attack.rate import above, share
from core.declare import column_of, param
from core.language import translate
from core.table import SUPPRESSED, Table

Floats = npt.NDArray[np.float64]
Cell = tuple[str, ...]
COUNTS = ("count", "counts", "n", "number", "rows", "persons", "people", "freq", "frequency")
TOTALS = ("total", "all", "sum", "overall")


class Subtraction(Attack):
    """Subtracts: cells from their total, and one table from another.

    At a glance: a table of counts with one cell hidden in a row gives it away: what the row lacks to its total. Two
    tables of the same people, made for slightly different groups or on different days, give away their difference: a
    cell of 120 in one and 119 in the other is one person. The attacker works out every hidden cell that the totals
    determine, in either table and in both together, and every difference between them that is smaller than the tables'
    threshold. Nothing of this can be known without the tables.

    Where the people are at hand, a cell counts only if what was worked out is true: of noisy tables it is not.
    """

    attack: Literal["subtraction"] = "subtraction"
    title: ClassVar[str] = "Cells by subtraction"
    holds: ClassVar[str] = "one or two tables of counts"
    source: ClassVar[str] = "Hundepool et al. 2012, doi:10.1002/9781118348239 (secondary suppression, differencing)"
    sampled: ClassVar[bool] = False
    counts: column_of() = param(  # type: ignore[valid-type]
        "Which column holds the counts?", default="", why="Empty: a column called count, n, persons or the like.",
    )
    total: str = param("How is a total written?", default="", max_length=60, why="Empty: “Total” or “All”.")
    fewest: int = param("From how many people on may a count be known?", default=10, ge=2, le=1000,
                        why="A difference below it describes so few people.")

    def lacks(self, scene: Scene) -> str:
        if self._column(scene.released) is None:
            return translate("The release is no table of counts.")
        return ""

    def _column(self, table: Table) -> str | None:
        if self.counts:
            return self.counts if self.counts in table.columns else None
        named = [n for n in table.names if n.strip().casefold() in COUNTS]
        others = [n for n in table.names if n not in named]
        # One row for each combination: a table of persons with a column “n” is no table of counts.
        if len(named) != 1 or not others or len(cells(table, named[0])) < table.rows:
            return None
        return named[0]

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        first, second = scene.released, scene.second
        name = self._column(first)
        if name is None:
            return ()
        tables = [cells(first, name)]
        if second is not None and (other := self._column(second)) is not None and _keys(second, other) == _keys(
                first, name):
            tables.append(cells(second, other))
        totals = {self.total.casefold()} if self.total else set(TOTALS)
        truth = None if name in scene.original.columns else _true_counts(
            scene.original, _keys(first, name), tables, totals)
        found = [self._hidden(tables, totals, truth)]
        if len(tables) == 2:
            found.append(self._differences(tables[0], tables[1]))
        return tuple(one for one in found if one is not None)

    def _hidden(
        self, tables: Sequence[Mapping[Cell, float]], totals: set[str], truth: Mapping[Cell, float] | None,
    ) -> Attacked | None:
        hidden = [{c for c, v in t.items() if np.isnan(v)} for t in tables]
        tries = len(set().union(*hidden))
        if not tries:
            return None
        known = [solved(t, totals) for t in tables]
        # What one table hides and the other of the same people shows, is told as well.
        said = {c: [t[c] for t in known if not np.isnan(t.get(c, np.nan))] for gone in hidden for c in gone}
        told = {c for c, values in said.items() if values and (truth is None or truth[c] in values)}
        rate, nothing = share(len(told), tries), share(0, tries)
        return self._said(rate._replace(low=rate.value), nothing, tries, self.title, translate(
            "Hidden cells that can be worked out by subtraction: {told} of {tries}.", told=len(told), tries=tries))

    def _differences(self, first: Mapping[Cell, float], second: Mapping[Cell, float]) -> Attacked | None:
        both = [c for c in first if c in second and not np.isnan(first[c]) and not np.isnan(second[c])]
        if not both:
            return None
        apart = np.abs(np.array([first[c] - second[c] for c in both]))
        few = int(((apart > 0) & (apart < self.fewest)).sum())
        rate, nothing = share(few, len(both)), share(0, len(both))
        return self._said(rate._replace(low=rate.value), nothing, len(both), translate("Differences of two tables"),
                          translate("Differences between the two tables that describe fewer than {fewest} people: "
                                    "{few} of {tries}.", fewest=self.fewest, few=few, tries=len(both)))

    def _said(self, success: object, baseline: object, tries: int, title: str, sentence: str) -> Attacked:
        # What can be worked out is worked out: no chance is in it, and the interval has no lower end of its own.
        return Attacked(self.attack, title, "share", success, baseline._replace(low=0.0, high=0.0), None,  # type: ignore[arg-type, attr-defined]
                        above(success, 0.0), tries, sentence)  # type: ignore[arg-type]


def is_table_of_counts(table: Table) -> bool:
    """True if a table has one column of counts, and one row for each combination of the others."""
    return not Subtraction().lacks(Scene(table, table, np.random.default_rng(0)))


def _true_counts(
    people: Table, keys: tuple[str, ...], tables: Sequence[Mapping[Cell, float]], totals: set[str],
) -> dict[Cell, float] | None:
    """How many people each cell of the tables counts; None where the people lack one of its columns.

    A value that none of them has (a band, a group) makes the tables ones of something else: None as well.
    """
    if not keys or any(n not in people.columns for n in keys):
        return None
    texts = [[(t or "").strip() for t in people[n].texts()] for n in keys]
    every = {c for t in tables for c in t}
    met = [set(column) for column in texts]
    if any(c[i] not in met[i] and c[i].casefold() not in totals for c in every for i in range(len(keys))):
        return None
    rows = Counter(zip(*texts, strict=True))
    out = {}
    for cell in every:
        fixed = [i for i, text in enumerate(cell) if text.casefold() not in totals]
        out[cell] = float(sum(n for row, n in rows.items() if all(row[i] == cell[i] for i in fixed)))
    return out


def _keys(table: Table, counts: str) -> tuple[str, ...]:
    return tuple(sorted(n for n in table.names if n != counts))


def cells(table: Table, counts: str) -> dict[Cell, float]:
    """Each combination of the other columns and its count, NaN where it is hidden, missing or no number."""
    texts = [table[n].texts() for n in _keys(table, counts)]
    keys = [tuple((t or "").strip() for t in line) for line in zip(*texts, strict=True)]
    return dict(zip(keys, (float(v) for v in table[counts].numbers), strict=True))


def solved(table: Mapping[Cell, float], totals: set[str]) -> dict[Cell, float]:
    """The table with every hidden cell filled in that totals determine, however many of them it takes.

    Each total and the cells it adds up are one equation; a cell is determined if no solution of the equations without a
    right-hand side moves it (the null space of the system is zero there).
    """
    known = dict(table)
    hidden = [c for c, v in table.items() if np.isnan(v)]
    place = {c: i for i, c in enumerate(hidden)}
    lines, right = [], []
    for whole, parts in _sums(table, totals):
        line, value = np.zeros(len(hidden)), 0.0
        for cell, sign in ((whole, -1.0), *((p, 1.0) for p in parts)):
            if cell in place:
                line[place[cell]] += sign
            else:
                value -= sign * known[cell]
        if line.any():
            lines.append(line)
            right.append(value)
    if not lines:
        return known
    system = np.array(lines)
    _, sizes, directions = np.linalg.svd(system, full_matrices=True)
    rank = int((sizes > 1e-9 * max(sizes.max(), 1)).sum())
    free = np.abs(directions[rank:]).max(axis=0) if rank < len(hidden) else np.zeros(len(hidden))
    answer = np.linalg.lstsq(system, np.array(right), rcond=None)[0]
    for cell, i in place.items():
        if free[i] < 1e-9:
            known[cell] = float(np.rint(answer[i]))
    return known


def _sums(table: Mapping[Cell, float], totals: set[str]) -> list[tuple[Cell, list[Cell]]]:
    """Each total along one column, with the cells it adds up."""
    found = []
    for whole in table:
        for at, text in enumerate(whole):
            if text.casefold() not in totals or text == SUPPRESSED:
                continue
            parts = [c for c in table if c[at].casefold() not in totals and c[:at] == whole[:at]
                     and c[at + 1:] == whole[at + 1:]]
            if parts:
                found.append((whole, parts))
    return found
