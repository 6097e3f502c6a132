# ruff: noqa: SIM905, E501  (lines of words; a pattern is easier to check on one line)
"""Personal data inside free text: where it stands, and what it is. Works without a language model.

Formats (e-mail, phone, cards, official numbers) are found by pattern and check digit; names by cues ("Mr", "Dear",
"patient", श्री ...) and by runs of capitalised words that are in the name lists. What to expect: docs/detection.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from core.detect import ner
from core.detect.entities import Entity
from core.detect.formats import CUED, FORMATS
from core.detect.headers import plain
from core.detect.names import ORGANISATION, STREET, likely, lists

EXPECT = (
    "Without a language model about nine in ten names that many people have are found, of rare names three in ten; "
    "phone numbers, e-mail addresses and official numbers nearly always. It is help for a reviewer and no proof."
)
"""What to expect, for pages; measured by `python benchmarks/detection.py --free-text` (docs/detection.md)."""


class Span(NamedTuple):
    """A piece of a text, from `start` up to `end`, what it is and how sure that is (0 to 1)."""

    start: int
    end: int
    entity: Entity
    score: float


_CAP = r"[A-ZÀ-ÞĀ-Ž][\w’'\-]*"
_CUES = (
    r"(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Sir|Madam|Shri|Sri|Smt|Kum|Km|Sh|Late|M|Mme|Mlle|Herr|Frau|Sr|Sra|Srta|Don|Doña|"
    r"Dna|Dl|Dra|Rev|Fr|Capt|Col|Maj|Lt|Sgt|Adv|CA|Er|Hon|Judge|Justice|Inspector|Nurse|Sister)\.?"
)
_TITLED = re.compile(rf"\b{_CUES}\s+(?P<name>{_CAP}(?:\.?\s+{_CAP}){{0,3}})")
_GREETED = re.compile(
    rf"\b(?:[Dd]ear|[Hh]ello|[Hh]i|[Hh]ey|[Rr]egards,?|[Ss]incerely,?|[Tt]hanks,?|[Hh]ola|[Bb]onjour|[Ee]stimad[oa]|"
    rf"[Nn]amaste|[Ss]igned(?: by)?:?)\s+(?:{_CUES}\s+)?(?P<name>{_CAP}(?:\s+{_CAP}){{0,2}})"
)
_NAMED = re.compile(
    rf"\b(?:[Nn]ame(?:d| is|:)?|[Cc]alled|[Pp]atient|[Cc]ustomer|[Cc]lient|[Ss]poke (?:to|with)|[Mm]et(?: with)?|[Cc]ontact(?:ed)?|"
    rf"[Ww]ife|[Hh]usband|[Ss]on|[Dd]aughter|[Bb]rother|[Ss]ister|[Mm]other|[Ff]ather|[Ss]pouse|[Ff]riend|I am|I'm|"
    rf"[Mm]y name is|[Bb]y|[Hh]ost|[Oo]wner|[Mm]anager|[Cc]aretaker|[Aa]sk for|[Rr]eferred by|[Nn]ominee|[Ff]alar com|[Hh]ablar con|[Ll]lamar a|[Ss]prechen mit|[Pp]arler à|[Vv]oir avec|W/o|S/o|D/o|"
    rf"[Ss]on of|[Dd]aughter of|[Ww]ife of)\s+(?P<name>{_CAP}(?:\s+{_CAP}){{0,2}})"
)
_RUN = re.compile(rf"(?<![\w@.]){_CAP}(?:(?:\s+(?:de|da|del|van|von|bin|al|el|la|di)|\s+[A-Z]\.)?\s+{_CAP}){{1,3}}")
_ALONE = re.compile(rf"(?<![\w@.]){_CAP}(?![\w@])")
_HINDI = re.compile(r"(?:श्रीमती|श्री|डॉ\.?|कुमारी|सुश्री)\s+([\u0900-\u097F]+(?:\s+[\u0900-\u097F]+)?)")
_HINDI_WORD = re.compile(r"[\u0900-\u097F]{2,}")
_PHONE = re.compile(
    r"(?<![\w.\-/])(?:\+\d{1,3}[\s.\-]?)?(?:\(\d{2,5}\)[\s.\-]?)?\d{2,5}(?:[\s.\-]\d{2,5}){1,4}(?![\w\-/]|\.\d)|"
    r"(?<![\w.\-/])(?:\+\d{1,3}[\s.\-]?|0)?[6-9]\d{9}(?![\w\-/]|\.\d)|(?<![\w.\-/])\+\d{10,13}(?!\w)"
)
_PHONE_CUE = re.compile(
    r"(?:phone|mobile|cell|call|tel|fax|whatsapp|contact|number|reach|sms|ligar|telefone|celular|llamar|tel[eé]fono|appeler|t[eé]l[eé]phone|anrufen|telefon|r[uü]ckruf|मोबाइल|फोन|फ़ोन)\W+(?:\w+\W+){0,4}$", re.I
)
_DATE_TEXT = r"(?:\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}(?:st|nd|rd|th)? \w{3,9},? \d{4}|\w{3,9} \d{1,2},? \d{4})"
_BORN = re.compile(
    rf"\b(?:born(?: on)?|dob|d\.o\.b\.?|date of birth|birth ?date|birthday|जन्म\s?तिथि)\W{{0,3}}(?:is |was |: )?(?P<name>{_DATE_TEXT})",
    re.I,
)
_STREET = re.compile(
    rf"\b\d{{1,5}}[A-Za-z]?,?\s+(?:{_CAP}\s+){{1,4}}(?:St|Street|Rd|Road|Ave|Avenue|Blvd|Boulevard|Ln|Lane|Dr|Drive|Ct|"
    r"Court|Pl|Place|Way|Nagar|Marg|Colony|Terrace|Close|Crescent|Square)\b\.?|"
    rf"\b(?:H\.? ?No|House No|Flat(?: No)?|Plot(?: No)?|Door No)\.?\s*[\w/\-]+,?\s+(?:{_CAP},?\s*){{1,4}}|"
    rf"\b(?:[Rr]ue|[Cc]alle|[Aa]venida|[Rr]ua|[Vv]ia|[Ss]trada)\s+(?:\w+\s+){{0,2}}{_CAP}(?:,?\s+(?:n[oº°]\s*)?\d{{1,5}})"
)
_FOLLOWS = re.compile(
    r"(?:['’]s)?(?:,|\s+(?:is|was|has|had|will|can|said|says|works|joined|holds|received|and|who|told|asked|came|lives)\b)"
)
_HANDLE = re.compile(r"(?<![\w@./])@[A-Za-z_][\w.]{2,29}\b")
SPELT = 0.45
"""How likely the n-gram classifier must find a name, among person, place, organisation, address and other."""
_NOT_NAMES = frozenset(
    """
