"""Column: text cells coded once to small integers, with a kind that says how to read them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

Kind = Literal["number", "category", "date", "text", "code"]
KINDS: tuple[Kind, ...] = get_args(Kind)

MISSING = -1
"""Code of a missing cell. Missing is a value of its own in every grouping."""

SUPPRESSED = "*"
"""Text of a suppressed cell: an ordinary value, its own category, no number."""

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a table as it would be written to a file.

    codes        (rows,) int32: index into `values`, or MISSING
    values       the distinct texts, each of which occurs at least once (nothing removed lingers here)
    kind         how the texts are to be read
    labels       value -> label, where the file brought a codebook
    description  the column's long name or question, where the file brought one
    """

    codes: Codes
    values: pa.StringArray
    kind: Kind = "text"
    labels: Mapping[str, str] = field(default_factory=dict)
    description: str = ""

    @staticmethod
    def of(
        texts: Iterable[str | None] | pa.Array, kind: Kind = "text", labels: Mapping[str, str] | None = None
    ) -> Column:
        """A column from cells: text, or None for missing. `values` come in order of first appearance."""
        cells = texts if isinstance(texts, (pa.Array, pa.ChunkedArray)) else pa.array(list(texts), pa.string())
        if isinstance(cells, pa.ChunkedArray):
            cells = cells.combine_chunks()
        if pa.types.is_dictionary(cells.type):
            cells = cells.cast(pa.string())
        coded = pc.dictionary_encode(cells.cast(pa.string()))
        if isinstance(coded, pa.ChunkedArray):
            coded = coded.combine_chunks()
        codes = coded.indices.fill_null(MISSING).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
        return Column(codes, coded.dictionary, kind, labels or {})

    @staticmethod
    def of_numbers(numbers: npt.ArrayLike, decimals: int | None = None) -> Column:
        """A number column; NaN is missing. Written in the shortest form that reads back the same (123, not 123.0)."""
        floats = np.asarray(numbers, np.float64)
        if decimals is not None:
            floats = np.round(floats, decimals)
        floats = floats + 0.0  # -0.0 reads as 0
        whole = np.isfinite(floats) & (floats == np.rint(floats)) & (np.abs(floats) < 2**53)
        series = pl.Series(floats)
        text = pl.select(
            pl.when(pl.Series(np.isnan(floats)))
            .then(None)
            .when(pl.Series(whole))
            .then(pl.Series(np.where(whole, floats, 0)).cast(pl.Int64).cast(pl.String))
            .otherwise(series.cast(pl.String))
        ).to_series()
        return Column.of(text.to_arrow(), "number")

    def __len__(self) -> int:
        return len(self.codes)

    @cached_property
    def missing(self) -> Mask:
        """(rows,) True where the cell is missing."""
        return np.asarray(self.codes == MISSING)

    @cached_property
    def suppressed(self) -> Mask:
        """(rows,) True where the cell is suppressed."""
        at = self.values.index(SUPPRESSED).as_py()
        return np.asarray(self.codes == at) if at >= 0 else np.zeros(len(self), bool)

    @cached_property
    def value_numbers(self) -> Floats:
        """(values,) each distinct value as a number; NaN where it is none."""
        parsed = pl.Series("v", self.values, dtype=pl.String).cast(pl.Float64, strict=False)
        return parsed.fill_null(float("nan")).to_numpy().astype(np.float64)

    @cached_property
    def numbers(self) -> Floats:
        """(rows,) the cells as numbers; NaN where missing, suppressed or no number."""
        return np.append(self.value_numbers, np.nan)[self.codes]

    def to_arrow(self) -> pa.StringArray:
        """(rows,) plain Arrow strings, null where missing."""
        return self.values.take(pa.array(self.codes, mask=self.missing))

    def texts(self) -> list[str | None]:
        """(rows,) the cells as Python strings, None where missing."""
        return self.to_arrow().to_pylist()

    def counts(self) -> npt.NDArray[np.int64]:
        """(values,) in how many rows each value occurs."""
        return np.bincount(self.codes[~self.missing], minlength=len(self.values)).astype(np.int64)

    def take(self, rows: npt.NDArray[np.integer] | Mask) -> Column:
        """The chosen rows, in the order given."""
        return replace(self, codes=self.codes[rows])._compact()

    def suppress(self, mask: Mask) -> Column:
        """The cells under `mask` replaced by SUPPRESSED."""
        if not mask.any():
            return self
        at = self.values.index(SUPPRESSED).as_py()
        values = self.values if at >= 0 else pa.concat_arrays([self.values, pa.array([SUPPRESSED])])
        codes = np.where(mask, np.int32(at if at >= 0 else len(self.values)), self.codes)
        return replace(self, codes=codes, values=values)._compact()

    def recode(
        self, change: Callable[[str], str | None] | Mapping[str, str | None], kind: Kind | None = None
    ) -> Column:
        """Every distinct value replaced by what `change` makes of it; missing stays missing.

        A mapping must cover every value except SUPPRESSED, which stays as it is unless it is in the mapping.
        """
        if isinstance(change, Mapping):
            table = {SUPPRESSED: SUPPRESSED, **change}
            new = [table[v] for v in self.values.to_pylist()]
        else:
            new = [change(v) for v in self.values.to_pylist()]
        return self.recode_to(pa.array(new, pa.string()), kind)

    def recode_to(self, new_values: pa.StringArray, kind: Kind | None = None) -> Column:
        """As `recode`, with `new_values[i]` standing for `values[i]` (equal ones are merged)."""
        merged = Column.of(new_values)
        codes = np.append(merged.codes, np.int32(MISSING))[self.codes]
        return Column(codes, merged.values, kind or self.kind, description=self.description)._compact()

    def with_kind(self, kind: Kind) -> Column:
        return self if kind == self.kind else replace(self, kind=kind)

    def same_cells(self, other: Column) -> Mask:
        """(rows,) True where the two columns hold the same text, or are both missing."""
        if self.values.equals(other.values):
            return np.asarray(self.codes == other.codes)
        place = np.append(pc.index_in(other.values, self.values).fill_null(-2).to_numpy(zero_copy_only=False), MISSING)
        return np.asarray(self.codes == place[other.codes])

    def _compact(self) -> Column:
        used = np.zeros(len(self.values) + 1, bool)
        used[self.codes] = True
        used = used[: len(self.values)]
        if used.all():
            return self
        place = np.append(np.cumsum(used, dtype=np.int32) - 1, np.int32(MISSING))
        return replace(self, codes=place[self.codes].astype(np.int32), values=self.values.filter(pa.array(used)))
