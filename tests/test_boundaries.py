"""Arrows run one way: pages -> studio -> core, and inside core from the ground up. Read off the imports themselves."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FLOORS = (
    {"problem", "language", "redact", "glossary"},
    {"whole"},
    {"declare"},
    {"store", "jobs"},
    {"table"},
    {"detect", "risk"},
    {"utility", "protect", "query"},
    {"synthesise", "attack"},
    {"recipe"},
    {"sample", "sample_words", "compare", "policy"},
    {"release"},
    {"project"},
    {"training", "others"},
    {"weighing"},
    {"work"},
    {"command_line"},
    {"commands"},
    {"__main__"},
)
"""Inside core, from the ground up. A room imports from its own floor only itself, and anything from below."""

JOINED = {
    ("protect", "utility"),
    ("problem", "language"),
    ("jobs", "store"),
    ("risk", "detect"),
    ("query", "protect"),
    ("sample", "sample_words"),
    ("attack", "synthesise"),
}
"""Neighbours on one floor where the first may use the second."""

LATE = {("jobs", "work"), ("store", "protect")}
"""The worker process looks up what it can do when it starts; nothing below depends on it."""

PROTECT = (
    {"secrets", "keys", "cells", "changes", "kernels"},
    {"method"},
    {"hierarchies", "households"},
    {"promises"},
    {"identifiers", "rows_and_columns"},
    {"free_text", "recoding"},
    {"suppression", "perturbation"},
    {"files", "defaults", "search", "warm"},
)
"""Inside core/protect, the same. Its `__init__` names every method and stands above them all."""

HEAVY = {
    "numpy",
    "sdv",
    "torch",
    "presidio_analyzer",
    "presidio_anonymizer",
    "spacy",
    "sqlalchemy",
    "opendp",
    "polars",
    "pandas",
}
"""What a page may not import: arithmetic, SQL and seconds of start-up belong in core."""


def imports(path: Path) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "core":
                yield from ((f"core.{alias.name}", node) for alias in node.names)
            else:
                yield node.module, node


def files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", files("core"), ids=lambda p: str(p.relative_to(ROOT)))
def test_core_imports_only_from_below(path: Path) -> None:
    floor = {room: i for i, rooms in enumerate(FLOORS) for room in rooms}
    room = path.relative_to(ROOT / "core").parts[0].removesuffix(".py")
    if room == "__init__":
        return
    for name, node in imports(path):
        assert name.split(".")[0] not in {"streamlit", "studio", "pages"}, f"{path.name} imports {name}"
        if not name.startswith("core."):
            continue
        other = name.split(".")[1]
        if other == room or (room, other) in JOINED or (room, other) in LATE:
            continue
        assert floor[other] < floor[room], (
            f"{path.relative_to(ROOT)}, line {node.lineno}: {room} may not import {other}"
        )


@pytest.mark.parametrize("path", files("core/protect"), ids=lambda p: str(p.relative_to(ROOT / "core/protect")))
def test_protect_imports_only_from_below(path: Path) -> None:
    floor = {room: i for i, rooms in enumerate(PROTECT) for room in rooms}
    room = path.relative_to(ROOT / "core/protect").parts[0].removesuffix(".py")
    if room == "__init__":
        return
    for name, node in imports(path):
        if not name.startswith("core.protect."):
            continue
        other = name.split(".")[2]
        assert other == room or floor[other] < floor[room], (
            f"{path.relative_to(ROOT)}, line {node.lineno}: {room} may not import {other}"
        )


@pytest.mark.parametrize("path", files("studio"), ids=lambda p: p.name)
def test_studio_does_not_import_pages(path: Path) -> None:
    assert not [n for n, _ in imports(path) if n.split(".")[0] == "pages"]


@pytest.mark.parametrize("path", files("pages"), ids=lambda p: p.name)
def test_pages_only_show(path: Path) -> None:
    assert not {n.split(".")[0] for n, _ in imports(path)} & HEAVY


@pytest.mark.parametrize("path", files("pages") + files("studio"), ids=lambda p: p.name)
def test_only_context_touches_the_session_and_the_url(path: Path) -> None:
    if path.name == "context.py":
        return
    touched = [
        n
        for n in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(n, ast.Attribute) and n.attr in ("session_state", "query_params")
    ]
    assert not touched, f"{path.name}, line {touched[0].lineno}"


def test_no_group_by_on_keys_outside_the_kernel() -> None:
    # leaks.py groups words of free text; the others count keys where they are meant to.
    allowed = {"core/risk", "core/utility", "core/protect/promises/recount.py", "core/protect/free_text/leaks.py"}
    for path in files("core"):
        place = str(path.relative_to(ROOT))
        if any(place.startswith(a) for a in allowed):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            assert not (isinstance(node, ast.Attribute) and node.attr in ("groupby", "group_by")), (
                f"{place}, line {node.lineno}"
            )


def test_importing_a_room_starts_nothing_heavy() -> None:
    import subprocess
    import sys

    rooms = ["table.reading", "detect", "risk", "protect", "store", "jobs", "release", "utility", "compare"]
    heavy = ["torch", "sdv", "spacy", "presidio_analyzer", "streamlit", "opendp", "sklearn"]
    code = f"import sys, {', '.join('core.' + r for r in rooms)}; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
