"""One spelling for each person: values are brought into one form before they are replaced."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Any, Literal

from pydantic import field_validator

from core.declare import param

ReadAs = Literal["text", "name", "id", "phone", "email", "exact"]

READ_AS_LABELS = {
    "text": "text: spaces, capital letters and Unicode form do not count",
    "name": "names: full stops and commas do not count either",
    "id": "numbers and codes: spaces, hyphens, dots and slashes do not count",
    "phone": "phone numbers: written with or without the country code",
    "email": "e-mail addresses",
    "exact": "exactly as written",
}

# Zero-width characters and soft hyphens are invisible: two spellings that look the same are the same.
_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"))
_NAME_MARKS = re.compile(r"[.,'’`´]+")
_SEPARATORS = str.maketrans("", "", " -./_\\\t\n,:")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—―−﹘﹣－"), "-")


def read_as_param() -> ReadAs:
    """The parameter of every method that replaces values by the person they name."""
    return param(
        "How are the values to be read?",
        default="text",
        labels=READ_AS_LABELS,
        why="Two spellings of one person shall become one token: “+91 98765-43210” and “098765 43210”.",
    )


def country_code_param() -> str:
    """The parameter that goes with `phone`."""
    return param(
        "Which country code do phone numbers without one have?",
        default="91",
        advanced=True,
        min_length=1,
        max_length=3,
        why="“98765 43210” and “+91 98765 43210” are then one number. India is 91, Britain 44, the United States 1.",
    )


def digits_only(field: str) -> Any:
    """The validator of a field that holds digits only."""

    def fits(code: str) -> str:
        if not (code.isascii() and code.isdigit()):
            raise ValueError("Write the digits only, as 91.")
        return code

    return field_validator(field)(fits)


def normaliser(read_as: ReadAs, country_code: str = "91") -> Callable[[str], str]:
    """The function that brings a value into the form in which equal people are equal; never empty for a filled cell."""
    rules: dict[str, Callable[[str], str]] = {
        "text": _text,
        "name": _name,
        "id": _id,
        "email": _email,
        "exact": lambda value: value,
        "phone": lambda value: _phone(value, country_code),
    }
    rule = rules[read_as]
    return lambda value: rule(value) or value


def _unicode(value: str) -> str:
    """NFKC (Unicode Standard Annex 15) without invisible characters; digits of any script as 0-9."""
    if value.isascii():
        return value
    value = unicodedata.normalize("NFKC", value).translate(_INVISIBLE).translate(_HYPHENS)
    return "".join(str(unicodedata.digit(c)) if c.isdigit() and not c.isascii() else c for c in value)


def _text(value: str) -> str:
    return " ".join(_unicode(value).casefold().split())


def _name(value: str) -> str:
    return " ".join(_NAME_MARKS.sub(" ", _unicode(value).casefold()).split())


def _id(value: str) -> str:
    return _unicode(value).upper().translate(_SEPARATORS)


def _email(value: str) -> str:
    return "".join(_unicode(value).casefold().split()).removeprefix("mailto:")


def _phone(value: str, country_code: str) -> str:
    """Country code and national number, digits only (ITU-T E.164).

    00 and + lead a country code; one 0 is the trunk prefix of a national number. Without either, a number that is
    longer than ten digits and begins with the country code has it already.
    """
    text = _unicode(value).strip()
    digits = "".join(c for c in text if c.isdigit())
    if text.startswith("+") or text.startswith("(+"):
        rest = digits
    elif digits.startswith("00"):
        rest = digits[2:]
    elif digits.startswith("0"):
        rest = country_code + digits.lstrip("0")
    elif len(digits) > 10 and digits.startswith(country_code):
        rest = digits
    else:
        rest = country_code + digits if digits else ""
    # “+91 (0) 98765 43210” carries the trunk zero inside.
    if rest.startswith(country_code + "0") and len(rest) > 10 + len(country_code):
        rest = country_code + rest[len(country_code) :].lstrip("0")
    return rest
