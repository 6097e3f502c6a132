"""Small tables whose answers are known by hand, and a store of the tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.query.ground import Bounds, Categories, Ground, Span
from core.store import Store, StoreSettings, open_store
from core.table import Table
from core.table.column import Column


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(StoreSettings(tmp_path / "data", tmp_path / "keys" / "master.key"))
    yield opened
    opened.close()


def people(rows: int = 600) -> Table:
    """Person i: district A or B by turns, age 20 ... 79, income 100 * age, two rows to a household."""
    at = np.arange(rows)
    age = 20 + at % 60
    return Table.of({
        "id": Column.of([f"p{i}" for i in at], "code"),
        "household": Column.of([f"h{i // 2}" for i in at], "code"),
        "district": Column.of([("A", "B")[i % 2] for i in at], "category"),
        "age": Column.of_numbers(age),
        "income": Column.of_numbers(100 * age),
        "day": Column.of([f"20{20 + i % 3}-0{1 + i % 9}-15" for i in at], "date"),
    })


KNOWN = {
    "district": Categories(values=("A", "B")),
    "age": Bounds(low=0, high=100, cuts=(40, 60)),
    "income": Bounds(low=0, high=10_000),
    "day": Span(first="2020-01-01", last="2022-12-31"),
}


def ground(**parts: object) -> Ground:
    return Ground(known=KNOWN, **parts)  # type: ignore[arg-type]
