"""Format-preserving encryption: a number becomes another of the same form, and the key turns it back."""

from __future__ import annotations

import string
from collections.abc import Callable, Sequence
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.identifiers.check_digits import CheckDigit, check_digit
from core.protect.identifiers.ff1 import FF1, SMALLEST_DOMAIN
from core.protect.identifiers.normalise import country_code_param, digits_only
from core.protect.identifiers.pseudonymise import one_spelling
from core.protect.method import Group, Method, Run
from core.table import SUPPRESSED, Column, Table

_CLASSES = {
    **dict.fromkeys(string.digits, "0"),
    **dict.fromkeys(string.ascii_uppercase, "A"),
    **dict.fromkeys(string.ascii_lowercase, "a"),
}
_RADIX = {"0": 10, "A": 26, "a": 26}
_FIRST = {"0": ord("0"), "A": ord("A"), "a": ord("a")}
_SHAPE = str.maketrans(_CLASSES)


class FormatPreserving(Method):
    """Replace numbers and codes by others of the same form that the holder of the key can turn back.

    At a glance: each digit becomes a digit, each letter A-Z a letter: ABCPD1234F may become QKWMZ7719T. Equal values
    give equal codes, in every file made with the same key; `python -m core detokenise` turns them back.

    FF1 with AES-256, separators left where they are.
    Values are first brought into one spelling, which is what comes back. With a check digit scheme, the last digit of
    every code is a wrong one: no code is anybody's real Aadhaar or card number, and nobody can mistake it for one.
    Without it about one code in ten passes the check by chance and may be a real number.
    Preserved: form, length, which rows are the same person. Lost, without the key: the value.
    Refuses values with fewer than a million possibilities (NIST), or with letters other than A-Z.

    - {method: format_preserving, columns: [aadhaar], check_digit: verhoeff}

    Source: NIST SP 800-38G Revision 1 (second public draft, 2025), doi:10.6028/NIST.SP.800-38Gr1.2pd, Algorithms 7, 8.
    """

    method: Literal["format_preserving"] = "format_preserving"
    title: ClassVar[str] = "Replace by a number of the same form"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns?", why="Other systems that check the form of a number go on working.", min_length=1
    )
    read_as: Literal["id", "phone", "exact"] = param(
        "How are the values to be read?",
        default="id",
        why="Two spellings of one number shall become one code. Exactly as written, separators stay in place.",
        labels={
            "id": "numbers and codes: spaces, hyphens, dots and slashes do not count",
            "phone": "phone numbers: written with or without the country code",
            "exact": "exactly as written",
        },
    )
    country_code: str = country_code_param()
    check_digit: Literal["none", "verhoeff", "luhn"] = param(
        "Does the last digit check the number?",
        default="none",
        why="The code then gets a check digit that is wrong by construction, so that it is nobody's real number.",
        labels={"none": "no", "verhoeff": "yes, as in Aadhaar (Verhoeff)", "luhn": "yes, as on payment cards (Luhn)"},
    )
    unfit: Literal["refuse", "suppress"] = param(
        "What happens to values that do not fit?",
        default="refuse",
        advanced=True,
        why="Values that are too short, or hold letters other than A-Z, cannot be encrypted.",
        labels={"refuse": "stop, and say how many there are", "suppress": "suppress the cell (*)"},
    )
    key: str = param(
        "Which key?", why="Files made with the same key can be joined and turned back.", default="default", min_length=1
    )

    _country_code_is_digits = digits_only("country_code")

    def apply(self, table: Table, run: Run) -> Table:
        return self._changed(table, run.key(self.key, "ff1"), backward=False)

    def reverse(self, table: Table, run: Run) -> Table:
        """The table with codes turned back into values in one spelling; a Problem for cells that are no such codes."""
        return self._changed(table, run.key(self.key, "ff1"), backward=True)

    def _changed(self, table: Table, key: bytes, backward: bool) -> Table:
        return table.with_columns(
            {n: self._column(table[n], n, key, backward) for n in self.columns if n in table.columns}
        )

    def _column(self, column: Column, name: str, key: bytes, backward: bool) -> Column:
        # A code is spelled as it was made; only values are brought into one spelling.
        spelled = column if backward else one_spelling(column, self.read_as, self.country_code)
        shapes: dict[str, list[str]] = {}
        for value in spelled.values.to_pylist():
            if value != SUPPRESSED:
                shapes.setdefault(value.translate(_SHAPE), []).append(value)
        new: dict[str, str | None] = {}
        for shape, values in shapes.items():
            coding = self._coding(shape)
            new.update(
                zip(values, _crypt(values, coding, key, backward) if coding else [None] * len(values), strict=True)
            )
        unfit = sum(v is None for v in new.values())
        if unfit and (backward or self.unfit == "refuse"):
            raise _unfit(name, unfit, backward)
        return spelled.recode({old: SUPPRESSED if code is None else code for old, code in new.items()}, "code")

    def _coding(self, shape: str) -> _Coding | None:
        if not shape.isascii() and any(c.isalnum() and not c.isascii() for c in shape):
            return None
        if self.check_digit == "none":
            return _by_position(shape)
        return _with_check_digit(len(shape), self.check_digit) if set(shape) == {"0"} else None


