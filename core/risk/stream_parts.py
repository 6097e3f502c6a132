"""A Parquet file in parts, each a Study: all rows of a combination lie in one part, so that measures of classes add up.

The file is read once, its coded columns are spilled encrypted by the hash of the combination, and one part at a time is
in memory: its classes, the counts of sensitive values in them (beside their shares in the whole file), amounts, and the
people of a population table who share the combinations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.problem import Problem
from core.risk.cells import Cells, cells_of
from core.risk.kernel import Classes, count_keys
from core.risk.measure import Measure, Measured, Merge, Merged
from core.risk.spill import Spill
from core.risk.stream import (
    BATCH,
    PARTITIONS,
    Coder,
    append_parted,
    batches,
    by_dictionary,
    coders_of,
    joined,
    opened,
    require,
    shared_coders,
    spill_batch,
    words_of,
)
from core.risk.study import Study
from core.risk.tally import tally
from core.table import Column, Table
from core.table.column import Floats

THEIRS = "theirs "
"""Marks what was spilled of the population table."""


class Part(Study):
    """Some rows of a file, every class of theirs whole. What a Study counts by itself is given to it."""

    @property
    def by_record(self) -> bool:
        return False

    @cached_property
    def added(self) -> Floats | None:
        """(rows,) the amounts added up in the cells, NaN where missing."""
        return None

    def cells(self, by: Sequence[str], amount: str | None) -> Cells:
        if tuple(by) != self.keys:
            raise ValueError("a part has the cells of its own keys only")
        return cells_of(self.classes, self.added, amount)


class Parts:
    """The parts of a file; read them as often as needed, and close the spill at the end (`with`).

    keys        the columns that make the classes
    sensitive   columns whose values are counted in each class
    amount      a column of numbers that is added up in each class, or None
    population  a Parquet file of the population with the same keys, or None
    """

    def __init__(
        self, path: Path | str, keys: Sequence[str], weight: str | None = None, sensitive: Sequence[str] = (),
        amount: str | None = None, population: Path | str | None = None, folder: Path | None = None,
        batch: int = BATCH,
    ) -> None:
        self.keys, self.weight, self.sensitive, self.amount = tuple(keys), weight, tuple(sensitive), amount
        self.population = population
        file = opened(path)
        require(file, [*keys, *sensitive, *([amount] if amount else [])], weight)
        theirs = None if population is None else opened(population)
        if theirs is not None:
            require(theirs, keys)
        coders = coders_of(file, keys, batch) if theirs is None else shared_coders(file, theirs, keys, batch)
        self._words = words_of(coders)
        self._values = {name: by_dictionary(file, name, batch) for name in sensitive}
        self._overall = {name: np.zeros(c.radix, np.int64) for name, c in self._values.items()}
        self._spill = Spill(folder)
        try:
            self._read(batches(file, dict.fromkeys([*keys, *sensitive, *([weight] if weight else []),
                                                    *([amount] if amount else [])]), batch))
            for table in batches(theirs, keys, batch) if theirs is not None else ():
                spill_batch(self._spill, table, self._words, None, THEIRS)
        except BaseException:
            self.close()
            raise

    def _read(self, tables: Iterable[pa.RecordBatch]) -> None:
        for table in tables:
            part, starts = spill_batch(self._spill, table, self._words, self.weight)
            for name, coder in self._values.items():
                codes = coder.codes(table.column(name)).astype(np.int64)
                self._overall[name] += np.bincount(codes + 1, minlength=coder.radix)
                append_parted(self._spill, "secret " + name, part, starts, codes)
            if self.amount is not None:
                append_parted(self._spill, "amount", part, starts, numbers_of(table.column(self.amount)))

    def _kept(self, name: str, p: int, dtype: Any) -> np.ndarray:
        return np.frombuffer(bytearray(self._spill.read((name, p))), dtype)

    def _keys(self, mark: str, p: int) -> list[npt.NDArray[np.int64]]:
        return [self._kept(f"{mark}word {w}", p, np.int64) for w in range(len(self._words))]

    def studies(self, empty: bool = False) -> Iterator[Part]:
        """The parts, one at a time. empty: also those that hold people of the population but no row of the file."""
        for p in range(PARTITIONS):
            mine, theirs = self._keys("", p), self._keys(THEIRS, p)
            if len(mine[0]) or (empty and len(theirs[0])):
                yield self._study(p, [np.concatenate(w) for w in zip(mine, theirs, strict=True)], len(mine[0]))

    def _study(self, p: int, words: Sequence[npt.NDArray[np.int64]], rows: int) -> Part:
        """words: keys of the rows of the file, then of the people of the population."""
        keys, domain = joined(words, [[c.radix for c in word] for word in self._words])
        weights = np.zeros(len(keys))
        weights[:rows] = self._kept("weight", p, np.float64) if self.weight is not None else 0.0
        every = count_keys(keys, domain, weights)
        here, there = (np.bincount(c, minlength=every.count) for c in np.split(every.class_of, [rows]))
        ours = here > 0
        class_of = (np.cumsum(ours) - 1)[every.class_of[:rows]].astype(np.int32)
        classes = Classes(class_of, here[every.class_of[:rows]].astype(np.int32), int(ours.sum()),
                          None if self.weight is None else every.wk[:rows])
        study = Part(Table({}), self.keys, self.weight, sensitive=self.sensitive)
        given: dict[str, Any] = {"rows": rows, "classes": classes, "people_per_class": None}
        if self.population is not None:
            given |= {"people_per_class": there[ours], "presence": (there[there > 0], here[there > 0])}
        if self.amount is not None:
            given["added"] = self._kept("amount", p, np.float64)
        vars(study).update(given)
        for name, coder in self._values.items() if rows else ():
            column = Column(self._kept("secret " + name, p, np.int64).astype(np.int32), coder.texts())
            whole = self._overall[name] / self._overall[name].sum()
            study.counted(name, replace(tally(classes, column), whole=whole))
        return study

    def combinations(self, most: int) -> tuple[list[npt.NDArray[np.int32]], list[int], npt.NDArray[np.int64], Floats]:
        """Each combination that occurs: codes column by column, their radices, rows, and the sum of weights."""
        codes: list[list[npt.NDArray[np.int32]]] = []
        rows, weights, found = [], [], 0
        for p in range(PARTITIONS):
            words = self._keys("", p)
            if not len(words[0]):
                continue
            # Counting may use the keys it is given as working space.
            classes = self._study(p, [w.copy() for w in words], len(words[0])).classes
            found += classes.count
            if found > most:
                raise Problem(
                    "More than {most} different combinations occur: too many to compare with each other in a stream.",
                    "Choose fewer quasi-identifiers or wider groups, or leave this measure out.", most=most,
                )
            codes.append(_digits([w[classes.first_rows] for w in words], self._words))
            rows.append(classes.sizes.astype(np.int64))
            weights.append(classes.weights)
        columns = [np.concatenate(c) for c in zip(*codes, strict=True)]
        return columns, [c.radix for word in self._words for c in word], np.concatenate(rows), np.concatenate(weights)

    def close(self) -> None:
        self._spill.close()

    def __enter__(self) -> Parts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _digits(packed: Sequence[npt.NDArray[np.int64]], words: Sequence[Sequence[Coder]]) -> list[npt.NDArray[np.int32]]:
    """The codes that were packed by mixed radix, column by column."""
    out: list[npt.NDArray[np.int32]] = []
    for keys, word in zip(packed, words, strict=True):
        columns, rest = [], keys
        for coder in reversed(word):
            rest, digit = np.divmod(rest, coder.radix)
            columns.append((digit - 1).astype(np.int32))
        out += reversed(columns)
    return out


def numbers_of(column: pa.Array) -> Floats:
    """(rows,) the cells as numbers; NaN where missing or no number."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return Column.of(column).numbers
    return np.ascontiguousarray(column.cast(pa.float64()).to_numpy(zero_copy_only=False), np.float64)


def merged(measure: Measure, parts: Iterable[Study]) -> Measured:
    """The measure of a file from those of its parts, by its `merging`."""
    rows, whole = 0, dict[str, Any]()
    for part in parts:
        found = measure.of(part)
        figures = {"value": found.value, **found.details}
        whole = figures if not whole else {
            name: _both(measure.merging[name], whole[name], figures[name], rows, part.rows) for name in whole}
        rows += part.rows
    value = whole.pop("value")
    return Measured(value, measure.retold(Merged(value, whole, rows)), details=whole)


def _both(how: Merge, a: Any, b: Any, rows: int, more: int) -> Any:
    """A figure of `rows` rows and of `more` rows put together; a mapping entry by entry."""
    if isinstance(a, Mapping):
        return {name: _both(how, a[name], b[name], rows, more) for name in a}
    if how == "mean":
        return (a * rows + b * more) / (rows + more)
    return {"sum": lambda: a + b, "least": lambda: min(a, b), "most": lambda: max(a, b)}[how]()
