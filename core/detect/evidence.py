"""Evidence in sentences for people: shares, counts and headers, never a cell value."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.detect.entities import Entity
from core.detect.formats import FORMATS
from core.detect.headers import Match
from core.detect.look import Look


def header_sentence(match: Match) -> str:
    return f"The {match.where} says “{match.phrase}”."


def value_sentences(entity: Entity, look: Look, found: dict[str, float]) -> list[str]:
    """What of the values speaks for this entity."""
    if not look.sample:
        return ["The column is empty: only the header could be judged."]
    said = _format_sentences(entity, look)
    if entity in _SAY:
        said += [text for share, text in _SAY[entity](look, found) if share >= 0.3]
    return said


def _format_sentences(entity: Entity, look: Look) -> list[str]:
    said = []
    for form in FORMATS:
        shaped, passing = look.formats.get(form.name, (0.0, 0.0))
        if form.entity != entity or shaped < 0.3:
            continue
        count = f"of {len(look.sample)} distinct values"
        beyond = passing > 2.5 * form.chance * shaped and passing > 0.3
        if form.check is None:
            said.append(f"{shaped:.0%} {count} look like {form.name}.")
        elif beyond:
            said.append(f"{passing:.0%} {count} look like {form.name} and pass the {form.checked}.")
        elif form.chance >= 0.05 and entity != "NONE":  # a date that is no ISBN says nothing
            none = "none passes" if passing == 0 else f"{passing:.0%} pass, no more than by chance"
            said.append(
                f"{shaped:.0%} {count} have the shape of {form.name}; of the {form.checked} {none}: "
                "test numbers, or not what it seems."
            )
    return said[:2]


Said = Callable[[Look, dict[str, float]], list[tuple[float, str]]]


def _person(look: Look, f: dict[str, float]) -> list[tuple[float, str]]:
    del look
    return [
        (
            max(f["given"], f["family"]),
            f"{max(f['given'], f['family']):.0%} of the values contain a known given or family name.",
        ),
        (f["like_PERSON"], "The spelling is that of names."),
    ]


def _place(look: Look, f: dict[str, float]) -> list[tuple[float, str]]:
    del look
    return [
        (f["place"], f"{f['place']:.0%} of the values are known places."),
        (f["code"], f"{f['code']:.0%} of the values are codes of states or countries."),
    ]


def _organisation(look: Look, f: dict[str, float]) -> list[tuple[float, str]]:
    del look
    return [(f["organisation"], f"{f['organisation']:.0%} of the values contain a word for an organisation.")]


def _address(look: Look, f: dict[str, float]) -> list[tuple[float, str]]:
    del look
    return [(f["street_digit"], f"{f['street_digit']:.0%} of the values have a street word and a number.")]


def _phone(look: Look, f: dict[str, float]) -> list[tuple[float, str]]:
    del look
    return [(f["phone"], f"{f['phone']:.0%} of the values are written like phone numbers.")]


def _birth(look: Look, f: dict[str, float]) -> list[tuple[float, str]]:
    years = look.years
    if not len(years):
        return []
    return [(f["date"], f"The dates lie between {int(np.min(years))} and {int(np.max(years))}, as births do.")]


def _record(look: Look, f: dict[str, float]) -> list[tuple[float, str]]:
    return [
        (look.unique, "No value occurs twice." if look.unique == 1 else f"{look.unique:.0%} as many values as rows."),
        (f["monotone"], "The numbers only go up or down from row to row."),
    ]


def _coordinate(look: Look, f: dict[str, float]) -> list[tuple[float, str]]:
    del look
    return [(f["in_180"] * f["fine"], "Numbers between -180 and 180 with four or more decimals.")]


_SAY: dict[Entity, Said] = {
    "PERSON": _person,
    "LOCATION": _place,
    "ORGANIZATION": _organisation,
    "ADDRESS": _address,
    "PHONE_NUMBER": _phone,
    "DATE_OF_BIRTH": _birth,
    "RECORD_ID": _record,
    "GEO_COORDINATE": _coordinate,
}
