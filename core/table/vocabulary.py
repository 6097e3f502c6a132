"""Words that tell what a column holds: in its name, and as values that stand for missing."""

# ruff: noqa: SIM905 - words read better as words than as a list of strings

from __future__ import annotations

import re

MARKERS = frozenset(
    {
        "na",
        "n/a",
        "n.a.",
        "n.a",
        "#n/a n/a",
        "nan",
        "null",
        "none",
        "nil",
        "-",
        "--",
        "---",
        "–",
        "—",
        ".",
        "..",
        "...",
        "?",
        "??",
        "(blank)",
        "<na>",
        "\\n",
        "missing",
        "not available",
        "not applicable",
        "not known",
        "unknown",
        "#null!",
        "xx",
        "n.k.",
        "k.a.",
        "not stated",
        "not reported",
        "(null)",
        "लागू नहीं",
        "उपलब्ध नहीं",
        "ज्ञात नहीं",
        "अनुपलब्ध",
    }
)
"""Texts that often stand for missing (lower case). They stay values until somebody confirms."""

ERRORS = frozenset(
    {"#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"}
)

SENTINELS = frozenset(
    str(s * n)
    for n in (
        7,
        8,
        9,
        77,
        88,
        97,
        98,
        99,
        777,
        888,
        997,
        998,
        999,
        7777,
        8888,
        9997,
        9998,
        9999,
        99999,
        999999,
        9999999,
        99999999,
    )
    for s in (1, -1)
) | {"-1"}

SAYS_SOMETHING = frozenset({"none", "unknown", "not applicable", "not known", "nil", "xx", "missing", "not stated",
                            "not reported", "लागू नहीं", "ज्ञात नहीं"})  # fmt: skip
"""Markers that may well be an answer in a column of words."""

QUANTITY = frozenset(
    """
    age ages income salary wage wages earnings expenditure expense amount price cost total sum count counts qty
    quantity size members persons people children kids rooms hours days weeks months years weight height bmi score
    marks percent percentage rate ratio balance area distance duration consumption mpce umpce edad alter idade
    einkommen visits times tenure visitors population temperature आयु उम्र आय वेतन व्यय राशि संख्या वजन
    """.split()
)

MONEY = frozenset(
    """
    amount amounts balance profit loss net gross debit credit dr cr income expense expenses expenditure cost revenue
    tax budget cash payment paid price turnover surplus deficit gain ebit ebitda earnings betrag saldo gewinn verlust
    umsatz montant solde resultat importe valor lucro राशि शेष लाभ हानि
    """.split()
)
"""Where a bookkeeper writes, a number in brackets is one below zero."""

IDENTIFYING = frozenset(
    """
    id ids uid uuid guid code codes pin pincode zip zipcode postcode postal plz phone mobile tel telephone fax
    cell contact whatsapp aadhaar aadhar pan passport voter epic ssn nin account acct ifsc iban card licence
    license roll registration serial barcode isbn sku fips cin gstin hhid hid psu fsu stratum
    मोबाइल फोन पिन आधार खाता क्रमांक
    """.split()
)

DATE_WORDS = frozenset(
    """
    date dob doj doa birth birthdate birthday born joined admission admitted discharge visit created updated
    timestamp day datum fecha dated on at दिनांक तारीख जन्म
    """.split()
)


HEADER_WORDS = frozenset(
    """
    id no nr num number name names first last middle surname forename given family age sex gender dob birth date
    year month day time address street city town village district state country region zip pin pincode postcode
    code phone mobile tel email mail income salary wage price amount total qty quantity count weight height
    score rate value status type category class group occupation job title education religion caste marital
    household member relation person respondent sl sr serial record case customer patient employee student
    account department dept company organization organisation url ip lat lon latitude longitude notes comment
    comments remarks description label gruppe geschlecht alter ort plz strasse nom prenom ville date_naissance
    sexe edad nombre apellido ciudad idade nome cidade cognome नाम आयु लिंग पता जिला राज्य शहर क्रमांक दिनांक
    उम्र मोबाइल गांव वर्ष संख्या வயது பெயர் নাম বয়স
    """.split()
)
"""Words that name columns rather than stand in them."""

WORD = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f\u0900-\u0965\u0970-\u0d7f])+|\d+")
"""A word, with the vowel signs of Indian scripts, which Python does not count as letters."""


def words_of(name: str) -> list[str]:
    """The words of a column name: hhSize_total -> hh, size, total."""
    return WORD.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower())
