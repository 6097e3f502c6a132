"""A saved set of questions answered together under one budget, and laid out for a reader who sees nothing else."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from core.declare import dump
from core.problem import Problem
from core.protect.method import columns_named
from core.query.ask import ask, check, ground_of, price
from core.query.contrast import Contrast
from core.query.explain import promise
from core.query.foresee import Expected, expected
from core.query.ground import Ground
from core.query.noise import as_epsilon
from core.query.query import Query
from core.query.regression import Correlation, Regression
from core.table import Table
from core.table.column import Column

if TYPE_CHECKING:
    from core.store import Actor, Budget, Store


class Tile(NamedTuple):
    """One question of a dashboard, under its heading; `weight`: how much its exactness matters."""

    heading: str
    query: Query
    weight: float = 1.0


class Plan(NamedTuple):
    """A dashboard as it is written in YAML: title, tiles, and how many rows a group is expected to hold."""

    title: str
    tiles: tuple[Tile, ...]
    group_size: int

    @staticmethod
    def from_data(data: Any) -> Plan:
        """{title, group_size, tiles: [{heading, weight, query: {...}}]}; a question's own epsilon is not used."""
        from core.query import QUERIES

        if not isinstance(data, Mapping) or not isinstance(data.get("tiles"), list) or not data["tiles"]:
            raise Problem("A dashboard needs a title and a list of tiles.",
                          "Give each tile a heading and a question: docs/queries.md.")
        unknown = set(data) - {"title", "tiles", "group_size"}
        if unknown:
            raise Problem("A dashboard has no setting “{setting}”.", "It has title, group_size and tiles.",
                          setting=str(min(unknown))[:60])
        tiles = []
        for number, tile in enumerate(data["tiles"], 1):
            if not isinstance(tile, Mapping) or set(tile) - {"heading", "weight", "query"} or "query" not in tile:
                raise Problem("A tile has a heading, a weight and a query.", "Check its settings.", step=number)
            weight = tile.get("weight", 1.0)
            if isinstance(weight, bool) or not isinstance(weight, (int, float)) or not 0 < weight <= 1000:
                raise Problem("A tile's weight is a number above 0.", "1 is usual.", step=number)
            tiles.append(Tile(str(tile.get("heading", ""))[:200], QUERIES.build(tile["query"], step=number),
                              float(weight)))
        size = data.get("group_size", 300)
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 50_000:
            raise Problem("The group size is a whole number from 1 to 50,000.", "300 is taken where none is given.")
        return Plan(str(data.get("title", ""))[:200], tuple(tiles), size)

    def data(self) -> dict[str, Any]:
        """As it stands in YAML; `from_data` reads it back."""
        tiles = []
        for tile in self.tiles:
            query = {k: v for k, v in dump(tile.query).items() if k != "epsilon"}
            tiles.append({"heading": tile.heading, "weight": tile.weight, "query": query})
        return {"title": self.title, "group_size": self.group_size, "tiles": tiles}


