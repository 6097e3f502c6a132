"""Registers: what an attacker holds of people, given as a file or drawn from the original with errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from core.attack.attack import Scene
from core.risk.kernel import class_sizes
from core.table import Column, Table

Ints = npt.NDArray[np.int64]

ELSEWHERE, UNKNOWN, SHARED = -1, -2, -3
"""A person whose row was not released, or who is not in the data; one of whom nobody can say; and one who agrees with
several people of the data in all that the register says, so that nobody, nor the attacker, can tell them apart."""


@dataclass(frozen=True, eq=False)
class Register:
    """People an attacker holds, and the truth that only the owner of the original can tell.

    people  what is known of them
    owners  (people,) the released row of each, ELSEWHERE, UNKNOWN or SHARED
    given   True if it was given as a file
    """

    people: Table
    owners: Ints
    given: bool


def given(scene: Scene, register: Table, names: tuple[str, ...]) -> Register:
    """A register that was given. Who is who is told by names in both tables, else by agreeing in all columns.

    Names (direct identifiers of the original that the register has) are compared without case and spaces; somebody
    whose names are not in the original is taken not to be in it. Without names, people who are alone with their values
    both in the register and in the original and agree in all columns they share are the same. Who agrees with several
    people of the original is like several; of the rest nobody knows.
    """
    direct = tuple(n for n in scene.original.having("direct_identifier") if n in register.columns)
    shared = direct or tuple(n for n in scene.original.names if n in register.columns)
    mine, theirs = _rows([_plain(scene.original, shared), _plain(register, shared)])
    kinds, first, count = np.unique(mine, return_index=True, return_counts=True)
    at = np.minimum(np.searchsorted(kinds, theirs), len(kinds) - 1)
    same = kinds[at] == theirs
    alone = np.isin(theirs, _once(theirs)) & (count[at] == 1)
    released = scene.owners(scene.original)
    owners = np.where(same & alone, released[first[at]], UNKNOWN)
    if direct:
        owners[~same] = ELSEWHERE
    else:
        owners[same & ~alone] = SHARED
    people = Table({n: register[n].with_kind(scene.original[n].kind) for n in names}, {}, None)
    return Register(people, owners, True)


def drawn(scene: Scene, names: tuple[str, ...], known: float, errors: float, outdated: float) -> Register:
    """A register drawn from the original.

    known     share of the people it holds
    errors    share of its cells that are another person's
    outdated  share of its people of whom one value is an older one: a number a little off, else another person's
    """
    count = min(max(round(known * scene.original.rows), 1), scene.most)
    rows = np.sort(scene.rng.choice(scene.original.rows, count, replace=False))
    held = scene.original.take(rows)
    owners = scene.owners(held)
    old, which = scene.rng.random(count) < outdated, scene.rng.integers(len(names), size=count)
    columns = {}
    for i, name in enumerate(names):
        column = _mixed(held[name], scene.original[name], scene.rng.random(count) < errors, scene.rng)
        columns[name] = _older(column, scene.original[name], old & (which == i), scene.rng)
    return Register(Table(columns, {}, None), owners, False)


def _mixed(column: Column, original: Column, where: npt.NDArray[np.bool_], rng: np.random.Generator) -> Column:
    if not where.any():
        return column
    other = original.take(rng.integers(len(original), size=len(column)))
    texts = np.where(where, np.array(other.texts(), object), np.array(column.texts(), object))
    return Column.of(pa.array(texts.tolist(), pa.string()), column.kind)


def _older(column: Column, original: Column, where: npt.NDArray[np.bool_], rng: np.random.Generator) -> Column:
    numbers = column.numbers
    if column.kind != "number" or not np.isfinite(numbers).any():
        return _mixed(column, original, where, rng)
    step = max(float(np.nanstd(original.numbers)) / 20, 1.0)
    back = np.rint(np.abs(rng.normal(0, step, len(column)))) + 1
    return Column.of_numbers(np.where(where, numbers - back, numbers)) if where.any() else column


def _plain(table: Table, names: tuple[str, ...]) -> list[list[str]]:
    return [[" ".join((t or "").casefold().split()) for t in table[n].texts()] for n in names]


def _rows(sides: list[list[list[str]]]) -> tuple[Ints, Ints]:
    both = [Column.of([*a, *b]) for a, b in zip(*sides, strict=True)]
    kind = class_sizes(both).class_of.astype(np.int64)
    cut = len(sides[0][0])
    return kind[:cut], kind[cut:]


def _once(kinds: Ints) -> Ints:
    found, count = np.unique(kinds, return_counts=True)
    return np.asarray(found[count == 1])