the a an and or of in on at to for with from by is was are were be been i you he she it we they his her its our your
this that these those patient doctor customer client please thank thanks monday tuesday wednesday thursday friday
saturday sunday january february march april may june july august september october november december note history
mr mrs ms dr sir madam st street road avenue hospital clinic university college school bank company inc ltd dear
hello hi also additionally however great good best new north south east west united states kingdom america india
english french german spanish american indian british european christmas easter god internet google facebook
whatsapp email phone
""".split()
)


def spans(texts: Iterable[str], countries: Sequence[str] = ("in", "us", "gb", "eu")) -> list[list[Span]]:
    """For each text the personal data in it: spans in order, none overlapping (the surest, then the longest, wins)."""
    texts = list(texts)
    return [
        _settled(_found(text, tuple(countries)) + more) if text else []
        for text, more in zip(texts, ner.people(texts), strict=True)
    ]


def _found(text: str, countries: tuple[str, ...]) -> list[Span]:
    found = [Span(m.start(), m.end(), entity, score) for entity, score, m in _formats(text, countries)]
    found += [Span(*m.span("name"), entity, 0.92) for entity, p in _cues(countries) for m in p.finditer(text)]
    found += _phones(text)
    for pattern, score in ((_TITLED, 0.9), (_GREETED, 0.85)):
        found += _cued(text, pattern, score)
    found += _cued(text, _NAMED, 0.7, must_know=True)
    found += [Span(*m.span("name"), "DATE_OF_BIRTH", 0.9) for m in _BORN.finditer(text)]
    found += [Span(*m.span(), "ADDRESS", 0.8) for m in _STREET.finditer(text)]
    found += [Span(*m.span(), "USERNAME", 0.6) for m in _HANDLE.finditer(text)]
    found += _runs(text)
    found += _alone(text)
    found += [Span(*m.span(1), "PERSON", 0.85) for m in _HINDI.finditer(text)]
    return found + _again(text, found)


@lru_cache(maxsize=8)
def _inline(countries: tuple[str, ...]) -> tuple[tuple[Entity, float, re.Pattern[str], object], ...]:
    out = []
    for form in FORMATS:
        if form.inline and (not form.country or form.country in countries):
            pattern = re.compile(rf"(?<![\w@])(?:{form.pattern})(?![\w@])", re.IGNORECASE)
            out.append((form.entity, 0.95 if form.check or not form.chance else 0.6, pattern, form.check))
    return tuple(out)


@lru_cache(maxsize=8)
def _cues(countries: tuple[str, ...]) -> tuple[tuple[Entity, re.Pattern[str]], ...]:
    """Numbers that the word before them tells; what is nobody's (an LGD code) is left alone."""
    return tuple(
        (c.entity, re.compile(rf"{c.before}(?P<name>{c.number})(?!\w)", re.IGNORECASE))
        for c in CUED
        if c.country in countries and c.entity != "NONE"
    )


