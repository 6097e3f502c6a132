"""Each column by itself, with a promise: the baseline every private synthesizer has to beat."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.protect.method import Progress
from core.synthesise.marginals import Coded, Learned, begin
from core.synthesise.private import PrivateSynthesizer
from core.synthesise.purse import Purse


class PrivateColumns(PrivateSynthesizer):
    """New rows with a promise (epsilon, delta) in which each column is right by itself, and nothing hangs together.

    At a glance: how often each value occurs is counted with noise, and new rows take values by these counts, each
    column on its own. Good for testing programs with realistic-looking rows, and to see what the others gain.

    Every noisy number is drawn by OpenDP. Source: the independent baseline of Tao et al. (2021), Benchmarking
    differentially private synthetic data generation algorithms, arXiv:2112.09238.
    """

    method: Literal["private_columns"] = "private_columns"
    title: ClassVar[str] = "New rows with a promise, each column by itself"

    def learn(self, coded: Coded, purse: Purse, rng: np.random.Generator, progress: Progress) -> Learned:  # noqa: ARG002
        return begin(coded, purse, purse.left)[1]
