"""A million invented rows of eight columns: CPU seconds and memory of decision trees and of AIM, each on its own.

    python benchmarks/synthesis_million.py sequential_trees
    python benchmarks/synthesis_million.py aim
"""

from __future__ import annotations

import resource
import sys
import time

import numpy as np

from core.protect.method import Run, silent
from core.protect.secrets import Secrets
from core.query.ground import Bounds, Categories, Ground
from core.query.noise import Spend, total_rho
from core.synthesise import SYNTHESIZERS
from core.synthesise.paying import Paid
from core.table import Column, Table

ROWS, EPSILON, DELTA = 1_000_000, 1.0, 1e-9
WORDS = {"sex": 2, "state": 36, "education": 5, "occupation": 20, "religion": 3}


def invented() -> Table:
    rng = np.random.default_rng(0)
    words = {n: rng.integers(0, k, ROWS) for n, k in WORDS.items()}
    income = np.rint(rng.lognormal(9, 1, ROWS) * (1 + 0.5 * (words["education"] == 4)))
    numbers = {"age": rng.integers(0, 100, ROWS), "income": income, "size": rng.integers(1, 12, ROWS)}
    columns = {n: Column.of([f"{n}{i}" for i in codes.tolist()], "category") for n, codes in words.items()}
    return Table.of({**columns, **{n: Column.of_numbers(x) for n, x in numbers.items()}})


def main(name: str) -> None:
    table = invented()
    held, begun = memory(), time.process_time()
    if name == "aim":
        known = {n: Categories(values=tuple(f"{n}{i}" for i in range(k))) for n, k in WORDS.items()}
        ground = Ground(known={**known, "age": Bounds(low=0, high=110), "income": Bounds(low=0, high=200_000),
                               "size": Bounds(low=1, high=12)})
        step = SYNTHESIZERS.build({"method": "aim", "epsilon": EPSILON})
        paid = Paid(ground, Spend("zcdp", total_rho(EPSILON, DELTA)), 0.0, EPSILON, DELTA)
        rng = np.random.default_rng(1)
        new = step.train(table, step.sources(table, ground), paid, rng, silent).draw(ROWS, rng)
    else:
        new = SYNTHESIZERS.build({"method": name, "control": 0}).apply(table, Run(Secrets("benchmark", 1, {}), 1))
    print(f"{name}: {new.rows:,} rows in {time.process_time() - begun:.1f} CPU s; {held:.0f} MB with the table alone, "
          f"{memory():.0f} MB at most")


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "aim")
