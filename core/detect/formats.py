# ruff: noqa: E501  (a pattern is easier to check on one line)

"""Formats of personal data: one table for whole columns, for Presidio's recognizers and for free text.

A format has a pattern for the whole cell, and a check digit where one exists. `chance` is the share of unrelated values
of the same shape that would pass by chance: a column counts as found where its share is far beyond that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from core.detect import checks
from core.detect.entities import Entity


@dataclass(frozen=True)
class Format:
    """One format of one entity.

    name      for evidence: "98% of 300 values look like {name}"
    pattern   matches the whole cell (stripped); upper and lower case alike
    check     what a real value passes, beyond the pattern
    checked   what passing is called: "pass the {checked}"
    chance    share of unrelated values of this shape that would pass
    country   "" everywhere, else the ISO code (lower case) it is registered under
    words     header words that, beside the bare shape (without the check), are enough
    inline    the pattern is distinctive enough to be looked for inside text
    """

    name: str
    entity: Entity
    subtype: str
    pattern: str
    chance: float
    check: Callable[[str], bool] | None = None
    checked: str = ""
    country: str = ""
    inline: bool = False

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    def shaped(self, text: str) -> bool:
        return self._compiled.fullmatch(text) is not None

    def passes(self, text: str) -> bool:
        return self.shaped(text) and (self.check is None or self.check(text))


_STATE = "(?:AN|AP|AR|AS|BH|BR|CH|CG|CT|DD|DL|DN|GA|GJ|HP|HR|JH|JK|KA|KL|LA|LD|MH|ML|MN|MP|MZ|NL|OD|OR|PB|PY|RJ|SK|TG|TN|TR|TS|UA|UK|UP|UT|WB)"
_IPV6 = r"(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,7}:|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})(?:/\d{1,3})?"
_IBAN = r"(?:AD|AE|AL|AT|AZ|BA|BE|BG|BH|BR|CH|CR|CY|CZ|DE|DK|DO|EE|ES|FI|FO|FR|GB|GE|GI|GR|HR|HU|IE|IL|IS|IT|JO|KW|KZ|LB|LI|LT|LU|LV|MC|MD|ME|MK|MT|MU|NL|NO|PK|PL|PT|QA|RO|RS|SA|SE|SI|SK|SM|TN|TR|UA|VG|XK) ?\d{2}(?:[ -]?[A-Z0-9]){4}(?:[ -]?\d){7,}[A-Z0-9]{0,16}"
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"

FORMATS: tuple[Format, ...] = (
    Format("an e-mail address", "EMAIL_ADDRESS", "", r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@.,;<>\"]{2,}", 0.0, inline=True),
    Format("a web link", "URL", "", r"(?:https?|ftp|s3)://\S+|www\.[^\s@]+\.\S+", 0.0, inline=True),
    Format("a domain name", "URL", "", r"(?:[a-z0-9-]+\.)+(?:com|org|net|edu|gov|info|biz|io|co|in|uk|de|fr|es|it|nl|pl|br|ro|ru|us|ca|au|eu|gl|pt|se|ch|at|be|dk|fi|no|cz|hu|jp|cn|tv|me)(?:\.[a-z]{2})?(?:/\S*)?", 0.02),
    Format("an IPv4 address", "IP_ADDRESS", "IPV4", rf"{_OCTET}(?:\.{_OCTET}){{3}}(?:/\d{{1,2}}|:\d{{2,5}})?", 0.0, inline=True),
    Format("an IPv6 address", "IP_ADDRESS", "IPV6", _IPV6, 0.0, inline=True),
    Format("a UUID", "RECORD_ID", "UUID", r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?", 0.0),
    Format("a MAC address", "NONE", "MAC_ADDRESS", r"(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}", 0.0),
    Format("a card number", "CREDIT_CARD", "", r"(?:\d[ -]?){12,18}\d", 0.1, checks.card, "Luhn check of payment cards", inline=True),
    Format("an IBAN", "BANK_ACCOUNT", "IBAN", r"[A-Z]{2}\d{2}(?:[ -]?[A-Z0-9]){11,30}", 0.01, checks.iban, "IBAN check (modulo 97)", inline=True),
    Format("a masked card number", "CREDIT_CARD", "MASKED", r"(?:[X*#•]{4}[ -]?){3}\d{4}|\d{4}[ -]?(?:\d\d|[X*#•]{2})[X*#•]{2}[ -]?[X*#•]{4}[ -]?\d{4}", 0.0),
    Format("an account number in the form of an IBAN", "BANK_ACCOUNT", "IBAN", _IBAN, 0.02),
    Format("an ISBN", "NONE", "ISBN", r"[\d-]{9,16}[\dX]", 0.1, checks.isbn, "ISBN check"),
    Format("latitude and longitude", "GEO_COORDINATE", "", r"[(\[]?-?\d{1,2}\.\d+\s*[,; ]\s*-?\d{1,3}\.\d+[)\]]?|POINT ?\(.+\)", 0.0),
    Format("coordinates with a compass direction", "GEO_COORDINATE", "", r"\d{1,3}(?:\.\d+)?°?\s*(?:\d{1,2}['′]\s*)?(?:\d{1,2}(?:\.\d+)?[\"″]\s*)?[NSEW]", 0.0),
    # India
    Format("an Aadhaar number", "NATIONAL_ID", "IN_AADHAAR", r"[2-9]\d{3}[ -]?\d{4}[ -]?\d{4}", 0.1, checks.aadhaar, "Aadhaar check digit", "in", inline=True),
    Format("a masked Aadhaar number", "NATIONAL_ID", "IN_AADHAAR", r"[X*]{4}[ -]?[X*]{4}[ -]?\d{4}", 0.0, country="in", inline=True),
    Format("an Aadhaar virtual id", "NATIONAL_ID", "IN_AADHAAR_VID", r"[2-9]\d{3}[ -]?(?:\d{4}[ -]?){2}\d{4}", 0.1, checks.vid, "Aadhaar check digit", "in"),
    Format("a PAN", "NATIONAL_ID", "IN_PAN", r"[A-Z]{5}\d{4}[A-Z]", 0.35, checks.pan, "PAN rule for the fourth letter", "in", inline=True),
    Format("a voter id (EPIC)", "NATIONAL_ID", "IN_VOTER", r"[A-Z]{3}\d{7}|[A-Z]{2}/\d{2}/\d{3}/\d{6}", 0.02, country="in"),
    Format("an Indian passport number", "NATIONAL_ID", "IN_PASSPORT", r"[A-PR-WY][1-9]\d ?\d{4}[1-9]", 0.25, country="in"),
    Format("an Indian vehicle registration", "NATIONAL_ID", "IN_VEHICLE_REGISTRATION", rf"{_STATE}[ -]?\d{{1,2}}[ -]?[A-Z]{{0,3}}[ -]?\d{{3,4}}|\d{{2}}[ -]?BH[ -]?\d{{4}}[ -]?[A-HJ-NP-Z]{{1,2}}", 0.03, country="in"),
    Format("an Indian driving licence", "NATIONAL_ID", "IN_DRIVING_LICENCE", rf"{_STATE}[ -]?\d{{2}}[ /-]?(?:19|20)\d{{2}}[ -]?\d{{7}}|{_STATE}-?\d{{13}}", 0.0, country="in"),
    Format("a GSTIN", "NATIONAL_ID", "IN_GSTIN", r"\d{2}[A-Z]{5}\d{4}[A-Z][A-Z\d]{3}", 0.03, checks.gstin, "GSTIN check character", "in", inline=True),
    Format("an IFSC", "NONE", "IN_IFSC", r"[A-Z]{4}0[A-Z0-9]{6}", 0.02, country="in"),
    Format("a UPI id", "BANK_ACCOUNT", "IN_UPI", r"[\w.-]{2,}@(?:ok(?:axis|sbi|icici|hdfcbank)|upi|paytm|ybl|ibl|axl|apl|sbi|icici|hdfcbank|axisbank|kotak|yesbank|barodampay|pnb|cnrb|unionbank|airtel|jio|freecharge|fbl|rbl|idbi|indus|waicici|wasbi|waaxis|wahdfcbank|yapl|ptyes|ptaxis|pthdfc|ptsbi|abfspay|ikwik|timecosmos|oksbi)", 0.0, country="in", inline=True),
    Format("an ABHA number", "NATIONAL_ID", "IN_ABHA", r"\d{2}-\d{4}-\d{4}-\d{4}", 0.0, country="in", inline=True),
    Format("an ABHA address", "NATIONAL_ID", "IN_ABHA", r"[\w.]{3,}@(?:abdm|sbx)", 0.0, country="in"),
    Format("a TAN", "NATIONAL_ID", "IN_TAN", r"[A-Z]{4}\d{5}[A-Z]", 0.02, country="in"),
    Format("a company number (CIN)", "NATIONAL_ID", "IN_CIN", r"[LU]\d{5}[A-Z]{2}\d{4}[A-Z]{3}\d{6}", 0.0, country="in"),
    Format("a NREGA job card number", "NATIONAL_ID", "IN_JOB_CARD", r"[A-Z]{2}-\d{2}-\d{3}-\d{3}-\d{3}(?:/\d+)?(?:-[A-Z])?", 0.0, country="in"),
    # United States
    Format("a US social security number", "NATIONAL_ID", "US_SSN", r"\d{3}-\d{2}-\d{4}", 0.0, checks.ssn, "rules of the SSA", "us", inline=True),
    Format("a masked US social security number", "NATIONAL_ID", "US_SSN", r"[X*]{3}-[X*]{2}-\d{4}", 0.0, country="us"),
    # United Kingdom
    Format("a UK national insurance number", "NATIONAL_ID", "UK_NINO", r"[A-Z]{2} ?(?:\d{2} ?){3}[A-D]", 0.02, checks.nino, "rules for its letters", "gb", inline=True),
    Format("an NHS number", "NATIONAL_ID", "UK_NHS", r"\d{3}[ -]\d{3}[ -]\d{4}|\d{10}", 0.09, checks.nhs, "NHS check digit", "gb"),
    Format("a UK postcode", "POSTCODE", "UK_POSTCODE", r"(?:GIR ?0AA|[A-PR-UWYZ](?:\d{1,2}|[A-HK-Y]\d|[A-HK-Y]\d\d|\d[A-HJKPS-UW]|[A-HK-Y]\d[ABEHMNPRVWXY]) ?\d[ABD-HJLNP-UW-Z]{2})", 0.0, country="gb"),
    # Europe
    Format("a Spanish DNI or NIE", "NATIONAL_ID", "ES_DNI", r"[XYZ\d][ -]?\d{7}[ -]?[A-Z]", 0.05, checks.dni, "DNI check letter", "eu", inline=True),
    Format("a French social security number", "NATIONAL_ID", "FR_NIR", r"[12][ .]?\d{2}[ .]?\d{2}[ .]?\w{2}[ .]?\d{3}[ .]?\d{3}[ .]?\d{2}", 0.01, checks.nir, "NIR key", "eu", inline=True),
    Format("a Romanian CNP", "NATIONAL_ID", "RO_CNP", r"[1-9]\d{12}", 0.01, checks.cnp, "CNP check digit", "eu"),
    Format("an Italian codice fiscale", "NATIONAL_ID", "IT_FISCAL_CODE", r"[A-Z]{6}\d{2}[A-Z]\d{2}[A-Z]\d{3}[A-Z]", 0.0, checks.codice_fiscale, "check letter", "eu", inline=True),
    Format("a Polish PESEL", "NATIONAL_ID", "PL_PESEL", r"\d{11}", 0.03, checks.pesel, "PESEL check digit", "eu"),
    # Elsewhere: always looked for, because they are distinctive
    Format("a Brazilian CPF", "NATIONAL_ID", "BR_CPF", r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}", 0.01, checks.cpf, "CPF check digits"),
    Format("a Brazilian CPF as written", "NATIONAL_ID", "BR_CPF", r"\d{3}\.\d{3}\.\d{3}-\d{2}", 0.0, inline=True),
    Format("a Brazilian CNPJ", "NATIONAL_ID", "BR_CNPJ", r"\d{2}\.?\d{3}\.?\d{3}/?\d{4}-?\d{2}", 0.01, checks.cnpj, "CNPJ check digits"),
    Format("a Brazilian CEP", "POSTCODE", "BR_CEP", r"\d{5}-\d{3}", 0.0),
    Format("an Egyptian national number", "NATIONAL_ID", "EG_NATIONAL_ID", r"[23]\d{13}", 0.03, checks.egypt, "birth date inside"),
    Format("a Sri Lankan NIC", "NATIONAL_ID", "LK_NIC", r"\d{9}[VX]|(?:19|20)\d{10}", 0.01, checks.nic, "day of the year inside"),
    Format("a Pakistani CNIC", "NATIONAL_ID", "PK_CNIC", r"\d{5}-\d{7}-\d", 0.0, checks.cnic, "province code"),
    Format("a Mexican CURP", "NATIONAL_ID", "MX_CURP", r"[A-Z]{4}\d{6}[HM][A-Z]{5}[A-Z0-9]\d", 0.0),
    Format("a Canadian postcode", "POSTCODE", "CA_POSTCODE", r"[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z] ?\d[ABCEGHJ-NPRSTV-Z]\d", 0.0),
    Format("a ZIP+4 code", "POSTCODE", "US_ZIP", r"\d{5}-\d{4}", 0.0),
    Format("a vehicle identification number", "NATIONAL_ID", "VIN", r"(?=.*[A-Z])(?=.*\d)[A-HJ-NPR-Z0-9]{17}", 0.05),
)


class Cued(NamedTuple):
    """A bare run of digits that only the word before it makes somebody's number: "UAN 1009...", "A/c no. 3021..."."""

    name: str
    entity: Entity
    subtype: str
    cue: str
    number: str
    country: str = "in"

    @property
    def before(self) -> str:
        """The cue and what may stand between it and the number."""
        return rf"\b(?:{self.cue})\.?(?:\s*(?:card|no|num|number|id|code)\b\.?)*(?:\s+is)?[\s:#\-]{{0,4}}"


