"""How a parameter is declared once.

A protection method, a synthesizer, a query, a metric, an attack, a policy rule: each is one frozen pydantic
class. Its docstring is its help page, its fields are its parameters. The wizard's form, the recipe file, the
command line, the API schema, the search space and the docs are read off the class through `parameters` and
`Family`; nothing else repeats a parameter's name, default or limit.

    class BandNumber(Declared):
        \"\"\"Replace each number by the band it falls in.\"\"\"

        method: Literal["band_number"] = "band_number"
        title: ClassVar[str] = "Put numbers into bands"
        columns: columns_of("number") = param("Which columns?", why="Bands hide the exact number.")
        width: float = param("How wide is a band?", why="Wider hides more.", default=10, gt=0, search=(5, 50))
"""

from __future__ import annotations

import inspect
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, ClassVar, Generic, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from core.problem import Problem, near

Shape = Literal[
    "number",
    "integer",
    "flag",
    "text",
    "choice",
    "column",
    "columns",
    "list",
    "per_column",
    "matrix",
    "options",
    "table",
]


class Declared(BaseModel):
    """The base of everything that is declared once: frozen, and an unknown key stops it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
    title: ClassVar[str] = ""
    """A few plain words, for the gallery and the list of steps."""


@dataclass(frozen=True)
class ColumnPick:
    """Marks a field as the name of one or several columns of these kinds and roles (empty: any)."""

    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    many: bool = True


@dataclass(frozen=True)
class Matrix:
    """Marks a tuple of rows of numbers as a matrix; `row_sum` is what each row must add up to, if anything."""

    row_sum: float | None = None


@dataclass(frozen=True)
class Levels:
    """Marks a tuple of rows of texts as a value hierarchy: the value first, then its ever wider groups."""


def columns_of(*kinds: str, roles: tuple[str, ...] = ()) -> Any:
    """The type of a field that names columns, offered only where the kind (and role) fits."""
    return Annotated[tuple[str, ...], ColumnPick(kinds, roles)]


def column_of(*kinds: str, roles: tuple[str, ...] = ()) -> Any:
    """The type of a field that names one column."""
    return Annotated[str, ColumnPick(kinds, roles, many=False)]


def param(
    question: str,
    *,
    why: str,
    default: Any = PydanticUndefined,
    ge: float | None = None,
    le: float | None = None,
    gt: float | None = None,
    lt: float | None = None,
    min_length: int | None = None,
    max_length: int | None = None,
    unit: str = "",
    labels: Mapping[str, str] | None = None,
    search: tuple[Any, ...] | None = None,
    advanced: bool = False,
) -> Any:
    """A parameter: the question a person is asked, why it matters, its limits, default and range worth searching.

    labels    for a choice: what each option is called in the form
    search    (low, high) for a number, the options worth trying for a choice; None: not searched
    advanced  folded away in the form; the default is right for most people
    """
    extra: dict[str, Any] = {
        "unit": unit,
        "labels": dict(labels or {}),
        "search": list(search) if search else None,
        "advanced": advanced,
    }
    return Field(
        default,
        title=question,
        description=why,
        ge=ge,
        le=le,
        gt=gt,
        lt=lt,
        min_length=min_length,
        max_length=max_length,
        json_schema_extra=extra,
    )


@dataclass(frozen=True)
class Parameter:
    """One field of a declared class, as every surface sees it.

    shape    how it is asked for
    limits   {"ge", "le", "gt", "lt", "min_length", "max_length"} as far as set
    choices  for "choice": the options; `labels` names them
    options  for "options": tag -> declared class (a choice with nested fields; `tag` names the field that tells)
    item     for "list" and "per_column": the parameter of one entry, or a declared class
    """

    name: str
    question: str
    why: str
    shape: Shape
    default: Any
    required: bool
    limits: Mapping[str, float]
    unit: str = ""
    choices: tuple[Any, ...] = ()
    labels: Mapping[str, str] | None = None
    search: tuple[Any, ...] | None = None
    advanced: bool = False
    optional: bool = False
    pick: ColumnPick | None = None
    matrix: Matrix | None = None
    tag: str = ""
    options: Mapping[str, type[Declared]] | None = None
    item: Parameter | type[Declared] | None = None

    def limits_in_words(self) -> str:
        """“at least 2 and at most 10”; empty where nothing is limited."""
        words = {
            "ge": "at least",
            "gt": "more than",
            "le": "at most",
            "lt": "less than",
            "min_length": "at least this many entries:",
            "max_length": "at most this many entries:",
        }
        return " and ".join(f"{words[k]} {v:g}" for k, v in self.limits.items())


def parameters(declared: type[Declared]) -> tuple[Parameter, ...]:
    """The parameters of a declared class in order; the field that only tells which class it is, is left out."""
    found = []
    for name, info in declared.model_fields.items():
        if get_origin(info.annotation) is Literal and len(get_args(info.annotation)) == 1:
            continue
        found.append(_parameter(name, info.annotation, list(info.metadata), info))
    return tuple(found)


def _parameter(name: str, annotation: Any, marks: list[Any], info: FieldInfo) -> Parameter:
    extra: Any = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    annotation, marks, tag = _unwrap(annotation, marks, info.discriminator)
    optional = type(None) in get_args(annotation) and _is_union(annotation)
    if optional:
        rest = tuple(a for a in get_args(annotation) if a is not type(None))
        annotation, marks, tag = _unwrap(rest[0] if len(rest) == 1 else Union[rest], marks, tag)  # noqa: UP007
    limits = {
        k: getattr(m, k)
        for m in marks
        for k in ("ge", "le", "gt", "lt", "min_length", "max_length")
        if getattr(m, k, None) is not None
    }
    common: dict[str, Any] = dict(
        name=name,
        question=info.title or name,
        why=info.description or "",
        required=info.is_required(),
        default=None if info.is_required() else info.get_default(call_default_factory=True),
        limits=limits,
        optional=optional,
        unit=extra.get("unit", ""),
        labels=extra.get("labels") or {},
        search=tuple(extra["search"]) if extra.get("search") else None,
        advanced=bool(extra.get("advanced")),
    )
    return Parameter(**common, **_shape(annotation, marks, tag, info))


def _shape(annotation: Any, marks: list[Any], tag: Any, info: FieldInfo) -> dict[str, Any]:
    pick = next((m for m in marks if isinstance(m, ColumnPick)), None)
    matrix = next((m for m in marks if isinstance(m, Matrix)), None)
    origin, args = get_origin(annotation), get_args(annotation)
    if pick and origin is not dict:
        return {"shape": "columns" if pick.many else "column", "pick": pick}
    if matrix:
        return {"shape": "matrix", "matrix": matrix}
    if any(isinstance(m, Levels) for m in marks):
        return {"shape": "table"}
    if origin is Literal:
        return {"shape": "choice", "choices": args}
    if _is_union(annotation) and tag:
        return {"shape": "options", "tag": tag, "options": {_tag_of(a, tag): a for a in args}}
    if origin is dict:
        return {"shape": "per_column", "pick": pick or ColumnPick(), "item": _item(args[1], info)}
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return {"shape": "list", "item": _item(args[0], info)}
    plain: dict[Any, Shape] = {bool: "flag", int: "integer", float: "number", str: "text"}
    if annotation in plain:
        return {"shape": plain[annotation]}
    raise TypeError(f"{info.title!r}: a parameter cannot be of type {annotation!r}")


def _item(annotation: Any, info: FieldInfo) -> Parameter | type[Declared]:
    if inspect.isclass(annotation) and issubclass(annotation, Declared):
        return annotation
    marks: list[Any] = []
    annotation, marks, tag = _unwrap(annotation, marks, None)
    inner = FieldInfo(annotation=annotation, title=info.title, description=info.description, discriminator=tag)
    return _parameter("item", annotation, marks, inner)


def _unwrap(annotation: Any, marks: list[Any], tag: Any) -> tuple[Any, list[Any], Any]:
    while get_origin(annotation) is Annotated:
        annotation, *more = get_args(annotation)
        for mark in more:
            tag = getattr(mark, "discriminator", None) or tag
            marks = [*marks, mark, *getattr(mark, "metadata", ())]
    return annotation, marks, tag


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _tag_of(declared: type[Declared], tag: str) -> str:
    return str(get_args(declared.model_fields[tag].annotation)[0])


D = TypeVar("D", bound=Declared)


class Family(Generic[D]):
    """A hand-written table of contents of declared classes, told apart by the field `tag` (as `method: mask`).

    METHODS = Family("method", "protection method", (Remove, Mask))
    METHODS.build({"method": "mask", "columns": ["phone"]})
    """

    def __init__(self, tag: str, called: str, members: tuple[type[D], ...]) -> None:
        self.tag, self.called, self.members = tag, called, members

    @cached_property
    def by_name(self) -> dict[str, type[D]]:
        return {_tag_of(m, self.tag): m for m in self.members}

    def __iter__(self) -> Iterator[type[D]]:
        return iter(self.members)

    def name_of(self, declared: type[D] | D) -> str:
        return _tag_of(declared if inspect.isclass(declared) else type(declared), self.tag)

    def named(self, name: object, step: int | None = None) -> type[D]:
        """The class of that name, or a Problem naming near misses."""
        if not isinstance(name, str) or name not in self.by_name:
            raise Problem(
                "There is no {called} “{name}”.",
                "Check the spelling. {hint}",
                step=step,
                called=self.called,
                name=str(name)[:60],
                hint=near(str(name), self.by_name),
            )
        return self.by_name[name]

    def build(self, data: object, step: int | None = None) -> D:
        """An instance from plain data (a recipe's entry), or a Problem that says which setting is wrong."""
        if not isinstance(data, Mapping) or self.tag not in data:
            raise Problem(
                "A {called} is missing its name.",
                "Give each one a line “{tag}: …”. {hint}",
                step=step,
                called=self.called,
                tag=self.tag,
                hint=near("", self.by_name),
            )
        return build(self.named(data[self.tag], step), data, step)

    def schema(self) -> list[dict[str, Any]]:
        """[{tag: name, "title", "schema"}] in gallery order."""
        return [{self.tag: self.name_of(m), "title": m.title, "schema": m.model_json_schema()} for m in self.members]


def build(declared: type[D], data: object, step: int | None = None) -> D:
    """An instance of one declared class from plain data; what does not fit becomes a Problem without values."""
    try:
        return TypeAdapter(declared).validate_python(_frozen(data))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=True)
        # A mistyped name is both an unknown setting and a missing one: the unknown one names what was meant.
        first = next((e for e in found if e["type"] == "extra_forbidden"), found[0])
    raise _as_problem(declared, first, step)


