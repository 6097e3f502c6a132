"""A table: roles, row numbers and the digest by which a file is known again."""

from __future__ import annotations

import numpy as np
import pytest

from core.problem import Problem
from core.table import Column, Table


def table() -> Table:
    return Table.of(
        {"age": Column.of(["30", "41", None], "number"), "sex": Column.of(["m", "f", "f"], "category")},
        {"age": "quasi_identifier"},
    )


def test_roles() -> None:
    made = table().with_roles({"sex": "weight"})
    assert made.having("quasi_identifier", "weight") == ("age", "sex")
    assert made.one("weight") == "sex"
    assert made.one("household") is None
    assert table().role("sex") == "keep"
    with pytest.raises(Problem, match="have the role"):
        made.with_roles({"age": "weight"}).one("weight")


def test_a_column_that_is_not_there_names_near_misses() -> None:
    with pytest.raises(Problem) as caught:
        table()["agee"]
    assert "“agee”" in caught.value.what
    assert "“age”" in caught.value.do
    assert caught.value.column == "agee"


def test_a_strange_name_breaks_no_message() -> None:
    with pytest.raises(Problem) as caught:
        table()["{count} {0.__class__}"]
    assert "{count}" in caught.value.what


def test_rows_remember_where_they_came_from() -> None:
    taken = table().take(np.array([2, 0]))
    assert taken.row_ids is not None
    assert taken.row_ids.tolist() == [2, 0]
    assert taken["sex"].texts() == ["f", "m"]
    assert taken["age"].values.to_pylist() == ["30"]


def test_columns_come_and_go() -> None:
    wider = table().with_columns({"new": Column.of(["x", "y", "z"])})
    assert wider.names == ("age", "sex", "new")
    assert wider.without(["age"]).names == ("sex", "new")
    assert "age" not in wider.without(["age"]).roles


def test_the_digest_knows_cells_not_their_coding() -> None:
    base = table()
    sex = Column(np.array([1, 0, 0], np.int32), Column.of(["f", "m"]).values, "category")
    recoded = base.with_columns({"sex": sex})
    assert recoded["sex"].texts() == base["sex"].texts()
    assert recoded.digest() == base.digest()
    assert base.with_roles({"sex": "drop"}).digest() == base.digest()
    for changed in (
        base.with_columns({"sex": Column.of(["m", "f", "m"], "category")}),
        base.with_columns({"sex": Column.of(["m", "f", None], "category")}),
        base.take(np.array([1, 0, 2])),
        base.without(["sex"]),
    ):
        assert changed.digest() != base.digest()


def test_an_empty_table() -> None:
    empty = Table.of({})
    assert empty.rows == 0
    assert empty.names == ()
