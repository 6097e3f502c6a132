"""The part `expects` of a recipe: what later files are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.problem import Problem
from core.table import KINDS


def checked(given: object) -> dict[str, dict[str, Any]]:
    """The part `expects` of a recipe from plain data, or a Problem."""
    wrong = Problem(
        "The part “expects” of the recipe does not fit.",
        "Write “column: {form}” for each column.",
        form="{kind: category, categories: [a, b]}",
    )
    if not isinstance(given, Mapping):
        raise wrong
    found: dict[str, dict[str, Any]] = {}
    for name, about in given.items():
        if not isinstance(about, Mapping) or set(about) - {"kind", "categories"}:
            raise wrong
        if about.get("kind", "text") not in KINDS:
            raise wrong
        found[str(name)] = {"kind": about["kind"]} if "kind" in about else {}
        if "categories" in about:
            if not isinstance(about["categories"], (list, tuple)):
                raise wrong
            found[str(name)]["categories"] = [str(c) for c in about["categories"]]
    return found
