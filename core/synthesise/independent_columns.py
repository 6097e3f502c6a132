"""Synthesise every column on its own: the baseline that a synthesizer must be better than."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.declare import param
from core.protect.method import Progress
from core.synthesise.cart import ColumnTree
from core.synthesise.trained import Model, Trained
from core.table import Table


class IndependentColumns(Trained):
    """Each column as often as it occurs, and no relation between columns at all.

    At a glance: right for testing software, whose rows must look right and need not make sense. What holds between
    columns is lost, and with it nearly all that could be learned about somebody; rare values still show.

    Source: the usual baseline; see Bowen and Snoke (2021), doi:10.29012/jpc.748.
    """

    method: Literal["independent_columns"] = "independent_columns"
    title: ClassVar[str] = "Each column on its own"
    smooth: bool = param(
        "Move numbers between neighbours, so that exact amounts are not copied?", default=True, advanced=True,
        why="An exact amount can be looked up elsewhere.",
    )

    def learn(self, table: Table, rng: np.random.Generator, progress: Progress) -> Model:
        trees: dict[str, ColumnTree] = {}
        for i, (name, column) in enumerate(table.columns.items()):
            progress(i / len(table.names), name)
            trees[name] = ColumnTree(column, table.rows, self.smooth).grow([], [], rng)
        return Alone(trees)


class Alone:
    """The cells of each column, to draw from."""

    def __init__(self, columns: dict[str, ColumnTree]) -> None:
        self.columns = columns

    def draw(self, rows: int, rng: np.random.Generator, known: Table | None = None) -> Table:  # noqa: ARG002
        return Table({name: column.draw([], rows, rng) for name, column in self.columns.items()})
