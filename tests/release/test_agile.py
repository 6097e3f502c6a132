"""Office's password encryption, opened by msoffcrypto."""

from __future__ import annotations

import base64
import io
import re
import zipfile

import msoffcrypto
import olefile
import pytest

from core.problem import Problem
from core.release import agile


def _package(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x", bytes(size))
    return out.getvalue()


@pytest.mark.parametrize("size", [0, 3_900, 4_000, 4_096, 20_000])
@pytest.mark.parametrize("password", ["h7kd-w3mq", "पासवर्ड १२३", "x" * 255])
def test_opens_with_the_password_and_only_with_it(size: int, password: str) -> None:
    package = _package(size)
    locked = agile.encrypt(package, password)
    assert agile.decrypt(locked, password) == package
    with pytest.raises(Problem, match="does not open"):
        agile.decrypt(locked, password[:-1] + "y")


def test_the_key_has_all_its_256_bits() -> None:
    """msoffcrypto draws 16 bytes of the key and fills the rest with 0x36; ours is drawn whole."""
    drawn = []

    def token(n: int) -> bytes:
        drawn.append(n)
        return bytes(range(n))

    locked = agile.encrypt(_package(10), "pass", token)
    file = msoffcrypto.OfficeFile(io.BytesIO(locked))
    file.load_key(password="pass", verify_password=True)
    assert file.secret_key == bytes(range(32))
    assert drawn == [32, 16, 16, 16, 64]


def test_says_what_it_uses() -> None:
    reader = olefile.OleFileIO(io.BytesIO(agile.encrypt(_package(10), "pass")))
    xml = reader.openstream("EncryptionInfo").read()[8:].decode()
    assert re.findall(r'keyBits="(\d+)"', xml) == ["256", "256"]
    assert re.findall(r'hashAlgorithm="(\w+)"', xml) == ["SHA512", "SHA512"]
    assert int(re.search(r'spinCount="(\d+)"', xml)[1]) == 100_000
    salts = re.findall(r'saltValue="([^"]+)"', xml)
    assert len(set(salts)) == 2 and all(len(base64.b64decode(s)) == 16 for s in salts)


def test_two_encryptions_share_nothing() -> None:
    first, second = (olefile.OleFileIO(io.BytesIO(agile.encrypt(_package(50_000), "pass"))) for _ in range(2))
    a, b = (r.openstream("EncryptedPackage").read()[8:] for r in (first, second))
    assert not {a[i : i + 16] for i in range(0, len(a), 16)} & {b[i : i + 16] for i in range(0, len(b), 16)}


def test_a_changed_byte_is_noticed() -> None:
    locked = bytearray(agile.encrypt(_package(50_000), "pass"))
    at = bytes(locked).index(olefile.OleFileIO(io.BytesIO(bytes(locked))).openstream("EncryptedPackage").read()[8:512])
    locked[at + 30_000] ^= 1
    with pytest.raises(Problem):
        agile.decrypt(bytes(locked), "pass")


@pytest.mark.parametrize("password", ["", "x" * 256])
def test_passwords_office_cannot_take(password: str) -> None:
    with pytest.raises(Problem, match="1 to 255"):
        agile.check_password(password)


@pytest.mark.parametrize("junk", [b"", b"no container", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)])
def test_what_is_no_encrypted_workbook(junk: bytes) -> None:
    with pytest.raises(Problem, match="not an encrypted workbook"):
        agile.decrypt(junk, "pass")


def test_a_plain_workbook_is_not_an_encrypted_one() -> None:
    with pytest.raises(Problem):
        agile.decrypt(_package(10), "pass")
