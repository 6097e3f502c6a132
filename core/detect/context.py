# ruff: noqa: SIM905  (lists of words read better as lines of words)
"""What a table is about, as its other headers tell: a "name" beside a birth date is a person's, beside a price not."""

from __future__ import annotations

from collections.abc import Iterable

from core.detect.headers import Match

OF_PERSONS = frozenset(
    "birth_date birth_year age sex marital household_relation family_size education religion caste race nationality "
    "income health body occupation national_id aadhaar pan voter voter_id in_scheme passport driving_licence "
    "first_name last_name related_name secret username".split()
)
"""Concepts that only persons have."""
REACHED = frozenset({"email", "phone", "contact"})
"""Concepts that persons have, and companies and shops too."""
KEPT_OF_PERSONS = frozenset(
    "employee emp staff student pupil learner patient member worker teacher user passenger voter candidate applicant "
    "beneficiary person people participant respondent hire joining admission enrollment salary designation department "
    "grade marks roll cliente paciente alumno empleado siswa mitarbeiter schuler eleve etudiant".split()
)
"""Words of headers that speak of a register of persons: employee_id, hire date, roll no."""
OF_THINGS = frozenset(
    "price quantity stock sku brand product item category unit model calories rating ratings genre isbn population "
    "area capital currency species version language_code precio producto preco produto prix produit artikel".split()
)
"""Words of headers that speak of goods, works or places."""


def about_persons(names: Iterable[tuple[str, ...]], matches: Iterable[Match | None]) -> float:
    """-1 (things) to 1 (persons): what the headers of a table, as words, and their concepts speak for.

    names    the words of each header
    matches  the concept of each header
    """
    matches = list(matches)
    named = [m.concept.name for m in matches if m is not None and m.strength >= 0.7]
    words = {w for name in names for w in name}
    persons = len(set(named) & OF_PERSONS) + 0.5 * len(set(named) & REACHED) + 1.5 * bool(words & KEPT_OF_PERSONS)
    things = len(words & OF_THINGS)
    return max(-1.0, min(1.0, (persons - things) / 2))
