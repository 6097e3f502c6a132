"""What several commands are given, and where their results go: recipes, tables, answers, secrets, who acts."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.problem import Problem


def text_in(path: Path, called: str) -> str:
    """The text of a file; a Problem that calls it so if it cannot be opened."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        pass
    raise Problem("The {called} cannot be opened.", "Check the path and that it is a text file.", called=called)


def load(path: Path, called: str) -> Any:
    """A YAML file as plain data."""
    from core.recipe.yaml_text import parse

    return parse(text_in(path, called))


def load_recipe(path: Path) -> Any:
    """The recipe in a file, with the hierarchy files it names (beside it) read into it."""
    from core.protect.files import resolve_files
    from core.recipe import Recipe

    return Recipe.from_data(resolve_files(load(path, "recipe"), path.resolve().parent))


def read_for(recipe: Any, path: Path, password_file: Path | None = None) -> Any:
    """The table in a file, read with the recipe's answers and typed with its kinds."""
    return read_and_compare(recipe, path, password_file)[0]


def read_and_compare(recipe: Any, path: Path, password_file: Path | None = None) -> tuple[Any, tuple[Any, ...]]:
    """As `read_for`, with how the file differs from the one the recipe was made for (findings)."""
    from core.recipe.fit import read_as_before
    from core.table.reading import read

    reading = read(path, answers=recipe.read, password=password_of(password_file))
    table = reading.required()
    table.require(recipe.kinds)
    return read_as_before(recipe, table, reading.as_text, reading.answers)


def table_of(path: Path, answers: list[str], password_file: Path | None) -> Any:
    """The table in a file, read with these answers."""
    from core.recipe import Recipe

    given = dict(a.partition("=")[::2] for a in answers)
    return read_for(Recipe(read=given), path, password_file)


def pairs_of(given: list[str]) -> dict[str, str]:
    """KEY=VALUE pairs as they were given; a Problem names the one that is none."""
    pairs = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise Problem("“{pair}” is no answer.", "Write KEY=VALUE, such as delimiter=;", pair=pair[:40])
        pairs[key.strip()] = value
    return pairs


def answers_of(given: list[str]) -> dict[str, str]:
    """KEY=VALUE pairs; the layout may be named by a file."""
    answers = pairs_of(given)
    layout = answers.get("layout")
    if layout and "\n" not in layout and len(layout) < 4000 and Path(layout).is_file():
        answers["layout"] = Path(layout).read_text("utf-8-sig")
    return answers


def password_of(path: Path | None) -> str | None:
    """The first line of a password file; None where there is none."""
    if path is None:
        return None
    if not path.is_file():
        raise Problem("There is no password file “{name}”.", "Check its name.", name=path.name)
    lines = path.read_text("utf-8").splitlines()
    return lines[0] if lines else ""


def passphrase_in(path: Path) -> str:
    """The passphrase in a file, without the end of the line."""
    try:
        return path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        pass
    raise Problem("The passphrase file cannot be opened.", "Check the path and that it is a text file.")


def secrets_of(path: Path | None) -> Any:
    """The secrets in a file, or new ones that are said to be thrown away."""
    from core.protect.secrets import Secrets

    if path is not None:
        return Secrets.load(path)
    sys.stderr.write(
        "No --secrets: a seed and keys were drawn for this run and are thrown away after it. Its tokens cannot be "
        "joined to another release, and the run cannot be repeated cell by cell.\n"
    )
    return Secrets.draw(fresh=True)


def actor_of(args: argparse.Namespace) -> Any:
    """Who acts: as in the studio, unless the command line says otherwise."""
    from core.store import Actor

    return Actor(args.user or os.environ.get("STUDIO_USER", "owner"),
                 args.department or os.environ.get("STUDIO_DEPARTMENT", ""))


def write_table(table: Any, path: Path) -> None:
    """The table as CSV; a Problem if the file cannot be written."""
    from core.table.writing import write_csv

    written(lambda: write_csv(table, path))


def written(write: Callable[[], object]) -> None:
    """Carry out what writes a file; a Problem if it cannot be written."""
    try:
        write()
        return
    except OSError:
        pass
    raise Problem("The result cannot be written.", "Check that the folder exists and has room.")
