"""More figures of a Parquet file larger than memory: uniques of small sets, and the diversity of the whole.

The figures are those of the same functions on a table in memory; `tests/risk/test_stream_more.py` compares them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

import numpy as np
import pyarrow as pa

from core.risk.engine import PartedDiversity, Spilled, sensitive_summary
from core.risk.kernel import pack_codes
from core.risk.spill import Spill
from core.risk.stream import BATCH, batches, coder, opened, require, stream_class_sizes
from core.risk.subsets import MOST_CELLS, Cells, Uniques, count_to_two


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
            count_to_two(pack_codes([codes[i] for i in s], [coders[i].radix for i in s])[0], counters)
    counts = {}
    for s in sets:
        names = tuple(keys[i] for i in s)
        if s in cells:
            counts[names] = int(np.count_nonzero(cells[s] == 1))
        else:
            with stream_class_sizes(path, names, batch=batch) as streamed:
                counts[names] = streamed.summary.uniques
    return Uniques(keys, rows, counts)


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
