"""SDMetrics' two scores of a synthetic table, computed by SDMetrics itself, for those who report them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from core.utility.both import Both, ColumnPair
from core.utility.metric import TableMetric

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS = 50_000
"""Rows of each file that are handed over; where there are more, evenly spaced ones."""


class SdmetricsQuality(TableMetric):
    """SDMetrics' quality score: the mean of how well columns and pairs of columns keep their shape.

    Columns of numbers as numbers, all others as categories; up to 50,000 rows of each file. Every column both files
    have, apart from sample weights, household numbers and columns of texts that are nearly all different.
    """

    metric: Literal["sdmetrics_quality"] = "sdmetrics_quality"
    title: ClassVar[str] = "Quality score (SDMetrics)"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "SDMetrics, Quality Report (single table): Column Shapes and Column Pair Trends"
    sentence: ClassVar[str] = "SDMetrics gives the release a quality of {percent}."
    thorough: ClassVar[bool] = True

    def value(self, both: Both) -> float | None:
        return _score("QualityReport", both)


class SdmetricsDiagnostic(TableMetric):
    """SDMetrics' diagnostic score: no values outside the original's range or categories, and the same columns.

    It says whether a file is valid, not whether it is close to the original. Columns and rows as for the quality.
    """

    metric: Literal["sdmetrics_diagnostic"] = "sdmetrics_diagnostic"
    title: ClassVar[str] = "Diagnostic score (SDMetrics)"
    perfect: ClassVar[float] = 1.0
    source: ClassVar[str] = "SDMetrics, Diagnostic Report (single table): Data Validity and Data Structure"
    sentence: ClassVar[str] = "SDMetrics finds {percent} of the release valid."
    thorough: ClassVar[bool] = True

    def value(self, both: Both) -> float | None:
        return _score("DiagnosticReport", both)


def _score(report: str, both: Both) -> float | None:
    from sdmetrics import reports

    columns = [both.columns[name] for name in both.fitting]
    if not columns:
        return None
    made: Any = getattr(reports, report)()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a constant column, say: SDMetrics then leaves it out
        made.generate({"table": _frame(columns, 0)}, {"table": _frame(columns, 1)}, _metadata(columns), verbose=False)
    score = float(made.get_score())
    return score if np.isfinite(score) else None


def _metadata(columns: list[ColumnPair]) -> dict[str, Any]:
    kinds = {c.name: {"sdtype": "numerical" if c.numeric else "categorical"} for c in columns}
    return {"tables": {"table": {"columns": kinds}}, "relationships": []}


def _frame(columns: list[ColumnPair], side: int) -> pd.DataFrame:
    import pandas as pd

    found = {}
    for pair in columns:
        column = (pair.before, pair.after)[side]
        rows = np.unique(np.linspace(0, len(column) - 1, min(len(column), MOST_ROWS)).astype(np.int64))
        part = column.take(rows)
        found[pair.name] = part.numbers if pair.numeric else np.array(part.texts(), dtype=object)
    return pd.DataFrame(found)
