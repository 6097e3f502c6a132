"""What a column can hold: the vocabulary of entities, and the answer for one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from core.table import Kind, Role

Entity = Literal[
    "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "ADDRESS", "LOCATION", "DATE_OF_BIRTH", "NATIONAL_ID", "CREDIT_CARD",
    "BANK_ACCOUNT", "IP_ADDRESS", "URL", "USERNAME", "RECORD_ID", "ORGANIZATION", "GEO_COORDINATE", "POSTCODE",
    "FREE_TEXT_PII", "NONE",
]
ENTITIES: tuple[Entity, ...] = get_args(Entity)

DIRECT: tuple[Entity, ...] = (
    "PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "ADDRESS", "DATE_OF_BIRTH", "NATIONAL_ID", "CREDIT_CARD",
    "BANK_ACCOUNT", "IP_ADDRESS", "USERNAME", "FREE_TEXT_PII",
)
"""What leads to one person by itself, or nearly so: finding these matters most."""

WORDS: dict[Entity, str] = {
    "PERSON": "names of people", "EMAIL_ADDRESS": "e-mail addresses", "PHONE_NUMBER": "phone numbers",
    "ADDRESS": "addresses", "LOCATION": "places", "DATE_OF_BIRTH": "dates of birth",
    "NATIONAL_ID": "official numbers of persons", "CREDIT_CARD": "payment card numbers",
    "BANK_ACCOUNT": "bank account numbers", "IP_ADDRESS": "internet (IP) addresses", "URL": "web links",
    "USERNAME": "user names", "RECORD_ID": "record numbers", "ORGANIZATION": "organisations",
    "GEO_COORDINATE": "map coordinates", "POSTCODE": "postcodes", "FREE_TEXT_PII": "free text that names people",
    "NONE": "nothing personal by itself",
}
"""Each entity in words, for sentences and select boxes."""


@dataclass(frozen=True)
class Detected:
    """What one column holds, why we think so, and the role we suggest.

    kind        how the cells are best read (a phone number is a code, though it consists of digits)
    subtype     a finer answer such as IN_AADHAAR, or ""
    confidence  0 to 1: of columns that get this figure, about this share is right
    evidence    sentences for people; counts and shares, never a cell value
    role        the suggested role; `reason` says why, in words that continue "because ..."
    """

    kind: Kind
    entity: Entity
    subtype: str
    confidence: float
    evidence: tuple[str, ...]
    role: Role
    reason: str
