"""Cap the highest and lowest numbers."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import model_validator

from core.declare import ColumnPick, columns_of, param
from core.protect.cells import groups
from core.protect.hierarchies.bands import Floats
from core.protect.keys import NumberColumns, numeric, own_settings
from core.protect.method import Group, Method, Run
from core.protect.recoding.band_number import no_other_text
from core.table import Column, Table

Limit = Literal["percentile", "value", "tukey"]
Replacement = Literal["limit", "mean", "median", "label"]


class TopBottom(Method):
    """Replace extreme numbers by one common number (top and bottom coding).

    At a glance: every income above the 99th percentile is replaced by the mean of those incomes. The richest person
    no longer stands out. With the mean the column's total and mean stay as they are (of the rows; with sample weights
    use the weighted mean, which keeps the weighted total); with the limit itself or the median they shrink.

    The limit is a percentile of the column, a value of your choice, or Tukey's fence (1.5 times the distance between
    the quartiles beyond them). Numbers equal to the limit are left alone. A group of replaced numbers smaller than
    `least` is widened to that many rows, because the mean of one person's income is that income; where there are not
    so many rows (in a small stratum), the limit itself is taken.

    In: number columns. Out: the same rows; missing and suppressed cells stay as they are.

    Source: Hundepool et al. (2012), section 3.4.2, doi:10.1002/9781118348239; Tukey (1977), Exploratory Data Analysis.
    """

    method: Literal["top_bottom"] = "top_bottom"
    title: ClassVar[str] = "Cap extreme numbers"
    group: ClassVar[Group] = "numbers"
    columns: NumberColumns = param(
        "Which columns?", why="The highest income or age in a place often points at one person.", min_length=1,
    )
    limit: Limit = param(
        "Where is the limit?", default="percentile", why="A percentile adapts to each column; a value is the same.",
        labels={"percentile": "At a percentile", "value": "At a value I choose", "tukey": "Where outliers begin"},
    )
    top: float | None = param(
        "Cap above which percentile or value?", default=99, why="None: the top is left alone.", search=(95, 99.5),
    )
    bottom: float | None = param(
        "Raise below which percentile or value?", default=None, why="None: the bottom is left alone.",
    )
    replace_by: Replacement = param(
        "Replace by what?", default="mean", why="The mean keeps totals; the limit says openly where it was capped.",
        labels={"limit": "The limit", "mean": "The mean of the replaced", "median": "The median of the replaced",
                "label": "A text such as “90 or more”"},
    )
    weighted: bool = param(
        "Use the sample weights?", default=True, advanced=True,
        why="If a column has the role weight, percentiles and means are those of the population.",
    )
    least: int = param(
        "At least how many rows share a replaced number?", default=3, ge=1, le=1000, advanced=True, unit="rows",
        why="The mean of one or two numbers gives them away.",
    )

    tops: Annotated[dict[str, float], ColumnPick(("number",))] = param(
        "Which columns are capped above another percentile or value?", default={}, advanced=True,
        why="Each column may have a limit of its own.",
    )
    strata: columns_of() = param(  # type: ignore[valid-type]
        "Within groups of which columns?", default=(), advanced=True,
        why="A high income in a village is an ordinary one in the city. Totals of each group then hold.",
    )

    @model_validator(mode="after")
    def _limits_fit(self) -> TopBottom:
        wanted = [x for x in (self.bottom, self.top) if x is not None]
        if self.limit != "tukey" and not wanted:
            raise ValueError("Set the top, the bottom, or both.")
        if self.limit == "percentile" and any(not 0 < x < 100 for x in wanted):
            raise ValueError("A percentile lies between 0 and 100.")
        if self.limit != "tukey" and len(wanted) == 2 and wanted[0] >= wanted[1]:
            raise ValueError("The bottom lies below the top.")
        return self

    def check(self, table: Table) -> None:
        for name in numeric(table, self.columns):
            no_other_text(table[name], name)
        table.require(self.strata)
        percentile = self.limit == "percentile"
        own_settings(self.tops, self.columns, 0 if percentile else -np.inf, 100 if percentile else np.inf)
        table.one("weight")

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        weight = table.one("weight") if self.weighted else None
        weights = table[weight].numbers if weight else np.ones(table.rows)
        inside = groups(table, self.strata)
        return table.with_columns({
            n: self._capped(table[n], np.nan_to_num(weights), inside, self.tops.get(n)) for n in self.columns
        })

    def _capped(self, column: Column, weights: Floats, inside: list[np.ndarray], top: float | None) -> Column:
        numbers = column.numbers
        new = numbers.copy()
        texts: dict[int, str] = {}
        own = self if top is None else self.model_copy(update={"top": top})
        for rows in inside:
            part, within = numbers[rows].copy(), np.isfinite(numbers[rows])
            if not within.any():
                continue
            low, high = own._limits(part[within], weights[rows][within])
            fresh = part.copy()
            said: dict[int, str] = {}
            for side, limit in (("top", high), ("bottom", low)):
                if limit is not None:
                    own._cap(part, weights[rows], side, limit, fresh, said)
            new[rows] = fresh
            texts.update({int(rows[i]): text for i, text in said.items()})
        return _written(column, numbers, new, texts)

    def _limits(self, held: Floats, weights: Floats) -> tuple[float | None, float | None]:
        if self.limit == "value":
            return self.bottom, self.top
        if self.limit == "percentile":
            return (None if self.bottom is None else quantile(held, weights, self.bottom / 100),
                    None if self.top is None else quantile(held, weights, self.top / 100))
        q1, q3 = quantile(held, weights, 0.25), quantile(held, weights, 0.75)
        fences = q1 - 1.5 * (q3 - q1), q3 + 1.5 * (q3 - q1)
        return (None if self.bottom is None and self.top is not None else fences[0],
                None if self.top is None and self.bottom is not None else fences[1])

    def _cap(
        self, numbers: Floats, weights: Floats, side: str, limit: float, new: Floats, texts: dict[int, str]
    ) -> None:
        sign = 1 if side == "top" else -1
        sizes = sign * numbers
        beyond = np.flatnonzero(sizes > sign * limit)
        if not len(beyond):
            return
        if len(beyond) < self.least:
            # Widened to the rows next in size: the mean of too few numbers would give them away.
            ranked = np.sort(sizes[np.isfinite(sizes)])[::-1]
            edge = ranked[min(self.least, len(ranked)) - 1]
            if len(ranked) >= self.least:
                beyond, limit = np.flatnonzero(sizes >= edge), float(sign * edge)
            elif self.replace_by != "label":
                # Too few rows in all: a mean of theirs would give them away, so the limit stands in its place.
                new[beyond] = limit
                return
        if self.replace_by == "label":
            texts.update(dict.fromkeys(beyond.tolist(), f"{limit:.12g} or {'more' if sign > 0 else 'less'}"))
        elif self.replace_by == "limit":
            new[beyond] = limit
        elif self.replace_by == "median":
            new[beyond] = quantile(numbers[beyond], weights[beyond], 0.5)
        else:
            new[beyond] = _mean(numbers[beyond], weights[beyond])

    def in_words(self) -> str:
        return f"Capped extreme numbers: {', '.join(self.columns)}"


def quantile(numbers: Floats, weights: Floats, share: float) -> float:
    """The smallest number at or below which at least `share` of the weight lies."""
    order = np.argsort(numbers, kind="stable")
    total = np.cumsum(weights[order])
    if total[-1] <= 0:
        return float(np.quantile(numbers, share, method="inverted_cdf"))
    return float(numbers[order[min(np.searchsorted(total, share * total[-1] - 1e-9 * total[-1]), len(order) - 1)]])


def _mean(numbers: Floats, weights: Floats) -> float:
    return float(np.average(numbers, weights=weights) if weights.sum() > 0 else numbers.mean())


def _written(column: Column, old: Floats, new: Floats, texts: dict[int, str]) -> Column:
    """Only changed cells are written anew; the others keep their text to the letter."""
    changed = np.isfinite(old) & (new != old)
    if not changed.any() and not texts:
        return column
    cells = column.texts()
    fresh = Column.of_numbers(new[changed]).texts()
    for row, text in zip(np.flatnonzero(changed).tolist(), fresh, strict=True):
        cells[row] = text
    for row, text in texts.items():
        cells[row] = text
    return Column.of(cells, "category" if texts else column.kind, column.labels)
