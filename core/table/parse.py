"""One file, read: which reader takes it, then names, typing and a second look. Runs inside the child only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from core.table.answers import BRACKETED, brackets_answer, markers_of, without_brackets, without_markers
from core.table.column import Column
from core.table.content import kind_of
from core.table.findings import Choice, Question, refuse, rows_in_words
from core.table.names import clean_names
from core.table.numbers import canonical, unit_of
from core.table.proposals import Proposal, propose
from core.table.quality import look_over
from core.table.raw import Job, Native, Raw
from core.table.stored import errors_to_missing, mixed_storage, rounded_numbers, without_nul
from core.table.table import Table
from core.table.totals import ask_about_totals, total_rows
from core.table.typing import retype_column

COLUMN_ANSWERS = frozenset({"missing", "decimal", "date_order", "unfit", "units", "brackets"})
"""Answers about cells; each can be given for one column (`missing:age`)."""


ARCHIVES = 3
"""How deep archives may lie inside each other."""


@dataclass(frozen=True)
class Parsed:
    """Everything one reading found out; `labels` and `descriptions` by column name."""

    as_text: Table
    table: Table
    proposals: Mapping[str, Proposal]
    answers: Mapping[str, str]
    descriptions: Mapping[str, str]
    sheet: str | None


def read_raw(job: Job, depth: int = 0) -> tuple[Raw, bool]:
    """The file's cells through the reader that fits its content, and whether it was a text file."""
    kind = kind_of(job.path)
    if kind == "text":
        from core.table.delimited import read_delimited

        with open(job.path, "rb") as file:
            return read_delimited(file.read(), job), True
    if kind == "json":
        from core.table.nested import read_json

        return read_json(job), False
    if kind in ("xlsx", "xlsb", "xls", "ods", "encrypted"):
        from core.table.workbook import read_workbook

        return read_workbook(kind, job), False
    if kind in ("parquet", "arrow"):
        from core.table.columnar import read_columnar

        return read_columnar(kind, job), False
    if kind in ("sav", "por", "dta", "sas", "xpt"):
        from core.table.statistical import read_statistical

        return read_statistical(kind, job), False
    if kind == "sqlite":
        from core.table.database_rows import read_sqlite

        return read_sqlite(job), False
    from core.table.archive import unpacked

    if depth == ARCHIVES:
        raise refuse("DECOMPRESSION_BOMB", "Archives lie inside each other more than {count} deep.", count=ARCHIVES)
    with unpacked(kind, job) as path:
        inner = Job(path, job.answers, job.limits, job.found, job.password, job.used, job.progress)
        return read_raw(inner, depth + 1)


def parse(job: Job) -> Parsed:
    """The table in a file, with its columns named, typed and looked over. May raise Stop."""
    raw, from_text = read_raw(job)
    return finish(raw, job, from_text)


def finish(raw: Raw, job: Job, from_text: bool) -> Parsed:
    """Names, missing markers, proposals and findings for a table of text."""
    raw = _without_edges(raw, job)
    if len(raw.columns) > job.limits.columns:
        raise refuse(
            "TOO_MANY_COLUMNS",
            "There are {count:,} columns; the limit “columns” is {limit:,}.",
            count=len(raw.columns),
            limit=job.limits.columns,
        )
    names = clean_names(raw.names, job.found, job.limits)
    table = Table.of(dict(zip(names, raw.columns, strict=True)))
    job.progress(0.65, "Looking at the columns")
    table = without_nul(table, job.found)
    table = errors_to_missing(table, job.found)
    table = table.with_columns(
        {n: c for n in names if (c := without_markers(table[n], markers_of(job.answers, n))) is not table[n]}
    )
    table = table.with_columns(
        {n: without_brackets(table[n]) for n in names if brackets_answer(job.answers, n, table[n]) == "plain"}
    )
    native: dict[str, Native] = {names[p]: kind for p, kind in raw.native.items()}
    declared = {names[p]: v for p, v in raw.user_missing.items()}
    labels = {names[p]: v for p, v in raw.labels.items()}
    told = {names[p]: " ".join(d.split()) for p, d in raw.descriptions.items()}
    descriptions = {n: d for n, d in told.items() if d and d != n}
    table = _labelled(table, labels, descriptions)
    proposals = propose(table, job.answers, native, declared, continental=raw.delimiter == ";")
    if totals := total_rows(table, proposals):
        table = ask_about_totals(table, totals, job.answer("totals"), job.found)
        if job.answers.get("totals") == "drop":
            proposals = propose(table, job.answers, native, declared, continental=raw.delimiter == ";")
    job.progress(0.8, "Looking for what is odd")
    look_over(table, proposals, job.found, job.limits, from_text=from_text)
    mixed_storage(proposals, native, job.found)
    if raw.sheet is not None:
        rounded_numbers(table, [n for n, kind in native.items() if kind == "number"], job.found)
    _ask_about_columns(table, proposals, job)
    typed, used = _typed(table, proposals, job.answers)
    job.progress(0.95, "Handing over")
    job.used.update(
        {k: v for k, v in job.answers.items() if k.split(":")[0] in COLUMN_ANSWERS}
    )
    return Parsed(
        _labelled(table, labels, descriptions),
        _labelled(typed, labels, descriptions),
        proposals,
        {**used, **job.used},
        descriptions,
        raw.sheet,
    )