def _formats(text: str, countries: tuple[str, ...]) -> list[tuple[Entity, float, re.Match[str]]]:
    found = []
    for entity, score, pattern, check in _inline(countries):
        for m in pattern.finditer(text):
            if check is None or check(m[0]):  # type: ignore[operator]
                found.append((entity, score, m))
            elif entity == "NATIONAL_ID" and sum(map(str.isdigit, m[0])) >= 9:
                found.append((entity, 0.55, m))  # right shape, wrong check digit: mistyped or made up, still an id
            elif entity == "CREDIT_CARD" and 15 <= sum(map(str.isdigit, m[0])) <= 16:
                found.append((entity, 0.55, m))
    return found


def _phones(text: str) -> list[Span]:
    found = []
    for m in _PHONE.finditer(text):
        count = sum(map(str.isdigit, m[0]))
        cued = _PHONE_CUE.search(text[max(0, m.start() - 50) : m.start()])
        if not 7 <= count <= 15 or re.fullmatch(
            r"(?:19|20)\d\d[-./ ]\d\d?[-./ ]\d\d?|\d\d?[-./ ]\d\d?[-./ ](?:19|20)?\d\d", m[0]
        ):
            continue
        if cued or (count >= 9 and not re.fullmatch(r"\d{4}( \d{4})+", m[0])):
            found.append(Span(*m.span(), "PHONE_NUMBER", 0.9 if cued else 0.75))
    return found


