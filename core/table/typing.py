"""Typing as a step of its own: what each column of text may be, why, and which cells do not fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from core.language import translate
from core.problem import Problem
from core.table.column import KINDS, SUPPRESSED, Column, Kind
from core.table.dates import ORDERS, Order, decide_order, of_serial, read_compact, read_date
from core.table.findings import Finding, finding, rows_in_words
from core.table.numbers import canonical, decide_decimal, read_number
from core.table.raw import Native
from core.table.table import Table

MARKERS = frozenset({
    "na", "n/a", "n.a.", "n.a", "#n/a n/a", "nan", "null", "none", "nil", "-", "--", "---", "–", "—", ".", "..", "...", "?", "??",
    "(blank)", "<na>", "\\n", "missing", "not available", "not applicable", "not known", "unknown", "#null!", "xx", "n.k.",
})
"""Texts that often stand for missing (lower case). They stay values until somebody confirms."""

ERRORS = frozenset({"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"})
SENTINELS = frozenset(str(s * n) for n in (7, 8, 9, 77, 88, 97, 98, 99, 777, 888, 997, 998, 999, 7777, 8888, 9997, 9998, 9999,
                                            99999, 999999, 9999999, 99999999) for s in (1, -1)) | {"-1"}

QUANTITY = frozenset(["age", "ages", "income", "salary", "wage", "wages", "earnings", "expenditure", "expense", "amount", "price", "cost", "total", "sum", "count", "counts", "qty", "quantity", "size", "members", "persons", "people", "children", "kids", "rooms", "hours", "days", "weeks", "months", "years", "weight", "height", "bmi", "score", "marks", "percent", "percentage", "rate", "ratio", "balance", "area", "distance", "duration", "consumption", "mpce", "umpce", "edad", "alter", "idade", "einkommen", "visits", "times", "tenure", "visitors", "population", "temperature", "आयु", "उम्र", "आय", "वेतन", "व्यय", "राशि", "संख्या", "वजन"])
IDENTIFYING = frozenset(["id", "ids", "uid", "uuid", "guid", "code", "codes", "pin", "pincode", "zip", "zipcode", "postcode", "postal", "plz", "phone", "mobile", "tel", "telephone", "fax", "cell", "contact", "whatsapp", "aadhaar", "aadhar", "pan", "passport", "voter", "epic", "ssn", "nin", "account", "acct", "ifsc", "iban", "card", "licence", "license", "roll", "enrolment", "enrollment", "registration", "serial", "barcode", "isbn", "sku", "fips", "cin", "gstin", "hhid", "hid", "psu", "fsu", "stratum", "मोबाइल", "फोन", "पिन", "आधार", "खाता", "क्रमांक"])
DATE_WORDS = frozenset(["date", "dob", "doj", "doa", "birth", "birthdate", "birthday", "born", "joined", "admission", "admitted", "discharge", "visit", "created", "updated", "timestamp", "day", "datum", "fecha", "dated", "on", "at", "दिनांक", "तारीख", "जन्म"])
FEW = 12
"""Distinct whole numbers up to which a column is taken for coded answers rather than a quantity."""
ENOUGH = 0.9
"""Share of the cells that must fit for a kind to be proposed."""


def words_of(name: str) -> list[str]:
    """The words of a column name: hhSize_total -> hh, size, total."""
    return re.findall(r"[^\W_\d]+|\d+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())


@dataclass(frozen=True)
class Proposal:
    """What a column is proposed to be.

    kind        the kind proposed, and `reason` why (a sentence with counts, no values)
    exceptions  how many cells do not fit it; `rows` numbers (from 1) of the first 20 of them
    example     number (from 1) of a row that fits
    markers     texts found that may stand for missing, with how often each occurs (not applied by themselves)
    decimal     for numbers: "." or ","; order: for dates "ymd", "dmy" or "mdy"; form: "text", "compact" or "serial" dates
    ambiguous   the answers that are needed before the kind can be applied: {"decimal", "date_order"}
    borrowed    whether the file's other columns decided what this one leaves open
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

    @property
    def reason(self) -> str:
        return translate(self.text, **self.facts)


