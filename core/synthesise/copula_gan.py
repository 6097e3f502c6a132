"""Synthesise with competing networks on amounts made even first (SDV's CopulaGAN)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from core.declare import param
from core.synthesise.deep import Deep
from core.synthesise.gaussian_copula import LABELS, Marginal
from core.synthesise.sdv_model import Prepared


class CopulaGAN(Deep):
    """New people from two networks that compete, after each number was brought into a normal shape (SDV).

    At a glance: as the two networks that compete, easier on skewed amounts such as incomes. SDV fits a distribution to
    each number; `marginal` says which.

    Source: Patki, Wedge and Veeramachaneni (2016), doi:10.1109/DSAA.2016.49; Xu and others (2019), arXiv:1907.00503.
    """

    method: Literal["copula_gan"] = "copula_gan"
    title: ClassVar[str] = "Competing networks on even amounts (SDV CopulaGAN)"
    marginal: Marginal = param(
        "Which shape is fitted to numbers?", default="observed", labels=LABELS, advanced=True,
        why="As in the data fits every shape; a named distribution smooths more.",
    )

    def by_rank(self, name: str) -> bool:  # noqa: ARG002
        return self.marginal == "observed"

    def fitted(self, metadata: Any, columns: list[Prepared]) -> Any:
        from sdv.single_table import CopulaGANSynthesizer

        way = "norm" if self.marginal == "observed" else self.marginal
        named = {c.key: way for c in columns if c.numeric is not None}
        return CopulaGANSynthesizer(
            metadata, **self.settings(), numerical_distributions=named, default_distribution="uniform",
        )
