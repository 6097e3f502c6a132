"""A column as numbers between 0 and 1: what the value model learns from. Headers are not looked at here."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import numpy.typing as npt

from core.detect.formats import FORMATS
from core.detect.headers import plain
from core.detect.look import Look
from core.detect.names import CLASSES, ORGANISATION, STREET, likely, lists, words

NAMED = 100
"""How many sampled values the name lists and the classifier see."""
DIGITS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 16)
"""Bounds of the buckets of the usual number of digits."""

PHONE = re.compile(r"(?:\+|00|\()?\d[\d\s().\-/]{5,18}\d(?:\s*(?:x|ext\.?)\s*\d+)?")
_SEPARATED = re.compile(r".*\d[\s().\-/]+\d.*")
_LEADING = re.compile(r"0\d+")
_CODE = re.compile(r"([A-Za-z]{1,6})[-_/ ]?\d{2,}")
_USER = re.compile(r"(?=.*[a-z])[a-z0-9][a-z0-9._\-]{2,24}", re.IGNORECASE)
_TIME = re.compile(r".*\d{1,2}:\d{2}.*")
_DECIMALS = re.compile(r"[+-]?\d+\.(\d+)")
_SENTENCE = re.compile(r".*[a-zà-ÿ\u0900-\u0dff]{2,}(?:[,;]? [\w'’-]+){5,}.*", re.DOTALL)


def features(look: Look) -> dict[str, float]:
    """The column in numbers, by name."""
    return {**_shape(look), **_digits(look), **_numbers(look), **_dates(look), **_formats(look), **_names(look)}


def vector(found: dict[str, float]) -> npt.NDArray[np.float64]:
    """(FEATURES,) the same in a fixed order."""
    return np.nan_to_num(np.array([found[name] for name in FEATURES]))


def _log(value: float, top: float) -> float:
    return float(np.clip(np.log1p(max(value, 0.0)) / np.log1p(top), 0, 1))


def _mask(text: str) -> str:
    """The shape of a text: A for letters, 9 for digits, runs of letters as one."""
    return re.sub(r"A+", "A", re.sub(r"[^\W\d_]", "A", re.sub(r"\d", "9", text)))


def _shape(look: Look) -> dict[str, float]:
    masks = Counter(map(_mask, look.sample))
    lengths = np.array([len(t) for t in look.sample]) if look.sample else np.zeros(1)
    prefixes = Counter(m[1] for t in look.sample if (m := _CODE.fullmatch(t)))
    size = max(len(look.sample), 1)
    return {
        "unique": look.unique,
        "distinct": _log(look.distinct, 10_000),
        "few": float(look.distinct <= 12),
        "binary": float(look.distinct <= 2),
        "filled": look.filled / max(look.rows, 1),
        "monotone": float(look.monotone),
        "whole": look.whole,
        "number": look.number,
        "letters": look.letters,
        "has_digit": look.has_digit,
        "has_letter": look.has_letter,
        "mixed": look.mixed,
        "words": _log(look.words, 40),
        "one_word": look.share(lambda t: " " not in t),
        "two_words": look.share(lambda t: 2 <= len(t.split()) <= 3),
        "length": _log(float(lengths.mean()), 300),
        "same_length": float(lengths.std() < 0.01),
        "spread_length": _log(float(lengths.std()), 200),
        "top_mask": masks.most_common(1)[0][1] / size if masks else 0.0,
        "masks": _log(len(masks), 200),
        "prefix": prefixes.most_common(1)[0][1] / size if prefixes else 0.0,
        "upper": look.share(str.isupper),
        "lower": look.share(str.islower),
        "title": look.share(str.istitle),
        "comma": look.share(lambda t: "," in t),
        "dot": look.share(lambda t: "." in t),
        "at": look.share(lambda t: "@" in t),
        "slash": look.share(lambda t: "/" in t),
        "underscore": look.share(lambda t: "_" in t),
        "bracket": look.share(lambda t: t[:1] in "[{"),
        "newline": look.share(lambda t: "\n" in t),
        "sentence": look.share(lambda t: _SENTENCE.match(t)),
        "user": look.share(_USER.fullmatch),
        "mixed_user": look.share(lambda t: _USER.fullmatch(t) and re.search(r"[a-z].*\d|[._]", t)),
    }


def _digits(look: Look) -> dict[str, float]:
    usual, share = look.usual_digits
    buckets = {
        f"digits_{top}": share * float(low < usual <= top) for low, top in zip((0, *DIGITS[:-1]), DIGITS, strict=True)
    }
    counts = look.digit_counts if look.sample else np.zeros(1)
    return {
        **buckets,
        "usual_digits": share,
        "many_digits": float(np.mean(counts > 7)),
        "phone_digits": float(np.mean((counts >= 7) & (counts <= 15))),
        "phone": look.share(PHONE.fullmatch),
        "separated": look.share(lambda t: _SEPARATED.fullmatch(t) and PHONE.fullmatch(t)),
        "plus": look.share(lambda t: t[:1] in "+("),
        "leading_zero": look.share(_LEADING.fullmatch),
        "indian_mobile": look.share(lambda t: re.fullmatch(r"(?:\+?91[ -]?|0)?[6-9]\d{4}[ -]?\d{5}(?:\.0)?", t)),
        "house": look.share(lambda t: re.fullmatch(r"\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?", t)),
    }


def _numbers(look: Look) -> dict[str, float]:
    n = look.numbers if len(look.numbers) else np.zeros(1)
    decimals = [len(m[1]) for t in look.sample if (m := _DECIMALS.fullmatch(t))]
    low, high, middle, spread = float(n.min()), float(n.max()), float(np.median(n)), float(n.std())
    near = look.number * float(len(look.numbers) > 0)
    return {
        "decimals": len(decimals) / max(len(look.sample), 1),
        "fine": float(np.mean([d >= 4 for d in decimals])) if decimals else 0.0,
        "negative": look.share(lambda t: t[:1] == "-" and t[1:2].isdigit()),
        "percent": look.share(lambda t: t[-1:] == "%"),
        "in_90": near * float(low >= -90 and high <= 90),
        "in_180": near * float(low >= -180 and high <= 180),
        "in_120": near * float(low >= 0 and high <= 120),
        "max": near * _log(high, 1e12),
        "min": near * _log(low, 1e12),
        "range": near * _log(high - low, 1e12),
        "narrow": near * float(high - low < 0.2 * max(abs(high), 1e-9)),
        "round": near * float(np.mean(n % 100 == 0)),
        "skew": near * float(np.clip((n.mean() - middle) / (spread + 1e-9), -1, 1)),
        "dense": near * float(np.clip(look.distinct / max(high - low + 1, 1), 0, 1)),
    }


def _dates(look: Look) -> dict[str, float]:
    years = look.years if look.date > 0.3 and len(look.years) else np.array([np.nan])
    known = look.date * float(not np.isnan(years).all())
    middle, low, high, spread = (
        (
            float(np.median(years)),
            float(np.quantile(years, 0.03)),
            float(np.quantile(years, 0.97)),
            float(np.std(years)),
        )
        if known
        else (0.0, 0.0, 0.0, 0.0)
    )
    return {
        "date": look.date,
        "time": look.share(_TIME.fullmatch),
        "year_spread": known * min(spread / 25, 1),
        "year_middle": known * float(np.clip((middle - 1920) / 110, 0, 1)),
        "year_low": known * float(np.clip((low - 1900) / 130, 0, 1)),
        "year_high": known * float(np.clip((high - 1900) / 130, 0, 1)),
        "births": known * float(1930 <= middle <= 2012 and spread >= 2 and low >= 1900 and high <= 2025),
        "adults": known * float(1935 <= low <= 1995 and high <= 2012 and spread >= 4),
        "year_only": look.share(lambda t: re.fullmatch(r"(?:19|20)\d{2}(?:\.0)?", t)),
    }


_GROUPS = (
    "EMAIL_ADDRESS",
    "URL",
    "IP_ADDRESS",
    "RECORD_ID",
    "CREDIT_CARD",
    "BANK_ACCOUNT",
    "GEO_COORDINATE",
    "NATIONAL_ID",
    "POSTCODE",
    "NONE",
)


def _formats(look: Look) -> dict[str, float]:
    best = dict.fromkeys((f"format_{g}" for g in _GROUPS), 0.0)
    shaped_id = 0.0
    for form in FORMATS:
        shaped, passing = look.formats.get(form.name, (0.0, 0.0))
        beyond = (passing - form.chance * shaped) / (1 - form.chance)
        best[f"format_{form.entity}"] = max(best[f"format_{form.entity}"], beyond)
        if form.entity == "NATIONAL_ID":
            shaped_id = max(shaped_id, shaped)
    return {**best, "shaped_id": shaped_id}


def _names(look: Look) -> dict[str, float]:
    sample = [t for t in look.sample if re.search(r"[^\W\d_]", t)][:: max(1, len(look.sample) // NAMED)][:NAMED]
    share = look.has_letter
    known = lists()
    parts = [words(t) for t in sample]
    flat = [plain(t) for t in sample]

    def mean(tests: list[bool]) -> float:
        return share * float(np.mean(tests)) if tests else 0.0

    whole = [" ".join(p) in known.places or f in known.places for p, f in zip(parts, flat, strict=True)]
    found = {
        "given": mean([any(w in known.given for w in p) for p in parts]),
        "given_first": mean([bool(p) and p[0] in known.given for p in parts]),
        "family": mean([any(w in known.family for w in p) for p in parts]),
        "family_last": mean([bool(p) and p[-1] in known.family for p in parts]),
        "all_names": mean(
            [bool(p) and all(w in known.given or w in known.family or len(w) == 1 for w in p) for p in parts]
        ),
        "place": mean(whole),
        "code": mean([f in known.codes for f in flat]),
        "place_part": mean([any(w in known.places for w in p) for p in parts]),
        "common": mean([bool(p) and all(w in known.words for w in p) for p in parts]),
        "common_part": mean([any(w in known.words for w in p) for p in parts]),
        "organisation": mean([f in known.companies or ORGANISATION.search(f) is not None for f in flat]),
        "company": mean([f in known.companies for f in flat]),
        "street": mean([STREET.search(f) is not None for f in flat]),
        "street_digit": mean([STREET.search(f) is not None and any(map(str.isdigit, f)) for f in flat]),
        "digit_words": mean([bool(re.search(r"\d", f)) and len(p) >= 2 for f, p in zip(flat, parts, strict=True)]),
    }
    each = likely(sample)
    odds = each.mean(axis=0) if sample else np.zeros(len(CLASSES))
    top = np.bincount(each.argmax(axis=1), minlength=len(CLASSES)) / len(sample) if sample else odds
    found.update({f"like_{c}": share * float(o) for c, o in zip(CLASSES, odds, strict=True)})
    found.update({f"top_{c}": share * float(o) for c, o in zip(CLASSES, top, strict=True)})
    return found


FEATURES: tuple[str, ...] = (
    "unique",
    "distinct",
    "few",
    "binary",
    "filled",
    "monotone",
    "whole",
    "number",
    "letters",
    "has_digit",
    "has_letter",
    "mixed",
    "words",
    "one_word",
    "two_words",
    "length",
    "same_length",
    "spread_length",
    "top_mask",
    "masks",
    "prefix",
    "upper",
    "lower",
    "title",
    "comma",
    "dot",
    "at",
    "slash",
    "underscore",
    "bracket",
    "newline",
    "sentence",
    "user",
    "mixed_user",
    *(f"digits_{d}" for d in DIGITS),
    "usual_digits",
    "many_digits",
    "phone_digits",
    "phone",
    "separated",
    "plus",
    "leading_zero",
    "indian_mobile",
    "house",
    "decimals",
    "fine",
    "negative",
    "percent",
    "in_90",
    "in_180",
    "in_120",
    "max",
    "min",
    "range",
    "narrow",
    "round",
    "skew",
    "dense",
    "date",
    "time",
    "year_spread",
    "year_middle",
    "year_low",
    "year_high",
    "births",
    "adults",
    "year_only",
    *(f"format_{g}" for g in _GROUPS),
    "shaped_id",
    "given",
    "given_first",
    "family",
    "family_last",
    "all_names",
    "place",
    "code",
    "place_part",
    "common",
    "common_part",
    "organisation",
    "company",
    "street",
    "street_digit",
    "digit_words",
    *(f"like_{c}" for c in CLASSES),
    *(f"top_{c}" for c in CLASSES),
)