@dataclass(frozen=True)
class Hints:
    """What the whole file tells about each column: its decimal sign and order of dates elsewhere; semicolons between columns."""

    decimal: str | None = None
    order: Order | None = None
    continental: bool = False


NO_HINTS = Hints()


def answer_for(answers: Mapping[str, str], key: str, column: str) -> str | None:
    """The answer for one column (`missing:age`), else the one for all (`missing`)."""
    return answers.get(f"{key}:{column}", answers.get(key))


def markers_of(answers: Mapping[str, str], column: str) -> frozenset[str]:
    """The texts that someone has confirmed as missing in a column."""
    told = answer_for(answers, "missing", column)
    if told is None or told.strip().lower() in ("none", "keep"):
        return frozenset()
    return frozenset(part.strip() for part in told.split(",") if part.strip())


def without_markers(column: Column, markers: Iterable[str]) -> Column:
    """The column with the confirmed markers missing (compared without blanks around them)."""
    gone = set(markers)
    if not gone:
        return column
    values = column.values.to_pylist()
    new = [None if v.strip() in gone else v for v in values]
    return column.recode_to(pa.array(new, pa.string())) if None in new else column


def propose(table: Table, answers: Mapping[str, str] | None = None, native: Mapping[str, Native] | None = None,
            user_missing: Mapping[str, Sequence[str]] | None = None, *, continental: bool = False) -> dict[str, Proposal]:
    """A kind for every column of text, from its values, its name and what the file's format says.

    Columns that leave the decimal sign or the order of dates open follow the columns that do not.
    """
    answers, native, user_missing = answers or {}, native or {}, user_missing or {}

    def one(name: str, hints: Hints) -> Proposal:
        column = table[name]
        return propose_column(name, column, answers, hints, native.get(name), user_missing.get(name, ()), tuple(column.labels))

    first = {n: one(n, Hints(continental=continental)) for n in table.columns}
    clear = [p for p in first.values() if not p.ambiguous]
    orders = {p.order for p in clear if p.kind == "date" and p.form == "open"}
    signs = {p.decimal for p in clear if p.kind == "number" and p.styled and p.decimal == ","}
    hints = Hints("," if signs else None, next(iter(orders)) if len(orders) == 1 else None, continental)
    if hints.decimal is None and hints.order is None:
        return first
    return {n: replace(one(n, hints), borrowed=True) if p.ambiguous else p for n, p in first.items()}


def propose_column(name: str, column: Column, answers: Mapping[str, str] | None = None, hints: Hints = Hints(),
                   native: Native | None = None, user_missing: Sequence[str] = (), labelled: Collection[str] = ()) -> Proposal:
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
        return Proposal("text", "There is no value but {count} markers of missing ones.", {"count": sum(markers.values())},
                        markers=markers, missing=missing)
    words = set(words_of(name))
    found = (
        _as_date(name, words, core, answers, hints, native)
        or _as_number(name, words, core, answers, hints, native)
        or _as_words(words, core)
    )
    if labelled and found.kind == "number" and _labels_cover(core, labelled):
        found = Proposal("category", "The file has a label for each of the {count} values.", {"count": len(core.values)})
    if found.kind == "number":
        markers |= _sentinels(column, found.decimal, markers)
    if found.kind in ("text", "category", "code"):
        markers = {m: c for m, c in markers.items() if m in user_missing or m.lower() not in SAYS_SOMETHING}
    return _with_exceptions(found, column, markers, missing)


SAYS_SOMETHING = frozenset({"none", "unknown", "not applicable", "not known", "nil", "xx", "missing"})
"""Markers that may well be an answer in a column of words."""


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
    plain = {k: v for k, v in found.__dict__.items() if k not in ("exceptions", "rows", "example", "markers", "missing")}
    return Proposal(**plain, exceptions=len(rows), rows=tuple((rows[:20] + 1).tolist()),
                    example=int(good[0]) + 1 if len(good) else None, markers=dict(markers), missing=missing)


