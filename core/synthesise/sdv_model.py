"""What SDV's synthesizers share: our kinds told as SDV's metadata, progress by epoch, seeds, and cells written back.

SDV is under the Business Source License 1.1: use within an organisation is free, selling synthetic data made with it
as a service is not.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from core.problem import Problem
from core.protect.method import Progress
from core.redact import where_it_broke
from core.synthesise.amounts import Numeric
from core.synthesise.cart import FEW_NUMBERS
from core.synthesise.rules import NotAbove
from core.synthesise.trained import Model, Trained
from core.table import Column, Table
from core.table.column import Floats

if TYPE_CHECKING:
    import pandas as pd

MOST_COLUMNS = 200
TABLE = "table"


class Sdv(Trained):
    """The base of synthesizers that SDV trains. Subclasses say which one, and with what settings.

    Metadata is made from our kinds, never guessed again. Columns of words, codes and a few different numbers are
    categories; other numbers and dates are amounts.
    """

    spread: ClassVar[bool] = False
    """Whether amounts are handed over by their rank, as normal scores, and turned back by the observed values."""

    def fitted(self, metadata: Any, columns: list[Prepared]) -> Any:  # noqa: ARG002
        """SDV's synthesizer with its settings, not yet trained."""
        raise TypeError(f"{type(self).__name__} does not say what SDV trains")

    def check(self, table: Table) -> None:
        super().check(table)
        if len(self.learned(table)) > MOST_COLUMNS:
            raise Problem(
                "{count} columns are too many for this synthesizer.", "Leave columns out, or let decision trees learn.",
                count=len(self.learned(table)),
            )

    def learn(self, table: Table, rng: np.random.Generator, progress: Progress) -> Model:
        progress(0.0, "Preparing the columns")
        columns = [Prepared.of(f"c{i}", name, table[name], self.by_rank(name)) for i, name in enumerate(table.names)]
        with quiet(), seeded(rng), epochs_told(progress), alone():
            made = self.fitted(_metadata(columns), columns)
            constraints = self._constraints(columns)
            if constraints:
                made.add_constraints(constraints)
            try:
                made.fit({TABLE: _frame(columns)})
            except (MemoryError, Problem):
                raise
            except Exception as error:  # noqa: BLE001 - SDV's sentences quote cells
                where: str | None = where_it_broke(error)
            else:
                where = None
        if where:
            raise Problem(
                "SDV could not learn from this table ({where}).",
                "Leave out columns that are constant or nearly empty, or choose another synthesizer.", where=where,
            )
        return SdvModel(made, tuple(replace(c, cells=None) for c in columns))

    def by_rank(self, name: str) -> bool:  # noqa: ARG002
        """Whether a column of amounts is handed over by its rank."""
        return self.spread

    def _constraints(self, columns: list[Prepared]) -> list[Any]:
        """“Not above” as SDV's own constraint, which learns the difference; all rules are checked again afterwards."""
        from sdv.cag import Inequality

        place = {c.name: c for c in columns if c.numeric is not None and c.ranked is None}
        found: list[Any] = []
        used: set[str] = set()
        for rule in self.rules:
            pair = {rule.lower, rule.upper} if isinstance(rule, NotAbove) else set()
            # SDV takes a column into one constraint only.
            if isinstance(rule, NotAbove) and pair <= set(place) and not pair & used and len(pair) == 2:
                found.append(Inequality(place[rule.lower].key, place[rule.upper].key, rule.strict))
                used |= pair
        return found


@dataclass(frozen=True)
class Prepared:
    """A column as SDV is told of it, and how its cells are written again.

    key      the name SDV knows it by
    numeric  how amounts are written, or None for categories
    ranked   the observed amounts in order, where they are handed over as normal scores
    """

    key: str
    name: str
    column: Column
    numeric: Numeric | None
    ranked: Floats | None
    cells: Any

    @staticmethod
    def of(key: str, name: str, column: Column, by_rank: bool) -> Prepared:
        numeric = Numeric.of(column)
        if numeric is None or len(column.values) <= FEW_NUMBERS:
            texts = np.array([str(i) for i in range(len(column.values))] + [None], object)
            return Prepared(key, name, _values(column), None, None, texts[column.codes])
        if not by_rank:
            return Prepared(key, name, _values(column), _bare(numeric), None, numeric.numbers)
        ranked = np.sort(numeric.numbers[~numeric.missing])
        return Prepared(key, name, _values(column), _bare(numeric), ranked, _scores(numeric.numbers, ranked))

    def written(self, cells: Any) -> Column:
        """(rows,) SDV's cells as a column like the original's."""
        import pandas as pd

        if self.numeric is None:
            # SDV gives categories back as they were told: running numbers, or nothing.
            places = pd.to_numeric(pd.Series(cells), errors="coerce").fillna(-1).to_numpy().astype(np.int32)
            return replace(self.column, codes=places)._compact()
        numbers = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(np.float64)
        if self.ranked is not None:
            numbers = _observed(numbers, self.ranked)
        return replace(self.numeric.column(numbers), labels=self.column.labels)


def _values(column: Column) -> Column:
    """The column's values without its rows."""
    return replace(column, codes=column.codes[:0])


