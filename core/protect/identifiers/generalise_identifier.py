"""Generalise identifiers: keep the part of an identifier that is useful and shared by many."""

from __future__ import annotations

import datetime
import ipaddress
import math
import re
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator

from core.declare import Declared, columns_of, param
from core.problem import Problem
from core.protect.method import Claim, Group, Method, Run
from core.table import SUPPRESSED, Kind, Table


class Part(Declared):
    """What is kept of an identifier."""

    becomes: ClassVar[Kind] = "category"

    def of(self, value: str) -> str | None:  # noqa: ARG002
        """The part that is kept of one value, or None where the value is not of the form expected."""
        raise TypeError(f"{type(self).__name__} does not say what it keeps")


class Year(Part):
    """The year of a date: 1984-03-01 becomes 1984."""

    to: Literal["year"] = "year"
    title: ClassVar[str] = "The year of a date"
    becomes: ClassVar[Kind] = "number"

    def of(self, value: str) -> str | None:
        day = _day(value)
        return None if day is None else f"{day.year:04d}"


class Age(Part):
    """The age in completed years on a day: 1984-03-01 becomes 40."""

    to: Literal["age"] = "age"
    title: ClassVar[str] = "The age in years"
    becomes: ClassVar[Kind] = "number"
    on: str = param(
        "On which day?",
        why="The day of the survey or of the record. The age on another day would change over the years.",
        unit="YYYY-MM-DD",
    )
    oldest: int = param(
        "From which age on are all people one group?",
        default=90,
        ge=20,
        le=130,
        unit="years",
        why="Few people are very old, so a high age points at a person. The HIPAA rule asks for 90 or more.",
    )

    @field_validator("on")
    @classmethod
    def _a_day(cls, on: str) -> str:
        if _day(on) is None:
            raise ValueError("Write the day as 2024-03-01.")
        return on

    def of(self, value: str) -> str | None:
        born, on = _day(value), datetime.date.fromisoformat(self.on)
        if born is None or born > on:
            return None
        age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        return str(min(age, self.oldest))


class Domain(Part):
    """The domain of an e-mail address or the host of a URL: asha@nic.in becomes nic.in."""

    to: Literal["domain"] = "domain"
    title: ClassVar[str] = "The domain of an e-mail or web address"

    def of(self, value: str) -> str | None:
        text = value.strip().lower()
        host = text.rpartition("@")[2] if "@" in text else re.sub(r"^[a-z]+://", "", text)
        host = re.split(r"[/:?#]", host)[0].removeprefix("www.").strip(".> ")
        return host if re.fullmatch(r"[^\s@.]+(\.[^\s@.]+)+", host) else None


class Network(Part):
    """The network of an IP address: 10.20.30.40 becomes 10.20.0.0/16; of IPv6 addresses twice as many bits are kept."""

    to: Literal["network"] = "network"
    title: ClassVar[str] = "The network of an IP address"
    bits: int = param(
        "How many bits are kept?",
        why="16 bits are a network of 65,536 addresses.",
        default=16,
        ge=8,
        le=24,
        search=(8, 24),
    )

    def of(self, value: str) -> str | None:
        try:
            address = ipaddress.ip_address(value.strip())
        except ValueError:
            return None
        bits = self.bits if address.version == 4 else 2 * self.bits
        return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))


class Place(Part):
    """The last parts of an address, after its commas: “12 MG Road, Andheri, Mumbai 400058” becomes “Mumbai”.

    Words with digits (house numbers, PIN codes) are left out. An address with no more parts than are kept is
    suppressed whole: its parts could be the street.
    """

    to: Literal["place"] = "place"
    title: ClassVar[str] = "The place of an address"
    parts: int = param(
        "How many of the last parts are kept?",
        why="Often the last is the state, the one before the district.",
        default=1,
        ge=1,
        le=3,
    )

    def of(self, value: str) -> str | None:
        parts = [_without_digits(p) for p in re.split(r"[,;\n]+", value)]
        parts = [p for p in parts if p]
        return ", ".join(parts[-self.parts :]) if len(parts) > self.parts else None


class District(Part):
    """The district or state of an address in India: “12 MG Road, Pune 411001” becomes “Pune, Maharashtra”.

    Found by name among the 36 states and union territories and their districts, their other spellings and larger
    cities (a list of our own, no official one: docs/detection.md), and held against the first two digits of the PIN
    code. Where an address names a village alone, or a district that two states have, there is no answer and the value
    is suppressed.
    """

    to: Literal["district"] = "district"
    title: ClassVar[str] = "The district or state of an Indian address"
    level: Literal["district", "state"] = param(
        "How coarse?",
        default="district",
        labels={"district": "the district", "state": "the state or union territory"},
        why="A district has about two million people, a state many times that.",
    )

    def of(self, value: str) -> str | None:
        from core.detect import india

        if self.level == "state":
            return india.state_of(value)
        found = india.district_of(value)
        return f"{found.name}, {found.state}" if found else None


