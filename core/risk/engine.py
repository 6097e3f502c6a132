"""One kernel, any engine: three verbs under which the same counting runs in memory, spilled to disk, or on a cluster.

    map      a pure function from Arrow table to Arrow table, on each partition
    shuffle  rows move so that every combination of the keys lies in one partition, whole
    reduce   the partitions folded into one answer

Two adapters are here: in memory, and spilled to encrypted disk one partition at a time. Spark (`repartition` and
`mapInArrow`) and Dask fit the same three verbs. Shuffles lose the order of rows: carry a row number (`ROW`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple, TypeVar

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from core.risk import diversity
from core.risk.kernel import class_sizes
from core.risk.spill import Spill
from core.risk.stream import Summary
from core.risk.tally import Tally, tally
from core.table import Column, Table
from core.table.column import Floats

Kernel = Callable[[pa.Table], pa.Table]
T = TypeVar("T")

ROW = "__row__"
"""The column that carries a row's number through shuffles."""


class Partitions(ABC):
    """A table in pieces. Adapters say how pieces are kept; the verbs are the same."""

    @abstractmethod
    def tables(self) -> Iterator[pa.Table]:
        """The pieces, one at a time."""

    @abstractmethod
    def kept(self, tables: Iterable[pa.Table]) -> Partitions:
        """The same adapter holding these pieces."""

    @property
    @abstractmethod
    def pieces(self) -> int:
        """How many pieces there are."""

    def map(self, kernel: Kernel) -> Partitions:
        """The kernel applied to each piece."""
        return self.kept(kernel(table) for table in self.tables())

    @abstractmethod
    def shuffle(self, keys: Sequence[str]) -> Partitions:
        """As many pieces as before, each combination of the keys in one of them."""

    def reduce(self, fold: Callable[[T, pa.Table], T], start: T) -> T:
        """All pieces folded into one answer."""
        for table in self.tables():
            start = fold(start, table)
        return start


class InMemory(Partitions):
    """Pieces as Arrow tables in memory."""

    def __init__(self, tables: Iterable[pa.Table]) -> None:
        self._tables = list(tables)

    def tables(self) -> Iterator[pa.Table]:
        return iter(self._tables)

    def kept(self, tables: Iterable[pa.Table]) -> InMemory:
        return InMemory(tables)

    @property
    def pieces(self) -> int:
        return len(self._tables)

    def shuffle(self, keys: Sequence[str]) -> InMemory:
        split = [split_by(table, keys, self.pieces) for table in self._tables]
        return InMemory(pa.concat_tables(pieces) for pieces in zip(*split, strict=True))


class Spilled(Partitions):
    """Pieces in an encrypted spill file; one is in memory at a time. The caller closes the spill."""

    def __init__(self, spill: Spill, tables: Iterable[pa.Table] = (), numbers: Iterator[int] | None = None) -> None:
        self._spill, self._numbers = spill, numbers or count()
        self._names = [self._put(next(self._numbers), table) for table in tables]

    def _put(self, name: int, table: pa.Table) -> int:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        self._spill.append(("table", name), sink.getvalue().to_pybytes())
        return name

    def _get(self, name: int, number: int) -> pa.Table:
        return pa.ipc.open_stream(self._spill.read_chunk(("table", name), number)).read_all()

    def tables(self) -> Iterator[pa.Table]:
        for name in self._names:
            yield pa.concat_tables([self._get(name, i) for i in range(self._spill.chunks_of(("table", name)))])

    def kept(self, tables: Iterable[pa.Table]) -> Spilled:
        return Spilled(self._spill, tables, self._numbers)

    @property
    def pieces(self) -> int:
        return len(self._names)

    def shuffle(self, keys: Sequence[str]) -> Spilled:
        shuffled = Spilled(self._spill, (), self._numbers)
        shuffled._names = [next(self._numbers) for _ in self._names]
        for table in self.tables():
            for name, piece in zip(shuffled._names, split_by(table, keys, self.pieces), strict=True):
                shuffled._put(name, piece)
        return shuffled


def split_by(table: pa.Table, keys: Sequence[str], pieces: int) -> list[pa.Table]:
    """The table in `pieces` parts, equal combinations of the keys in the same part; which one does not matter."""
    texts = pl.DataFrame({k: pl.Series(k, table.column(k).cast(pa.string()), dtype=pl.String) for k in keys})
    place = (texts.hash_rows(seed=0) % pieces).to_numpy()
    return [table.filter(pa.array(place == p)) for p in range(pieces)]


def in_pieces(table: Table, names: Sequence[str], rows: int) -> Iterator[pa.Table]:
    """The chosen columns as plain strings with their row number, `rows` rows at a time."""
    whole = Table({n: table[n] for n in names}).to_arrow().append_column(ROW, pa.array(np.arange(table.rows)))
    for start in range(0, table.rows, rows):
        yield whole.slice(start, rows)