def _as_date(name: str, words: set[str], core: Core, answers: Mapping[str, str], hints: Hints, native: Native | None) -> Proposal | None:
    told = answer_for(answers, "date_order", name)
    if told is not None and told not in ORDERS:
        raise Problem("“{told}” is no order of dates.", "Answer dmy, mdy or ymd.", told=told[:20])
    sample = core.sample(300)
    if sum(read_date(v).looks for v in sample) >= 0.5 * len(sample):
        dating = decide_order(core.texts, core.counts.tolist(), told or hints.order)  # type: ignore[arg-type]
        if dating.looks >= ENOUGH and dating.share > 0.5:
            return _dated(dating, told)
    if sum(read_compact(v).iso is not None for v in sample) < ENOUGH * len(sample):
        return _as_serial(words, core) if native in (None, "text", "number", "mixed") else None
    compact = np.array([read_compact(v).iso is not None for v in core.texts], bool)
    share = core.counts[compact].sum() / core.total
    if (share >= ENOUGH and words & DATE_WORDS) or (share == 1 and len(compact) >= 20 and not words & IDENTIFYING):
        return Proposal("date", "The values are dates written as year, month, day without separators.", form="compact")
    return None


def _dated(dating: Any, told: str | None) -> Proposal:
    order = told or dating.order
    name = {"dmy": "day first", "mdy": "month first", "ymd": "year first"}[order]
    text = "{share} in 100 values are dates, {name}"
    text += " (nothing in the column decides between day and month first)" if dating.ambiguous else ""
    text += "; two-digit years are taken as the past" if dating.short_years else ""
    return Proposal("date", text + ".", {"share": round(100 * dating.share), "name": name}, order=order,
                    form="open" if dating.open else "text", short_years=dating.short_years, ambiguous=("date_order",) if dating.ambiguous and told is None else ())


def _as_serial(words: set[str], core: Core) -> Proposal | None:
    """Excel's day numbers, where the name says that it is a date."""
    if not words & (DATE_WORDS - {"on", "at", "day", "visit"}):
        return None
    numbers = core.series.cast(pl.Float64, strict=False)
    inside = ((numbers >= 3653) & (numbers < 80_000)).fill_null(False).to_numpy()
    if core.counts[inside].sum() < ENOUGH * core.total:
        return None
    return Proposal("date", "The name says date and the values are Excel's day numbers.", form="serial")


def decimal_answer(answers: Mapping[str, str], name: str) -> str | None:
    """The person's decimal sign for a column: "." or ",", also by its name."""
    told = answer_for(answers, "decimal", name)
    told = {"comma": ",", "point": ".", "dot": "."}.get(str(told).lower(), told)
    if told not in (None, ".", ","):
        raise Problem("“{told}” is no decimal sign.", "Answer a comma or a point.", told=str(told)[:20])
    return told


def _as_number(name: str, words: set[str], core: Core, answers: Mapping[str, str], hints: Hints, native: Native | None) -> Proposal | None:
    told = decimal_answer(answers, name)
    sample = core.sample(20_000)
    if max(sum(read_number(v, sign) is not None for v in sample[:400]) for sign in ".,") < 0.5 * min(400, len(sample)):
        return None
    decimals = decide_decimal(sample, told or hints.decimal, hints.continental)
    sign = told or decimals.sign
    read = pl.Series("v", canonical(core.values, sign), dtype=pl.String)
    fits = read.is_not_null().to_numpy()
    share = core.counts[fits].sum() / core.total
    if share < ENOUGH:
        return None
    code = _as_code(name, words, core)
    if code is not None:
        return code
    facts = {"share": round(100 * share), "distinct": len(core.values)}
    if _coded_answers(words, read.drop_nulls(), core.total):
        return Proposal("category", "There are only {distinct} different whole numbers: coded answers, not a quantity.", facts)
    text = "{share} in 100 values are numbers"
    text += ", with a decimal comma" if sign == "," and decimals.styled else ""
    return Proposal("number", text + ".", facts, decimal=sign, styled=decimals.styled,
                    ambiguous=("decimal",) if decimals.ambiguous and told is None else ())


