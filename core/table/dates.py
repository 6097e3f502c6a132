"""Dates as people write them, read into ISO text; the order of day and month is decided from a whole column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from core.table.numbers import ascii_digits

Order = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[Order, ...] = ("ymd", "dmy", "mdy")

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january जनवरी januar janvier enero janeiro",
            "feb february फरवरी फ़रवरी februar février fevrier febrero fevereiro",
            "mar march मार्च märz mars marzo março",
            "apr april अप्रैल avril abril",
            "may मई mai mayo maio",
            "jun june जून juni juin junio junho",
            "jul july जुलाई juli juillet julio julho",
            "aug august अगस्त août aout agosto",
            "sep sept september सितंबर सितम्बर septembre septiembre setembro",
            "oct october अक्टूबर oktober okt octobre octubre outubro",
            "nov november नवंबर नवम्बर novembre noviembre novembro",
            "dec december दिसंबर दिसम्बर dezember dez décembre diciembre dezembro",
        ),
        1,
    )
    for name in names.split()
}

TIME = r"(?:[T ,]\s*(\d{1,2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = re.compile(r"(\d{4})([-/. ])(\d{1,2})\2(\d{1,2})" + TIME)
NUMERIC = re.compile(r"(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})" + TIME)
DAY_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?[-/ .]*"
    r"([^\W\d_]{3,9}\u200d?[^\W\d_]*|[\u0900-\u097f]+)[-/ .,']*(\d{4}|\d{2})"
    + TIME
)
NAMED_DAY = re.compile(r"([^\W\d_]{3,9})\.?[ -](\d{1,2})(?:st|nd|rd|th)?,?[ -]+(\d{4})" + TIME)
COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})")
YEAR_LAST = re.compile(r"(\d{1,2})(\d{2})((?:19|20)\d{2})")


class Read(NamedTuple):
    """`iso` the date, None if it does not exist; `looks` whether the text has the form of a date at all."""

    iso: str | None
    looks: bool
    order: Order | None = None
    short_year: bool = False


NO = Read(None, False)


@lru_cache(maxsize=200_000)
def read_date(text: str, order: Order = "dmy", today: dt.date | None = None) -> Read:
    """One date. `order` matters only where the text leaves it open (01/02/2024); two-digit years lie before `today`.

    >>> read_date("01/02/2024", "dmy").iso, read_date("1 March 2024").iso, read_date("31/02/2024").iso
    ('2024-02-01', '2024-03-01', None)
    """
    t = ascii_digits(text.strip())
    if found := YEAR_FIRST.fullmatch(t):
        return _date(found[1], found[3], found[4], found.groups()[4:], "ymd", today)
    if found := NUMERIC.fullmatch(t):
        day, month = (found[1], found[3]) if order != "mdy" else (found[3], found[1])
        return _date(found[4], month, day, found.groups()[4:], "mdy" if order == "mdy" else "dmy", today)
    if (found := DAY_NAMED.fullmatch(t)) and found[2].lower() in MONTHS:
        return _date(found[3], str(MONTHS[found[2].lower()]), found[1], found.groups()[3:], None, today)
    if (found := NAMED_DAY.fullmatch(t)) and found[1].lower() in MONTHS:
        return _date(found[3], str(MONTHS[found[1].lower()]), found[2], found.groups()[3:], None, today)
    return NO


def read_compact(text: str, order: Order = "ymd") -> Read:
    """20240301; day or month first 01032024, or 1032024 where a spreadsheet lost the zero. No text reads both ways."""
    found = (COMPACT if order == "ymd" else YEAR_LAST).fullmatch(ascii_digits(text.strip()))
    if not found:
        return NO
    year, month, day = (found[order.index(part) + 1] for part in "ymd")
    return _date(year, month, day, (None,) * 6, order, None)


def _date(
    year: str, month: str, day: str, time: Sequence[str | None], order: Order | None, today: dt.date | None
) -> Read:
    short = len(year) == 2
    number = int(year)
    if short:
        now = (today or dt.date.today()).year
        number += 2000 if 2000 + number <= now else 1900
    try:
        iso = dt.date(number, int(month), int(day)).isoformat() + _clock(time)
    except ValueError:
        return Read(None, True, order, short)
    return Read(iso, True, order, short)


def _clock(time: Sequence[str | None]) -> str:
    hour, minute, second, fraction, half, zone = time
    if hour is None:
        return ""
    hours = int(hour)
    if half:
        hours = hours % 12 + (12 if half[0].lower() == "p" else 0)
    clock = dt.time(hours, int(minute or 0), int(second or 0)).isoformat()
    fraction = (fraction or "").rstrip("0").rstrip(".")
    return f"T{clock}{fraction}" + ("Z" if zone in ("Z", "UTC") else zone or "")


class Dating(NamedTuple):
    """How a column's dates are to be read.

    share      share of the cells that are existing dates in this order
    looks      share that have the form of a date
    order      the order that reads most cells, day first where two read the same
    ambiguous  whether two orders read all cells, to different dates
    open       whether any cell leaves the order open
    """

    share: float
    looks: float
    order: Order
    ambiguous: bool
    open: bool
    short_years: bool


def decide_order(values: Sequence[str], counts: Sequence[int], hint: Order | None = None) -> Dating:
    """Day first or month first, from all values of a column; `hint` decides where they do not."""
    total = sum(counts) or 1
    sample = values[:: max(1, len(values) // 300)]
    if sum(read_date(v).looks for v in sample) < 0.3 * len(sample):
        return Dating(0.0, 0.0, "dmy", False, False, False)
    reads = {order: [read_date(v, order) for v in values] for order in ("dmy", "mdy")}
    fits = {o: sum(n for r, n in zip(read, counts, strict=True) if r.iso) for o, read in reads.items()}
    looks = sum(n for r, n in zip(reads["dmy"], counts, strict=True) if r.looks) / total
    differs = any(a.iso != b.iso for a, b in zip(reads["dmy"], reads["mdy"], strict=True))
    short = any(r.short_year for r in reads["dmy"])
    if not differs:
        first = next((r.order for r in reads["dmy"] if r.order), "ymd")
        return Dating(fits["dmy"] / total, looks, "ymd" if first == "ymd" else hint or "dmy", False, False, short)
    tied = fits["dmy"] == fits["mdy"]
    order: Order = (hint or "dmy") if tied else ("dmy" if fits["dmy"] > fits["mdy"] else "mdy")
    return Dating(fits[order if order != "ymd" else "dmy"] / total, looks, order, tied and hint is None, True, short)


def of_serial(number: float) -> str | None:
    """The ISO date (and time) of an Excel serial number in the 1900 system."""
    if not 1 <= number < 2_958_466:
        return None
    # Excel counts a 29 February 1900 that never was; serials before it are one day off.
    moment = dt.datetime(1899, 12, 31 if number < 60 else 30) + dt.timedelta(seconds=round(number * 86_400))
    return moment.date().isoformat() if number == int(number) else moment.isoformat()