def _cued(text: str, pattern: re.Pattern[str], score: float, must_know: bool = False) -> list[Span]:
    found = []
    for m in pattern.finditer(text):
        start, end = _trimmed(text, *m.span("name"))
        if end > start and (not must_know or _known(text[start:end])):
            found.append(Span(start, end, "PERSON", score))
    return found


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Without words at either end that are no names ("Mr Gray Please")."""
    words = [(m.start() + start, m.end() + start) for m in re.finditer(r"\S+", text[start:end])]
    while words and plain(text[slice(*words[-1])]).strip(".,;:'’") in _NOT_NAMES:
        words.pop()
    while words and plain(text[slice(*words[0])]).strip(".,;:'’") in _NOT_NAMES:
        words.pop(0)
    if not words:
        return start, start
    last = text[words[-1][0] : words[-1][1]]
    return words[0][0], words[-1][0] + len(re.sub(r"(?:['’]s?|[-.,;:!?])+$", "", last))


def _known(name: str) -> bool:
    """At least one word is a listed name and no everyday word."""
    table = lists()
    parts = [plain(p).strip(".") for p in re.split(r"[\s\-]+", name)]
    return any((p in table.given or p in table.family) and p not in table.words and len(p) > 2 for p in parts)


def _runs(text: str) -> list[Span]:
    """Two to four capitalised words in a row that are names; words before the given name are left out."""
    table, found = lists(), []
    for m in _RUN.finditer(text):
        start, end = _trimmed(text, *m.span())
        words = [(w.start() + start, plain(w[0]).strip(".,'’")) for w in re.finditer(r"\S+", text[start:end])]
        while len(words) > 2 and not _given(words[0][1]):
            words.pop(0)
        if len(words) < 2:
            continue
        flat = " ".join(w for _, w in words)
        first, last = words[0][1], words[-1][1]
        if flat in table.places or ORGANISATION.search(flat) or STREET.search(flat):
            continue
        if _given(first) and (last in table.family or last not in table.words):
            found.append(Span(words[0][0], end, "PERSON", 0.8 if last in table.family else 0.65))
        elif first in table.given and last in table.family and last not in table.words:
            found.append(Span(words[0][0], end, "PERSON", 0.65))
        else:
            found += _spelt(text, words, end)
    return found


def _spelt(text: str, words: list[tuple[int, str]], end: int) -> list[Span]:
    """Capitalised words that are in no list but are spelt like a name: the n-gram classifier decides."""
    table = lists()
    while words and (words[0][1] in table.words or words[0][1] in _NOT_NAMES):
        words = words[1:]
    if not 2 <= len(words) <= 4 or any(w in table.words or w in table.places for _, w in words):
        return []
    odds = likely([text[words[0][0] : end]])[0]
    return [Span(words[0][0], end, "PERSON", 0.5 + 0.1 * float(odds[0] > 0.7))] if odds[0] > SPELT else []


def _given(word: str) -> bool:
    """A given name that is no everyday word; hyphenated names by their parts."""
    table = lists()
    return any(p in table.given and p not in table.words and p not in _NOT_NAMES for p in [word, *word.split("-")])


def _alone(text: str) -> list[Span]:
    """One capitalised given name inside a sentence or spoken to, where it is no everyday word and no place."""
    table, found = lists(), []
    for m in _ALONE.finditer(text):
        bare = re.sub(r"['’]s?$", "", m[0])
        word, before, after = plain(bare), text[: m.start()], text[m.start() + len(bare) :]
        if len(word) < 3 or bare.isupper() or not _given(word):
            continue
        placed = re.search(r"\b(?:in|at|from|near|of|through|via|the|los|san|new|city|to)\s+$", before, re.IGNORECASE)
        if word in table.places and placed:
            continue
        opens = m.start() == 0 or re.search(r"[.!?:\n]\W*$", before) is not None
        if not opens or _FOLLOWS.match(after):
            found.append(Span(m.start(), m.start() + len(bare), "PERSON", 0.55))
    return found


def _again(text: str, found: list[Span]) -> list[Span]:
    """Further mentions of somebody already named: "Asha Patel ... Patel"."""
    names = {
        w
        for s in found
        if s.entity == "PERSON" and s.score >= 0.65
        for w in re.findall(r"[^\W\d_][\w'’\-]{2,}", text[s.start : s.end])
        if plain(w) not in _NOT_NAMES
    }
    if not names:
        return []
    pattern = re.compile(
        r"(?<![\w@.])(?:" + "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True)) + r")(?![\w@])"
    )
    return [Span(*m.span(), "PERSON", 0.6) for m in pattern.finditer(text)]


def _settled(found: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in sorted(found, key=lambda s: (-s.score, s.start - s.end)):
        if all(span.end <= k.start or span.start >= k.end for k in kept):
            kept.append(span)
    return sorted(kept)
