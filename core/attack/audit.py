"""Audit: tries to break the promise of a private synthesizer, and says what epsilon that proves."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

import numpy as np

from core.attack.attack import Attack, Attacked, Scene
from core.attack.certify import from_guesses
from core.attack.rate import Rate
from core.declare import param
from core.language import translate
from core.protect.method import Progress, silent

if TYPE_CHECKING:
    from core.synthesise.model import Ints
    from core.synthesise.private import PrivateModel, PrivateSynthesizer


class Promise(NamedTuple):
    """A private synthesizer and what it kept of its training."""

    step: PrivateSynthesizer
    model: PrivateModel


class PrivacyAudit(Attack):
    """Plants people who never existed, each in or out by a coin, trains once more, and guesses who was in.

    At a glance: the attacker sees every noisy number and knows everybody else, more than anybody will ever hold. From
    how many guesses are right follows an epsilon that the training certainly loses (99.9%). It lies below the promised
    one, or the program is broken. A low figure is no proof: attackers can only show that a promise is broken.

    The same settings are trained on the synthetic rows, with strangers planted: nothing real is looked at, so that it
    costs nothing of the budget.
    """

    attack: Literal["privacy_audit"] = "privacy_audit"
    title: ClassVar[str] = "Does the promise hold? (audit)"
    holds: ClassVar[str] = "every noisy number, and everybody's row but one"
    source: ClassVar[str] = "Steinke, Nasr and Jagielski 2023, arXiv:2305.08846"
    thorough: ClassVar[bool] = True
    effort: ClassVar[float] = 3.0
    strangers: int = param(
        "How many people are planted?", default=200, ge=20, le=10_000, why="More can prove more, and hide one another.",
    )

    def lacks(self, scene: Scene) -> str:
        return "" if scene.promise is not None else translate("The release makes no promise that could be broken.")

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        promise: Promise = scene.promise
        base = promise.model.domain.coded(scene.drawn(scene.released), None).codes
        lower, right, guesses = audited(promise, base, self.strangers, scene.rng,
                                        lambda _share, _doing: scene.clock.check())
        epsilon = promise.model.epsilon
        beyond = Rate(lower - epsilon, lower - epsilon, float("inf"))
        return (Attacked(
            self.attack, self.title, "epsilon", Rate(lower, lower, float("inf")), Rate(0.0, 0.0, 0.0), None, beyond,
            guesses,
            translate("Promised: epsilon {epsilon:.3g}. Proved to be lost, with 99.9%: at least {lower:.3g} "
                      "({right} of {guesses} guesses right).",
                      epsilon=epsilon, lower=lower, right=right, guesses=guesses),
            facts={"epsilon": epsilon, "right": float(right)},
        ),)


def audited(
    promise: Promise, base: Ints, strangers: int, rng: np.random.Generator, progress: Progress = silent,
) -> tuple[float, int, int]:
    """(a lower bound on epsilon that holds with 99.9%, right guesses, guesses) of one training on rows of levels.

    base  (rows, columns) levels of people the attacker knows to be in
    """
    from core.synthesise.marginals import Coded
    from core.synthesise.purse import Purse

    model = promise.model
    levels = tuple(model.domain.levels.values())
    sizes = tuple(of.size for of in levels)
    planted = np.column_stack([rng.integers(max(size - 1, 1), size=strangers) for size in sizes])
    inside = rng.random(strangers) < 0.5
    coded = Coded(np.concatenate([base, planted[inside]]), sizes, tuple(of.ordered for of in levels),
                  names=tuple(model.domain.levels))
    # A stranger has one row; a unit may have more, for which the purse adds more noise.
    purse = Purse(model.spend, model.most, 0.0)
    learned = promise.step.learn(coded, purse, rng, progress)
    order = np.argsort(learned.evidence(planted, base), kind="stable")
    # Only of the surest quarter on either side anything is guessed: a number that was fixed beforehand.
    each = max(strangers // 4, 1)
    right = int(inside[order[-each:]].sum() + (~inside[order[:each]]).sum())
    return from_guesses(right, 2 * each, strangers, model.delta), right, 2 * each
