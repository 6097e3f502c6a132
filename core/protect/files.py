"""Files that a recipe names beside it: hierarchies and tables of the population, read into the recipe."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.problem import Problem
from core.protect.hierarchies.hierarchy import load_arx
from core.protect.promises.population import load_counts


def resolve_files(plain: Any, folder: Path) -> Any:
    """Recipe data with every hierarchy or population file replaced by its rows, so that the recipe stands alone.

    A hierarchy may be written `hierarchy: ages.csv` or `{kind: file, path: ages.csv}`, a table of the population
    `{kind: counts, path: census.csv}`, relative to the recipe.
    """
    if isinstance(plain, Mapping):
        if plain.get("kind") == "counts" and set(plain) == {"kind", "path"} and isinstance(plain["path"], str):
            return {"kind": "counts", "rows": [list(row) for row in load_counts(folder / plain["path"])]}
        if plain.get("kind") == "file" and set(plain) == {"kind", "path"}:
            return _rows_of(plain["path"], folder)
        return {k: _hierarchies(v, folder) if k in ("hierarchy", "hierarchies") else resolve_files(v, folder)
                for k, v in plain.items()}
    return [resolve_files(v, folder) for v in plain] if isinstance(plain, (list, tuple)) else plain


def _hierarchies(value: Any, folder: Path) -> Any:
    if isinstance(value, str):
        return _rows_of(value, folder)
    if isinstance(value, Mapping) and "kind" not in value:
        return {name: _hierarchies(v, folder) for name, v in value.items()}
    return resolve_files(value, folder)


def _rows_of(path: object, folder: Path) -> dict[str, Any]:
    if not isinstance(path, str):
        raise Problem("The path of a hierarchy file is no text.", "Write `path: name.csv`.")
    return {"kind": "rows", "rows": [list(row) for row in load_arx(folder / path)]}
