"""SUDA2 on a Parquet file larger than memory: only records that are alone in their combination can be special.

Their codes are held in memory; for each set of columns, the file is counted again beside them: in one pass for all sets
of a size whose possible combinations have room as counters of one byte, and by `stream_class_sizes` for a larger one.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.problem import Problem
from core.risk.kernel import pack_codes
from core.risk.stream import Coder, StreamedClasses, batches, coders_of, opened, stream_class_sizes
from core.risk.subsets import MOST_CELLS, count_to_two
from core.risk.suda import Missing, Scores, Search, Suda, check_effort, scored
from core.table import Column
from core.table.column import Codes, Mask

MOST_SPECIAL = 5_000_000
"""Records alone in their combination that are held in memory: codes, and a byte for each set of columns of a size."""


def special_records(
    path: Path | str, streamed: StreamedClasses, keys: tuple[str, ...], max_size: int | None, fraction: float,
    scores: Scores, missing: Missing, folder: Path | None = None,
) -> Suda:
    """As `suda.suda2`, with scores of the sample uniques only, in the order of the file: all others score 0.

    streamed  the class sizes of the same file. A Problem where more than MOST_SPECIAL records are sample uniques.
    """
    if streamed.summary.uniques > MOST_SPECIAL:
        raise Problem(
            "{uniques} rows are alone in their combination: more than {most} cannot be searched while streaming.",
            "Choose fewer quasi-identifiers or wider groups, or leave out --stream.",
            uniques=streamed.summary.uniques, most=MOST_SPECIAL,
        )
    size = min(max_size or len(keys), len(keys))
    check_effort(len(keys), size)
    file = opened(path)
    coders = coders_of(file, keys, streamed.batch)
    codes: list[list[Codes]] = []
    places, start = [], 0
    for table, (fk, _) in zip(batches(file, keys, streamed.batch), streamed.batches(), strict=True):
        alone = np.flatnonzero(fk == 1)
        places.append(start + alone)
        codes.append([c.codes(table.column(c.name))[alone] for c in coders])
        start += len(fk)
    special = [np.concatenate(c) for c in zip(*codes, strict=True)]
    search = _StreamedSearch(path, coders, special, np.concatenate(places), missing, streamed.batch, folder)
    pairs = 2 * streamed.summary.sizes.get(2, 0)
    here = np.arange(len(special[0]))
    columns = tuple(_column(c, found) for c, found in zip(coders, special, strict=True))
    return scored(search, keys, columns, here, pairs, size, fraction, scores)


def _column(coder: Coder, codes: Codes) -> Column:
    """The cells of the special records, with those values only that occur among them."""
    texts = coder.texts()
    found, place = np.unique(codes[codes >= 0], return_inverse=True)
    out = np.full(len(codes), -1, np.int32)
    out[codes >= 0] = place
    return Column(out, texts.take(pa.array(found)) if len(found) else pa.array([], pa.string()))


class _StreamedSearch(Search):
    """Counts every set of columns in the file rather than among combinations in memory."""

    def __init__(
        self, path: Path | str, coders: Sequence[Coder], special: Sequence[Codes], places: npt.NDArray[np.int64],
        missing: Missing, batch: int, folder: Path | None,
    ) -> None:
        super().__init__([c.radix for c in coders], special, missing)
        self.path, self.coders, self.places, self.batch, self.folder = path, coders, places, batch, folder
        self._found: dict[tuple[int, ...], Mask] = {}

    def prepare(self, sets: Sequence[tuple[int, ...]]) -> None:
        self._found.clear()
        waiting = sorted(sets, key=self._domain)
        while waiting and self._domain(waiting[0]) <= MOST_CELLS:
            together, room = [], MOST_CELLS
            while waiting and self._domain(waiting[0]) <= room:
                room -= self._domain(waiting[0])
                together.append(waiting.pop(0))
            self._count(together)

    def _domain(self, chosen: Sequence[int]) -> int:
        return math.prod(self.radices[j] for j in chosen)

    def _count(self, sets: Sequence[tuple[int, ...]]) -> None:
        """Counts that stop at two for all these sets, in one pass over the file."""
        cells = {s: np.zeros(self._domain(s), np.uint8) for s in sets}
        for table in batches(opened(self.path), [c.name for c in self.coders], self.batch):
            codes = [c.codes(table.column(c.name)) for c in self.coders]
            for s, counters in cells.items():
                count_to_two(pack_codes([codes[j] for j in s], [self.radices[j] for j in s])[0], counters)
        for s, counters in cells.items():
            asked, _ = pack_codes([self.special[j] for j in s], [self.radices[j] for j in s])
            self._found[s] = np.asarray(counters[asked] == 1)

    def unique(self, chosen: tuple[int, ...]) -> Mask:
        if chosen in self._found:
            return self._found.pop(chosen)
        names, start, found = [self.coders[j].name for j in chosen], 0, []
        with stream_class_sizes(self.path, names, folder=self.folder, batch=self.batch) as streamed:
            for fk, _ in streamed.batches():
                here = self.places[np.searchsorted(self.places, start) : np.searchsorted(self.places, start + len(fk))]
                found.append(fk[here - start] == 1)
                start += len(fk)
        return np.concatenate(found)
