"""Metrics that look at single cells: what was changed, hidden, left empty, or no longer occurs."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.utility.both import Both, ColumnPair
from core.utility.metric import ColumnMetric, TableMetric


class CellsChanged(ColumnMetric):
    """The share of cells that read differently after the release, counting suppressed ones.

    Needs to know which row is which; it is left out for synthetic data, where no row belongs to a person.
    """

    metric: Literal["cells_changed"] = "cells_changed"
    title: ClassVar[str] = "Cells changed"
    source: ClassVar[str] = "Hundepool et al. 2012, Statistical Disclosure Control, 3.2, doi:10.1002/9781118348239"
    sentence: ClassVar[str] = "{percent} of the cells read differently."

    def value(self, column: ColumnPair) -> float | None:
        return None if column.changed is None or not len(column.changed) else float(column.changed.mean())


class CellsSuppressed(ColumnMetric):
    """The share of cells in the release that are suppressed (written as a star)."""

    metric: Literal["cells_suppressed"] = "cells_suppressed"
    title: ClassVar[str] = "Cells suppressed"
    source: ClassVar[str] = "Hundepool et al. 2012, Statistical Disclosure Control, 3.3, doi:10.1002/9781118348239"
    sentence: ClassVar[str] = "{percent} of the cells are suppressed."

    def value(self, column: ColumnPair) -> float | None:
        return float(column.after.suppressed.mean()) if len(column.after) else None


class MissingAdded(ColumnMetric):
    """How far the share of missing cells moved, in either direction."""

    metric: Literal["missing_difference"] = "missing_difference"
    title: ClassVar[str] = "Missing cells"
    source: ClassVar[str] = "SDMetrics, MissingValueSimilarity (one minus it)"
    sentence: ClassVar[str] = "The share of missing cells moved by {percent}."

    def value(self, column: ColumnPair) -> float | None:
        if not len(column.before) or not len(column.after):
            return None
        return abs(float(column.after.missing.mean()) - float(column.before.missing.mean()))


class CategoryCoverage(ColumnMetric):
    """The share of the original's different values that still occur in the release; not for numbers."""

    metric: Literal["category_coverage"] = "category_coverage"
    title: ClassVar[str] = "Categories kept"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "SDMetrics, CategoryCoverage"
    sentence: ClassVar[str] = "{percent} of the different values still occur."

    def value(self, column: ColumnPair) -> float | None:
        if column.before.kind == "number" or not len(column.before.values):
            return None
        kept = set(column.before.values.to_pylist()) & set(column.after.values.to_pylist())
        return len(kept) / len(column.before.values)


class RowsKept(TableMetric):
    """The share of the original's rows that are in the release; not for synthetic data."""

    metric: Literal["rows_kept"] = "rows_kept"
    title: ClassVar[str] = "Rows kept"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "Counted"
    sentence: ClassVar[str] = "{percent} of the rows are in the release."

    def value(self, both: Both) -> float | None:
        if both.rows is None or not both.original.rows:
            return None
        return len(np.unique(both.rows[0])) / both.original.rows


class TableCellsChanged(TableMetric):
    """The share of all cells that read differently, over the rows and columns that both files have."""

    metric: Literal["table_cells_changed"] = "table_cells_changed"
    title: ClassVar[str] = "Cells changed, all columns"
    source: ClassVar[str] = "Hundepool et al. 2012, Statistical Disclosure Control, 3.2, doi:10.1002/9781118348239"
    sentence: ClassVar[str] = "{percent} of all cells read differently."

    def value(self, both: Both) -> float | None:
        shares = [CellsChanged().value(column) for column in both.columns.values()]
        known = [s for s in shares if s is not None]
        return float(np.mean(known)) if known else None


class TableCellsSuppressed(TableMetric):
    """The share of all cells of the release that are suppressed, over the columns that both files have."""

    metric: Literal["table_cells_suppressed"] = "table_cells_suppressed"
    title: ClassVar[str] = "Cells suppressed, all columns"
    source: ClassVar[str] = "Hundepool et al. 2012, Statistical Disclosure Control, 3.3, doi:10.1002/9781118348239"
    sentence: ClassVar[str] = "{percent} of all cells are suppressed."

    def value(self, both: Both) -> float | None:
        shares = [CellsSuppressed().value(column) for column in both.columns.values()]
        known = [s for s in shares if s is not None]
        return float(np.mean(known)) if known else None


class ColumnsKept(TableMetric):
    """The share of the original's columns that are in the release."""

    metric: Literal["columns_kept"] = "columns_kept"
    title: ClassVar[str] = "Columns kept"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "Counted"
    sentence: ClassVar[str] = "{percent} of the columns are in the release."

    def value(self, both: Both) -> float | None:
        return len(both.names) / len(both.original.names) if both.original.names else None
