"""What the protection methods lose and how fast they are, beside ARX, sdcMicro and simple baselines.

    python benchmarks/protect.py                     everything but the million rows
    python benchmarks/protect.py --million           also the enlarged Adult and a million rows of numbers
    python benchmarks/protect.py --only adult        one part: adult, blanks, choices, numbers, population

Times are CPU seconds of this process (`time.process_time`), kernels compiled before; the second of two runs. Every
guarantee is counted again with dictionaries of texts. Reads ../shared/data and ../shared/oracle; peers' figures
stand there (oracle/arx/MEASURED.md, oracle/sdcmicro) and are repeated here with their source.
"""

from __future__ import annotations

import argparse
import csv
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from core.protect import warm
from core.protect.hierarchies.hierarchy import FromRows, load_arx
from core.protect.hierarchies.loss import detail_lost
from core.protect.hierarchies.recoding import Recoding
from core.protect.method import Run
from core.protect.perturbation.microaggregate import exchanged, grouped
from core.protect.promises.attackers import attackers
from core.protect.promises.rules import DistinctL, TCloseness, all_keep
from core.protect.recoding.alike import plant_all
from core.protect.recoding.full_domain import FullDomain, optimum
from core.protect.recoding.k_anonymity import KAnonymity
from core.protect.recoding.k_map import KMap
from core.protect.secrets import Secrets
from core.protect.suppression.local_suppression import LocalSuppression
from core.protect.suppression.protect_at_risk import ProtectAtRisk
from core.protect.suppression.wildcard import fewest_matches
from core.table import Column, Table

SHARED = Path(__file__).resolve().parents[2] / "shared"
K7 = ("urbrur", "roof", "walls", "water", "electcon", "relat", "sex")
K5 = ("region", "urbrur", "sex", "agegrp", "marstat")


def read(path: Path, separator: str = ",") -> Table:
    with path.open(encoding="utf-8") as source:
        header, *rows = csv.reader(source, delimiter=separator)
    return Table.of({n: Column.of(list(c), "category") for n, c in zip(header, zip(*rows, strict=True), strict=True)})


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """The result and the CPU seconds of the second of two runs."""
    work()
    start = time.process_time()
    return work(), time.process_time() - start


def smallest(table: Table, names: tuple[str, ...]) -> int:
    return min(Counter(zip(*(table[n].texts() for n in names), strict=True)).values())


def line(*cells: object) -> None:
    print(" | ".join(f"{c:.3f}" if isinstance(c, float) else str(c) for c in cells))


def apply(step: Any, table: Table) -> Table:
    return step.apply(table, Run(Secrets("bench", 1, {}), 1))


def hierarchies(names: tuple[str, ...]) -> dict[str, FromRows]:
    return {n: FromRows(rows=load_arx(SHARED / f"data/adult/adult_hierarchy_{n}.csv")) for n in names}


def granularity_of(loss: float, trees: dict[str, Any]) -> float:
    """ARX's granularity from the mean share of the domain."""
    least = float(np.mean([1 / t.domain for t in trees.values()]))
    return 1 - (loss - least) / (1 - least)


def recounted(original: Table, out: Table, trees: dict[str, Any]) -> float:
    """ARX's granularity from the written texts: the share of leaves under each, suppressed and missing rows 1."""
    total = 0.0
    for name, tree in trees.items():
        share = {x: s for labels, shares in zip(tree.labels[::-1], tree.shares[::-1], strict=True)
                 for x, s in zip(labels, shares, strict=True)}
        total += sum(share[v] * n for v, n in Counter(out[name].texts()).items()) + original.rows - out.rows
    return granularity_of(total / original.rows / len(trees), trees)


