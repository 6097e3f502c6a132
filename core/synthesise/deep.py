"""What SDV's neural networks are asked: how long, how many at a time, and on which processor."""

from __future__ import annotations

from typing import Any, ClassVar

from core.declare import param
from core.problem import Problem
from core.synthesise.sdv_model import Sdv
from core.table import Table

FEWEST_FOR_NETWORKS = 100


class Deep(Sdv):
    """The base of SDV's networks: epochs, batch, GPU.

    SDV cannot go on with a training that was interrupted: it begins again. A model that was finished is kept.
    """

    slow: ClassVar[bool] = True
    epochs: int = param(
        "How many times is the whole table gone through?", default=100, ge=1, le=5_000, unit="epochs", search=(50, 300),
        why="More learns more, takes longer, and in the end learns by heart.",
    )
    batch: int = param(
        "How many rows at a time?", default=500, ge=20, le=20_000, unit="rows", advanced=True,
        why="A multiple of 10. Larger is quicker and coarser.",
    )
    gpu: bool = param(
        "Use a graphics processor, if there is one?", default=True, advanced=True,
        why="Many times quicker. The same seed gives the same table on the same kind of processor only.",
    )

    def check(self, table: Table) -> None:
        super().check(table)
        if self.batch % 10:
            raise Problem("Rows at a time must be a multiple of 10.", "Choose {fit}.", fit=self.batch // 10 * 10 + 10)
        if table.rows < FEWEST_FOR_NETWORKS:
            raise Problem(
                "The table has {count} rows; a neural network needs at least {fewest}.",
                "Let decision trees learn from it.", count=table.rows, fewest=FEWEST_FOR_NETWORKS,
            )

    def settings(self) -> dict[str, Any]:
        """What every network of SDV's is told."""
        return {"epochs": self.epochs, "batch_size": self.batch, "enable_gpu": self.gpu, "verbose": True}
