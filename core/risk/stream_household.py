"""Household risk of a Parquet file larger than memory: one number per record, in the original order.

After the classes are counted (core/risk/stream.py), the file's households are read beside them: each record's chance of
not being matched is spilled by household, so that a household lies whole in one partition, whatever the order of the
file. A partition at a time is added up and handed back in file order. Households are compared by their numbers or by a
dictionary of their names, never by a hash.

Source: Templ, Kowarik and Meindl (2015), doi:10.18637/jss.v067.i04, section 3.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.problem import Problem
from core.risk.individual import household_risk, individual_risk
from core.risk.spill import Spill
from core.risk.stream import (
    PARTITIONS,
    StreamedClasses,
    append_parted,
    batches,
    bounds,
    by_dictionary,
    merge,
    opened,
    partition,
    require,
)
from core.table.column import Floats

_FAR = 1 << 62
"""Household numbers beyond this are coded by a dictionary: their distances would not fit 64 bits."""


class StreamedHouseholds:
    """The household risks of a Parquet file. `expected` and `highest` at once; `batches()` record by record.

    expected  sum of household risks: people expected to be in a recognised household
    highest   the household risk of the row most at risk, 0 to 1
    """

    def __init__(self, spill: Spill, lengths: list[int], expected: float, highest: float) -> None:
        self._spill, self._lengths = spill, lengths
        self.expected, self.highest = expected, highest

    def batches(self) -> Iterator[Floats]:
        """(rows,) household risk of the rows in file order, a batch at a time."""
        for b, rows in enumerate(self._lengths):
            part = np.frombuffer(self._spill.read_chunk("part", b), np.uint8)
            yield merge(part, [self._spill.read_chunk(("risk", p), b) for p in range(PARTITIONS)], np.float64, rows)

    def __enter__(self) -> StreamedHouseholds:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spill.close()


def stream_household_risk(
    path: Path | str, streamed: StreamedClasses, household: str, folder: Path | None = None
) -> StreamedHouseholds:
    """The chance that someone of a record's household is recognised, as `individual.household_risk` in memory.

    streamed  the classes of the same file, in the same order
    folder    where the encrypted spill file is made
    A record without a household is a household of its own.
    """
    file = opened(path)
    require(file, [household])
    if file.metadata.num_rows != streamed.summary.rows:
        raise Problem("The file changed while it was read.", "Run it again when nobody writes to the file.")
    number = _numbering(file, household, streamed.batch)
    spill, lengths = Spill(folder), []
    try:
        for table, (fk, wk) in zip(batches(file, [household], streamed.batch), streamed.batches(), strict=True):
            homes = number(table.column(0))
            # Rows without a household may lie in any partition: spread out, so that none grows large.
            part, starts = partition(np.where(homes < 0, np.arange(len(homes)), homes))
            spill.append("part", part.data)
            spill.append("counts", np.diff(starts).data.cast("B"))
            append_parted(spill, "home", part, starts, homes)
            append_parted(spill, "alone", part, starts, individual_risk(fk, wk))
            lengths.append(len(fk))
        counts = np.frombuffer(spill.read("counts"), np.int64).reshape(-1, PARTITIONS)
        found = [_whole(spill, p, counts[:, p]) for p in range(PARTITIONS)]
    except BaseException:
        spill.close()
        raise
    return StreamedHouseholds(spill, lengths, sum(total for total, _ in found), max(high for _, high in found))


def _numbering(file: Any, name: str, batch: int) -> Callable[[pa.Array], npt.NDArray[np.int64]]:
    """How a household column becomes numbers from 0, -1 where it is missing."""
    limits = bounds(file, name) if pa.types.is_integer(file.schema_arrow.field(name).type) else None
    if limits is None or not -_FAR < limits[0] <= limits[1] < _FAR:
        coded = by_dictionary(file, name, batch)
        return lambda chunk: coded.codes(chunk).astype(np.int64)
    low = limits[0]
    return lambda chunk: chunk.cast(pa.int64()).fill_null(low - 1).to_numpy(zero_copy_only=False) - low


def _whole(spill: Spill, p: int, counts: npt.NDArray[np.int64]) -> tuple[float, float]:
    """The household risks of one partition, spilled for each batch; their sum and the highest."""
    homes = np.frombuffer(spill.read(("home", p)), np.int64)
    alone = np.frombuffer(bytearray(spill.read(("alone", p))), np.float64)
    # The missing, -1, are least: number 0 where there are any, and moved back to -1.
    numbers = np.unique(homes, return_inverse=True)[1] - int(len(homes) > 0 and homes.min() < 0)
    risk = household_risk(alone, numbers)
    ends = np.cumsum(counts)
    for start, end in zip(ends - counts, ends, strict=True):
        spill.append(("risk", p), risk[start:end].data.cast("B"))
    for name in ("home", "alone"):
        spill.forget((name, p))
    return float(risk.sum()), float(risk.max(initial=0.0))
