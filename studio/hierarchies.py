"""The groups of a column's values as the pages see them: the ways they can be made, what is saved, what they do."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NamedTuple, get_args

from core.declare import build, dump
from core.language import translate as _
from core.problem import Problem
from core.protect.hierarchies.grouping import Group, Level, Rows, as_rule, groups, levels, rows_of
from core.protect.hierarchies.hierarchy import Automatic, Bands, FromRows, Hierarchy, Rule
from core.protect.hierarchies.tree import Tree
from core.protect.recoding.generalise import Coarser, Generalise
from core.recipe.hierarchies import bare
from core.store import Project
from core.table import Column
from studio import context, desk

HAND, FILE = "hand", "file"
"""Ways that are no rule: groups put together by hand, and a file."""
BANDS = {
    "width": "Bands of equal width",
    "equal": "Bands with about equally many rows",
    "cuts": "Bands I choose myself",
}


class Way(NamedTuple):
    """One way to make groups: its name in the address of widgets, what it is called, and its rule where it is one."""

    name: str
    title: str
    rule: type[Rule] | None = None


def columns(project: Project) -> list[str]:
    """Columns that can be put into groups: first those that someone could know."""
    table = desk.original(project)
    known = table.having("quasi_identifier")
    left_out = (*known, *table.having("direct_identifier", "drop", "weight", "household"))
    return [*known, *(n for n in table.names if n not in left_out)]


def ways(column: Column) -> list[Way]:
    """The ways that make sense for what the column holds, the automatic one first."""
    found = [Way("automatic", Automatic.title, Automatic)]
    number = column.kind == "number"
    if number:
        found += [Way(name, title, Bands) for name, title in BANDS.items()]
    for rule in get_args(get_args(Hierarchy)[0]):
        if rule not in (Automatic, Bands, FromRows) and not (number and _by_letters(rule)) and _covers(rule, column):
            found.append(Way(_name_of(rule), rule.title, rule))
    return [*found, Way(HAND, "Groups I put together by hand"), Way(FILE, "From a file")]


def _by_letters(rule: type[Rule]) -> bool:
    """Numbers are no codes, and none of them is rare among thousands."""
    return _name_of(rule) in ("prefix", "frequent")


def _name_of(rule: type[Rule]) -> str:
    return str(rule.model_fields["kind"].default)


def _covers(rule: type[Rule], column: Column) -> bool:
    """Whether the rule knows at least half of the values by itself: “other” for all of them helps nobody."""
    strict = {"unknown": "stop"} if "unknown" in rule.model_fields else {}
    try:
        paths = build(rule, strict).paths(column)
    except Problem:
        return False
    return 2 * sum(p is not None for p in paths) >= max(len(paths), 1)


def way_of(rule: Rule) -> str:
    """The way that makes this rule."""
    if isinstance(rule, FromRows):
        return HAND
    if isinstance(rule, Bands):
        return "cuts" if rule.cuts else "width" if rule.widths else "equal"
    return _name_of(type(rule))


def first_widths(column: Column) -> tuple[float, float, float]:
    """Three widths to begin with: about sixteen bands, then eight, then four; round ones."""
    held = column.value_numbers[~(column.value_numbers != column.value_numbers)]
    span = float(held.max() - held.min()) if len(held) else 0.0
    exact = (span or 16.0) / 16
    unit = 10.0 ** math.floor(math.log10(exact))
    width = next(step * unit for step in (1, 2, 5, 10) if step * unit >= exact * 0.999)
    return width, 2 * width, 4 * width


# --- what is saved


def saved(project: Project, name: str) -> Rule:
    """The hierarchy of a column: said in the recipe, or by the first step that has one; else the automatic one."""
    recipe = desk.recipe(project)
    if name in recipe.hierarchies:
        return recipe.hierarchies[name]
    for step in recipe.steps:
        own: Mapping[str, Rule] = getattr(step, "hierarchies", {})
        if isinstance(step, Generalise):
            own = {n: c.hierarchy for n, c in step.columns.items()}
        if name in own:
            return own[name]
    return Automatic()


def save(project: Project, name: str, rule: Rule, note: str) -> None:
    """Says the hierarchy of a column, for every step: what a step said of it itself goes. It is checked first.

    A step that makes the column coarser keeps its level, or takes the highest there now is.
    """
    depth = tree(project, name, rule).depth
    recipe = desk.recipe(project)
    said = {n: dump(h) for n, h in recipe.hierarchies.items()}
    said[name] = dump(rule)
    if isinstance(rule, Automatic):
        del said[name]
    steps = [bare(step, {}, frozenset({name})) for step in recipe.steps]
    desk.change(project, note, hierarchies=said, steps=[_within(dump(step), name, depth) for step in steps])


def _within(step: dict[str, Any], name: str, depth: int) -> dict[str, Any]:
    coarser = step["columns"].get(name) if step["method"] == "generalise" else None
    if coarser and coarser.get("level", 1) > depth:
        coarser["level"] = depth
    return step


def make_coarser(project: Project, name: str, level: int) -> None:
    """Everyone's value of this column is written on this level: in the step that does so already, or a new one."""
    done = desk.recipe(project).data()["steps"]
    at = next((i for i, s in enumerate(done) if s["method"] == "generalise" and name in s["columns"]), None)
    if at is None:
        new = dump(Generalise(columns={name: Coarser(level=level)}))
        first = next((i for i, s in enumerate(done) if s["method"] in BEFORE), len(done))
        desk.add_step(project, new, first)
    else:
        coarser = {**done[at]["columns"][name], "level": level}
        desk.change_step(project, at, {**done[at], "columns": {**done[at]["columns"], name: coarser}})


