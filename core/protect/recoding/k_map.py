"""Make values coarser or blank until each combination could mean at least k people of the population."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np

from core.declare import ColumnPick, param
from core.protect.hierarchies.blanks import count_cells, value_or_nothing
from core.protect.hierarchies.hierarchy import Automatic, Hierarchy
from core.protect.hierarchies.recoding import Recoding
from core.protect.hierarchies.tree import Tree
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises.population import KMap as Rule
from core.protect.promises.population import Population, SampleWeights, census_codes, raised, widened
from core.protect.recoding.alike import check_importance, k_map_claims, plant_all
from core.table import Table


class KMap(Method):
    """Make sure that every released combination could mean at least k people of the population (k-map).

    At a glance: a combination that one row of the file holds may be held by five hundred people of the country. For
    somebody who does not know who took part in the survey, it is those five hundred that count. Each row is made only
    as coarse as it takes, by itself: far less is lost than with k rows of the file. Against somebody who does know who
    is in the file it promises nothing; use “Groups of people who look alike” for that, with a rule about the
    population besides if you like.

    The population is a table of counts (from a census, say), or estimated from the sample weights; an estimate is only
    as good as the weights. In: any columns. Out: the same rows, unless even `*` in all columns is too few.

    Combinations of levels are tried from the least to the greatest loss; a row takes the first at which k people fit.

    Source: El Emam & Dankar (2008), Protecting privacy using k-anonymity, doi:10.1197/jamia.M2716; Sweeney (2001),
    Computational disclosure control, section 5.3 (k-map).
    """

    method: Literal["k_map"] = "k_map"
    title: ClassVar[str] = "People alike in the population"
    group: ClassVar[Group] = "categories"
    k: int = param(
        "How many people of the population must share each combination?", default=20, ge=2, le=1_000_000,
        search=(5, 100), unit="people", why="With 20, a match is right at most once in twenty times.",
    )
    columns: KeyColumns = param(
        "Which columns could an outsider know?", default=(),
        why="Left empty: all columns with the role quasi-identifier.",
    )
    population: Population = param(
        "Who are the population?", default=SampleWeights(), why="A table of the population is better than an estimate.",
    )
    way: Literal["coarser", "blank"] = param(
        "What may happen to a cell?", default="coarser", why="Coarser keeps more; blanks leave all other cells exact.",
        labels={"coarser": "It becomes coarser", "blank": "It is blanked"},
    )
    hierarchies: Annotated[dict[str, Hierarchy], ColumnPick()] = param(
        "Which groups do values belong to?", default={},
        why="Left empty: bands for numbers, month and year for dates, otherwise the value or nothing.",
    )
    importance: Annotated[dict[str, float], ColumnPick()] = param(
        "Which columns matter most to you?", default={}, advanced=True,
        why="A column with 2 is spared at the cost of columns with 1.",
    )

    def check(self, table: Table) -> None:
        names = chosen(table, self.columns)
        table.require([*self.hierarchies, *self.importance])
        check_importance(self.importance)
        self._trees(widened(table, [self.population.census(table, names)]), names)

    def foresee(self, table: Table) -> Table:
        if self.way == "blank":
            return table
        return table.with_columns({n: table[n].with_kind("category") for n in chosen(table, self.columns)})

    def apply(self, table: Table, run: Run) -> Table:
        if not table.rows:
            return table
        names = chosen(table, self.columns)
        census = self.population.census(table, names)
        wide = widened(table, [census])
        recoding = Recoding.of(wide, self._trees(wide, names), self.importance)
        recoding = count_cells(recoding) if self.way == "blank" else recoding
        run.progress(0.2, "counting the population")
        start = np.zeros((len(names), recoding.items), np.int64)
        levels, left = raised(recoding, start, census_codes(wide, census, names), census.people, self.k)
        gone = np.isin(recoding.item_of, left)
        touched = np.asarray((levels > 0).any(axis=0))[recoding.item_of] & ~gone
        run.note("Rows that could mean fewer than {k} people and were changed: {count:,} of {rows:,}.",
                 count=int(touched.sum()), rows=table.rows, k=self.k)
        if gone.any():
            run.note("Rows that could not be saved and were left out: {count:,}.", count=int(gone.sum()))
        return recoding.write(table, levels).take(~gone)

    def _trees(self, table: Table, names: tuple[str, ...]) -> dict[str, Tree]:
        if self.way == "blank":
            return {n: value_or_nothing(table[n], n) for n in names}
        return plant_all(table, names, self.hierarchies)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = chosen(table, self.columns)
        whole = {n: self.hierarchies.get(n, Automatic()) for n in names} if self.way == "coarser" else {}
        return k_map_claims(table, names, (Rule(k=self.k, population=self.population),), whole)

    def in_words(self) -> str:
        return f"At least {self.k} people of the population for each combination"
