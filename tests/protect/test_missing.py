"""Missing is a value of its own: none is made, none is filled, and it counts in every class."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from core.protect.method import Method, Run
from core.protect.recoding.full_domain import FullDomain
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.recoding.mondrian import Mondrian
from core.protect.secrets import Secrets
from core.protect.suppression.local_suppression import LocalSuppression
from core.protect.suppression.protect_at_risk import ProtectAtRisk
from core.table import Column, Table

K = 4
KEYS = ("age", "sex", "place")
GROUPS: tuple[Method, ...] = (
    KAnonymity(k=K), FullDomain(k=K), LocalSuppression(k=K), Mondrian(k=K, columns=("age",), within=("sex", "place")),
    ProtectAtRisk(rule={"rule": "few_alike", "k": K}),
)


def people(rows: int = 400) -> Table:
    """Ages of 0 among them, which are no missing cells, and a tenth of the cells of each column empty."""
    r = np.random.default_rng(3)
    age = r.integers(0, 12, rows).astype(float)
    age[r.random(rows) < 0.1] = np.nan
    texts = {n: [None if r.random() < 0.1 else f"{n} {x}" for x in r.integers(0, m, rows)]
             for n, m in (("sex", 2), ("place", 9))}
    columns = {"age": Column.of_numbers(age), **{n: Column.of(t, "category") for n, t in texts.items()}}
    return Table.of(columns, dict.fromkeys(KEYS, "quasi_identifier"))


@pytest.mark.parametrize("method", GROUPS, ids=lambda m: m.method)
def test_missing_cells_are_neither_made_nor_filled_and_count_as_their_own_value(method: Method) -> None:
    table = people()
    method.check(table)
    out = method.apply(table, Run(Secrets("test", 7, {}), 1))
    kept = table.take(out.row_ids)
    for name in KEYS:
        was, now = kept[name], out[name]
        assert (now.missing <= was.missing).all(), "no cell becomes missing: what is hidden is blanked"
        assert (now.missing | now.suppressed)[was.missing].all(), "a missing cell never becomes a value or a group"
    written = zip(*(np.where(out[n].missing, "?", out[n].texts()) for n in KEYS), strict=True)
    assert min(Counter(written).values()) >= K
