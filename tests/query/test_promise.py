"""The promise itself: one protected unit more or less, and nothing outside the noise that depends on the rows.

Lower bounds on epsilon are certified by Clopper-Pearson at 99.9% (after Jagielski et al. 2020, arXiv:2006.07709): what
holds is never above what was charged; with a planted fault it is. A sound mechanism that loses all of what was charged
at the limit looked at would fail a test here once in a thousand runs; these lose less, and fail far less often.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.problem import Problem
from core.protect.select_rows import Dates, Number, OneOf, Several
from core.query.ask import Price, answered, check
from core.query.count import Count
from core.query.ground import Bounds, Categories, EachHousehold, EachPerson, Ground, Span
from core.query.keys import DistinctCount
from core.query.mean import Mean
from core.query.noise import Spend
from core.query.proportion import Proportion
from core.query.quantile import Quantile
from core.query.query import Query, View, look
from core.query.total import Sum
from core.table import Table
from core.table.column import Column
from tests.query.conftest import KNOWN, ground, people

TIMES = 1_500
PURE = Spend("pure", 1.0)
EXACT = Price(1e6, "pure", 1e6, 0.0)
OF_PERSON = Ground(unit=EachPerson(column="who", most=4), known=KNOWN)


def with_and_without() -> tuple[Table, Table]:
    """Ten others, and one person with six rows (four are used) in both districts."""
    who = [f"p{i}" for i in range(10)] + ["asha"] * 6
    whole = Table.of({
        "who": Column.of(who, "code"),
        "district": Column.of([("A", "B")[i % 2] for i in range(10)] + list("AAAABB"), "category"),
        "income": Column.of_numbers([5000.0] * 10 + [10_000.0] * 6),
    })
    return whole, whole.take(np.arange(10))


QUESTIONS = {
    "count": (Count(epsilon=1, by=("district",)), 0),
    "sum": (Sum(epsilon=1, column="income"), 0),
    "mean": (Mean(epsilon=1, column="income", by=("district",)), 0),
    "proportion": (Proportion(epsilon=1, which=(Number(column="income", compare="more_than", value=6000),)), 0),
    "distinct": (DistinctCount(epsilon=1, column="income"), 0),
    "quantile": (Quantile(epsilon=1, column="income", candidates=2, by=("district",)), 0),
}


def certified(query: Query, ground: Ground, place: int, times: int = TIMES) -> float:
    """The epsilon that is certain (99.9%) to be lost at least, from how often an answer lies above a limit."""
    drawn = []
    for table in with_and_without():
        view = look(query, table, ground, PURE)
        drawn.append(np.array([query.answer(view).estimates[0].values[place] for _ in range(times)]))
    half = times // 2  # the limit is chosen on the first half and judged on the second
    limits = np.quantile(np.concatenate([d[:half] for d in drawn]), np.linspace(0.05, 0.95, 19))
    shares = [[(d[:half] > c).mean() + 1e-3 for c in limits] for d in drawn]
    best = limits[int(np.argmax(np.abs(np.log(np.array(shares[0]) / np.array(shares[1])))))]
    found = 0.0
    for over in (True, False):
        hits = [int(((d[half:] > best) == over).sum()) for d in drawn]
        for a, b in (hits, hits[::-1]):
            low = stats.beta.ppf(0.00025, a, half - a + 1) if a else 0.0
            high = stats.beta.ppf(0.99975, b + 1, half - b) if b < half else 1.0
            found = max(found, float(np.log(low / high)) if low > 0 else 0.0)
    return found


@pytest.mark.parametrize("name", QUESTIONS)
def test_one_person_more_or_less_costs_no_more_than_was_charged(name: str) -> None:
    query, place = QUESTIONS[name]
    assert certified(query, OF_PERSON, place) <= 1.0


@pytest.mark.parametrize("name", ["count", "sum", "quantile"])
def test_a_planted_fault_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each row were a person: four times the promised loss."""
    monkeypatch.setattr(View, "sensitivity", lambda self, bound: bound)
    query, place = QUESTIONS[name]
    # A choice between two candidates tells less in one draw than a number does: it takes more of them.
    times = 3 * TIMES if name == "quantile" else TIMES
    assert certified(query, OF_PERSON, place, times) > 1.0


def exactly(query: Query, table: Table, ground: Ground) -> list[dict]:
    return answered(query, table, ground, EXACT)["lines"]


