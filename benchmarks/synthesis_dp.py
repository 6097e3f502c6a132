"""Private synthesizers on Adult: how close their rows are, what a model trained on them is worth, time and memory.

    python benchmarks/synthesis_dp.py                             # epsilon 1 and 0.1 for all, and 10 for AIM
    python benchmarks/synthesis_dp.py --only aim --epsilon 1      # one of them
    python benchmarks/synthesis_dp.py --only aim aim_predicting --epsilon 1 --times 8    # means of eight trainings
    python benchmarks/synthesis_dp.py --general                   # OpenDP's own MST on its general engine (opendp[mbi])

Adult (30,162 rows, 9 columns): four fifths are learned from, one fifth is held out. As many rows are drawn as are
learned from. Printed: one- and two-way total variation to the rows learned from (core.utility: ages in twenty bins),
the area under the curve of gradient boosting that learned income from them and is tested on the real held-out rows, CPU
seconds of training, the most memory the process held in MB, and how much of it came with the training. Each runs in a
process of its own; of several trainings means, and of the AUC its standard error. `aim_predicting` is AIM told that
income will be predicted. The domain is public: Adult's codebook and ages from 17 to 90. delta is 1e-6.

`--general` needs what opendp[mbi] asks for (JAX); the folder may be named in PYTHONPATH.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from core.protect.method import silent
from core.query.ground import Bounds, Categories, Ground
from core.query.noise import Spend, total_rho
from core.synthesise import SYNTHESIZERS
from core.synthesise.paying import Paid
from core.table import Column, Table
from core.utility.both import Both

sys.path.insert(0, str(Path(__file__).parent))
from synthesis import ADULT, adult, area

DELTA = 1e-6
PREDICTED = "salary-class"
AGES = list(range(16, 95, 4))
"""Bands of ages for the general engine."""


def split(path: Path) -> tuple[Table, Table, Table]:
    """All of it, the rows learned from, and those held out."""
    whole = adult(path)
    order = np.random.default_rng(1).permutation(whole.rows)
    cut = whole.rows // 5
    return whole, whole.take(np.sort(order[cut:])), whole.take(np.sort(order[:cut]))


def judged(whole: Table, learned: Table, test: Table, made: Table) -> dict[str, float]:
    both = Both.of(learned, made)
    shares = [pair.shares for pair in both.columns.values()]
    places = {n: {v: i for i, v in enumerate(sorted(whole[n].values.to_pylist()))} for n in whole.names}
    return {
        "one": float(np.mean([np.abs(a - b).sum() / 2 for a, b in shares])),
        "two": float(np.mean([pair.variation for pair in both.pairs])),
        "auc": area(made, test, places),
    }


def ours(name: str, epsilon: float, learned: Table, whole: Table) -> tuple[Table, float]:
    ground = Ground(known={
        n: Bounds(low=17, high=90) if n == "age" else Categories(values=tuple(sorted(whole[n].values.to_pylist())))
        for n in whole.names
    })
    settings = {"method": "aim", "predict": PREDICTED} if name == "aim_predicting" else {"method": name}
    step = SYNTHESIZERS.build({**settings, "epsilon": epsilon})
    paid = Paid(ground, Spend("zcdp", total_rho(epsilon, DELTA)), 0.0, epsilon, DELTA)
    rng = np.random.default_rng()
    begun = time.process_time()
    model = step.train(learned, step.sources(learned, ground), paid, rng, silent)
    seconds = time.process_time() - begun
    return model.draw(learned.rows, rng), seconds


def general(epsilon: float, learned: Table, whole: Table) -> tuple[Table, float]:
    """OpenDP's MST on the general-purpose engine (opendp.extras.mbi), as its documentation uses it."""
    import opendp.extras.mbi._mst as mst
    import opendp.prelude as dp
    import polars as pl

    dp.enable_features("contrib")
    # OpenDP 0.16 divides its price for selecting by the number of selections, and their sum exceeds the price by its
    # last bit: the release is then refused. A billionth less for each gives it room.
    mst.prior = lambda price: price * (1 - 1e-9)
    keys = {n: sorted(whole[n].values.to_pylist()) for n in whole.names if n != "age"}
    data = learned.to_polars().with_columns(pl.col("age").cast(pl.Int64)).lazy()
    begun = time.process_time()
    table = dp.Context.compositor(
        data=data, privacy_unit=dp.unit_of(contributions=1),
        privacy_loss=dp.loss_of(rho=total_rho(epsilon, DELTA)), split_evenly_over=1,
        margins=[dp.polars.Margin(max_length=100_000)],
    ).query().contingency_table(
        keys=keys, cuts={"age": AGES}, algorithm=dp.mbi.MST(),
    ).release()
    made = table.synthesize()
    seconds = time.process_time() - begun
    frame = made.collect() if isinstance(made, pl.LazyFrame) else made
    # Ages come as decimals within their band, and as nothing where noise put somebody outside all of them; a value of
    # no list comes as nothing too.
    frame = frame.with_columns(pl.col("age").fill_null(pl.col("age").median()).fill_nan(None).floor().clip(17, 90)
                               .fill_null(37).cast(pl.Int64))
    frame = frame.with_columns(pl.col(n).fill_null(pl.col(n).mode().first()) for n in keys)
    columns = {n: Column.of(frame[n].cast(pl.String).to_list(), whole[n].kind) for n in whole.names}
    return Table(columns, {}, None), seconds


