"""Texts as the canonical text of a kind: numbers, ISO dates; null where a text does not fit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.table.column import SUPPRESSED, Column, Kind
from core.table.dates import Order, of_serial, read_compact, read_date
from core.table.numbers import canonical


def fitting(
    column: Column, kind: Kind, decimal: str = ".", order: Order = "ymd", form: str = "text"
) -> npt.NDArray[np.bool_]:
    """(values + 1,) whether each value can be read as this kind; the last stands for missing and fits."""
    new = converted(column.values, kind, decimal, order, form)
    fits = np.asarray(new.is_valid().to_numpy(zero_copy_only=False))
    at = column.values.index(SUPPRESSED).as_py()
    if at >= 0:
        fits = fits.copy()
        fits[at] = True
    return np.append(fits, True)


def converted(
    values: pa.StringArray, kind: Kind, decimal: str = ".", order: Order = "ymd", form: str = "text"
) -> pa.StringArray:
    """(values,) the canonical text of each value for this kind, null where it does not fit."""
    if kind == "number":
        return canonical(values, decimal)
    if kind != "date":
        return values
    texts = values.to_pylist()
    if form == "compact":
        return pa.array([read_compact(v, order).iso or read_date(v, order).iso for v in texts], pa.string())
    if form == "serial":
        return pa.array([serial_date(v) or read_date(v, order).iso for v in texts], pa.string())
    iso = [read_date(v, order).iso or (day_number(v) if form == "mixed" else None) for v in texts]
    if any(i and "T" in i for i in iso) and all(i is None or "T" not in i or i.endswith("T00:00:00") for i in iso):
        iso = [i and i[:10] for i in iso]
    return pa.array(iso, pa.string())


DAY_NUMBERS = (3_653, 80_000)
"""Excel's numbers of the days from 1910 to 2118."""


def day_number(text: str) -> str | None:
    """The ISO date of a whole number of five digits (or a little less) that can be Excel's number of a day."""
    plain = text.strip().removesuffix(".0")
    inside = plain.isascii() and plain.isdecimal() and DAY_NUMBERS[0] <= int(plain[:9]) < DAY_NUMBERS[1]
    return serial_date(plain) if inside and len(plain) <= 5 else None


def serial_date(text: str) -> str | None:
    try:
        return of_serial(float(text))
    except ValueError:
        return None
