"""Every metric on tables small enough to check by hand; the arithmetic stands beside the expected value."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.table import Column, Kind, Table
from core.utility import METRICS, Both
from core.utility.both import ColumnPair, Pair


def column(before: str, after: str, kind: Kind = "category", matched: bool = True) -> ColumnPair:
    """Cells separated by blanks; "." is missing."""
    a, b = ([None if c == "." else c for c in text.split()] for text in (before, after))
    rows = (np.arange(len(a)), np.arange(len(b))) if matched else None
    return ColumnPair("x", Column.of(a, kind), Column.of(b, kind), rows)


COLUMNS = [
    # metric, before, after, kind, expected
    ("total_variation", "a a b b", "a b b b", "category", 0.25),  # |.5-.25| + |.5-.75| = .5, halved
    ("total_variation", "a a b b", "c c c c", "category", 1.0),
    ("total_variation", "a a b .", "a a b *", "category", 0.25),  # missing and suppressed are categories of their own
    ("total_variation", "1 2 3 4", "1 2 3 9", "number", 0.25),
    ("regrouped_variation", "1 2 3 4", "1-2 1-2 3-4 3-4", "number", 0.0),  # the bands hold the right shares
    ("regrouped_variation", "1 2 3 4", "1-2 * 3-4 3-4", "number", 0.25),  # 2 has no band left: 1/4 became "*"
    ("regrouped_variation", "1 1 3 4", "1-2 * 3-4 3-4", "number", 0.25),
    ("regrouped_variation", "a b a b", "b a a b", "category", 0.0),
    ("regrouped_variation", "a b a b", "x x y y", "category", 1.0),  # no grouping: a became both x and y
    ("regrouped_variation", "a b . .", "g g . x", "category", 0.25),
    ("jensen_shannon", "a a", "b b", "category", 1.0),
    # p = (1/2, 1/2), q = (1, 0), m = (3/4, 1/4): (log2(2/3)/2 + log2(2)/2 + log2(4/3)) / 2, rooted
    ("jensen_shannon", "a b", "a a", "category",
     math.sqrt((0.5 * math.log2(2 / 3) + 0.5 + math.log2(4 / 3)) / 2)),
    ("hellinger", "a b", "a a", "category", math.sqrt(1 - math.sqrt(0.5))),  # 1 - sum of root(pq)
    ("hellinger", "a a", "b b", "category", 1.0),
    ("histogram_overlap", "a a b b", "a b b b", "category", 0.75),
    ("histogram_overlap", "0 0 30 30", "0 30 30 30", "number", 0.75),
    ("histogram_overlap", "5 5", "5 5", "number", 1.0),
    ("kolmogorov_smirnov", "1 2 3 4", "1 2 3 9", "number", 0.25),  # at 4: 1 against .75
    ("kolmogorov_smirnov", "1 2 3 4", "5 6 7 8", "number", 1.0),
    ("kolmogorov_smirnov", "1 2 . 4", "1 2 4 *", "number", 0.0),  # only cells that are numbers
    ("kolmogorov_smirnov", "a b", "a b", "category", None),
    ("kolmogorov_smirnov", "1 2 3 4", "0-2 0-2 3-5 3-5", "number", None),  # bands are no numbers
    ("wasserstein_scaled", "0 10", "0 5", "number", 0.25),  # one of two moved by 5 of a range of 10
    ("wasserstein_scaled", "0 0", "10 10", "number", 1.0),
    ("wasserstein_scaled", "3 3", "3 3", "number", 0.0),
    ("range_coverage", "0 10", "5 8", "number", 0.3),
    ("range_coverage", "0 10", "11 12", "number", 0.0),
    ("range_coverage", "4 4", "4 9", "number", 1.0),
    ("mean_difference", "1 3", "3 5", "number", 2.0),  # 2 apart, population deviation 1
    ("mean_difference", "2 2", "3 3", "number", None),  # no deviation to measure by
    # means 2 and 4, standard errors 1 and 1 (residuals ±.5, squared .5, times 2/1): half widths 1.96
    ("mean_interval_overlap", "1 3", "3 5", "number", (2 * 1.959964 - 2) / (2 * 1.959964)),
    ("mean_interval_overlap", "1 1 2", "90 91 90", "number", 0.0),
    ("il1s", "1 3", "1 5", "number", 1 / 2),  # mean change 1, deviation root 2, times root 2
    ("il1s", "1 1", "1 1", "number", None),
    ("cells_changed", "a b . d", "a x . *", "category", 0.5),
    ("cells_changed", ". a", "a .", "category", 1.0),
    ("cells_suppressed", "a b c d", "* b * .", "category", 0.5),
    ("missing_difference", "a . c d", "a . . .", "category", 0.5),
    ("missing_difference", "a . . .", "a b c d", "category", 0.75),
    ("category_coverage", "a b c d", "a b x x", "category", 0.5),
    ("category_coverage", "1 2", "1 2", "number", None),
    # four values; a released "ab" hides two, (2-1)/(4-1) in each of its rows; c and d hide nothing
    ("granularity_loss", "a b c d", "ab ab c d", "category", (1 / 3 + 1 / 3) / 4),
    ("granularity_loss", "a b c d", "* b c d", "category", 1 / 4),  # suppressed: it could be any
    ("granularity_loss", "a a", "b b", "category", None),
    # entropy 2 bits before; within "ab" 1 bit is left open in half of the rows: 1/2 of 2
    ("entropy_loss", "a b c d", "ab ab c d", "category", 0.25),
    ("entropy_loss", "a b c d", "x x x x", "category", 1.0),
    ("entropy_loss", "a b c d", "d c b a", "category", 0.0),
]


@pytest.mark.parametrize(("metric", "before", "after", "kind", "expected"), COLUMNS)
def test_column(metric: str, before: str, after: str, kind: Kind, expected: float | None) -> None:
    found = METRICS.build({"metric": metric}).value(column(before, after, kind))
    assert found is None if expected is None else found == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("metric", ["cells_changed", "granularity_loss", "entropy_loss", "il1s"])
def test_rows_that_are_not_matched_are_not_compared_cell_by_cell(metric: str) -> None:
    assert METRICS.build({"metric": metric}).value(column("1 2", "2 1", "number", matched=False)) is None


def pair(before: tuple[str, str], after: tuple[str, str], kinds: tuple[Kind, Kind]) -> Pair:
    return Pair(column(before[0], after[0], kinds[0]), column(before[1], after[1], kinds[1]))


PAIRS = [
    ("pearson", ("1 2 3", "2 4 6"), ("1 2 3", "6 4 2"), ("number", "number"), (1.0, -1.0)),
    ("pearson", ("1 2 3 .", "2 4 6 9"), ("1 2 3 4", "5 5 5 5"), ("number", "number"), (1.0, 0.0)),  # none is left
    ("pearson", ("1 1 1", "1 2 3"), ("1 2 3", "1 2 3"), ("number", "number"), None),  # none was there
    ("spearman", ("1 2 3", "1 8 900"), ("1 2 3", "8 1 900"), ("number", "number"), (1.0, 0.5)),
    # ranks (1.5, 1.5, 3) against (1, 2, 3): covariance 1.5, spreads 1.5 and 2
    ("spearman", ("1 1 3", "1 2 3"), ("1 2 3", "1 2 3"), ("number", "number"), (math.sqrt(3) / 2, 1.0)),
    ("cramers_v", ("a a b b", "x x y y"), ("a a b b", "x y x y"), ("category", "category"), (1.0, 0.0)),
    ("cramers_v", ("a a b b", "x x y y"), ("g g h h", "x x y y"), ("category", "category"), (1.0, 1.0)),
    # chi squared of [[2, 1], [0, 1]]: expected 1.5 1.5 .5 .5, each off by .5: 1/6 + 1/6 + 1/2 + 1/2 = 4/3, over 4
    ("cramers_v", ("a a a b", "x x y y"), ("a a a b", "x x y y"), ("category", "category"),
     (math.sqrt(1 / 3), math.sqrt(1 / 3))),
    # unknown cells tell nothing: the two rows that are left keep their association
    ("cramers_v", ("a a b b", "x x y y"), ("a * b .", "x x y y"), ("category", "category"), (1.0, 1.0)),
    ("correlation_ratio", ("a a b b", "1 1 3 3"), ("a * b .", "1 3 3 1"), ("category", "number"), (1.0, 1.0)),
    ("correlation_ratio", ("a a b b", "1 1 3 3"), ("a a b b", "1 3 1 3"), ("category", "number"), (1.0, 0.0)),
    # group means 2 and 5 around 3.5: 4 * 2.25 = 9; total 2.25 + .25 + .25 + 6.25 + ... = 13
    ("correlation_ratio", ("1 3 4 6", "a a b b"), ("1 3 4 6", "a a b b"), ("number", "category"),
     (math.sqrt(9 / 13), math.sqrt(9 / 13))),
    ("pair_total_variation", ("a a b b", "x x y y"), ("a a b b", "x y x y"), ("category", "category"), (0.0, 0.5)),
]


@pytest.mark.parametrize(("metric", "before", "after", "kinds", "expected"), PAIRS)
def test_pair(metric, before, after, kinds, expected) -> None:
    measure, both = METRICS.build({"metric": metric}), pair(before, after, kinds)
    assert measure.applies(both)
    found = measure.value(both)
    if expected is None:
        assert found is None
    else:
        assert tuple(found) == pytest.approx(expected)
        assert found.difference == pytest.approx(abs(expected[0] - expected[1]))


def table(**cells: str) -> Table:
    return Table.of({n: Column.of([None if c == "." else c for c in t.split()],
                                  "number" if n.startswith("n") else "category") for n, t in cells.items()})


def both_of(before: Table, after: Table, keys: tuple[str, ...] = ()) -> Both:
    return Both.of(before, after, keys)


def test_table_metrics() -> None:
    before = table(a="p p q q", b="x y x y", n="1 2 3 4")
    after = table(a="p p q *", b="x y x y")
    both = both_of(before, after, ("a", "b"))

    def value(metric: str) -> float | None:
        return METRICS.build({"metric": metric}).value(both)

    assert value("columns_kept") == pytest.approx(2 / 3)
    assert value("rows_kept") == 1.0
    assert value("table_cells_changed") == pytest.approx(1 / 8)
    assert value("table_cells_suppressed") == pytest.approx(1 / 8)
    assert value("worst_column") == pytest.approx(0.25)
    assert value("two_way_marginals") == pytest.approx(0.25)  # (q, y) 1/4 became (*, y) 1/4
    assert value("three_way_marginals") is None
    # classes (p,x) (p,y) (q,x) (q,y) before and after all of size 1
    assert value("discernibility") == 0 and value("average_class_size") == 1


def test_classes_grew() -> None:
    both = both_of(table(a="p q r s"), table(a="pq pq r s"), ("a",))
    # squared sizes 4 of 16 before, 4 + 1 + 1 of 16 after
    assert METRICS.build({"metric": "discernibility"}).value(both) == pytest.approx(2 / 16)
    assert METRICS.build({"metric": "average_class_size"}).value(both) == pytest.approx((4 / 3) / 1)


def test_rows_kept_counts_each_original_row_once() -> None:
    before = table(a="p q r s")
    assert METRICS.build({"metric": "rows_kept"}).value(both_of(before, before.take(np.array([3, 0, 0])))) == 0.5
    synthetic = Table(before.columns, {}, None)
    assert METRICS.build({"metric": "rows_kept"}).value(both_of(before, synthetic)) is None


def test_three_way() -> None:
    before = table(a="p p q q", b="x y x y", c="0 1 1 0")
    after = table(a="p p q q", b="x y x y", c="0 1 0 1")  # every pair of a, b stays; c no longer is their parity
    assert METRICS.build({"metric": "three_way_marginals"}).value(both_of(before, after)) == pytest.approx(0.5)


def test_weights_and_households_in_intervals() -> None:
    """Two households of two: what counts is how the two totals differ, not four persons."""
    cells = Column.of_numbers(np.array([1.0, 1.0, 3.0, 3.0]))
    alone = ColumnPair("x", cells, cells)
    weighted = ColumnPair("x", cells, cells, weights=(np.array([3.0, 3.0, 1.0, 1.0]),) * 2)
    together = ColumnPair("x", cells, cells, clusters=(np.array([0, 0, 1, 1]),) * 2)
    from core.utility.numbers import Z95, means

    assert means(weighted)[0].mean == pytest.approx(1.5)  # (3 + 3 + 3 + 3) / 8
    # persons: residuals ±1/4, squares 4/16, times 4/3; households: residuals ±1/2, squares 1/2, times 2
    for pair_, error in ((alone, math.sqrt(1 / 3)), (together, 1.0)):
        found = means(pair_)[0]
        assert (found.interval[1] - found.mean) == pytest.approx(Z95 * error)
