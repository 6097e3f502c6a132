"""Accuracy of private answers on Adult, beside OpenDP called by hand and the error theory foresees.

    python benchmarks/query.py ../shared/data/adult/adult.csv

Counts by two categories, means and medians of age, at epsilon 0.1, 1 and 10: the median relative error over groups and
runs, with the middle nine tenths of what single runs would have shown. Age has the public bounds 17 and 90; a mean and
a median are asked by education. Then, how often the intervals of our medians hold the median of the file.
"""

from __future__ import annotations

import sys
from functools import lru_cache
from pathlib import Path

import numpy as np
import opendp.prelude as dp
import polars as pl

from core.query.ask import Price, plain
from core.query.count import Count
from core.query.ground import Bounds, Categories, Ground
from core.query.mean import Mean
from core.query.quantile import Quantile
from core.query.query import look
from core.table.reading import read

RUNS, RUNS_OF_MEDIANS, LOW, HIGH = 201, 31, 17, 90


def main(path: str) -> None:
    dp.enable_features("contrib")
    table = read(Path(path)).required()
    frame = table.to_polars().with_columns(pl.col("age").cast(pl.Float64))
    education, race = (sorted(frame[c].unique().drop_nulls().to_list()) for c in ("education", "race"))
    ground = Ground(known={
        "education": Categories(values=tuple(education)), "race": Categories(values=tuple(race)),
        "age": Bounds(low=LOW, high=HIGH)})
    ages = [frame.filter(pl.col("education") == e)["age"].to_numpy() for e in education]
    counts = np.array([[frame.filter((pl.col("education") == e) & (pl.col("race") == r)).height for r in race]
                       for e in education], float).ravel()
    whole = [a.astype(int).tolist() for a in ages]
    means, medians = np.array([a.mean() for a in ages]), np.array([np.median(a) for a in ages])
    print("median relative error over all runs (5% to 95% of single runs); ours, OpenDP by hand, theory")
    for epsilon in (0.1, 1.0, 10.0):
        cost = Price(epsilon, "pure", epsilon, 0.0)
        found = {
            "counts": (ours(Count(by=("education", "race"), fewest=1), "count", table, ground, cost),
                       [counts + by_hand(len(counts), 1 / epsilon) for _ in range(RUNS)], counts,
                       theory_of_counts(counts[counts > 0], epsilon)),
            "means": (ours(Mean(column="age", by=("education",), fewest=1), "mean", table, ground, cost),
                      [mean_by_hand(whole, epsilon) for _ in range(RUNS)], means,
                      theory_of_means(ages, means, epsilon)),
            "medians": (ours(Quantile(column="age", by=("education",), candidates=74, fewest=1, interval=False),
                             "quantile_0.5", table, ground, cost, RUNS_OF_MEDIANS),
                        [median_by_hand(whole, epsilon) for _ in range(RUNS_OF_MEDIANS)], medians, None),
        }
        for name, (mine, hand, truth, theory) in found.items():
            foreseen = f"{np.median(theory):.5f}" if theory is not None else "-"
            print(f"epsilon {epsilon:<5g} {name:8} {error(mine, truth)}  {error(hand, truth)}  {foreseen}", flush=True)
        asked = Quantile(column="age", by=("education",), candidates=74, fewest=1)
        view = look(asked, plain(table, ground), ground, cost.spend)
        held, wide = [], []
        for _ in range(RUNS_OF_MEDIANS):
            (found,) = asked.answer(view).estimates
            held.append((found.low <= lower_medians(ages)) & (lower_medians(ages) <= found.high))
            wide.append(found.high - found.low)
        print(f"epsilon {epsilon:<5g} intervals of medians hold in {100 * np.mean(held):.1f} of 100; half of them are "
              f"at most {np.median(wide):.1f} years wide", flush=True)


