"""YAML as a recipe is written: a small, strict part of it, so that what a person typed is what is meant."""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import Any

import yaml

from core.problem import Problem

LARGEST = 64 * 2**20
"""Characters of a recipe; inline hierarchies of long code lists stay far below."""


class _Strict(yaml.SafeLoader):
    """SafeLoader without YAML 1.1's surprises.

    Only true/false, null, whole numbers and decimals are read as such: `no`, `2024-03-01`, `12:30` and `00123` stay
    text. Keys are always text (a column may be called 2011). A key given twice, or a reference (&a, *a), is refused.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012  # as in the base class

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.constructor.ConstructorError(problem="alias", problem_mark=self.peek_event().start_mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        found: dict[Hashable, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value in found:
                raise yaml.constructor.ConstructorError(problem="key", problem_mark=key.start_mark)
            found[key.value] = self.construct_object(value, deep=deep)
        return found


def _construct_map(loader: _Strict, node: yaml.MappingNode) -> dict[Hashable, Any]:
    return loader.construct_mapping(node, deep=True)


_Strict.add_constructor("tag:yaml.org,2002:map", _construct_map)
for _tag, _pattern, _first in (
    ("bool", r"true|false|True|False", "tfTF"),
    ("null", r"~|null|Null|", ["~", "n", "N", ""]),
    ("int", r"[-+]?(0|[1-9][0-9]*)", "-+0123456789"),
    ("float", r"([-+]?(0|[1-9][0-9]*)\.[0-9]*|\.[0-9]+)([eE][-+][0-9]+)?", "-+.0123456789"),
):
    _Strict.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), list(_first))


class _Plain(yaml.SafeDumper):
    """Writes lists of scalars on one line, and never a reference."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


def _represent_text(dumper: _Plain, text: str) -> yaml.Node:
    # PyYAML folds these line breaks inside single quotes and reads a space back; double quotes escape them.
    odd = any(c in text for c in "\x85\u2028\u2029")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if odd else None)


_Plain.add_representer(str, _represent_text)


def parse(text: str) -> Any:
    """Plain data of a YAML text; a Problem with the line number, quoting nothing, if it is none."""
    line = 0
    try:
        if len(text) <= LARGEST:
            return yaml.load(text, _Strict)  # noqa: S506  # a SafeLoader
    except (yaml.YAMLError, RecursionError, ValueError, TypeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 0
    raise Problem(
        "The recipe cannot be read{where}.",
        "Check the indentation and the colons, that no key stands twice, and that it has no references (& and *).",
        where=f": line {line} is not as YAML wants it" if line else "",
    )


def write(data: Any) -> str:
    """The YAML text of plain data; `parse` reads the same back."""
    return yaml.dump(data, Dumper=_Plain, sort_keys=False, allow_unicode=True, default_flow_style=False, width=110)