def test_a_person_counts_with_at_most_so_many_rows() -> None:
    whole, without = with_and_without()
    for most, used in ((1, 1), (4, 4), (9, 6)):
        of_person = Ground(unit=EachPerson(column="who", most=most), known=KNOWN)
        counts = [exactly(Count(), t, of_person)[0]["count"] for t in (whole, without)]
        assert counts == [10 + used, 10]


def test_rows_without_an_identifier_are_left_out() -> None:
    table = Table.of({"who": Column.of(["a", None, "*", "b"], "code")})
    assert exactly(Count(), table, Ground(unit=EachPerson(column="who")))[0]["count"] == 2


def test_removing_a_household_moves_a_count_by_no_more_than_its_bound() -> None:
    table = people(60)
    for most in (1, 2):
        of_household = ground(unit=EachHousehold(column="household", most=most))
        counts = []
        for t in (table, table.take(np.arange(60) // 2 != 7)):
            counts.append(exactly(Count(), t, of_household)[0]["count"])
        assert counts[0] - counts[1] == most
        assert look(Count(), table, of_household, PURE).sensitivity(1) == most


def test_a_public_size_exchanges_a_unit() -> None:
    assert look(Count(), people(10), ground(size_public=True), PURE).sensitivity(1) == 2


ODD = ["2021-0a-01", "2021-13-45", "2021", "", "nan", "inf", "-inf", "1e400", "*", "१२", "9" * 400, "\x00", "=1+1"]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_cell_changes_nothing_but_its_own_row(odd: str) -> None:
    """No error, and no cell read otherwise, because somebody's cell is odd."""
    table = people(60)
    grounds = Ground(known={**KNOWN, "day": Span(first="2020-01-01", last="2022-12-31", every="quarter")})
    spoilt = table.with_columns({
        name: Column.of([*table[name].texts()[:-1], odd], "text") for name in ("age", "income", "day", "district")})
    where = (Number(column="age", compare="at_least", value=0),)
    for query in (Count(by=("day",)), Count(by=("district",)), Mean(column="income", by=("age",)),
                  Sum(column="income"), Quantile(column="income"), Count(where=where),
                  Count(where=(Dates(column="day", first="2020-01-01"),)),
                  Count(where=(OneOf(column="district", values=("A",)),))):
        check(query, spoilt, grounds)
        view = [look(query, t, grounds, PURE) for t in (table.take(np.arange(59)), spoilt)]
        exact = [v.rows.rows for v in view]
        assert 0 <= exact[1] - exact[0] <= 1
        assert view[0].labels == view[1].labels
        answered(query, spoilt, grounds, EXACT)


def test_numbers_are_read_the_same_whatever_the_column_was_taken_for() -> None:
    """One cell that is no number makes a reader call the column text, with “1,200” left as it is."""
    as_number = Table.of({"income": Column.of(["1200", "800"], "number")})
    as_text = Table.of({"income": Column.of(["1,200", "800", "none of your business"], "text")})
    rich = Number(column="income", compare="at_least", value=1000)
    asked = Sum(column="income", where=(rich,))
    settled = Ground(known={"income": Bounds(low=0, high=2000)})
    sums = [exactly(asked, t, settled)[0]["sum"] for t in (as_number, as_text)]
    assert sums == pytest.approx([1200, 1200], abs=0.01)
    for which in (rich, Several(where=(rich,))):  # where nothing is known of the column, too
        counts = [exactly(Count(where=(which,)), t, Ground())[0]["count"] for t in (as_number, as_text)]
        assert counts == [1, 1]


def test_whether_a_question_is_refused_does_not_depend_on_rows() -> None:
    with pytest.raises(Problem, match="bounds of “income”"):
        check(Mean(column="income"), people(6), Ground())
    with pytest.raises(Problem, match="groups of “district”"):
        check(Count(by=("district",)), people(6), Ground())
    check(Count(by=("district",)), people(6), Ground(known={"district": Categories(values=("not", "there"))}))


def test_what_breaks_is_one_sentence_without_a_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(self: object, view: View) -> None:
        raise ValueError("Asha Canary")

    monkeypatch.setattr(Count, "statistics", breaks)
    with pytest.raises(Problem, match="its price is spent") as found:
        answered(Count(), people(6), ground(), EXACT)
    assert "Canary" not in str(found.value)
    assert found.value.__cause__ is None