class Needs:
    """How hard each question of a plan is to answer: its relative error at a price of 1, tried on invented data."""

    def __init__(self, plan: Plan, budget: Budget) -> None:
        self.plan, self.budget, self.ground = plan, budget, ground_of(budget)
        self.sizes: dict[int, int] = dict.fromkeys(range(len(plan.tiles)), plan.group_size)
        self._known: dict[tuple[int, int], float] = {}

    def of(self, place: int) -> float:
        """Weight times relative error of the question in this place, for groups of the size that is known by now."""
        key = place, self.sizes[place]
        if key not in self._known:
            tile = self.plan.tiles[place]
            asked = tile.query.model_copy(update={"epsilon": 1.0})
            found = expected(asked, self.ground, price(asked, self.budget), self.sizes[place])
            off = relative(asked, self.ground, found, self.sizes[place])
            self._known[key] = tile.weight * off if math.isfinite(off) and off > 0 else 1e-6
        return self._known[key]

    def learn(self, query: Query, answer: Mapping[str, Any]) -> None:
        """A count that was paid for tells how large groups are: the next questions are weighed by that."""
        if answer["estimates"][:1] != ["count"] or query.where:
            return
        counts = [line["count"] for line in answer["lines"] if line["count"] is not None]
        if not counts:
            return
        rows, middle = max(sum(counts), 1.0), sorted(counts)[len(counts) // 2]
        for place, tile in enumerate(self.plan.tiles):
            size = middle if self._groups(tile.query) == self._groups(query) else rows / self._size(tile.query)
            self.sizes[place] = round(min(max(size, 1), 50_000))

    def _groups(self, query: Query) -> dict[str, int]:
        """What a question groups by (bins of a histogram too), and into how many groups."""
        axes = query.axes(_none(self.plan, self.ground), self.ground)
        return {axis.name: len(axis.labels) for axis in axes}

    def _size(self, query: Query) -> int:
        return math.prod(self._groups(query).values())


def relative(query: Query, ground: Ground, about: Expected, size: int) -> float:
    """The error as a share of what the answer is about.

    Invented columns have nothing to do with each other: differences, correlations and slopes are near 0 in them, and
    the share of that would say nothing. Those are measured by what they could reach: 1 for a correlation, half of the
    span of the column that is compared or predicted, times the rows of a group for totals.
    """
    reach = 0.0
    if isinstance(query, Correlation):
        reach = 1.0
    elif isinstance(query, Regression):
        reach = _half(ground, query.target)
    elif isinstance(query, Contrast):
        reach = _half(ground, query.column) if query.of != "count" and query.column else 1.0
        reach *= 1 if query.of == "mean" else size
    return about.error / max(abs(about.value), reach, 1e-9)


def _half(ground: Ground, column: str) -> float:
    known = ground.bounds(column)
    return (known.high - known.low) / 2


def allocate(needs: Needs, places: Sequence[int], amount: float) -> dict[int, Query]:
    """The questions in these places with their shares of `amount` (epsilon or rho), so that the weighted sum of their
    relative errors is least.

    Errors fall as c_i / epsilon_i, so epsilons go with the root of w_i c_i; in zCDP as c_i / sqrt(rho_i), so rhos go
    with its power of two thirds (Lagrange's condition: all derivatives alike).
    """
    budget, pure = needs.budget, needs.budget.measure == "pure"
    roots = {i: needs.of(i) ** (1 / 2 if pure else 2 / 3) for i in places}
    whole = sum(roots.values())
    found = {}
    for i in places:
        share = amount * roots[i] / whole
        epsilon = share if pure else as_epsilon(share, budget.delta / 2)
        query = needs.plan.tiles[i].query
        # Rounded down: what stands here is what is charged, and the sum stays within.
        for steps in range(3):
            asked = query.model_copy(update={"epsilon": max(math.floor(epsilon * 1e6 - steps) / 1e6, 1e-6)})
            if price(asked, budget).amount <= share * (1 + 1e-12):
                break
        found[i] = asked
    return found


def foreseen(budget: Budget, plan: Plan, epsilon: float) -> tuple[tuple[Tile, float], ...]:
    """Each tile with its question at the price it would get, and the relative error (95%) to expect of it."""
    needs, amount = Needs(plan, budget), whole_price(budget, plan, epsilon)
    shared = allocate(needs, range(len(plan.tiles)), amount)
    found = []
    for i, tile in enumerate(plan.tiles):
        about = expected(shared[i], needs.ground, price(shared[i], budget), plan.group_size)
        found.append((tile._replace(query=shared[i]), relative(shared[i], needs.ground, about, plan.group_size)))
    return tuple(found)


def whole_price(budget: Budget, plan: Plan, epsilon: float) -> float:
    """What a dashboard of this epsilon may cost, in the budget's measure."""
    if not 1e-4 * len(plan.tiles) <= epsilon <= 20:
        raise Problem("A dashboard's epsilon lies between 0.0001 for each question and 20.", "Choose another epsilon.")
    return price(plan.tiles[0].query.model_copy(update={"epsilon": epsilon}), budget).amount


def answer_all(
    store: Store, actor: Actor, budget: Budget, table: Table, plan: Plan, epsilon: float,
    progress: Callable[[float, str], None] | None = None,
) -> dict[str, Any]:
    """Every question charged and answered; the dashboard's content as plain data.

    What is cheap comes first. After each answer the rest of the price is shared out anew among the questions that are
    left, because counts tell how large the groups are. An answer that was paid for before, with at least four fifths of
    what it would get, is taken as it is and costs nothing: a run that was interrupted goes on where it stopped. Nothing
    is charged unless all of it fits into the budget, and into the actor's allowances, as they stand.
    """
    ground = ground_of(budget)
    for tile in plan.tiles:
        check(tile.query, table, ground)
    purse = store.budget(actor, budget.id).left_for(actor)
    needs, found = Needs(plan, budget), dict[int, Any]()
    waiting, amount = _unpaid(store, actor, needs, whole_price(budget, plan, epsilon), found)
    if waiting and amount > purse * (1 + 1e-12):
        raise Problem("This dashboard costs {price:.6g}; {left:.6g} is left of the budget. Nothing was charged.",
                      "Give it a smaller epsilon.", price=amount, left=max(purse, 0.0))
    while waiting:
        shared = allocate(needs, waiting, amount)
        place = min(waiting, key=lambda i: price(shared[i], budget).amount)
        if progress:
            progress(1 - len(waiting) / len(plan.tiles), plan.tiles[place].heading)
        asked = ask(store, actor, budget, table, shared[place])
        amount -= 0.0 if asked.free else price(shared[place], budget).amount
        _keep(found, place, plan, asked.charge.query, asked.answer)
        needs.learn(shared[place], asked.answer)
        waiting.remove(place)
    return {"title": plan.title, "epsilon": epsilon, "promise": promise(ground),
            "tiles": [found[i] for i in range(len(plan.tiles))]}


def _unpaid(
    store: Store, actor: Actor, needs: Needs, amount: float, found: dict[int, Any]
) -> tuple[list[int], float]:
    """The places of the questions that have to be paid, and what they may cost; those paid for before go to `found`."""
    waiting = list(range(len(needs.plan.tiles)))
    shared = allocate(needs, waiting, amount)
    for i in tuple(waiting):
        asked = shared[i]
        paid = store.paid(actor, needs.budget.id, dump(asked), 0.8 * asked.epsilon)
        if paid is not None and paid.answer is not None:
            _keep(found, i, needs.plan, paid.query, paid.answer)
            needs.learn(asked, paid.answer)
            waiting.remove(i)
            amount -= price(asked, needs.budget).amount
    return waiting, amount


def _keep(found: dict[int, Any], place: int, plan: Plan, query: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    found[place] = {"heading": plan.tiles[place].heading, "query": dict(query), "answer": dict(answer)}


def _none(plan: Plan, ground: Ground) -> Table:
    """A table without rows that has every column the plan speaks of."""
    names = {n for tile in plan.tiles for n in columns_named(tile.query)} | set(ground.known)
    return Table.of({n: Column.of([], "text") for n in sorted(names)})
