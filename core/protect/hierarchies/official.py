"""Hierarchies by lists that are built in: education, occupations, industries, districts of India.

The lists follow official ones, and are no copies of them: their headers say where they come from (data/*.csv).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import ClassVar, Literal

from core.declare import param
from core.protect.hierarchies.tree_rule import Paths, Rule
from core.table import Column

Unknown = Literal["stop", "other"]

OTHER = "other"

_UNKNOWN = {"stop": "Stop, and count them", "other": "Put them together as “other”"}
_WHY = "The list follows the official one from memory; it may not know a new name or another spelling."


class Education(Rule):
    """Levels of education: the nine levels of ISCED 2011, then low, medium and high."""

    kind: Literal["education"] = "education"
    title: ClassVar[str] = "Levels of education (ISCED)"
    codes: Literal["words", "isced", "nss"] = param(
        "What does the column hold?", default="words",
        labels={"words": "Words, such as “higher secondary”", "isced": "ISCED codes, 0 to 8 or three digits",
                "nss": "NSS and PLFS codes, 01 to 13"},
        why="Words are looked up in a list; look at the preview. ISCED: the first digit is the level.",
    )
    unknown: Unknown = param("What of words that are not in the list?", default="stop", labels=_UNKNOWN, why=_WHY)

    def paths(self, column: Column) -> Paths:
        read: Callable[[str], int | None] = _NSS.get
        if self.codes != "nss":
            read = _level_in_words if self.codes == "words" else _level_of_isced
        found = [read(v) for v in column.values.to_pylist()]
        return _filled([None if x is None else (LEVELS[x], _BROAD[x]) for x in found], 2, self.unknown)


LEVELS = (
    "0 less than primary", "1 primary", "2 lower secondary", "3 upper secondary", "4 post-secondary non-tertiary",
    "5 short-cycle tertiary", "6 bachelor's or equivalent", "7 master's or equivalent", "8 doctoral or equivalent",
)
"""The levels of attainment of ISCED 2011, UNESCO Institute for Statistics, table 2."""

_BROAD = ("low (0-2)",) * 3 + ("medium (3-4)",) * 2 + ("high (5-8)",) * 4

_NSS = {"01": 0, "02": 0, "03": 0, "04": 0, "05": 0, "06": 1, "07": 2, "08": 3, "10": 3, "11": 5, "12": 6, "13": 7,
        "1": 0, "2": 0, "3": 0, "4": 0, "5": 0, "6": 1, "7": 2, "8": 3}
"""National Sample Survey Office, PLFS schedule 10.4, block 4, column 8: general educational level."""


class Classification(Rule):
    """Official codes by their first digits, with the official titles at the top.

    Occupations: ISCO-08 and NCO-2015: four digits, three, sub-major group, major group. Industries: NIC-2008 (ISIC Rev.
    4): five digits to two, section, sector.
    """

    kind: Literal["classification"] = "classification"
    title: ClassVar[str] = "Codes of occupations and industries"
    scheme: Literal["isco_08", "nco_2015", "nic_2008"] = param(
        "Which classification?", default="nco_2015",
        labels={"isco_08": "ISCO-08, occupations", "nco_2015": "NCO-2015, occupations in India",
                "nic_2008": "NIC-2008, industries in India"},
        why="The first digits are the wider class; the top levels get their titles.",
    )
    unknown: Unknown = param("What of codes that are not in the list?", default="stop", labels=_UNKNOWN, why=_WHY)

    def paths(self, column: Column) -> Paths:
        digits = [_digits(v) for v in column.values.to_pylist()]
        longest = max((len(d) for d in digits if d), default=0)
        kept = [n for n in (4, 3) if n < longest]
        if self.scheme == "nic_2008":
            return _filled([_industry(d, kept) for d in digits], len(kept) + 3, self.unknown)
        return _filled([_occupation(d, kept, self.scheme) for d in digits], len(kept) + 2, self.unknown)


class IndianDistrict(Rule):
    """Districts of India, by name or census code of 2011: the state, then the zone of the zonal councils.

    A name that two states share is put under both (“Bihar or Maharashtra”); for such files a list made from the
    district and state columns together is better.
    """

    kind: Literal["indian_district"] = "indian_district"
    title: ClassVar[str] = "Indian district to state and zone"
    unknown: Unknown = param("What of names that are not in the list?", default="other", labels=_UNKNOWN, why=_WHY)

    def paths(self, column: Column) -> Paths:
        states, zones = _districts(), india_zones()
        found: Paths = []
        for value in column.values.to_pylist():
            held = states.get(plain_name(value))
            found.append(None if held is None else (" or ".join(held), _one_or([zones[plain_name(s)] for s in held])))
        return _filled(found, 2, self.unknown)


def _one_or(names: Sequence[str]) -> str:
    return " or ".join(sorted(set(names)))


def _filled(found: Paths, depth: int, unknown: Unknown) -> Paths:
    return [(OTHER,) * depth if p is None else p for p in found] if unknown == "other" else found


def _level_in_words(value: str) -> int | None:
    text = f" {plain_words(value)} "
    return next((level for words, level in _education() if f" {words} " in text), None)


def _level_of_isced(value: str) -> int | None:
    text = value.strip().removesuffix(".0")
    return int(text[0]) if len(text) in (1, 3) and text.isascii() and text.isdigit() and text[0] != "9" else None


def _digits(value: str) -> str | None:
    text = value.replace(".", "").replace(" ", "")
    return text if text.isascii() and text.isdigit() else None


def _occupation(digits: str | None, kept: Sequence[int], scheme: str) -> tuple[str, ...] | None:
    titles = _listed("isco_08.csv")
    if digits is None or not 1 <= len(digits) <= 8 or digits[0] not in titles or (scheme == "nco_2015"
                                                                                 and digits[0] == "0"):
        return None
    if len(digits) > 1 and digits[:2] not in titles:
        return None
    major = f"{digits[0]} {titles[digits[0]]}"
    sub = f"{digits[:2]} {titles[digits[:2]]}" if len(digits) > 1 else major
    return (*(digits[:n] for n in kept), sub, major)


def _industry(digits: str | None, kept: Sequence[int]) -> tuple[str, ...] | None:
    if digits is None or not 2 <= len(digits) <= 5:
        return None
    row = next((r for r in _rows("nic_2008.csv") if r[0] <= digits[:2] <= r[1]), None)
    return None if row is None else (*(digits[:n] for n in kept), digits[:2], f"{row[2]} {row[3]}", row[4])


def plain_words(text: str) -> str:
    """Lower case, with everything but letters and digits as one space."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold().replace("'", "")))


