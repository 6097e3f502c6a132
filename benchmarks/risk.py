"""How fast risk is counted: class sizes beside pandas, Polars and DuckDB, measured in the same run on one core.

    python benchmarks/risk.py                  1e5, 1e6 and 1e7 rows x 8 keys
    python benchmarks/risk.py --rows 1e6       one size
    python benchmarks/risk.py --stream 1e8     also class sizes of so many records streamed from Parquet
    python benchmarks/risk.py --measures 1e7   only measures of so many records streamed from Parquet, one by one

Each figure comes from a process of its own: the median CPU seconds of three runs (`time.process_time`, all threads
added up), and the highest memory beyond the data while they ran. Columns hold 100, 2, 700, 8, 12, 300, 5 and 12 values,
skewed. Polars and DuckDB get the same integer codes and one thread; DuckDB is needed only here (pip install duckdb).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa

CARDINALITIES = (100, 2, 700, 8, 12, 300, 5, 12)
RUNS = 3
ENGINES = ("core", "core without numba", "polars", "duckdb", "pandas")
ONLY_OURS = ("fk, distinct and entropy l, t", "28 pairs and 56 triples", "SUDA2, 7 keys, 1e5 rows",
             "missing as wildcards, 7 keys, 1e5 rows")


def codes_of(rows: int, cardinalities: tuple[int, ...] = CARDINALITIES) -> list[np.ndarray]:
    rng = np.random.default_rng(1)
    skewed = [np.minimum((c * rng.random(rows) ** 2).astype(np.int32), c - 1) for c in cardinalities]
    return [np.unique(s, return_inverse=True)[1].astype(np.int32) for s in skewed]


def columns_of(codes: list[np.ndarray]):  # type: ignore[no-untyped-def]
    from core.table import Column

    return [Column(c, pa.array([str(v) for v in range(int(c.max()) + 1)])) for c in codes]


def task_core(codes: list[np.ndarray], weights: np.ndarray | None, numba: bool = True) -> Callable[[], object]:
    from core.risk import kernel

    columns = columns_of(codes)
    if not numba:
        kernel.compiled = lambda: None  # type: ignore[assignment]
    kernel.compiled()
    return lambda: kernel.class_sizes(columns, weights).fk


def task_pandas(codes: list[np.ndarray], weights: np.ndarray | None) -> Callable[[], object]:
    import pandas as pd

    frame = pd.DataFrame({f"k{i}": c for i, c in enumerate(codes)})
    keys = list(frame)
    if weights is None:
        return lambda: frame.groupby(keys, sort=False)["k0"].transform("size")
    frame["w"] = weights

    def both() -> object:
        grouped = frame.groupby(keys, sort=False)["w"]
        return grouped.transform("size"), grouped.transform("sum")

    return both


def task_polars(codes: list[np.ndarray], weights: np.ndarray | None) -> Callable[[], object]:
    import polars as pl

    frame = pl.DataFrame({f"k{i}": c for i, c in enumerate(codes)})
    keys = frame.columns
    # The faster of its two ways: window functions over one packed key.
    packed = pl.col(keys[0]).cast(pl.Int64)
    for key, codes_ in zip(keys[1:], codes[1:], strict=True):
        packed = packed * (int(codes_.max()) + 1) + pl.col(key)
    wanted = [pl.len().over("key").alias("fk")]
    if weights is not None:
        frame = frame.with_columns(w=pl.Series(weights))
        wanted.append(pl.col("w").sum().over("key").alias("wk"))
    return lambda: frame.with_columns(packed.alias("key")).select(wanted)


def task_duckdb(codes: list[np.ndarray], weights: np.ndarray | None) -> Callable[[], object]:
    import duckdb

    table = pa.table({f"k{i}": c for i, c in enumerate(codes)} | ({} if weights is None else {"w": weights}))
    connection = duckdb.connect(config={"threads": 1})
    connection.register("t", table)
    keys = ", ".join(f"k{i}" for i in range(len(codes)))
    add = "" if weights is None else ", sum(w) AS wk"
    both = "g.fk" + ("" if weights is None else ", g.wk")
    query = (f"SELECT {both} FROM t JOIN (SELECT {keys}, count(*) AS fk{add} FROM t GROUP BY {keys}) g "  # noqa: S608
             f"USING ({keys})")
    return lambda: connection.execute(query).fetch_arrow_table()


def task_ours(what: str, rows: int) -> Callable[[], object]:
    from core.risk import diversity, kernel
    from core.risk.subsets import uniques
    from core.risk.suda import suda2
    from core.risk.tally import tally
    from core.risk.wildcard import wildcard_sizes
    from core.table import Column, Table

    kernel.compiled()
    seven = (36, 2, 2, 20, 5, 9, 6)
    if what.startswith("fk, distinct"):
        *keys, sensitive = columns_of(codes_of(rows))

        def diverse() -> object:
            counts = tally(kernel.class_sizes(keys), sensitive)
            return diversity.distinct(counts), diversity.entropy(counts), diversity.closeness(counts)

        return diverse
    if what.startswith("28 pairs"):
        table = Table({f"k{i}": c for i, c in enumerate(columns_of(codes_of(rows)))})
        return lambda: uniques(table, table.names, 3)
    columns = columns_of(codes_of(100_000, seven))
    if what.startswith("SUDA2"):
        survey = Table({f"k{i}": c for i, c in enumerate(columns)})
        return lambda: suda2(survey, survey.names)
    rng = np.random.default_rng(2)
    gaps = [Column(np.where(rng.random(len(c)) < 0.05, -1, c.codes).astype(np.int32), c.values) for c in columns]
    return lambda: wildcard_sizes(gaps)


def task_of(what: str, rows: int, weighted: bool) -> Callable[[], object]:
    if what in ONLY_OURS:
        return task_ours(what, rows)
    codes = codes_of(rows)
    weights = np.random.default_rng(3).random(rows) * 100 if weighted else None
    makers = {"core": task_core, "core without numba": lambda c, w: task_core(c, w, numba=False), "pandas": task_pandas,
              "polars": task_polars, "duckdb": task_duckdb}
    return makers[what](codes, weights)


def memory_now() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def highest_memory() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024


def child(what: str, rows: int, weighted: bool) -> None:
    """Measure one task in this process and print the figures as JSON."""
    task = task_of(what, rows, weighted)
    Path("/proc/self/clear_refs").write_text("5")  # forget the highest memory so far
    before, seconds = memory_now(), []
    for _ in range(RUNS):
        start = time.process_time()
        answer = task()
        seconds.append(time.process_time() - start)
        del answer
    print(json.dumps({"seconds": statistics.median(seconds), "mib": highest_memory() - before}))


def measured(what: str, rows: int, weighted: bool = False) -> dict[str, float] | None:
    one_core = {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    words = [sys.executable, __file__, "--child", what, "--rows", str(rows), *(["--weighted"] if weighted else [])]
    done = subprocess.run(words, env={**os.environ, **one_core}, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else None


def compare(rows: int, weighted: bool) -> None:
    print(f"\n{rows:,} rows x 8 keys, {'class sizes and weighted sizes' if weighted else 'class sizes'}\n")
    print("| engine | CPU s | MiB beyond the data | times ours |\n|---|---|---|---|")
    ours = None
    for engine in ENGINES:
        found = measured(engine, rows, weighted)
        if found is None:
            print(f"| {engine} | could not be run | | |", flush=True)
            continue
        ours = ours or found["seconds"]
        seconds, mib = found["seconds"], found["mib"]
        print(f"| {engine} | {seconds:.3f} | {mib:,.0f} | {seconds / ours:.1f} |", flush=True)


def ours_alone(rows: int) -> None:
    print(f"\n{rows:,} rows, this program only\n\n| what | CPU s | MiB beyond the data |\n|---|---|---|")
    for what in ONLY_OURS:
        found = measured(what, rows)
        assert found is not None, what
        print(f"| {what} | {found['seconds']:.3f} | {found['mib']:,.0f} |", flush=True)


def stream(rows: int) -> None:
    """Class sizes of a Parquet file written for this, record by record in the original order."""
    import pyarrow.parquet as pq

    from core.risk.kernel import compiled
    from core.risk.stream import stream_class_sizes

    with tempfile.TemporaryDirectory() as folder:
        path, rng = Path(folder) / "big.parquet", np.random.default_rng(1)
        names = [f"k{i}" for i in range(8)]
        with pq.ParquetWriter(path, pa.schema([(n, pa.int32()) for n in names])) as writer:
            for start in range(0, rows, 1_000_000):
                n = min(1_000_000, rows - start)
                skewed = [(c * rng.random(n) ** 2).astype(np.int32) for c in CARDINALITIES]
                writer.write_table(pa.table(dict(zip(names, skewed, strict=True))))
        compiled()
        Path("/proc/self/clear_refs").write_text("5")
        before, start_cpu = memory_now(), time.process_time()
        with stream_class_sizes(path, names) as streamed:
            records = sum(len(fk) for fk, _ in streamed.batches())
        seconds = time.process_time() - start_cpu
        assert records == rows
        print(f"\n{rows:,} records streamed from Parquet, 8 keys, a class size for each in the original order: "
              f"{seconds:.1f} CPU s, {highest_memory() - before:,.0f} MiB beyond the process")


def stream_measures(rows: int) -> None:
    """Measures of a Parquet file with a weight and a sensitive column, each with passes over the file of its own."""
    import pyarrow.parquet as pq

    from core.problem import Problem
    from core.risk import MEASURES
    from core.risk.kernel import compiled
    from core.risk.stream_study import stream_study

    sizes, names = (100, 2, 8, 12, 5, 20), ["age", "sex", "state", "work", "marital", "ill"]
    compiled()
    print(f"\n{rows:,} records streamed, 5 keys, weights, a sensitive column of 20 values\n\n"
          "| measure | CPU s | MiB beyond the process |\n|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path, rng = Path(folder) / "big.parquet", np.random.default_rng(1)
        schema = pa.schema([(n, pa.int32()) for n in names] + [("w", pa.float64())])
        with pq.ParquetWriter(path, schema) as writer:
            for start in range(0, rows, 1_000_000):
                n = min(1_000_000, rows - start)
                skewed = [(c * rng.random(n) ** 2).astype(np.int32) for c in sizes]
                weight = rng.random(n) * 100
                writer.write_table(pa.table([*skewed, weight], schema=schema))
        for name in ("k_anonymity", "km_anonymity", "individual_risk", "wildcard_counts", "t_closeness", "log_linear",
                     "suda2", "identifying_power", "unsafe_cells"):
            Path("/proc/self/clear_refs").write_text("5")
            before, start_cpu = memory_now(), time.process_time()
            try:
                with stream_study(path, names[:5], "w", sensitive=names[5:]) as study:
                    study.measured(MEASURES.named(name)())
            except Problem as problem:
                print(f"| `{name}` | refused: {problem} | |", flush=True)
                continue
            seconds = time.process_time() - start_cpu
            print(f"| `{name}` | {seconds:.1f} | {highest_memory() - before:,.0f} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=float, action="append")
    parser.add_argument("--stream", type=float)
    parser.add_argument("--measures", type=float)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--weighted", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    sizes = [int(r) for r in args.rows or (1e5, 1e6, 1e7)]
    if args.child:
        child(args.child, sizes[0], args.weighted)
        return
    if args.measures:
        stream_measures(int(args.measures))
        return
    for rows in sizes:
        for weighted in (False, True):
            compare(rows, weighted)
    ours_alone(max(sizes))
    if args.stream:
        stream(int(args.stream))


if __name__ == "__main__":
    main()
