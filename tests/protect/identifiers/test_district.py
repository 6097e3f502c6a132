"""Addresses become districts: as a part that is kept, and as what is proposed."""

from __future__ import annotations

from core.detect import detect
from core.protect.defaults import suggest
from core.protect.identifiers.generalise_identifier import District, GeneraliseIdentifier
from core.protect.method import Run
from core.protect.secrets import Secrets
from core.table import Column, Table

ADDRESSES = [f"{n} MG Road, {city}" for n, city in enumerate(["Pune 411001", "Nashik 422001", "Lucknow 226001"] * 8, 1)]


def test_the_district_or_the_state_is_kept_and_the_rest_suppressed() -> None:
    table = Table.of({"a": Column.of([*ADDRESSES, "Somewhere 12", None, "*"])})
    run = Run(Secrets("test", 7, {}), 1)
    made = GeneraliseIdentifier(columns=("a",), keep=District()).apply(table, run)["a"].texts()
    assert made[:3] == ["Pune, Maharashtra", "Nashik, Maharashtra", "Lucknow, Uttar Pradesh"]
    assert made[-3:] == ["*", None, "*"]
    step = GeneraliseIdentifier(columns=("a",), keep=District(level="state"))
    assert set(step.apply(table, run)["a"].texts()) == {"Maharashtra", "Uttar Pradesh", "*", None}
    assert step.claims(table)[0].holds(step.apply(table, run)) and not step.claims(table)[0].holds(table)


def test_districts_are_proposed_where_no_other_column_says_where_people_live() -> None:
    table = Table.of({"address": Column.of(ADDRESSES), "age": Column.of([str(20 + n) for n in range(24)], "number")})
    steps = {name: s.step for s in suggest(table, detect(table)) for name in s.reasons}
    assert isinstance(steps["address"], GeneraliseIdentifier) and steps["address"].keep == District()
    beside = table.with_columns({"city": Column.of(["Pune", "Nashik", "Lucknow"] * 8)})
    steps = {name: s.step for s in suggest(beside, detect(beside)) for name in s.reasons}
    assert steps["address"].method == "remove"
