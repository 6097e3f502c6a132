"""Dashboards to begin with: made of what is public about a table, and two examples with tables of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from core.problem import Problem
from core.query.dashboard import Plan
from core.query.ground import Bounds, Categories, Ground, Span
from core.table import Table
from core.table.column import Column


def suggested(ground: Ground, title: str = "") -> Plan | None:
    """A plan to begin with, made of what is public alone: counts, means, distributions, trends, correlations and a
    prediction; None where nothing is public."""
    known = ground.known
    numbers = [n for n, k in known.items() if isinstance(k, Bounds)]
    lists = [n for n, k in known.items() if isinstance(k, Categories)]
    spans = [n for n, k in known.items() if isinstance(k, Span)]
    tiles: list[dict[str, Any]] = [{"heading": f"People by {n}", "query": {"query": "count", "by": [n]}}
                                   for n in lists[:2]]
    tiles += [{"heading": f"Mean of {n} by {lists[0]}", "query": {"query": "mean", "column": n, "by": [lists[0]]}}
              for n in numbers[:2] if lists]
    tiles += [{"heading": f"How {n} is spread", "query": {"query": "histogram", "column": n}} for n in numbers[:2]]
    tiles += [{"heading": f"People over time ({n})", "query": {"query": "count", "by": [n]}} for n in spans[:1]]
    tiles += [{"heading": f"Mean of {numbers[0]} over time",
               "query": {"query": "mean", "column": numbers[0], "by": [n]}} for n in spans[:1] if numbers]
    if len(numbers) > 1:
        first, second = numbers[:2]
        tiles += [
            {"heading": f"Do {first} and {second} go together?",
             "query": {"query": "correlation", "first": first, "second": second}},
            {"heading": f"{second} predicted from {first}",
             "query": {"query": "regression", "target": second, "given": [first]}},
        ]
    return Plan.from_data({"title": title, "tiles": tiles}) if tiles else None


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


def example_table(name: str, rows: int = 3000) -> Table:
    """The invented table of an example: nobody's salary and nobody's marks, the same each time it is made."""
    example(name)
    at = np.arange(rows)

    def even(step: float) -> Any:
        """(rows,) numbers that fill 0 ... 1 evenly, in an order that looks like chance."""
        return (at * step) % 1

    if name == "students":
        pupil = at // 3
        school = (pupil * 0.7548776662466927 % 1 * 3).astype(int)
        marks = 35 + 4 * school + 25 * even(0.6180339887498949) + 30 * (pupil * 0.5698402909980532 % 1)
        return Table.of({
            "student": Column.of([f"S{i:04d}" for i in pupil], "code"),
            "school": Column.of([("North", "South", "East")[i] for i in school], "category"),
            "subject": Column.of([("Hindi", "Mathematics", "Science")[i % 3] for i in at], "category"),
            "marks": Column.of_numbers(np.rint(marks).clip(0, 100)),
        })
    years = np.floor(40 * even(0.8191725133961645) ** 1.5)
    woman = even(0.5698402909980532) < 0.45
    department = (even(0.7548776662466927) * 4).astype(int)
    salary = 28_000 + 1_900 * years + 4_000 * department - 5_000 * woman + 30_000 * even(0.6180339887498949)
    return Table.of({
        "staff_number": Column.of([f"E{i:05d}" for i in at], "code"),
        "department": Column.of([("Finance", "Health", "Roads", "Schools")[i] for i in department], "category"),
        "sex": Column.of([("Female" if w else "Male") for w in woman], "category"),
        "years": Column.of_numbers(years),
        "salary": Column.of_numbers(np.rint(salary / 100) * 100),
    })