def _as_code(name: str, words: set[str], core: Core) -> Proposal | None:
    """Digits that are no quantity: leading zeros, long numbers of one length, or a name that says so."""
    plain = core.series.str.strip_chars()
    whole = plain.filter(plain.str.contains(r"^\d+$"))
    if not len(whole):
        return None
    leading = int(whole.str.contains(r"^[0०]\d").sum())
    if leading:
        return Proposal("code", "{count} different values begin with a zero that a number would lose.", {"count": leading})
    if len(whole) < 0.95 * len(plain):
        return None
    lengths = whole.str.len_chars()
    shortest, longest = int(lengths.min()), int(lengths.max())  # type: ignore[arg-type]
    if longest > 15:
        return Proposal("code", "Whole numbers of up to {count} digits: a number would lose the last ones.", {"count": longest})
    if shortest >= 9 and longest <= shortest + 1 and not words & QUANTITY and len(whole) > 0.3 * core.total:
        return Proposal("code", "Whole numbers of {count} digits, nearly all different: a number to call or identify by.",
                        {"count": longest})
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


NO_CODE = r"(?i)^(\d{1,2}:\d{2}(:\d{2})?|[<>]?=?\d+\s*([-–]\s*\d+|\+)|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-' ]?\d{2,4})$"
"""Times, bands such as 20-29 or 60+, and months: letters and digits without blanks that identify nothing."""
CODE_LIKE = r"^[A-Za-z0-9][A-Za-z0-9/_\-.:]*$"


def _as_words(words: set[str], core: Core) -> Proposal:
    total, distinct = core.total, len(core.values)
    facts = {"distinct": distinct, "count": total}
    times = core.series.str.contains(NO_CODE)
    with_digits = float((core.series.str.contains(r"\d") & core.series.str.contains(CODE_LIKE) & ~times).mean() or 0)
    if with_digits > 0.9 and (distinct > 0.5 * total or words & IDENTIFYING):
        return Proposal("code", "Letters and digits without blanks, {distinct} different in {count} rows.", facts)
    mean = float(core.series.str.len_chars().mean() or 0)  # type: ignore[arg-type]
    if mean <= 60 and (distinct <= 2 or distinct <= 0.5 * total and distinct <= max(10, min(2000, 0.2 * total))):
        return Proposal("category", "The same {distinct} words recur in {count} rows.", facts)
    return Proposal("text", "{distinct} different texts in {count} rows.", facts)


def _sentinels(column: Column, decimal: str, known: Mapping[str, int]) -> dict[str, int]:
    """Numbers such as 99 or -9 that stand apart from all others, and so may mean “missing”."""
    read = pl.Series("v", canonical(column.values, decimal), dtype=pl.String).cast(pl.Float64, strict=False).to_numpy()
    counts = column.counts()
    found = {}
    numbers = np.where(np.isnan(read), np.inf, read)
    order = np.argsort(numbers)
    order = order[np.isfinite(numbers[order])]
    if len(order) < 4:
        return {}
    values = column.values
    for places in (order[::-1], order):
        for here, rest in ((places[0], places[1:]),):
            text = values[int(here)].as_py().strip()
            others = read[rest]
            gap = abs(read[here] - others[0])
            spread = max(float(others.max() - others.min()), 1.0)
            crowd = counts[here] > 3 * max(1, int(counts[rest[:8]].max()))
            apart = gap > 0.5 * spread or (read[here] < 0 and (others >= 0).all())
            if text in SENTINELS and text not in known and counts[here] >= 2 and (apart or (crowd and counts[here] >= 5)):
                found[text] = int(counts[here])
    return found


def fitting(column: Column, kind: Kind, decimal: str = ".", order: Order = "ymd", form: str = "text") -> npt.NDArray[np.bool_]:
    """(values + 1,) whether each value can be read as this kind; the last stands for missing and fits."""
    new = converted(column.values, kind, decimal, order, form)
    fits = np.asarray(new.is_valid().to_numpy(zero_copy_only=False))
    at = column.values.index(SUPPRESSED).as_py()
    if at >= 0:
        fits = fits.copy()
        fits[at] = True
    return np.append(fits, True)


