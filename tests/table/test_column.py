"""A column holds what would be written, and nothing that no longer occurs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.table import MISSING, SUPPRESSED, Column

cells = st.lists(st.none() | st.text(max_size=4) | st.sampled_from(["*", "a", "00123", "NA"]), max_size=30)


@given(cells)
def test_cells_come_back(texts: list[str | None]) -> None:
    column = Column.of(texts)
    assert column.texts() == texts
    assert column.missing.tolist() == [t is None for t in texts]
    assert column.suppressed.tolist() == [t == "*" for t in texts]
    assert column.codes.dtype == np.int32


@given(cells, st.data())
def test_nothing_that_is_gone_lingers(texts: list[str | None], data: st.DataObject) -> None:
    column = Column.of(texts)
    mask = np.array(data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts))), bool)
    hidden = column.suppress(mask)
    assert hidden.texts() == [SUPPRESSED if m else t for t, m in zip(texts, mask, strict=True)]
    assert set(hidden.values.to_pylist()) == {t for t in hidden.texts() if t is not None}
    kept = column.take(~mask)
    assert kept.texts() == [t for t, m in zip(texts, mask, strict=True) if not m]
    assert set(kept.values.to_pylist()) == {t for t in kept.texts() if t is not None}


@given(cells)
def test_recoding_touches_distinct_values_and_leaves_missing(texts: list[str | None]) -> None:
    seen: list[str] = []

    def first_letter(value: str) -> str | None:
        seen.append(value)
        return value[:1] or None

    recoded = Column.of(texts).recode(first_letter)
    assert recoded.texts() == [None if not t else t[:1] for t in texts]
    assert len(seen) == len(set(seen))


def test_a_mapping_leaves_suppressed_cells_and_must_cover_the_rest() -> None:
    column = Column.of(["a", "*", None])
    assert column.recode({"a": "b"}).texts() == ["b", "*", None]
    with pytest.raises(KeyError):
        column.recode({"x": "b"})


def test_numbers_are_read_from_distinct_values() -> None:
    column = Column.of(["3", "2.5", None, "*", "x", "3"], "number")
    np.testing.assert_array_equal(column.numbers, [3, 2.5, np.nan, np.nan, np.nan, 3])
    np.testing.assert_array_equal(column.counts(), [2, 1, 1, 1])


@pytest.mark.parametrize(("number", "text"), [
    (123.0, "123"), (-0.0, "0"), (0.1, "0.1"), (1 / 3, "0.3333333333333333"), (2.0**60, str(float(2**60))),
    (float("nan"), None), (-7, "-7"),
])
def test_numbers_are_written_in_the_shortest_form(number: float, text: str | None) -> None:
    written = Column.of_numbers([number]).texts()[0]
    assert (float(written) == float(text)) if written and text else written is text
    if abs(number) < 2**53:
        assert written == text


@given(st.lists(st.floats(allow_nan=True, allow_infinity=False), max_size=20))
def test_numbers_survive(numbers: list[float]) -> None:
    np.testing.assert_array_equal(Column.of_numbers(numbers).numbers, numbers)


def test_decimals_round() -> None:
    assert Column.of_numbers([1.005, 2.25, 3], decimals=1).texts() == ["1", "2.2", "3"]


def test_same_cells_across_different_codings() -> None:
    left, right = Column.of(["a", "b", None, "c"]), Column.of(["b", "b", None, "a"])
    assert left.same_cells(right).tolist() == [False, True, True, False]
    assert right.same_cells(left).tolist() == [False, True, True, False]
    assert left.same_cells(Column.of(["a", "b", None, "c"])).all()


def test_a_dictionary_from_arrow_may_repeat_a_value() -> None:
    repeated = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", "a"]))
    column = Column.of(repeated)
    assert column.codes.tolist() == [0, 0, MISSING]
    assert len(column.values) == 1
