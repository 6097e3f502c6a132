"""Method: what every protection step is, what it is given, and what it may claim."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from core.declare import ColumnPick, Declared, Parameter, parameters
from core.language import translate
from core.problem import Problem
from core.protect.secrets import Secrets
from core.table import Kind, Table

Group = Literal["identifiers", "select", "categories", "numbers", "rows", "synthetic"]
"""The section of the gallery a method stands in."""

Progress = Callable[[float, str], None]
"""Told the share done (0 to 1) and what is being done, in a few words."""


def silent(share: float, doing: str) -> None:
    """A Progress that tells nobody."""


class Models(Protocol):
    """Where models are kept between runs: the project's vault, or nowhere."""

    def find(self, key: str) -> Any:
        """The model learned under that key (settings, table and seed), or None."""

    def keep(self, key: str, model: Any) -> None:
        """Keep a model that was learned."""


@dataclass(frozen=True)
class Run:
    """What one step is given besides the table and its own settings.

    step  the step's place in the recipe, counted from 1: two equal steps draw different numbers
    used  the keys asked for so far, with their version ("default.v1"); filled by `key`
    original  the table before the first step: what to search for where names have already been replaced
    ledger    what pays for a step that promises differential privacy (core.synthesise.paying.Ledger); None: nobody
    models    where what a synthesizer learned is kept for another time; None: nowhere
    control   filled by a synthesizer: row_ids of the people it held back, never having looked at them
    notes     what the step says of what it did, for the log; filled by `note`
    """

    secrets: Secrets
    step: int
    progress: Progress = field(default=silent)
    used: set[str] = field(default_factory=set)
    original: Table | None = None
    ledger: Any = None
    models: Models | None = None
    control: list[npt.NDArray[np.int64]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def note(self, sentence: str, **facts: object) -> None:
        """A sentence for the log of this step. Its facts are counts, shares and column names, never a cell value."""
        self.notes.append(translate(sentence, **facts))

    def rng(self) -> np.random.Generator:
        """The step's own generator: the same secrets, step and table give the same draws."""
        return np.random.default_rng(np.random.SeedSequence(self.secrets.seed, spawn_key=(self.step,)))

    def key(self, name: str, purpose: str = "") -> bytes:
        """The 32-byte key of that name; a Problem if the secrets at hand do not hold it.

        With a purpose, a key derived from it by HMAC-SHA-256 (a KDF in the sense of NIST SP 800-108r1, 4.1),
        so that no two methods ever use the same key bytes.
        """
        key = self.secrets.key(name)
        self.used.add(self.secrets.versioned(name))
        return hmac.digest(key, b"anonymisation-studio:" + purpose.encode(), "sha256") if purpose else key

    def salt(self, purpose: str) -> bytes:
        """32 secret bytes of this step alone: nothing made with them can be joined to another file or step."""
        seed = self.secrets.seed.to_bytes(16, "big")
        return hmac.digest(seed, f"anonymisation-studio:{self.step}:{purpose}".encode(), "sha256")


class Alike(NamedTuple):
    """At least k rows are alike on these columns; strict: as written, otherwise a blank counting as anything."""

    columns: tuple[str, ...]
    k: int
    strict: bool


class Claim(NamedTuple):
    """Something a step promises of the released table, recounted independently after the last step.

    what   the promise in words, shown in the report ("at least 5 rows share each combination of ...")
    holds  True if the released table keeps it; written apart from the kernel that made it true
    alike  where it says how many rows are alike: on which columns, how many, and whether strictly (a blank being a
           value of its own); two attackers are counted for these
    """

    what: str
    holds: Callable[[Table], bool]
    alike: Alike | None = None


class Method(Declared):
    """A protection step: Table -> Table.

    Subclasses add `method: Literal[...]`, `title`, `group`, their parameters and `apply`.
    """

    group: ClassVar[Group]

    def check(self, table: Table) -> None:
        """Stop with a Problem, before anything is touched, if this step cannot work on this table.

        That the columns it names are there and of a fitting kind is checked by the recipe for every method.
        """

    def foresee(self, table: Table) -> Table:
        """The table with the columns this step will leave (cells may be the old ones), to check later steps early."""
        return table

    def apply(self, table: Table, run: Run) -> Table:  # noqa: ARG002
        """The protected table. Rows keep their row_ids."""
        raise TypeError(f"{type(self).__name__} does not say what it does")

    def claims(self, table: Table) -> tuple[Claim, ...]:  # noqa: ARG002
        """What the step promises, given the table it was applied to."""
        return ()

    def may_show(self) -> tuple[str, ...]:
        """Columns in which the method, as its help page says, leaves a part of an identifier (a domain, a year)."""
        return ()

    def rewrites(self) -> tuple[str, ...]:
        """Columns that count as treated although cells in which nothing was found stay as they were (free text)."""
        return ()

    def in_words(self) -> str:
        """One line for the list of steps taken; settings, never cell values."""
        names = columns_named(self)
        title = translate(self.title)
        return f"{title}: {', '.join(names)}" if names else title


def columns_named(step: Declared) -> tuple[str, ...]:
    """The names of all columns a step names in its settings, in order, nested ones included."""
    return tuple(dict.fromkeys(name for name, _ in _picked(step)))


def check_columns(step: Declared, table: Table) -> None:
    """Stop with a Problem if a named column is not there, or is of a kind the method does not work on."""
    for name, pick in _picked(step):
        table.require([name])
        kind: Kind = table.columns[name].kind
        if pick.kinds and kind not in pick.kinds:
            raise Problem(
                "“{title}” works on columns of the kind {wanted}; “{column_name}” is of the kind {kind}.",
                "Choose another column or method, or change what kind of column it is.",
                column=name,
                title=step.title,
                wanted=" or ".join(pick.kinds),
                column_name=name,
                kind=kind,
            )


def _picked(step: Declared) -> Iterator[tuple[str, ColumnPick]]:
    for parameter in parameters(type(step)):
        yield from _picked_by(parameter, getattr(step, parameter.name))


def _picked_by(parameter: Parameter, value: Any) -> Iterator[tuple[str, ColumnPick]]:
    if value is None:
        return
    if parameter.shape == "column" and parameter.pick:
        yield value, parameter.pick
    elif parameter.shape == "columns" and parameter.pick:
        yield from ((name, parameter.pick) for name in value)
    elif parameter.shape == "options":
        yield from _picked(value)
    elif parameter.shape == "list":
        for entry in value:
            yield from _entry(parameter, entry)
    elif parameter.shape == "per_column":
        for name, entry in value.items() if isinstance(value, Mapping) else ():
            yield name, parameter.pick or ColumnPick()
            yield from _entry(parameter, entry)


def _entry(parameter: Parameter, entry: Any) -> Iterator[tuple[str, ColumnPick]]:
    if isinstance(entry, Declared):
        yield from _picked(entry)
    elif isinstance(parameter.item, Parameter):
        yield from _picked_by(parameter.item, entry)
