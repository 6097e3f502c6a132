"""Tokens, hashes and FF1: one person one token, joinable, reversed where reversible, never a real number."""

from __future__ import annotations

import hashlib
import hmac
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.problem import Problem
from core.protect.identifiers.check_digits import check_digit
from core.protect.identifiers.ff1 import FF1
from core.protect.identifiers.format_preserving import FormatPreserving
from core.protect.identifiers.mask import Mask
from core.protect.identifiers.normalise import normaliser
from core.protect.identifiers.pseudonymise import Pseudonymise, hmac_sha256, tokens
from core.protect.identifiers.salted_hash import SaltedHash
from core.protect.method import Run
from core.protect.secrets import Secrets
from core.table import Column, Table

SECRETS = Secrets("test", 7, {"default": b"k" * 32, "other": b"o" * 32})
KEY_256 = bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3CEF4359D8D580AA4F7F036D6F04FC6A94")
DIGITS = string.digits + string.ascii_lowercase


def one(values, method, secrets=SECRETS, step=1):
    return method.apply(Table.of({"c": Column.of(values)}), Run(secrets, step))["c"].texts()


@pytest.mark.parametrize(
    ("read_as", "spellings"),
    [
        ("text", ["Asha Patel", " asha  PATEL", "ASHA\u00a0PATEL", "Asha\u200b Patel", "Ａsha Patel"]),
        ("name", ["Patel, A. K.", "patel a k", "PATEL A.K"]),
        ("name", ["José", "Jose\u0301", "JOSÉ"]),
        ("name", ["क़ासिम", "क\u093cासिम"]),
        ("id", ["2345 6789 0124", "2345-6789-0124", "234567890124", "२३४५ ६७८९ ०१२४", "2345.6789/0124"]),
        ("id", ["abcpd1234f", "ABCPD 1234 F"]),
        (
            "phone",
            [
                "9876543210",
                "+91 98765-43210",
                "098765 43210",
                "0091 9876543210",
                "919876543210",
                "+91 (0) 98765 43210",
                "(+91) 98765 43210",
            ],
        ),
        ("email", ["Asha@NIC.in ", "asha@nic.in", "mailto:asha@nic.in"]),
    ],
)
def test_one_person_gets_one_token(read_as, spellings):
    assert len(set(one(spellings, Pseudonymise(columns=("c",), read_as=read_as)))) == 1


@pytest.mark.parametrize(
    ("read_as", "different"),
    [
        ("text", ["Asha Patel", "Asha Patil", "AshaPatel"]),
        ("id", ["123", "0123"]),
        ("phone", ["9876543210", "+44 9876543210", "9876543211", "12345"]),
        ("exact", ["a", "A", " a"]),
        ("id", ["-", "--", "."]),
    ],
)
def test_different_people_get_different_tokens(read_as, different):
    assert len(set(one(different, Pseudonymise(columns=("c",), read_as=read_as)))) == len(different)


@given(st.text(min_size=1))
def test_normalising_is_stable_and_never_empties_a_cell(value):
    for read_as in ("text", "name", "id", "email", "exact"):
        rule = normaliser(read_as)
        assert rule(value)
        if rule(value) != value:
            assert rule(rule(value)) == rule(value) or not value.isascii()


def test_a_token_is_the_start_of_the_hmac():
    """Counted again by hand from RFC 2104: bits of HMAC-SHA-256, five to a character; the last byte leads."""
    made = tokens(["asha"], b"key", 12, "P")[0].as_py()
    digest = hmac.new(b"key", b"asha", hashlib.sha256).digest()
    alphabet = "abcdefghijkmnpqrstuvwxyz23456789"
    bits = "".join(f"{byte:08b}" for byte in digest)
    expected = "".join(alphabet[int(bits[5 * i : 5 * i + 5], 2)] for i in range(12))
    assert made == "P" + alphabet[digest[31] % 24] + expected[1:]


@given(st.lists(st.text(max_size=80), max_size=5), st.binary(min_size=1, max_size=100))
def test_the_fast_hmac_is_the_standard_librarys(values, key):
    assert hmac_sha256(values, key) == b"".join(hmac.digest(key, v.encode(), "sha256") for v in values)


