"""What each column of a table holds: header, values and neighbours, weighed together.

Each piece of evidence is a vote: log-odds for one entity, and a sentence. The value model votes for every entity; the
header votes for its concept as far as the values allow it; formats with check digits and neighbouring columns add to
it. The highest sum wins, and a softmax whose temperature was fitted on labelled columns says how sure that is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from core.detect import headers, model
from core.detect.compatible import compatible
from core.detect.context import about_persons
from core.detect.descriptions import described, matched
from core.detect.entities import ENTITIES, WORDS, Detected, Entity
from core.detect.evidence import header_sentence, value_sentences
from core.detect.features import features
from core.detect.formats import FORMATS
from core.detect.freetext import Span, spans
from core.detect.headers import Match
from core.detect.look import Look
from core.detect.neighbours import neighbours
from core.detect.recognizers import CHECKED, passing
from core.detect.roles import suggest
from core.detect.same_row import mailed, user_names
from core.detect.shapes import TITLES, firms, surname_first, towns
from core.detect.votes import Judged, Vote
from core.table import Table

COUNTRIES = ("in", "us", "gb", "eu")
"""Whose official numbers are looked for unless told otherwise."""
KNOWN_COUNTRIES = (*COUNTRIES, *(c for c in CHECKED if c not in COUNTRIES))

VALUES = 0.6
"""Weight of the value model's log-odds: below 1 because made-up columns are tidier than real ones."""
FLOOR = -8.0
"""The value model never rules an entity out further than this."""
EMPTY = 2.0
"""Log-odds that a column without values is nothing personal."""
HEADER = 6.0
"""Log-odds of a header that says exactly one thing and whose values allow it."""
SUREST = 0.99
"""No confidence is higher: a few hundred labelled columns cannot vouch for more."""
TEMPERATURE = 0.85
"""Divides the scores before the softmax; fitted by benchmarks/detection.py so that confidence is honest."""

OPEN: dict[str, dict[Entity, float]] = {
    "?person": {"PERSON": 3.5, "RECORD_ID": 3.0, "NONE": 1.5},
    "?name": {"PERSON": 2.5, "LOCATION": 2.0, "ORGANIZATION": 2.0, "NONE": 1.5},
    "?nationality": {"NONE": 3.0, "LOCATION": 3.0},
    "?team": {"ORGANIZATION": 4.0, "LOCATION": 3.0, "NONE": 1.5},
    "?title": {"NONE": 4.0},
    "?contact": {"PHONE_NUMBER": 4.0, "EMAIL_ADDRESS": 4.0, "PERSON": 3.0, "ADDRESS": 2.0},
    "?voter": {"NATIONAL_ID": 5.0, "RECORD_ID": 4.0},
    "?account": {"BANK_ACCOUNT": 2.5, "RECORD_ID": 2.5, "USERNAME": 1.0, "NONE": 1.0},
    "?text": {"NONE": 3.0, "FREE_TEXT_PII": 3.0},
}
"""Headers that leave several answers open: the values choose among them."""


def detect(table: Table, countries: Sequence[str] = COUNTRIES) -> dict[str, Detected]:
    """What every column holds, in file order.

    countries  ISO codes (lower case; "eu" for the European formats) whose official numbers are looked for
    """
    read = described(headers.readable(table.names), table)
    judged = {n: _judge(matched(read[n], c), Look.at(c, tuple(countries))) for n, c in table.columns.items()}
    for name, one in judged.items():
        one.votes.extend(_coded(read[name]))
    _whose(read, judged)
    mailed(table, judged)
    user_names(table, judged)
    neighbours(list(judged.values()), [headers.tokens(text) for text in read.values()])
    looks = {name: one.look for name, one in judged.items()}
    return suggest({name: _answer(one) for name, one in judged.items()}, looks, read)


def _judge(match: Match | None, look: Look) -> Judged:
    found = features(look) if look.sample else {}
    votes = [Vote("NONE", EMPTY)]
    if look.sample:
        votes = [Vote(e, VALUES * max(odds, FLOOR)) for e, odds in model.log_odds(found).items()]
        votes += [*_formats(look), *_presidio(look), *_text(look, match, found)]
    votes += _header(match, look)
    votes += _rather(match, found)
    votes += _built(match, look, found) if look.sample else []
    if look.sample and (match is None or match.strength < 0.7):
        votes += _running(look, found)
    return Judged(look, found, match, votes)


