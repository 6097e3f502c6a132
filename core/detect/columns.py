"""What each column of a table holds: header, formats and shape, weighed together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple, cast

import numpy as np

from core.detect import headers
from core.detect.entities import ENTITIES, Detected, Entity
from core.detect.formats import FORMATS
from core.detect.look import Look
from core.detect.roles import suggest
from core.table import Table

COUNTRIES = ("in", "us", "gb", "eu")


class Vote(NamedTuple):
    """One piece of evidence: for which entity, how much (log-odds), and the sentence a person reads."""

    entity: Entity
    weight: float
    sentence: str
    subtype: str = ""


def detect(table: Table, countries: Sequence[str] = COUNTRIES) -> dict[str, Detected]:
    """What every column holds, in file order.

    countries  ISO codes (lower case; "eu" for the European formats) whose official numbers are looked for
    """
    looks = {name: Look.at(column, tuple(countries)) for name, column in table.columns.items()}
    found = {name: _decide(name, look) for name, look in looks.items()}
    return suggest(found, looks)


def _decide(name: str, look: Look) -> Detected:
    votes = [*_header(name, look), *_formats(look)]
    scores = dict.fromkeys(ENTITIES, 0.0)
    scores["NONE"] = 1.0
    for vote in votes:
        scores[vote.entity] += vote.weight
    entity = max(ENTITIES, key=lambda e: scores[e])
    total = sum(math.exp(s) for s in scores.values())
    mine = [v for v in votes if v.entity == entity]
    subtype = next((v.subtype for v in sorted(mine, key=lambda v: -v.weight) if v.subtype), "")
    return Detected(look.kind, entity, subtype, round(math.exp(scores[entity]) / total, 3),
                    tuple(v.sentence for v in mine), "keep", "")


def _header(name: str, look: Look) -> list[Vote]:
    found = headers.match(name)
    if found is None:
        return []
    entity = found.concept.entity
    if entity.startswith("?"):
        entity = {"?name": "PERSON", "?contact": "PHONE_NUMBER", "?voter": "NATIONAL_ID", "?account": "BANK_ACCOUNT",
                  "?text": "FREE_TEXT_PII", "?title": "NONE"}[entity]
    fits = compatible(cast(Entity, entity), look)
    return [Vote(cast(Entity, entity), 5 * found.strength * fits,
                 f"The header says “{found.phrase}”.", found.concept.subtype)]


def _formats(look: Look) -> list[Vote]:
    votes = []
    for form in FORMATS:
        shaped, passing = look.formats.get(form.name, (0.0, 0.0))
        if passing > max(0.5, 2 * form.chance * shaped):
            words = f"{passing:.0%} of {len(look.sample)} distinct values look like {form.name}"
            votes.append(Vote(form.entity, (7 - 10 * form.chance) * passing, words + ".", form.subtype))
    return votes


def compatible(entity: Entity, look: Look) -> float:
    """0 to 1: how far the values can be what the header says."""
    if not look.sample:
        return 0.6
    low, high = (0, 99)
    if entity == "EMAIL_ADDRESS":
        return look.share(lambda t: "@" in t)
    if entity == "PHONE_NUMBER":
        return float(np.mean((look.digit_counts >= 6) & (look.digit_counts <= 16)))
    if entity in ("PERSON", "ORGANIZATION", "LOCATION"):
        return look.letters
    if entity == "POSTCODE":
        return look.share(lambda t: 3 <= len(t) <= 10 and any(map(str.isdigit, t)))
    if entity == "DATE_OF_BIRTH":
        return look.date
    if entity in ("NATIONAL_ID", "CREDIT_CARD", "BANK_ACCOUNT"):
        low, high = (12, 19) if entity == "CREDIT_CARD" else (4, 25)
        return float(np.mean((look.digit_counts >= low) & (look.digit_counts <= high)))
    if entity == "RECORD_ID":
        return 1.0 if look.unique > 0.5 else 0.1
    return 1.0
