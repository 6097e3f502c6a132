"""Rows that are sums of others: a last line “Total”, or subtotals between the rows. They are nobody's record."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from core.table.column import Column
from core.table.findings import Choice, Found, Question, rows_in_words
from core.table.numbers import canonical
from core.table.proposals import Proposal
from core.table.table import Table

TOTAL_WORD = re.compile(
    r"(grand |sub[- ]?|overall )?totals?:?|sum:?|कुल( योग)?|योग|gesamt|summe|insgesamt|total general|somme|totale|итого",
    re.I,
)
SUMMARY_WORD = re.compile(
    r"((class|overall|grand|group|column) )?(averages?|avg\.?|means?|medians?|max(imum)?\.?|min(imum)?\.?|highest"
    r"|lowest|std\.?( ?dev\.?)?|durchschnitt|mittelwert|moyenne|promedio|media|औसत|अधिकतम|न्यूनतम):?",
    re.I,
)
"""An average, a highest, a lowest: nobody's record either, where the figure beside it is right."""
SUMMARY_PART = r"av(erage|g)|mean|medi|max|min|est$|std|schnitt|mittel|moyen|औसत|अधिक|न्यून"
ENDS_IN_TOTAL = re.compile(r".{1,60}\s(sub[- ]?)?totals?:?", re.I)
"""“Goa Total”, as pivot tables write it: taken for a total only where its sums are right."""
MOST = 10_000
Mask = npt.NDArray[np.bool_]


def total_rows(table: Table, proposals: Mapping[str, Proposal]) -> list[int]:
    """Rows (from 0) that say total and hold the sums of rows above, or say it at the end and hold little else."""
    if table.rows < 3:
        return []
    named, ends, summary = _saying_total(table)
    places = np.flatnonzero(named | ends)
    found = _without_a_word(table, proposals)
    found |= set(_averaged(table, proposals, np.flatnonzero(summary), named | ends | summary))
    if not len(places) or len(places) > MOST:
        return sorted(found)
    summed = _summed(table, proposals, places)
    found |= {int(p) for p, s in zip(places, summed, strict=True) if s}
    return sorted(found | _at_the_end(table, named))


def _without_a_word(table: Table, proposals: Mapping[str, Proposal]) -> set[int]:
    """A last row of nothing but sums, as account books have."""
    last, sums = table.rows - 1, 0
    for name, column in table.columns.items():
        if column.codes[last] < 0:
            continue
        if proposals[name].kind not in ("number", "category"):
            return set()
        numbers = _numbers(column, proposals[name].decimal)
        above = numbers[:last][np.isfinite(numbers[:last])]
        whole = float(above.sum())
        if len(above) < 1 or not whole or abs(whole - numbers[last]) > 1e-6 * max(1.0, abs(whole)):
            return set()
        sums += len(above) > 1
    worded = [c for n, c in table.columns.items() if proposals[n].kind in ("text", "code")]
    return {last} if sums and any(not c.missing[:last].any() for c in worded) else set()


def _averaged(
    table: Table, proposals: Mapping[str, Proposal], places: npt.NDArray[np.intp], no_rows: Mask
) -> list[int]:
    """Of the rows at the end that say average, highest or lowest, those whose figures are that of the rows above."""
    if not len(places) or len(places) > 12 or places[0] < 2 or not no_rows[places[0] :].all():
        return []
    right = np.zeros(len(places), bool)
    for name, column in table.columns.items():
        if proposals[name].kind not in ("number", "category"):
            continue
        numbers = _numbers(column, proposals[name].decimal)
        above = numbers[~no_rows & np.isfinite(numbers)]
        if len(above) < 2 or above.min() == above.max():
            continue
        figures = np.array([above.mean(), np.median(above), above.min(), above.max(), above.std(ddof=1), above.std()])
        for at, place in enumerate(places):
            right[at] |= bool((np.abs(figures - numbers[place]) <= 0.006 * max(1.0, abs(figures[0]))).any())
    return [int(p) for p, r in zip(places, right, strict=True) if r]


