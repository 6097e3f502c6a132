"""Measure: what every risk measure is, what it is given, and what it hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np

from core.declare import Declared
from core.risk.study import Study

Group = Literal["identity", "attribute", "population", "special", "numbers", "cells", "columns"]
"""identity: who is in the file; attribute: what one learns about them; population: how rare they are in the country;
special: which values single them out; numbers, cells, columns: amounts, tables made from the file, choice of keys."""

Need = Literal["weight", "household", "sensitive", "people", "population", "original", "numbers"]
"""What must be known besides the quasi-identifiers. people: how many people the file was drawn from."""

Merge = Literal["sum", "least", "most", "mean"]
"""How a figure of parts of a file becomes that of the whole; mean: weighted by the rows of the parts."""

IN_WORDS: Mapping[Need, str] = {
    "weight": "a column of sample weights",
    "household": "a column that says who lives together",
    "sensitive": "a sensitive column",
    "people": "the number of people the file was drawn from (sample weights or a population size)",
    "population": "a table of the population with the same quasi-identifiers",
    "original": "the original table with the same rows, to compare a released one with",
    "numbers": "a column of numbers",
}


@dataclass(frozen=True, eq=False)
class Measured:
    """The answer of one measure.

    value     the figure, in the measure's unit; None where it could not be had, and the sentence says why
    sentence  the answer for people; no cell value
    interval  (low, high) where the figure is estimated: 95% unless the sentence says otherwise
    details   further figures, ready for JSON; column names as keys, never cell values
    records   name -> (rows,) figures per record
    """

    value: float | None
    sentence: str
    interval: tuple[float, float] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    records: Mapping[str, np.ndarray] = field(default_factory=dict)


class Merged(NamedTuple):
    """The figures of a measure, as a sentence needs them: value, details, and the rows that were measured."""

    value: float
    details: Mapping[str, Any]
    rows: int


class Measure(Declared):
    """A risk measure. Subclasses add `measure: Literal[...]`, title, group, unit, source, parameters and `of`."""

    group: ClassVar[Group]
    unit: ClassVar[str]
    source: ClassVar[str]
    needs: ClassVar[tuple[Need, ...]] = ()
    merging: ClassVar[Mapping[str, Merge]] = {}
    """`value` and each detail -> how those of parts become that of the whole, where every class lies in one part."""

    def of(self, study: Study) -> Measured:
        """The measure of a table."""
        raise TypeError(f"{type(self).__name__} does not measure {type(study).__name__}")

    def retold(self, found: Merged) -> str:
        """The sentence of figures, of a whole or merged from its parts."""
        raise TypeError(f"the figures of {type(self).__name__} are not merged: {found.rows} rows")

    def lacks(self, study: Study) -> tuple[str, ...]:
        """What would have to be known for this measure and is not, in words."""
        return tuple(IN_WORDS[need] for need in self.needs if not study.knows(need))
