"""Class sizes of a Parquet file larger than memory: one number per record, in the original order.

Three passes. The first finds how many values each key column has (integers: from the file's own statistics, nothing
is read). The second reads batches, packs each row's keys into 64-bit words and spills them by hash partition. The
third counts one partition at a time, so that no table of all classes is ever in memory, and spills the counts; from
there they are handed out batch by batch, merged back by one cursor for each partition. Memory holds one batch and one
partition, whatever the size of the file. Spill files are encrypted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.problem import Problem, near
from core.risk.assessment import THRESHOLDS
from core.risk.individual import individual_risk
from core.risk.kernel import BITS, compiled, count_keys, pack_codes
from core.risk.spill import Spill
from core.table.column import Floats

BATCH = 1 << 21
PARTITIONS = 256
WIDEST = 1 << 20
"""Integer columns that span more values than this are coded by a dictionary, not by their distance to the least."""


def silent(share: float, doing: str) -> None:
    """A Progress that tells nobody."""


@dataclass
class Coder:
    """How one key column becomes integers: -1 missing, 0 to radix - 2.

    offset      least value of an integer column that is coded by distance; None: coded by dictionary
    dictionary  all distinct values, in the order they get their codes
    """

    name: str
    radix: int
    offset: int | None = None
    dictionary: pa.Array | None = None

    @property
    def values(self) -> pa.Array:
        """What the codes of a dictionary stand for."""
        if self.dictionary is None:
            raise ValueError("the column is coded by distance")
        return self.dictionary

    def texts(self) -> pa.StringArray:
        """(radix - 1,) the values as texts, in the order of their codes."""
        if self.offset is not None:
            return pa.array(range(self.offset, self.offset + self.radix - 1)).cast(pa.string())
        return self.values.cast(pa.string())

    def codes(self, chunk: pa.Array) -> npt.NDArray[np.int32]:
        """(rows,) the cells of a piece of the column."""
        if self.offset is not None:
            numbers = chunk.cast(pa.int64()).fill_null(self.offset - 1).to_numpy(zero_copy_only=False)
            return (numbers - self.offset).astype(np.int32)
        coded = chunk if pa.types.is_dictionary(chunk.type) else chunk.dictionary_encode()
        values = coded.dictionary if coded.dictionary.type == self.values.type else coded.dictionary.cast(pa.string())
        place = pc.index_in(values, value_set=self.values).to_numpy(zero_copy_only=False)
        indices = coded.indices.cast(pa.int32()).fill_null(-1).to_numpy(zero_copy_only=False)
        return np.append(place, -1).astype(np.int32)[indices]


@dataclass
class Summary:
    """The same figures as `Risk`, added up partition by partition."""

    rows: int = 0
    classes: int = 0
    uniques: int = 0
    smallest_class: int = 0
    violations: dict[int, int] = field(default_factory=lambda: dict.fromkeys(THRESHOLDS, 0))
    expected_reidentifications: float = 0.0
    highest_individual_risk: float = 0.0
    people: float = 0.0
    """Sum of the sample weights; without weights the rows."""
    sizes: dict[int, int] = field(default_factory=dict)
    """Rows in a class -> how many classes have so many."""

    def add(self, fk: npt.NDArray[np.int32], wk: Floats | None, classes: int) -> None:
        """The rows of one partition."""
        if not len(fk):
            return
        risk = individual_risk(fk, wk)
        self.rows += len(fk)
        self.people += float(len(fk) if wk is None else (wk / fk).sum())
        found, rows = _counted(fk)
        for size, classes_of_size in zip(found.tolist(), (rows // found).tolist(), strict=True):
            self.sizes[size] = self.sizes.get(size, 0) + classes_of_size
        self.classes += classes
        self.uniques += int((fk == 1).sum())
        self.smallest_class = min(self.smallest_class or len(fk), int(fk.min()))
        for k in self.violations:
            self.violations[k] += int((fk < k).sum())
        self.expected_reidentifications += float(risk.sum())
        self.highest_individual_risk = max(self.highest_individual_risk, float(risk.max()))


def _counted(fk: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.integer], npt.NDArray[np.integer]]:
    """The class sizes that occur, and in how many rows: without sorting, unless one class is very large."""
    if int(fk.max()) > 1 << 22:
        return np.unique(fk, return_counts=True)
    rows = np.bincount(fk)
    found = np.flatnonzero(rows)
    return found, rows[found]


class StreamedClasses:
    """The class sizes of a Parquet file. `summary` at once; `batches()` gives them record by record.

    with stream_class_sizes("census.parquet", ["age", "sex"]) as streamed:
        for fk, wk in streamed.batches(): ...
    """

    def __init__(self, spill: Spill, lengths: list[int], weighted: bool, summary: Summary, batch: int = BATCH) -> None:
        self._spill, self._lengths, self._weighted = spill, lengths, weighted
        self.summary, self.batch = summary, batch

    def batches(self) -> Iterator[tuple[npt.NDArray[np.int32], Floats | None]]:
        """(fk, wk) of the rows in file order, a batch at a time; wk is None without weights."""
        for b, rows in enumerate(self._lengths):
            part = np.frombuffer(self._spill.read_chunk("part", b), np.uint8)
            fk = merge(part, [self._spill.read_chunk(("fk", p), b) for p in range(PARTITIONS)], np.int32, rows)
            wk = None
            if self._weighted:
                pieces = [self._spill.read_chunk(("wk", p), b) for p in range(PARTITIONS)]
                wk = merge(part, pieces, np.float64, rows)
            yield fk, wk

    def __enter__(self) -> StreamedClasses:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spill.close()


def stream_class_sizes(
    path: Path | str, keys: Sequence[str], weight: str | None = None, folder: Path | None = None,
    progress: Callable[[float, str], None] = silent, batch: int = BATCH,
) -> StreamedClasses:
    """Count the classes of a Parquet file; use the answer in a `with`, which deletes the spill at its end.

    folder    where the encrypted spill file is made
    progress  told the share done and what is being done
    batch     rows read at a time
    """
    file = opened(path)
    require(file, keys, weight)
    words = words_of(coders_of(file, keys, batch))
    spill, lengths, done = Spill(folder), [], 0
    try:
        for table in batches(file, [*keys, *([weight] if weight else [])], batch):
            spill_batch(spill, table, words, weight)
            lengths.append(table.num_rows)
            done += table.num_rows
            progress(0.6 * done / max(file.metadata.num_rows, 1), "Reading")
        if not done:
            raise Problem("The table has no rows.", "Choose a file with at least one row of data.")
        summary = Summary()
        for p in range(PARTITIONS):
            _count_partition(spill, p, [[c.radix for c in word] for word in words], weight is not None, summary)
            progress(0.6 + 0.4 * (p + 1) / PARTITIONS, "Counting")
    except BaseException:
        spill.close()
        raise
    return StreamedClasses(spill, lengths, weight is not None, summary, batch)


def opened(path: Path | str) -> Any:
    """The Parquet file; a Problem where it is none."""
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid):
        raise Problem("The file is no Parquet file.", "Streaming reads Parquet: convert the file first.") from None


def require(file: Any, keys: Sequence[str], weight: str | None = None) -> None:
    """A Problem where a column is not in the file, or no key is chosen."""
    known = file.schema_arrow.names
    for name in [*keys, *([weight] if weight else [])]:
        if name not in known:
            raise Problem("The table has no column “{column_name}”.", "Check the spelling. {hint}",
                          column=name, column_name=name, hint=near(name, known))
    if not keys:
        raise Problem("No quasi-identifier is chosen.", "Choose at least one column.")


def batches(file: Any, columns: Iterable[str], batch: int) -> Iterator[pa.RecordBatch]:
    """The file, so many rows at a time."""
    return file.iter_batches(batch_size=batch, columns=list(columns), use_threads=False)


def coders_of(file: Any, names: Sequence[str], batch: int) -> list[Coder]:
    """How the columns become integers."""
    coders = [coder(file, name, batch) for name in names]
    if math.prod(c.radix for c in coders) >> BITS:  # distances may be sparse: dictionaries pack tighter
        coders = [c if c.offset is None else by_dictionary(file, c.name, batch) for c in coders]
    return coders


def shared_coders(first: Any, second: Any, names: Sequence[str], batch: int) -> list[Coder]:
    """How columns that two files have become the same integers: by the list of the texts of both."""
    coders = []
    for name in names:
        both = [by_dictionary(file, name, batch).texts() for file in (first, second)]
        texts = pa.concat_arrays(both).unique()
        coders.append(Coder(name, len(texts) + 1, dictionary=texts))
    return coders


def coder(file: Any, name: str, batch: int) -> Coder:
    """How a column becomes integers.

    By distance to the least value, from the file's statistics alone, where that is a narrow range of integers.
    """
    kind = file.schema_arrow.field(name).type
    found = bounds(file, name) if pa.types.is_integer(kind) else None
    if found and found[1] - found[0] < WIDEST:
        return Coder(name, found[1] - found[0] + 2, offset=found[0])
    return by_dictionary(file, name, batch)


def bounds(file: Any, name: str) -> tuple[int, int] | None:
    """The least and largest of an integer column by the file's own statistics; None where it has none."""
    place = file.schema_arrow.names.index(name)
    low, high = [], []
    for group in range(file.metadata.num_row_groups):
        column = file.metadata.row_group(group).column(place)
        statistics = column.statistics
        if column.path_in_schema != name or statistics is None:
            return None
        if statistics.has_min_max:
            low.append(int(statistics.min))
            high.append(int(statistics.max))
        elif statistics.null_count != file.metadata.row_group(group).num_rows:
            return None
    return (min(low), max(high)) if low else (0, 0)


