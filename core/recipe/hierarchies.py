"""The hierarchies of a recipe: said once for a column, used by every step that puts its values into groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from core.declare import Declared, build
from core.protect.hierarchies.hierarchy import Automatic, Hierarchy
from core.protect.method import Method
from core.protect.recoding.generalise import Coarser, Generalise
from core.table import SUPPRESSED, Column, Table

S = TypeVar("S", bound=Declared)


def read(given: Mapping[str, object]) -> dict[str, Hierarchy]:
    """Hierarchies from plain data, by column; a Problem that names the setting that does not fit, never a value."""
    return {str(name): build(Coarser, {"hierarchy": plain}).hierarchy for name, plain in given.items()}


def planted(step: S, given: Mapping[str, Hierarchy], table: Table, start: Table) -> S:
    """The step with the recipe's hierarchies where it names none of its own.

    table  as it stands before the step; `start` as it was before the first one. A column that an earlier step has
           written in other words (30-39 for 37) is left to the step: the hierarchy would not know them.
    """
    usable = {
        name: hierarchy
        for name, hierarchy in given.items()
        if name in table.columns and name in start.columns and in_own_words(table[name], start[name])
    }
    if not usable:
        return step
    if isinstance(step, Generalise):
        own = {n: c for n, c in step.columns.items() if n in usable and c.hierarchy == Automatic()}
        new = {n: c.model_copy(update={"hierarchy": usable[n]}) for n, c in own.items()}
        return step.model_copy(update={"columns": {**step.columns, **new}}) if new else step
    if "hierarchies" not in type(step).model_fields:
        return step
    named: Any = step
    worked_on = named.columns or table.having("quasi_identifier")
    more = {n: h for n, h in usable.items() if n in worked_on}
    return step.model_copy(update={"hierarchies": {**more, **named.hierarchies}})


def in_own_words(column: Column, before: Column) -> bool:
    """Whether a column still holds nothing but values it held at first, and `*`."""
    if column is before:
        return True
    return set(column.values.to_pylist()) <= {*before.values.to_pylist(), SUPPRESSED}


def bare(step: Method, given: Mapping[str, Hierarchy], names: frozenset[str] = frozenset()) -> Method:
    """The step without the hierarchies that the recipe says anyway, and without those of the columns `names`."""
    if isinstance(step, Generalise):
        new = {
            n: c.model_copy(update={"hierarchy": Automatic()}) if n in names or given.get(n) == c.hierarchy else c
            for n, c in step.columns.items()
        }
        return step.model_copy(update={"columns": new})
    own = getattr(step, "hierarchies", None)
    if not own:
        return step
    kept = {n: h for n, h in own.items() if n not in names and given.get(n) != h}
    return step.model_copy(update={"hierarchies": kept})
