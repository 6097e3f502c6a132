"""MST: a tree of the strongest pairs of columns."""

from __future__ import annotations

from itertools import combinations
from typing import ClassVar, Literal

import numpy as np

from core.protect.method import Progress
from core.synthesise.junction import Attrs
from core.synthesise.marginals import Coded, Counter, Learned, begin
from core.synthesise.private import PrivateSynthesizer
from core.synthesise.purse import Purse


class MST(PrivateSynthesizer):
    """New people with a promise (epsilon, delta): a tree of the most related pairs of columns is counted with noise.

    At a glance: a third of the budget counts each column, a third picks the strongest pairs so that all columns hang
    together, a third counts those pairs. Simple, quick and easy to explain; patterns outside the tree are lost, which
    AIM keeps better.

    Every noisy number is drawn by OpenDP. Source: McKenna, Miklau and Sheldon (2021), Winning the NIST Contest: a
    scalable and general approach to differentially private synthetic data, doi:10.29012/jpc.778.
    """

    method: Literal["mst"] = "mst"
    title: ClassVar[str] = "New people with a promise, from a tree of pairs"

    def learn(self, coded: Coded, purse: Purse, rng: np.random.Generator, progress: Progress) -> Learned:  # noqa: ARG002
        columns = len(coded.sizes)
        counter, learned = begin(coded, purse, purse.left / 3 if columns > 1 else purse.left)
        if columns == 1:
            return learned
        progress(0.2, "Which pairs")
        pairs = _tree(counter, learned, purse.left / 2)
        progress(0.5, "Pairs")
        each = purse.left / len(pairs)
        learned.model.add([counter.bought(pair, min(each, purse.left)) for pair in pairs])
        learned.model.fit()
        return learned


def _tree(counter: Counter, learned: Learned, share: float) -> list[Attrs]:
    """Pairs that join all columns, each chosen where the columns are furthest from independent (Kruskal's order)."""
    columns, model = len(learned.model.sizes), learned.model
    errors = {}
    for pair in combinations(range(columns), 2):
        expected = np.outer(model.at(pair[:1]), model.at(pair[1:])).ravel() * model.total
        errors[pair] = float(np.abs(counter.exact(pair) - expected).sum())
    part_of = list(range(columns))
    chosen: list[Attrs] = []
    for _ in range(columns - 1):
        open_pairs = [p for p in errors if part_of[p[0]] != part_of[p[1]]]
        at = counter.purse.choose([errors[p] for p in open_pairs], [1] * len(open_pairs), share / (columns - 1),
                                  "which pair")
        a, b = open_pairs[at]
        chosen.append((a, b))
        old, new = part_of[a], part_of[b]
        part_of = [new if p == old else p for p in part_of]
    return chosen