CUED: tuple[Cued, ...] = (
    Cued("a bank account number", "BANK_ACCOUNT", "IN_BANK_ACCOUNT", r"a/?c|acct|account|khata|खाता", r"\d{9,18}"),
    Cued("a director's number (DIN)", "NATIONAL_ID", "IN_DIN", r"DIN", r"\d{8}"),
    Cued("a provident fund number (UAN)", "NATIONAL_ID", "IN_UAN", r"UAN|universal account", r"\d{12}"),
    Cued("an insurance number (ESIC)", "NATIONAL_ID", "IN_ESIC", r"ESIC|ESIS|ESI|insurance", r"\d{17}|\d{10}"),
    Cued("a ration card number", "NATIONAL_ID", "IN_RATION_CARD", r"ration|राशन(?:\s*कार्ड)?", r"[A-Z]{0,4}\d{8,14}"),
    Cued("a job card number", "NATIONAL_ID", "IN_JOB_CARD", r"job", r"[A-Z]{2}-[\d/-]{12,24}"),
    Cued("an LGD code", "NONE", "IN_LGD", r"LGD", r"\d{2,6}"),
)
"""Numbers of India without a form or check digit of their own. In columns the header is the cue."""


def shares(texts: Sequence[str], countries: Sequence[str]) -> dict[int, tuple[float, float]]:
    """For each format (by its place in FORMATS) that any value is shaped like: share shaped, share passing.

    Formats of countries that were not chosen are left out.
    """
    found: dict[int, tuple[float, float]] = {}
    if not texts:
        return found
    for at, form in enumerate(FORMATS):
        if form.country and form.country not in countries:
            continue
        shaped = [t for t in texts if form.shaped(t)]
        if shaped:
            passing = len(shaped) if form.check is None else sum(map(form.check, shaped))
            found[at] = (len(shaped) / len(texts), passing / len(texts))
    return found
