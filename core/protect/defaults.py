"""The steps proposed for what was detected: the right method for each kind of identifier, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from core.protect.free_text.redact import Redact
from core.protect.identifiers.format_preserving import FormatPreserving
from core.protect.identifiers.generalise_identifier import (
    District,
    Domain,
    GeneraliseIdentifier,
    Grid,
    Network,
    Part,
    Year,
)
from core.protect.identifiers.pseudonymise import Pseudonymise
from core.protect.identifiers.surrogate_people import SurrogatePeople
from core.protect.method import Method
from core.protect.rows_and_columns.remove import Remove
from core.table import Column, Table


class Suggestion(NamedTuple):
    """A step, and for each of its columns why."""

    step: Method
    reasons: Mapping[str, str]


_REMOVED: dict[str, str] = {
    "PERSON": "A name is not needed to analyse the data. Use codes instead where rows of one person must be linked.",
    "PHONE_NUMBER": "A phone number leads straight to a person and has no use in analysis.",
    "ADDRESS": "An address leads straight to a home. Keep the district or state in columns of their own.",
    "CREDIT_CARD": "Card numbers must not be passed on (PCI DSS 3.4) and have no use in analysis.",
    "BANK_ACCOUNT": "Account numbers can be misused and have no use in analysis.",
    "USERNAME": "A user name is often the same elsewhere on the internet.",
    "URL": "A link can lead to a person's own page.",
}
_TOKEN = "Rows of the same {what} can still be linked, also between files, but nobody can read who it is."  # noqa: S105
_PARTS: dict[str, tuple[Part, int, str]] = {
    "DATE_OF_BIRTH": (Year(), 1, "The day of birth with the place points at one person; the year is shared by many."),
    "EMAIL_ADDRESS": (Domain(), 5, "The provider or office is shared by many; the address itself is a person's."),
    "IP_ADDRESS": (Network(), 5, "The network is shared by many; the address is personal data (CJEU C-582/14)."),
    "GEO_COORDINATE": (Grid(), 5, "A coordinate is a home; a grid cell of 11 km holds many."),
}
_DISTRICT = (
    District(),
    5,
    "An address leads to a home; the district is shared by many, and no other column says where people live.",
)
ENOUGH = 0.5
"""The share of addresses whose district must be found for it to be proposed."""
_ORDER = ("redact", "remove", "generalise", "token")


def suggest(table: Table, detected: Mapping[str, Any]) -> list[Suggestion]:
    """The steps for the direct identifiers of a table: text first, while the names to look for are known.

    detected  column -> core.detect.Detected (entity, subtype, role are used)
    A role that the table already has stands above the one detected; `keep` and `drop` columns get no step, and neither
    do quasi-identifiers: those are a matter of risk.
    """
    groups: dict[tuple[Any, ...], dict[str, str]] = {}
    placed = any(d.entity in ("LOCATION", "POSTCODE") for name, d in detected.items() if table.role(name) != "drop")
    for name, found in detected.items():
        role = table.roles.get(name, found.role)
        if name not in table.columns or not (role == "direct_identifier" or found.entity == "FREE_TEXT_PII"):
            continue
        if role in ("keep", "drop") and name in table.roles:
            continue
        key, reason = _choice(found.entity, found.subtype)
        if found.entity == "ADDRESS" and not placed and _in_districts(table.columns[name]):
            key, reason = ("generalise", "ADDRESS"), _DISTRICT[2]
        groups.setdefault(key, {})[name] = reason
    ordered = sorted(groups.items(), key=lambda g: _ORDER.index(g[0][0]))
    return [Suggestion(_step(key, tuple(reasons)), reasons) for key, reasons in ordered]


def alternatives(entity: str, subtype: str, column: str) -> tuple[Method, ...]:
    """Other methods that suit an identifier of this kind, for the gallery; the first is the one `suggest` takes."""
    key, _ = _choice(entity, subtype)
    steps: list[Method] = [
        _step(key, (column,)),
        Remove(columns=(column,)),
        _step(("token", _read_as(entity)), (column,)),
    ]
    if entity == "NATIONAL_ID":
        check = "verhoeff" if subtype == "IN_AADHAAR" else "none"
        steps.append(FormatPreserving(columns=(column,), check_digit=check))  # type: ignore[arg-type]
    if entity in _PARTS or entity == "ADDRESS":
        steps.append(_step(("generalise", entity), (column,)))
    if entity == "PERSON":
        steps.append(SurrogatePeople(full_name=column))
    return tuple(dict.fromkeys(steps))


def _in_districts(column: Column) -> bool:
    """Whether the district of most of a sample of addresses is found."""
    some = column.values.to_pylist()[:200]
    return bool(some) and sum(_DISTRICT[0].of(v) is not None for v in some) >= ENOUGH * len(some)


def _choice(entity: str, subtype: str) -> tuple[tuple[Any, ...], str]:
    if entity == "FREE_TEXT_PII":
        return ("redact",), "The text is worth keeping, the names in it are not. Read some of the result."
    if entity in _PARTS:
        return ("generalise", entity), _PARTS[entity][2]
    if entity in _REMOVED:
        return ("remove",), _REMOVED[entity]
    if subtype == "IN_AADHAAR":
        return ("token", "id"), (
            "Aadhaar numbers must not be shown or shared (Aadhaar Act 2016, section 29). "
            + _TOKEN.format(what="person")
        )
    return ("token", _read_as(entity)), _TOKEN.format(what="person" if entity == "NATIONAL_ID" else "record")


def _read_as(entity: str) -> str:
    return {
        "PERSON": "name",
        "EMAIL_ADDRESS": "email",
        "PHONE_NUMBER": "phone",
        "NATIONAL_ID": "id",
        "BANK_ACCOUNT": "id",
        "CREDIT_CARD": "id",
        "RECORD_ID": "id",
    }.get(entity, "text")


def _step(key: tuple[Any, ...], columns: tuple[str, ...]) -> Method:
    if key[0] == "redact":
        return Redact(columns=columns)
    if key[0] == "remove":
        return Remove(columns=columns)
    if key[0] == "generalise":
        part, at_least, _ = {**_PARTS, "ADDRESS": _DISTRICT}[key[1]]
        return GeneraliseIdentifier(columns=columns, keep=part, at_least=at_least)  # type: ignore[arg-type]
    return Pseudonymise(columns=columns, read_as=key[1])
