"""`python -m core.protect.warm`: compile the kernels once, at installation, so that no person waits for it."""

from __future__ import annotations

import sys
import time

import numpy as np

from core.protect.method import Method, Run
from core.protect.perturbation.microaggregate import Microaggregate
from core.protect.perturbation.rank_swap import RankSwap
from core.protect.promises.population import PopulationCounts
from core.protect.promises.rules import DistinctL, TCloseness
from core.protect.recoding.full_domain import FullDomain
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.recoding.k_map import KMap
from core.protect.recoding.mondrian import Mondrian
from core.protect.secrets import Secrets
from core.protect.suppression.local_suppression import LocalSuppression
from core.table import Column, Table


def steps() -> tuple[Method, ...]:
    """Steps that between them use every kernel for the types they meet in earnest."""
    keys, numbers = ("a", "b", "c"), ("x", "y")
    return (
        KAnonymity(k=3, columns=keys), KAnonymity(k=3, columns=keys, rules=(TCloseness(column="s", t=0.4),)),
        FullDomain(k=3, columns=keys), LocalSuppression(k=3, columns=keys),
        LocalSuppression(k=3, columns=keys, counting="wildcard"),
        Microaggregate(columns=numbers, search="mdav"), Microaggregate(columns=numbers, search="neighbours"),
        Microaggregate(columns=("x",)), Microaggregate(columns=numbers, search="v_mdav"),
        Microaggregate(columns=numbers, categories=("a",)), RankSwap(columns=numbers),
        KMap(k=2, columns=("a",), population=PopulationCounts(rows=(("a", "count"), ("0", "1"), ("1", "9")))),
        FullDomain(k=3, columns=keys, rules=(DistinctL(column="s", l=2),)),
        Mondrian(k=3, columns=numbers, rules=(DistinctL(column="s", l=2),)),
    )


def main() -> int:
    start = time.perf_counter()
    r = np.random.default_rng(0)
    table = Table.of({n: Column.of_numbers(r.integers(0, 5, 300)) for n in ("a", "b", "c", "s", "x", "y")})
    table = table.with_columns({"a": table["a"].with_kind("category")})
    for step in steps():
        step.apply(table, Run(Secrets("warm", 0, {}), 1))
    sys.stdout.write(f"Protection is ready ({time.perf_counter() - start:.1f} s).\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
