# ruff: noqa: SIM905, ARG005  (lines of words; forms that use only some of what they are given)
"""Made-up values of every sort, to train on. Used at build time only; every draw comes from the generator given."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from faker import Faker

from core.detect import sources

LOCALES = (
    "en_US",
    "en_GB",
    "en_IN",
    "en_IN",
    "fr_FR",
    "es_ES",
    "es_MX",
    "pt_BR",
    "ro_RO",
    "de_DE",
    "it_IT",
    "nl_NL",
    "pl_PL",
    "tr_TR",
    "hi_IN",
    "en_AU",
    "en_CA",
    "fr_CA",
    "es_AR",
    "es_CO",
    "pt_PT",
    "sv_SE",
    "id_ID",
    "ar_EG",
    "cs_CZ",
    "hu_HU",
    "ta_IN",
    "ru_RU",
    "el_GR",
    "vi_VN",
    "da_DK",
    "fi_FI",
    "no_NO",
    "fil_PH",
    "en_PH",
)
ASIDE = (
    "Bank",
    "Hospital",
    "University",
    "College",
    "School",
    "High School",
    "Institute of Technology",
    "Clinic",
    "Medical Center",
    "Public School",
    "Vidyalaya",
    "Insurance",
    "Motors",
    "Foods",
    "Textiles",
    "Traders",
    "Enterprises",
    "Industries",
    "Publishing",
    "Press",
    "Airlines",
    "Club",
    "FC",
    "United",
    "Foundation",
    "Trust",
    "Co-operative Bank",
    "Health Care",
    "Technologies",
    "Solutions",
    "Group",
    "Ltd",
    "Inc",
    "LLC",
    "GmbH",
    "S.A.",
    "Pvt Ltd",
    "& Sons",
    "& Co",
    "Holdings",
    "Partners",
    "Restaurant",
    "Hotel",
    "Stores",
    "Laboratories",
)
AHEAD = (
    "Universidad de",
    "Université de",
    "Universitatea din",
    "Universidade de",
    "Colegio",
    "Lycée",
    "Liceul",
    "Collège",
    "École",
    "Banco de",
    "Banque de",
    "Hospital",
    "Hôpital",
    "University of",
    "St.",
    "Institute of",
    "Govt. High School",
    "Bank of",
    "Royal",
    "Grupo",
    "Société",
    "S.C.",
    "Empresa",
    "Escola",
    "Instituto",
)
FIELDS = """
science business art health food style power world music market design history data energy game home life planet
water light time money city garden house love night summer winter story king queen secret shadow river girl boy man
woman child dream heart blood war peace road star stone fire
""".split()


@lru_cache(maxsize=64)
def faker(locale: str) -> Faker:
    made = Faker(locale)
    return made


@lru_cache(maxsize=1)
def _given_family() -> dict[str, tuple[list[str], list[str]]]:
    """locale -> given names, family names."""
    found = {}
    for locale, provider in sources.providers("person"):
        pair = []
        for attributes in (sources.GIVEN, sources.FAMILY):
            texts: dict[str, None] = {}
            for attribute in attributes:
                values = getattr(provider, attribute, ())
                if isinstance(values, (tuple, list, dict)):
                    texts.update(dict.fromkeys(v for v in values if isinstance(v, str)))
            pair.append(list(texts))
        if pair[0] and pair[1]:
            found[locale] = (pair[0], pair[1])
    return found


@lru_cache(maxsize=1)
def _places() -> list[str]:
    return sources.places()


@lru_cache(maxsize=1)
def _words() -> list[str]:
    return [w for w in sources.words() if len(w) > 2]


@lru_cache(maxsize=1)
def _jobs() -> list[str]:
    return sources.jobs()


def cased(text: str, r: random.Random) -> str:
    """Most as they are, some in capitals, some in small letters."""
    return r.choice((text, text, text, text.upper(), text.lower(), text.title()))


def given(r: random.Random, locale: str | None = None) -> str:
    return r.choice(_names(r, locale)[0])


def family(r: random.Random, locale: str | None = None) -> str:
    return r.choice(_names(r, locale)[1])


def _names(r: random.Random, locale: str | None) -> tuple[list[str], list[str]]:
    table = _given_family()
    if locale is None and r.random() < 0.6:
        locale = r.choice(LOCALES)
    return table[locale] if locale in table else table[r.choice(list(table))]


FULL: tuple[Callable[[str, str, str], str], ...] = (
    lambda g, m, f: f"{g} {f}",
    lambda g, m, f: f"{g} {f}",
    lambda g, m, f: f"{g} {f}",
    lambda g, m, f: f"{f}, {g}",
    lambda g, m, f: f"{g} {m[:1]}. {f}",
    lambda g, m, f: f"{g} {m} {f}",
    lambda g, m, f: f"{g[:1]}. {f}",
    lambda g, m, f: f"{f} {g}",
    lambda g, m, f: f"Dr. {g} {f}",
    lambda g, m, f: f"Mr {g} {f}",
    lambda g, m, f: f"{f}, {g} {m[:1]}",
    lambda g, m, f: f"Mrs. {f}",
    lambda g, m, f: f"{g} {f} {m}",
)


def person(r: random.Random, locale: str | None = None, style: int | None = None) -> str:
    form = FULL[style] if style is not None else r.choice(FULL)
    return form(given(r, locale), given(r, locale), family(r, locale))


def place(r: random.Random) -> str:
    return r.choice(_places())


def organisation(r: random.Random, locale: str | None = None) -> str:
    what = r.random()
    if what < 0.35:
        made = faker(locale or r.choice(LOCALES))
        made.seed_instance(r.getrandbits(32))
        return made.company()
    base = r.choice((family(r), place(r), " ".join(r.choices(_words(), k=r.randint(1, 2))).title()))
    if what < 0.75:
        return f"{base} {r.choice(ASIDE)}"
    return f"{r.choice(AHEAD)} {base}"


def address(r: random.Random, locale: str | None = None) -> str:
    made = faker(locale or r.choice(LOCALES))
    made.seed_instance(r.getrandbits(32))
    text = made.street_address() if r.random() < 0.5 else made.address()
    text = re.sub(r"\s*\n\s*", r.choice((", ", " ", "\n")), text)
    if r.random() < 0.15:
        text = (
            f"{r.choice(('H.No', 'Plot No', 'Flat', 'Door No', 'House No.'))} {r.randint(1, 999)}, "
            f"{family(r, 'en_IN')} {r.choice(('Nagar', 'Marg', 'Road', 'Colony', 'Street', 'Layout'))}, {place(r)}"
        )
    return text


def title(r: random.Random) -> str:
    """A title of a book, film or song, or a product."""

    def word() -> str:
        return r.choice(FIELDS if r.random() < 0.4 else _words()).title()

    forms = (
        f"The {word()}",
        f"The {word()} of {word()}",
        f"{word()} and {word()}",
        f"{word()} {word()}",
        f"A {word()} in the {word()}",
        f"{word()}'s {word()}",
        f"{given(r)} and the {word()}",
        f"The {word()} {word()} ({word()}, #{r.randint(1, 9)})",
        f"{word()} {r.randint(1, 12)}",
        f"{word()} {r.choice(('500ml', '1kg', 'XL', 'Pro', '250 g', 'Mini', '2-pack', 'Set'))}",
        f"{word()}: {word()} {word()}",
        f"How to {word()}",
        word(),
        f"{word()} {word()} {word()}",
    )
    return r.choice(forms)


def sentence(r: random.Random, words: int = 12) -> str:
    text = " ".join(r.choices(_words(), k=r.randint(4, words)))
    return text[:1].upper() + text[1:] + "."


def other(r: random.Random) -> str:
    """Something that is written in tables and names nobody: jobs, products, titles, categories."""
    what = r.random()
    if what < 0.25:
        return r.choice(_jobs())
    if what < 0.5:
        return " ".join(r.choices(_words(), k=r.randint(1, 3)))
    if what < 0.8:
        return title(r)
    if what < 0.9:
        return r.choice(sources.WORDS)
    return sentence(r)


def jobs() -> list[str]:
    return _jobs()


@lru_cache(maxsize=1)
def companies() -> list[str]:
    return sources.companies()


def vocabulary() -> list[str]:
    return _words()


def plain_ascii(text: str) -> str:
    """Latin letters without accents; other scripts give an English name instead of nothing."""
    return re.sub(r"[^A-Za-z0-9]", "", unicodedata.normalize("NFKD", text)) or "asha"
