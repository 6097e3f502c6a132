"""Table: named columns, each with a kind and a role, and the number of the original row each row came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from core.problem import Problem, near
from core.table.column import Column, Mask

Role = Literal["direct_identifier", "quasi_identifier", "sensitive", "weight", "household", "stratum", "keep", "drop"]
ROLES: tuple[Role, ...] = get_args(Role)
SINGLE_ROLES: tuple[Role, ...] = ("weight", "household")
"""Roles that at most one column may have."""

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Table:
    """A table as it would be written to a file, and what each column is for.

    columns  name -> Column, in file order, all of one length
    roles    name -> Role; a column without an entry is "keep"
    row_ids  (rows,) index (from 0) of the row of the original file each row came from,
             or None where rows no longer correspond (synthetic data)
    """

    columns: Mapping[str, Column]
    roles: Mapping[str, Role] = field(default_factory=dict)
    row_ids: Rows | None = None

    @staticmethod
    def of(columns: Mapping[str, Column], roles: Mapping[str, Role] | None = None) -> Table:
        """A table whose rows are the original rows, numbered from 0."""
        rows = len(next(iter(columns.values()))) if columns else 0
        return Table(dict(columns), dict(roles or {}), np.arange(rows, dtype=np.int64))

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.columns)

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values()))) if self.columns else 0

    def __getitem__(self, name: str) -> Column:
        self.require([name])
        return self.columns[name]

    def require(self, names: Iterable[str]) -> None:
        """Stop with a Problem that names near misses if a column is not there."""
        for name in names:
            if name not in self.columns:
                raise Problem(
                    "The table has no column “{column_name}”.",
                    "Check the spelling. {hint}",
                    column=name,
                    column_name=name,
                    hint=near(name, self.columns),
                )

    def role(self, name: str) -> Role:
        return self.roles.get(name, "keep")

    def having(self, *roles: Role) -> tuple[str, ...]:
        """The names of the columns with one of these roles, in file order."""
        return tuple(name for name in self.columns if self.role(name) in roles)

    def one(self, role: Role) -> str | None:
        """The name of the single column with this role, or None."""
        found = self.having(role)
        if len(found) > 1:
            raise Problem(
                "{count} columns have the role “{role}”: {names}.",
                "Keep one and give the others another role.",
                count=len(found),
                role=role.replace("_", " "),
                names=", ".join(found),
            )
        return found[0] if found else None

    def with_roles(self, roles: Mapping[str, Role]) -> Table:
        self.require(roles)
        return replace(self, roles={**self.roles, **roles})

    def with_columns(self, new: Mapping[str, Column]) -> Table:
        """The same rows with these columns replaced, or added at the end; what a column is about stays said."""
        return replace(self, columns={**self.columns, **{n: self._described(n, c) for n, c in new.items()}})

    def _described(self, name: str, column: Column) -> Column:
        known = self.columns[name].description if name in self.columns else ""
        return replace(column, description=known) if known and not column.description else column

    def without(self, names: Iterable[str]) -> Table:
        gone = set(names)
        self.require(gone)
        return replace(
            self,
            columns={n: c for n, c in self.columns.items() if n not in gone},
            roles={n: r for n, r in self.roles.items() if n not in gone},
        )

    def take(self, rows: npt.NDArray[np.integer] | Mask) -> Table:
        """The chosen rows, in the order given; row_ids go along."""
        ids = None if self.row_ids is None else self.row_ids[rows]
        return replace(self, columns={n: c.take(rows) for n, c in self.columns.items()}, row_ids=ids)

    def to_arrow(self) -> pa.Table:
        """Plain strings, null where missing."""
        return pa.table({n: c.to_arrow() for n, c in self.columns.items()})

    def to_polars(self) -> pl.DataFrame:
        """Plain strings, null where missing."""
        return pl.DataFrame({n: pl.Series(n, c.to_arrow(), dtype=pl.String) for n, c in self.columns.items()})

    def digest(self) -> str:
        """SHA-256 of names, kinds and cells in row order, as hex; roles do not count."""
        whole = hashlib.sha256()
        for name, column in self.columns.items():
            whole.update(f"{len(name.encode())}:{column.kind}:".encode() + name.encode())
            # Sorted, so that the same cells have the same digest whatever order their values were first seen in.
            order = pl.Series("v", column.values, dtype=pl.String).arg_sort().to_numpy()
            place = np.empty(len(order) + 1, np.int32)
            place[order], place[-1] = np.arange(len(order)), -1
            texts = pa.concat_arrays([column.values.take(pa.array(order))])
            whole.update(f"{len(texts)}:{len(column)}:".encode())
            whole.update(pc.binary_length(texts).to_numpy(zero_copy_only=False).astype(np.int64).tobytes())
            whole.update(b"".join(texts.cast(pa.binary()).to_pylist()) if len(texts) else b"")
            whole.update(place[column.codes].tobytes())
        return whole.hexdigest()
