"""Simulated attackers: one frozen class each; this tuple is their table of contents, in the order shown."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from core.attack.amounts import Amounts
from core.attack.attack import Attack, Attacked, Scene
from core.attack.attribute import ModelAttribute, NearestAttribute
from core.attack.audit import PrivacyAudit, Promise
from core.attack.blanks import Blanks
from core.attack.campaign import Campaign, LeftOut, campaign
from core.attack.copies import ExactCopies, NearCopies
from core.attack.density import DensityRatio
from core.attack.inference import Inference
from core.attack.linkability import Linkability
from core.attack.linkage import Linkage
from core.attack.membership import NearestMembership
from core.attack.rate import Rate
from core.attack.shadow import ShadowModels
from core.attack.singling_out import SinglingOut
from core.attack.subtraction import Subtraction
from core.attack.two_releases import TwoReleases
from core.declare import Family
from core.protect.method import Progress, silent
from core.table import Table

ATTACKS: Family[Attack] = Family(
    "attack", "attack",
    (
        SinglingOut, Linkability, Inference, Linkage, Blanks, Amounts, TwoReleases, Subtraction, ExactCopies,
        NearCopies, NearestMembership, DensityRatio, ShadowModels, NearestAttribute, ModelAttribute, PrivacyAudit,
    ),
)


def attack(original: Table, released: Table, control: Table | None = None, **given: Any) -> tuple[Attacked, ...]:
    """What attackers win from one release; as `tried`, which takes the same, without what was left out."""
    return tried(original, released, control, **given).won


def tried(
    original: Table, released: Table, control: Table | None = None, *, rng: np.random.Generator,
    names: tuple[str, ...] | None = None, known: tuple[str, ...] = (), sought: tuple[str, ...] = (),
    most: int = 2_000, thorough: bool = False, promise: Promise | None = None, register: Table | None = None,
    second: Table | None = None, steps: Sequence[Any] = (), by_position: bool = False, minutes: float | None = None,
    using: Sequence[Attack] = (), progress: Progress = silent,
) -> Campaign:
    """Every attacker who asks nothing of a person, on one release; who lacks something is listed as left out.

    original  the people the release was made from, without the control group
    control   people held back before; without them most attackers have nothing to compare with
    names     which attacks (tags); None: all that need no setting
    most      at most so many people are attacked
    promise   what a private synthesizer kept of its training: the audit needs it
    register  a table with people an attacker knows; None: one is drawn from the original
    second    another release of the same people, or another table of statistics
    steps     the recipe's steps that made the release: attackers who make such a release anew need them
    by_position  row i of the release (and of the second) is row i of the original, where they carry no row numbers
    minutes   how long all of them may take together; None: as long as it takes
    using     attackers with other settings than the usual ones, each in the place of its kind
    """
    if by_position:
        released, second = _numbered(original, released), None if second is None else _numbered(original, second)
    scene = Scene(original, released, rng, control, known, sought, most, register, promise, second, tuple(steps),
                  thorough)
    others = {ATTACKS.name_of(one): one for one in using}
    chosen = [others.get(ATTACKS.name_of(a)) or a() for a in ATTACKS
              if (names is None or ATTACKS.name_of(a) in names or ATTACKS.name_of(a) in others)
              and (thorough or not a.thorough or ATTACKS.name_of(a) in others)]
    return campaign(scene, chosen, None if minutes is None else 60 * minutes, progress)


def _numbered(original: Table, released: Table) -> Table:
    """The release with the original's row numbers, where it has none and as many rows."""
    if released.row_ids is not None or released.rows != original.rows:
        return released
    return replace(released, row_ids=original.row_ids)


__all__ = ["ATTACKS", "Attack", "Attacked", "Campaign", "LeftOut", "Promise", "Rate", "Scene", "attack", "tried"]
