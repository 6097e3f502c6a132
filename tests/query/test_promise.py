"""The promise itself: one protected unit more or less, and nothing outside the noise that depends on the rows.

Lower bounds on epsilon are certified by Clopper-Pearson (after Jagielski et al. 2020, arXiv:2006.07709) against the
strongest attacker there is, who knows both tables and weighs everything that was drawn by its likelihood under each.
What is certified is never above what was charged; with a planted fault it is. A mechanism that loses all that was
charged at the limit looked at fails a test here once in 100,000 runs; there are 16 such tests.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from core.problem import Problem
from core.protect.rows_and_columns.select_rows import Dates, Number, OneOf, Several
from core.query import QUERIES
from core.query.ask import Price, answered, check
from core.query.contrast import Contrast
from core.query.count import Count
from core.query.ground import Bounds, Categories, EachHousehold, EachPerson, Ground, Span
from core.query.histogram import Histogram
from core.query.keys import DistinctCount, FindBounds, TopValues
from core.query.mean import Mean
from core.query.noise import Spend, choice_scale, choose, noise_for
from core.query.proportion import Proportion
from core.query.quantile import Quantile, Shares
from core.query.query import Query, View, look
from core.query.regression import Correlation, Regression
from core.query.spread import Spread
from core.query.total import Sum
from core.table import Table
from core.table.column import Column
from tests.query.conftest import KNOWN, ground, people
from tests.query.spy import Drawn, permute_and_flip, watched

TIMES = {"release": 20_000, "choose": 2_000}
"""How often each table's draws are made. Choices are slower, and lose more in one draw."""

SURE = 1 - 1e-5
PURE = Spend("pure", 1.0)
EXACT = Price(1e6, "pure", 1e6, 0.0)
OF_PERSON = Ground(unit=EachPerson(column="who", most=4), known=KNOWN)


def with_and_without() -> tuple[Table, Table]:
    """Ten others, and one person with six rows (four are used) in both districts."""
    who = [f"p{i}" for i in range(10)] + ["asha"] * 6
    whole = Table.of({
        "who": Column.of(who, "code"),
        "district": Column.of([("A", "B")[i % 2] for i in range(10)] + list("AAAABB"), "category"),
        "age": Column.of_numbers([50.0] * 10 + [100.0] * 6),
        "income": Column.of_numbers([1000.0] * 6 + [9000.0] * 4 + [10_000.0] * 6),
        "village": Column.of([f"v{i}" for i in range(10)] + [f"w{i}" for i in range(6)], "category"),
    })
    return whole, whole.take(np.arange(10))


QUESTIONS = (
    Count(by=("district",)), Sum(column="income"), Sum(column="income", by=("district",)),
    Mean(column="income", by=("district",)),
    Proportion(which=(Number(column="income", compare="more_than", value=6000),)),
    Contrast(of="mean", column="income", between="district", first="A", second="B"), Histogram(column="income"),
    Spread(column="income"), Correlation(first="age", second="income"), Regression(target="income", given=("age",)),
    TopValues(column="district"), DistinctCount(column="village"), FindBounds(column="income"),
    Quantile(column="income", candidates=3), Quantile(column="income", candidates=3, by=("district",)),
    Quantile(column="income", candidates=3, shares=(0.25, 0.5), interval=False),
)


def test_every_question_is_attacked() -> None:
    assert {q.query for q in QUESTIONS} == set(QUERIES.by_name)


def certified(query: Query, ground: Ground) -> float:
    """The epsilon that is certain to be lost at least, for a question that is paid 1 for."""
    handed = []
    for table in with_and_without():
        with watched() as calls:
            query.answer(look(query, table, ground, PURE))
        handed.append(calls)
    times = TIMES["choose" if any(c.kind == "choose" for c in handed[0]) else "release"]
    # (world that was, draw): the sum over all that was drawn of how much more likely it is with the person than without
    weighed = np.zeros((2, times))
    for there, gone in zip(*handed, strict=True):
        assert (there.kind, there.sensitivity, there.spend) == (gone.kind, gone.sensitivity, gone.spend)
        for world, call in enumerate((there, gone)):
            weighed[world] += _weights(call, there, gone, times)
    return _lower_bound(weighed)


