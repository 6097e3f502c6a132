"""Counting again, in the plainest way, what a step claims of the released table.

Nothing here uses the kernels that made a claim true: cells are compared as the texts a recipient reads. Slower, and
meant to be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from core.problem import Problem
from core.protect.method import Claim
from core.table import Table


@dataclass(frozen=True)
class Checked:
    """A claim that was counted again on the released table and found to hold."""

    step: int
    what: str


def class_sizes(table: Table, columns: Sequence[str]) -> list[int]:
    """The size of each equivalence class on these columns; missing and `*` are values of their own.

    Columns that are no longer there tell nobody anything and do not count.
    """
    names = [n for n in columns if n in table.columns]
    if not table.rows:
        return []
    if not names:
        return [table.rows]
    frame = _frame(table, names)
    return frame.group_by(frame.columns).len()["len"].to_list()


def people_alike(
    table: Table, columns: Sequence[str], people: Sequence[float] | None = None
) -> list[tuple[int, float]]:
    """(rows, people) of each equivalence class. people: for how many each row stands; by default for itself."""
    names = [n for n in columns if n in table.columns]
    if not table.rows:
        return []
    frame = _frame(table, names)
    whole = frame.with_columns(people=np.ones(table.rows) if people is None else np.asarray(people, np.float64))
    found = whole.group_by(frame.columns or pl.lit(0)).agg(pl.len().alias("rows"), pl.col("people").sum())
    return list(found.select("rows", "people").iter_rows())


def smallest_class(table: Table, columns: Sequence[str]) -> int | None:
    """The k of k-anonymity, strict (Samarati and Sweeney 1998); None for a table without rows."""
    return min(class_sizes(table, columns), default=None)


def smallest_diversity(table: Table, columns: Sequence[str], sensitive: str) -> int | None:
    """The fewest distinct values of `sensitive` in a class: distinct l-diversity, doi:10.1145/1217299.1217302."""
    names = [n for n in columns if n in table.columns]
    if not table.rows or sensitive not in table.columns:
        return None
    frame = _frame(table, names).with_columns(l=pl.Series(table.columns[sensitive].to_arrow(), dtype=pl.String))
    if not names:
        return frame["l"].n_unique()
    return int(frame.group_by(frame.columns[:-1]).agg(pl.col("l").n_unique())["l"].min())  # type: ignore[arg-type]


def recheck(claims: Iterable[tuple[int, Claim]], table: Table) -> tuple[Checked, ...]:
    """Every (step, claim) counted again on the final table; the first that fails is a Problem and nothing goes out."""
    checked = []
    for step, claim in claims:
        if not _holds(claim, table):
            raise Problem(
                "The finished table does not keep what step {number} promised: {promise}",
                "A later step may have undone it: move step {number} towards the end, or leave the later step out.",
                step=step,
                number=step,
                promise=claim.what,
            )
        checked.append(Checked(step, claim.what))
    return tuple(checked)


def _holds(claim: Claim, table: Table) -> bool:
    try:
        return bool(claim.holds(table))
    except Exception:  # noqa: BLE001  # what cannot be counted does not hold, and a library may quote a cell
        return False


def _frame(table: Table, names: Sequence[str]) -> pl.DataFrame:
    # Named by their places: in Polars, "*" means all columns and "^a.*$" all whose names begin with a.
    return pl.DataFrame({str(i): pl.Series(table.columns[n].to_arrow(), dtype=pl.String) for i, n in enumerate(names)})