def adult(path: Path, peers: dict[str, str]) -> None:
    table = read(path, ";")
    nine = table.names
    eight = tuple(n for n in nine if n != "occupation")
    print(f"\nAdult, {table.rows} rows\nrun | granularity | ARX | rows left out | smallest class | CPU s | ARX's CPU s")
    trees = plant_all(table, nine, hierarchies(nine))
    for title, prune in (("full-domain k=5, 5% suppressed", True), ("the same, every node counted", False)):
        best, spent = timed(lambda p=prune: optimum(Recoding.of(table, trees), 5, int(0.05 * table.rows), p))
        line(title, granularity_of(best.loss, trees), peers.get("full", ""), best.suppressed, f"{best.nodes} nodes",
             spent, peers.get("full s", ""))
    runs: list[tuple[str, tuple[str, ...], tuple[Any, ...]]] = [("local k=5", nine, ())]
    if table.rows < 100_000:
        occupation = "occupation"
        runs += [
            ("local k=5, l=3", eight, (DistinctL(column=occupation, l=3),)),
            ("local k=5, t=0.2", eight, (TCloseness(column=occupation, t=0.2),)),
            ("local k=5, l=3, t=0.3", eight,
             (DistinctL(column=occupation, l=3), TCloseness(column=occupation, t=0.3))),
        ]
    for title, names, rules in runs:
        step = KAnonymity(k=5, columns=names, hierarchies=hierarchies(names), rules=rules)
        out, spent = timed(lambda s=step: apply(s, table))
        assert smallest(out, names) >= 5
        assert all(all_keep(out, names, rule) for rule in rules)
        planted = plant_all(table, names, step.hierarchies)
        line(title, recounted(table, out, planted), peers.get(title, ""), table.rows - out.rows,
             smallest(out, names), spent, peers.get(title + " s", ""))
    out, spent = timed(lambda: apply(LocalSuppression(k=5, columns=nine), table))
    line("baseline: only blanks, k=5", recounted(table, out, trees), "", 0, smallest(out, nine), spent, "")
    rare = Counter(zip(*(table[n].texts() for n in nine), strict=True))
    kept = np.array([rare[row] >= 5 for row in zip(*(table[n].texts() for n in nine), strict=True)])
    line("baseline: rows below 5 left out", 1 - detail_lost(table, table.take(kept), trees), "",
         table.rows - int(kept.sum()), 5, "", "")


def greedy_blanks(table: Table, names: tuple[str, ...], k: int) -> int:
    """A naive greedy: the rows at risk lose the cell of their column with most values, then the next, until alike."""
    rows = [list(r) for r in zip(*(table[n].texts() for n in names), strict=True)]
    order = sorted(range(len(names)), key=lambda c: -len(table[names[c]].values))
    blanked = 0
    for c in order:
        counts = Counter(map(tuple, rows))
        at_risk = [r for r in rows if counts[tuple(r)] < k]
        for row in at_risk:
            row[c] = "*"
        blanked += len(at_risk)
    return blanked


def blanks(folder: Path) -> None:
    print("\nLocal suppression\ndata | k | counting | blanks | sdcMicro | naive greedy | smallest class | fewest "
          "matches (* as anything) | CPU s | sdcMicro's CPU s")
    survey = read(survey_file(folder))
    tests = [(read(SHARED / "data/sdcmicro/testdata.csv"), "testdata", K7, k, peer, s)
             for k, peer, s in ((2, 157, 0.44), (3, 293, 0.87), (5, 500, 1.76))]
    tests.append((survey, "survey100k", K5, 5, 8528, 113))
    for table, title, names, k, peer, seconds in tests:
        for counting in ("strict", "wildcard"):
            step = LocalSuppression(k=k, columns=names, counting=counting)  # type: ignore[arg-type]
            out, spent = timed(lambda s=step, t=table: apply(s, t))
            total = sum(int(out[n].suppressed.sum()) for n in names)
            wild = counting == "wildcard"
            line(title, k, counting, total, peer if wild else "", greedy_blanks(table, names, k) if not wild else "",
                 smallest(out, names), fewest_matches(out, names), spent, seconds if wild else "")


