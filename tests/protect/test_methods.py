"""Every method on every surface: listed, described, declared, read from its own example."""

from __future__ import annotations

import inspect
import json
import re
from pathlib import Path

import pytest

import core.protect
from core.declare import dump, parameters
from core.protect import METHODS
from core.protect.method import Method, columns_named
from core.recipe import Recipe, yaml_text


def test_every_method_in_the_folder_is_in_the_gallery():
    written = set()
    for path in Path(core.protect.__file__).parent.rglob("*.py"):
        written |= set(re.findall(r'^    method: Literal\["(\w+)"\]', path.read_text("utf-8"), re.MULTILINE))
    assert written == set(METHODS.by_name)
    assert len(METHODS.by_name) == len(METHODS.members)


@pytest.mark.parametrize("method", METHODS.members, ids=METHODS.name_of)
def test_a_method_says_what_it_does_and_where_that_is_from(method: type[Method]):
    page = inspect.cleandoc(method.__doc__ or "")
    assert len(page.splitlines()[0]) <= 130
    for word in ("At a glance: ", "Source: "):
        assert word in page, word
    assert method.title
    assert not method.title.endswith(".")
    assert method.group in ("identifiers", "select", "categories", "numbers", "rows")
    assert json.dumps(method.model_json_schema())
    for parameter in parameters(method):
        assert parameter.question.endswith(("?", "…")), parameter.name
        assert parameter.why.endswith("."), parameter.name


def example(method: type[Method]) -> dict[str, object] | None:
    """The entry of a recipe that stands in the help page: “- {method: ...}” or “- method: ...” with indented lines."""
    page = inspect.cleandoc(method.__doc__ or "")
    found = re.search(r"^- \{?method:.*?(?=\n\n|\Z)", page, re.MULTILINE | re.DOTALL)
    return yaml_text.parse(found[0])[0] if found else None


@pytest.mark.parametrize("method", METHODS.members, ids=METHODS.name_of)
def test_the_example_of_the_help_page_is_a_step(method: type[Method]):
    plain = example(method)
    if plain is None:
        assert method.group in ("categories", "numbers", "rows"), "the help page has no example"
        return
    step = METHODS.build(plain)
    assert isinstance(step, method)
    assert METHODS.build(dump(step)) == step
    recipe = Recipe(steps=(step,))
    assert Recipe.load(recipe.dump()) == recipe
    assert all(name in step.in_words() for name in columns_named(step)[:3])
