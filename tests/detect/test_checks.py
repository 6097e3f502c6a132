"""Check digits against published examples; one changed digit must fail."""

from __future__ import annotations

import random

import pytest

from core.detect import checks

PUBLISHED = [
    (checks.luhn, "79927398713"),  # ISO/IEC 7812 examples
    (checks.card, "4111 1111 1111 1111"),
    (checks.iban, "GB82 WEST 1234 5698 7654 32"),  # ISO 13616 registry
    (checks.iban, "DE89370400440532013000"),
    (checks.verhoeff, "2363"),  # Verhoeff's own example: 236 takes 3
    (checks.gstin, "27AAPFU0939F1ZV"),  # GST network
    (checks.nhs, "943 476 5919"),  # NHS data dictionary
    (checks.dni, "12345678Z"),
    (checks.dni, "X1234567L"),
    (checks.nir, "2 55 08 14 168 025 38"),  # INSEE
    (checks.cpf, "529.982.247-25"),
    (checks.cnpj, "11.222.333/0001-81"),
    (checks.codice_fiscale, "RSSMRA85T10A562S"),
    (checks.pesel, "44051401359"),
    (checks.isbn, "978-3-16-148410-0"),
    (checks.isbn, "0-306-40615-2"),
    (checks.pan, "ABCPE1234F"),
    (checks.cnp, "1800101221144"),
    (checks.nic, "853400937V"),
    (checks.egypt, "29001011234567"),
    (checks.cnic, "35202-1234567-1"),
    (checks.ssn, "219-09-9999"),
    (checks.nino, "AB 12 34 56 C"),
]
CHECK_DIGIT = {
    checks.luhn,
    checks.card,
    checks.iban,
    checks.verhoeff,
    checks.gstin,
    checks.nhs,
    checks.dni,
    checks.nir,
    checks.cpf,
    checks.cnpj,
    checks.pesel,
    checks.isbn,
}


@pytest.mark.parametrize(("check", "number"), PUBLISHED, ids=lambda v: getattr(v, "__name__", v))
def test_published_numbers_pass(check: checks.Check, number: str) -> None:
    assert check(number)


@pytest.mark.parametrize(
    ("check", "number"), [p for p in PUBLISHED if p[0] in CHECK_DIGIT], ids=lambda v: getattr(v, "__name__", v)
)
def test_one_wrong_digit_fails(check: checks.Check, number: str) -> None:
    last = max(i for i, c in enumerate(number) if c.isdigit())
    for digit in set("0123456789") - {number[last]}:
        assert not check(number[:last] + digit + number[last + 1 :])


def test_one_random_number_in_ten_is_an_aadhaar() -> None:
    r = random.Random(3)
    share = sum(checks.aadhaar(f"{r.randrange(2 * 10**11, 10**12)}") for _ in range(4000)) / 4000
    assert 0.08 < share < 0.12


def test_every_gst_state_code_is_known() -> None:
    assert {"01", "26", "38", "96", "97", "99"} <= checks.GSTIN_STATES
    assert not {"00", "39", "98"} & checks.GSTIN_STATES
