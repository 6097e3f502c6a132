"""A saved set of questions answered together under one budget, and laid out for a reader who sees nothing else."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from core.declare import dump
from core.problem import Problem
from core.query.ask import ask, check, ground_of, price
from core.query.explain import expected
from core.query.ground import Ground
from core.query.query import Query
from core.table import Table

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


def allocate(plan: Plan, budget: Budget, epsilon: float) -> tuple[Query, ...]:
    """The questions with their shares of `epsilon`, so that the weighted sum of relative errors is least.

    Errors e_i fall as c_i / epsilon_i; the c_i are found on simulated data. Pure: epsilons add up, so they go with
    the root of w_i c_i. zCDP: squares add up (nearly), so they go with its cube root.
    """
    ground, pure = ground_of(budget), budget.measure == "pure"
    needs = []
    for tile in plan.tiles:
        asked = tile.query.model_copy(update={"epsilon": min(epsilon, 20.0)})
        found = expected(asked, ground, price(asked, budget), plan.group_size)
        relative = found.error / max(abs(found.value), 1e-9)
        needs.append(tile.weight * relative if math.isfinite(relative) and relative > 0 else 1e-6)
    roots = [n ** (1 / 2 if pure else 1 / 3) for n in needs]
    most = price(plan.tiles[0].query.model_copy(update={"epsilon": epsilon}), budget).amount
    whole = sum(roots) if pure else math.sqrt(sum(r * r for r in roots))
    scale = epsilon / whole
    while True:
        # Rounded down: what stands here is what is charged, and its sum stays within.
        queries = tuple(tile.query.model_copy(update={"epsilon": max(math.floor(scale * r * 1e6) / 1e6, 1e-6)})
                        for tile, r in zip(plan.tiles, roots, strict=True))
        paid = sum(price(q, budget).amount for q in queries)
        if paid <= most * (1 + 1e-12):
            return queries
        scale *= min(math.sqrt(most / paid), 0.999)  # rho is only nearly the square of epsilon


def answer_all(
    store: Store, actor: Actor, budget: Budget, table: Table, plan: Plan, epsilon: float
) -> dict[str, Any]:
    """Every question charged and answered, cheapest first; the dashboard's content as plain data.

    Nothing is charged unless all of it fits into the budget as it stands.
    """
    ground = ground_of(budget)
    for tile in plan.tiles:
        check(tile.query, table, ground)
    if not 1e-4 * len(plan.tiles) <= epsilon <= 20:
        raise Problem("A dashboard's epsilon lies between 0.0001 for each question and 20.", "Choose another epsilon.")
    queries = allocate(plan, budget, epsilon)
    whole = sum(price(q, budget).amount for q in queries)
    if whole > budget.left * (1 + 1e-12):
        raise Problem("This dashboard costs {price:.6g}; {left:.6g} is left of the budget. Nothing was charged.",
                      "Give it a smaller epsilon.", price=whole, left=budget.left)
    found: dict[int, Any] = {}
    for place in sorted(range(len(queries)), key=lambda i: queries[i].epsilon):
        query = queries[place]
        asked = ask(store, actor, budget, table, query)
        found[place] = {"heading": plan.tiles[place].heading, "query": dump(query), "answer": dict(asked.answer)}
    return {"title": plan.title, "epsilon": epsilon, "promise": _promise(ground),
            "tiles": [found[i] for i in range(len(queries))]}


def _promise(ground: Ground) -> str:
    from core.query.explain import promise

    return promise(ground)


def example(name: str) -> tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]:
    """(ground, tiles) of an example: "hr" or "students"."""
    if name not in EXAMPLES:
        raise Problem("There is no example of that name.", "There is: {names}.", names=", ".join(EXAMPLES))
    return EXAMPLES[name]


EXAMPLES: Mapping[str, tuple[Mapping[str, Any], Sequence[Mapping[str, Any]]]] = {
    "hr": (
        {"known": {
            "department": {"kind": "categories", "values": ["Finance", "Health", "Roads", "Schools"]},
            "sex": {"kind": "categories", "values": ["Female", "Male"]},
            "salary": {"kind": "bounds", "low": 0, "high": 200_000},
            "years": {"kind": "bounds", "low": 0, "high": 40, "cuts": [5, 15]},
        }},
        (
            {"heading": "Staff by department", "query": {"query": "count", "by": ["department"]}},
            {"heading": "Mean salary by department",
             "query": {"query": "mean", "column": "salary", "by": ["department"]}},
            {"heading": "How much less women earn",
             "query": {"query": "contrast", "of": "mean", "column": "salary", "between": "sex", "first": "Female",
                       "second": "Male"}},
            {"heading": "Salary by years of service",
             "query": {"query": "regression", "target": "salary", "given": ["years"]}},
        ),
    ),
    "students": (
        {"unit": {"kind": "person", "column": "student", "most": 3},
         "known": {
             "school": {"kind": "categories", "values": ["North", "South", "East"]},
             "subject": {"kind": "categories", "values": ["Hindi", "Mathematics", "Science"]},
             "marks": {"kind": "bounds", "low": 0, "high": 100},
         }},
        (
            {"heading": "Average marks by school", "query": {"query": "mean", "column": "marks", "by": ["school"]}},
            {"heading": "Sum of marks by school", "query": {"query": "sum", "column": "marks", "by": ["school"]}},
            {"heading": "Results by school and subject", "query": {"query": "count", "by": ["school", "subject"]}},
            {"heading": "How marks are spread", "query": {"query": "histogram", "column": "marks"}},
        ),
    ),
}
"""What is public, and the tiles, for a table of staff and one of marks (up to three rows for each student)."""
