"""What a column of text is proposed to be: a kind, the reason, and the cells that do not fit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from core.language import translate
from core.problem import Problem
from core.table.answers import answer_for, brackets_answer, decimal_answer, markers_of, without_markers
from core.table.column import SUPPRESSED, Column, Kind
from core.table.conversion import DAY_NUMBERS, converted, day_number, fitting
from core.table.dates import ORDERS, Dating, Order, decide_order, read_compact, read_date
from core.table.numbers import canonical, decide_decimal, mixed_units, read_number
from core.table.raw import Native
from core.table.sentinels import coded_missing, placeholders, sentinels
from core.table.table import Table
from core.table.vocabulary import DATE_WORDS, IDENTIFYING, MARKERS, QUANTITY, SAYS_SOMETHING, words_of

FEW = 12
"""Distinct whole numbers up to which a column is taken for coded answers rather than a quantity."""

ENOUGH = 0.9
"""Share of the cells that must fit for a kind to be proposed."""


@dataclass(frozen=True)
class Proposal:
    """What a column is proposed to be.

    kind        the kind proposed, and `reason` why (a sentence with counts, no values)
    exceptions  how many cells do not fit it; `rows` numbers (from 1) of the first 20 of them
    example     number (from 1) of a row that fits
    markers     texts found that may stand for missing, with how often each occurs (not applied by themselves)
    decimal     for numbers: "." or ","
    order       for dates: "ymd", "dmy" or "mdy"; form: "text", "open" (the order matters), "compact",
                "serial" (Excel's day numbers) or "mixed" (dates and day numbers)
    ambiguous   the answers that are needed before the kind can be applied: {"decimal", "date_order", "units",
                "brackets"}
    borrowed    whether the file's other columns decided what this one leaves open
    coded       for a category: its values are whole numbers that stand for answers
    missing     how many cells are missing
    """

    kind: Kind
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    exceptions: int = 0
    rows: tuple[int, ...] = ()
    example: int | None = None
    markers: Mapping[str, int] = field(default_factory=dict)
    decimal: str = "."
    order: Order = "ymd"
    form: str = "text"
    ambiguous: tuple[str, ...] = ()
    styled: bool = False
    short_years: bool = False
    borrowed: bool = False
    missing: int = 0
    coded: bool = False

    @property
    def reason(self) -> str:
        return translate(self.text, **self.facts)


@dataclass(frozen=True)
class Hints:
    """What the file tells about each column: decimal sign and order of dates elsewhere; semicolons in between."""

    decimal: str | None = None
    order: Order | None = None
    continental: bool = False


NO_HINTS = Hints()


def propose(
    table: Table,
    answers: Mapping[str, str] | None = None,
    native: Mapping[str, Native] | None = None,
    user_missing: Mapping[str, Sequence[str]] | None = None,
    *,
    continental: bool = False,
) -> dict[str, Proposal]:
    """A kind for every column of text, from its values, its name and what the file's format says.

    Columns that leave the decimal sign or the order of dates open follow the columns that do not.
    """
    answers, native, user_missing = answers or {}, native or {}, user_missing or {}

    def one(name: str, hints: Hints) -> Proposal:
        column = table[name]
        return propose_column(
            name, column, answers, hints, native.get(name), user_missing.get(name, ()), tuple(column.labels)
        )

    first = {n: one(n, Hints(continental=continental)) for n in table.columns}
    clear = [p for p in first.values() if not p.ambiguous]
    orders = {p.order for p in clear if p.kind == "date" and p.form in ("open", "mixed")}
    signs = {p.decimal for p in clear if p.kind == "number" and p.styled and p.decimal == ","}
    hints = Hints("," if signs else None, next(iter(orders)) if len(orders) == 1 else None, continental)
    if hints.decimal is None and hints.order is None:
        return first
    return {n: replace(one(n, hints), borrowed=True) if p.ambiguous else p for n, p in first.items()}


def propose_column(
    name: str,
    column: Column,
    answers: Mapping[str, str] | None = None,
    hints: Hints = Hints(),
    native: Native | None = None,
    user_missing: Sequence[str] = (),
    labelled: Collection[str] = (),
) -> Proposal:
    """What one column of text is, and how sure that is."""
    answers = answers or {}
    column = without_markers(column, markers_of(answers, name))
    missing = int(column.missing.sum())
    if not len(column.values):
        return Proposal("text", "There is no value in the column.", missing=missing)
    special = _special(column.values, user_missing)
    counts = column.counts()
    marked = column.values.filter(pa.array(special)).to_pylist() if special.any() else []
    markers = {v.strip(): int(c) for v, c in zip(marked, counts[special], strict=True) if v.strip() != SUPPRESSED}
    core = Core(column.values.filter(pa.array(~special)) if special.any() else column.values, counts[~special])
    if not len(core.values):
        return Proposal(
            "text",
            "There is no value but {count} markers of missing ones.",
            {"count": sum(markers.values())},
            markers=markers,
            missing=missing,
        )
    words = set(words_of(name))
    found = (
        _as_date(name, words, core, answers, hints, native)
        or _as_number(name, words, core, answers, hints, native)
        or _as_words(words, core)
    )
    if labelled and found.kind == "number" and _labels_cover(core, labelled):
        found = Proposal(
            "category", "The file has a label for each of the {count} values.", {"count": len(core.values)}
        )
    if found.kind == "number":
        markers |= sentinels(column, found.decimal, markers)
    elif found.coded:
        markers |= coded_missing(column, markers)
    elif found.kind == "date":
        iso = converted(column.values, "date", found.decimal, found.order, found.form)
        markers |= placeholders(column, iso.to_pylist())
    if found.kind in ("text", "category", "code"):
        markers = {m: c for m, c in markers.items() if m in user_missing or m.lower() not in SAYS_SOMETHING}
    return _with_exceptions(found, column, markers, missing)


class Core:
    """A column's distinct values without markers, with the rows of each; as a list only where it must be."""

    def __init__(self, values: pa.StringArray, counts: npt.NDArray[np.int64]) -> None:
        self.values, self.counts = values, counts
        self.series = pl.Series("v", values, dtype=pl.String)
        self.total = int(counts.sum())

    @cached_property
    def texts(self) -> list[str]:
        return self.values.to_pylist()

    def sample(self, most: int) -> list[str]:
        """Values spread over the whole column."""
        return self.series.gather_every(len(self.series) // most + 1).to_list()


def _special(values: pa.StringArray, user_missing: Sequence[str]) -> npt.NDArray[np.bool_]:
    """(values,) markers of missing values and suppressed cells."""
    plain = pl.Series("v", values, dtype=pl.String).str.strip_chars()
    found = plain.str.to_lowercase().is_in(list(MARKERS)) | (plain == SUPPRESSED)
    if user_missing:
        found |= plain.is_in(list(user_missing))
    return found.to_numpy()


def _labels_cover(core: Core, labelled: Collection[str]) -> bool:
    return bool(core.series.is_in(list(labelled)).all())


def _with_exceptions(found: Proposal, column: Column, markers: Mapping[str, int], missing: int) -> Proposal:
    fits = fitting(column, found.kind, found.decimal, found.order, found.form)
    bad = ~fits[column.codes] & ~column.missing
    rows = np.flatnonzero(bad)
    good = np.flatnonzero(fits[column.codes] & ~column.missing)
    plain = {
        k: v for k, v in found.__dict__.items() if k not in ("exceptions", "rows", "example", "markers", "missing")
    }
    return Proposal(
        **plain,
        exceptions=len(rows),
        rows=tuple((rows[:20] + 1).tolist()),
        example=int(good[0]) + 1 if len(good) else None,
        markers=dict(markers),
        missing=missing,
    )


def _as_date(
    name: str, words: set[str], core: Core, answers: Mapping[str, str], hints: Hints, native: Native | None
) -> Proposal | None:
    told = answer_for(answers, "date_order", name)
    if told is not None and told not in ORDERS:
        raise Problem("“{told}” is no order of dates.", "Answer dmy, mdy or ymd.", told=told[:20])
    sample = core.sample(300)
    if sum(read_date(v).looks for v in sample) >= 0.5 * len(sample):
        dating = decide_order(core.texts, core.counts.tolist(), told or hints.order)
        if dating.looks >= ENOUGH and dating.share >= 0.5:
            return _dated(dating, told)
        if dating.share >= 0.3 and (mixed := _beside_day_numbers(core, dating, told)):
            return mixed
    order = max(_in_order(told or hints.order), key=lambda o: sum(read_compact(v, o).iso is not None for v in sample))
    if sum(read_compact(v, order).iso is not None for v in sample) < ENOUGH * len(sample):
        return _as_serial(words, core) if native in (None, "text", "number", "mixed") else None
    return _as_compact(words, core, order, told or hints.order)


def _in_order(hint: Order | None) -> list[Order]:
    """Year first, then what is told or what other columns show, then the rest."""
    return sorted(ORDERS, key=lambda o: (o != "ymd", o != hint))


def _as_compact(words: set[str], core: Core, order: Order, hint: Order | None) -> Proposal | None:
    """Eight digits that are a date each; the name must say so, or the column be long and without exception."""
    reads = {o: [read_compact(v, o).iso for v in core.texts] for o in ORDERS}
    shares = {o: sum(n for iso, n in zip(r, core.counts, strict=True) if iso) / core.total for o, r in reads.items()}
    names_something = bool(words & IDENTIFYING) or words_last(words)
    few = shares[order] < 1 or len(core.texts) < 20 or names_something
    if shares[order] < ENOUGH or (few and not words & DATE_WORDS):
        return None
    if order == "ymd":
        return Proposal("date", "The values are dates written as year, month, day without separators.", form="compact")
    open_ = shares["dmy"] == shares["mdy"] and reads["dmy"] != reads["mdy"] and hint is None
    name = {"dmy": "day first", "mdy": "month first"}[order]
    text = "The values are dates without separators, {name}"
    text += " (nothing in the column decides between day and month first)." if open_ else "."
    return Proposal(
        "date", text, {"name": name}, order=order, form="compact", ambiguous=("date_order",) if open_ else ()
    )


def _dated(dating: Dating, told: str | None) -> Proposal:
    order: Order = told or dating.order  # type: ignore[assignment]
    name = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}[order]
    text = "{share} in 100 values are dates, {name}"
    text += " (nothing in the column decides between day and month first)" if dating.ambiguous else ""
    text += "; two-digit years are taken as the past" if dating.short_years else ""
    return Proposal(
        "date",
        text + ".",
        {"share": round(100 * dating.share), "name": name},
        order=order,
        form="open" if dating.open else "text",
        short_years=dating.short_years,
        ambiguous=("date_order",) if dating.ambiguous and told is None else (),
    )


def _beside_day_numbers(core: Core, dating: Dating, told: str | None) -> Proposal | None:
    """Dates of which a spreadsheet turned some into day numbers (it took 12/03 for a date and left 25/03 a text).

    Only where the day numbers lie among the dates, give or take as many years as the dates span.
    """
    order: Order = told or dating.order  # type: ignore[assignment]
    dates = [read_date(v, order).iso for v in core.texts]
    days = [None if iso else day_number(v) for v, iso in zip(core.texts, dates, strict=True)]
    years = sorted(int(iso[:4]) for iso in dates if iso)
    counted = sum(int(n) for n, day in zip(core.counts, days, strict=True) if day)
    if not years or not counted or counted + dating.share * core.total < ENOUGH * core.total:
        return None
    slack = max(2, years[-1] - years[0])
    if not all(years[0] - slack <= int(day[:4]) <= years[-1] + slack for day in days if day):
        return None
    found = _dated(dating, told)
    text = found.text.removesuffix(".") + "; {days} cells are the day numbers that a spreadsheet makes of dates."
    return replace(found, text=text, facts={**found.facts, "days": counted}, form="mixed")


def _as_serial(words: set[str], core: Core) -> Proposal | None:
    """Excel's day numbers, where the name says that it is a date."""
    if not words & (DATE_WORDS - {"on", "at", "day", "visit"}):
        return None
    numbers = core.series.cast(pl.Float64, strict=False)
    inside = ((numbers >= DAY_NUMBERS[0]) & (numbers < DAY_NUMBERS[1])).fill_null(False).to_numpy()
    if core.counts[inside].sum() < ENOUGH * core.total:
        return None
    return Proposal("date", "The name says date and the values are Excel's day numbers.", form="serial")


def _as_number(
    name: str, words: set[str], core: Core, answers: Mapping[str, str], hints: Hints, native: Native | None
) -> Proposal | None:
    told = decimal_answer(answers, name)
    if answer_for(answers, "units", name) == "text":
        return Proposal("text", "The numbers have different signs (percent, currencies); you kept them as text.")
    brackets = brackets_answer(answers, name, Column(np.empty(0, np.int32), core.values))
    if brackets == "text":
        return Proposal("text", "Some numbers stand in brackets; you kept them as text.")
    sample = core.sample(5_000)
    typed = native == "number"  # the format itself says so, whatever stands beside the numbers (infinity)
    first = sample[:400]
    if not typed and max(sum(read_number(v, sign) is not None for v in first) for sign in ".,") < 0.5 * len(first):
        return None
    decimals = decide_decimal(sample, told or hints.decimal, hints.continental)
    sign = told or decimals.sign
    read = pl.Series("v", canonical(core.values, sign), dtype=pl.String)
    fits = read.is_not_null().to_numpy()
    share = core.counts[fits].sum() / core.total
    if (share < ENOUGH and not typed) or not share:
        return None
    code = _shortened(words, core) or _as_code(name, words, core)
    if code is not None:
        return code
    facts = {"share": round(100 * share), "distinct": len(core.values)}
    if _coded_answers(words, read.drop_nulls(), core.total):
        return Proposal(
            "category", "There are only {distinct} different whole numbers: coded answers, not a quantity.", facts,
            coded=True,
        )  # fmt: skip
    text = "{share} in 100 values are numbers"
    text += ", with a decimal comma" if sign == "," and decimals.styled else ""
    questions = _open_questions(decimals.ambiguous and told is None, core, answer_for(answers, "units", name))
    if brackets is None:
        questions += ("brackets",)
    return Proposal("number", text + ".", facts, decimal=sign, styled=decimals.styled, ambiguous=questions)


def _open_questions(decimal: bool, core: Core, units: str | None) -> tuple[str, ...]:
    """What only a person knows of a column of numbers: the decimal sign, and whether different signs mean the same."""
    signed = core.series.str.contains(r"[%₹$€£¥A-Za-z]")
    plain = [] if bool(signed.all()) else [""]
    mixed = units != "same" and bool(signed.any()) and mixed_units([*core.series.filter(signed).to_list(), *plain])
    return (("decimal",) if decimal else ()) + (("units",) if mixed else ())


SHORTENED = r"^[1-9]([.,]\d{1,9})?E\+\d{2}$"
"""9.87654E+11: how a spreadsheet shows a long number, and what is left of it in a file saved from there."""


def shortened(values: pa.StringArray) -> npt.NDArray[np.bool_]:
    """(values,) long numbers that a spreadsheet cut to a few digits and an exponent."""
    return pl.Series("v", values, dtype=pl.String).str.contains(SHORTENED).to_numpy()


def _shortened(words: set[str], core: Core) -> Proposal | None:
    """Numbers to identify by, of which a spreadsheet left only the first digits."""
    share = core.counts[shortened(core.values)].sum() / core.total
    if share < 0.5 or not (words & IDENTIFYING or words_last(words)):
        return None
    return Proposal("code", "The name says that it identifies something, but a spreadsheet cut off its last digits.")


def _as_code(name: str, words: set[str], core: Core) -> Proposal | None:
    """Digits that are no quantity: leading zeros, long numbers of one length, or a name that says so."""
    plain = core.series.str.strip_chars()
    whole = plain.filter(plain.str.contains(r"^\d+$"))
    if not len(whole):
        return None
    leading = int(whole.str.contains(r"^[0०]\d").sum())
    if leading:
        return Proposal(
            "code", "{count} different values begin with a zero that a number would lose.", {"count": leading}
        )
    if len(whole) < 0.95 * len(plain):
        return None
    lengths = whole.str.len_chars()
    shortest, longest = int(lengths.min()), int(lengths.max())  # type: ignore[arg-type]
    if longest > 15:
        return Proposal(
            "code", "Whole numbers of up to {count} digits: a number would lose the last ones.", {"count": longest}
        )
    if shortest >= 9 and longest <= shortest + 1 and not words & QUANTITY and len(whole) > 0.3 * core.total:
        return Proposal(
            "code",
            "Whole numbers of {count} digits, nearly all different: a number to call or identify by.",
            {"count": longest},
        )
    last = set(words_of(name)[-1:])
    named = words & IDENTIFYING or (words_last(words) and "of" not in words)
    if named and (last & IDENTIFYING or not words & QUANTITY):
        return Proposal("code", "The name says that it identifies something, and nobody would add these numbers up.")
    return None


def words_last(words: set[str]) -> bool:
    return bool(words & {"no", "nr", "num", "number"}) and not words & {"children", "members", "rooms", "persons"}


def _coded_answers(words: set[str], read: pl.Series, total: int) -> bool:
    """Whether whole numbers of at most two digits, few of them and each often, are answers rather than quantities."""
    distinct = read.unique() if len(read) <= 5000 else read
    if len(distinct) > FEW or words & QUANTITY:
        return False
    return bool(distinct.str.contains(r"^-?\d{1,2}$").all()) and total >= 20 and total >= 5 * len(distinct)


NO_CODE = (
    r"(?i)^(\d{1,2}:\d{2}(:\d{2})?|[<>]?=?\d+\s*([-–]\s*\d+|\+)"
    r"|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-' ]?\d{2,4})$"
)
"""Times, bands such as 20-29 or 60+, and months: letters and digits without blanks that identify nothing."""


CODE_LIKE = r"^[A-Za-z0-9][A-Za-z0-9/_\-.:]*$"


def _as_words(words: set[str], core: Core) -> Proposal:
    total, distinct = core.total, len(core.values)
    facts = {"distinct": distinct, "count": total}
    times = core.series.str.contains(NO_CODE)
    coded = core.series.str.contains(r"\d") & core.series.str.contains(CODE_LIKE) & ~times
    with_digits = int(coded.sum()) / len(coded)
    if with_digits > 0.9 and (distinct > 0.5 * total or words & IDENTIFYING):
        return Proposal("code", "Letters and digits without blanks, {distinct} different in {count} rows.", facts)
    mean = float(core.series.str.len_chars().mean() or 0)  # type: ignore[arg-type]
    if mean <= 60 and (distinct <= 2 or (distinct <= 0.5 * total and distinct <= max(10, min(2000, 0.2 * total)))):
        return Proposal("category", "The same {distinct} words recur in {count} rows.", facts)
    return Proposal("text", "{distinct} different texts in {count} rows.", facts)
