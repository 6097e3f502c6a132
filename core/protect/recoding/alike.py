"""What the methods that make rows look alike share: their checks, and the run over groups, rules and strata."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from core.problem import Problem
from core.protect.hierarchies.hierarchy import Automatic, Hierarchy
from core.protect.hierarchies.recoding import Floats, Ints, Recoding
from core.protect.hierarchies.tree import Tree
from core.protect.households import (
    by_household,
    check_households,
    first_and_member,
    households_in,
    is_common,
)
from core.protect.method import Claim, Run
from core.protect.promises.claims import at_least_k
from core.protect.promises.meant import in_groups
from core.protect.promises.population import (
    KMap,
    census_codes,
    groups_of,
    k_map_claim,
    k_maps,
    raised,
    widened,
)
from core.protect.promises.recount import class_sizes
from core.protect.promises.rules import MixRule, all_keep, check_values, coded, mix_rules, mixed
from core.protect.recoding.local_recoding import Grouped, Mix, group_rows
from core.table import Column, Table
from core.table.column import Codes

T_CLOSENESS = 3
"""Rules of this kind and above judge a group by the spread in the whole table."""

Rules = tuple[MixRule | KMap, ...]
Plant = Callable[[Table], Mapping[str, Tree]]
"""The trees of the columns to be recoded, planted on a table."""


def make_alike(
    table: Table, plant: Plant, k: int, rules: Rules, within: tuple[str, ...],
    importance: Mapping[str, float], run: Run, costs: Callable[[Recoding], Recoding] = lambda r: r,
) -> Table:
    """The table with at least k rows in every class that keeps the rules; rows no group can take are left out.

    within  columns that are not changed, and between which no rows are put together
    costs   changes what a loss in a column costs, where the share of the domain is not the measure
    """
    enough_rows(table, k)
    if not table.rows:
        return table
    trees, recoding, populations = _ready(table, plant, rules, within, importance)
    recoding = costs(recoding)
    mixes = mix_rules(rules)
    names = (*trees, *within)
    if not mixes:
        grouped = group_rows(recoding, k, progress=run.progress)
        released = _written(table, recoding, grouped.levels, grouped.dropped, populations)
        _say(run, table, released, recoding, grouped)
        return released
    paths = {rule: rule.paths(table) for rule in mixes}
    recoding = recoding.by_row()
    for tighter in (1.0, 0.97, 0.9, 0.8, 0.6):
        grouped = group_rows(recoding, k, mix_of(table, mixes, tighter), run.progress)
        released = _written(table, recoding, grouped.levels, grouped.dropped, populations)
        # Rows left out change the spread of the whole file, against which groups are judged.
        if released.rows and all(all_keep(released, names, rule, paths[rule]) for rule in mixes):
            _say(run, table, released, recoding, grouped)
            return released
    raise Problem("No way was found to keep all rules at once.", "Ask for less: a smaller l, a larger t.")


def make_households_alike(
    table: Table, names: tuple[str, ...], plant: Callable[[Table, tuple[str, ...]], Mapping[str, Tree]], k: int,
    rules: Rules, within: tuple[str, ...], importance: Mapping[str, float], run: Run,
    costs: Callable[[Recoding], Recoding] = lambda r: r,
) -> Table:
    """As `make_alike`, where columns common to all members of each household stay common to them.

    First households are made alike in these columns, at least k of each kind; then their members in the other columns,
    only within households that are written alike. Where a rule can only be kept without somebody, the whole household
    is left out, and the others are made alike anew.
    """
    common = tuple(n for n in names if is_common(table, n))
    own = tuple(n for n in names if n not in common)
    rest = table
    while True:
        out, now = rest, Run(run.secrets, run.step, run.progress)
        if common:
            if households_in(out) < k:
                raise Problem("There are fewer than {k} households.", "Choose a smaller k, or ask for less.", k=k)
            out = by_household(out, common, lambda t, now=now: make_alike(  # type: ignore[misc]
                t, lambda u: plant(u, common), k, (), within, importance, now, costs))
        if own or rules:
            out = make_alike(out, lambda u: plant(u, own), k, rules, (*within, *common), importance, now, costs)
        if out.rows == rest.rows:
            break
        # row_ids tell who is gone; the households they belong to go as well.
        _first, member = first_and_member(rest)
        gone = ~np.isin(_ids(rest), _ids(out))
        rest = rest.take(~np.isin(member, member[gone]))
        if not rest.rows:
            raise Problem("No way was found to keep all rules at once.", "Ask for less: a smaller l, a larger t.")
    run.notes.extend(now.notes)
    if rest.rows < table.rows:
        run.note("Rows left out, with their whole households, because no group with them keeps what was asked: "
                 "{count:,}.", count=table.rows - rest.rows)
    return out


def _ids(table: Table) -> np.ndarray:
    if table.row_ids is None:
        raise Problem("Rows of new people belong to no household of the file.", "Treat every row on its own.")
    return table.row_ids


def _ready(
    table: Table, plant: Plant, rules: Rules, within: tuple[str, ...], importance: Mapping[str, float]
) -> tuple[Mapping[str, Tree], Recoding, list[tuple[KMap, Codes, Floats]]]:
    """The trees, the table made ready, and for each rule about the population its codes and people."""
    maps = k_maps(rules)
    bare = (*plant(table), *within) if maps else ()
    censuses = [rule.population.census(table, bare) for rule in maps]
    wide = widened(table, censuses)
    trees = plant(wide)
    whole = {**trees, **{n: unchanged(wide[n]) for n in within}}
    recoding = Recoding.of(wide, whole, importance)
    ready = [(rule, census_codes(wide, census, tuple(whole)), census.people)
             for rule, census in zip(maps, censuses, strict=True)]
    return trees, recoding, ready


def _written(
    table: Table, recoding: Recoding, levels: Ints, dropped: np.ndarray,
    populations: Sequence[tuple[KMap, Codes, Floats]],
) -> Table:
    dropped = dropped.copy()
    for rule, codes, people in populations:
        levels, left = raised(recoding, levels, codes, people, rule.k)
        dropped[left] = True
    return recoding.write(table, levels).take(~dropped[recoding.item_of])


def _say(run: Run, before: Table, after: Table, recoding: Recoding, grouped: Grouped) -> None:
    merged = int(recoding.weight[grouped.joined].sum())
    if merged:
        run.note("Left-over rows that joined the groups nearest to them: {count:,}.", count=merged)
    if after.rows < before.rows:
        run.note("Rows left out because no group with them keeps what was asked: {count:,}.",
                 count=before.rows - after.rows)


def check_alike(
    table: Table, names: tuple[str, ...], k: int, rules: Rules, within: tuple[str, ...],
    importance: Mapping[str, float],
) -> None:
    """What must hold before rows can be made alike; a Problem otherwise."""
    table.require([*importance, *within])
    check_importance(importance)
    enough_rows(table, k)
    check_rules(table, (*names, *within), rules)
    if set(within) & set(names):
        raise Problem("A column cannot be made coarser and keep rows apart at once.", "Name it only once.")
    small = sum(n < k for n in class_sizes(table, within)) if within else 0
    if small:
        raise Problem(
            "{count} of the groups by {columns} hold fewer than {k} rows.", "Choose a smaller k, or other columns.",
            count=small, columns=", ".join(within), k=k,
        )


def check_whole_households(table: Table, names: tuple[str, ...], rules: Rules, within: tuple[str, ...]) -> None:
    """What must hold besides before members of a household can change together."""
    check_households(table, within)
    if k_maps(rules):
        raise Problem("Members of a household cannot change together where people of the population are counted.",
                      "Leave out one of the two.")
    if rules and all(is_common(table, n) for n in names):
        raise Problem(
            "All these columns are the same for all members of a household, so rules about people cannot be kept.",
            "Add a column that differs within households, or treat every row on its own.",
        )


def alike_claims(
    table: Table, names: tuple[str, ...], k: int, rules: Rules, within: tuple[str, ...],
    hierarchies: Mapping[str, Hierarchy] | None = None,
) -> tuple[Claim, ...]:
    """What make_alike promises. hierarchies: of the columns that are made coarser; others are blanked or left."""
    whole = (*names, *within)
    return (
        at_least_k(whole, k),
        *(mixed(whole, rule, rule.paths(table)) for rule in mix_rules(rules)),
        *k_map_claims(table, whole, rules, hierarchies or {}),
    )


def k_map_claims(
    table: Table, names: tuple[str, ...], rules: Rules, hierarchies: Mapping[str, Hierarchy]
) -> tuple[Claim, ...]:
    out = []
    for rule in k_maps(rules):
        census = rule.population.census(table, names)
        groups = groups_of(widened(table, [census]), hierarchies, names)
        out.append(k_map_claim(names, rule, census, in_groups(groups), table))
    return tuple(out)


def unchanged(column: Column) -> Tree:
    """A tree of one level: the value itself, never `*`."""
    values = len(column.values)
    groups = np.arange(values + 1, dtype=np.int32)[None]
    return Tree(groups, ((*column.values.to_pylist(), None),), (np.ones(values + 1, np.int64),), values + 1)


def plant_all(table: Table, names: tuple[str, ...], hierarchies: Mapping[str, Hierarchy]) -> dict[str, Tree]:
    """Column name -> tree, by the hierarchy given, or an automatic one."""
    return {n: hierarchies.get(n, Automatic()).plant(table[n], n) for n in names}


def check_importance(importance: Mapping[str, float]) -> None:
    for name, weight in importance.items():
        if not 0 < weight < float("inf"):
            raise Problem(
                "The importance of “{column_name}” must be more than 0.",
                "Use 1 for ordinary, 2 for twice as important.",
                column=name, column_name=name,
            )


def enough_rows(table: Table, k: int) -> None:
    if 0 < table.rows < k:
        raise Problem("The table has {rows} rows; {k} of them can never look alike.", "Choose a smaller k.",
                      rows=table.rows, k=k)


def check_rules(table: Table, names: tuple[str, ...], rules: Rules) -> None:
    """A Problem if a rule's column is recoded itself, or the whole table does not keep the rule as one group."""
    table.require([rule.column for rule in mix_rules(rules)])
    check_values(table, mix_rules(rules))
    for rule in mix_rules(rules):
        table.require([rule.column])
        if rule.column in names:
            raise Problem(
                "“{column_name}” cannot be recoded and be the sensitive column of a rule at once.",
                "Give it the role sensitive, and leave it out of the columns.",
                column=rule.column, column_name=rule.column,
            )
        if table.rows and not all_keep(table, (), rule):
            raise Problem(
                "Even all rows together do not hold {promise}.", "Ask for less.",
                column=rule.column, promise=rule.words(),
            )
    for about in k_maps(rules):
        people = about.population.census(table, names).people.sum()
        if people < about.k:
            raise Problem("The population holds fewer than {k} people in all.", "Ask for less.", k=about.k)


def mix_of(table: Table, rules: tuple[MixRule, ...], tighter: float = 1.0) -> Mix:
    """The rules for the kernel, row by row; limits judged against the whole table made this much tighter."""
    sensitive, share, numbers = coded(table, rules)
    against_whole = numbers[:, 0] >= T_CLOSENESS
    numbers[against_whole, 3] *= tighter
    return Mix(sensitive, share, numbers, trim=len(sensitive) == 1 and bool(against_whole.any()))