def plain_name(place: str) -> str:
    """The name of a place as it is compared: lower case, “&” as “and”, no other signs."""
    return plain_words(place.replace("&", " and "))


@lru_cache(maxsize=8)
def _rows(name: str) -> tuple[tuple[str, ...], ...]:
    text = (Path(__file__).parent / "data" / name).read_text("utf-8")
    return tuple(tuple(r) for r in csv.reader(line for line in text.splitlines() if not line.startswith("#")))


@lru_cache(maxsize=4)
def _listed(name: str) -> dict[str, str]:
    return {row[0]: row[1] for row in _rows(name)}


@lru_cache(maxsize=1)
def _education() -> tuple[tuple[str, int], ...]:
    return tuple(sorted(((w, int(x)) for w, x in _rows("education.csv")), key=lambda e: -len(e[0])))


@lru_cache(maxsize=1)
def india_zones() -> dict[str, str]:
    """State or union territory, as `plain_name` writes it -> zone."""
    return {plain_name(state): zone for state, zone in _rows("india_zones.csv")}


@lru_cache(maxsize=1)
def state_codes() -> dict[str, str]:
    """Code of a state (a number without leading zeros, or two capital letters) -> its name."""
    return {code: row[3] for row in _rows("india_state_codes.csv") for code in row[:3] if code}


@lru_cache(maxsize=1)
def _districts() -> dict[str, tuple[str, ...]]:
    """District, by name or census code -> the states it may lie in."""
    found: dict[str, list[str]] = {}
    for state, first, last, names in _rows("india_districts.csv"):
        for code, name in zip(range(int(first), int(last) + 1), names.split(";"), strict=True):
            found.setdefault(plain_name(name), []).append(state)
            found[f"{code:03d}"] = [state]
    for row in _rows("india_district_names.csv"):
        found.setdefault(plain_name(row[0]), list(row[2:]) or found[plain_name(row[1])])
    return {name: tuple(dict.fromkeys(states)) for name, states in found.items()}