def dump(declared: Declared) -> dict[str, Any]:
    """Plain data for a recipe: the tag first, then what differs from the defaults."""
    plain = declared.model_dump(mode="json", exclude_defaults=True)
    tags = {
        n: get_args(f.annotation)[0]
        for n, f in type(declared).model_fields.items()
        if get_origin(f.annotation) is Literal and len(get_args(f.annotation)) == 1
    }
    whole = declared.model_dump(mode="json")
    return {**tags, **{k: whole[k] for k in plain if k not in tags}}


def _frozen(data: object) -> object:
    """YAML's lists are as good as tuples; nothing else is bent into shape."""
    if isinstance(data, Mapping):
        return {k: _frozen(v) for k, v in data.items()}
    return tuple(_frozen(v) for v in data) if isinstance(data, list) else data


def _as_problem(declared: type[Declared], error: Any, step: int | None) -> Problem:
    # Only names of settings and columns, never the input: a setting can hold cell values (categories, a hierarchy).
    path, parameter, known = _inner(declared, [str(p) for p in error["loc"]])
    facts: dict[str, Any] = {
        "title": declared.title or declared.__name__,
        "setting": ".".join(path)[:120],
        "step": step,
    }
    unfit = "The setting “{setting}” of “{title}” does not fit."
    if error["type"] == "extra_forbidden":
        return Problem(
            "“{title}” has no setting “{setting}”.", "Check the spelling. {hint}", **facts, hint=near(path[-1], known)
        )
    if error["type"] == "missing":
        question = parameter.question if parameter else ""
        return Problem("“{title}” needs the setting “{setting}”.", "Add it: {question}", **facts, question=question)
    if error["type"] == "value_error":
        return Problem(unfit, "{reason}", **facts, reason=str(error["ctx"]["error"]))
    return Problem(unfit, "It must be {wanted}.", **facts, wanted=_wanted(parameter))