def converted(values: pa.StringArray, kind: Kind, decimal: str = ".", order: Order = "ymd", form: str = "text") -> pa.StringArray:
    """(values,) the canonical text of each value for this kind, null where it does not fit."""
    if kind == "number":
        return canonical(values, decimal)
    if kind != "date":
        return values
    texts = values.to_pylist()
    if form == "compact":
        return pa.array([read_compact(v).iso or read_date(v, order).iso for v in texts], pa.string())
    if form == "serial":
        return pa.array([_serial(v) or read_date(v, order).iso for v in texts], pa.string())
    iso = [read_date(v, order).iso for v in texts]
    if any(i and "T" in i for i in iso) and all(i is None or "T" not in i or i.endswith("T00:00:00") for i in iso):
        iso = [i and i[:10] for i in iso]
    return pa.array(iso, pa.string())


def _serial(text: str) -> str | None:
    try:
        return of_serial(float(text))
    except ValueError:
        return None


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
            raise Problem("“{kind}” is no kind of column.", "Choose number, category, date, text or code.", column=name, kind=str(kind)[:30])
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
            column=name, column_name=name, count=len(bad), kinds="numbers" if kind == "number" else "dates",
            rows=rows_in_words((bad + 1).tolist()),
        )
    kept = SUPPRESSED if told != "keep" else None
    texts = [n if n is not None else (v if kept is None or v == kept else None)
             for n, v in zip(new.to_pylist(), column.values.to_pylist(), strict=True)] if new.null_count else None
    labels = column.labels
    done = column.recode_to(new if texts is None else pa.array(texts, pa.string()), kind)
    return Column(done.codes, done.values, kind, labels)


def _reading(name: str, column: Column, kind: Kind, answers: Mapping[str, str], proposal: Proposal) -> tuple[str, Order, str]:
    """Decimal sign, order of dates and form of dates for one column; a Problem where only a person knows."""
    if kind == proposal.kind:
        if proposal.ambiguous:
            key = proposal.ambiguous[0]
            raise Problem(
                "“{column_name}” can be read in two ways.", "Answer “{key}” first.", column=name, column_name=name, key=key
            )
        return proposal.decimal, proposal.order, proposal.form
    values, counts = column.values.to_pylist(), column.counts().tolist()
    if kind == "number":
        return decimal_answer(answers, name) or decide_decimal(values).sign, "ymd", "text"
    told = answer_for(answers, "date_order", name)
    order = told if told in ORDERS else decide_order(values, counts).order
    if all(read_compact(v).looks for v in values):
        return ".", order, "compact"  # type: ignore[return-value]
    serial = sum(_serial(v) is not None for v in values) * 2 > len(values)
    return ".", order, "serial" if serial else "text"  # type: ignore[return-value]


def fits(table: Table, expected: Mapping[str, Mapping[str, Any]]) -> tuple[Finding, ...]:
    """How a table no longer fits what a recipe was made for; empty if it does.

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
            found.append(finding("TYPE_MISMATCH", "The column “{column}” is {now} and was {before}.", {"column": name},
                                 column=name, now=column.kind, before=kind))
        known = about.get("categories")
        if known is not None:
            new = {v for v in column.values.to_pylist() if v not in set(known) and v != SUPPRESSED}
            if new:
                rows = np.flatnonzero(np.isin(column.codes, [i for i, v in enumerate(column.values.to_pylist()) if v in new]))
                found.append(finding("TYPE_MISMATCH", "The column “{column}” has {count} categories it did not have before: rows {rows}.",
                                     {"column": name, "row": int(rows[0]) + 1}, column=name, count=len(new),
                                     rows=rows_in_words((rows + 1).tolist())))
    for name in table.columns:
        if name not in expected:
            found.append(finding("TYPE_MISMATCH", "The column “{column}” is new.", {"column": name}, column=name))
    return tuple(found)


def expectation(table: Table, most: int = 200) -> dict[str, dict[str, Any]]:
    """What `fits` compares later files with: each column's kind, and its categories where there are few."""
    return {n: {"kind": c.kind, **({"categories": sorted(c.values.to_pylist())} if c.kind == "category" and len(c.values) <= most else {})}
            for n, c in table.columns.items()}
