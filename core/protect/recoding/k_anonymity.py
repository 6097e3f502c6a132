"""Make people look alike in groups of at least k, losing as little detail as possible."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from core.declare import ColumnPick, param
from core.protect.hierarchies.hierarchy import Automatic, Hierarchy
from core.protect.households import none_torn, stay_common, whole_households
from core.protect.keys import KeyColumns, chosen
from core.protect.method import Claim, Group, Method, Run
from core.protect.promises.rules import Rule
from core.protect.recoding.alike import (
    alike_claims,
    check_alike,
    check_whole_households,
    make_alike,
    make_households_alike,
    plant_all,
)
from core.table import Table


class KAnonymity(Method):
    """Put people into groups of at least k who look alike.

    At a glance: everyone shares all their quasi-identifying values with at least k - 1 others in the file, so nobody
    can be singled out by them. Each group is made only as coarse as it needs to be (local recoding): where many
    people are alike nothing changes, and a rare combination becomes 30-39 rather than 37. No row is dropped.
    Because groups differ in coarseness, one column may hold 37, 35-39 and 30-39 at once.

    In: any columns; numbers get bands, dates months and years, others their value or `*`, unless a hierarchy is
    given. Out: the same rows. Refuses tables of fewer than k rows. Missing is a value of its own.

    Rules can ask that groups are also mixed in a sensitive column (l-diversity, t-closeness, beta-likeness), so that
    a group does not give away what all its people share. Rows that no group can take without breaking a rule are
    left out, and the log says how many; with a size rule alone that never happens.

    With whole households, columns that are the same for all members (the district, the roof) stay the same for all
    members: households are made alike first, then people within households that are written alike. Where somebody must
    leave for a rule, the whole household does.

    Combinations of levels are tried from the least to the greatest loss. Rows that find a group keeping the rules are
    done; a group too one-sided for t-closeness gives up the rows that make it so, which find a coarser group.

    Source: Sweeney (2002), doi:10.1142/S0218488502001648; local recoding: Xu et al. (2006),
    doi:10.1145/1150402.1150504; l-diversity: Machanavajjhala et al. (2007), doi:10.1145/1217299.1217302;
    t-closeness: Li et al. (2007), doi:10.1109/ICDE.2007.367856.
    """

    method: Literal["k_anonymity"] = "k_anonymity"
    title: ClassVar[str] = "Groups of people who look alike"
    group: ClassVar[Group] = "categories"
    k: int = param(
        "How many people must look alike at least?", default=5, ge=2, le=10_000, search=(3, 20), unit="rows",
        why="With 5, someone who knows all these values of a person still faces at least 5 possible rows.",
    )
    columns: KeyColumns = param(
        "Which columns could an outsider know?", default=(),
        why="Left empty: all columns with the role quasi-identifier.",
    )
    hierarchies: Annotated[dict[str, Hierarchy], ColumnPick()] = param(
        "Which groups do values belong to?", default={},
        why="Left empty: bands for numbers, month and year for dates, otherwise the value or nothing.",
    )
    rules: tuple[Rule, ...] = param(
        "What else must hold in each group?", default=(),
        why="Five people who look alike and all have the same illness are no secret.",
    )
    importance: Annotated[dict[str, float], ColumnPick()] = param(
        "Which columns matter most to you?", default={}, advanced=True,
        why="A column with 2 is spared at the cost of columns with 1.",
    )

    within: Annotated[tuple[str, ...], ColumnPick()] = param(
        "Which columns keep groups apart?", default=(), advanced=True,
        why="Each part of the file (a state, a survey round) is protected by itself; these columns stay as they are.",
    )
    whole_households: bool = whole_households(
        "Otherwise the district that is hidden for one member can be read from another."
    )

    def check(self, table: Table) -> None:
        names = chosen(table, self.columns)
        table.require(self.hierarchies)
        plant_all(table, names, self.hierarchies)
        check_alike(table, names, self.k, self.rules, self.within, self.importance)
        if self.whole_households:
            check_whole_households(table, names, self.rules, self.within)

    def foresee(self, table: Table) -> Table:
        names = chosen(table, self.columns)
        return table.with_columns({n: table[n].with_kind("category") for n in names})

    def apply(self, table: Table, run: Run) -> Table:
        names = chosen(table, self.columns)
        if self.whole_households and table.rows:
            return make_households_alike(
                table, names, lambda t, some: plant_all(t, some, self.hierarchies), self.k, self.rules, self.within,
                self.importance, run,
            )
        return make_alike(table, lambda t: plant_all(t, names, self.hierarchies), self.k, self.rules, self.within,
                          self.importance, run)

    def claims(self, table: Table) -> tuple[Claim, ...]:
        names = chosen(table, self.columns)
        whole = {n: self.hierarchies.get(n, Automatic()) for n in names}
        together = (stay_common(table, names), none_torn(table)) if self.whole_households else ()
        return (*alike_claims(table, names, self.k, self.rules, self.within, whole), *together)

    def in_words(self) -> str:
        return f"Groups of at least {self.k} who look alike"
