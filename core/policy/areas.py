"""Rule about places: no area so small that its people know each other."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from core.declare import columns_of, param
from core.language import translate as _
from core.policy.rule import Judgement, Release, Rule


class AreaPopulation(Rule):
    """Every area named in the release must hold at least so many people, counted with the sample weights."""

    rule: Literal["area_population"] = "area_population"
    title: ClassVar[str] = "Areas with enough people"
    people: int = param("How many people must live in an area?", why="In a small area, people know each other.",
                        default=100_000, ge=1, le=1_000_000_000)
    areas: columns_of() = param(  # type: ignore[valid-type]
        "Which columns say where?", default=(), why="None: every column that looks like a place or postcode.")

    def asks(self) -> str:
        return _("Every area named in the release has at least {people} people.", people=f"{self.people:,}")

    def judge(self, release: Release) -> Judgement:
        places = [n for n in self._areas(release) if n in release.table.columns]
        if not places:
            return self.keeps("The release names no area.")
        if release.weight is None:
            return self.open(
                "{names} name areas, and without sample weights nobody can say how many people live there.",
                "Name the column of sample weights, or check these areas by hand.", names=", ".join(places),
            )
        weights = np.nan_to_num(release.table[release.weight].numbers)
        small = {n: _small(release, n, weights, self.people) for n in places}
        bad = {n: count for n, count in small.items() if count}
        if not bad:
            return self.keeps("All areas in {names} are large enough, by the sample weights.", names=", ".join(places))
        return self.breaks(
            "By the sample weights {count} areas are smaller: in {names}.",
            "Merge areas of {names} into larger ones (districts into regions, states), or suppress them.",
            count=f"{sum(bad.values()):,}", names=", ".join(bad),
        )

    def _areas(self, release: Release) -> tuple[str, ...]:
        if self.areas:
            return self.areas
        return tuple(n for n, d in release.detected.items()
                     if d.entity in ("LOCATION", "POSTCODE", "ADDRESS", "GEO_COORDINATE"))


def _small(release: Release, name: str, weights: np.ndarray, people: int) -> int:
    column = release.table[name]
    held = ~column.missing & ~column.suppressed
    totals = np.bincount(column.codes[held], weights[held], len(column.values))
    return int(((totals < people) & (np.bincount(column.codes[held], minlength=len(totals)) > 0)).sum())
