"""What the wizard calls things: kinds, roles, entities. Sentences for people who have never heard the field's words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.glossary import TERMS
from core.language import translate as _
from core.table import Kind, Role

KINDS: dict[Kind, str] = {
    "number": "a number to calculate with",
    "category": "one of a few answers",
    "date": "a date",
    "text": "free text",
    "code": "a code or identifying number",
}

ROLES: dict[Role, str] = {
    "direct_identifier": "Names a person by itself",
    "quasi_identifier": "Someone could know this about a person",
    "sensitive": "Secret: nobody should learn it",
    "keep": "Harmless: keep as it is",
    "drop": "Not needed: leave it out",
    "weight": "Sample weight",
    "household": "Says which people live together",
    "stratum": "Part of how the sample was drawn",
}
"""In the order they are offered."""

ROLE_TERMS: dict[Role, str] = {
    "direct_identifier": "direct identifier",
    "quasi_identifier": "quasi-identifier",
    "sensitive": "sensitive attribute",
    "weight": "sample weight",
    "household": "household",
}


def term(name: str, label: str | None = None) -> None:
    """A word of the field that opens its glossary entry."""
    with st.popover(_(label or name), type="tertiary"):
        st.markdown(_(TERMS[name]))


def count(number: int, one: str, many: str) -> str:
    """“1 row”, “4,200 rows”."""
    return f"{number:,} {_(one if number == 1 else many)}"


def share(part: int, whole: int) -> str:
    """A share a person can picture: “7 in 100”, “3 in 10,000”, “none”, “all”."""
    if whole == 0 or part == 0:
        return _("none")
    if part == whole:
        return _("all")
    for base in (100, 1000, 10_000, 100_000, 1_000_000):
        found = round(part / whole * base)
        if found >= 1:
            return _("{found} in {base}", found=f"{min(found, base - 1):,}", base=f"{base:,}")
    return _("fewer than 1 in 1,000,000")


def are(part: int, whole: int) -> str:
    """“Everyone is”, “7 in 100 people are”, “Nobody is”: the beginning of a sentence about people."""
    if part in (0, whole):
        return _("Everyone is") if part else _("Nobody is")
    return _("{share} people are", share=share(part, whole))


def listed(names: Sequence[str]) -> str:
    """“age”, “age and sex”, “age, sex and state”."""
    return names[0] if len(names) == 1 else _("{most} and {last}", most=", ".join(names[:-1]), last=names[-1])


ROLE_MEANINGS: dict[Role, str] = {
    "direct_identifier": "A name, phone number, e-mail address or official number. It is removed or replaced.",
    "quasi_identifier": "Age, sex, job, place: harmless alone, but together they can point to one person. "
    "Risk is counted "
    "on these columns. When in doubt, choose this.",
    "sensitive": "Income, illness, opinion: what would hurt if it became known. It is not used to find a person.",
    "keep": "Nobody outside could know it, and it harms nobody.",
    "drop": "It does not go on. What is not there cannot be recognised.",
    "weight": "How many people of the country each row stands for: it tells how rare a person is in the country.",
    "household": "The same number for people who live together: who finds one of them finds the others.",
    "stratum": "The group the sample was drawn in, as state by sector.",
}