def _whose(read: Mapping[str, str], judged: Mapping[str, Judged]) -> None:
    """A column just called "name" is of persons where the table is, of things where it is not."""
    words = [headers.tokens(text) for text in read.values()]
    lean = about_persons(words, [one.match for one in judged.values()])
    if any(j.match and j.match.concept.name in ("first_name", "last_name", "full_name") for j in judged.values()):
        return  # who it is about has a column of its own: this name is something else's, or the values tell
    for one in judged.values():
        if one.match is None or one.match.concept.entity != "?name" or one.match.strength < 0.7 or not one.look.sample:
            continue
        if lean > 0:
            lettered = compatible("PERSON", one.look) * (one.features["organisation"] < 0.3)
            one.votes.append(Vote("PERSON", 3.5 * lean * lettered, "The other columns speak of persons."))
        elif lean < 0:
            one.votes.append(Vote("NONE", -1.5 * lean))


def _formats(look: Look) -> list[Vote]:
    votes, seen = [], set()
    for form in FORMATS:
        shaped, passing = look.formats.get(form.name, (0.0, 0.0))
        beyond = (passing - form.chance * shaped) / (1 - form.chance)
        if beyond < 0.4 or form.entity in seen:
            continue
        seen.add(form.entity)
        many = min(1.0, len(look.sample) / 8)
        trust = 1 - 4 * (min(form.chance, 0.1) if form.check else form.chance)
        votes.append(Vote(form.entity, many * 8 * trust * beyond, subtype=form.subtype))
    return votes


def _presidio(look: Look) -> list[Vote]:
    """What Presidio's recognizers of official numbers say, for columns that can be such numbers."""
    count, usual = look.usual_digits
    if look.has_digit < 0.7 or count < 6 or count > 16 or usual < 0.5 or look.date > 0.3 or look.words > 3:
        return []
    return [
        Vote("NATIONAL_ID", 4.0 * share, f"{share:.0%} of a few values pass Presidio's check of {entity}.", entity)
        for entity, share in passing(look.sample, look.countries).items()
    ]


def _text(look: Look, match: Match | None, f: dict[str, float]) -> list[Vote]:
    """Texts: do they name people or say how to reach them, beside what else they say?"""
    asked = match is not None and match.concept.entity == "?text"
    if look.words < (2 if asked else 3.5) or look.distinct < 3 or look.date > 0.5 or look.share(_spelt) < 0.5:
        return []
    texts = [t for t in look.sample if len(t.split()) >= 3][:40]
    found = spans(texts, look.countries)
    named = sum(any(s.score >= 0.55 for s in f) for f in found) / max(len(found), 1)
    words = f"{named:.0%} of {len(found)} texts name somebody or say how to reach them."
    if look.words >= 8:
        sure = sum(any(s.score >= 0.7 for s in f) for f in found)
        surely = sure / max(len(found), 1) if sure > 1 or len(found) < 5 else 0.0
        return [Vote("FREE_TEXT_PII", 6.0, words)] if surely >= 0.1 or named >= 0.3 else [Vote("FREE_TEXT_PII", -4.0)]
    usual = [Vote("FREE_TEXT_PII", 3 * named, words)] if look.words >= 5 and named > 0.5 else []
    if f["street"] > 0.3 or f["organisation"] > 0.5:
        return usual  # "12 Dr Ambedkar Road" names nobody
    beside = [[s.score for s in f if _beside(text, s)] for text, f in zip(texts, found, strict=True)]
    sure = sum(any(score >= 0.7 for score in scores) for scores in beside)
    some = sum(bool(scores) for scores in beside)
    if asked and ((sure > 1 and sure >= 0.05 * len(look.sample)) or some >= 0.25 * len(look.sample)):
        return [Vote("FREE_TEXT_PII", 4.5, words)]
    return [Vote("FREE_TEXT_PII", 4.5, words)] if sure > 2 and sure >= 0.2 * len(look.sample) else usual


def _spelt(text: str) -> bool:
    words = text.split()
    return headers.letters(text) > 0.4 * len("".join(words)) or sum(len(w) > 2 and w.isalpha() for w in words) > 1


def _beside(text: str, span: Span) -> bool:
    """Whether a text says something beside this person, number or address of theirs: two words, titles not counted."""
    rest = TITLES.sub(" ", f"{text[: span.start]} {text[span.end :]}")
    return span.entity not in ("ADDRESS", "LOCATION") and sum(any(map(str.isalpha, w)) for w in rest.split()) >= 2


