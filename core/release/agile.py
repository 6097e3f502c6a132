"""Office's password encryption, "agile", AES-256 in CBC with SHA-512: an .xlsx goes in, a locked .xlsx comes out.

Written here because the usual library draws only 128 bits of the 256-bit key (the rest is a constant) and keeps it in
a container that is corrupt at some sizes; that library decrypts and checks what is made here, so the two are
independent. Source: [MS-OFFCRYPTO] v20240820, 2.3.4.10 to 2.3.4.15.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable
from io import BytesIO
from struct import pack

from core.problem import Problem
from core.release import compound

SPINS = 100_000
"""Rounds of SHA-512 between password and key; what Office itself writes."""

SEGMENT = 4096
LONGEST_PASSWORD = 255
"""UTF-16 units; Office takes no more."""

# Block keys of 2.3.4.11 and 2.3.4.14.
_VERIFIER, _VERIFIER_HASH = bytes.fromhex("fea7d2763b4b9e79"), bytes.fromhex("d7aa0f6d3061344e")
_KEY = bytes.fromhex("146e0be7abacd0d6")
_HMAC_KEY, _HMAC_VALUE = bytes.fromhex("5fb2ad010cb9e1f6"), bytes.fromhex("a0677f02b22c8433")

Token = Callable[[int], bytes]


def encrypt(package: bytes, password: str, token: Token = secrets.token_bytes) -> bytes:
    """The package, locked by the password. `token(n)` gives n random bytes; leave it to the operating system."""
    key, salt = token(32), token(16)
    locked = _locked_package(package, key, salt)
    info = _information(locked, password, key, salt, token)
    return compound.write({"EncryptionInfo": info, "EncryptedPackage": locked, **_DATA_SPACES})


def decrypt(locked: bytes, password: str) -> bytes:
    """The package inside, read by msoffcrypto, its integrity checked; a Problem if the password does not fit."""
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError

    try:
        file = msoffcrypto.OfficeFile(BytesIO(locked))
        file.load_key(password=password, verify_password=True)
        out = BytesIO()
        file.decrypt(out, verify_integrity=True)
        return out.getvalue()
    except InvalidKeyError:
        problem = Problem("The passphrase does not open this workbook.", "Check it letter by letter.")
    except (DecryptionError, FileFormatError, OSError, ValueError, IndexError, KeyError):
        problem = Problem("This is not an encrypted workbook.", "Choose the file you were given.")
    raise problem


def check_password(password: str) -> None:
    """A Problem if Office could not take this password at all. How strong it is, core.release.passphrase says."""
    units = len(password.encode("utf-16-le", "surrogatepass")) // 2
    if not 0 < units <= LONGEST_PASSWORD:
        raise Problem("The passphrase must have 1 to {most} characters.", "Choose another one.", most=LONGEST_PASSWORD)


def _aes(key: bytes, start: bytes, data: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    # CBC without padding of its own is what the format prescribes; integrity comes from the HMAC over the stream.
    cipher = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return cipher.update(data + bytes(-len(data) % 16)) + cipher.finalize()


def _locked_package(package: bytes, key: bytes, salt: bytes) -> bytes:
    """The EncryptedPackage stream: its true length, then segments, each with a start of its own (2.3.4.15)."""
    parts = [pack("<Q", len(package))]
    whole = memoryview(package)
    for number, at in enumerate(range(0, len(package), SEGMENT)):
        start = hashlib.sha512(salt + pack("<I", number)).digest()[:16]
        parts.append(_aes(key, start, bytes(whole[at : at + SEGMENT])))
    return b"".join(parts)


def _password_hash(password: str, salt: bytes) -> bytes:
    h = hashlib.sha512(salt + password.encode("utf-16-le")).digest()
    for i in range(SPINS):
        h = hashlib.sha512(pack("<I", i) + h).digest()
    return h


def _information(locked: bytes, password: str, key: bytes, salt: bytes, token: Token) -> bytes:
    """The EncryptionInfo stream: how the key is wrapped by the password, and the package's HMAC (2.3.4.10)."""
    own_salt, verifier, hmac_key = token(16), token(16), token(64)
    stretched = _password_hash(password, own_salt)

    def wrapped(block: bytes, data: bytes) -> str:
        return _base64(_aes(hashlib.sha512(stretched + block).digest()[:32], own_salt, data))

    def sealed(block: bytes, data: bytes) -> str:
        return _base64(_aes(key, hashlib.sha512(salt + block).digest()[:16], data))

    signature = hmac.new(hmac_key, locked, hashlib.sha512).digest()
    sizes = ('saltSize="16" blockSize="16" keyBits="256" hashSize="64" cipherAlgorithm="AES" '
             'cipherChaining="ChainingModeCBC" hashAlgorithm="SHA512"')
    xml = (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\r\n'
        '<encryption xmlns="http://schemas.microsoft.com/office/2006/encryption" '
        'xmlns:p="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
        f'<keyData {sizes} saltValue="{_base64(salt)}"/>'
        f'<dataIntegrity encryptedHmacKey="{sealed(_HMAC_KEY, hmac_key)}" '
        f'encryptedHmacValue="{sealed(_HMAC_VALUE, signature)}"/>'
        '<keyEncryptors><keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/password">'
        f'<p:encryptedKey spinCount="{SPINS}" {sizes} saltValue="{_base64(own_salt)}" '
        f'encryptedVerifierHashInput="{wrapped(_VERIFIER, verifier)}" '
        f'encryptedVerifierHashValue="{wrapped(_VERIFIER_HASH, hashlib.sha512(verifier).digest())}" '
        f'encryptedKeyValue="{wrapped(_KEY, key)}"/>'
        "</keyEncryptor></keyEncryptors></encryption>"
    )
    return pack("<HHI", 4, 4, 0x40) + xml.encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _text(text: str) -> bytes:
    """A length-prefixed UTF-16 text, padded to four bytes (2.1.2, UNICODE-LP-P4)."""
    units = text.encode("utf-16-le")
    return pack("<I", len(units)) + units + bytes(-len(units) % 4)


_SPACE, _TRANSFORM = "StrongEncryptionDataSpace", "StrongEncryptionTransform"
_VERSIONS = pack("<HHHHHH", 1, 0, 1, 0, 1, 0)  # reader, updater, writer

# What every encrypted workbook says about itself (2.3.4.1 to 2.3.4.4).
_DATA_SPACES = {
    "\x06DataSpaces/Version": _text("Microsoft.Container.DataSpaces") + _VERSIONS,
    "\x06DataSpaces/DataSpaceMap": pack("<II", 8, 1) + (
        lambda entry: pack("<I", len(entry) + 4) + entry)(
        pack("<II", 1, 0) + _text("EncryptedPackage") + _text(_SPACE)),
    f"\x06DataSpaces/DataSpaceInfo/{_SPACE}": pack("<II", 8, 1) + _text(_TRANSFORM),
    f"\x06DataSpaces/TransformInfo/{_TRANSFORM}/\x06Primary": (
        lambda identity: pack("<II", 8 + len(identity), 1) + identity)(
        _text("{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}")) + _text("Microsoft.Container.EncryptionTransform")
    + _VERSIONS + pack("<IIII", 0, 0, 0, 4),
}
