"""A variational autoencoder trained with private gradients: the deep synthesizer with a promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from core.declare import param
from core.problem import Problem
from core.protect.method import Progress
from core.synthesise.descent import Singles, descend
from core.synthesise.grouping import Grouping
from core.synthesise.marginals import Coded, begin
from core.synthesise.model import Floats, Ints
from core.synthesise.network import Network
from core.synthesise.private import PrivateSynthesizer
from core.synthesise.purse import Purse

COLUMNS_SHARE = 0.2
"""Of the price: for each column by itself, so that levels too rare to learn are put together."""


class PrivateVAE(PrivateSynthesizer):
    """New people with a promise (epsilon, delta), from a neural network trained with private gradients (DP-SGD).

    At a glance: a small network (a variational autoencoder, as TVAE's) learns to write rows. What each person would
    change in it is bounded, and noise is added to every step, so that nobody's part can be told. The field's reference
    for deep private models. On tables like a survey AIM is better and quicker at the same epsilon; this one is for
    comparison, and for those who ask for it. It needs a budget with a delta.

    Every noisy number is drawn by OpenDP. Its proof has one gap that AIM's has not: the arithmetic of gradients is
    floating-point (see the documentation).

    Source: Xu et al. (2019), Modeling tabular data using conditional GAN (TVAE), arXiv:1907.00503; Abadi et al. (2016),
    doi:10.1145/2976749.2978318.
    """

    method: Literal["private_vae"] = "private_vae"
    title: ClassVar[str] = "New people with a promise, from a neural network"
    training_rounds: int = param(
        "How many rounds?", default=15, ge=1, le=500, search=(5, 50), advanced=True,
        why="More rounds learn more and need more noise in each.",
    )
    batches: int = param(
        "Into how many batches is each round split?", default=4, ge=1, le=1000, advanced=True,
        why="More batches are more steps, each with relatively more noise.",
    )
    hidden: int = param("How wide is the network?", default=48, ge=4, le=1024, advanced=True,
                        why="Wider needs more noise.")
    latent: int = param("Of how many dimensions is its core?", default=8, ge=1, le=256, advanced=True,
                        why="Fewer keep only the broad patterns.")
    rate: float = param("How large is a step?", default=0.02, gt=0, le=1, advanced=True, why="Adam's learning rate.")

    def check_measure(self, measure: str) -> None:
        """Stop, before anything is charged, where the ledger has no delta.

        Laplace noise for thousands of parameters would have to be as large as all of them together.
        """
        if measure == "pure":
            raise Problem(
                "“{title}” needs a budget with a delta.", "Choose AIM, or make the budget with a small delta.",
                title=self.title,
            )

    def learn(self, coded: Coded, purse: Purse, rng: np.random.Generator, progress: Progress) -> VAE:
        counter, columns = begin(coded, purse, COLUMNS_SHARE)
        sizes = columns.model.sizes
        network = Network(tuple(sizes), self.hidden, self.latent)
        ended = descend(
            lambda now, rows: network.gradient(now, rows, rng), network.start(rng), counter.codes, purse, purse.left,
            self.training_rounds, self.batches, self.rate, columns.model.total, rng, progress,
        )
        return VAE(network, ended, columns.groupings, max(round(columns.model.total), 1))


@dataclass(frozen=True, eq=False)
class VAE:
    """The trained network, and how groups of levels become levels again."""

    network: Network
    weights: Singles
    groupings: tuple[Grouping, ...]
    total: int

    def sample(self, rows: int, rng: np.random.Generator) -> Ints:
        """(rows, columns) levels of new rows."""
        made = np.zeros((rows, len(self.groupings)), np.int64)
        for start in range(0, rows, 100_000):
            part = slice(start, min(start + 100_000, rows))
            made[part] = self.network.written(self.weights, part.stop - start, rng)
        return np.column_stack([g.levels(made[:, i], rng) for i, g in enumerate(self.groupings)])

    def evidence(self, codes: Ints, others: Ints) -> Floats:  # noqa: ARG002 - a network is not a sum over rows
        """(rows,) how well the network writes each row again: the loss an attacker would look at, its sign turned."""
        groups = np.column_stack([g.of[codes[:, i]] for i, g in enumerate(self.groupings)])
        return self.network.likeness(self.weights, groups)