def ours(query, name, table, ground, cost, runs=RUNS) -> list[np.ndarray]:
    """Answered as `core.query.ask` does after the charge; the rows are looked up once for all runs."""
    view, drawn = look(query, plain(table, ground), ground, cost.spend, cost.delta), []
    for _ in range(runs):
        lines = query.answer(view).lines()
        drawn.append(np.array([0 if line[name] is None else line[name] for line in lines], float))  # withheld: below 1
    return drawn


def lower_medians(ages: list[np.ndarray]) -> np.ndarray:
    """The smallest age that half of the rows do not exceed: what an interval promises to hold."""
    return np.array([np.sort(a)[(len(a) + 1) // 2 - 1] for a in ages])


def by_hand(size: int, scale: float) -> np.ndarray:
    laplace = dp.m.make_laplace(dp.vector_domain(dp.atom_domain(T="i64")), dp.l1_distance(T="i64"), scale=scale)
    return np.array(laplace([0] * size), float)


@lru_cache
def measured(epsilon: float):
    """OpenDP's sum of clamped numbers and its count, half of epsilon each, as its documentation does; its median."""
    space = dp.vector_domain(dp.atom_domain(T="i64")), dp.symmetric_distance()
    total = dp.binary_search_chain(
        lambda s: space >> dp.t.then_clamp((LOW, HIGH)) >> dp.t.then_sum() >> dp.m.then_laplace(s),
        d_in=1, d_out=epsilon / 2)
    size = dp.binary_search_chain(
        lambda s: space >> dp.t.then_count(TO="i64") >> dp.m.then_laplace(s), d_in=1, d_out=epsilon / 2)
    median = dp.binary_search_chain(
        lambda s: space >> dp.m.then_private_quantile(
            dp.max_divergence(), candidates=list(range(LOW, HIGH + 1)), alpha=0.5, scale=s),
        d_in=1, d_out=epsilon)
    return total, size, median


def mean_by_hand(ages: list[list[int]], epsilon: float) -> np.ndarray:
    total, size, _ = measured(epsilon)
    return np.clip([float(total(a)) / max(int(size(a)), 1) for a in ages], LOW, HIGH)


def median_by_hand(ages: list[list[int]], epsilon: float) -> np.ndarray:
    """All of epsilon goes to the median; ours gives a fifth to the count that withholds small groups (and, where an
    interval is asked for, half of the rest to that)."""
    return np.array([float(measured(epsilon)[2](a)) for a in ages])


def theory_of_counts(counts: np.ndarray, epsilon: float) -> np.ndarray:
    """(1000 x groups,) the discrete Laplace's own quantiles over each count: P(|X| > k) = 2 a**(k + 1) / (1 + a)."""
    a, left = np.exp(-epsilon), 1 - (np.arange(1000) + 0.5) / 1000
    noise = np.maximum(np.ceil(np.log(left * (1 + a) / 2) / np.log(a) - 1), 0)
    return np.outer(noise, 1 / counts).ravel()


def theory_of_means(ages: list[np.ndarray], means: np.ndarray, epsilon: float) -> np.ndarray:
    """First order: Laplace noise of scale reach / (epsilon / 2) over n, and of the count times the mean's distance from
    the middle; the median of their sum's absolute value by the normal approximation of its standard deviation."""
    n, reach, middle = np.array([len(a) for a in ages]), (HIGH - LOW) / 2, (HIGH + LOW) / 2
    sd = np.sqrt(2) * 2 / epsilon * np.sqrt(reach**2 + (means - middle) ** 2) / n
    return 0.6 * sd / means


def error(drawn: list[np.ndarray], truth: np.ndarray) -> str:
    """Median over runs and groups that hold somebody; in brackets what nine tenths of single runs show."""
    some = truth > 0
    off = np.abs(np.array(drawn)[:, some] - truth[some]) / truth[some]
    low, high = np.quantile(np.nanmedian(off, axis=1), (0.05, 0.95))
    return f"{np.nanmedian(off):.5f} ({low:.5f}-{high:.5f})"


if __name__ == "__main__":
    main(sys.argv[1])
