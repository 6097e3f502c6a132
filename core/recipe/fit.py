"""Next month's file: read the way the recipe's file was read, and told how it differs from that one."""

from __future__ import annotations

from collections.abc import Mapping

from core.problem import Problem
from core.recipe.recipe import Recipe
from core.table import KINDS, Kind, Table
from core.table.findings import Finding, finding
from core.table.typing import expectation, fits, retype

LISTED_FROM = 10
"""Rows in which a category must stand to be named in a recipe: a rare one could point to a person."""


def with_expectation(recipe: Recipe, table: Table) -> Recipe:
    """The recipe with what later files are compared with: each column's kind, and its categories.

    Categories of direct identifiers, and those in fewer than 10 rows, are not named: a recipe may be handed on.
    """
    found = expectation(table, at_least=LISTED_FROM)
    for name, about in found.items():
        if table.role(name) == "direct_identifier" or recipe.roles.get(name) == "direct_identifier":
            about.pop("categories", None)
    return recipe.model_copy(update={"expects": found})


def expected_kinds(recipe: Recipe) -> dict[str, Kind]:
    """Column -> kind, as chosen in the recipe, else as it was in the file the recipe was made for."""
    kinds: dict[str, Kind] = {n: a["kind"] for n, a in recipe.expects.items() if a.get("kind") in KINDS}
    return {**kinds, **recipe.kinds}


def read_as_before(
    recipe: Recipe, table: Table, as_text: Table | None, answers: Mapping[str, str]
) -> tuple[Table, tuple[Finding, ...]]:
    """The table with the kinds that the recipe expects, and how it differs from the recipe's file.

    table, as_text, answers  as a `Reading` has them. A column whose cells no longer fit the kind they had keeps the
    kind proposed now, and that is one of the differences; where the recipe itself names the kind, it is a Problem.
    """
    new, found = {}, []
    for name, kind in expected_kinds(recipe).items():
        if as_text is None or name not in table.columns or table.columns[name].kind == kind:
            continue
        try:
            new[name] = retype(Table({name: as_text.columns[name]}), {name: kind}, answers).columns[name]
        except Problem as problem:
            if name in recipe.kinds:
                raise
            found.append(finding("TYPE_MISMATCH", "{said}", {"column": name}, said=problem.what))
    table = table.with_columns(new)
    told = {f.where["column"] for f in found if f.where}
    others = fits(table, recipe.expects) if recipe.expects else ()
    return table, (*found, *(f for f in others if not (f.where and f.where["column"] in told)))


def require_fit(differences: tuple[Finding, ...]) -> None:
    """Stop where columns are new, gone or of another kind: a new one would go out as nobody decided.

    New categories alone are said and let pass: methods that cannot place them stop by themselves.
    """
    serious = [f for f in differences if not f.note]
    if serious:
        raise Problem(
            "The file no longer fits the recipe: {differences}",
            "Bring the file in the form it had, or change the recipe; --accept-changes carries it out all the same.",
            differences=" ".join(f.message for f in serious[:10]),
            column=(serious[0].where or {}).get("column"),
        )
