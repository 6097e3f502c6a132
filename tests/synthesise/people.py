"""Small tables whose patterns are known."""

from __future__ import annotations

import numpy as np

from core.protect.method import Run
from core.protect.secrets import Secrets
from core.table import Column, Table


def run(seed: int = 7, step: int = 1, **more: object) -> Run:
    return Run(Secrets("test", seed, {}), step, **more)  # type: ignore[arg-type]


def workers(rows: int = 600, seed: int = 1) -> Table:
    """Income follows education; a district lies in one state; a start is not after its end; codes begin with 0."""
    rng = np.random.default_rng(seed)
    state = rng.choice(["Sikkim", "Goa", "Kerala"], rows, p=[0.05, 0.35, 0.6])
    district = [f"{s[:2]}-{d}" for s, d in zip(state, rng.integers(1, 4, rows), strict=True)]
    school = rng.choice(["none", "school", "college"], rows, p=[0.3, 0.5, 0.2])
    base = np.select([school == "none", school == "school"], [8000, 15000], 40000)
    income = np.where(rng.random(rows) < 0.2, np.nan, np.rint(base * rng.lognormal(0, 0.2, rows)))
    start = rng.integers(15000, 18000, rows)
    end = start + rng.integers(0, 800, rows)
    day = [str(np.datetime64(int(d), "D")) for d in start]
    last = [str(np.datetime64(int(d), "D")) for d in end]
    age = rng.integers(18, 80, rows)
    return Table.of(
        {
            "name": Column.of([f"Person {i}" for i in range(rows)], "text"),
            "state": Column.of(list(state), "category"),
            "district": Column.of(district, "category"),
            "pin": Column.of([f"0{d[-1]}12" for d in district], "code"),
            "age": Column.of_numbers(age),
            "first_work": Column.of_numbers(age - rng.integers(0, 10, rows)),
            "school": Column.of(list(school), "category", {"none": "Never went"}),
            "income": Column.of_numbers(income),
            "start": Column.of(day, "date"),
            "end": Column.of(last, "date"),
        },
        {"name": "direct_identifier", "age": "quasi_identifier", "income": "sensitive"},
    )


def families(homes: int = 300, seed: int = 2) -> Table:
    """Households of one to five; a head is older than 24, children 20 years and more younger than the head."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(homes):
        village, weight = rng.choice(["north", "south"]), int(rng.integers(1, 9))
        head = int(rng.integers(40, 70))
        rows.append((number, village, weight, "head", head, rng.choice(["m", "f"])))
        if rng.random() < 0.7:
            rows.append((number, village, weight, "spouse", head - int(rng.integers(-3, 6)), rng.choice(["m", "f"])))
            rows += [
                (number, village, weight, "child", int(rng.integers(0, head - 20)), rng.choice(["m", "f"]))
                for _ in range(int(rng.integers(0, 4)))
            ]
    number, village, weight, relation, age, sex = zip(*rows, strict=True)
    return Table.of(
        {
            "hid": Column.of([f"{n:04d}" for n in number], "code"),
            "village": Column.of(list(village), "category"),
            "weight": Column.of_numbers(weight),
            "relation": Column.of(list(relation), "category"),
            "age": Column.of_numbers(age),
            "sex": Column.of(list(sex), "category"),
        },
        {"hid": "household", "weight": "weight"},
    )