class _Coding(NamedTuple):
    """How values of one shape are numbered from 0 to size - 1, and codes likewise; None for one that has no number."""

    size: int
    number: Callable[[str], int | None]
    value: Callable[[int], str | None]
    code_number: Callable[[str], int | None]
    code: Callable[[int], str | None]


def _by_position(shape: str) -> _Coding | None:
    radixes = [_RADIX.get(c, 1) for c in shape]
    size = int(np.prod(np.array(radixes, object))) if radixes else 0
    if size < SMALLEST_DOMAIN:
        return None
    if set(shape) == {"0"}:
        return _Coding(size, int, lambda x: f"{x:0{len(shape)}d}", int, lambda x: f"{x:0{len(shape)}d}")

    def number(value: str) -> int:
        found = 0
        for char, kind, radix in zip(value, shape, radixes, strict=True):
            found = found * radix + (ord(char) - _FIRST[kind] if radix > 1 else 0)
        return found

    def value(found: int) -> str:
        chars = []
        for kind, radix in zip(reversed(shape), reversed(radixes), strict=True):
            found, digit = divmod(found, radix)
            chars.append(chr(_FIRST[kind] + digit) if radix > 1 else kind)
        return "".join(reversed(chars))

    return _Coding(size, number, value, number, value)


def _with_check_digit(length: int, scheme: CheckDigit) -> _Coding | None:
    """Numbers that begin with 2 to 9, as every Aadhaar does, to codes that begin with 1 to 9 and end in a wrong digit.

    There are 8 * 10**(n-1) such numbers (valid or not: a mistyped one must come back as well), and
    9 * 10**(n-2) * 9 = 8.1 * 10**(n-1) such codes: all but the last digit, then which of nine wrong digits follows.
    FF1 runs over that one domain, so the eleven leading digits of an Aadhaar code are FF1's, and the check digit is
    wrong by construction; eleven digits alone could not bring back a number whose own check digit was wrong.
    """
    size, low, first = 81 * 10 ** (length - 2), 2 * 10 ** (length - 1), 10 ** (length - 2)
    if length < 2 or size < SMALLEST_DOMAIN:
        return None

    def code(found: int) -> str:
        head = str(found // 9 + first)
        return head + str((check_digit(head, scheme) + found % 9 + 1) % 10)

    def code_number(text: str) -> int | None:
        wrong = (int(text[-1]) - check_digit(text[:-1], scheme)) % 10
        return (int(text[:-1]) - first) * 9 + wrong - 1 if wrong and text[0] != "0" else None

    return _Coding(
        size,
        lambda text: int(text) - low if int(text) >= low else None,
        lambda found: str(found + low) if found < 4 * low else None,
        code_number,
        code,
    )


def _crypt(values: Sequence[str], coding: _Coding, key: bytes, backward: bool) -> list[str | None]:
    read, write = (coding.code_number, coding.value) if backward else (coding.number, coding.code)
    numbers = [read(v) for v in values]
    known = [n for n in numbers if n is not None]
    done = iter(_walk(_cipher(key, coding.size), known, coding.size, backward))
    return [None if n is None else write(next(done)) for n in numbers]


def _cipher(key: bytes, size: int) -> FF1:
    """FF1 on decimal digits or bits, whichever holds `size` numbers more closely."""
    digits, bits = len(str(size - 1)), (size - 1).bit_length()
    return FF1(key, 10, digits) if 10**digits <= 2**bits else FF1(key, 2, bits)


def _walk(cipher: FF1, numbers: list[int], size: int, backward: bool) -> list[int]:
    """FF1 on 0 ... size-1 by cycle walking: what falls outside is encrypted again until it falls inside.

    The walk keeps the permutation a permutation (Black and Rogaway 2002, doi:10.1007/3-540-45760-7_9); the domain is at
    most twice as large, so two turns on average are the most.
    """
    if not cipher.many_at_once:
        once = cipher.decrypt if backward else cipher.encrypt
        found = []
        for number in numbers:
            number = once(number)
            while number >= size:
                number = once(number)
            found.append(number)
        return found
    half = cipher.half
    left = np.array([n // half for n in numbers], np.uint64)
    right = np.array([n % half for n in numbers], np.uint64)
    top, rest = np.uint64(size // half), np.uint64(size % half)
    out = np.arange(len(numbers))
    while len(out):
        left[out], right[out] = cipher.many(left[out], right[out], backward)
        out = out[(left[out] > top) | ((left[out] == top) & (right[out] >= rest))]
    return [a * half + b for a, b in zip(left.tolist(), right.tolist(), strict=True)]


def _unfit(name: str, count: int, backward: bool) -> Problem:
    if backward:
        return Problem(
            "{count} different cells of “{column_name}” are no codes made with this recipe.",
            "Check that recipe and file belong together.",
            column=name,
            column_name=name,
            count=count,
        )
    return Problem(
        "{count} different values of “{column_name}” cannot be encrypted in their form.",
        "They are too short, hold letters other than A-Z, or are no such number. Suppress them (unfit: suppress), "
        "or replace the column by codes (pseudonymise).",
        column=name,
        column_name=name,
        count=count,
    )