def test_files_with_one_key_join_and_with_another_do_not():
    step = Pseudonymise(columns=("c",))
    mine, again = (
        one(["Asha", "Ravi", None, "*"], step),
        one(["ravi", "asha"], step, Secrets("x", 9, SECRETS.keys), step=5),
    )
    assert mine[:2] == again[::-1]
    assert mine[2:] == [None, "*"]
    assert not set(mine[:2]) & set(one(["Asha", "Ravi"], Pseudonymise(columns=("c",), key="other")))
    with pytest.raises(Problem, match="“none-such”"):
        one(["Asha"], Pseudonymise(columns=("c",), key="none-such"))


def test_a_collision_is_refused(monkeypatch):
    import pyarrow as pa

    same = "core.protect.identifiers.pseudonymise.tokens"
    monkeypatch.setattr(same, lambda values, *_: pa.array(["t"] * len(values)))
    with pytest.raises(Problem, match="same code"):
        one(["Asha", "Ravi"], Pseudonymise(columns=("c",)))


def test_a_hash_belongs_to_its_step_and_secrets_alone():
    step = SaltedHash(columns=("c",))
    mine = one(["Asha", "asha", "Ravi", None], step)
    assert mine[0] == mine[1] != mine[2]
    assert mine == one(["Asha", "asha", "Ravi", None], step)
    assert not set(mine[:3]) & set(one(["Asha", "Ravi"], step, step=2))
    assert not set(mine[:3]) & set(one(["Asha", "Ravi"], step, Secrets("test", 8, SECRETS.keys)))
    assert mine[0] != hashlib.sha256(b"asha").hexdigest()[:32]


# The nine samples of NIST's FF1samples.pdf (Cryptographic Standards and Guidelines, examples).
NIST = [
    (16, 10, "", "0123456789", "2433477484"),
    (16, 10, "39383736353433323130", "0123456789", "6124200773"),
    (16, 36, "3737373770717273373737", "0123456789abcdefghi", "a9tv40mll9kdu509eum"),
    (24, 10, "", "0123456789", "2830668132"),
    (24, 10, "39383736353433323130", "0123456789", "2496655549"),
    (24, 36, "3737373770717273373737", "0123456789abcdefghi", "xbj3kv35jrawxv32ysr"),
    (32, 10, "", "0123456789", "6657667009"),
    (32, 10, "39383736353433323130", "0123456789", "1001623463"),
    (32, 36, "3737373770717273373737", "0123456789abcdefghi", "xs8a0azh2avyalyzuwd"),
]


@pytest.mark.parametrize(("size", "radix", "tweak", "plain", "code"), NIST)
def test_ff1_gives_what_nist_publishes(size, radix, tweak, plain, code):
    cipher = FF1(KEY_256[:size], radix, len(plain), bytes.fromhex(tweak))
    assert cipher.encrypt(int(plain, radix)) == int(code, radix)
    assert cipher.decrypt(int(code, radix)) == int(plain, radix)
    left, right = divmod(int(plain, radix), cipher.half)
    left, right = cipher.many(np.array([left], np.uint64), np.array([right], np.uint64))
    assert int(left[0]) * cipher.half + int(right[0]) == int(code, radix)


@settings(max_examples=60, deadline=None)
@given(st.integers(6, 36), st.binary(max_size=20), st.data())
def test_many_at_once_is_one_at_a_time(length, tweak, data):
    cipher = FF1(KEY_256, 10, length, tweak)
    assert cipher.many_at_once
    numbers = data.draw(st.lists(st.integers(0, 10**length - 1), min_size=1, max_size=5))
    halves = [np.array(h, np.uint64) for h in zip(*(divmod(n, cipher.half) for n in numbers), strict=True)]
    left, right = cipher.many(*halves)
    assert [int(a) * cipher.half + int(b) for a, b in zip(left, right, strict=True)] == [
        cipher.encrypt(n) for n in numbers
    ]
    back = cipher.many(left, right, backward=True)
    assert [b.tolist() for b in back] == [h.tolist() for h in halves]


def test_ff1_refuses_a_domain_below_a_million():
    with pytest.raises(ValueError, match="million"):
        FF1(KEY_256, 10, 5)


def test_check_digits_as_published():
    # Verhoeff's 236-3; ISO/IEC 7812-1's 7992739871-3; RBI's and UIDAI's public sample cards are not used.
    assert check_digit("236", "verhoeff") == 3
    assert check_digit("12345", "verhoeff") == 1
    assert check_digit("142857", "verhoeff") == 0
    assert check_digit("7992739871", "luhn") == 3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.from_regex(r"[2-9][0-9]{11}", fullmatch=True), min_size=1, max_size=30, unique=True))