def _labelled(table: Table, labels: Mapping[str, Mapping[str, str]], descriptions: Mapping[str, str]) -> Table:
    from dataclasses import replace

    return table.with_columns({
        n: replace(table[n], labels=dict(labels.get(n, {})), description=descriptions.get(n, ""))
        for n in {**labels, **descriptions}
    })


def _without_edges(raw: Raw, job: Job) -> Raw:
    """Unnamed columns without a value at the right edge (a delimiter at the end of each line) are no columns."""
    keep = len(raw.names)
    while keep > 1 and not raw.names[keep - 1].strip() and not len(raw.columns[keep - 1].values):
        keep -= 1
    first = 0
    while (
        raw.delimiter == "|"
        and first < keep - 1
        and not raw.names[first].strip()
        and not len(raw.columns[first].values)
    ):
        first += 1
    if keep - first == len(raw.names):
        return raw
    job.found.add(
        "EMPTY_COLUMN",
        "{count} columns at the edge have neither name nor values. They were left out.",
        count=len(raw.names) - keep + first,
    )
    raw.names, raw.columns = raw.names[first:keep], raw.columns[first:keep]
    return raw


def _ask_about_columns(table: Table, proposals: Mapping[str, Proposal], job: Job) -> None:
    """Questions that only a person can answer about cells: order of dates, decimal sign, missing markers."""
    dates = [n for n, p in proposals.items() if "date_order" in p.ambiguous]
    for name in dates:
        job.found.add(
            "AMBIGUOUS_DATES",
            "The dates of “{column}” can be read day first or month first.",
            {"column": name},
            column=name,
        )
    if dates:
        rows = _examples(table, dates[0])
        job.found.ask(
            Question(
                "date_order",
                "Which comes first in these dates, the day or the month?",
                (
                    Choice("dmy", "The day (31/12/2024)", _as_read(table, dates[0], rows, "date", "dmy")),
                    Choice("mdy", "The month (12/31/2024)", _as_read(table, dates[0], rows, "date", "mdy")),
                ),
            )
        )
    signs = [n for n, p in proposals.items() if "decimal" in p.ambiguous]
    for name in signs:
        job.found.add(
            "NUMBER_FORMAT",
            "In “{column}”, 1,234 (or 1.234) may be one thousand or one and a bit.",
            {"column": name},
            column=name,
        )
    if signs:
        rows = _examples(table, signs[0])
        job.found.ask(
            Question(
                "decimal",
                "Which sign is the decimal one in these numbers?",
                (
                    Choice(
                        ".",
                        "The point: 1.5 is one and a half, 1,234 is one thousand and more",
                        _as_read(table, signs[0], rows, "number", "."),
                    ),
                    Choice(
                        ",",
                        "The comma: 1,5 is one and a half, 1.234 is one thousand and more",
                        _as_read(table, signs[0], rows, "number", ","),
                    ),
                ),
            )
        )
    _ask_about_units(table, proposals, job)
    _ask_about_brackets(table, proposals, job)
    for name, proposal in proposals.items():
        if proposal.markers:
            listed = ",".join(proposal.markers)
            job.found.ask(
                Question(
                    f"missing:{name}",
                    f"Do these values of “{name}” mean that the value is missing?",
                    (Choice(listed, "Yes, they stand for missing"), Choice("none", "No, they are values")),
                    default="none",
                )
            )