def _running(look: Look, f: dict[str, float]) -> list[Vote]:
    """Numbers that count on from row to row, or lie close together: nobody's phone, account or postcode."""
    if look.whole < 0.95 or look.distinct < 5:
        return []
    votes = []
    steps = np.diff(np.sort(look.numbers))
    step = float(np.median(steps)) * len(look.sample) / look.distinct
    low, high = float(look.numbers.min()), float(look.numbers.max())
    for unit in (1, 1_000):  # seconds or milliseconds since 1970, all of a few years
        if 1.2e9 * unit <= low and high < 2e9 * unit and high - low < 2.5e8 * unit:
            said = "The numbers count seconds since 1970, as clocks of computers do."
            votes = [Vote("RECORD_ID", -2.0), Vote("NONE", 5.0, said)]
            return [*votes, Vote("PHONE_NUMBER", -4.0), Vote("NATIONAL_ID", -4.0), Vote("BANK_ACCOUNT", -3.0)]
    if look.monotone and step <= 1_000 and f["indian_mobile"] < 0.9:  # a sorted list of mobiles may be dense
        votes = [Vote("PHONE_NUMBER", -4.0), Vote("BANK_ACCOUNT", -3.0), Vote("NATIONAL_ID", -3.0)]
        votes.append(Vote("RECORD_ID", 1.0, "The numbers count on from row to row."))
        if look.distinct <= len(look.sample) and steps.min() == steps.max() > 1:
            votes.append(Vote("NONE", 4.0, "The numbers rise by the same step: a clock or a scale."))
    if f["dense"] > 0.5 and look.distinct > 8:
        votes.append(Vote("POSTCODE", -3.0))
    return votes


def _coded(header: str) -> list[Vote]:
    """ "... code": whatever it codes, it is no phone, and a postcode would say so."""
    words = headers.tokens(header)
    if len(words) < 2 or words[-1] not in ("code", "cd", "kode", "codigo") or headers.match(header) is not None:
        return []
    return [Vote("POSTCODE", -2.5), Vote("PHONE_NUMBER", -3.0), Vote("NATIONAL_ID", -1.0)]


def _long(look: Look) -> bool:
    """Long codes: all different in a small table, too, they are numbers of its rows."""
    return look.share(lambda t: len(t) >= 6) > 0.9


def _header(match: Match | None, look: Look) -> list[Vote]:
    if match is None:
        return [Vote("NONE", 0.5)]
    concept, said = match.concept, header_sentence(match)
    if concept.entity in OPEN:
        return [
            Vote(e, weight * match.strength * compatible(e, look, match), said, concept.subtype if e != "NONE" else "")
            for e, weight in OPEN[concept.entity].items()
        ]
    entity = next(e for e in ENTITIES if e == concept.entity)
    fits = compatible(entity, look, match)
    votes = [Vote(entity, HEADER * match.strength * fits, said, concept.subtype)]
    if entity != "NONE" and fits < 0.3:
        votes.append(Vote("NONE", 2.0 * match.strength))
    numbered = concept.name in ("category_id", "area_code") and look.unique > 0.95
    if numbered and look.distinct > (8 if _long(look) else 30):
        votes.append(Vote("RECORD_ID", 6.5 * match.strength, said))
    return votes


_BUYERS = frozenset({"customer", "client", "cust", "cliente"})
"""Those who buy are persons or firms."""


