"""Recipe: what is done to a table, as a file. The wizard edits it, the command line and the API run it.

version: 1
kinds: {age: number}
roles: {name: direct_identifier, age: quasi_identifier, helper: drop}
steps:
  - method: remove
    columns: [name]
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, SerializeAsAny, ValidationError

from core.declare import dump
from core.problem import Problem, near
from core.protect import Method
from core.protect.hierarchies.hierarchy import Hierarchy
from core.recipe import hierarchies, yaml_text
from core.recipe.expects import checked
from core.recipe.steps import STEPS
from core.table import KINDS, ROLES, SUPPRESSED, Kind, Role


class Recipe(BaseModel):
    """Roles, kinds and ordered steps: everything needed to make the same release again, except the secrets.

    read              answers about how the file is to be read (sheet, delimiter, ...)
    kinds             column -> kind, where it is not the one proposed on reading
    roles             column -> role. A `drop` column is there for the steps and leaves the table after the last one
    expects           column -> {kind, categories} of the file it was made for: later files are compared with it
    hierarchies       column -> how its values are made coarser, for every step that does not say so itself
    steps             methods, in the order they are applied
    secrets           id of the seed and keys; the secrets themselves never stand in a recipe
    suppressed        how a suppressed cell is written to a file
    keep_identifiers  columns in which values of direct identifiers may go out; without it such a release is refused
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    version: int = 1
    read: dict[str, str] = {}
    kinds: dict[str, Kind] = {}
    roles: dict[str, Role] = {}
    expects: dict[str, dict[str, Any]] = {}
    hierarchies: dict[str, SerializeAsAny[Hierarchy]] = {}
    steps: tuple[SerializeAsAny[Method], ...] = ()
    secrets: str | None = None
    suppressed: str = SUPPRESSED
    keep_identifiers: tuple[str, ...] = ()
    purpose: str = ""
    recipient: str = ""

    @staticmethod
    def load(text: str) -> Recipe:
        """The recipe in a YAML text, or a Problem that names what is wrong, never a value."""
        return Recipe.from_data(yaml_text.parse(text))

    @staticmethod
    def from_data(data: object) -> Recipe:
        """A recipe from plain data: unknown keys, methods, settings, kinds and roles stop it."""
        if not isinstance(data, Mapping):
            raise Problem("This is no recipe.", "A recipe has lines such as “version: 1”, “roles:” and “steps:”.")
        plain = {str(k): v for k, v in data.items() if v is not None}
        for key in plain:
            if key not in Recipe.model_fields:
                raise Problem(
                    "A recipe has no part called “{key}”.",
                    "Check the spelling. {hint}",
                    key=key[:60],
                    hint=near(key, Recipe.model_fields),
                )
        if plain.get("version", 1) != 1:
            raise Problem("The recipe has another version than 1.", "It was made by a newer studio; use that one.")
        plain["kinds"] = _words(plain.get("kinds", {}), "kind", KINDS)
        if "expects" in plain:
            plain["expects"] = checked(plain["expects"])
        plain["roles"] = _words(plain.get("roles", {}), "role", ROLES)
        grouped = plain.get("hierarchies", {})
        if not isinstance(grouped, Mapping):
            raise Problem("The hierarchies of the recipe are no table.", "Write “column: …”, one for each column.")
        plain["hierarchies"] = hierarchies.read(grouped)
        steps = plain.get("steps", ())
        if not isinstance(steps, (list, tuple)):
            raise Problem("The steps of the recipe are no list.", "Begin each step with “- method: …”.")
        plain["steps"] = tuple(STEPS.build(s, number) for number, s in enumerate(steps, start=1))
        return _fits(plain)

    def data(self) -> dict[str, Any]:
        """Plain data, without what is as it is by default; `from_data` makes the same recipe of it."""
        plain = self.model_dump(mode="json", exclude_defaults=True, exclude={"steps", "version", "hierarchies"})
        if self.hierarchies:
            plain["hierarchies"] = {name: dump(hierarchy) for name, hierarchy in self.hierarchies.items()}
        return {"version": self.version, **plain, "steps": [dump(s) for s in self.steps]}

    def dump(self) -> str:
        """The recipe as a YAML text."""
        return yaml_text.write(self.data())


def _words(given: object, what: str, known: tuple[str, ...]) -> dict[str, str]:
    if not isinstance(given, Mapping):
        raise Problem("The {word}s of the recipe are no table.", "Write “column: {word}”, one on each line.", word=what)
    for name, word in given.items():
        if word not in known:
            raise Problem(
                "“{word}” is no {sort} (column “{column_name}”).",
                "Check the spelling. {hint}",
                column=str(name),
                word=str(word)[:60],
                sort=what,
                column_name=str(name)[:60],
                hint=near(str(word), known),
            )
    return {str(k): str(v) for k, v in given.items()}


def _fits(plain: dict[str, Any]) -> Recipe:
    for key in ("read", "keep_identifiers"):
        if isinstance(plain.get(key), dict):
            plain[key] = {str(k): str(v) for k, v in plain[key].items()}
        elif isinstance(plain.get(key), list):
            plain[key] = tuple(plain[key])
    try:
        return Recipe(**plain)
    except ValidationError as error:
        part = str(error.errors(include_url=False, include_input=False)[0]["loc"][0])
    raise Problem(
        "The part “{part}” of the recipe does not fit.",
        "It must be {wanted}.",
        part=part,
        wanted="a table" if part == "read" else "a list of column names" if part == "keep_identifiers" else "text",
    )
