"""What an answer will look like before it is paid: tried on invented data, never on the real table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.protect.method import columns_named
from core.query.ask import Price, ground_of, price
from core.query.ground import Bounds, Categories, Ground, Span
from core.query.noise import Spend
from core.query.query import Answer, Query, View, placed
from core.table import Table
from core.table.column import Column

if TYPE_CHECKING:
    from core.store import Budget

_EXACT = {"pure": 2.0**30, "zcdp": 2.0**60}
"""A price at which the noise of a simulated answer rounds to nothing."""

_MOST_ROWS = 60_000


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


def preview(query: Query, ground: Ground, cost: Price, group_size: int) -> dict[str, Any]:
    """One answer on invented data at this price, as plain data (`Answer.data()`): how it would look, not what it says.

    Conditions are left out: invented rows know nothing of them.
    """
    asked, by_group = query.model_copy(update={"where": ()}), _simulated(query, ground, group_size)
    return _answer(asked, ground, by_group, cost.spend, cost.delta or 0.5).data()


def _run(query: Query, ground: Ground, table: Table, spend: Spend, delta: float) -> dict[str, Any]:
    return {e.name: e.values for e in _answer(query, ground, table, spend, delta).estimates}


def _answer(query: Query, ground: Ground, table: Table, spend: Spend, delta: float) -> Answer:
    table, group, by, labels = placed(query, table, ground)
    return query.answer(View(ground, table, group, by, labels, spend, delta))


def _simulated(query: Query, ground: Ground, group_size: int) -> Table:
    groups = max(len(placed(query, invented(query, ground, 0), ground)[3]), 1)
    return invented(query, ground, min(max(groups * group_size, 1), _MOST_ROWS))


def invented(query: Query, ground: Ground, rows: int) -> Table:
    """Every column the question names, with values made up from what is public: place i of a column is the i-th of a
    sequence that fills its range evenly, each column in another order."""
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
