"""HIPAA Safe Harbor: the eighteen classes of identifiers that must not stand in the file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np

from core.language import translate as _
from core.policy.rule import Judgement, Release, Rule

if TYPE_CHECKING:
    from core.detect import Detected
    from core.table import Column

CLASSES: dict[str, str] = {
    "PERSON": "A, names", "ADDRESS": "B, places smaller than a state", "DATE_OF_BIRTH": "C, dates",
    "PHONE_NUMBER": "D, telephone numbers (and E, fax numbers)", "EMAIL_ADDRESS": "F, e-mail addresses",
    "NATIONAL_ID": "G, social security numbers (and K, licence numbers)", "RECORD_ID": "H, record numbers",
    "BANK_ACCOUNT": "J, account numbers", "CREDIT_CARD": "J, account numbers",
    "URL": "N, web links", "IP_ADDRESS": "O, internet addresses", "GEO_COORDINATE": "B, places smaller than a state",
    "USERNAME": "R, other unique numbers or codes", "FREE_TEXT_PII": "A, names",
}
"""Entity -> the class of 45 CFR 164.514(b)(2)(i) it falls under."""

HEADERS: tuple[tuple[str, str], ...] = (
    (r"\bfax\b", "E, fax numbers"), (r"\b(mrn|medical record|patient (id|no|number))\b", "H, medical record numbers"),
    (r"\b(policy|insurance|beneficiary|member)\W*(id|no|number)\b", "I, health plan numbers"),
    (r"\b(licen[cs]e|certificate)\b", "K, certificate or licence numbers"),
    (r"\b(vin|number plate|licen[cs]e plate|vehicle (id|no|number))\b", "L, vehicle identifiers"),
    (r"\b(device|serial|imei|mac)\W*(id|no|number|address)?\b", "M, device identifiers"),
    (r"\b(fingerprint|voiceprint|retina|iris scan|biometric)\b", "P, biometric identifiers"),
    (r"\b(photo|photograph|image|picture)\b", "Q, full-face photographs"),
)
"""Words of a header for classes that values do not show."""

LARGE_PLACES = {"state", "states", "province", "country", "countries", "nation", "nationality", "continent"}
"""Words of a header that says its places are states or larger; any other column of places is taken for smaller ones."""

OLDEST = 89


class SafeHarbor(Rule):
    """None of the eighteen classes of identifiers; ages above 89 in one group; dates only as years; ZIP3 at most.

    What a program can see is judged: values, headers, ages and dates. Whether the first three digits of a postcode hold
    more than 20,000 people must be looked up in the census and is said so; so is “no actual knowledge” (b)(2)(ii).
    """

    rule: Literal["safe_harbor"] = "safe_harbor"
    title: ClassVar[str] = "HIPAA Safe Harbor: eighteen classes of identifiers"

    def asks(self) -> str:
        return _("None of the eighteen classes of identifiers stands in the file; ages from 90 on are one group; dates "
                 "are years; places are states or ZIP codes of three digits with more than 20,000 people.")

    def judge(self, release: Release) -> Judgement:
        bad = dict(self._breaches(release))
        if bad:
            return self.breaks(
                "{count} columns fall under a class: {listed}.",
                "Remove these columns or make them coarser: dates to years, postcodes to three digits, ages from 90 on "
                "to “90+”.", count=len(bad), listed="; ".join(f"{n} ({why})" for n, why in bad.items()),
            )
        if zips := [n for n, d in release.detected.items() if d.entity == "POSTCODE"]:
            return self.open("{names}: whether each three-digit area has more than 20,000 people must be looked up.",
                             "Replace the areas with fewer people by 000.", names=", ".join(zips))
        return self.keeps("No column falls under a class, as far as values and headers show.")

    def _breaches(self, release: Release) -> Iterator[tuple[str, str]]:
        for name, column in release.table.columns.items():
            why = _entity(name, release.detected[name], column) or _header(name) or _date(column) or _age(name, column)
            if why:
                yield name, _(why)


def _entity(name: str, detected: Detected, column: Column) -> str | None:
    if detected.confidence < 0.5:
        return None
    if detected.entity == "POSTCODE":
        return "B, postcodes of more than three digits" if _longest_digits(column) > 3 else None
    if detected.entity == "DATE_OF_BIRTH" and _longest_digits(column) <= 4:
        return None  # a year
    if detected.entity == "LOCATION":
        return None if LARGE_PLACES & set(_plain(name).split()) else CLASSES["ADDRESS"]
    return CLASSES.get(detected.entity)


def _header(name: str) -> str | None:
    return next((why for words, why in HEADERS if re.search(words, _plain(name))), None)


def _plain(name: str) -> str:
    """The words of a header: "PatientAge_yrs" as "patient age yrs"."""
    return re.sub(r"[_\-.]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).lower()


def _date(column: Column) -> str | None:
    """A date finer than a year."""
    finer = any(re.match(r"\d{4}-\d{2}", v) for v in column.values.to_pylist()) if column.kind == "date" else False
    return "C, dates finer than a year" if finer else None


def _age(name: str, column: Column) -> str | None:
    if column.kind != "number" or "age" not in _plain(name).split():
        return None
    return "C, ages above 89" if bool(np.nanmax(column.numbers, initial=0) > OLDEST) else None


def _longest_digits(column: Column) -> int:
    return max((len(run) for v in column.values.to_pylist() for run in re.findall(r"\d+", v)), default=0)
