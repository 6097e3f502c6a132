"""Metric: what every utility metric is: its level, its range, which end is good, where it comes from, a sentence."""

from __future__ import annotations

import math
from typing import ClassVar, Literal

from core.declare import Declared, parameters
from core.language import translate
from core.utility.both import Both, ColumnPair, Pair
from core.utility.estimate import Estimate

Level = Literal["column", "pair", "table"]


class Metric(Declared):
    """How close a release is to the original in one respect. Subclasses add `metric: Literal[...]`, facts, and a value.

    level    what is measured: a column, a pair of columns, the whole table
    low      smallest and `high` largest possible value (infinity where there is no bound)
    perfect  the value of a release that equals the original
    source   who defined it, with DOI or section
    sentence a template with {value}, and {percent} for shares
    thorough too slow for a quick look; measured only when asked for
    """

    level: ClassVar[Level]
    low: ClassVar[float] = 0.0
    high: ClassVar[float] = 1.0
    perfect: ClassVar[float] = 0.0
    source: ClassVar[str]
    sentence: ClassVar[str]
    thorough: ClassVar[bool] = False

    @classmethod
    def better(cls) -> Literal["lower", "higher"]:
        """Which direction is closer to the original."""
        return "higher" if cls.perfect == cls.high else "lower"

    @classmethod
    def asks(cls) -> bool:
        """True if it must be told something first (which regression?), so that it is not measured by itself."""
        return any(p.required for p in parameters(cls))

    @classmethod
    def say(cls, value: float | None) -> str:
        """The value in a sentence; says so where it does not apply."""
        if value is None or math.isnan(value):
            return translate("“{title}” does not apply here.", title=translate(cls.title))
        said = translate(cls.sentence, value=f"{value:.3g}", percent=_percent(value))
        if not isinstance(value, Estimate):
            return said
        low, high = (_percent(end) if "{percent}" in cls.sentence else f"{end:.3g}"
                     for end in (value.low, value.high))
        return translate("{said} 95% interval: {low} to {high}.", said=said, low=low, high=high)


def _percent(share: float) -> str:
    """“14.7%”; “100%” and “0%” only where it is all or none."""
    if share in (0, 1):
        return f"{100 * share:.0f}%"
    said = f"{100 * share:.1f}%"
    return {"0.0%": "<0.1%", "100.0%": ">99.9%"}.get(said, said)


class ColumnMetric(Metric):
    """Measured on one column."""

    level: ClassVar[Level] = "column"

    def value(self, column: ColumnPair) -> float | None:
        """The value, or None where the metric says nothing about such a column."""
        raise TypeError(f"{type(self).__name__} does not say what it measures of {column.name}")


class PairMetric(Metric):
    """How strongly two columns hang together, before and after; the metric is the difference of the two."""

    level: ClassVar[Level] = "pair"

    def applies(self, pair: Pair) -> bool:
        """True if the two columns are of the kinds this association is made for."""
        raise TypeError(f"{type(self).__name__} does not say where it applies ({pair.first.name})")

    def value(self, pair: Pair) -> Association | None:
        raise TypeError(f"{type(self).__name__} does not say what it measures of {pair.first.name}")


class TableMetric(Metric):
    """Measured on the whole table."""

    level: ClassVar[Level] = "table"

    def value(self, both: Both) -> float | None:
        raise TypeError(f"{type(self).__name__} does not say what it measures of {both.names}")


class Association(tuple[float, float]):
    """(before, after): the strength of an association in the original and in the release."""

    __slots__ = ()

    @property
    def before(self) -> float:
        return self[0]

    @property
    def after(self) -> float:
        return self[1]

    @property
    def difference(self) -> float:
        """How far apart the two are; a column that became constant has no association left, which counts as 0."""
        return abs(self[0] - self[1])
