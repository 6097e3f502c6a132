"""Codes of a release turned back into values, by who holds the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from core.problem import Problem
from core.protect import METHODS
from core.protect.identifiers.format_preserving import FormatPreserving
from core.protect.identifiers.pseudonymise import Pseudonymise
from core.protect.method import Run
from core.protect.secrets import VERSIONED, Secrets
from core.recipe.recipe import Recipe
from core.table import MISSING, SUPPRESSED, Column, Table


class Turned(NamedTuple):
    """One column: the method that made its codes, how many different ones were turned back, how many are unknown."""

    method: str
    values: int
    unknown: int


class Back(NamedTuple):
    table: Table
    columns: Mapping[str, Turned]


def detokenise(
    recipe: Recipe, release: Table, secrets: Secrets, original: Table | None = None,
    columns: tuple[str, ...] | None = None, versions: Mapping[str, int] | None = None,
) -> Back:  # fmt: skip
    """The release with its codes turned back; values come in the one spelling they were brought into.

    Codes of the same form (`format_preserving`) are decrypted. Tokens (`pseudonymise`) are one-way: the people of
    `original` are tokenised again and looked up, and codes of nobody in it stay as they are and are counted.
    versions  key name -> version it had when the release was made, where it was rotated since

    Raises Problem if no column was made by such a step, a key is missing or destroyed, a cell is no such code, or a
    column was changed by two such steps.
    """
    release.require(columns or ())
    if recipe.secrets and recipe.secrets != secrets.id:
        raise Problem(
            "The secrets are not the ones this recipe was made with.",
            "Give the secrets with the id {wanted}.",
            wanted=recipe.secrets,
        )
    made: dict[str, tuple[int, FormatPreserving | Pseudonymise]] = {}
    for number, step in enumerate(recipe.steps, start=1):
        if isinstance(step, (FormatPreserving, Pseudonymise)):
            for name in step.columns:
                if name in made:
                    raise Problem(
                        "Two steps replaced “{column_name}” by codes.", "Turn back one at a time, the last first.",
                        column=name, column_name=name, step=number,
                    )  # fmt: skip
                made[name] = (number, step)
    wanted = [n for n in (columns or tuple(made)) if n in made and n in release.columns]
    if not wanted:
        raise Problem(
            "There are no codes to turn back.",
            "The recipe has no step “pseudonymise” or “format_preserving” for a column of this file.",
        )
    table, turned = release, {}
    for name in wanted:
        number, step = made[name]
        run = Run(_pinned(secrets, step.key, versions or {}), number)
        column, unknown = _turn(step, name, table, original, run)
        turned[name] = Turned(METHODS.name_of(step), len(table[name].values) - unknown, unknown)
        table = table.with_columns({name: column})
    return Back(table, turned)


def _pinned(secrets: Secrets, key: str, versions: Mapping[str, int]) -> Secrets:
    """The same secrets, with the version asked for standing as the key of that name."""
    if key not in versions:
        # Another version would give numbers that look right and are wrong; nothing in a code tells which it was.
        if secrets.versions.get(key, 1) > 1 and not VERSIONED.fullmatch(key):
            raise Problem(
                "The key “{key}” was rotated: there are {count} versions of it.",
                "Say which one made the release, as in the log that `protect` wrote (--log, or --key-version).",
                key=key,
                count=secrets.versions[key],
            )
        return secrets
    held = secrets.key(f"{key}.v{versions[key]}")
    return Secrets(
        secrets.id, secrets.seed, {**secrets.keys, key: held}, versions={**secrets.versions, key: versions[key]}
    )


def _turn(
    step: FormatPreserving | Pseudonymise, name: str, table: Table, original: Table | None, run: Run
) -> tuple[Column, int]:
    if isinstance(step, FormatPreserving):
        only = step.model_copy(update={"columns": (name,)})
        return only.reverse(table, run)[name], int(SUPPRESSED in table[name].values.to_pylist())
    if original is None:
        raise Problem("Tokens are one-way: “{column_name}” needs the people to compare with.",
                      "Give the original table, or any table that holds them in a column of that name (--original).",
                      column=name, column_name=name)  # fmt: skip
    people = original[name]
    tokens = step.model_copy(update={"columns": (name,)}).apply(Table.of({name: people}), run)[name]
    first: dict[str, str] = {}
    values, codes = people.values.to_pylist(), tokens.values.to_pylist()
    for value, code in zip(people.codes.tolist(), tokens.codes.tolist(), strict=True):
        if code != MISSING:
            first.setdefault(codes[code], values[value])
    unknown = sum(v not in first for v in table[name].values.to_pylist())
    return table[name].recode(lambda v: first.get(v, v), "text"), unknown
