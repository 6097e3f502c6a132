"""States and districts of India, found in an address by name and by the PIN code's first two digits."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from core.detect.headers import plain

FILE = Path(__file__).with_name("india.txt")
_PIN = re.compile(r"(?<!\d)([1-9]\d)\d\s?\d{3}(?!\d)")
_OTHER_STATES = {"orissa": "Odisha", "pondicherry": "Puducherry", "uttaranchal": "Uttarakhand", "nct of delhi": "Delhi",
                 "new delhi": "Delhi", "jammu & kashmir": "Jammu and Kashmir", "j&k": "Jammu and Kashmir",
                 "tamilnadu": "Tamil Nadu", "chattisgarh": "Chhattisgarh", "maharastra": "Maharashtra"}


class District(NamedTuple):
    name: str
    state: str


class Gazetteer(NamedTuple):
    """plain name -> districts of that name (several states may have one); plain state -> state; state -> PIN heads."""

    districts: dict[str, tuple[District, ...]]
    states: dict[str, str]
    pins: dict[str, frozenset[str]]


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The list that is shipped: 36 states and union territories and their districts."""
    districts: dict[str, tuple[District, ...]] = {}
    states, pins = dict(_OTHER_STATES), {}
    for line in FILE.read_text("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        state, heads, names = line.split("|")
        states[plain(state)] = state
        pins[state] = frozenset(heads.split())
        for entry in names.split(";"):
            spellings = entry.split("=")
            for spelling in spellings:
                key = plain(spelling)
                districts[key] = (*districts.get(key, ()), District(spellings[0], state))
    return Gazetteer(districts, states, pins)


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    known = gazetteer()
    names = sorted({*known.districts, *known.states}, key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(n) for n in names) + r")(?!\w)")


def state_of(address: str) -> str | None:
    """The state an address names, or its PIN code tells where one state alone begins so; else None."""
    found = [s for s in (gazetteer().states.get(m[0]) for m in _mentions(address)) if s]
    if found:
        return found[-1]
    district = district_of(address)
    if district:
        return district.state
    heads = {m[1] for m in _PIN.finditer(address)}
    fitting = [s for s, pins in gazetteer().pins.items() if heads & pins]
    return fitting[0] if len(fitting) == 1 else None


def district_of(address: str) -> District | None:
    """The district an address lies in: the one named last that its state and PIN code allow; None where unclear.

    "Agra Road, Kurla, Mumbai 400070" is in Mumbai: what names a road is not where the house stands.
    """
    known, said = gazetteer(), _mentions(address)
    states = {known.states[m[0]] for m in said if m[0] in known.states and m[0] not in known.districts}
    heads = {m[1] for m in _PIN.finditer(address)}
    for mention in reversed(said):
        if _names_a_road(plain(address), mention.end()):
            continue
        fitting = [
            d
            for d in known.districts.get(mention[0], ())
            if (not states or d.state in states) and (not heads or heads & known.pins[d.state])
        ]
        if len(fitting) == 1:
            return fitting[0]
    return None


def _mentions(address: str) -> list[re.Match[str]]:
    return list(_pattern().finditer(plain(address)))


def _names_a_road(address: str, end: int) -> bool:
    """Whether what follows makes the name that of a road, as in "Agra Road" or "Pune-Nashik highway"."""
    return bool(re.match(r"\W{0,3}(?:\w+\W{0,3})?(?:road|rd|marg|highway|street|st|lane|gate|nagar|bazaar|bazar|"
                         r"vihar|colony|chowk|puram|towers?|apartments?|enclave|society|hospital|university|bank)\b",
                         address[end:]))
