"""What the methods that change numbers and swap values share: groups of rows, and writing back only what changed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from core.problem import Problem
from core.risk.kernel import class_sizes
from core.table import Column, Table
from core.table.column import Floats, Mask

RowNumbers = npt.NDArray[np.int64]


def groups(table: Table, columns: tuple[str, ...]) -> list[RowNumbers]:
    """The row numbers of each combination of values of the columns; all rows in one group where none is named."""
    if not columns or not table.rows:
        return [np.arange(table.rows)]
    class_of = class_sizes([table[n] for n in columns]).class_of
    order = np.argsort(class_of, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(class_of[order])) + 1)


def weights_of(table: Table) -> Floats:
    """(rows,) the sample weights, 1 where there are none; a weight that is no positive number counts 0."""
    name = table.one("weight")
    return np.ones(table.rows) if name is None else np.maximum(np.nan_to_num(table[name].numbers), 0.0)


def decimals_of(column: Column) -> int | None:
    """The largest number of decimals the column's numbers are written with: whole numbers stay whole.

    None where it is more than 12: numbers so small are written with all their digits, not rounded away.
    """
    held = column.values.filter(pa.array(np.isfinite(column.value_numbers)))
    short = pc.match_substring_regex(held, "[eE]")
    plain = held.filter(pc.invert(short))
    digits = pc.utf8_length(pc.list_element(pc.split_pattern(pc.binary_join_element_wise(plain, "", "."), "."), 1))
    most = pc.max(digits).as_py() or 0
    for text in held.filter(short).to_pylist():  # 2.5e-7 has eight
        mantissa, exponent = text.lower().split("e")
        most = max(most, len(mantissa.partition(".")[2]) - int(exponent))
    return most if most <= 12 else None


def with_numbers(column: Column, new: Floats, changed: Mask, decimals: int | None = None) -> Column:
    """The column with the numbers under `changed` replaced; every other cell keeps its text to the letter."""
    changed = changed & np.isfinite(column.numbers)
    if not changed.any():
        return column
    written = Column.of_numbers(new[changed], decimals).to_arrow()
    cells = pc.replace_with_mask(column.to_arrow(), pa.array(changed), written)
    return Column.of(cells, column.kind, column.labels)


def only_numbers(table: Table, columns: tuple[str, ...]) -> None:
    """Stop with a Problem if a cell that is neither missing nor suppressed is no number: it would stay as it is."""
    for name in columns:
        column = table[name]
        odd = ~np.isfinite(column.numbers) & ~column.missing & ~column.suppressed
        if odd.any():
            raise Problem(
                "{count} cells of “{column_name}” are no numbers and would be released unchanged.",
                "Correct them, suppress them, or set them to missing when the file is read.",
                column=name, count=int(odd.sum()), column_name=name,
            )