def one(name: str, epsilon: float, path: Path) -> None:
    """One training, judged; its figures as JSON on one line."""
    import resource

    whole, learned, test = split(path)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    made, seconds = (general(epsilon, learned, whole) if name == "general" else
                     ours(name, epsilon, learned, whole) if name != "real" else (test, 0.0))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = judged(whole, learned, test, made)
    if name == "real":
        figures["auc"] = judged(whole, learned, test, learned)["auc"]
    print(json.dumps({**figures, "cpu": seconds, "mb": most, "more": most - before}))


def line(name: str, epsilon: float, found: list[dict[str, float]]) -> str:
    """The means of some trainings; behind them the standard error of the AUC, where there are several."""
    f = {key: float(np.mean([each[key] for each in found])) for key in found[0]}
    spread = float(np.std([each["auc"] for each in found], ddof=1)) / len(found) ** 0.5 if len(found) > 1 else None
    closeness = f"{f['one']:7.4f}  {f['two']:7.4f} {f['auc']:7.4f}"
    tail = "" if spread is None else f"   AUC +- {spread:.4f} of {len(found)}"
    return f"{name:18} {epsilon:7g}  {closeness} {f['cpu']:7.1f} {f['mb']:6.0f} {f['more']:6.0f}{tail}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=ADULT)
    parser.add_argument("--only", nargs="*", help="names of synthesizers")
    parser.add_argument("--epsilon", nargs="*", type=float)
    parser.add_argument("--times", type=int, default=1, help="trainings of each")
    parser.add_argument("--general", action="store_true", help="OpenDP's MST on its general engine as well")
    parser.add_argument("--one", nargs=2, metavar=("NAME", "EPSILON"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if not asked.data.exists():
        sys.exit("adult.csv is not there: say where with --data")
    if asked.one:
        one(asked.one[0], float(asked.one[1]), asked.data)
        return
    names = asked.only or [SYNTHESIZERS.name_of(s) for s in SYNTHESIZERS if s.private] + ["aim_predicting"]
    runs = [(n, e) for n in names for e in asked.epsilon or ([0.1, 1.0, 10.0] if n.startswith("aim") else [0.1, 1.0])]
    print(f"{'':18} epsilon  one-way  two-way     AUC   CPU s     MB   more", flush=True)
    for name, epsilon in [("real", 0.0), *runs, *([("general", 1.0)] if asked.general else [])]:
        call = [sys.executable, __file__, "--data", str(asked.data), "--one", name, str(epsilon)]
        found = []
        for _ in range(1 if name in ("real", "general") else asked.times):
            done = subprocess.run(call, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{name:18} {epsilon:7g}  failed: {done.stderr.strip().splitlines()[-1][:200]}", flush=True)
                break
            found.append(json.loads(done.stdout.splitlines()[-1]))
        else:
            print(line(name, epsilon, found), flush=True)


if __name__ == "__main__":
    main()