def _rather(match: Match | None, f: dict[str, float]) -> list[Vote]:
    """Headers whose word is often used for a neighbouring thing: a "location" that is a street address, and so on."""
    said = match.concept.entity if match and f else ""
    if (match is None or match.strength < 0.7) and f and _two_names(f):
        return [Vote("PERSON", 1.5)]
    if match and match.phrase == "party" and f and _two_names(f):  # of a contract, not of an election
        return [Vote("NONE", -4.0), Vote("PERSON", 3.0)]
    if match and match.phrase == "cif" and f and f["whole"] > 0.9:  # a bank's customer file, no company's number
        return [Vote("NATIONAL_ID", -7.0), Vote("RECORD_ID", 6.0, header_sentence(match))]
    area = bool(f) and match is not None and match.concept.name == "area_code" and not _two_names(f)
    if match and area and max(f["has_digit"], f["common"], f["few"] * f["upper"]) < 0.2:
        return [Vote("NONE", -4.5), Vote("LOCATION", 4.0, header_sentence(match))]  # a block by its name, not its code
    if match and said == "PERSON" and _BUYERS & set(match.phrase.split()) and _firmlike(f):
        return [Vote("PERSON", -6.0), Vote("ORGANIZATION", 6.0, "The customers are firms, as their names tell.")]
    if said == "ADDRESS" and f["place"] > 0.6 and f["has_digit"] < 0.2:
        return [Vote("ADDRESS", -3.5), Vote("LOCATION", 2.0)]
    if said == "LOCATION" and f["street_digit"] > 0.5:
        return [Vote("LOCATION", -3.5), Vote("ADDRESS", 2.0)]
    if said == "?name" and f["place"] > 0.8 and f["all_names"] < 0.6:
        return [Vote("LOCATION", 1.5)]
    if said == "PERSON" and f["common"] > 0.5 and f["given"] < 0.2 and f["few"] and f["unique"] < 0.5:
        return [Vote("PERSON", -4.0), Vote("NONE", 2.0)]  # an owner that is "private" or "government"
    if said == "PERSON" and f["organisation"] > 0.5 and f["given_first"] < 0.5:
        return [Vote("PERSON", -3.0), Vote("ORGANIZATION", 2.0)]
    if said == "ORGANIZATION" and f["all_names"] > 0.7 and f["organisation"] < 0.1 and f["two_words"] > 0.7:
        return [Vote("ORGANIZATION", -2.0), Vote("PERSON", 1.0)]
    return []


def _firmlike(f: dict[str, float]) -> bool:
    """Words of trade rather than of people."""
    trade = f["common_part"] > 0.4 or f["organisation"] > 0.4
    return trade and f["given_first"] < 0.3 and f["like_ORGANIZATION"] > 1.5 * f["like_PERSON"]


def _built(match: Match | None, look: Look, f: dict[str, float]) -> list[Vote]:
    """What the values are built like, where the header leaves it open."""
    votes = []
    if match is None or match.strength < 0.7 or match.concept.entity.startswith("?"):
        if towns(look) > 0.6:
            votes.append(Vote("LOCATION", 5.0, "The values are built as names of towns are."))
        if (share := firms(look, f["organisation"])) > 0.6:
            votes.append(Vote("ORGANIZATION", 6.0 * share, "The values are built as names of firms are."))
        if f["comma"] > 0.5 and surname_first(look) > 0.7:
            votes += [Vote("PERSON", 5.0, "The values are names with the surname first."), Vote("FREE_TEXT_PII", -4.0)]
        words = look.distinct <= 50 and look.unique < 0.5 and f["mixed_user"] < 0.2 and look.has_digit < 0.1
        if words or f["upper"] > 0.8:  # again and again the same plain words; or codes
            votes.append(Vote("USERNAME", -2.5))
        health = look.formats.get("an NHS number", (0.0, 0.0))[1]
        if f["separated"] > 0.5 and health < 0.5 and look.share(_DASHED.fullmatch) > 0.7:
            votes.append(Vote("PHONE_NUMBER", 2.5, "The digits are written in groups as phone numbers are."))
    if match is not None and match.concept.entity == "?name":
        votes.append(Vote("ADDRESS", -3.0))
    return votes


_DASHED = re.compile(r"(?:\+?1[-. ])?(?:\d{3}[-.]|\(\d{3}\) ?)\d{3}[-.]\d{4}(?: ?x ?\d+)?")
"""A phone number as North America writes it; health and tax numbers of other countries have spaces, or pass a check."""


def _two_names(f: dict[str, float]) -> bool:
    """Given and family names together, though few different ones: the staff of an office, again and again."""
    plain = max(f["common"], f["organisation"], f["street"]) < 0.2 and f["place"] < 0.3
    return plain and f["two_words"] > 0.8 and f["given"] > 0.6 and f["family"] > 0.4


def _answer(one: Judged) -> Detected:
    scores, entity = one.scores(), one.best()
    spread = np.exp((np.array(list(scores.values())) - scores[entity]) / TEMPERATURE)
    mine = sorted((v for v in one.votes if v.entity == entity and v.weight > 0.2), key=lambda v: -v.weight)
    subtype = next((v.subtype for v in mine if v.subtype), "")
    evidence = dict.fromkeys(
        [*(v.sentence for v in mine if v.sentence), *value_sentences(entity, one.look, one.features)]
    )
    if not evidence:
        evidence = {f"The values look like {WORDS[entity]}.": None}
    return Detected(
        one.look.kind, entity, subtype, round(min(float(1 / spread.sum()), SUREST), 3), tuple(evidence), "keep", ""
    )
