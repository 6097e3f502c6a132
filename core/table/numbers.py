"""Numbers as people write them: decimal comma, digit groups, currencies, other digits. Canonical text out, exactly."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

SPACES = " \u00a0\u202f\u2009\u2007"
CURRENCY = re.compile(r"^(?:₹|rs\.?|inr|usd|eur|gbp|\$|€|£|¥)\s*|\s*(?:/-|₹|rs\.?|inr|usd|eur|gbp|\$|€|£|¥|%)$", re.I)
PLAIN = r"^(0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)\.[0-9]*[1-9])$"
SIMPLE = r"^[+-]?[0-9]+(\.[0-9]+)?$"
"""[0-9] and no digit class: for polars that is every script's digits."""
WESTERN = re.compile(r"\d{1,3}(,\d{3})+")
INDIAN = re.compile(r"\d{1,2}(,\d{2})*,\d{3}")
SPACED = re.compile(rf"\d{{1,3}}([{SPACES}]\d{{3}})+")
SWISS = re.compile(r"\d{1,3}(['’]\d{3})+")
NUMBER = re.compile(r"(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?")
BARE_EXPONENT = re.compile(r"\d+E\d+")
"""9E1 is a class and section, or a flat: software that means 90 writes 9E+1, 9.0E1 or 9e1."""


