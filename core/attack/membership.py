"""Membership: whether somebody is in the data at all, told from how near the release comes to them."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.attack.attack import Attack, Attacked, Scene, percent
from core.attack.copies import outside
from core.attack.nearest import Space
from core.attack.rate import Rate, above, area, difference, share
from core.declare import param
from core.language import translate

Scores = np.ndarray


def judged(
    attack: Attack, members: Scores, others: Scores, rng: np.random.Generator, tail: float
) -> tuple[Attacked, ...]:
    """What a score per person gives away: the area under its ROC curve, and how many it catches with few false alarms.

    tail  the share of people outside who may be wrongly called members; the limit is set on one half of them and judged
          on the other (Carlini et al. 2022, arXiv:2112.03570: the mean over all people hides what the few lose)
    """
    whole = area(members, others)
    order = rng.permutation(len(others))
    learn, test = others[order[: len(order) // 2]], others[order[len(order) // 2:]]
    limit = float(np.quantile(learn, 1 - tail, method="higher"))
    hits, also = int((members > limit).sum()), int((test > limit).sum())
    caught, alarms = share(hits, len(members)), share(also, len(test))
    tag, title = getattr(attack, "attack", ""), attack.title
    return (
        Attacked(
            tag, title, "area", whole, Rate(0.5, 0.5, 0.5), None, above(whole, 0.5), len(members),
            translate("Told members from others with an area under the curve of {value:.3f} ({low:.3f} to {high:.3f}); "
                      "0.5 is guessing.", value=whole.value, low=whole.low, high=whole.high),
        ),
        Attacked(
            tag, translate("{title}: the surest", title=title), "share", caught, Rate(tail, tail, tail), alarms,
            difference(hits, len(members), also, len(test)), len(members),
            translate("With a limit that about {tail} of others pass: {caught} of members, {alarms} of others.",
                      tail=f"{100 * tail:g}%", caught=percent(caught), alarms=percent(alarms)),
            facts={"false_alarms_allowed": tail},
        ),
    )


class NearestMembership(Attack):
    """Knows a person's whole row, and asks whether that person was in the data.

    At a glance: a release made from a person's row tends to come nearer to it than other people of the population do.
    The score is the ratio of two distances: from the person to the nearest of some people who are not in the data, and
    to the nearest row of the release. One half of the control group plays those people, the other half the non-members.
    """

    attack: Literal["nearest_membership"] = "nearest_membership"
    title: ClassVar[str] = "Was this person in the data? (nearest rows)"
    holds: ClassVar[str] = "the whole row of a person, and rows of some people who are not in the data"
    source: ClassVar[str] = "Hilprecht et al. 2019, doi:10.2478/popets-2019-0067; Chen et al. 2020, arXiv:1909.03935"
    tail: float = param(
        "How many false alarms may there be?", default=0.01, gt=0, lt=0.5,
        why="An attacker who is sure of one person in a hundred does harm.",
    )

    def lacks(self, scene: Scene) -> str:
        return outside(scene, 40)

    def run(self, scene: Scene) -> tuple[Attacked, ...]:
        if scene.control is None:
            return ()
        one, two = scene.halves(scene.control)
        others, reference = scene.drawn(scene.control.take(one)), scene.control.take(two)
        people = scene.drawn(scene.original)
        space = Space.of(scene.common, scene.released, (people, others, reference), scene.clock.check)
        release, beside = space.place(scene.released), space.place(reference)
        scores = []
        for table in (people, others):
            at = space.place(table)
            near, far = space.nearest(at, release).first, space.nearest(at, beside).first
            # A hundredth of a column: so that two exact matches make a ratio of 1, not of nothing.
            smallest = 0.01 / len(space.names)
            scores.append(np.log((far + smallest) / (near + smallest)).astype(float))
        return judged(self, scores[0], scores[1], scene.rng, self.tail)