def _saying_total(table: Table) -> tuple[Mask, Mask, Mask]:
    """(rows,) where a cell is a word for total; where one ends in it; where one says average or the like."""
    named, ends, summary = np.zeros(table.rows, bool), np.zeros(table.rows, bool), np.zeros(table.rows, bool)
    for column in table.columns.values():
        series = pl.Series("v", column.values, dtype=pl.String)
        likely = series.str.contains(r"(?i)tota|sum|somme|योग|कुल|gesamt|insgesamt|итого|" + SUMMARY_PART).to_numpy()
        if likely.any():
            texts = [v.strip() for v in series.to_list()]
            for rows, pattern in ((named, TOTAL_WORD), (ends, ENDS_IN_TOTAL), (summary, SUMMARY_WORD)):
                hit = [bool(on) and pattern.fullmatch(t) is not None for on, t in zip(likely, texts, strict=True)]
                rows |= np.append(hit, False).astype(bool)[column.codes]
    return named, ends, summary


def _summed(table: Table, proposals: Mapping[str, Proposal], places: npt.NDArray[np.intp]) -> list[bool]:
    """For each place whether a column of numbers there is the sum of the rows since the place before, or of all."""
    plain = np.ones(table.rows, bool)
    plain[places] = False
    summed = np.zeros(len(places), bool)
    for name, column in table.columns.items():
        if proposals[name].kind not in ("number", "category"):
            continue
        numbers = _numbers(column, proposals[name].decimal)
        running = np.cumsum(np.where(plain, np.nan_to_num(numbers, posinf=0, neginf=0), 0.0))[places]
        count = np.cumsum(plain)[places]
        here = numbers[places]
        since = np.diff(running, prepend=0.0)
        rows_since = np.diff(count, prepend=0)
        for whole, rows in ((since, rows_since), (running, count)):
            close = np.abs(whole - here) <= 1e-6 * np.maximum(1.0, np.abs(whole))
            # One row above, or nothing but zeros, is a sum by chance.
            summed |= np.isfinite(here) & close & (rows >= 2) & (whole != 0)
    return summed.tolist()


def _numbers(column: Column, decimal: str) -> npt.NDArray[np.float64]:
    return column.recode_to(canonical(column.values, decimal)).numbers


def _at_the_end(table: Table, named: Mask) -> set[int]:
    """A last row (or the one before) that says total, and lacks cells that the others have."""
    for row in (table.rows - 1, table.rows - 2):
        if not named[row]:
            continue
        cells = {n: c.values[int(c.codes[row])].as_py() for n, c in table.columns.items() if c.codes[row] >= 0}
        words = [n for n, v in cells.items() if TOTAL_WORD.fullmatch(v.strip())]
        rare = all(int(table[n].counts()[table[n].codes[row]]) == 1 for n in words)
        if rare and len(cells) < len(table.columns):
            return {row}
    return set()


def ask_about_totals(table: Table, rows: list[int], told: str | None, found: Found) -> Table:
    """The table with or without its total rows, as the person says; kept, with the question, while nobody does."""
    numbers = [r + 1 for r in rows]
    facts = {"count": len(rows), "rows": rows_in_words(numbers)}
    if told == "drop":
        found.add("TOTAL_ROW", "Rows {rows} were totals of others. They were left out, as you said.",
                  {"row": numbers[0]}, **facts)  # fmt: skip
        keep = np.ones(table.rows, bool)
        keep[rows] = False
        kept = table.take(keep)
        return Table.of(kept.columns)
    text = "Rows {rows} look like totals of others. They are kept, but they are no persons."
    if len(rows) == 1:
        text = "Row {rows} looks like a total of others. It is kept, but it is no person."
    found.add("TOTAL_ROW", text, {"row": numbers[0]}, **facts)
    preview = tuple(tuple(_cell(c, r) for c in table.columns.values()) for r in rows[:4])
    found.ask(
        Question(
            "totals",
            "Some rows look like totals of the others. Should they be left out?",
            (
                Choice("drop", "Yes, leave them out: they are nobody's record", preview),
                Choice("keep", "No, keep them: they are rows like the others"),
            ),
            default="keep",
        )
    )
    return table


def _cell(column: Column, row: int) -> str:
    code = int(column.codes[row])
    return column.values[code].as_py()[:60] if code >= 0 else ""