def two_attackers() -> None:
    """Testdata with seven keys: what is left against both attackers, beside what sdcMicro's files leave."""
    print("\nTwo attackers, testdata\nk | file | cells blanked | rows below k as written | people narrowed down to "
          "fewer than k by true values | to one | rows below k, * as anything")
    table = read(SHARED / "data/sdcmicro/testdata.csv")
    with (SHARED / "oracle/sdcmicro/kAnon_attacker_check.csv").open() as source:
        peers = {row["run"]: row for row in csv.DictReader(source)}
    for k in (2, 3, 5):
        peer = peers[f"kAnon_testdata_k{k}"]
        line(k, "sdcMicro's", peer["suppressions"], peer["viol_strict"], peer["viol_attacker"],
             peer["unique_attacker"], peer["viol_sdcMicro"])
        for counting in ("wildcard", "strict"):
            out = apply(LocalSuppression(k=k, columns=K7, counting=counting), table)  # type: ignore[arg-type]
            (found,) = attackers(table, out, K7, (k,))
            line(k, f"ours, {counting}", sum(int(out[n].suppressed.sum()) for n in K7), found.as_written,
                 found.knowing, found.alone, found.wildcard)


def choices() -> None:
    """Rules in one coarseness for each column, subsets with their own k, the proved minimum, only rows at risk."""
    print("\nOne coarseness for each column, Adult, k=5, 5%\nrule | granularity | ARX | rows suppressed | ARX | CPU s")
    table = read(SHARED / "data/adult/adult.csv", ";")
    eight = tuple(n for n in table.names if n != "occupation")
    trees = plant_all(table, eight, hierarchies(eight))
    for rule, peer, left in ((DistinctL(column="occupation", l=3), ".798", "1,400"),
                             (TCloseness(column="occupation", t=0.2), ".184", "235")):
        step = FullDomain(k=5, columns=eight, hierarchies=hierarchies(eight), rules=(rule,))
        out, spent = timed(lambda s=step: apply(s, table))
        assert smallest(out, eight) >= 5
        assert all_keep(out, eight, rule)
        blanked = Counter(zip(*(out[n].texts() for n in eight), strict=True))[("*",) * 8]
        line(rule.words(), recounted(table, out, trees), peer, blanked, left, spent)
    survey = read(SHARED / "data/sdcmicro/testdata.csv")
    print("\nBlanks on testdata\nway | blanks | beside | CPU s")
    subsets = ({"kind": "any", "size": 3, "k": 3}, {"kind": "any", "size": 4, "k": 2})
    part = survey.take(np.arange(300))
    for title, step, rows, beside in (
        ("any 3 columns k=3, any 4 k=2, as sdcMicro counts",
         LocalSuppression(columns=K7, counting="wildcard", all_columns=False, subsets=subsets), survey, "sdcMicro 90"),
        ("the same, strict", LocalSuppression(columns=K7, all_columns=False, subsets=subsets), survey, ""),
        ("first 300 rows, k=3, fast", LocalSuppression(k=3, columns=K7), part, ""),
        ("first 300 rows, k=3, proved minimum", LocalSuppression(k=3, columns=K7, search="exact"), part, ""),
        ("only rows at risk, k=3", ProtectAtRisk(columns=K7), survey, "all rows 406"),
    ):
        out, spent = timed(lambda s=step, t=rows: apply(s, t))
        line(title, sum(int(out[n].suppressed.sum()) for n in K7), beside, spent)


def survey_file(folder: Path) -> Path:
    path = folder / "survey100k.csv"
    if not path.exists():
        subprocess.run([sys.executable, str(SHARED / "data/tools/survey100k.py")], cwd=folder, check=True,
                       stdout=subprocess.DEVNULL)
    return path


