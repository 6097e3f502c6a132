"""AIM: the tables that matter most, bought one after the other."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.declare import column_of, param
from core.problem import Problem
from core.protect.method import Progress
from core.query.ground import Ground
from core.synthesise.adaptive import adaptive
from core.synthesise.marginals import Coded, Learned
from core.synthesise.private import PrivateSynthesizer, Public
from core.synthesise.purse import Purse
from core.table import Table


class AIM(PrivateSynthesizer):
    """New people with a promise (epsilon, delta): the tables that matter most are counted with noise.

    At a glance: first each column is counted with noise. Then, again and again, the program privately picks the
    cross-table that the new people get most wrong so far, buys a noisy version of it, and corrects them. Only noisy
    counts are ever used; whoever sees the new rows, or the whole model, learns hardly more about anybody than if that
    person had not been in the table. The best choice wherever a promise is needed.

    Rare values, patterns of three columns and more, and exact numbers within a band are blurred. Every noisy number is
    drawn by OpenDP; the model behind (Private-PGM) never sees a row.

    Source: McKenna, Mullins, Sheldon and Miklau (2022), AIM: an adaptive and iterative mechanism for differentially
    private synthetic data, arXiv:2201.12677.
    """

    method: Literal["aim"] = "aim"
    title: ClassVar[str] = "New people with a promise, from the tables that matter most"
    predict: column_of() | None = param(  # type: ignore[valid-type]
        "Is there one column that others will be used to predict?", default=None,
        why="Its tables are counted first, of three columns as well, so that models learned from the new people come "
        "closer to those learned from real ones.",
    )
    ways: Literal[2, 3] = param(
        "Tables of up to how many columns are counted?", default=2, advanced=True,
        why="Three keeps more patterns where there is much budget, and is slower.", labels={"2": "two", "3": "three"},
    )
    cells: int = param(
        "How large may the model be?", default=50_000, ge=1_000, le=2_000_000, unit="cells", advanced=True,
        why="A larger one is slower; 30,000 lose almost nothing.",
    )
    rounds: int = param(
        "At most how many rounds for each column?", default=2, ge=1, le=64, advanced=True,
        why="Fewer rounds buy fewer tables with less noise.",
    )

    def learn(self, coded: Coded, purse: Purse, rng: np.random.Generator, progress: Progress) -> Learned:
        target = None if self.predict is None else coded.names.index(self.predict)
        return adaptive(coded, purse, self.cells, self.rounds, self.ways, target, rng, progress)

    def sources(self, table: Table, ground: Ground) -> dict[str, Public]:
        told = super().sources(table, ground)
        if self.predict is not None and self.predict not in told:
            raise Problem(
                "“{column_name}” is not synthesised, so nothing can predict it.",
                "Name another column to be predicted, or none.", column=self.predict, column_name=self.predict,
            )
        return told
