"""Passphrases: drawn by the operating system, easy to type and to read aloud; and how strong a person's own one is."""

from __future__ import annotations

import math
import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from core.problem import Problem

LETTERS = "bcdfghjkmnpqrstvwxyz23456789"
"""No vowels (no words by accident), nothing that looks like something else (l, i, o, 0, 1), no capitals."""

GROUPS, GROUP = 5, 4
NEEDED_BITS = 60.0
"""A person's own passphrase below this is refused: encrypted files can be guessed at, at leisure and in parallel."""

_SPOKEN = dict(zip(LETTERS, (  # noqa: SIM905 - as radio operators spell
    "Bravo Charlie Delta Foxtrot Golf Hotel Juliett Kilo Mike November Papa Quebec Romeo Sierra Tango Victor Whiskey "
    "X-ray Yankee Zulu two three four five six seven eight nine").split(), strict=True))
_COMMON = ("password", "passwort", "passphrase", "welcome", "letmein", "qwerty", "admin", "secret", "abc", "india",
           "bharat", "monkey", "dragon", "iloveyou", "login", "test", "data", "1234", "changeme")
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "01234567890", "09876543210")


def new(choice: Callable[[str], str] = secrets.choice) -> str:
    """A new passphrase of 96 bits, like "h7kd-w3mq-2vzr-8bnx-p4tc".

    At a million million guesses a second it takes over a thousand million years. `choice` draws one character of a
    text; leave it to the operating system. One in 800 draws is all letters, which `check` would take for words and
    refuse: those are drawn again, at a cost of two thousandths of a bit.

    >>> len(new())
    24
    """
    while bits(drawn := "-".join("".join(choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))) < NEEDED_BITS:
        pass
    return drawn


def bits(passphrase: str) -> float:
    """About how many bits of guessing a passphrase takes: an upper estimate, taken down by what is easy to guess.

    Characters count by the alphabets they come from; runs (aaaa, 1234, qwerty), repeats and the commonest words count
    as one character each. A passphrase of real words from a list is judged by its letters at 2 bits each, near the
    entropy of running text (Shannon 1951, doi:10.1002/j.1538-7305.1951.tb01366.x, finds 0.6 to 1.3).
    """
    if not passphrase:
        return 0.0
    shortened = passphrase.lower()
    for word in _COMMON:
        shortened = shortened.replace(word, "\0")
    shortened = re.sub(r"(.)\1+", r"\1", shortened)
    shortened = _without_runs(shortened)
    halves = len(shortened) // 2
    if halves > 2 and shortened[:halves] == shortened[-halves:]:
        shortened = shortened[:halves]
    each = 2.0 if _is_words(passphrase) else math.log2(_alphabet(passphrase))
    # No text is stronger than its own variety of characters allows.
    counts = Counter(shortened)
    variety = -sum(n / len(shortened) * math.log2(n / len(shortened)) for n in counts.values())
    return len(shortened) * min(each, max(variety, 1.0) * 1.5)


def check(passphrase: str) -> None:
    """Stop with a Problem if a person's own passphrase is too easy to guess."""
    if bits(passphrase) < NEEDED_BITS:
        raise Problem(
            "This passphrase is too easy to guess.",
            "Let the studio make one, or use at least six words that do not belong together, or sixteen letters, "
            "digits and signs at random.",
        )


def aloud(passphrase: str) -> str:
    """How to read a generated passphrase over the telephone.

    >>> aloud("h7-k2")
    'Hotel seven, dash, Kilo two'
    """
    return ", dash, ".join(" ".join(_SPOKEN.get(c, c) for c in group) for group in passphrase.split("-"))


def _is_words(passphrase: str) -> bool:
    """True for letters of any script (with their vowel signs) and what stands between words."""
    return all(unicodedata.category(c)[0] in "LMZ" or c in "-_.,'" for c in passphrase)


def _alphabet(passphrase: str) -> int:
    classes = (("[a-z]", 26), ("[A-Z]", 26), ("[0-9]", 10), (r"[!-/:-@\[-`{-~ ]", 33), ("[^\x00-\x7f]", 60))
    return sum(size for pattern, size in classes if re.search(pattern, passphrase)) or 1


def _without_runs(text: str) -> str:
    """Neighbours of the alphabet, the digits or the keyboard count once: "abcd" as "a"."""
    kept = text[:1]
    for before, now in pairwise(text):
        if not any(before + now in row or now + before in row for row in _ROWS):
            kept += now
    return kept
