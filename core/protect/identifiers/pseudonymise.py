"""Pseudonymise: each distinct value becomes a keyed token."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import pyarrow as pa
from pydantic import field_validator

from core.declare import columns_of, param
from core.problem import Problem
from core.protect.identifiers.normalise import ReadAs, country_code_param, digits_only, normaliser, read_as_param
from core.protect.method import Group, Method, Run
from core.table import SUPPRESSED, Column, Table

ALPHABET = b"abcdefghijkmnpqrstuvwxyz23456789"
"""32 characters without l, o, 0 and 1, which people confuse. A token never looks like a number to a spreadsheet."""


class Pseudonymise(Method):
    """Replace each value by a token made with a secret key: the same person is the same token, in every file.

    At a glance: files made with the same key can be joined on the tokens; with another key they cannot. Without the key
    nobody can compute or check a token, not even for a name they guess; who holds the key can. Keep it, rotate it or
    destroy it.

    Token = prefix + first characters of HMAC-SHA-256(key, value in one spelling) in base 32. Values are first brought
    into one form (spaces, capitals, Unicode form, country code of phones), so that one person gets one token.
    Preserved: which rows are the same person; missing stays missing. Lost: the value itself. Not hidden: how often a
    person occurs. The release is pseudonymous, and still personal data where the key exists (GDPR Article 4(5)).
    Refuses if two different values would get one token.

    - {method: pseudonymise, columns: [aadhaar], read_as: id, key: default}

    Source: RFC 2104; ENISA, Pseudonymisation techniques and best practices (2019), 5.1.3; ISO/IEC 20889, 9.2.
    """

    method: Literal["pseudonymise"] = "pseudonymise"
    title: ClassVar[str] = "Replace by a code (token)"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns?",
        min_length=1,
        why="Equal values get equal codes, in all columns named here and in other files made with the same key.",
    )
    read_as: ReadAs = read_as_param()
    country_code: str = country_code_param()
    key: str = param(
        "Which key?",
        why="Files made with the same key can be joined; use another key where they must not be.",
        default="default",
        min_length=1,
    )
    length: int = param(
        "How many characters has a code?",
        default=16,
        ge=10,
        le=50,
        advanced=True,
        why="16 characters hold 80 bits: no two people share a code even among millions.",
    )
    prefix: str = param(
        "What do codes begin with?",
        why="A letter or two tell readers what it is.",
        default="",
        max_length=12,
        advanced=True,
    )

    @field_validator("prefix")
    @classmethod
    def _harmless(cls, prefix: str) -> str:
        if prefix and not (prefix[0].isalpha() and prefix.isascii() and all(c.isalnum() or c in "-_" for c in prefix)):
            raise ValueError("Begin with a letter A-Z; letters, digits, - and _ may follow.")
        return prefix

    _country_code_is_digits = digits_only("country_code")

    def apply(self, table: Table, run: Run) -> Table:
        key = run.key(self.key, "pseudonymise")
        new = {}
        for number, name in enumerate(self.columns):
            run.progress(number / len(self.columns), self.title)
            new[name] = self._tokens(table[name], name, key)
        return table.with_columns(new)

    def _tokens(self, column: Column, name: str, key: bytes) -> Column:
        spelled = one_spelling(column, self.read_as, self.country_code)
        values = spelled.values.to_pylist()
        made = tokens(values, key, self.length, self.prefix)
        if len(made.unique()) < len(values):
            raise Problem(
                "Two different values of “{column_name}” would get the same code.",
                "Choose longer codes.",
                column=name,
                column_name=name,
            )
        return _but_suppressed(spelled, made).with_kind("code")


def one_spelling(column: Column, read_as: ReadAs, country_code: str = "91") -> Column:
    """The column with each value in the form in which equal people are equal; suppressed stays suppressed."""
    normal = normaliser(read_as, country_code)
    return column.recode(lambda v: v if v == SUPPRESSED else normal(v))


def tokens(values: Sequence[str], key: bytes, length: int, prefix: str = "") -> pa.StringArray:
    """(values,) prefix + `length` (at most 50) characters of HMAC-SHA-256(key, value), 5 bits each.

    The first character is one of 24 letters, so it holds 4.6 bits; the digest's last byte, unused otherwise, picks it.
    """
    digests = np.frombuffer(hmac_sha256(values, key), np.uint8).reshape(len(values), 32)
    start, width = len(prefix), len(prefix) + length
    text = np.empty((len(values), width), np.uint8)
    text[:, :start] = np.frombuffer(prefix.encode("ascii"), np.uint8)
    letters = np.frombuffer(ALPHABET, np.uint8)
    text[:, start] = letters[digests[:, 31] % 24]
    for at in range(1, length):
        # The five bits from bit 5 * at on lie within two bytes.
        byte, bit = divmod(5 * at, 8)
        window = digests[:, byte].astype(np.uint16) << 8 | digests[:, byte + 1]
        text[:, start + at] = letters[(window >> (11 - bit)) & 31]
    offsets = (np.arange(len(values) + 1) * width).astype(np.int32)
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(offsets.tobytes()), pa.py_buffer(text.tobytes()))


def hmac_sha256(values: Sequence[str], key: bytes) -> bytes:
    """(values * 32 bytes) HMAC-SHA-256 of each value (RFC 2104, FIPS 198-1).

    The two blocks that depend on the key alone are hashed once, which is a third of the time of `hmac.digest`.
    """
    block = hashlib.sha256(key).digest() if len(key) > 64 else key
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block.ljust(64, b"\0")))
    outer = hashlib.sha256(bytes(b ^ 0x5C for b in block.ljust(64, b"\0")))
    digests = []
    for value in values:
        inside, outside = inner.copy(), outer.copy()
        inside.update(value.encode())
        outside.update(inside.digest())
        digests.append(outside.digest())
    return b"".join(digests)


def _but_suppressed(column: Column, made: pa.StringArray) -> Column:
    at = column.values.index(SUPPRESSED).as_py()
    if at >= 0:
        made = pa.concat_arrays([made.slice(0, at), pa.array([SUPPRESSED]), made.slice(at + 1)])
    return column.recode_to(made)