def _weights(call: Drawn, there: Drawn, gone: Drawn, times: int) -> np.ndarray:
    if call.kind == "release":
        at = np.flatnonzero(there.exact != gone.exact)  # the noise of the others is the same in both worlds
        drawn, scale = call.again(times, at), noise_for(call.sensitivity, call.spend).scale
        return np.asarray((np.abs(drawn - gone.exact[at]) - np.abs(drawn - there.exact[at])).sum(axis=1) / scale)
    chosen = np.array([choose(call.exact, call.sensitivity, call.spend) for _ in range(times)])
    if np.array_equal(there.exact, gone.exact):
        return np.zeros(times)
    scale = choice_scale(call.sensitivity, call.spend)
    chances = [permute_and_flip(np.exp((c.exact - c.exact.max()) / scale)) for c in (there, gone)]
    return np.log(chances[0] / chances[1])[chosen]


def _lower_bound(weighed: np.ndarray) -> float:
    """The limit is chosen on the first half of the draws and judged on the second, with 4 bounds from it."""
    half = weighed.shape[1] // 2
    limits = np.unique(np.quantile(weighed[:, :half], np.linspace(0.02, 0.98, 49)))
    best = limits[int(np.argmax([_bound(weighed[:, :half], c) for c in limits]))]
    return _bound(weighed[:, half:], best)


def _bound(weighed: np.ndarray, limit: float) -> float:
    """By how often a draw lies above (or not above) the limit with the person, and how often without."""
    found, wrong, times = 0.0, (1 - SURE) / 8, weighed.shape[1]
    for over in (True, False):
        hits = [int(((w > limit) == over).sum()) for w in weighed]
        for a, b in (hits, hits[::-1]):
            low = stats.beta.ppf(wrong, a, times - a + 1) if a else 0.0
            high = stats.beta.ppf(1 - wrong, b + 1, times - b) if b < times else 1.0
            found = max(found, float(np.log(low / high)) if low > 0 else 0.0)
    return found


@pytest.mark.parametrize("query", QUESTIONS, ids=lambda q: q.query)
def test_one_person_more_or_less_costs_no_more_than_was_charged(query: Query) -> None:
    assert certified(query, OF_PERSON) <= 1.0


@pytest.mark.parametrize("query", QUESTIONS[:-2], ids=lambda q: q.query)
def test_a_planted_fault_is_caught(query: Query, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if each row were a person: four times the promised loss.

    A choice among three tells less than half of what it may: there, each draw is paid three times the price as well.
    """
    monkeypatch.setattr(View, "sensitivity", lambda self, bound: bound)
    monkeypatch.setattr(Quantile, "division", lambda self, groups: Shares(0.2, 3.0, 3.0))
    assert certified(query, OF_PERSON) > 1.0


def test_what_is_certified_comes_near_the_charge() -> None:
    """The attacker is strong enough: a test that sees nothing would prove nothing."""
    assert 0.8 < certified(Count(by=("district",)), OF_PERSON) <= 1.0
    assert 0.8 < certified(Sum(column="income"), OF_PERSON) <= 1.0


@pytest.mark.parametrize("measure", ["pure", "zcdp"])
def test_a_value_only_one_person_has_is_named_at_most_with_delta(measure: str) -> None:
    """Six values that only one person holds (four are used): any of them named in at most delta of 1,000 answers."""
    named, delta = 0, 0.02
    for _ in range(1_000):
        view = look(TopValues(column="village"), with_and_without()[0], OF_PERSON, Spend(measure, 1.0), delta)  # type: ignore[arg-type]
        answer = TopValues(column="village").answer(view)
        named += any(label[0].startswith("w") for label in answer.labels)
    assert stats.binomtest(named, 1_000, delta, alternative="greater").pvalue > 1e-5


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
