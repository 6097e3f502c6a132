"""What the values of one column look like: a sample of its distinct values, and figures about their shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.detect.formats import FORMATS, shares
from core.table import SUPPRESSED, Column, Kind

SAMPLE = 200
"""How many distinct values are looked at, spread evenly over the column."""
EMPTY = frozenset({"", "null", "none", "nan", "na", "n/a", "nil", "\\n", "-", "--", ".", "?", "unknown", "undefined",
                   "not available", "missing", SUPPRESSED})
"""Texts (lower case) that stand for nothing."""

_WHOLE = re.compile(r"[+-]?\d+(?:\.0+)?")
_NUMBER = re.compile(r"[+-]?(?:\d[\d,]*)?\.?\d+(?:e[+-]?\d+)?%?", re.IGNORECASE)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE = re.compile(
    rf"(?:\d{{4}}[-/.]{_MONTH}[-/.]{_DAY}|{_DAY}[-/. ](?:{_DAY}|[A-Za-zÀ-ÿ]{{3,9}})[-/. ,]+(?:\d{{4}}|\d{{2}})"
    r"|[A-Za-z]{3,9} \d{1,2},? \d{4}|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d{2}"
    r"|[A-Z][a-z]{2} [A-Z][a-z]{2} +\d{1,2} \d{2}:\d{2}:\d{2}(?: \S+)? \d{4}"
    r"|(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))(?:[T ]\d{1,2}:\d{2}.*)?"
)
_YEAR_LAST = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])((?:19|20)\d{2})")
"""03071998; where 19981203 is meant, the month or the day does not fit."""
_YEAR4 = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)|^(1[89]\d\d|20\d\d)(?=\d{4}(?:\D|$))")
_YEAR2 = re.compile(r"[-/. ](\d{2})(?:[ T]\d{1,2}:.*)?$")


@dataclass(frozen=True, eq=False)
class Look:
    """One column, looked at.

    rows      rows of the table
    filled    rows with a value that stands for something
    distinct  distinct values that stand for something
    sample    at most SAMPLE of them, stripped
    """

    kind: Kind
    rows: int
    filled: int
    distinct: int
    sample: tuple[str, ...]
    monotone: bool
    countries: tuple[str, ...]

    @staticmethod
    def at(column: Column, countries: tuple[str, ...]) -> Look:
        values = column.values.to_pylist()
        counts = column.counts()
        real = np.array([v.strip().lower() not in EMPTY for v in values], bool) if values else np.zeros(0, bool)
        places = np.flatnonzero(real)
        picks = np.linspace(0, max(len(places) - 1, 0), min(SAMPLE, len(places))).astype(int)
        sample = tuple(values[i].strip() for i in places[picks])
        return Look(column.kind, len(column), int(counts[places].sum()), len(places), sample,
                    _monotone(column), countries)

    def share(self, test: Callable[[str], object]) -> float:
        """The share of the sample that passes `test`."""
        return sum(1 for t in self.sample if test(t)) / len(self.sample) if self.sample else 0.0

    @cached_property
    def unique(self) -> float:
        """Distinct values per filled row."""
        return self.distinct / self.filled if self.filled else 0.0

    @cached_property
    def whole(self) -> float:
        return self.share(_WHOLE.fullmatch)

    @cached_property
    def number(self) -> float:
        return self.share(_NUMBER.fullmatch)

    @cached_property
    def date(self) -> float:
        return self.share(_DATE.fullmatch)

    @cached_property
    def letters(self) -> float:
        """The share of values with letters and no digits."""
        return self.share(lambda t: any(map(str.isalpha, t)) and not any(map(str.isdigit, t)))

    @cached_property
    def has_digit(self) -> float:
        return self.share(lambda t: any(map(str.isdigit, t)))

    @cached_property
    def has_letter(self) -> float:
        return self.share(lambda t: any(map(str.isalpha, t)))

    @cached_property
    def mixed(self) -> float:
        """The share of single tokens that mix letters and digits."""
        return self.share(lambda t: " " not in t and any(map(str.isalpha, t)) and any(map(str.isdigit, t)))

    @cached_property
    def words(self) -> float:
        """Words per value, on average."""
        return float(np.mean([len(t.split()) for t in self.sample])) if self.sample else 0.0

    @cached_property
    def length(self) -> float:
        """Characters per value, on average."""
        return float(np.mean([len(t) for t in self.sample])) if self.sample else 0.0

    @cached_property
    def digit_counts(self) -> np.ndarray:
        """(sample,) digits per value, without a trailing ".0"."""
        return np.array([sum(map(str.isdigit, re.sub(r"\.0+$", "", t))) for t in self.sample])

    @cached_property
    def usual_digits(self) -> tuple[int, float]:
        """The most frequent number of digits, and its share."""
        if not self.sample:
            return 0, 0.0
        counts = np.bincount(self.digit_counts)
        return int(counts.argmax()), float(counts.max() / len(self.sample))

    @cached_property
    def numbers(self) -> np.ndarray:
        """The sample's plain numbers."""
        found = []
        for text in self.sample:
            if _NUMBER.fullmatch(text):
                found.append(float(text.replace(",", "").rstrip("%")))
        return np.array([n for n in found if abs(n) < 1e30])  # 9E812345 is a code, not infinity

    @cached_property
    def years(self) -> np.ndarray:
        """The years in the sample's dates; two-digit years over 26 are of the last century."""
        found = []
        for text in self.sample:
            four, two, last = _YEAR4.search(text), _YEAR2.search(text), _YEAR_LAST.fullmatch(text)
            if last and not (four and _DATE.fullmatch(text) and text[4:6] <= "12" and "01" <= text[6:] <= "31"):
                found.append(int(last[1]))
            elif four:
                found.append(int(four[1] or four[2]))
            elif two:
                found.append(int(two[1]) + (1900 if int(two[1]) > 26 else 2000))
        return np.array(found)

    @cached_property
    def formats(self) -> dict[str, tuple[float, float]]:
        """name of a Format -> (share shaped, share passing)."""
        return {FORMATS[at].name: pair for at, pair in shares(self.sample, self.countries).items()}


def _monotone(column: Column) -> bool:
    """Whole numbers that only go up (or down) from row to row, as running numbers do."""
    numbers = column.numbers[:2000]
    numbers = numbers[np.abs(numbers) < 1e30]  # nor is it missing or infinite
    if len(numbers) < 5 or not (numbers == np.rint(numbers)).all():
        return False
    steps = np.diff(numbers)
    return bool((steps > 0).all() or (steps < 0).all())
