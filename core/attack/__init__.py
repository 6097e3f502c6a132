"""Simulated attackers: one frozen class each; this tuple is their table of contents, in the order shown."""

import numpy as np

from core.attack.attack import Attack, Attacked, Scene
from core.attack.attribute import ModelAttribute, NearestAttribute
from core.attack.audit import PrivacyAudit, Promise
from core.attack.copies import ExactCopies, NearCopies
from core.attack.membership import NearestMembership
from core.attack.rate import Rate
from core.declare import Family
from core.protect.method import Progress, silent
from core.table import Table

ATTACKS: Family[Attack] = Family(
    "attack", "attack",
    (ExactCopies, NearCopies, NearestMembership, NearestAttribute, ModelAttribute, PrivacyAudit),
)


def attack(
    original: Table, released: Table, control: Table | None = None, *, rng: np.random.Generator,
    names: tuple[str, ...] | None = None, known: tuple[str, ...] = (), sought: tuple[str, ...] = (),
    most: int = 2_000, thorough: bool = False, promise: Promise | None = None, progress: Progress = silent,
) -> tuple[Attacked, ...]:
    """Every attacker who asks nothing of a person, on one release; those who lack something are left out.

    original  the people the release was made from, without the control group
    control   people held back before; without them most attackers have nothing to compare with
    names     which attacks (tags); None: all that need no setting
    most      at most so many people are attacked
    promise   what a private synthesizer kept of its training: the audit needs it
    """
    scene = Scene(original, released, rng, control, known, sought, most, promise=promise)
    chosen = [a() for a in ATTACKS if (names is None or ATTACKS.name_of(a) in names) and (thorough or not a.thorough)]
    found: list[Attacked] = []
    for i, one in enumerate(chosen):
        progress(i / len(chosen), one.title)
        if not one.lacks(scene):
            found += one.run(scene)
    return tuple(found)


__all__ = ["ATTACKS", "Attack", "Attacked", "Promise", "Rate", "Scene", "attack"]
