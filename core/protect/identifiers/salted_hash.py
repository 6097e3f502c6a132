"""Salted hash: a one-way code for this release alone."""

from __future__ import annotations

import hmac
from typing import ClassVar, Literal

import pyarrow as pa

from core.declare import columns_of, param
from core.protect.identifiers.normalise import ReadAs, country_code_param, digits_only, read_as_param
from core.protect.identifiers.pseudonymise import one_spelling
from core.protect.method import Group, Method, Run
from core.table import SUPPRESSED, Table


class SaltedHash(Method):
    """Replace each value by a hash with a secret salt that belongs to this step and these secrets alone.

    At a glance: releases made with other secrets cannot be joined on the codes. A plain hash of a phone number or an
    Aadhaar is found by trying all of them in seconds; with a salt nobody knows there is nothing to try.

    Code = SHA-256 keyed with the salt (HMAC), as hexadecimal digits. The salt comes from the recipe's secret seed.
    Preserved: which rows of this file are the same person, across the columns named. Lost: the value.

    - {method: salted_hash, columns: [voter_id], read_as: id}

    Source: FIPS 180-4, RFC 2104; AEPD and EDPS, Introduction to the hash function as a personal data pseudonymisation
    technique (2019).
    """

    method: Literal["salted_hash"] = "salted_hash"
    title: ClassVar[str] = "Replace by a one-way hash"
    group: ClassVar[Group] = "identifiers"
    columns: columns_of() = param(  # type: ignore[valid-type]
        "Which columns?", why="Equal values get equal codes, in all columns named here.", min_length=1
    )
    read_as: ReadAs = read_as_param()
    country_code: str = country_code_param()
    length: int = param(
        "How many characters has a code?",
        default=32,
        ge=24,
        le=64,
        advanced=True,
        why="32 hexadecimal digits hold 128 bits: no two people share a code.",
    )

    _country_code_is_digits = digits_only("country_code")

    def apply(self, table: Table, run: Run) -> Table:
        salt = run.salt("salted_hash")
        new = {}
        for name in self.columns:
            spelled = one_spelling(table[name], self.read_as, self.country_code)
            codes = [v if v == SUPPRESSED else self._code(v, salt) for v in spelled.values.to_pylist()]
            new[name] = spelled.recode_to(pa.array(codes, pa.string()), "code")
        return table.with_columns(new)

    def _code(self, value: str, salt: bytes) -> str:
        # 24 digits are 96 bits: a million values meet with a chance of one in 10**17, so nothing is counted here.
        return hmac.digest(salt, value.encode(), "sha256").hex()[: self.length]
