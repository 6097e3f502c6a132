"""Several attacks on one release: which of them gain more than by chance, taken together."""

from __future__ import annotations

from collections.abc import Sequence

from core.attack.rate import CONFIDENCE, Rate

_SINGLE = 1.959963984540054
"""How many standard deviations the interval of one rate is wide, on either side."""


def gained(advantages: Sequence[Rate]) -> tuple[bool, ...]:
    """For each advantage whether it lies above 0, so sure that an honest release is blamed in 5 of 100 cases at most.

    Nine attacks with intervals of 95% each would blame one honest release in three or so. Their intervals are widened
    as for one error among all of them (Bonferroni; Dunn 1961, doi:10.1080/01621459.1961.10482090), on the scale of
    the normal distribution.
    """
    from scipy.stats import norm

    if not advantages:
        return ()
    wider = float(norm.ppf(1 - (1 - CONFIDENCE) / (2 * len(advantages)))) / _SINGLE
    return tuple(rate.value - (rate.value - rate.low) * wider > 0 for rate in advantages)
