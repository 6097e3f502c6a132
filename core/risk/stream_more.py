"""More figures of a Parquet file larger than memory: uniques of small sets, diversity, and what class sizes tell.

The figures are those of the same functions on a table in memory; `tests/risk/test_stream_more.py` compares them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa

from core.problem import Problem
from core.risk.engine import PartedDiversity, Spilled, sensitive_summary
from core.risk.kernel import Classes, compiled, pack_codes
from core.risk.measure import Measure, Measured
from core.risk.spill import Spill
from core.risk.stream import BATCH, Summary, batches, coder, opened, require, stream_class_sizes
from core.risk.study import Study
from core.risk.subsets import MOST_CELLS, Cells, Uniques
from core.table import Table

FROM_SIZES = ("k_anonymity", "sample_uniques", "class_sizes", "prosecutor", "zayatz", "pitman", "snb", "dankar",
              "chao_bounds")
"""Measures that need nothing but the sizes of the classes."""


@dataclass(frozen=True, eq=False)
class SizesStudy(Study):
    """A Study of which only the class sizes are known: rows stand in no order. For the measures of FROM_SIZES."""

    summary: Summary | None = None

    @property
    def rows(self) -> int:
        return self.summary.rows if self.summary else 0

    @cached_property
    def classes(self) -> Classes:
        assert self.summary is not None  # noqa: S101 -- `study_of_sizes` gives it
        found = sorted(self.summary.sizes.items())
        sizes = np.repeat(np.array([s for s, _ in found], np.int32), [n for _, n in found])
        return Classes(np.repeat(np.arange(len(sizes), dtype=np.int32), sizes), np.repeat(sizes, sizes), len(sizes))


def study_of_sizes(summary: Summary, keys: Sequence[str], people: float | None = None) -> SizesStudy:
    """What the measures of FROM_SIZES are given.

    people  how many the file was drawn from, if the caller says so; else the sum of the weights
    """
    weighted = summary.people if summary.people > summary.rows else None
    return SizesStudy(Table({}), tuple(keys), population_size=people or weighted, summary=summary)


def measure_sizes(measure: Measure, name: str, study: SizesStudy) -> Measured:
    """One measure of class sizes; a Problem for one that needs more than these."""
    if name not in FROM_SIZES:
        raise Problem("“{title}” cannot be had while streaming.", "Streaming gives: {known}. Leave out --stream, or "
                      "this measure.", title=measure.title, known=", ".join(FROM_SIZES))
    return measure.of(study)


def streamed_uniques(path: Path | str, keys: Sequence[str], size: int = 2, batch: int = BATCH) -> Uniques:
    """Unique rows of every set of 1 to `size` keys: as `subsets.uniques`, in counters of one byte that stop at 2.

    A set with too many possible combinations for that is counted by `stream_class_sizes`, one such set at a time.
    """
    keys = tuple(dict.fromkeys(keys))
    file = opened(path)
    require(file, keys)
    coders = [coder(file, name, batch) for name in keys]
    sets = [s for n in range(1, min(size, len(keys)) + 1) for s in combinations(range(len(keys)), n)]
    domain = {s: math.prod(coders[i].radix for i in s) for s in sets}
    cells: dict[tuple[int, ...], Cells] = {}
    for s in sorted(sets, key=domain.__getitem__):
        if sum(map(len, cells.values())) + domain[s] > MOST_CELLS:
            break
        cells[s] = np.zeros(domain[s], np.uint8)
    rows = 0
    for table in batches(file, keys, batch):
        rows += table.num_rows
        codes = [c.codes(table.column(c.name)) for c in coders]
        for s, counters in cells.items():
            _count(counters, pack_codes([codes[i] for i in s], [coders[i].radix for i in s])[0])
    counts = {}
    for s in sets:
        names = tuple(keys[i] for i in s)
        if s in cells:
            counts[names] = int(np.count_nonzero(cells[s] == 1))
        else:
            with stream_class_sizes(path, names, batch=batch) as streamed:
                counts[names] = streamed.summary.uniques
    return Uniques(keys, rows, counts)


def _count(counters: Cells, packed: np.ndarray) -> None:
    loops = compiled()
    if loops:
        loops.count_to_two(packed, counters)
        return
    found, times = np.unique(packed, return_counts=True)
    counters[found] = np.minimum(counters[found] + times, 2)


def streamed_diversity(
    path: Path | str, keys: Sequence[str], sensitive: str, batch: int = BATCH // 2
) -> PartedDiversity:
    """l-diversity and t-closeness of one column: pieces of the file, spilled encrypted and regrouped by their keys."""
    file = opened(path)
    require(file, [*keys, sensitive])

    def pieces() -> Iterator[pa.Table]:
        for table in batches(file, dict.fromkeys([*keys, sensitive]), batch):
            yield pa.table({n: table.column(n).cast(pa.string()) for n in table.schema.names})

    with Spill() as spill:
        return sensitive_summary(Spilled(spill, pieces()), keys, sensitive)
