"""Check digits and formats of official numbers, cards and accounts. Pure functions: text in, True or False out.

One random number in ten passes a check digit by chance: judge the share of a column, never one cell.
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable

_D = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 3, 4, 0, 6, 7, 8, 9, 5), (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
      (3, 4, 0, 1, 2, 8, 9, 5, 6, 7), (4, 0, 1, 2, 3, 9, 5, 6, 7, 8), (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
      (6, 5, 9, 8, 7, 1, 0, 4, 3, 2), (7, 6, 5, 9, 8, 2, 1, 0, 4, 3), (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
      (9, 8, 7, 6, 5, 4, 3, 2, 1, 0))
_P = ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 5, 7, 6, 2, 8, 3, 0, 9, 4), (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
      (8, 9, 1, 6, 0, 4, 3, 5, 2, 7), (9, 4, 5, 3, 1, 2, 6, 8, 7, 0), (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
      (2, 7, 9, 3, 8, 0, 6, 4, 1, 5), (7, 0, 4, 6, 9, 1, 3, 2, 5, 8))

GSTIN_STATES = frozenset(f"{n:02d}" for n in (*range(1, 39), 96, 97, 99))
"""State codes of the GST network: 01 to 38, 96 (other country), 97 (other territory), 99 (centre)."""


def digits(text: str) -> str:
    """The digits of a number as people write it, without spaces and separators."""
    return re.sub(r"[\s.\-/]", "", text)


def verhoeff(number: str) -> bool:
    """The dihedral check of Verhoeff (1969), as in the last digit of an Aadhaar number."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        total = _D[total][_P[place % 8][int(digit)]]
    return total == 0


