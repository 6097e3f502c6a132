"""Check digits, so that a token can carry one that is wrong: it can then never be somebody's real number."""

from __future__ import annotations

from typing import Literal

CheckDigit = Literal["verhoeff", "luhn"]

# Verhoeff (1969), Error detecting decimal codes: multiplication in the dihedral group D5, and a permutation.
_D = [
    [(a + b) % 5 if b < 5 else 5 + (a + b) % 5 for b in range(10)]
    if a < 5
    else [5 + (a - b) % 5 if b < 5 else (a - b) % 5 for b in range(10)]
    for a in range(10)
]
_P = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
for _ in range(6):
    _P.append([_P[1][_P[-1][i]] for i in range(10)])
_INVERSE = [row.index(0) for row in _D]
_DOUBLED = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]


def check_digit(digits: str, scheme: CheckDigit) -> int:
    """The digit that, put after `digits`, makes the whole number valid (Aadhaar: verhoeff; payment cards: luhn)."""
    if scheme == "verhoeff":
        state = 0
        for i, digit in enumerate(reversed(digits), start=1):
            state = _D[state][_P[i % 8][int(digit)]]
        return _INVERSE[state]
    # ISO/IEC 7812-1, annex B: every second digit from the right is doubled.
    total = sum(_DOUBLED[int(d)] if i % 2 == 0 else int(d) for i, d in enumerate(reversed(digits)))
    return -total % 10
