"""Synthesizers without a promise on Adult: how close their rows are, and what a model trained on them is worth.

    python benchmarks/synthesis.py                       # quick ones in full, networks for a few epochs
    python benchmarks/synthesis.py --only tvae --epochs 100
    python benchmarks/synthesis.py --leaves              # what leaf size costs, and what it remembers

Adult (30,162 rows, 9 columns): two thirds are learned from, one third is held out. Of each synthesizer as many rows as
are held out are drawn. Printed: one- and two-way total variation to the rows learned from (means over columns and
pairs), the area under the curve of gradient boosting that learned income from the synthetic rows and is tested on the
real ones held out, CPU seconds, and what was trained. Real held-out rows show what new real people would.
The ones with a promise are in benchmarks/synthesis_dp.py.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections import Counter
from itertools import combinations
from pathlib import Path

import numpy as np

from core.protect.method import Run
from core.protect.secrets import Secrets
from core.synthesise import SYNTHESIZERS
from core.synthesise.trained import Trained
from core.table import Column, Table

ADULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "adult" / "adult.csv"
NUMBERS = ("age",)
TARGET = "salary-class"


def adult(path: Path) -> Table:
    with path.open(encoding="utf-8") as source:
        header, *rows = csv.reader(source, delimiter=";")
    cells = dict(zip(header, zip(*rows, strict=True), strict=True))
    return Table.of({n: Column.of(list(c), "number" if n in NUMBERS else "category") for n, c in cells.items()})


def variation(first: Table, second: Table, ways: int) -> float:
    """Mean total variation over all sets of so many columns."""
    found = []
    for names in combinations(first.names, ways):
        shares = [Counter(zip(*(t[n].texts() for n in names), strict=True)) for t in (first, second)]
        keys = shares[0].keys() | shares[1].keys()
        found.append(sum(abs(shares[0][k] / first.rows - shares[1][k] / second.rows) for k in keys) / 2)
    return float(np.mean(found))


def area(learned: Table, test: Table, places: dict[str, dict[str, int]]) -> float:
    """Area under the curve on `test` of trees that learned from `learned`."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    def coded(table: Table) -> np.ndarray:
        return np.column_stack([
            table[n].numbers if n in NUMBERS else np.array([places[n].get(v, -1) for v in table[n].texts()])
            for n in table.names
            if n != TARGET
        ])

    truth = [np.array([places[TARGET][v] for v in t[TARGET].texts()]) for t in (learned, test)]
    if len(set(truth[0].tolist())) < 2:
        return 0.5
    nominal = [i for i, n in enumerate(n for n in learned.names if n != TARGET) if n not in NUMBERS]
    trees = HistGradientBoostingClassifier(random_state=0, categorical_features=nominal)
    trees.fit(coded(learned), truth[0])
    return float(roc_auc_score(truth[1], trees.predict_proba(coded(test))[:, 1]))


def leaves(learned: Table, test: Table, places: dict[str, dict[str, int]]) -> None:
    """Rows that are a real person's to the letter, of those learned from and of as many held out, by leaf size."""
    some = learned.take(np.sort(np.random.default_rng(2).permutation(learned.rows)[: test.rows]))
    known = [{*zip(*(t[n].texts() for n in t.names), strict=True)} for t in (some, test)]
    alone = Counter(zip(*(learned[n].texts() for n in learned.names), strict=True))
    unique = {row for row, count in alone.items() if count == 1}
    print(f"{'leaf':>5}  two-way    AUC  same as learned from  same as held out  same as somebody unique")
    for leaf in (2, 5, 10, 20, 50, 100, 200):
        step = SYNTHESIZERS.build({"method": "sequential_trees", "control": 0, "rows": test.rows, "leaf": leaf})
        made = step.apply(learned, Run(Secrets("benchmark", 7, {}), 1))
        made = Table({n: made[n] for n in learned.names})
        rows = list(zip(*(made[n].texts() for n in made.names), strict=True))
        same = [np.mean([r in k for r in rows]) for k in (*known, unique)]
        print(f"{leaf:5} {variation(learned, made, 2):8.4f} {area(made, test, places):6.3f} {same[0]:21.3f} "
              f"{same[1]:17.3f} {same[2]:24.3f}", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ADULT)
    parser.add_argument("--only", nargs="*", help="names of synthesizers")
    parser.add_argument("--leaves", action="store_true", help="trees of several leaf sizes instead")
    parser.add_argument("--epochs", type=int, default=10, help="of the networks")
    asked = parser.parse_args()
    if not asked.data.exists():
        sys.exit("adult.csv is not there: say where with --data")
    whole = adult(asked.data)
    order = np.random.default_rng(1).permutation(whole.rows)
    held = np.sort(order[: whole.rows // 3])
    learned, test = whole.take(np.sort(order[whole.rows // 3 :])), whole.take(held)
    places = {n: {v: i for i, v in enumerate(sorted(whole[n].values.to_pylist()))} for n in whole.names}
    print(f"{whole.rows} rows, {len(whole.names)} columns; {learned.rows} learned from, {test.rows} held out")
    if asked.leaves:
        leaves(learned, test, places)
        return
    print(f"{'':22} one-way  two-way    AUC   CPU s  trained")
    print(f"{'real held-out rows':22} {variation(learned, test, 1):7.4f}  {variation(learned, test, 2):7.4f} "
          f"{area(learned, test, places):6.3f}", flush=True)  # fmt: skip
    chosen = [s for s in SYNTHESIZERS if issubclass(s, Trained)]
    for one in chosen:
        name = SYNTHESIZERS.name_of(one)
        if asked.only and name not in asked.only:
            continue
        settings = {"epochs": asked.epochs} if "epochs" in one.model_fields else {}
        step = SYNTHESIZERS.build({"method": name, "control": 0, "rows": test.rows, **settings})
        begun = time.process_time()
        made = step.apply(learned, Run(Secrets("benchmark", 7, {}), 1))
        seconds = time.process_time() - begun
        same = Table({n: made[n] for n in whole.names})
        said = ", ".join(f"{k} {v}" for k, v in settings.items()) or "in full"
        print(f"{name:22} {variation(learned, same, 1):7.4f}  {variation(learned, same, 2):7.4f} "
              f"{area(same, test, places):6.3f} {seconds:7.1f}  {said}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
