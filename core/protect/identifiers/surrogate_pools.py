"""Where surrogates come from: invented names, addresses and numbers, counted so that none is drawn twice."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

Gender = Literal["female", "male", ""]
Kind = Literal["name", "first_name", "last_name", "email", "phone", "address", "organisation"]
Locale = Literal[
    "en_IN", "hi_IN", "ta_IN", "or_IN", "bn_BD", "en_GB", "en_US", "en_KE", "de_DE", "fr_FR", "es_ES", "it_IT",
    "nl_NL", "pt_BR", "sv_SE", "ar_AA",
]  # fmt: skip

_SCRIPTS: tuple[tuple[int, int, Locale], ...] = (
    (0x0900, 0x097F, "hi_IN"), (0x0980, 0x09FF, "bn_BD"), (0x0B00, 0x0B7F, "or_IN"), (0x0B80, 0x0BFF, "ta_IN"),
    (0x0600, 0x06FF, "ar_AA"),
)  # fmt: skip
"""Unicode blocks of the scripts that tell the locale."""


class Pool(NamedTuple):
    """`size` different surrogates; `text(i)` is the i-th."""

    size: int
    text: Callable[[int], str]


class Names(NamedTuple):
    female: tuple[str, ...]
    male: tuple[str, ...]
    last: tuple[str, ...]

    def first(self, gender: Gender) -> tuple[str, ...]:
        return {"female": self.female, "male": self.male, "": (*self.female, *self.male)}[gender]


@lru_cache(maxsize=32)
def names(locale: Locale) -> Names:
    """The name lists that ship with Faker (MIT licence), without doubles."""
    provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
    lists = [
        tuple(dict.fromkeys(getattr(provider, n))) for n in ("first_names_female", "first_names_male", "last_names")
    ]
    return Names(*lists)


@lru_cache(maxsize=32)
def _cities(locale: Locale) -> tuple[str, ...]:
    provider = importlib.import_module(f"faker.providers.address.{locale}").Provider
    return tuple(dict.fromkeys(getattr(provider, "cities", ())))


@lru_cache(maxsize=32)
def _genders(locale: Locale) -> dict[str, Gender]:
    known = names(locale)
    female, male = {n.casefold() for n in known.female}, {n.casefold() for n in known.male}
    return {**dict.fromkeys(female - male, "female"), **dict.fromkeys(male - female, "male")}


def gender_of(value: str, locale: Locale) -> Gender:
    """The gender a name tells by its first word, where the locale's lists hold it for one gender only."""
    return _genders(locale).get(value.split(" ")[0].casefold(), "")


def locale_of(value: str, otherwise: Locale) -> Locale:
    """The locale the script of a value tells: Devanagari is hi_IN; `otherwise` for Latin letters."""
    for char in value:
        for low, high, locale in _SCRIPTS:
            if low <= ord(char) <= high:
                return locale
    return otherwise


def pools(kind: Kind, locale: Locale, gender: Gender, country_code: str) -> tuple[Pool, ...]:
    """Ever larger pools of one kind: the first that is large enough is used."""
    known = names(locale)
    first, last = known.first(gender), known.last
    ascii_first = names("en_IN").first(gender) if not "".join(first).isascii() else first
    ascii_last = names("en_IN").last if not "".join(last).isascii() else last
    roads = ("मार्ग", "गली", "नगर") if locale == "hi_IN" else ("Road", "Street", "Lane", "Nagar")
    trades = ("ट्रेडर्स", "उद्योग", "सेवा") if locale == "hi_IN" else ("Traders", "Industries", "Services", "Foundation")
    towns = _cities(locale) or last
    made: dict[Kind, tuple[Pool, ...]] = {
        "name": (_join((first, last)), _join((first, first, last)), _join((first, first, last, last))),
        "first_name": (_join((first,)), _join((first, first)), _join((first, first, first))),
        "last_name": (_join((last,)), _join((last, last), "-"), _join((last, last, last), "-")),
        # RFC 2606: nobody can ever receive mail at these.
        "email": (_email(ascii_first, ascii_last, 1), _email(ascii_first, ascii_last, 9999)),
        "phone": (_phone(country_code),),
        "address": (_join((_numbers(499), last, roads, towns), shape="{}, {} {}, {}"),),
        "organisation": (
            _join((last, last, trades)),
            _join((last, last, last, trades)),
        ),
    }
    return made[kind]


def _numbers(most: int) -> tuple[str, ...]:
    return tuple(str(n) for n in range(1, most + 1))


def _join(parts: Sequence[Sequence[str]], between: str = " ", shape: str = "") -> Pool:
    def text(index: int) -> str:
        chosen = []
        for part in parts:
            index, at = divmod(index, len(part))
            chosen.append(part[at])
        return shape.format(*chosen) if shape else between.join(chosen)

    return Pool(math.prod(len(p) for p in parts), text)


def _email(first: Sequence[str], last: Sequence[str], numbers: int) -> Pool:
    count = ("",) if numbers == 1 else _numbers(numbers)
    pool = _join((first, last, count, ("com", "org", "net")), shape="{}.{}{}@example.{}")
    return Pool(pool.size, lambda i: pool.text(i).lower().replace(" ", "").replace("'", ""))


def _phone(country_code: str) -> Pool:
    """+CC 0dddd ddddd: after a country code no number begins with 0, so it can be nobody's (ITU-T E.164, 8.2)."""
    return Pool(10**9, lambda i: f"+{country_code} 0{i // 10**5:04d} {i % 10**5:05d}")
