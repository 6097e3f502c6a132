"""Two linked tables: households and their members, hospitals and their patients; every child row has its parent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.problem import Problem
from core.protect.method import Run
from core.synthesise.conditional import Conditional
from core.synthesise.households import Chain, numbered
from core.synthesise.synthesizer import FEWEST, new_table
from core.table import Table


@dataclass(frozen=True)
class Linked:
    """Two new tables, and how many children had no parent and were not learned from."""

    parents: Table
    children: Table
    orphans: int


def synthesise_linked(
    parents: Table, children: Table, key: str, child_key: str, step: Conditional, run: Run
) -> Linked:
    """New parents with new children: as many of each parent as there are, and each child with a parent that is there.

    key        the column of `parents` that numbers them; no two rows share a number
    child_key  the column of `children` that names the parent's number
    step       how columns are learned. `rows` counts parents; rules, `more` and `keep` are for one table and refused

    Each parent is learned with the number of its children; the first child given the parent, each further one given
    the parent, the first, and the one before. Direct identifiers leave both tables; numbers are new.
    """
    _check(parents, children, key, child_key, step)
    split, fit, draw = run.rng().spawn(3)
    back = split.random(parents.rows) < step.control
    if parents.row_ids is not None and back.any():
        run.control.append(parents.row_ids[back])
    real = parents.take(~back)
    if real.rows < FEWEST:
        raise Problem(
            "Only {count} rows are left to learn from; a synthesizer needs at least {fewest}.",
            "Hold back a smaller control group.", count=real.rows, fewest=FEWEST,
        )
    of = _parent_of(real, children, key, child_key)
    all_of = _parent_of(parents, children, key, child_key)
    rows = np.flatnonzero(of >= 0)
    rows = rows[np.argsort(of[rows], kind="stable")]
    size = np.bincount(of[rows], minlength=real.rows)
    homes = Table({n: real[n] for n in _learned(step, real, key)})
    people = Table({n: children[n].take(rows) for n in _learned(step, children, child_key)})
    homes, _ = step.common(homes, np.arange(homes.rows), fit)
    people, _ = step.common(people, of[rows], fit)
    chain = Chain.learned(step, homes, people, size, fit, run.progress, least=0)
    count = parents.rows if step.rows is None else step.rows
    made, members, home = chain.draw(count, draw)
    ids = numbered(np.arange(1, count + 1), count, parents[key].kind)
    theirs = numbered(home + 1, count, children[child_key].kind)
    return Linked(
        new_table(parents, {**made.columns, key: ids}), new_table(children, {**members.columns, child_key: theirs}),
        int((all_of < 0).sum()),
    )


def _learned(step: Conditional, table: Table, key: str) -> tuple[str, ...]:
    return tuple(n for n in step.learned(table.with_roles({key: "drop"})) if n != key)


def _parent_of(parents: Table, children: Table, key: str, child_key: str) -> np.ndarray:
    """(children,) the row of each child's parent, -1 where there is none."""
    place = {v: i for i, v in enumerate(parents[key].texts())}
    of_value = [place.get(v, -1) for v in children[child_key].values.to_pylist()]
    return np.array([*of_value, -1], np.int64)[children[child_key].codes]


def _check(parents: Table, children: Table, key: str, child_key: str, step: Conditional) -> None:
    parents.require([key])
    children.require([child_key])
    if parents[key].missing.any() or len(parents[key].values) != parents.rows:
        raise Problem(
            "“{column_name}” does not number the rows: a number is missing or stands twice.",
            "Choose the column in which every row has a number of its own.", column=key, column_name=key,
        )
    if step.rules or step.more or step.keep:
        raise Problem(
            "Rules, more rows and columns that are kept are for one table.", "Leave them out for two linked tables.",
        )
    if not (_parent_of(parents, children, key, child_key) >= 0).any():
        raise Problem(
            "No row of the second table belongs to a row of the first.",
            "Check that the two columns hold the same numbers, written alike.", column=child_key,
        )
    for table, name in ((parents, key), (children, child_key)):
        step.model_copy(update={"households": False, "leave_out": ()}).check(table.with_roles({name: "drop"}))
