"""Releases of every kind weighed alike: the original, two protected ones, synthetic ones, a private one; and how long.

    python benchmarks/compare.py                      # Adult: 30,162 rows, 9 columns, a quick look
    python benchmarks/compare.py --data testdata      # testdata: 4,580 rows, weights and households, 7 keys
    python benchmarks/compare.py --attacks thorough
    python benchmarks/compare.py --attacks thorough --minutes 1   # for each release; what was left out is printed

A tenth of the rows is held back before any release is made: the control group of the attackers. GaussianCopula is
SDV's; AIM is ours at epsilon 1, delta 1e-6, with the columns' values public. Printed: the side-by-side table of
core.compare (risk, what attackers gain, usefulness), the verdict of the policy “scientific_use”, and wall seconds of
measuring each release.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from core import weighing
from core.policy import preset
from core.protect import METHODS
from core.protect.method import Method, Run, silent
from core.protect.secrets import Secrets
from core.query.ground import Bounds, Categories, Ground
from core.query.noise import Spend, total_rho
from core.release.blocks import figure
from core.synthesise import SYNTHESIZERS
from core.synthesise.paying import Paid
from core.table import Role, Table
from core.table.reading import read
from core.table.typing import retype

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
EPSILON, DELTA = 1.0, 1e-6
ROLES: dict[str, dict[str, Role]] = {
    "adult": {**dict.fromkeys(("sex", "age", "race", "marital-status", "education", "native-country"),
                              "quasi_identifier"), "occupation": "sensitive"},
    "testdata": {**dict.fromkeys(("urbrur", "roof", "walls", "water", "electcon", "relat", "sex"), "quasi_identifier"),
                 "income": "sensitive", "sampling_weight": "weight", "ori_hid": "household"},
}
FILES = {"adult": SHARED / "adult" / "adult.csv", "testdata": SHARED / "sdcmicro" / "testdata.csv"}


def original(name: str) -> Table:
    reading = read(FILES[name])
    table, text = reading.required(), reading.as_text
    if name == "testdata" and text is not None:
        kinds = dict.fromkeys(("urbrur", "roof", "walls", "water", "electcon", "relat", "sex"), "category")
        typed = retype(Table({n: text[n] for n in kinds}), kinds, reading.answers)  # type: ignore[arg-type]
        table = table.with_columns({n: typed[n] for n in kinds})
    return table.with_roles({n: r for n, r in ROLES[name].items() if n in table.columns})


def made(learned: Table) -> dict[str, tuple[Table, Method | None]]:
    """Name -> (release, the step that made it)."""
    secrets = Secrets.draw(fresh=True)

    def by(step: dict[str, object]) -> tuple[Table, Method]:
        method = str(step["method"])
        found = (SYNTHESIZERS if method in SYNTHESIZERS.by_name else METHODS).build(step)
        return found.apply(learned, Run(secrets, 1, original=learned)), found

    return {
        "original": (learned, None),
        "k-anonymity 5": by({"method": "k_anonymity", "k": 5}),
        "blanked, 3": by({"method": "local_suppression", "k": 3}),
        "trees": by({"method": "sequential_trees"}),
        "GaussianCopula": by({"method": "gaussian_copula"}),
        "AIM": private(learned),
    }


def private(learned: Table) -> tuple[Table, Method]:
    names = [n for n in learned.names if learned[n].kind != "number" or len(learned[n].values) < 200]
    few = Table({n: learned[n] for n in names}, {n: learned.role(n) for n in names}, learned.row_ids)
    ground = Ground(known={
        n: Bounds(low=float(np.nanmin(c.numbers)), high=float(np.nanmax(c.numbers)))
        if c.kind == "number" and len(c.values) > 1
        else Categories(values=tuple(sorted(c.values.to_pylist()))) for n, c in few.columns.items()})
    step = SYNTHESIZERS.build({"method": "aim", "epsilon": EPSILON})
    paid = Paid(ground, Spend("zcdp", total_rho(EPSILON, DELTA)), 0.0, EPSILON, DELTA)
    rng = np.random.default_rng(7)
    model = step.train(few, step.sources(few, ground), paid, rng, silent)  # type: ignore[attr-defined]
    return model.draw(few.rows, rng), step


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", choices=tuple(FILES), default="adult")
    parser.add_argument("--attacks", choices=("none", "quick", "thorough"), default="quick")
    parser.add_argument("--minutes", type=float, help="how long attackers may take on each release")
    args = parser.parse_args()
    whole = original(args.data)
    held = np.sort(np.random.default_rng(1).choice(whole.rows, whole.rows // 10, replace=False))
    learned = whole.take(np.setdiff1d(np.arange(whole.rows), held))
    ids = whole.row_ids if whole.row_ids is not None else np.arange(whole.rows)
    whole = Table(whole.columns, whole.roles, ids)
    found, seconds = {}, {}
    for name, (release, step) in made(learned).items():
        synthetic = step is not None and step.group == "synthetic"
        kept = weighing.Kept(name, name, 1, release.rows, "", "", synthetic, held=tuple(ids[held].tolist()))
        begun = time.perf_counter()
        found[name] = weighing.measured(whole, release, kept, args.attacks, preset("scientific_use"), None,
                                        np.random.default_rng(3), silent, weighing.Means(minutes=args.minutes),
                                        () if step is None else (step,))
        seconds[name] = time.perf_counter() - begun
    side = weighing.side_of(found)
    print(f"{args.data}: {learned.rows:,} rows released, {len(held):,} held back\n")
    print("| measure |", " | ".join(found), "|")
    print("|---|" + "---|" * len(found))
    for row in side.rows:
        shown = ("–" if (v := row.values[n]) is None else figure(v) + (" ★" if n in row.winners else "") for n in found)
        print(f"| {row.title} |", " | ".join(shown), "|")
    print("| rules of scientific_use broken |", " | ".join(
        str(len(w.verdict.broken)) if w.verdict else "–" for w in found.values()), "|")
    print("| seconds to measure it |", " | ".join(f"{seconds[n]:.1f}" for n in found), "|")
    for name, one in found.items():
        cut = [x for x in one.left_out if "in the time" in x.why.casefold() or "time was" in x.why]
        print(f"{name}, left out for want of time:", "; ".join(f"{x.title}: {x.why}" for x in cut) or "nothing")
    print("\nOn the edge of what is possible:", ", ".join(side.front))


if __name__ == "__main__":
    main()
