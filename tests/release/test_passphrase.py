"""Passphrases: enough bits, nothing to misread, and an honest word about a person's own one."""

from __future__ import annotations

import math

import pytest

from core.problem import Problem
from core.release import passphrase


def test_a_new_one_has_over_ninety_bits_and_nothing_to_misread() -> None:
    assert passphrase.GROUPS * passphrase.GROUP * math.log2(len(set(passphrase.LETTERS))) > 90
    assert not set(passphrase.LETTERS) & set("aeioul01AEIOU") and passphrase.LETTERS.lower() == passphrase.LETTERS
    drawn = {passphrase.new() for _ in range(5000)}
    assert len(drawn) == 5000
    assert all(len(p) == 24 and p.count("-") == 4 for p in drawn)
    assert set("".join(drawn)) == set(passphrase.LETTERS) | {"-"}
    for one in drawn:
        passphrase.check(one)


def test_every_character_comes_from_the_one_who_draws() -> None:
    given = iter("b7dfgh2kmnpqr9tvwxyz")
    assert passphrase.new(lambda letters: next(given)) == "b7df-gh2k-mnpq-r9tv-wxyz"


def test_a_draw_that_would_be_refused_is_drawn_again() -> None:
    given = iter("bcdfghjkmnpqrstvwxyz" + "b7dfgh2kmnpqr9tvwxyz")
    assert passphrase.new(lambda letters: next(given)) == "b7df-gh2k-mnpq-r9tv-wxyz"


@pytest.mark.parametrize("weak", ["", "secret", "Password123!", "a" * 40, "1234567890" * 3, "qwertyuiopasdfghjkl",
                                  "abcdefghijklmnopqrstuvwxyz", "xyxyxyxyxyxyxyxyxyxy", "Tr0ub4dor&3",
                                  "correct horse battery staple", "PasswordPasswordPassword1!", "मेरा पासवर्ड है यह"])
def test_what_is_easy_to_guess_is_refused_without_quoting_it(weak: str) -> None:
    with pytest.raises(Problem, match="too easy") as caught:
        passphrase.check(weak)
    assert not weak or weak not in str(caught.value)


@pytest.mark.parametrize("good", ["xK9#mQ2$vL7!pR4&", "teapot harbour violin seventeen gravel moth copper",
                                  "चमेली समुद्र पत्थर दीपक बादल हाथी नारियल किताब"])
def test_what_is_hard_to_guess_is_taken(good: str) -> None:
    passphrase.check(good)


def test_the_same_text_twice_is_no_stronger_than_once() -> None:
    assert passphrase.bits("xK9#mQ2$vL" * 2) == passphrase.bits("xK9#mQ2$vL")


def test_aloud() -> None:
    assert passphrase.aloud("h7kd-w3mq") == "Hotel seven Kilo Delta, dash, Whiskey three Mike Quebec"
