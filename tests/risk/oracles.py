"""Reading tables for the tests of this room: cells as text, exactly as they stand in the file."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from core.table import Column, Table
from tests.shared import shared

K7 = ("urbrur", "roof", "walls", "water", "electcon", "relat", "sex")
K5 = ("urbrur", "roof", "walls", "water", "sex")
KEYS_FRANCDAT = ("Key1", "Key2", "Key3", "Key4")
ADULT = (
    "sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class",
)


@lru_cache(maxsize=32)
def table_of(place: str, delimiter: str = ",", missing: str = "NA") -> Table:
    """A CSV beside the project as a Table; cells that read `missing` are missing."""
    with (Path(place) if Path(place).is_absolute() else shared(place)).open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file, delimiter=delimiter)
    cells = zip(*rows, strict=True)
    columns = {n: [None if c == missing else c for c in col] for n, col in zip(header, cells, strict=True)}
    return Table.of({n: Column.of(col) for n, col in columns.items()})


def sdc_testdata() -> Table:
    return table_of("data/sdcmicro/testdata.csv")


def sdc_testdata2() -> Table:
    return table_of("data/sdcmicro/testdata2.csv")


def sdc_testdata_missing() -> Table:
    return table_of("oracle/sdcmicro/input_testdata_na.csv")


def francdat() -> Table:
    return table_of("data/sdcmicro/francdat.csv")


def adult() -> Table:
    return table_of("data/adult/adult.csv", ";", "")


def expected(file: str) -> dict[str, np.ndarray]:
    """The columns of one oracle file as floats; R's NA is NaN."""
    table = table_of(f"oracle/sdcmicro/{file}.csv")
    return {name: column.numbers for name, column in table.columns.items()}


@lru_cache(maxsize=1)
def calls() -> dict[str, Any]:
    """sdcMicro's global figures, by run."""
    return json.loads(shared("oracle/sdcmicro/calls_risk.json").read_text(encoding="utf-8"))


def small(**columns: Sequence[object]) -> Table:
    """A table written out in a test; None is missing."""
    return Table.of({n: Column.of([None if v is None else str(v) for v in cells]) for n, cells in columns.items()})
