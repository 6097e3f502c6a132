"""What is odd about a table that was read: columns and values worth a second look, found without changing anything."""

from __future__ import annotations

import re

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from core.table.column import SUPPRESSED, Column
from core.table.conversion import day_number, fitting
from core.table.dates import read_date
from core.table.findings import Found, finding, refuse, rows_in_words
from core.table.limits import Limits
from core.table.names import folded
from core.table.numbers import canonical
from core.table.proposals import Proposal, shortened
from core.table.stored import matching, rows_with
from core.table.table import Table
from core.table.vocabulary import IDENTIFYING, words_of

EXCEL_ROWS = (1_048_576, 65_536)
EXCEL_CELL = 32_767
MARKUP = r"<\s*(script|img|iframe|svg|object|embed|a\s)[^>]*|javascript:"
UNSAFE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{202a}-\x{202e}\x{2066}-\x{2069}]|" + MARKUP
FORMULA = r"^[ \x{00a0}]*[=@]|^[+\-][^\d\s.,()+\-]|^[\t\r][=+\-@]|^[+\-][\d.]+[+\-*/(]|^[+\-]\S*\("
PHONE = re.compile(r"[+\-]?[\d\s().\-/x]+")
WEIGHT_WORDS = frozenset(
    [
        "weight",
        "weights",
        "wt",
        "wgt",
        "weighting",
        "multiplier",
        "mult",
        "pweight",
        "fweight",
        "samplingweight",
        "gewicht",
        "ponderacion",
    ]
)
NOT_WEIGHTS = frozenset(
    [
        "kg",
        "kgs",
        "lbs",
        "birth",
        "body",
        "net",
        "gross",
        "patient",
        "grams",
        "height",
        "baby",
        "child",
        "person",
        "student",
    ]
)

def look_over(table: Table, proposals: dict[str, Proposal], found: Found, limits: Limits, *, from_text: bool) -> None:
    """Notes everything about the values of a table that a person should know before relying on it."""
    _size(table, found, from_text)
    for name, column in table.columns.items():
        _emptiness(name, column, proposals[name], table.rows, found)
        _values(name, column, proposals[name], found, limits)
        _kinds(name, column, proposals[name], found)
        _weights(name, column, proposals[name], found)


def _size(table: Table, found: Found, from_text: bool) -> None:
    if table.rows < 3:
        few = "There is only one row" if table.rows == 1 else "There are only {rows} rows"
        found.add("TOO_FEW_ROWS", few + ": nobody can hide among the others.", rows=table.rows)
    elif table.rows < 10:
        found.findings.append(
            finding(
                "TOO_FEW_ROWS",
                "There are only {rows} rows: hardly anybody can hide among the others.",
                note=True,
                rows=table.rows,
            )
        )
    if from_text and any(table.rows in (limit, limit - 1) for limit in EXCEL_ROWS):
        found.add(
            "XLSX_ROW_LIMIT",
            "The file has {rows:,} rows, exactly as many as a worksheet can hold: the rest may have been "
            "cut off when it was saved.",
            rows=table.rows,
        )


def _emptiness(name: str, column: Column, proposal: Proposal, rows: int, found: Found) -> None:
    distinct = len(column.values)
    where = {"column": name}
    if distinct == 0:
        found.add("EMPTY_COLUMN", "The column “{column}” has no values.", where, column=name)
    elif distinct == 1 and rows >= 5 and not column.missing.any():
        found.add("CONSTANT_COLUMN", "The column “{column}” has the same value in every row.", where, column=name)
    elif distinct == rows and rows >= 5 and proposal.kind != "number":
        found.add("UNIQUE_COLUMN", "The column “{column}” has a different value in every row.", where, column=name)


