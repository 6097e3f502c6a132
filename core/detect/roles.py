# ruff: noqa: SIM905  (lists of words read better as lines of words)
"""The role suggested for each column, with its reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from core.detect import headers
from core.detect.entities import Detected, Entity
from core.detect.headers import Concept
from core.detect.look import Look
from core.table import Kind, Role
from core.table.table import SINGLE_ROLES

OF_ENTITY: dict[Entity, tuple[Role, str]] = {
    "PERSON": ("direct_identifier", "it names people"),
    "EMAIL_ADDRESS": ("direct_identifier", "an e-mail address reaches one person"),
    "PHONE_NUMBER": ("direct_identifier", "a phone number reaches one person"),
    "ADDRESS": ("direct_identifier", "an address leads to a home"),
    "NATIONAL_ID": ("direct_identifier", "an official number belongs to one person"),
    "CREDIT_CARD": ("direct_identifier", "a card number belongs to one person"),
    "BANK_ACCOUNT": ("direct_identifier", "an account belongs to one person"),
    "IP_ADDRESS": ("direct_identifier", "an internet address points at one connection"),
    "URL": ("direct_identifier", "a link can lead to a person's page or picture"),
    "USERNAME": ("direct_identifier", "a user name is a person's name online"),
    "RECORD_ID": ("direct_identifier", "it leads back to the record in other files"),
    "FREE_TEXT_PII": ("direct_identifier", "the text names people or says how to reach them"),
    "DATE_OF_BIRTH": ("quasi_identifier", "a date of birth with a place singles most people out"),
    "LOCATION": ("quasi_identifier", "where someone lives or comes from helps to single them out"),
    "POSTCODE": ("quasi_identifier", "where someone lives helps to single them out"),
    "GEO_COORDINATE": ("quasi_identifier", "exact coordinates lead to a home"),
    "ORGANIZATION": ("quasi_identifier", "an employer, school, bank or hospital helps to single people out"),
}
CODES: frozenset[Entity] = frozenset(
    {"PHONE_NUMBER", "NATIONAL_ID", "CREDIT_CARD", "BANK_ACCOUNT", "RECORD_ID", "POSTCODE"}
)
"""What consists of digits and is no number."""
CATEGORIES = frozenset({"sex", "marital", "race", "religion", "caste", "household_relation", "dwelling", "stratum"})
"""What surveys code in digits that are no numbers."""
SURVEY = frozenset({"household", "stratum", "sample_weight", "dwelling", "household_relation"})
_SITE = re.compile(r"(?:https?://)?[\w.-]+/?")
"""A link that goes no further than the site."""
SURE = 0.7
"""How strongly a header must match before its role is taken."""


def suggest(
    found: Mapping[str, Detected], looks: Mapping[str, Look], read: Mapping[str, str] | None = None
) -> dict[str, Detected]:
    """The same answers with kind, role and reason filled in; weight and household go to one column at most.

    read  header -> how it is read, where that differs (`headers.readable`)
    """
    concepts = {name: _concept((read or {}).get(name, name)) for name in found}
    _body_or_sample(concepts, looks)
    _sector(concepts, looks)
    _caste(concepts, looks)
    _pupils(concepts)
    survey = sum(1 for c in concepts.values() if c and c.name in SURVEY) >= 2
    given = {name: _role(answer, concepts[name], looks[name], survey) for name, answer in found.items()}
    given |= _callings(found, concepts, looks)
    for role in SINGLE_ROLES:
        _only_one(given, role)
    return {
        name: replace(a, kind=_kind(a, concepts[name], looks[name]), role=given[name][0], reason=given[name][1])
        for name, a in found.items()
    }


def _concept(name: str) -> Concept | None:
    found = headers.match(name)
    return found.concept if found and found.strength >= SURE else None


def _body_or_sample(concepts: dict[str, Concept | None], looks: Mapping[str, Look]) -> None:
    """A column just called "weight" (w, wt) is a sample weight where the table is a survey and nobody is measured."""
    if "height" in {p for name in concepts for p in headers.tokens(name)}:
        return
    survey = any(c and c.name in SURVEY for c in concepts.values())
    for name, concept in concepts.items():
        bare = headers.tokens(name) in (("weight",), ("w",), ("wt",), ("wgt",), ("weights",))
        if bare and _positive(looks[name]) and (survey or concept is None or concept.name != "body"):
            concepts[name] = headers.concepts()["sample_weight"]


def _sector(concepts: dict[str, Concept | None], looks: Mapping[str, Look]) -> None:
    """In Indian surveys a "sector" is rural or urban, elsewhere a branch of the economy: the values tell."""
    for name in concepts:
        values = {v.lower() for v in looks[name].sample}
        if "sector" in headers.tokens(name) and values and values <= {"rural", "urban", "r", "u", "1", "2"}:
            concepts[name] = headers.concepts()["dwelling"]


_CASTES = frozenset("sc st obc gen general ews ur bc mbc ebc open obc-ncl obc-cl sbc nt vjnt unreserved".split())
"""How Indian registers write the social category."""


def _caste(concepts: dict[str, Concept | None], looks: Mapping[str, Look]) -> None:
    """A "category" of SC, ST, OBC and General is a caste category, whatever else the word may mean."""
    for name in concepts:
        values = {v.strip().lower() for v in looks[name].sample}
        if "category" in headers.tokens(name) and len(values) > 1 and values <= _CASTES:
            concepts[name] = headers.concepts()["caste"]


_SCHOOL = frozenset("student students pupil pupils school roll admission guardian scholar".split())
_CLASS = frozenset({("class",), ("section",), ("standard",), ("std",), ("division",), ("div",), ("stream",)})


def _pupils(concepts: dict[str, Concept | None]) -> None:
    """Where a table speaks of pupils, a "class" or "section" is theirs; elsewhere it is a class of anything."""
    if any(_SCHOOL & set(headers.tokens(name)) for name in concepts):
        for name in concepts:
            if headers.tokens(name) in _CLASS:
                concepts[name] = headers.concepts()["school_class"]


def _role(answer: Detected, concept: Concept | None, look: Look, survey: bool) -> tuple[Role, str]:
    if concept and concept.name == "household" and (look.unique < 0.95 or survey):
        return "household", concept.reason
    if concept and concept.name == "secret":
        return "drop", concept.reason
    if answer.entity == "URL" and look.unique < 0.5 and look.share(_SITE.fullmatch) > 0.8:
        return "keep", "the links name sites, not pages of persons"
    if answer.entity != "NONE":
        return OF_ENTITY[answer.entity]
    if answer.subtype == "MAC_ADDRESS":
        return "direct_identifier", "it points at one device"
    if concept and concept.role == "weight" and _positive(look):
        return concept.role, concept.reason
    if look.distinct <= 1:
        return "keep", "it says the same in every row"
    if concept is None or not concept.reason:
        return "keep", "nothing personal was found in it"
    if concept.role == "weight":
        return "keep", "it is called a weight but does not hold positive numbers"
    if concept.entity != "NONE":
        return "keep", f"its header speaks of {concept.name.replace('_', ' ')}, but its values do not look like it"
    return concept.role, concept.reason


def _callings(
    found: Mapping[str, Detected], concepts: Mapping[str, Concept | None], looks: Mapping[str, Look]
) -> dict[str, tuple[Role, str]]:
    """The "title" of people who have a first or last name of their own is what they do, unless it is "Mrs" and "Dr"."""
    named = any(c and c.name in ("first_name", "last_name") for c in concepts.values())
    return {
        name: ("quasi_identifier", "what someone does helps to single them out")
        for name, concept in concepts.items()
        if named and concept and concept.name == "title" and found[name].entity == "NONE"
        and looks[name].distinct > 1 and looks[name].share(lambda t: len(t.rstrip(".")) > 4) > 0.5
    }


def _positive(look: Look) -> bool:
    return look.number > 0.95 and len(look.numbers) > 0 and bool((look.numbers >= 0).all())


def _only_one(given: dict[str, tuple[Role, str]], role: Role) -> None:
    """Keep the role on the column whose header fits best (the first of equals); the others are kept as they are."""
    having = [name for name, (r, _) in given.items() if r == role]
    if len(having) < 2:
        return
    best = max(having, key=lambda n: round(_strength(n), 2))
    for name in having:
        if name != best:
            other: Role = "keep" if role == "weight" else "direct_identifier"
            given[name] = other, f"“{best}” is the {role} already; a table has one"


def _strength(name: str) -> float:
    found = headers.match(name)
    return found.strength if found else 0.0


def _kind(answer: Detected, concept: Concept | None, look: Look) -> Kind:
    if answer.kind == "number" and answer.entity in CODES:
        return "code"
    coded = concept is not None and concept.name in CATEGORIES and look.distinct <= 40
    if answer.kind == "number" and answer.entity == "NONE" and coded:
        return "category"
    return answer.kind
