"""Synthesise with a network that squeezes rows and unfolds them again (SDV's TVAE)."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from core.synthesise.deep import Deep
from core.synthesise.sdv_model import Prepared


class TVAE(Deep):
    """New people from a neural network that learned to squeeze a row into a few numbers and unfold it again (SDV).

    At a glance: steadier and quicker to train than networks that compete; rare categories become rarer.

    Source: Xu, Skoularidou, Cuesta-Infante and Veeramachaneni (2019), Modeling tabular data using conditional GAN,
    arXiv:1907.00503 (TVAE is described there).
    """

    method: Literal["tvae"] = "tvae"
    title: ClassVar[str] = "A network that squeezes and unfolds (SDV TVAE)"

    def fitted(self, metadata: Any, columns: list[Prepared]) -> Any:  # noqa: ARG002
        from sdv.single_table import TVAESynthesizer

        return TVAESynthesizer(metadata, **self.settings())