def _values(name: str, column: Column, proposal: Proposal, found: Found, limits: Limits) -> None:
    if not len(column.values):
        return
    lengths = pc.utf8_length(column.values)
    longest = pc.max(lengths).as_py()
    if longest > EXCEL_CELL:
        rows = rows_with(column, pc.greater(lengths, EXCEL_CELL).to_numpy(zero_copy_only=False))
        where = {"column": name, "row": rows[0]}
        if longest > limits.cell_chars:
            raise refuse(
                "HUGE_CELL",
                "A cell of “{column}” in row {row} has {size:,} characters; the limit “cell_chars” is {limit:,}.",
                where,
                column=name,
                row=rows[0],
                size=longest,
                limit=limits.cell_chars,
            )
        found.add(
            "HUGE_CELL",
            "{count} cells of “{column}” are longer than a spreadsheet can hold: rows {rows}.",
            where,
            count=len(rows),
            column=name,
            rows=rows_in_words(rows),
        )
    for code, pattern, text in (
        ("UNSAFE_VALUES", UNSAFE, "{count} cells of “{column}” hold control characters or markup: rows {rows}."),
        (
            "FORMULA_TEXT",
            FORMULA,
            "{count} cells of “{column}” would run as a formula in a spreadsheet: rows {rows}. They stay text.",
        ),
    ):
        hit = matching(column.values, pattern)
        if code == "FORMULA_TEXT" and hit.any():
            hit &= np.array([not PHONE.fullmatch(v.strip()) for v in column.values.to_pylist()], bool)
        if hit.any():
            rows = rows_with(column, hit)
            found.add(
                code, text, {"column": name, "row": rows[0]}, count=len(rows), column=name, rows=rows_in_words(rows)
            )
    if proposal.kind in ("number", "date", "code", "category") and (hit := _foreign_digits(column.values)).any():
        rows = rows_with(column, hit)
        text = "{count} cells of “{column}” are written in other digits than 0-9: rows {rows}."
        found.add(
            "NON_ASCII_DIGITS",
            text,
            {"column": name, "row": rows[0]},
            count=len(rows),
            column=name,
            rows=rows_in_words(rows),
        )
    if proposal.kind in ("category", "text") and len(column.values) <= 5000:
        _lookalikes(name, column, found)


def _foreign_digits(values: pa.Array) -> np.ndarray:
    return matching(values, r"[०-९০-৯੦-੯૦-૯୦-୯௦-௯౦-౯೦-೯൦-൯٠-٩۰-۹０-９]")


def _lookalikes(name: str, column: Column, found: Found) -> None:
    groups: dict[str, list[int]] = {}
    for place, value in enumerate(column.values.to_pylist()):
        groups.setdefault(folded(value), []).append(place)
    alike = [p for g in groups.values() if len(g) > 1 for p in g]
    if alike:
        hit = np.zeros(len(column.values), bool)
        hit[alike] = True
        rows = rows_with(column, hit)
        found.add(
            "LOOKALIKE_VALUES",
            "{count} values of “{column}” differ only in capitals, spaces or look-alike letters.",
            {"column": name, "row": rows[0]},
            count=len(alike),
            column=name,
        )


def _kinds(name: str, column: Column, proposal: Proposal, found: Found) -> None:
    facts = {
        "column": name,
        "count": proposal.exceptions,
        "rows": rows_in_words(list(proposal.rows)),
        "total": len(column) - proposal.missing,
    }
    if proposal.markers:
        values = [v.strip() in proposal.markers for v in column.values.to_pylist()]
        rows = rows_with(column, np.array(values, bool))
        if rows:
            found.add(
                "MISSING_MARKERS",
                "{count} cells of “{column}” may stand for missing: rows {rows}. Say whether they do.",
                {"column": name, "row": rows[0]},
                column=name,
                count=len(rows),
                rows=rows_in_words(rows),
            )
    if proposal.kind == "number":
        _number_findings(name, column, proposal, found)
    _cut_digits(name, column, proposal, found)
    if proposal.form == "mixed":
        numbered = np.array([day_number(v) is not None for v in column.values.to_pylist()], bool)
        rows = rows_with(column, numbered)
        found.add(
            "MIXED_TYPES",
            "{count} cells of “{column}” are day numbers as spreadsheets count them, the others dates: rows {rows}. "
            "They are read as dates.",
            {"column": name, "row": rows[0]},
            count=len(rows),
            column=name,
            rows=rows_in_words(rows),
        )
    if proposal.form == "serial":
        found.add(
            "NUMBER_FORMAT",
            "“{column}” holds day numbers as spreadsheets count them. They are read as dates.",
            {"column": name},
            column=name,
        )
    if proposal.borrowed and proposal.kind == "date":
        found.add(
            "AMBIGUOUS_DATES",
            "The dates of “{column}” leave open what comes first. They are read like the other dates of the file, "
            "{order}.",
            {"column": name},
            column=name,
            order="the month first" if proposal.order == "mdy" else "the day first",
        )
    if proposal.short_years:
        found.add(
            "AMBIGUOUS_DATES",
            "The years of “{column}” have two digits. They are taken as the past: 45 is 1945.",
            {"column": name},
            column=name,
        )
    unmarked = _unmarked_exceptions(column, proposal)
    if proposal.kind == "date" and unmarked:
        invalid = [r for r in unmarked if _nonexistent(column, r)]
        if invalid:
            found.add(
                "INVALID_DATES",
                "{count} dates of “{column}” do not exist, or not in the order of the others: rows {rows}.",
                {"column": name, "row": invalid[0]},
                column=name,
                count=len(invalid),
                rows=rows_in_words(invalid),
            )
        unmarked = [r for r in unmarked if r not in invalid]
    if proposal.kind in ("number", "date") and unmarked:
        facts |= {
            "count": len(unmarked),
            "rows": rows_in_words(unmarked),
            "kinds": "numbers" if proposal.kind == "number" else "dates",
        }
        found.add(
            "TYPE_MISMATCH",
            "{count} of {total} cells of “{column}” are not {kinds}: rows {rows}.",
            {"column": name, "row": unmarked[0]},
            **facts,
        )
    elif proposal.kind in ("text", "category", "code"):
        _mixed(name, column, proposal, found)