def _inner(declared: type[Declared], path: list[str]) -> tuple[list[str], Parameter | None, list[str]]:
    """Where a path of names leads: the path without tags, the parameter there, and the settings beside it."""
    shown: list[str] = []
    inside: type[Declared] | Parameter | None = declared
    found: Parameter | None = None
    known: list[str] = []
    for name in path:
        if isinstance(inside, Parameter) and inside.shape == "options":
            inside = (inside.options or {}).get(name)
            continue
        shown.append(name)
        if isinstance(inside, Parameter):
            found, inside = (inside.item, inside.item) if isinstance(inside.item, Parameter) else (inside, inside.item)
        elif inside is not None:
            beside = {p.name: p for p in parameters(inside)}
            known, found = list(beside), beside.get(name)
            inside = found
    return shown, found, known


def _wanted(parameter: Parameter | None) -> str:
    if parameter is None:
        return "as the help page of this method says"
    if parameter.choices:
        return "one of: " + ", ".join(str(c) for c in parameter.choices)
    if parameter.options:
        return "one of these, told by “" + parameter.tag + "”: " + ", ".join(parameter.options)
    return f"{_IN_WORDS[parameter.shape]} {parameter.limits_in_words()}".strip()


_IN_WORDS: dict[Shape, str] = {
    "number": "a number",
    "integer": "a whole number",
    "flag": "true or false",
    "text": "text",
    "column": "the name of one column",
    "columns": "a list of column names",
    "list": "a list",
    "per_column": "a setting for each column, as “column: value”",
    "matrix": "a list of rows of numbers",
    "table": "a list of rows of texts",
    "choice": "one of the choices",
    "options": "one of the choices",
}