def count_classes(keys: Sequence[str], weight: str | None = None) -> Kernel:
    """The kernel that gives each row its class size, after a shuffle by the keys: (ROW, class_of, fk, wk)."""

    def kernel(table: pa.Table) -> pa.Table:
        columns = [Column.of(table.column(k)) for k in keys]
        weights = None if weight is None else Column.of(table.column(weight), "number").numbers
        if not table.num_rows:
            empty = pa.array([], pa.int32())
            return pa.table({ROW: table.column(ROW), "class_of": empty, "fk": empty, "wk": empty.cast(pa.float64())})
        classes = class_sizes(columns, weights)
        return pa.table({ROW: table.column(ROW), "class_of": classes.class_of, "fk": classes.fk, "wk": classes.wk})

    return kernel


def record_sizes(parts: Partitions, keys: Sequence[str], weight: str | None = None) -> tuple[np.ndarray, Floats]:
    """(fk, wk) of every record in the original order."""
    counted = parts.shuffle(keys).map(count_classes(keys, weight))
    whole = counted.reduce(lambda found, table: [*found, table], list[pa.Table]())
    joined = pa.concat_tables(whole)
    order = np.argsort(joined.column(ROW).to_numpy())
    return joined.column("fk").to_numpy()[order], joined.column("wk").to_numpy()[order]


def summarise(parts: Partitions, keys: Sequence[str], weight: str | None = None) -> Summary:
    """The same figures as `assess`, one partition at a time."""

    def add(summary: Summary, table: pa.Table) -> Summary:
        fk = table.column("fk").to_numpy()
        classes = int(table.column("class_of").to_numpy().max(initial=-1)) + 1
        summary.add(fk, None if weight is None else table.column("wk").to_numpy(), classes)
        return summary

    return parts.shuffle(keys).map(count_classes(keys, weight)).reduce(add, Summary())


class PartedDiversity(NamedTuple):
    """The least or largest figure over all classes, of the functions of the same names in `core.risk.diversity`.

    distinct, entropy, recursive (c = 2)             the least
    closeness, largest_share, likeness, disclosure   the largest
    rows_single_value                                rows whose class holds one value only
    """

    distinct: int
    entropy: float
    recursive: int
    closeness: float
    largest_share: float
    likeness: float
    disclosure: float
    rows_single_value: int


_LEAST = {"distinct", "entropy", "recursive"}


def sensitive_summary(parts: Partitions, keys: Sequence[str], sensitive: str) -> PartedDiversity:
    """What the classes give away of one sensitive column, one partition at a time."""

    def add(counts: dict[str | None, int], table: pa.Table) -> dict[str | None, int]:
        for entry in table.column(sensitive).value_counts().to_pylist():
            counts[entry["values"]] = counts.get(entry["values"], 0) + entry["counts"]
        return counts

    overall = parts.reduce(add, dict[str | None, int]())
    rows = sum(overall.values())
    shares = np.array([overall.pop(None, 0), *overall.values()]) / max(rows, 1)
    values = pa.array(list(overall), pa.string())

    def worst(found: PartedDiversity | None, table: pa.Table) -> PartedDiversity | None:
        if not table.num_rows:
            return found
        # The values of the whole file, so that those that a partition lacks count as lacking.
        codes = pc.index_in(table.column(sensitive), value_set=values).combine_chunks().fill_null(-1)
        column = Column(codes.to_numpy(zero_copy_only=False).astype(np.int32), values)
        counts = tally(class_sizes([Column.of(table.column(k)) for k in keys]), column)
        return _worse(found, _extremes(replace(counts, whole=shares)))

    extremes = parts.shuffle(keys).reduce(worst, None)
    if extremes is None:
        raise ValueError("no partition holds a row")
    return extremes


def _extremes(counts: Tally) -> PartedDiversity:
    different = diversity.distinct(counts)
    return PartedDiversity(
        int(different.min()), float(diversity.entropy(counts).min()), int(diversity.recursive(counts, 2.0).min()),
        float(diversity.closeness(counts).max()), float(diversity.largest_share(counts).max()),
        float(diversity.likeness(counts).max()), float(diversity.disclosure(counts).max()),
        int(counts.sizes[different == 1].sum()),
    )


def _worse(a: PartedDiversity | None, b: PartedDiversity) -> PartedDiversity:
    if a is None:
        return b
    both = [(min if name in _LEAST else max)(x, y) for name, x, y in zip(a._fields, a, b, strict=True)]
    return PartedDiversity._make(both)._replace(rows_single_value=a.rows_single_value + b.rows_single_value)