def by_dictionary(file: Any, name: str, batch: int) -> Coder:
    """A column coded by the list of its values, which is read from the file."""
    found: pa.Array | None = None
    for part in batches(file, [name], batch):
        column = part.column(0)
        values = (column.dictionary if pa.types.is_dictionary(column.type) else column.unique()).drop_null()
        found = values if found is None else pa.concat_arrays([found, values]).unique()
    dictionary = found if found is not None else pa.array([], file.schema_arrow.field(name).type)
    return Coder(name, len(dictionary) + 1, dictionary=dictionary)


def words_of(coders: Sequence[Coder]) -> list[list[Coder]]:
    """The columns in groups that fit a 64-bit word each."""
    words: list[list[Coder]] = [[]]
    for one in coders:
        if math.prod(c.radix for c in [*words[-1], one]) >> BITS:
            words.append([])
        words[-1].append(one)
    return words


def spill_batch(
    spill: Spill, table: pa.RecordBatch, words: Sequence[Sequence[Coder]], weight: str | None, mark: str = ""
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """The packed keys of a batch, and its weights, spilled by partition under names that begin with `mark`.

    Returns the partition of each row and where each partition begins, to spill more of the same rows.
    """
    packed = [
        pack_codes([c.codes(table.column(c.name)) for c in word], [c.radix for c in word])[0] for word in words
    ]
    mixed = packed[0].copy()
    for keys in packed[1:]:
        mixed *= np.int64(1_000_003)  # only to choose the partition: rows are compared by all words
        mixed ^= keys
    part, starts = partition(mixed)
    spill.append(mark + "part", part.data)
    for w, keys in enumerate(packed):
        append_parted(spill, f"{mark}word {w}", part, starts, keys)
    if weight is not None:
        append_parted(spill, mark + "weight", part, starts, weights_of(table.column(weight)))
    return part, starts


def partition(keys: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """(rows,) the partition of each key, by its hash, and (PARTITIONS + 1,) where each begins once rows are sorted."""
    part, starts = np.empty(len(keys), np.uint8), np.zeros(PARTITIONS + 1, np.int64)
    loops = compiled()
    if loops:
        loops.find_partitions(keys, part, starts)
        return part, starts
    part = ((keys.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(56)).astype(np.uint8)
    starts[1:] = np.cumsum(np.bincount(part, minlength=PARTITIONS))
    return part, starts


def append_parted(
    spill: Spill, name: str, part: npt.NDArray[np.uint8], starts: npt.NDArray[np.int64], values: npt.NDArray
) -> None:
    """Spill values of 8 bytes each, a piece for every partition under (name, partition)."""
    loops = compiled()
    if loops:
        parted = np.empty_like(values)
        (loops.scatter_keys if values.dtype == np.int64 else loops.scatter_floats)(part, starts, values, parted)
    else:
        parted = values[np.argsort(part, kind="stable")]
    whole = parted.data.cast("B")
    for p in range(PARTITIONS):
        spill.append((name, p), whole[starts[p] * 8 : starts[p + 1] * 8])
    if name == "word 0":
        spill.append("counts", np.diff(starts).data.cast("B"))


def weights_of(column: pa.Array) -> Floats:
    try:
        numbers = column.cast(pa.float64()).to_numpy(zero_copy_only=False).astype(np.float64)
    except pa.ArrowInvalid:
        numbers = np.array([np.nan])
    if not (np.isfinite(numbers) & (numbers >= 0)).all():
        raise Problem("The weight column holds cells that are empty, negative or no numbers.",
                      "Choose another weight column, or remove those rows first.")
    return np.ascontiguousarray(numbers)


def _count_partition(spill: Spill, p: int, radices: Sequence[Sequence[int]], weighted: bool, summary: Summary) -> None:
    words = [np.frombuffer(bytearray(spill.read((f"word {w}", p))), np.int64) for w in range(len(radices))]
    weights = np.frombuffer(bytearray(spill.read(("weight", p))), np.float64) if weighted else None
    keys, domain = joined(words, radices)
    classes = count_keys(keys, domain, weights)
    summary.add(classes.fk, classes.wk if weighted else None, classes.count)
    counts = np.frombuffer(spill.read("counts"), np.int64).reshape(-1, PARTITIONS)[:, p]
    ends = np.cumsum(counts)
    for start, end in zip(ends - counts, ends, strict=True):
        spill.append(("fk", p), classes.fk[start:end].data.cast("B"))
        if weighted:
            spill.append(("wk", p), classes.wk[start:end].data.cast("B"))
    for name in [*(f"word {w}" for w in range(len(radices))), "weight"]:
        spill.forget((name, p))


def joined(words: Sequence[npt.NDArray[np.int64]], radices: Sequence[Sequence[int]]) -> tuple[np.ndarray, int]:
    """(rows,) one key for each row, equal where all words are, and the bound the keys stay below."""
    keys, domain = words[0], math.prod(radices[0])
    for more, sizes in zip(words[1:], radices[1:], strict=True):
        # Exact for any number of words: each is renumbered by the values that occur here.
        here, there = count_keys(keys.copy(), domain), count_keys(more.copy(), math.prod(sizes))
        keys = here.class_of.astype(np.int64) * max(there.count, 1) + there.class_of
        domain = max(here.count, 1) * max(there.count, 1)
    return keys, max(domain, 1)


def merge(part: npt.NDArray[np.uint8], pieces: Sequence[bytes], dtype: Any, rows: int) -> npt.NDArray:
    """The pieces of a batch, one for each partition, back in row order."""
    parted = np.frombuffer(b"".join(pieces), dtype)
    out = np.empty(rows, dtype)
    loops = compiled()
    if not loops:
        out[np.argsort(part, kind="stable")] = parted
        return out
    starts = np.zeros(PARTITIONS + 1, np.int64)
    starts[1:] = np.cumsum(np.bincount(part, minlength=PARTITIONS))
    (loops.merge_ints if dtype == np.int32 else loops.merge_floats)(part, starts, parted, out)
    return out