def _bare(numeric: Numeric) -> Numeric:
    return replace(numeric, numbers=numeric.numbers[:0])


def _scores(numbers: Floats, ranked: Floats) -> Floats:
    """Normal scores by rank, ties in the middle of theirs; NaN stays."""
    from scipy.special import ndtri

    low = np.searchsorted(ranked, numbers, "left")
    high = np.searchsorted(ranked, numbers, "right")
    scores = ndtri((low + high + 1) / 2 / (len(ranked) + 1))
    return np.where(np.isnan(numbers), np.nan, scores)


def _observed(scores: Floats, ranked: Floats) -> Floats:
    """Normal scores as amounts: quantiles of the observed ones, between neighbours where a score falls between."""
    from scipy.special import ndtr

    at = ndtr(scores) * (len(ranked) + 1) - 1
    return np.where(np.isnan(scores), np.nan, np.interp(np.nan_to_num(at), np.arange(len(ranked)), ranked))


class SdvModel:
    """A trained synthesizer of SDV's with the columns it stands for."""

    def __init__(self, made: Any, columns: tuple[Prepared, ...]) -> None:
        self.made, self.columns = made, columns

    def draw(self, rows: int, rng: np.random.Generator, known: Table | None = None) -> Table:  # noqa: ARG002
        with quiet(), seeded(rng) as seed:
            # SDV draws from a state of its own that begins the same for every model.
            self.made._set_random_state(seed)
            frame = self.made.sample(num_rows=rows)[TABLE]
        return Table({c.name: c.written(frame[c.key]) for c in self.columns})

    def __getstate__(self) -> dict[str, Any]:
        return {"made": _bytes(self.made), "columns": self.columns}

    def __setstate__(self, state: dict[str, Any]) -> None:
        import cloudpickle

        with quiet():
            self.made = cloudpickle.loads(state["made"])
        self.columns = state["columns"]


def _bytes(made: Any) -> bytes:
    import cloudpickle

    with quiet():
        return bytes(cloudpickle.dumps(made))


def _metadata(columns: list[Prepared]) -> Any:
    from sdv.metadata import Metadata

    told = {c.key: {"sdtype": "categorical" if c.numeric is None else "numerical"} for c in columns}
    plain = {"tables": {TABLE: {"columns": told}}, "relationships": [], "METADATA_SPEC_VERSION": "V1"}
    return Metadata.load_from_dict(plain)


def _frame(columns: list[Prepared]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame({c.key: c.cells for c in columns})


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """SDV's warnings, bars and diary of runs kept to itself: on import it writes a file into the home folder."""
    import logging
    import sys

    before = os.environ.get("XDG_DATA_HOME")
    if "sdv" not in sys.modules:
        os.environ["XDG_DATA_HOME"] = tempfile.mkdtemp(prefix="sdv-")
    try:
        # Bars and hints are written for a person at a keyboard; some quote names of columns.
        hidden = io.StringIO()
        with warnings.catch_warnings(), contextlib.redirect_stdout(hidden), contextlib.redirect_stderr(hidden):
            warnings.simplefilter("ignore")
            import sdv.single_table  # noqa: F401

            for name in ("SingleTableSynthesizer", "MultiTableSynthesizer", "Metadata", "SingleTableMetadata"):
                logging.getLogger(name).handlers[:] = [logging.NullHandler()]
            yield
    finally:
        if before is None:
            os.environ.pop("XDG_DATA_HOME", None)
        else:
            os.environ["XDG_DATA_HOME"] = before


@contextlib.contextmanager
def seeded(rng: np.random.Generator) -> Iterator[int]:
    """The generators that SDV draws from (NumPy's and torch's own), begun from ours and put back afterwards."""
    import random

    import torch

    seed = int(rng.integers(2**31))
    numpy_state, random_state, torch_state = np.random.get_state(), random.getstate(), torch.get_rng_state()
    np.random.seed(seed)
    random.seed(seed)
    torch.manual_seed(seed)
    try:
        yield seed
    finally:
        np.random.set_state(numpy_state)
        random.setstate(random_state)
        torch.set_rng_state(torch_state)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """CTGAN prepares columns in processes of its own, whose start takes longer than their work."""
    import joblib

    with joblib.parallel_config(backend="sequential"):
        yield


@contextlib.contextmanager
def epochs_told(progress: Progress) -> Iterator[None]:
    """Epoch and loss as they go by: SDV shows them on a bar of its own, in whose place ours stands meanwhile."""
    import ctgan.synthesizers.ctgan as first
    import ctgan.synthesizers.tvae as second

    class Epochs:
        def __init__(self, epochs: range, disable: bool = False) -> None:  # noqa: ARG002
            self.epochs, self.loss = epochs, ""

        def set_description(self, text: str) -> None:
            self.loss = " ".join(text.split())

        def __iter__(self) -> Iterator[int]:
            for epoch in self.epochs:
                said = f"epoch {epoch + 1} of {len(self.epochs)}" + (f", {self.loss}" if epoch and self.loss else "")
                progress(epoch / len(self.epochs), said)
                yield epoch

    before = first.tqdm, second.tqdm
    first.tqdm = second.tqdm = Epochs
    try:
        yield
    finally:
        first.tqdm, second.tqdm = before
