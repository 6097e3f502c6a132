"""Replace values by the wider group they belong to, the same way in every row (global recoding)."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from core.declare import ColumnPick, Declared, param
from core.problem import Problem
from core.protect.hierarchies.hierarchy import Automatic, Hierarchy
from core.protect.method import Claim, Group, Method, Run
from core.table import Table


class Coarser(Declared):
    """How one column is made coarser."""

    hierarchy: Hierarchy = param(
        "Which groups do its values belong to?", default=Automatic(),
        why="A hierarchy lists ever wider groups: 37, 35-39, 30-39, 20-39, everything.",
    )
    level: int = param(
        "How coarse?", default=1, ge=1, le=50, search=(1, 6),
        why="Level 1 is the first group above the value; the highest level is * for everything.",
    )


class Generalise(Method):
    """Replace each value by the wider group it belongs to.

    At a glance: 37 becomes 35-39, a village its district, a date its month. Every row is treated the same way, so
    tables made from the result stay comparable. What is lost is detail below the level; nothing is made up.
    Missing cells stay missing, except on the highest level, where everything is `*`.

    In: any columns with a hierarchy. Out: the same rows; the columns are categories.
    Refuses a hierarchy that does not cover every value, or that has fewer levels than asked for.

    Source: Samarati (2001), doi:10.1109/69.971193; Hundepool et al. (2012), section 3.4.1, doi:10.1002/9781118348239.
    """

    method: Literal["generalise"] = "generalise"
    title: ClassVar[str] = "Make values coarser"
    group: ClassVar[Group] = "categories"
    columns: Annotated[dict[str, Coarser], ColumnPick()] = param(
        "Which columns, and how coarse?", min_length=1,
        why="A wider group holds more people, so fewer stand out.",
    )

    def check(self, table: Table) -> None:
        table.require(self.columns)
        for name, coarser in self.columns.items():
            depth = coarser.hierarchy.plant(table[name], name).depth
            if coarser.level > depth:
                raise Problem(
                    "The hierarchy of “{column_name}” has {depth} levels, and level {level} is asked for.",
                    "Choose a level from 1 to {depth}.",
                    column=name, column_name=name, depth=depth, level=coarser.level,
                )

    def foresee(self, table: Table) -> Table:
        return table.with_columns({n: table[n].with_kind("category") for n in self.columns})

    def apply(self, table: Table, run: Run) -> Table:
        new = {}
        for done, (name, coarser) in enumerate(self.columns.items()):
            run.progress(done / len(self.columns), name)
            new[name] = coarser.hierarchy.plant(table[name], name).at(table[name], coarser.level)
        return table.with_columns(new)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        return tuple(self._claim(table, name, coarser) for name, coarser in self.columns.items())

    def _claim(self, table: Table, name: str, coarser: Coarser) -> Claim:
        paths = [path for path in coarser.hierarchy.paths(table[name]) if path is not None]
        above = {group for path in paths for group in path[coarser.level - 1:]} | {"*"}
        finer = set(table[name].values.to_pylist()) | {group for path in paths for group in path[: coarser.level - 1]}

        def holds(released: Table) -> bool:
            return name not in released.columns or not (set(released[name].texts()) & (finer - above))

        return Claim(f"“{name}” holds no value finer than level {coarser.level} of its hierarchy", holds)

    def in_words(self) -> str:
        return "Made coarser: " + ", ".join(f"{n} (level {c.level})" for n, c in self.columns.items())
