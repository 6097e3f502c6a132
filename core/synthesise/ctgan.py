"""Synthesise with two networks that compete (SDV's CTGAN)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from core.synthesise.deep import Deep
from core.synthesise.sdv_model import Prepared


class CTGAN(Deep):
    """New people from two neural networks, of which one invents and the other tries to tell them from real ones (SDV).

    At a glance: can learn patterns of any shape; slow (minutes to hours), and on tables of this sort usually further
    from the original than decision trees. Here for those who ask for it, and for tables of very many rows.

    Source: Xu, Skoularidou, Cuesta-Infante and Veeramachaneni (2019), Modeling tabular data using conditional GAN,
    arXiv:1907.00503.
    """

    method: Literal["ctgan"] = "ctgan"
    title: ClassVar[str] = "Two networks that compete (SDV CTGAN)"

    def fitted(self, metadata: Any, columns: list[Prepared]) -> Any:  # noqa: ARG002
        from sdv.single_table import CTGANSynthesizer

        return CTGANSynthesizer(metadata, **self.settings())
