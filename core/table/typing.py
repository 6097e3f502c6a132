"""Typing as a step of its own: columns of text read as the kinds a person chose, and whether a file still fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from core.problem import Problem
from core.table.answers import answer_for, decimal_answer, markers_of, without_markers
from core.table.column import KINDS, SUPPRESSED, Column, Kind
from core.table.conversion import converted, fitting, serial_date
from core.table.dates import ORDERS, Order, decide_order, read_compact
from core.table.findings import Finding, finding, rows_in_words
from core.table.numbers import decide_decimal
from core.table.proposals import Proposal, propose, propose_column
from core.table.table import Table

__all__ = ["Proposal", "expectation", "fits", "propose", "propose_column", "retype", "retype_column"]


def retype(as_text: Table, kinds: Mapping[str, Kind], answers: Mapping[str, str] | None = None) -> Table:
    """The table with each column read as the kind chosen: canonical numbers, ISO dates, other texts untouched.

    Columns without an entry get the kind proposed. Cells that do not fit their kind stop it with a Problem naming the
    column and the rows, unless an answer says what becomes of them: `unfit` (or `unfit:COLUMN`) = `missing` or `keep`.
    Other answers used: `missing`, `decimal`, `date_order`, each also for one column.
    """
    answers = dict(answers or {})
    as_text.require(kinds)
    proposals = propose(as_text, answers)
    new = {}
    for name, column in as_text.columns.items():
        kind = kinds.get(name, proposals[name].kind)
        if kind not in KINDS:
            raise Problem(
                "“{kind}” is no kind of column.",
                "Choose number, category, date, text or code.",
                column=name,
                kind=str(kind)[:30],
            )
        new[name] = retype_column(name, column, kind, answers, proposals[name])
    return Table(new, as_text.roles, as_text.row_ids)


def retype_column(name: str, column: Column, kind: Kind, answers: Mapping[str, str], proposal: Proposal) -> Column:
    """One column of text as `kind`; see `retype`."""
    column = without_markers(column, markers_of(answers, name))
    if kind in ("category", "text", "code"):
        return column.with_kind(kind)
    decimal, order, form = _reading(name, column, kind, answers, proposal)
    new = converted(column.values, kind, decimal, order, form)
    fits = fitting(column, kind, decimal, order, form)
    bad = np.flatnonzero(~fits[column.codes])
    told = answer_for(answers, "unfit", name)
    if len(bad) and told not in ("missing", "keep"):
        raise Problem(
            "{count} cells of “{column_name}” are not {kinds}: rows {rows}.",
            "Choose another kind for the column, or say that these cells count as missing.",
            column=name,
            column_name=name,
            count=len(bad),
            kinds="numbers" if kind == "number" else "dates",
            rows=rows_in_words((bad + 1).tolist()),
        )
    kept = SUPPRESSED if told != "keep" else None
    texts = (
        [
            n if n is not None else (v if kept is None or v == kept else None)
            for n, v in zip(new.to_pylist(), column.values.to_pylist(), strict=True)
        ]
        if new.null_count
        else None
    )
    done = column.recode_to(new if texts is None else pa.array(texts, pa.string()), kind)
    return Column(done.codes, done.values, kind, column.labels, column.description)


def _reading(
    name: str, column: Column, kind: Kind, answers: Mapping[str, str], proposal: Proposal
) -> tuple[str, Order, str]:
    """Decimal sign, order of dates and form of dates for one column; a Problem where only a person knows."""
    if kind == proposal.kind:
        if proposal.ambiguous:
            key = proposal.ambiguous[0]
            raise Problem(
                "“{column_name}” can be read in two ways.",
                "Answer “{key}” first.",
                column=name,
                column_name=name,
                key=key,
            )
        return proposal.decimal, proposal.order, proposal.form
    values, counts = column.values.to_pylist(), column.counts().tolist()
    if kind == "number":
        return decimal_answer(answers, name) or decide_decimal(values).sign, "ymd", "text"
    told = answer_for(answers, "date_order", name)
    order = told if told in ORDERS else decide_order(values, counts).order
    for compact in ("ymd", order):
        if all(read_compact(v, compact).looks for v in values):
            return ".", compact, "compact"
    serial = sum(serial_date(v) is not None for v in values) * 2 > len(values)
    return ".", order, "serial" if serial else "text"


def fits(table: Table, expected: Mapping[str, Mapping[str, Any]]) -> tuple[Finding, ...]:
    """How a table no longer fits what a recipe was made for; empty if it does. New categories are notes.

    expected  column -> {"kind": ..., "categories": [...]} as `expectation` makes it; both entries may be left out
    """
    found = []
    for name, about in expected.items():
        if name not in table.columns:
            found.append(finding("TYPE_MISMATCH", "The column “{column}” is missing.", {"column": name}, column=name))
            continue
        column = table[name]
        kind = about.get("kind")
        if kind and column.kind != kind:
            found.append(
                finding(
                    "TYPE_MISMATCH",
                    "The column “{column}” is {now} and was {before}.",
                    {"column": name},
                    column=name,
                    now=column.kind,
                    before=kind,
                )
            )
        known = about.get("categories")
        if known is not None:
            new = {v for v in column.values.to_pylist() if v not in set(known) and v != SUPPRESSED}
            if new:
                rows = np.flatnonzero(
                    np.isin(column.codes, [i for i, v in enumerate(column.values.to_pylist()) if v in new])
                )
                found.append(
                    finding(
                        "TYPE_MISMATCH",
                        "The column “{column}” has one category it did not have before: rows {rows}."
                        if len(new) == 1
                        else "The column “{column}” has {count} categories it did not have before: rows {rows}.",
                        {"column": name, "row": int(rows[0]) + 1},
                        note=True,
                        column=name,
                        count=len(new),
                        rows=rows_in_words((rows + 1).tolist()),
                    )
                )
    for name in table.columns:
        if name not in expected:
            found.append(finding("TYPE_MISMATCH", "The column “{column}” is new.", {"column": name}, column=name))
    return tuple(found)


def expectation(table: Table, most: int = 200, at_least: int = 1) -> dict[str, dict[str, Any]]:
    """What `fits` compares later files with: each column's kind, and its categories where there are few.

    most      categories a column may have for them to be listed
    at_least  rows in which a category must stand to be listed
    """
    found: dict[str, dict[str, Any]] = {}
    for name, column in table.columns.items():
        found[name] = {"kind": column.kind}
        if column.kind == "category" and len(column.values) <= most:
            often = (column.counts() >= at_least).tolist()
            listed = [v for v, on in zip(column.values.to_pylist(), often, strict=True) if on]
            found[name]["categories"] = sorted(listed)
    return found
