"""Presidio, kept offline: its own recognizers and ours, by country; and what they say of a column.

Presidio reads single texts. For a column each recognizer sees a few distinct values, and only the share that passes
its check digit counts: at threshold 0 every number is a driving licence. Our FORMATS are registered as Presidio
recognizers too, so that an AnalyzerEngine built here finds masked Aadhaar numbers, GSTIN, UPI ids and the like.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from core.detect import ner
from core.detect.formats import CUED, FORMATS, Cued, Format

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, PatternRecognizer

CHECKED: dict[str, tuple[str, ...]] = {
    "in": ("InGstinRecognizer", "InVehicleRegistrationRecognizer"),
    "us": ("UsMbiRecognizer", "UsItinRecognizer"),
    "gb": ("UkDrivingLicenceRecognizer",),
    "eu": (
        "DeTaxIdRecognizer",
        "DeSocialSecurityRecognizer",
        "DeIdCardRecognizer",
        "EsNifRecognizer",
        "EsNieRecognizer",
        "FiPersonalIdentityCodeRecognizer",
        "ItFiscalCodeRecognizer",
        "ItVatCodeRecognizer",
        "SePersonnummerRecognizer",
        "PlPeselRecognizer",
        "TrNationalIdRecognizer",
    ),
    "au": ("AuTfnRecognizer", "AuMedicareRecognizer"),
    "kr": ("KrRrnRecognizer",),
    "sg": ("SgFinRecognizer",),
    "th": ("ThTninRecognizer",),
    "za": ("ZaIdNumberRecognizer",),
}
"""Presidio's recognizers of official numbers of persons that check more than a bare run of digits."""
OTHERS: dict[str, tuple[str, ...]] = {
    "": (
        "CreditCardRecognizer",
        "CryptoRecognizer",
        "EmailRecognizer",
        "IbanRecognizer",
        "IpRecognizer",
        "MacAddressRecognizer",
        "PhoneRecognizer",
        "UrlRecognizer",
    ),
    "in": ("InAadhaarRecognizer", "InPanRecognizer", "InVoterRecognizer", "InPassportRecognizer"),
    "us": ("UsSsnRecognizer", "UsPassportRecognizer", "UsNpiRecognizer"),
    "gb": ("NhsRecognizer", "UkNinoRecognizer", "UkPostcodeRecognizer"),
}
"""What else an engine is given."""
VALUES = 25
"""How many distinct values each recognizer sees of a column."""
ENOUGH = 0.7
"""The share of them that must pass its check; one random number in ten passes a check digit."""


def keep_offline() -> None:
    """Presidio's e-mail recognizer would fetch a list of suffixes on first use: give it the copy that is installed."""
    import tldextract

    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)


def of_format(form: Format) -> PatternRecognizer:
    """A format as a Presidio recognizer: its entity is the subtype where there is one."""
    from presidio_analyzer import Pattern, PatternRecognizer

    class FormatRecognizer(PatternRecognizer):
        def validate_result(self, pattern_text: str) -> bool | None:
            return None if form.check is None else form.check(pattern_text)

    score = max(0.1, 0.85 - 3 * form.chance)
    pattern = Pattern(form.name, rf"(?<![\w@])(?:{form.pattern})(?![\w@])", score)
    return FormatRecognizer(
        form.subtype or form.entity, name=f"Format: {form.name}", patterns=[pattern], supported_language="en"
    )


def of_cue(cued: Cued) -> PatternRecognizer:
    """A number that the word before it tells, as a Presidio recognizer; the word itself is not part of the finding."""
    from presidio_analyzer import Pattern, PatternRecognizer

    pattern = Pattern(cued.name, rf"(?<={cued.before})(?:{cued.number})(?!\w)", 0.6)
    return PatternRecognizer(cued.subtype, name=f"Cue: {cued.name}", patterns=[pattern], supported_language="en")


@lru_cache(maxsize=8)
def checked(countries: tuple[str, ...]) -> tuple[PatternRecognizer, ...]:
    """Presidio's checking recognizers of these countries."""
    import presidio_analyzer.predefined_recognizers as predefined

    keep_offline()
    return tuple(getattr(predefined, name)() for country in countries for name in CHECKED.get(country, ()))


def passing(sample: Sequence[str], countries: Sequence[str]) -> dict[str, float]:
    """Presidio entity -> the share of the sampled values that are wholly such a number and pass its check."""
    values = list(sample[:: max(1, len(sample) // VALUES)][:VALUES])
    found: dict[str, float] = {}
    for recognizer in checked(tuple(countries)):
        entity = recognizer.supported_entities[0]
        hits = sum(_whole(recognizer, entity, v) for v in values[:8])
        if hits * 2 >= min(len(values), 8):  # most columns are no such number: eight values tell
            share = sum(_whole(recognizer, entity, v) for v in values) / len(values)
            if share >= ENOUGH:
                found[entity] = share
    return found


def _whole(recognizer: PatternRecognizer, entity: str, value: str) -> bool:
    results = recognizer.analyze(value, [entity], None)
    return any(r.score >= 0.5 and r.end - r.start >= len(value.strip()) for r in results)


@lru_cache(maxsize=4)
def engine(countries: tuple[str, ...] = ("in", "us", "gb", "eu")) -> AnalyzerEngine:
    """A Presidio AnalyzerEngine that never goes online: an installed spaCy model, or none at all."""
    import presidio_analyzer.predefined_recognizers as predefined
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    keep_offline()
    names = [n for c in ("", *countries) for n in (*OTHERS.get(c, ()), *CHECKED.get(c, ()))]
    # Official numbers look the same in every language: one engine, one language.
    all_of: list[EntityRecognizer] = [getattr(predefined, name)(supported_language="en") for name in names]
    all_of += [of_format(f) for f in FORMATS if not f.country or f.country in countries]
    all_of += [of_cue(c) for c in CUED if c.country in countries]
    nlp = ner.presidio_engine()
    if ner.installed():
        all_of.append(predefined.SpacyRecognizer(supported_language="en"))
    registry = RecognizerRegistry(recognizers=all_of, supported_languages=["en"], global_regex_flags=re.I | re.M | re.S)
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])