def numbers(folder: Path, million: bool) -> None:
    print("\nMicroaggregation\ndata | k | way | squared error / total | sdcMicro | CPU s | sdcMicro's CPU s")
    table = read(survey_file(folder))
    points = np.stack([table[n].with_kind("number").numbers for n in ("income", "expend", "savings", "land")], axis=1)
    points = np.ascontiguousarray((points - points.mean(axis=0)) / points.std(axis=0))
    for k, peer, seconds in ((3, 0.003676, 51.4), (10, 0.011244, 15.4)):
        group, spent = timed(lambda k=k: exchanged(points, k))
        assert np.bincount(group).min() >= k
        line("survey100k x 4", k, "neighbours", f"{error(points, group):.6f}", f"{peer:.6f}", spent, seconds)
        start = time.process_time()
        group = grouped(points, k, "mdav")
        line("survey100k x 4", k, "MDAV", f"{error(points, group):.6f}", f"{peer:.6f}", time.process_time() - start,
             seconds)
        order = np.argsort(points @ np.linalg.svd(points[:5000], full_matrices=False)[2][0])
        group[order] = np.minimum(np.arange(len(points)) // k, len(points) // k - 1)
        line("survey100k x 4", k, "baseline: along the first principal component", f"{error(points, group):.6f}")
    if million:
        r = np.random.default_rng(0)
        points = np.exp(0.6 * r.normal(size=(1_000_000, 6)) + 0.6 * r.normal(size=(1_000_000, 1)))
        points = np.ascontiguousarray((points - points.mean(axis=0)) / points.std(axis=0))
        start = time.process_time()
        group = exchanged(points, 5)
        line("1,000,000 x 6", 5, "neighbours", f"{error(points, group):.6f}", "", time.process_time() - start)


def population(rows: int) -> None:
    """k-map with the population estimated from weights; nearly every row is alone with its seven values."""
    r = np.random.default_rng(1)
    sizes = {"region": 36, "sex": 2, "age": 96, "marital": 5, "education": 9, "occupation": 41, "ethnic": 6}
    columns = {n: Column.of_numbers(r.integers(0, size, rows)) for n, size in sizes.items()}
    columns = {n: c if n == "age" else c.with_kind("category") for n, c in columns.items()}
    table = Table.of({**columns, "weight": Column.of_numbers(np.round(r.gamma(9, 25, rows) + 20, 1))},
                     {**dict.fromkeys(sizes, "quasi_identifier"), "weight": "weight"})
    line("rows", "k", "rows changed", "CPU s to make", "CPU s to count again")
    for k in (100, 1000):
        step = KMap(k=k)
        start = time.process_time()
        out = step.apply(table, Run(Secrets("a", 0, {}), 1))
        made = time.process_time()
        assert all(claim.holds(out) for claim in step.claims(table))
        changed = sum(~table[n].same_cells(out[n]) for n in sizes) > 0
        line(rows, k, int(np.sum(changed)), f"{made - start:.1f}", f"{time.process_time() - made:.1f}")


def error(points: np.ndarray, group: np.ndarray) -> float:
    means = np.stack([np.bincount(group, x) / np.bincount(group) for x in points.T], axis=1)
    return float(((points - means[group]) ** 2).sum() / points.size)


ARX = {
    "full": ".698", "full s": "1.7", "local k=5": ".932", "local k=5 s": "3.2", "local k=5, l=3": ".957",
    "local k=5, l=3 s": "1.1", "local k=5, t=0.2": ".536 (4,941 rows suppressed)", "local k=5, t=0.2 s": "55",
    "local k=5, l=3, t=0.3": ".705", "local k=5, l=3, t=0.3 s": "47",
}
"""oracle/arx/MEASURED.md; the enlarged file: .982 in 58 s (local), 45 s (full-domain)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("--only", choices=("adult", "blanks", "choices", "numbers", "population"))
    parser.add_argument("--million", action="store_true")
    args = parser.parse_args()
    warm.main()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if args.only in (None, "adult"):
            adult(SHARED / "data/adult/adult.csv", ARX)
            if args.million:
                large = folder / "adult_x33.csv"
                with large.open("w") as out:
                    subprocess.run([sys.executable, str(SHARED / "data/tools/enlarge_adult.py"),
                                    str(SHARED / "data/adult/adult.csv"), "33"], stdout=out, check=True)
                adult(large, {"local k=5": ".982", "local k=5 s": "58", "full s": "45"})
        if args.only in (None, "blanks"):
            blanks(folder)
            two_attackers()
        if args.only in (None, "choices"):
            choices()
        if args.only in (None, "numbers"):
            numbers(folder, args.million)
        if args.only in (None, "population"):
            population(1_000_000 if args.million else 100_000)


if __name__ == "__main__":
    main()