def _cut_digits(name: str, column: Column, proposal: Proposal, found: Found) -> None:
    """Long numbers of which a spreadsheet kept only the first digits: nobody can read the rest back."""
    if not len(column.values) or not (proposal.kind == "code" or set(words_of(name)) & IDENTIFYING):
        return
    hit = shortened(column.values)
    if hit.any():
        rows = rows_with(column, hit)
        found.add(
            "NUMBER_FORMAT",
            "{count} cells of “{column}” were shortened by a spreadsheet (as 1.2E+11): rows {rows}. Their last digits "
            "are lost, and different people may look the same. Export the column as text.",
            {"column": name, "row": rows[0]},
            count=len(rows),
            column=name,
            rows=rows_in_words(rows),
        )


def _unmarked_exceptions(column: Column, proposal: Proposal) -> list[int]:
    if not proposal.exceptions:
        return []
    ok = fitting(column, proposal.kind, proposal.decimal, proposal.order, proposal.form)
    special = [
        v.strip() in proposal.markers or bool(NON_FINITE.fullmatch(v.strip())) for v in column.values.to_pylist()
    ]
    ok[:-1] |= np.array(special, bool)
    return (np.flatnonzero(~ok[column.codes]) + 1).tolist()


def _nonexistent(column: Column, row: int) -> bool:
    return read_date(column.values[int(column.codes[row - 1])].as_py()).looks


NON_FINITE = re.compile(r"[+-]?(inf|infinity|∞|1\.#inf|1\.#ind|1\.#qnan)", re.I)


def _number_findings(name: str, column: Column, proposal: Proposal, found: Found) -> None:
    infinite = matching(column.values, r"(?i)^\s*([+-]?(inf|infinity|∞|1\.#inf|1\.#ind|1\.#qnan)|nan)\s*$")
    if infinite.any():
        rows = rows_with(column, infinite)
        found.add(
            "NON_FINITE",
            "{count} cells of “{column}” are infinite or not a number: rows {rows}.",
            {"column": name, "row": rows[0]},
            column=name,
            count=len(rows),
            rows=rows_in_words(rows),
        )
    if proposal.styled and proposal.kind == "number" and "brackets" not in proposal.ambiguous:
        text = "The numbers of “{column}” are written with digit groups, a decimal comma, a currency or a percent sign."
        found.add("NUMBER_FORMAT", text, {"column": name}, column=name)


def _mixed(name: str, column: Column, proposal: Proposal, found: Found) -> None:
    if not len(column.values) or proposal.kind == "code" or set(words_of(name)) & IDENTIFYING:
        return
    counts = column.counts()
    number = canonical(column.values).is_valid().to_numpy(zero_copy_only=False)
    other = np.array(
        [v.strip() == SUPPRESSED or v.strip() in proposal.markers for v in column.values.to_pylist()], bool
    )
    share = counts[number].sum() / max(1, counts[~other].sum())
    if 0.05 <= share <= 0.95 and (~number & ~other).any():
        minority = number if share < 0.5 else ~number & ~other
        rows = rows_with(column, minority)
        found.add(
            "MIXED_TYPES",
            "The column “{column}” mixes numbers and text: rows {rows} differ from the others.",
            {"column": name, "row": rows[0]},
            column=name,
            rows=rows_in_words(rows),
        )


def _weights(name: str, column: Column, proposal: Proposal, found: Found) -> None:
    words = set(words_of(name))
    if proposal.kind != "number" or not words & WEIGHT_WORDS or words & NOT_WEIGHTS:
        return
    numbers = np.append(
        pl.Series("v", canonical(column.values, proposal.decimal), dtype=pl.String)
        .cast(pl.Float64, strict=False)
        .fill_null(float("nan"))
        .to_numpy(),
        np.nan,
    )[column.codes]
    bad = ~(numbers > 0)
    if bad.any():
        rows = (np.flatnonzero(bad) + 1).tolist()
        found.add(
            "BAD_WEIGHTS",
            "{count} weights in “{column}” are negative, zero or missing: rows {rows}.",
            {"column": name, "row": rows[0]},
            column=name,
            count=len(rows),
            rows=rows_in_words(rows),
        )