def _ask_about_units(table: Table, proposals: Mapping[str, Proposal], job: Job) -> None:
    """Two currencies, or a percent sign on some of the numbers only: 5% and 0.05 may be the same, $5 and €5 are not."""
    for name in (n for n, p in proposals.items() if "units" in p.ambiguous):
        column = table[name]
        signs = [unit_of(v) for v in column.values.to_pylist()]
        row = int(np.flatnonzero(np.append([s != signs[0] for s in signs], False)[column.codes])[0]) + 1
        job.found.add(
            "NUMBER_FORMAT",
            "The numbers of “{column}” have different signs (percent, currencies): row {row} differs from the first.",
            {"column": name, "row": row},
            column=name,
            row=row,
        )
        job.found.ask(
            Question(
                f"units:{name}",
                f"Some numbers of “{name}” have another sign (percent, currency) than others. How are they read?",
                (
                    Choice("text", "As text: nothing is lost", _as_written(column)),
                    Choice(
                        "same",
                        "As numbers: the signs are left out",
                        _as_read(table, name, _examples(table, name), "number", proposals[name].decimal),
                    ),
                ),
            )
        )


def _ask_about_brackets(table: Table, proposals: Mapping[str, Proposal], job: Job) -> None:
    """(58.1): bookkeepers mean -58.1; tables of statistics mean 58.1, from few cases. Nothing in the file decides."""
    names = [n for n, p in proposals.items() if "brackets" in p.ambiguous]
    examples = {}
    for name in names:
        column = table[name]
        hit = pl.Series("v", column.values, dtype=pl.String).str.contains(BRACKETED).to_numpy()
        rows = np.flatnonzero(np.append(hit, False)[column.codes])
        examples[name] = column.take(rows[:4])
        job.found.add(
            "NUMBER_FORMAT",
            "{count} numbers of “{column}” stand in brackets: rows {rows}. They may be below zero, or marked.",
            {"column": name, "row": int(rows[0]) + 1},
            column=name,
            count=len(rows),
            rows=rows_in_words((rows + 1).tolist()),
        )
    if names:
        name, first = next(iter(examples.items()))
        decimal = proposals[name].decimal
        where = f"of “{name}”" if len(names) == 1 else f"of {len(names)} columns"
        bare = without_brackets(first)
        job.found.ask(
            Question(
                f"brackets:{name}" if len(names) == 1 else "brackets",
                f"Some numbers {where} stand in brackets. What do the brackets mean?",
                (
                    Choice("negative", "Below zero, as bookkeepers write", _shown(name, first, first, decimal)),
                    Choice(
                        "plain", "The number itself, marked (from few cases, say)", _shown(name, first, bare, decimal)
                    ),
                    Choice("text", "Keep them as text: nothing is lost", _as_written(table[name])),
                ),
            )
        )


def _shown(name: str, written: Column, read: Column, decimal: str) -> tuple[tuple[str, ...], ...]:
    """A column's first cells as written, and as a way of reading them gives them."""
    new = read.recode_to(canonical(read.values, decimal)).texts()
    return ((name, ""), *(((a or "")[:60], b or "") for a, b in zip(written.texts(), new, strict=True)))


def _as_written(column: Column) -> tuple[tuple[str, ...], ...]:
    return tuple((column.values[int(c)].as_py()[:60],) for c in column.codes[~column.missing][:4])


def _examples(table: Table, name: str) -> list[int]:
    return np.flatnonzero(~table[name].missing)[:4].tolist()


def _as_read(table: Table, name: str, rows: list[int], kind: str, how: str) -> tuple[tuple[str, ...], ...]:
    from core.table.conversion import converted

    column = table[name].take(np.array(rows))
    new = converted(column.values, kind, how, how) if kind == "number" else converted(column.values, "date", ".", how)  # type: ignore[arg-type]
    shown = new.to_pylist()
    return ((name, ""), *((column.values[int(c)].as_py()[:60], shown[int(c)] or "") for c in column.codes))


def _typed(table: Table, proposals: Mapping[str, Proposal], answers: Mapping[str, str]) -> tuple[Table, dict[str, str]]:
    """The table with the proposed kinds applied; cells that do not fit are kept as they are, and the answers say so."""
    new, used = {}, {}
    for name, column in table.columns.items():
        proposal = proposals[name]
        if proposal.ambiguous:
            new[name] = column
            continue
        told = dict(answers)
        if proposal.exceptions and f"unfit:{name}" not in told and "unfit" not in told:
            told[f"unfit:{name}"] = used[f"unfit:{name}"] = "keep"
        if proposal.kind == "number" and proposal.styled:
            used[f"decimal:{name}"] = proposal.decimal
        if proposal.kind == "date" and proposal.form in ("open", "mixed"):
            used[f"date_order:{name}"] = proposal.order
        new[name] = retype_column(name, column, proposal.kind, told, proposal)
    return Table(new, {}, table.row_ids), used
