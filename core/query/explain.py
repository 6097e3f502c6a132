"""A question in words and as code: what is promised, by which mechanism, at what price; and the error to expect."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.language import translate as _
from core.protect.method import columns_named
from core.query.ask import Price, ground_of, price
from core.query.ground import Bounds, Categories, EachHousehold, EachRow, Ground, Span
from core.query.keys import DistinctCount, FindBounds, TopValues
from core.query.noise import Spend, as_epsilon, noise_for, total_rho
from core.query.quantile import Quantile
from core.query.query import Query, Statistic, View, placed
from core.table import Table
from core.table.column import Column

if TYPE_CHECKING:
    from core.store import Budget

_EXACT = {"pure": 2.0**30, "zcdp": 2.0**60}
"""A price at which the noise of a simulated answer rounds to nothing."""

_MOST_ROWS = 60_000


def promise(ground: Ground) -> str:
    """Who is protected, in words."""
    unit = ground.unit
    if isinstance(unit, EachRow):
        who = _("Each row is protected: whether it is in the table changes the chance of any answer hardly at all.")
    elif isinstance(unit, EachHousehold):
        who = _("Each household is protected as a whole, with at most {most} of its rows used.", most=unit.most)
    else:
        who = _("Each person is protected, with at most {most} of their rows used.", most=unit.most)
    return who


def in_words(query: Query, budget: Budget) -> str:
    """One sentence: the question, the price, the promise."""
    cost = price(query, budget)
    by = _(" by {columns}", columns=", ".join(query.by)) if query.by else ""
    paid = (f"epsilon {cost.epsilon:g}" if cost.measure == "pure" else
            f"rho {cost.amount:.4g} (alone epsilon {cost.epsilon:g} at delta {budget.delta / 2:g})")
    return _("{title}{by}, for {paid}. {promise}", title=_(query.title), by=by, paid=paid,
             promise=promise(ground_of(budget)))


def code(query: Query, budget: Budget) -> str:
    """What was run, as a few lines of OpenDP: the same mechanisms, scales and sums; the table's name is `rows`."""
    ground, cost = ground_of(budget), price(query, budget)
    view = View(ground, *placed(query, _table(query, ground, 0), ground), cost.spend, cost.delta)
    metric = "l1_distance(T=\"i64\")" if cost.measure == "pure" else "l2_distance(T=\"f64\")"
    lines = ["import opendp.prelude as dp", "dp.enable_features(\"contrib\")",
             f"# {promise(ground)}", f"# groups: {view.groups}; price: {cost.measure} {cost.amount:.6g}"]
    if isinstance(query, Quantile):
        measure = "max_divergence" if cost.measure == "pure" else "zero_concentrated_divergence"
        share = (0.8 if view.groups > 1 else 1.0) / len(query.shares)
        for wanted in query.shares:
            part = Fraction(wanted).limit_denominator(1000)
            moved = view.sensitivity(max(part.numerator, part.denominator - part.numerator))
            lines.append(f"# quantile {wanted:g}: the best rank of {query.candidates} candidates, by group")
            lines.append(f"dp.binary_search_chain(lambda s: dp.m.make_noisy_max(dp.vector_domain(dp.atom_domain("
                         f"T=\"i64\")), dp.linf_distance(T=\"i64\"), dp.{measure}(), scale=s), d_in={moved}, "
                         f"d_out={cost.spend.amount * share:.6g})(scores_of_candidates)")
        return "\n".join(lines)
    for s in _sums(query, view):
        sensitivity = view.sensitivity(s.bound)
        noise = noise_for(sensitivity, cost.spend.part(s.share))
        make = "make_laplace" if cost.measure == "pure" else "make_gaussian"
        lines.append(f"# {s.name}: whole steps of {s.step:.6g}; one protected unit moves it by at most {sensitivity}")
        lines.append(f"{s.name.replace('.', '_')} = dp.m.{make}(dp.vector_domain(dp.atom_domain(T=\"i64\")), "
                     f"dp.{metric}, scale={noise.scale:.6g})({s.name.replace('.', '_')}_steps_by_group)")
    return "\n".join(lines)


def _sums(query: Query, view: View) -> tuple[Statistic, ...]:
    if isinstance(query, (DistinctCount, TopValues, FindBounds)):
        return (Statistic("count", np.zeros(0, np.int64), 1, 1.0, 1.0),)
    return query.statistics(view)


class Expected(NamedTuple):
    """The error to expect: with 95% an answer is off by at most `error`, for a value of about `value`."""

    name: str
    error: float
    value: float


