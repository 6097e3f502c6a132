# ruff: noqa: SIM905  (lists of words read better as lines of words)
"""How far a column's values can be what its header says: 0 not at all, 1 entirely."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from core.detect.entities import Entity
from core.detect.headers import Match, letters, plain
from core.detect.look import Look
from core.detect.names import lists, words

UNKNOWN = 0.7
"""For a column without values: the header is all there is."""
PERSONAL = frozenset(
    "customer client cust patient student pupil employee emp staff user member person voter beneficiary subject case "
    "record rec applicant candidate participant respondent account host player passenger policy claim".split()
)
"""Words beside "id" that make it lead to a person even where it repeats from row to row."""


def compatible(entity: Entity, look: Look, match: Match | None = None) -> float:
    """0 to 1 for this entity, by rules that no value model is needed for."""
    if not look.sample:
        return UNKNOWN
    return _RULES[entity](look, match) if entity in _RULES else 1.0


_PHRASE = re.compile(r"[^\W\d_]{2,}[.,]?(?: [^\W\d_.,-]+[.,]?)+")
_DIALLED = re.compile(r"[+(]?\d[\d() ./x-]{7,}\d")
_DOMAIN = re.compile(
    r"(?:https?://|www\.)\S+|(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|io|in|uk|de|fr|info|co|eu)(?:/\S*)?", re.IGNORECASE
)
_STATUS = re.compile(
    r"\b(?:(?:in)?activ[oae]?s?|inaktiv|aktiv|abiert[oa]|cerrad[oa]|abert[oa]|fechad[oa]|pendiente|pendente|resuelt[oa]|"
    r"solucionad[oa]|resolvid[oa]|en (?:proceso|curso|cours|attente)|em (?:andamento|aberto|analise)|aprobad[oa]|"
    r"aprovad[oa]|rechazad[oa]|cancelad[oa]|pagad[oa]|pago|entregad[oa]|enviad[oa]|nuev[oa]|usad[oa]|buen[oa]|mal[oa]|"
    r"regular|solter[oa]|casad[oa]|divorciad[oa]|viud[oa]|ouvert|ferme|termine|valide|refuse|actif|inactif|aperto|chiuso|"
    r"attivo|inattivo|completad[oa]|concluid[oa]|finalizad[oa]|vigente|vencid[oa]|open|closed|pending|active|inactive|"
    r"resolved|new|used|good|bad)\b"
)
_GROUPED = frozenset(
    {"sex", "marital", "race", "religion", "caste", "household_relation", "nationality", "dwelling", "card_detail"}
)
_COUNTED = frozenset({"age", "family_size", "amount", "income", "sample_weight", "body", "birth_year", "phone_code"})


def _nothing(look: Look, match: Match | None) -> float:
    """A header of something that is not personal by itself, over values that are something else (shifted headers)."""
    name = match.concept.name if match else ""
    few = look.distinct <= 40 or look.unique < 0.5
    dated = look.date > 0.6 or look.share(lambda t: "@" in t) > 0.5
    if name == "category" or (match is not None and match.phrase == "party"):
        if look.share(_DOMAIN.fullmatch) > 0.8:
            return 0.2
        party = match is not None and match.phrase == "party"  # to a call; a bar code has as many digits
        dialled = party and look.whole > 0.9 and look.usual_digits[0] >= 9 and look.unique > 0.5
        return 0.2 if dialled else 0.4 if look.words >= 3 and look.unique > 0.5 else 1.0
    if name == "event_date":
        return 1.0 if few or look.has_digit > 0.5 else 0.2
    if name in _GROUPED:
        return 0.1 if dated else 1.0 if few else 0.2
    if name in _COUNTED:
        return (
            0.1 if dated else 1.0 if few or look.share(lambda t: t[:1].isdigit() or t[:1] in "$€£₹<>-+.") > 0.5 else 0.2
        )
    return 1.0


def _digits(low: int, high: int) -> Callable[[Look, Match | None], float]:
    def rule(look: Look, match: Match | None) -> float:
        del match
        masked = look.share(lambda t: re.fullmatch(r"[\d+() -]*[xX*]{3,}[\dxX* -]*", t))
        return max(masked, float(np.mean((look.digit_counts >= low) & (look.digit_counts <= high))))

    return rule


def _lettered(look: Look, match: Match | None) -> float:
    del match
    readable = look.share(lambda t: letters(t) >= 0.5 * len(t))
    return readable if look.words < 9 else 0.3 * readable


def _national(look: Look, match: Match | None) -> float:
    numbered = look.share(lambda t: 4 <= sum(map(str.isdigit, t)) <= 25 or re.fullmatch(r"[X*xA-Z0-9/ .-]{6,}", t))
    if match is not None and match.concept.entity == "?voter":  # a running number is the list's, letters the card's
        numbered = look.share(lambda t: re.search(r"[A-Za-z]", t) and re.search(r"\d", t))
    short = look.whole > 0.9 and look.usual_digits[0] <= 5  # a class of industry, a ward: no country has so few people
    repeated = 1.0 if look.distinct > 8 or look.unique > 0.5 else 0.2
    return numbered * repeated * _no_fraction(look) * (0.25 if short else 1.0)


def _account(look: Look, match: Match | None) -> float:
    numbered = look.share(lambda t: 5 <= sum(map(str.isdigit, t)) <= 30 or "@" in t)
    del match
    return numbered * _no_fraction(look) * (1.0 if look.unique > 0.05 else 0.2)


def _no_fraction(look: Look) -> float:
    """0 where the values are amounts with decimals."""
    return float(look.share(lambda t: re.fullmatch(r"-?\d+\.(?!0+$)\d+", t)) < 0.2)


def _card(look: Look, match: Match | None) -> float:
    numbered = look.share(
        lambda t: 12 <= sum(map(str.isdigit, t)) <= 19 or re.fullmatch(r"[X*x\d][X*x\d -]{7,}\d{4}", t)
    )
    del match
    return numbered * _no_fraction(look)


def _url(look: Look, match: Match | None) -> float:
    del match
    linked = look.share(
        lambda t: re.search(r"://|^www\.|^[\w-]+(\.[\w-]+)+(/|$)|\.(jpe?g|png|gif|bmp|svg|webp)$|/\w+", t)
    )
    return linked if look.date < 0.5 and look.number < 0.5 else 0.0


def _record(look: Look, match: Match | None) -> float:
    if _no_fraction(look) < 1 or look.date > 0.5 or look.words > 3 or look.share(_PHRASE.fullmatch) > 0.5:
        return 0.0
    if match is not None and match.concept.name == "household":
        return 1.0 if look.distinct > 1 else 0.1
    personal = match is not None and bool(PERSONAL & set(match.phrase.split()))
    small = not personal and look.whole > 0.9 and len(look.numbers) and float(np.ptp(look.numbers)) <= look.distinct + 3
    if small and look.unique < 0.9:  # 1 to 12, again and again, in no order: numbers of things, not of rows
        return 0.1
    if look.unique > 0.9 or (look.distinct > 200 and look.unique > 0.2):
        return 1.0
    if look.distinct > 50 or look.unique > 0.5:
        return 0.9 if personal else 0.7
    return 0.6 if personal and look.distinct > 12 else 0.1


def _coordinate(look: Look, match: Match | None) -> float:
    gridded = match is not None and match.concept.name == "coordinates" and match.strength >= 0.7
    if gridded and look.number > 0.9 and len(look.numbers) and float(np.median(np.abs(look.numbers))) >= 10_000:
        return 0.9  # metres or feet of a national grid: easting and northing
    near = len(look.numbers) > 0 and bool((np.abs(look.numbers) <= 180).all())
    paired = look.share(lambda t: len(re.findall(r"-?\d+\.\d+", t)) >= 2 or re.search(r"\d\s*°", t))
    return max(paired, look.number * near * (1.0 if look.share(lambda t: "." in t) > 0.5 else 0.3))


def _user(look: Look, match: Match | None) -> float:
    del match
    worded = look.share(lambda t: len(t.split()) <= 2 and re.search(r"[^\W\d_]", t))
    return worded * (1.0 if look.unique > 0.3 or look.distinct > 50 else 0.3)


def _address(look: Look, match: Match | None) -> float:
    doors = match is not None and bool({"door", "house", "plot", "flat"} & set(match.phrase.split()))
    if (
        look.date > 0.5
        or _no_fraction(look) < 1
        or (not doors and look.share(_DIALLED.fullmatch) > 0.5)
        or look.share(lambda t: "@" in t or "://" in t) > 0.5
    ):
        return 0.0
    if look.number > 0.9:  # a house or street number stands in a column of its own
        numbered = match is not None and bool(
            {"no", "number", "num", "house", "street", "door", "flat", "plot", "apt", "hausnummer", "numero"}
            & set(match.phrase.split())
        )
        return 0.9 if numbered else 0.2
    return 1.0 if look.distinct > 3 or look.unique > 0.5 else 0.4


def _birth(look: Look, match: Match | None) -> float:
    del match
    years = look.years
    if look.date > 0.4 and len(years):
        return float(np.mean((years >= 1880) & (years <= 2026)))
    without_year = look.share(lambda t: re.fullmatch(r"\d{1,2}[-/. ]\w{1,9}|[A-Za-z]{3,9} \d{1,2}", t))
    return max(0.8 * without_year, 0.5 * look.share(lambda t: re.fullmatch(r"(?:19|20)\d{2}(?:\.0)?", t)))


def _post(look: Look, match: Match | None) -> float:
    del match
    return look.share(lambda t: 2 <= len(t) <= 11 and any(map(str.isdigit, t))) * _no_fraction(look)


def _ip(look: Look, match: Match | None) -> float:
    del match
    return look.share(lambda t: re.search(r"\d+\.\d+\.\d+|[0-9a-fA-F]*:[0-9a-fA-F]*:|\d+\.\d+\.[x*\d]+", t))


def _mail(look: Look, match: Match | None) -> float:
    del match
    return look.share(lambda t: "@" in t or re.search(r"\*{2,}", t))


def _long_text(look: Look, match: Match | None) -> float:
    del match
    return float(look.words >= 3) * look.has_letter


def _place(look: Look, match: Match | None) -> float:
    if look.number > 0.5:
        return 0.0
    known = lists()
    flat = [plain(t) for t in look.sample]
    if look.distinct <= 15 and not any(t in known.places or t in known.codes for t in flat):
        if np.mean([_STATUS.search(t) is not None for t in flat]) > 0.5:
            return 0.1  # "estado", "etat", "stato" are states of things, too
        everyday = np.mean([all(w in known.words for w in words(t)) for t in flat])
        return _lettered(look, match) * (0.3 if everyday > 0.6 else 1.0)  # "state" may mean open or closed
    return _lettered(look, match)


_RULES: dict[Entity, Callable[[Look, Match | None], float]] = {
    "PERSON": _lettered,
    "ORGANIZATION": _lettered,
    "LOCATION": _place,
    "EMAIL_ADDRESS": _mail,
    "PHONE_NUMBER": _digits(6, 16),
    "ADDRESS": _address,
    "DATE_OF_BIRTH": _birth,
    "NATIONAL_ID": _national,
    "CREDIT_CARD": _card,
    "BANK_ACCOUNT": _account,
    "IP_ADDRESS": _ip,
    "URL": _url,
    "USERNAME": _user,
    "RECORD_ID": _record,
    "GEO_COORDINATE": _coordinate,
    "POSTCODE": _post,
    "FREE_TEXT_PII": _long_text,
    "NONE": _nothing,
}
