"""age encryption (age-encryption.org/v1) by passphrase: scrypt makes every guess slow, unlike ZIP and Office files."""

from __future__ import annotations

from core.problem import Problem


def locked(plain: bytes, passphrase: str) -> bytes:
    """The bytes in an age file (scrypt, ChaCha20-Poly1305), decrypted again and compared."""
    import pyrage

    if not passphrase:
        raise Problem("An encrypted file needs a passphrase.", "Give one, or let the studio make one.")
    whole = bytes(pyrage.passphrase.encrypt(plain, passphrase))
    if unlocked(whole, passphrase) != plain:
        raise Problem("The age file did not read back.",
                      "Nothing was handed out. Choose another format, and tell the people who maintain this program.")
    return whole


def unlocked(whole: bytes, passphrase: str) -> bytes:
    """What is inside an age file; a Problem if the passphrase does not open it."""
    import pyrage

    try:
        return bytes(pyrage.passphrase.decrypt(whole, passphrase))
    except pyrage.DecryptError:
        pass
    raise Problem("The passphrase does not open this file, or it is no age file.", "Check it letter by letter.")
