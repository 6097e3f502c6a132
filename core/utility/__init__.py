"""Utility metrics: how close a release is to the original, each declared once."""

from core.declare import Family
from core.utility.analyses import EigenvalueDifference, RegressionDifference, RegressionOverlap, SurveyTable
from core.utility.association import (
    CorrelationRatioDifference,
    CramersVDifference,
    PairTotalVariation,
    PearsonDifference,
    SpearmanDifference,
)
from core.utility.both import Both
from core.utility.cells import (
    CategoryCoverage,
    CellsChanged,
    CellsSuppressed,
    ColumnsKept,
    MissingAdded,
    RowsKept,
    TableCellsChanged,
    TableCellsSuppressed,
)
from core.utility.detail import AverageClassSize, Discernibility, EntropyLoss, GranularityLoss
from core.utility.distribution import Hellinger, HistogramOverlap, JensenShannon, RegroupedVariation, TotalVariation
from core.utility.estimate import Estimate
from core.utility.marginals import MeanAssociationDifference, ThreeWayMarginals, TwoWayMarginals, WorstColumn
from core.utility.metric import Association, ColumnMetric, Metric, PairMetric, TableMetric
from core.utility.numbers import (
    Il1s,
    KolmogorovSmirnov,
    MeanDifference,
    MeanIntervalOverlap,
    RangeCoverage,
    TotalDifference,
    TotalIntervalOverlap,
    WassersteinScaled,
)
from core.utility.prediction import (
    ImportanceOrder,
    TrainedOnRelease,
    TrainedOnReleaseError,
    TrainedOnReleaseF1,
    predictions,
)
from core.utility.propensity import ClassifierAuc, PropensityRatio
from core.utility.sdmetrics_reports import SdmetricsDiagnostic, SdmetricsQuality

METRICS: Family[Metric] = Family(
    "metric",
    "utility metric",
    (
        TotalVariation, RegroupedVariation, KolmogorovSmirnov, CellsChanged, CellsSuppressed, MissingAdded,
        CategoryCoverage, RangeCoverage,
        MeanDifference, MeanIntervalOverlap, TotalDifference, TotalIntervalOverlap,
        HistogramOverlap, JensenShannon, Hellinger, WassersteinScaled,
        GranularityLoss, EntropyLoss, Il1s,
        PearsonDifference, SpearmanDifference, CramersVDifference, CorrelationRatioDifference, PairTotalVariation,
        TableCellsChanged, TableCellsSuppressed, RowsKept, ColumnsKept, WorstColumn, TwoWayMarginals,
        ThreeWayMarginals, MeanAssociationDifference, EigenvalueDifference, Discernibility, AverageClassSize,
        SurveyTable, RegressionOverlap, RegressionDifference, TrainedOnRelease, TrainedOnReleaseF1,
        TrainedOnReleaseError, ImportanceOrder, PropensityRatio, ClassifierAuc, SdmetricsQuality, SdmetricsDiagnostic,
    ),
)
"""Every metric, in the order reports show them: columns, pairs, the whole table."""

__all__ = [
    "METRICS", "Association", "Both", "ColumnMetric", "Estimate", "Metric", "PairMetric", "TableMetric", "predictions",
]