def test_an_aadhaar_becomes_a_number_that_is_nobodys_and_comes_back(numbers):
    step = FormatPreserving(columns=("c",), check_digit="verhoeff")
    valid = [n[:-1] + str(check_digit(n[:-1], "verhoeff")) for n in numbers]
    values = list(dict.fromkeys([*numbers, *valid]))
    codes = one(values, step)
    assert len(set(codes)) == len(values)
    for code in codes:
        assert len(code) == 12
        assert code.isdigit()
        assert code[0] != "0"
        assert int(code[-1]) != check_digit(code[:-1], "verhoeff")
    back = step.reverse(Table.of({"c": Column.of(codes)}), Run(SECRETS, 1))["c"].texts()
    assert back == values


SHAPES = st.sampled_from(
    [
        r"[A-Z]{5}[0-9]{4}[A-Z]",
        r"[0-9]{6}",
        r"[0-9]{40}",
        r"[a-z]{3}-[0-9]{4}/[A-Z]{2}",
        r"[A-Z]{5}",
        r"[0-9]{2}[A-Z]{5}[0-9]{4}[A-Z][0-9]Z[A-Z]",
    ]
)


@settings(max_examples=60, deadline=None)
@given(SHAPES.flatmap(lambda s: st.lists(st.from_regex(s, fullmatch=True), min_size=1, max_size=8, unique=True)))
def test_a_code_has_the_form_of_its_value_and_comes_back(values):
    step = FormatPreserving(columns=("c",), read_as="exact")
    codes = one(values, step)
    assert len(set(codes)) == len(values)
    for value, code in zip(values, codes, strict=True):
        same = {**dict.fromkeys(string.digits, "0"), **dict.fromkeys(string.ascii_uppercase, "A")}
        same |= dict.fromkeys(string.ascii_lowercase, "a")
        assert value.translate(str.maketrans(same)) == code.translate(str.maketrans(same))
    assert step.reverse(Table.of({"c": Column.of(codes)}), Run(SECRETS, 1))["c"].texts() == values


@pytest.mark.parametrize("bad", ["12345", "अनिल12345678", "--", "12"])
def test_what_cannot_be_encrypted_in_its_form_is_counted_or_suppressed(bad):
    values = ["123456789", bad, None, "*"]
    with pytest.raises(Problem, match="1 different values") as caught:
        one(values, FormatPreserving(columns=("c",)))
    assert bad not in str(caught.value)
    codes = one(values, FormatPreserving(columns=("c",), unfit="suppress"))
    assert codes[1:] == ["*", None, "*"]


def test_another_key_brings_nothing_back():
    step, other = FormatPreserving(columns=("c",)), FormatPreserving(columns=("c",), key="other")
    table = Table.of({"c": Column.of(one(["123456789012"], step))})
    assert other.reverse(table, Run(SECRETS, 1))["c"].texts() != ["123456789012"]
    strict = FormatPreserving(columns=("c",), check_digit="luhn")
    with pytest.raises(Problem, match="no codes"):
        strict.reverse(
            Table.of({"c": Column.of(["7992739871"[:9] + str(check_digit("799273987", "luhn"))])}), Run(SECRETS, 1)
        )


@pytest.mark.parametrize(
    ("settings_", "value", "masked"),
    [
        ({}, "9876543210", "XXXXXX3210"), ({}, "2345 6789 0124", "XXXX XXXX 0124"), ({}, "123456", "XXXXXX"),
        ({"keep": 1}, "Asha P", "XXXX P"),
        ({"keep": 0}, "Asha", "XXXX"), ({"end": "first", "keep": 2}, "Mumbai", "MuXXXX"),
        ({"keep": 1, "character": "·"}, "अनिल", "····"[:3] + "ल"), ({"keep": 2}, "a@b.c", "X@X.X"),
    ],
)  # fmt: skip
def test_masking_keeps_a_few_characters(settings_, value, masked):
    step = Mask(columns=("c",), **settings_)
    assert one([value, None, "*"], step) == [masked, None, "*"]
    table = Table.of({"c": Column.of([value])})
    assert all(c.holds(step.apply(table, Run(SECRETS, 1))) for c in step.claims(table))
    assert not Mask(columns=("c",), keep=0).claims(table)[0].holds(table)