class Grid(Part):
    """The corner of the grid cell a coordinate lies in: 18.5204 becomes 18.5; “18.52, 73.86” becomes “18.5, 73.8”."""

    to: Literal["grid"] = "grid"
    title: ClassVar[str] = "A grid cell of a coordinate"
    degrees: float = param(
        "How wide is a grid cell?",
        why="0.1 degrees are 11 km from south to north.",
        default=0.1,
        gt=0,
        le=10,
        unit="degrees",
        search=(0.01, 1),
    )

    def of(self, value: str) -> str | None:
        numbers = re.findall(r"[-+]?\d+(?:\.\d+)?", value)
        rest = re.sub(r"[-+]?\d+(?:\.\d+)?", "", value)
        if not 1 <= len(numbers) <= 2 or rest.strip(" ,;()[]") or any(abs(float(n)) > 180 for n in numbers):
            return None
        return ", ".join(self._corner(float(n)) for n in numbers)

    def _corner(self, number: float) -> str:
        # A hair is added before rounding down, or 18.3 / 0.1 = 182.99999999999997 falls into the cell below.
        corner = math.floor(number / self.degrees + 1e-9) * self.degrees
        decimals = max(0, -math.floor(math.log10(self.degrees)) + 2)
        return f"{round(corner, decimals) + 0.0:.10g}"


Parts = Annotated[Year | Age | Domain | Network | Place | District | Grid, Field(discriminator="to")]


class GeneraliseIdentifier(Method):
    """Keep only the part of an identifier that many people share: the year of a birth date, the domain of an e-mail.

    At a glance: what is left is no longer a direct identifier but still a quasi-identifier: give the column that role
    and look at the risk.

    Parts that fewer than `at_least` rows share are suppressed (*): a private e-mail domain or a hamlet is as
    good as a name. Values that are not of the form expected are suppressed as well.
    Preserved: the shared part. Lost: everything else of the value.

    - {method: generalise_identifier, columns: [dob], keep: {to: age, on: 2024-03-01}}

    Source: 45 CFR 164.514(b)(2) (HIPAA Safe Harbor); NIST SP 800-188, 4.3.5.
    """

    method: Literal["generalise_identifier"] = "generalise_identifier"
    title: ClassVar[str] = "Keep only the shared part"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns?", why="They hold the same kind of identifier.", min_length=1
    )
    keep: Parts = param("What is kept?", why="The coarsest part that the purpose allows.")
    at_least: int = param(
        "How many rows must share a part?",
        default=5,
        ge=1,
        le=1000,
        search=(2, 20),
        why="Rarer parts are suppressed. For years and ages 1 is enough if risk is looked at afterwards.",
    )

    def check(self, table: Table) -> None:
        for name in self.columns:
            values = [v for v in table[name].values.to_pylist() if v != SUPPRESSED]
            if values and not any(self.keep.of(v) is not None for v in values):
                raise Problem(
                    "No value of “{column_name}” has the form that “{part}” works on.",
                    "Choose another column, or another part to keep.",
                    column=name,
                    column_name=name,
                    part=self.keep.title,
                )

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        new = {}
        for name in self.columns:
            parts = table[name].recode(
                lambda v: v if v == SUPPRESSED else self.keep.of(v) or SUPPRESSED, self.keep.becomes
            )
            rare = {
                v for v, n in zip(parts.values.to_pylist(), parts.counts().tolist(), strict=True) if n < self.at_least
            }
            new[name] = parts.recode(lambda v: SUPPRESSED if v in rare else v)  # noqa: B023  # called at once
        return table.with_columns(new)

    def may_show(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        columns, keep = [n for n in self.columns if n in table.columns], self.keep
        whole = {n: _whole(table.columns[n].values.to_pylist(), keep) for n in columns}
        return (
            Claim(
                f"No whole value of {', '.join(columns)} is left, only: {keep.title.lower()}.",
                lambda released: (
                    not any(whole[n] & set(released.columns[n].texts()) for n in columns if n in released.columns)
                ),
            ),
        )


def _whole(values: list[str], keep: Part) -> set[str]:
    """The values that are no part of themselves or of another: “Mumbai” alone is the place of other addresses."""
    return set(values) - {keep.of(v) for v in values} - {SUPPRESSED}


def _day(value: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(value[:10]) if re.match(r"\d{4}-\d{2}-\d{2}", value) else None
    except ValueError:
        return None


def _without_digits(part: str) -> str:
    return " ".join(w for w in part.split() if not any(c.isdigit() for c in w)).strip(" -.–")