def luhn(number: str) -> bool:
    """ISO/IEC 7812-1 annex B, as in the last digit of a payment card."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 * (value > 9)
    return total % 10 == 0


def card(text: str) -> bool:
    """A payment card number: 13 to 19 digits of a known issuer that pass Luhn."""
    number = digits(text)
    return bool(re.fullmatch(r"(?:3[0-9]|4|5[0-9]|6[0-9]|2[2-7])\d{11,17}", number)) and luhn(number)


def iban(text: str) -> bool:
    """ISO 13616: the rearranged number is 1 modulo 97."""
    value = re.sub(r"[\s-]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", value):
        return False
    return int("".join(str(int(c, 36)) for c in value[4:] + value[:4])) % 97 == 1


def aadhaar(text: str) -> bool:
    """Twelve digits, the first 2 to 9, that pass Verhoeff (UIDAI numbering scheme)."""
    number = digits(text)
    return bool(re.fullmatch(r"[2-9]\d{11}", number)) and verhoeff(number)


def vid(text: str) -> bool:
    """Aadhaar virtual id: sixteen digits that pass Verhoeff."""
    number = digits(text)
    return bool(re.fullmatch(r"[2-9]\d{15}", number)) and verhoeff(number)


def pan(text: str) -> bool:
    """Income-tax PAN: AAAAA9999A whose fourth letter says what the holder is (P person, C company, H family, ...)."""
    return bool(re.fullmatch(r"[A-Z]{3}[ABCFGHLJPTK][A-Z]\d{4}[A-Z]", text.strip().upper()))


def gstin(text: str) -> bool:
    """GSTIN: state, PAN, entity, Z and a check character (modulo 36, weights 1 and 2)."""
    value = text.strip().upper()
    if not re.fullmatch(r"\d{2}[A-Z]{5}\d{4}[A-Z][1-9A-Z][Z1-9A-J][0-9A-Z]", value) or value[:2] not in GSTIN_STATES:
        return False
    total = 0
    for place, char in enumerate(value[:14]):
        product = int(char, 36) * (1 + place % 2)
        total += product // 36 + product % 36
    return (string.digits + string.ascii_uppercase)[(36 - total % 36) % 36] == value[14]


def ssn(text: str) -> bool:
    """US social security number: three groups, none of them all zero, area not 666 (900s allowed: test data)."""
    found = re.fullmatch(r"(\d{3})-(\d{2})-(\d{4})", text.strip())
    return bool(found) and found[1] not in ("000", "666") and found[2] != "00" and found[3] != "0000"  # type: ignore[index]


def nhs(text: str) -> bool:
    """NHS number: ten digits, the last a modulo-11 check."""
    number = digits(text)
    if not re.fullmatch(r"\d{10}", number):
        return False
    check = (11 - sum(int(d) * (10 - i) for i, d in enumerate(number[:9])) % 11) % 11
    return check != 10 and check == int(number[9])


def nino(text: str) -> bool:
    """UK national insurance number: two letters, six digits, A to D."""
    value = re.sub(r"\s", "", text).upper()
    return bool(re.fullmatch(r"(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]", value))


def dni(text: str) -> bool:
    """Spanish DNI or NIE: the letter is the number modulo 23."""
    value = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[XYZ\d]\d{7}[A-Z]", value):
        return False
    number = int("".join({"X": "0", "Y": "1", "Z": "2"}.get(value[0], value[0])) + value[1:8])
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] == value[8]


def nir(text: str) -> bool:
    """French social security number: sex, year, month ... and a key of 97 minus the rest modulo 97."""
    value = re.sub(r"[\s.-]", "", text).upper()
    if not re.fullmatch(r"[12]\d{4}(?:\d{2}|2A|2B)\d{6}\d{2}", value):
        return False
    number = int(value[:13].replace("2A", "19").replace("2B", "18"))
    return 97 - number % 97 == int(value[13:])


def cpf(text: str) -> bool:
    """Brazilian CPF: eleven digits, two modulo-11 check digits."""
    number = digits(text)
    if not re.fullmatch(r"\d{11}", number) or len(set(number)) == 1:
        return False
    return all(_mod11(number[:n], range(n + 1, 1, -1)) == int(number[n]) for n in (9, 10))


def cnpj(text: str) -> bool:
    """Brazilian CNPJ: fourteen digits, two modulo-11 check digits."""
    number = digits(text)
    if not re.fullmatch(r"\d{14}", number):
        return False
    weights = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2]
    return all(_mod11(number[:n], weights[13 - n :]) == int(number[n]) for n in (12, 13))


def _mod11(number: str, weights: object) -> int:
    rest = sum(int(d) * w for d, w in zip(number, weights, strict=True)) % 11  # type: ignore[call-overload]
    return 0 if rest < 2 else 11 - rest


def cnp(text: str) -> bool:
    """Romanian CNP: thirteen digits, sex and birth date first, a modulo-11 check digit."""
    number = digits(text)
    if not re.fullmatch(r"[1-9]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{6}", number):
        return False
    rest = sum(int(d) * int(w) for d, w in zip(number, "279146358279", strict=False)) % 11
    return int(number[12]) == (1 if rest == 10 else rest)


def egypt(text: str) -> bool:
    """Egyptian national number: century, birth date, governorate, serial and a check digit (fourteen digits)."""
    return bool(re.fullmatch(r"[23]\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{7}", digits(text)))


def nic(text: str) -> bool:
    """Sri Lankan NIC: nine digits and V or X, or twelve digits that begin with a year and a day of the year."""
    value = text.strip().upper()
    if re.fullmatch(r"\d{9}[VX]", value):
        day = int(value[2:5])
    elif re.fullmatch(r"(?:19|20)\d{10}", value):
        day = int(value[4:7])
    else:
        return False
    return 1 <= day <= 366 or 501 <= day <= 866


def cnic(text: str) -> bool:
    """Pakistani CNIC as written on the card: 12345-1234567-1."""
    return bool(re.fullmatch(r"[1-7]\d{4}-\d{7}-\d", text.strip()))


def codice_fiscale(text: str) -> bool:
    """Italian codice fiscale: sixteen characters, the last a check letter."""
    value = text.strip().upper()
    if not re.fullmatch(r"[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]", value):
        return False
    odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23]
    place = [int(c) if c.isdigit() else ord(c) - 65 for c in value[:15]]
    return chr(65 + sum(odd[n] if i % 2 == 0 else n for i, n in enumerate(place)) % 26) == value[15]


def pesel(text: str) -> bool:
    """Polish PESEL: eleven digits, birth date first, a weighted check digit."""
    number = digits(text)
    if not re.fullmatch(r"\d{2}(?:[02468][1-9]|[13579][0-2])[0-3]\d{6}", number):
        return False
    total = sum(int(d) * w for d, w in zip(number, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3), strict=False))
    return (10 - total % 10) % 10 == int(number[10])


def isbn(text: str) -> bool:
    """ISBN-10 (modulo 11) or ISBN-13 (modulo 10, 978 or 979)."""
    value = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(r"\d{9}[\dX]", value):
        return sum((10 - i) * (10 if c == "X" else int(c)) for i, c in enumerate(value)) % 11 == 0
    return bool(re.fullmatch(r"97[89]\d{10}", value)) and sum(
        int(c) * (1 + 2 * (i % 2)) for i, c in enumerate(value)
    ) % 10 == 0


Check = Callable[[str], bool]
