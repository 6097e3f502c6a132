"""Tables made from the file: which cells would give a contributor away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import column_of, columns_of, param
from core.language import translate
from core.risk.cells import Cells, below_threshold, dominated, p_percent
from core.risk.measure import Group, Measure, Measured, Merge, Merged
from core.risk.study import Study
from core.table.column import Mask


class UnsafeCell(NamedTuple):
    """One cell that must not be published: its values (None: missing), the rows in it, and the rules it breaks."""

    labels: tuple[str | None, ...]
    rows: int
    rules: tuple[str, ...]


class UnsafeCells(Measure):
    """The cells of a table by chosen columns that must not be published, by the usual rules.

    *Threshold*: too few contributors. *Dominance (n, k)*: the n largest contributors make up more than k percent.
    *p%*: the second largest can work out the largest to within p percent. *p/q*: the same, where everybody knew the
    others to within q percent already. The last three need the amounts that are added up.
    """

    measure: Literal["unsafe_cells"] = "unsafe_cells"
    title: ClassVar[str] = "Unsafe cells of a table"
    group: ClassVar[Group] = "cells"
    unit: ClassVar[str] = "cells"
    source: ClassVar[str] = "Hundepool et al. (2012), doi:10.1002/9781118348239, chapter 4; Cox (1981)"
    merging: ClassVar[Mapping[str, Merge]] = dict.fromkeys(
        ("value", "cells", "threshold", "dominance", "p_percent", "p_q"), "sum")
    by: columns_of() = param("Which columns make the table?", why="Empty: the quasi-identifiers.", default=())  # type: ignore[valid-type]
    amount: column_of("number") | None = param(  # type: ignore[valid-type]
        "Which amounts are added up?", why="Empty: rows are counted.", default=None)
    threshold: int = param("How many contributors does a cell need?", why="Fewer can be told apart.",
                           default=3, ge=2, le=1000)
    n: int = param("How many contributors may not dominate?", why="The n of the (n, k) rule.", default=1, ge=1, le=3)
    k: float = param("Which share may they have together?", why="The k of the (n, k) rule.", default=75, gt=0, le=100,
                     unit="percent")
    p: float = param("How exactly may a contributor be worked out?", why="The p of the p% rule.", default=10, gt=0,
                     le=100, unit="percent")
    q: float = param("How exactly was everybody known before?", why="100: not at all (p% rule); less: p/q rule.",
                     default=100, gt=0, le=100, unit="percent", advanced=True)

    def of(self, study: Study) -> Measured:
        cells, rules = self._judged(study)
        unsafe = np.logical_or.reduce(list(rules.values()))
        details: dict[str, Any] = {"cells": len(unsafe), **{rule: int(found.sum()) for rule, found in rules.items()}}
        return Measured(int(unsafe.sum()), self.retold(Merged(int(unsafe.sum()), details, study.rows)), details=details,
                        records={"unsafe_cell": unsafe[cells.classes.class_of].astype(np.int8)})

    def retold(self, found: Merged) -> str:
        return translate("{count:,} of the {cells:,} cells that hold anybody are unsafe.",
                         count=int(found.value), cells=found.details["cells"])

    def listed(self, study: Study, most: int | None = None) -> list[UnsafeCell]:
        """The unsafe cells themselves, those with the fewest rows first: for the owner of the file alone.

        most  how many; None: all
        """
        cells, rules = self._judged(study)
        unsafe = np.flatnonzero(np.logical_or.reduce(list(rules.values())))
        order = unsafe[np.argsort(cells.count[unsafe], kind="stable")][:most]
        first = np.empty(len(cells.count), np.int64)
        first[cells.classes.class_of[::-1]] = np.arange(study.rows)[::-1]
        named = [study.table.columns[name].take(first[order]).texts() for name in self.by or study.keys]
        return [
            UnsafeCell(labels, int(cells.count[cell]), tuple(rule for rule, found in rules.items() if found[cell]))
            for cell, labels in zip(order.tolist(), zip(*named, strict=True), strict=True)
        ]

    def _judged(self, study: Study) -> tuple[Cells, dict[str, Mask]]:
        cells = study.cells(self.by or study.keys, self.amount)
        rules: dict[str, Mask] = {"threshold": below_threshold(cells, self.threshold)}
        if self.amount is not None:
            rules |= self._dominance(cells)
        return cells, rules

    def _dominance(self, cells: Cells) -> dict[str, Mask]:
        name = "p_percent" if self.q == 100 else "p_q"
        return {"dominance": dominated(cells, self.n, self.k), name: p_percent(cells, self.p, self.q)}
