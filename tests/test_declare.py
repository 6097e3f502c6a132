"""The hardest parameters first: a value hierarchy, per-column settings, a matrix, a choice with nested options."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import pytest
import yaml
from pydantic import Field

from core.declare import (
    Declared,
    Family,
    Levels,
    Matrix,
    Parameter,
    build,
    columns_of,
    dump,
    param,
    parameters,
)
from core.problem import Problem


class FromRows(Declared):
    kind: Literal["rows"] = "rows"
    rows: Annotated[tuple[tuple[str, ...], ...], Levels()] = param(
        "Which groups?", why="Each row widens.", min_length=1
    )


class BuiltIn(Declared):
    kind: Literal["built_in"] = "built_in"
    name: Literal["age", "date"] = param("Which list?", why="Ready made.", default="age", labels={"age": "Age bands"})


Hierarchy = Annotated[FromRows | BuiltIn, Field(discriminator="kind")]


class Band(Declared):
    width: float = param("How wide?", why="Wider hides more.", gt=0, unit="years", search=(5, 50))


class Hardest(Declared):
    """Everything a method could ask for."""

    title: ClassVar[str] = "The hardest"
    method: Literal["hardest"] = "hardest"
    columns: columns_of("text", "code") = param("Which columns?", why="They change.", min_length=1)
    k: int = param("How many?", why="Crowds hide.", default=5, ge=2, le=1000, search=(2, 20))
    hierarchy: Hierarchy = param("How do values widen?", why="From town to state.", default=BuiltIn())
    each: dict[str, Hierarchy] = param("And for each column?", why="Columns differ.", default={})
    bands: dict[str, Band] = param("Bands for each column?", why="Columns differ.", default={})
    importance: dict[str, float] = param("How important is each?", why="Important ones change last.", default={})
    matrix: Annotated[tuple[tuple[float, ...], ...], Matrix(row_sum=1.0)] | None = param(
        "Which chances?", why="From row to column.", default=None, advanced=True
    )
    cuts: tuple[float, ...] = param("Where to cut?", why="Bands begin here.", default=())
    weight: float | None = param("Limit?", why="Optional.", default=None, ge=0)
    both: bool = param("Both ends?", why="Tails stand out.", default=False)


class Simple(Declared):
    title: ClassVar[str] = "Simple"
    method: Literal["simple"] = "simple"


FAMILY: Family[Declared] = Family("method", "protection method", (Hardest, Simple))
WHOLE = {
    "method": "hardest",
    "columns": ["name", "id"],
    "k": 3,
    "hierarchy": {"kind": "rows", "rows": [["Pune", "Maharashtra", "*"], ["Goa", "Goa", "*"]]},
    "each": {"age": {"kind": "built_in", "name": "date"}},
    "bands": {"age": {"width": 10.0}},
    "importance": {"age": 2.0},
    "matrix": [[0.9, 0.1], [0.2, 0.8]],
    "cuts": [18.0, 60.0],
    "weight": 1.5,
    "both": True,
}


def by_name(declared: type[Declared]) -> dict[str, Parameter]:
    return {p.name: p for p in parameters(declared)}


def test_shapes_are_read_off_the_class() -> None:
    assert {n: p.shape for n, p in by_name(Hardest).items()} == {
        "columns": "columns",
        "k": "integer",
        "hierarchy": "options",
        "each": "per_column",
        "bands": "per_column",
        "importance": "per_column",
        "matrix": "matrix",
        "cuts": "list",
        "weight": "number",
        "both": "flag",
    }


def test_everything_a_form_needs_is_there() -> None:
    found = by_name(Hardest)
    assert found["k"].limits == {"ge": 2, "le": 1000} and found["k"].search == (2, 20) and found["k"].default == 5
    assert found["columns"].required and found["columns"].pick and found["columns"].pick.kinds == ("text", "code")
    assert list(found["hierarchy"].options or {}) == ["rows", "built_in"] and found["hierarchy"].tag == "kind"
    assert found["bands"].item is Band
    assert isinstance(found["each"].item, Parameter) and found["each"].item.shape == "options"
    assert found["matrix"].matrix == Matrix(row_sum=1.0) and found["matrix"].optional and found["matrix"].advanced
    assert by_name(BuiltIn)["name"].labels == {"age": "Age bands"}
    assert by_name(FromRows)["rows"].shape == "table"
    assert by_name(Band)["width"].unit == "years"


def test_round_trip_through_a_recipe_file() -> None:
    whole = FAMILY.build(WHOLE)
    again = FAMILY.build(yaml.safe_load(yaml.safe_dump(dump(whole))))
    assert again == whole and dump(again) == WHOLE


def test_defaults_are_not_written() -> None:
    assert dump(FAMILY.build({"method": "hardest", "columns": ["a"]})) == {"method": "hardest", "columns": ["a"]}


def test_frozen() -> None:
    with pytest.raises(ValueError, match="frozen"):
        FAMILY.build({"method": "simple"}).method = "x"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("data", "what", "do"),
    [
        ({"method": "hardes"}, "no protection method “hardes”", "“hardest”"),
        ({"k": 3}, "missing its name", "method"),
        ({"method": "hardest"}, "needs the setting “columns”", "Which columns?"),
        ({**WHOLE, "kk": 3}, "no setting “kk”", "“k”"),
        ({**WHOLE, "k": 1}, "“k” of “The hardest” does not fit", "whole number at least 2 and at most 1000"),
        ({**WHOLE, "k": "many"}, "“k” of “The hardest” does not fit", "whole number"),
        ({**WHOLE, "columns": "name"}, "“columns”", "a list of column names"),
        ({**WHOLE, "hierarchy": {"kind": "roows"}}, "“hierarchy”", "rows, built_in"),
        ({**WHOLE, "hierarchy": {"kind": "built_in", "name": "agee"}}, "“hierarchy.name”", "age, date"),
        ({**WHOLE, "hierarchy": {"kind": "built_in", "nam": "age"}}, "no setting “hierarchy.nam”", "“name”"),
        ({**WHOLE, "bands": {"age": {"width": 0}}}, "“bands.age.width”", "more than 0"),
        ({**WHOLE, "matrix": [[0.9, "x"], [0, 1]]}, "“matrix.0.1”", "rows of numbers"),
        ({**WHOLE, "both": "perhaps"}, "“both”", "true or false"),
    ],
)
def test_what_does_not_fit_says_which_setting(data: dict[str, object], what: str, do: str) -> None:
    with pytest.raises(Problem) as caught:
        FAMILY.build(data, step=2)
    assert what in caught.value.what and do in caught.value.do and caught.value.step == 2


def test_no_value_in_a_problem() -> None:
    with pytest.raises(Problem) as caught:
        FAMILY.build({**WHOLE, "hierarchy": {"kind": "rows", "rows": [["Asha Patel", 7]]}})
    assert "Asha" not in str(caught.value) and caught.value.__cause__ is None


def test_a_type_that_cannot_be_asked_for_fails_when_read() -> None:
    class Odd(Declared):
        when: complex = param("When?", why="-")

    with pytest.raises(TypeError, match="complex"):
        parameters(Odd)


def test_schema_carries_questions_and_search_ranges() -> None:
    first = FAMILY.schema()[0]
    assert first["method"] == "hardest" and first["title"] == "The hardest"
    k = first["schema"]["properties"]["k"]
    assert k["title"] == "How many?" and k["search"] == [2, 20] and k["minimum"] == 2


def test_build_without_a_family() -> None:
    assert build(Band, {"width": 5}).width == 5
