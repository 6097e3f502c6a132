"""FF1: encryption that keeps the format (NIST SP 800-38G and its Revision 1, second public draft, February 2025).

Many numbers at once: the ten Feistel rounds run on whole arrays, with one AES call per round.
FF3 and FF3-1 are not offered: Revision 1 withdrew them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

SMALLEST_DOMAIN = 1_000_000
"""Revision 1, section 5.1: radix ** length is at least one million; smaller domains can be guessed through."""

UInts = npt.NDArray[np.uint64]
_ROUNDS = 10
_HALF = 2**60  # what a half must stay below, so that 4 more bits fit into 64


class FF1:
    """FF1 with one key, radix, length and tweak.

    radix   2 to 65536; length  2 or more numerals, radix ** length at least SMALLEST_DOMAIN
    Raises ValueError for anything else.
    """

    def __init__(self, key: bytes, radix: int, length: int, tweak: bytes = b"") -> None:
        if not 2 <= radix <= 2**16 or not 2 <= length < 2**32 or radix**length < SMALLEST_DOMAIN:
            raise ValueError("the domain of FF1 must hold at least a million values")
        self.radix, self.length, self._tweak = radix, length, tweak
        self._u, self._v = length // 2, length - length // 2
        self._b = ((radix**self._v - 1).bit_length() + 7) // 8
        self._d = 4 * ((self._b + 3) // 4) + 4
        self._aes = Cipher(algorithms.AES(key), modes.ECB())  # noqa: S305  # ECB is FF1's building block, one block at a time
        head = bytes([1, 2, 1]) + radix.to_bytes(3, "big") + bytes([_ROUNDS, self._u % 256])
        self._start = self._ecb(head + length.to_bytes(4, "big") + len(tweak).to_bytes(4, "big"))

    @property
    def half(self) -> int:
        """A number is split for `many` into number // half and number % half."""
        return self.radix**self._v

    @property
    def many_at_once(self) -> bool:
        """Whether `many` can take it: each half fits into 60 bits."""
        return bool(self.half < _HALF)

    def encrypt(self, number: int) -> int:
        """The number whose `length` numerals are the encrypted numerals of `number` (Algorithm 7)."""
        left, right = divmod(number, self.half)
        for i in range(_ROUNDS):
            left, right = right, (left + self._round(i, right)) % self.radix ** (self._u if i % 2 == 0 else self._v)
        return left * self.half + right

    def decrypt(self, number: int) -> int:
        """What `encrypt` was given (Algorithm 8)."""
        left, right = divmod(number, self.half)
        for i in reversed(range(_ROUNDS)):
            left, right = (right - self._round(i, left)) % self.radix ** (self._u if i % 2 == 0 else self._v), left
        return left * self.half + right

    def many(self, left: UInts, right: UInts, backward: bool = False) -> tuple[UInts, UInts]:
        """`encrypt` (or `decrypt`) of many numbers, each given by its left u and right v numerals as one number."""
        for i in reversed(range(_ROUNDS)) if backward else range(_ROUNDS):
            modulus = np.uint64(self.radix ** (self._u if i % 2 == 0 else self._v))
            if backward:
                left, right = (right + modulus - self._rounds(i, left, modulus)) % modulus, left
            else:
                left, right = right, (left + self._rounds(i, right, modulus)) % modulus
        return left, right

    def _ecb(self, blocks: bytes) -> bytes:
        return self._aes.encryptor().update(blocks)

    def _padded_tweak(self, i: int) -> bytes:
        return self._tweak + bytes((-len(self._tweak) - self._b - 1) % 16) + bytes([i])

    def _round(self, i: int, half: int) -> int:
        """Steps 6i to 6iv of Algorithm 7: the pseudorandom number a round adds."""
        block, text = self._start, self._padded_tweak(i) + half.to_bytes(self._b, "big")
        for at in range(0, len(text), 16):
            block = self._ecb(_xor(block, text[at : at + 16]))
        more = b"".join(self._ecb(_xor(block, j.to_bytes(16, "big"))) for j in range(1, -(-self._d // 16)))
        return int.from_bytes((block + more)[: self._d], "big")

    def _rounds(self, i: int, half: UInts, modulus: np.uint64) -> UInts:
        """`_round` modulo `modulus` for many numbers at once. Halves below 2**60 need no more than one block of S."""
        tweak = np.frombuffer(self._padded_tweak(i), np.uint8)
        number = half.astype(">u8").view(np.uint8).reshape(len(half), 8)[:, 8 - self._b :]
        text = np.concatenate([np.broadcast_to(tweak, (len(half), len(tweak))), number], axis=1)
        block: npt.NDArray[np.uint8] = np.broadcast_to(np.frombuffer(self._start, np.uint8), (len(half), 16))
        for at in range(0, text.shape[1], 16):
            mixed = np.bitwise_xor(block, text[:, at : at + 16])
            block = np.frombuffer(self._ecb(mixed.tobytes()), np.uint8).reshape(len(half), 16)
        return _modulo(block[:, : self._d], modulus)


def _xor(a: bytes, b: bytes) -> bytes:
    return (int.from_bytes(a, "big") ^ int.from_bytes(b, "big")).to_bytes(16, "big")


def _modulo(numbers: npt.NDArray[np.uint8], modulus: np.uint64) -> UInts:
    """(rows, bytes) big-endian numbers modulo `modulus`, by Horner's rule in as many bits as fit."""
    free = 63 - int(modulus).bit_length()
    found = np.zeros(len(numbers), np.uint64)
    if free >= 32:
        words = np.ascontiguousarray(numbers).view(">u4").astype(np.uint64)
        for column in range(words.shape[1]):
            found = ((found << np.uint64(32)) | words[:, column]) % modulus
        return found
    for column in range(numbers.shape[1]):
        byte = numbers[:, column].astype(np.uint64)
        for nibble in (byte >> np.uint64(4), byte & np.uint64(15)):
            found = ((found << np.uint64(4)) | nibble) % modulus
    return found