BEFORE = ("k_anonymity", "full_domain", "mondrian", "local_suppression", "drop_risky_rows", "protect_at_risk",
          "shuffle_rows", "record_ids")
"""Steps that look at how many rows are alike: a column is made coarser before them."""


def level_of(project: Project, name: str) -> int:
    """The level everyone's value of this column is written on now; 0 where no step says so."""
    coarse = [s for s in desk.recipe(project).steps if isinstance(s, Generalise) and name in s.columns]
    return coarse[0].columns[name].level if coarse else 0


# --- what it does


def _key(project: Project, name: str, rule: Rule) -> tuple[object, ...]:
    recipe = desk.recipe(project)
    settings = [recipe.kinds, recipe.roles, recipe.read, dump(rule), name]
    return (project.id, context.stamp(project.id, desk.TABLE), json.dumps(settings, ensure_ascii=False))


def tree(project: Project, name: str, rule: Rule) -> Tree:
    """The hierarchy planted on the column as it came; a Problem if values are not covered or have two parents."""
    column = desk.original(project)[name]
    return context.keep(("tree", *_key(project, name, rule)), lambda: rule.plant(column, name))


def what_levels_do(project: Project, name: str, rule: Rule) -> list[Level]:
    """Per level: its groups, and how small the classes are together with what else someone could know."""
    table, k = desk.original(project), desk.target(project).k
    others = [table[n] for n in table.having("quasi_identifier") if n != name]
    planted = tree(project, name, rule)
    return context.keep(
        ("levels", k, *_key(project, name, rule)), lambda: levels(planted, table[name], others, k)
    )


def what_groups_hold(project: Project, name: str, rule: Rule, level: int) -> list[Group]:
    return groups(tree(project, name, rule), desk.original(project)[name], level)


def rows(project: Project, name: str, rule: Rule) -> Rows:
    """The hierarchy as rows, to be edited or handed out."""
    column = desk.original(project)[name]
    return context.keep(("rows", *_key(project, name, rule)), lambda: rows_of(rule, column, name))


def save_rows(project: Project, name: str, new: Rows, note: str) -> None:
    save(project, name, as_rule(new), note)


def in_words(name: str, way: str) -> str:
    """A note for the list of what was decided; never a value."""
    return _("Groups of “{column}”: {way}", column=name, way=_(way))
