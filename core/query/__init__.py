"""Questions answered with differential privacy: one frozen class each; this tuple is the list a person chooses from."""

from core.declare import Family
from core.query.contrast import Contrast
from core.query.count import Count
from core.query.histogram import Histogram
from core.query.keys import DistinctCount, FindBounds, TopValues
from core.query.mean import Mean
from core.query.proportion import Proportion
from core.query.quantile import Quantile
from core.query.query import Answer, Query
from core.query.regression import Correlation, Regression
from core.query.spread import Spread
from core.query.total import Sum

QUERIES: Family[Query] = Family(
    "query",
    "question",
    (
        Count,
        Sum,
        Mean,
        Quantile,
        Proportion,
        Contrast,
        Histogram,
        Spread,
        Correlation,
        Regression,
        TopValues,
        DistinctCount,
        FindBounds,
    ),
)

__all__ = ["QUERIES", "Answer", "Query"]