def ascii_digits(text: str) -> str:
    """The text with decimal digits of any script as 0-9."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in text)


@lru_cache(maxsize=200_000)
def read_number(text: str, decimal: str = ".") -> str | None:
    """The canonical text of a number (shortest form that keeps every digit), or None.

    >>> read_number("1,23,456"), read_number("1.234,50", ","), read_number("(1,200)"), read_number("₹ 5/-")
    ('123456', '1234.5', '-1200', '5')
    """
    t = (
        ascii_digits(text.strip().strip(SPACES))
        .replace("−", "-")
        .replace("－", "-")
        .replace("٫", ".")
        .replace("٬", ",")
    )
    t, negative = _sign(t)
    while (cut := CURRENCY.sub("", t)) != t:
        t = cut
        t, more = _sign(t)
        negative ^= more
    if decimal == ",":
        t = t.translate(str.maketrans(",.", ".,"))
    t = _ungrouped(t)
    found = NUMBER.fullmatch(t)
    if BARE_EXPONENT.fullmatch(t):
        return None
    if not found or not (found.group(1) or found.group(2)):
        return None
    return _canonical(t, found, negative)


def _sign(t: str) -> tuple[str, bool]:
    if len(t) > 2 and t[0] == "(" and t[-1] == ")":
        return t[1:-1].strip(), True
    if t[:1] in "+-":
        return t[1:].lstrip(), t[:1] == "-"
    if t[-1:] == "-" and t[:1].isdigit() and not t.endswith("/-"):
        return t[:-1], True
    return t, False


def _ungrouped(t: str) -> str:
    whole, dot, rest = t.partition(".")
    for pattern, marks in ((WESTERN, ","), (INDIAN, ","), (SPACED, SPACES), (SWISS, "'’")):
        if pattern.fullmatch(whole):
            return "".join(c for c in whole if c not in marks) + dot + rest
    return t


def _canonical(t: str, found: re.Match[str], negative: bool) -> str | None:
    if found.group(3):
        if abs(int(found.group(3))) > 40:
            return ("-" if negative else "") + t
        try:
            t = format(Decimal(t), "f")
        except InvalidOperation:
            return None
    whole, _, rest = t.partition(".")
    whole, rest = whole.lstrip("0") or "0", rest.rstrip("0")
    plain = f"{whole}.{rest}" if rest else whole
    return f"-{plain}" if negative and plain != "0" else plain


def canonical(values: pa.StringArray, decimal: str = ".") -> pa.StringArray:
    """(values,) the canonical texts, null where a value is no number."""
    for known, sign, done in _memo:
        if known is values and sign == decimal:
            return done
    done = _canonical_values(values, decimal)
    _memo.append((values, decimal, done))
    return done


_memo: deque[tuple[pa.StringArray, str, pa.StringArray]] = deque(maxlen=2)
"""The last columns read: proposing, checking and applying a kind ask for the same column one after the other."""


def _canonical_values(values: pa.StringArray, decimal: str) -> pa.StringArray:
    series = pl.Series("v", values, dtype=pl.String)
    plain = series.str.contains(PLAIN)
    if bool(plain.all()):
        return values
    simple = series.str.contains(SIMPLE) if decimal == "." else plain
    out = (
        series.to_frame()
        .select(
            pl.when(plain)
            .then(pl.col("v"))
            .when(simple)
            .then(
                pl.col("v")
                .str.replace(r"^\+", "")
                .str.replace(r"^(-?)0+(\d)", "${1}${2}")
                .str.replace(r"(\.\d*?)0+$", "${1}")
                .str.replace(r"\.$", "")
                .str.replace(r"^-0$", "0")
            )
        )
        .to_series()
    )
    rest = np.flatnonzero(out.is_null().to_numpy())
    if len(rest):
        read = [read_number(series[int(i)], decimal) for i in rest]
        out = out.scatter(pl.Series(rest), pl.Series(read, dtype=pl.String))
    return out.to_arrow().cast(pa.string())


class Decimals(NamedTuple):
    """Which sign is the decimal one: "." or ",".

    ambiguous  1,234 may be 1234 or 1.234
    styled     written otherwise than 1234.5
    """

    sign: str
    ambiguous: bool
    styled: bool


GROUP_OR_DECIMAL = re.compile(r"[+-]?[₹$€£]?\s?\d{1,3}([,.])\d{3}")
UNSTYLED = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def decide_decimal(values: Sequence[str], hint: str | None = None, continental: bool = False) -> Decimals:
    """The decimal sign that reads most values; where both read all, `hint` (other columns) or plausibility decides.

    continental  whether the file comes from where commas are decimal (its columns are separated by semicolons), so that
                 1.234 may be one thousand
    """
    odd = [v for v in values if not re.fullmatch(r"-?\d+", v)]
    if not odd:
        return Decimals(".", False, False)
    dot, comma = ([read_number(v, sign) for v in odd] for sign in ".,")
    fits = [sum(r is not None for r in read) for read in (dot, comma)]
    styled = any((d or c) and not UNSTYLED.fullmatch(v.strip()) for v, d, c in zip(odd, dot, comma, strict=True))
    if fits[0] != fits[1]:
        return Decimals("." if fits[0] > fits[1] else ",", False, styled)
    if dot == comma:
        return Decimals(hint or ".", False, styled)
    if hint:
        return Decimals(hint, False, styled)
    marks = {m.group(1) for v in odd if (m := GROUP_OR_DECIMAL.fullmatch(v.strip()))}
    if marks == {"."}:
        return Decimals(
            ".", continental and all(re.fullmatch(r"\s*[+-]?[1-9]\d{0,2}\.\d{3}\s*", v) for v in odd), styled
        )
    # 567 beside 1,234: whole numbers under 1000 have no comma and larger ones do, so it groups digits.
    small = [v for v in values if re.fullmatch(r"\d{1,3}", v.strip())]
    large = [v for v in values if re.fullmatch(r"\d{4,}", v.strip())]
    return Decimals(".", not small or bool(large), styled)


UNIT = re.compile(r"%|₹|rs\.?(?=\s|\d|$)|inr|usd|eur|gbp|[$€£¥]", re.I)
SAME_UNIT = {"rs": "₹", "rs.": "₹", "inr": "₹", "usd": "$", "eur": "€", "gbp": "£"}


def unit_of(text: str) -> str:
    """The percent or currency sign of a number, "" where there is none.

    >>> unit_of("Rs. 5/-"), unit_of("7 %"), unit_of("12")
    ('₹', '%', '')
    """
    found = UNIT.search(text)
    return SAME_UNIT.get(found.group().lower(), found.group()) if found else ""


def mixed_units(values: Sequence[str]) -> bool:
    """Whether signs say that the numbers count different things: two currencies, or only some with a percent sign."""
    units = {unit_of(v) for v in values}
    return len(units) > 1 and ("%" in units or len(units - {""}) > 1)