def expected(query: Query, ground: Ground, cost: Price, group_size: int, runs: int = 0) -> Expected:
    """The error on simulated data with this many rows in each group; the real data is never looked at.

    Numbers are spread evenly between their bounds, and every category is equally frequent.

    runs  how often it is tried; 0: so often that some sixty errors are seen
    """
    ground = _few_groups(query, ground)
    by_group = _simulated(query, ground, group_size)
    asked = query.model_copy(update={"where": ()})
    exact = _run(asked, ground, by_group, Spend(cost.spend.measure, _EXACT[cost.spend.measure]), 0.5)
    runs = runs or max(60 // max(len(next(iter(exact.values()))), 1), 3)
    noisy = [_run(asked, ground, by_group, cost.spend, cost.delta or 0.5) for _run_ in range(runs)]
    name = next(iter(exact))
    off = np.concatenate([np.abs(n[name] - exact[name]) for n in noisy if len(n[name]) == len(exact[name])] or [[]])
    off = off[np.isfinite(off)]
    values = exact[name][np.isfinite(exact[name])]
    return Expected(name, float(np.quantile(off, 0.95)) if len(off) else float("nan"),
                    float(np.median(values)) if len(values) else float("nan"))


def epsilon_for(query: Query, budget: Budget, error: float, group_size: int) -> float | None:
    """The least epsilon (to 5%) whose expected error is at most this; None if not even 20 is enough."""
    low, high = 1e-3, 20.0
    ground = ground_of(budget)

    def off(epsilon: float) -> float:
        asked = query.model_copy(update={"epsilon": epsilon})
        return expected(asked, ground, price(asked, budget), group_size).error

    if not off(high) <= error:
        return None
    while high / low > 1.05:
        middle = float(np.sqrt(low * high))
        low, high = (low, middle) if off(middle) <= error else (middle, high)
    return high


def _few_groups(query: Query, ground: Ground) -> Ground:
    """The noise of a group does not depend on how many there are: a few of a long list are tried."""
    short = {n: Categories(values=k.values[:4]) for n, k in ground.known.items()
             if n in query.by and n != getattr(query, "between", None) and isinstance(k, Categories)}
    return ground.model_copy(update={"known": {**ground.known, **short}})


def _run(query: Query, ground: Ground, table: Table, spend: Spend, delta: float) -> dict[str, Any]:
    table, group, by, labels = placed(query, table, ground)
    answer = query.answer(View(ground, table, group, by, labels, spend, delta))
    return {e.name: e.values for e in answer.estimates}


def _simulated(query: Query, ground: Ground, group_size: int) -> Table:
    groups = max(len(placed(query, _table(query, ground, 0), ground)[3]), 1)
    return _table(query, ground, min(max(groups * group_size, 1), _MOST_ROWS))


def _table(query: Query, ground: Ground, rows: int) -> Table:
    """Every column the question names, filled evenly: place i of a column is the i-th of a sequence that fills its
    range evenly, each column in another order."""
    at = np.arange(rows)
    columns = {}
    for number, name in enumerate(dict.fromkeys((*columns_named(query), *ground.known))):
        even = (at * (0.6180339887498949, 0.7548776662466927, 0.5698402909980532, 0.8191725133961645)[number % 4]
                + number * 0.37) % 1
        columns[name] = _filled(ground.known.get(name), even)
    return Table.of(columns)


def _filled(known: Any, even: Any) -> Column:
    if isinstance(known, Bounds):
        return Column.of_numbers(known.low + even * (known.high - known.low), 6)
    if isinstance(known, Categories):
        return Column.of([known.values[int(e * len(known.values))] for e in even], "category")
    if isinstance(known, Span):
        days = np.datetime64(known.first, "D") + (
            even * (np.datetime64(known.last, "D") - np.datetime64(known.first, "D")).astype(int)).astype(int)
        return Column.of([str(d) for d in days], "date")
    return Column.of([f"v{int(e * 20)}" for e in even], "category")


def in_a_persons_words(epsilon: float) -> str:
    """The promise as a bound on what anyone can conclude: from “50% sure” to at most so sure."""
    sure = float(np.exp(epsilon) / (1 + np.exp(epsilon)))
    return _("If someone is 50% sure that a person is in the table, then after all answers they can be at most "
             "{percent}% sure.", percent=f"{np.ceil(1000 * sure) / 10:g}" if sure < 0.999 else "99.9")


__all__ = ["Expected", "as_epsilon", "code", "epsilon_for", "expected", "in_a_persons_words", "in_words", "promise",
           "total_rho"]
