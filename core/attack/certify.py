"""Lower bounds on epsilon that hold with 99.9%: what an attacker's successes prove about a mechanism."""

from __future__ import annotations

import numpy as np

CONFIDENCE = 0.999


def from_guesses(correct: int, guesses: int, people: int, delta: float, confidence: float = CONFIDENCE) -> float:
    """The epsilon below which so many right guesses in one run would happen less often than 1 - confidence.

    people   how many people were in question; of each a coin decided whether they were in
    guesses  of how many of them it was guessed, a number fixed beforehand
    Source: Steinke, Nasr and Jagielski (2023), Privacy auditing with one (1) training run, arXiv:2305.08846, theorem
    5.2 and the program in its appendix D.
    """
    if not 0 <= correct <= guesses <= people:
        raise ValueError("more right guesses than guesses, or more guesses than people")
    low, high = 0.0, 20.0
    if not _unlikely(correct, guesses, people, low, delta, confidence):
        return 0.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (middle, high) if _unlikely(correct, guesses, people, middle, delta, confidence) else (low, middle)
    return low


def _unlikely(correct: int, guesses: int, people: int, epsilon: float, delta: float, confidence: float) -> bool:
    from scipy.stats import binom

    right = 1 / (1 + np.exp(-epsilon))
    chance = float(binom.sf(correct - 1, guesses, right))
    steps = np.arange(1, correct + 1)
    below = np.cumsum(binom.pmf(correct - steps, guesses, right))
    slack = float(np.max(below / steps, initial=0.0))
    return min(chance + 2 * people * delta * slack, 1.0) < 1 - confidence


def from_runs(with_unit: int, without: int, runs: int, delta: float = 0.0, confidence: float = CONFIDENCE) -> float:
    """The epsilon that is certain to be lost, from how often the same event was seen with and without one unit.

    The event must have been chosen on other runs. Exact intervals for both sides, in both directions (Clopper and
    Pearson 1934; Jagielski, Ullman and Oprea 2020, arXiv:2006.07709).
    """
    from scipy.stats import beta

    tail = (1 - confidence) / 4
    found = 0.0
    for a, b in ((with_unit, without), (without, with_unit), (runs - with_unit, runs - without),
                 (runs - without, runs - with_unit)):
        low = float(beta.ppf(tail, a, runs - a + 1)) if a else 0.0
        high = float(beta.ppf(1 - tail, b + 1, runs - b)) if b < runs else 1.0
        if low > delta:
            found = max(found, float(np.log((low - delta) / high)))
    return found
