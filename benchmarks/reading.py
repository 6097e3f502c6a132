"""Time and memory of reading, beside pandas' defaults. Run: python benchmarks/reading.py [rows] [megabytes]

Each reader runs in a process of its own; CPU seconds (user + system, all threads) and the highest resident memory are
of that process. The files are made here from a seed: a CSV of ten columns, and a workbook of the same.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

HEADER = ["id", "name", "city", "age", "income", "born", "sex", "pin", "weight", "phone"]


def rows_of(count: int, seed: int = 1) -> list[list[object]]:
    rng = np.random.default_rng(seed)
    names, cities = ["Asha", "Ravi", "Meena", "Uma", "Sita"], ["Delhi", "Pune", "Agra", "New Delhi", "Goa"]
    columns = [
        range(1, count + 1), rng.choice(names, count), rng.choice(cities, count), rng.integers(0, 100, count),
        rng.gamma(2, 20_000, count).round(2), [f"{d:02d}/{m:02d}/{y}" for d, m, y in zip(
            rng.integers(1, 29, count), rng.integers(1, 13, count), rng.integers(1930, 2010, count), strict=True)],
        rng.integers(1, 3, count), [f"{p:06d}" for p in rng.integers(1000, 999_999, count)],
        rng.gamma(2, 50, count).round(6), rng.integers(6 * 10**9, 10**10, count),
    ]  # fmt: skip
    return [list(row) for row in zip(*columns, strict=True)]


def make_csv(path: Path, count: int) -> None:
    with path.open("w") as file:
        file.write(",".join(HEADER) + "\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in rows_of(count))


def make_workbook(path: Path, count: int) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    for number, row in enumerate(rows_of(count), 1):
        sheet.write_row(number, 0, [v.item() if isinstance(v, np.generic) else v for v in row])
    book.close()


READERS = {
    "ours": "from core.table.reading import read; print(read({path!r}).required().rows)",
    "pandas": "import pandas as pd; print(len(pd.read_{kind}({path!r})))",
}


def measure(program: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and MiB of a Python program with its children."""
    code = (
        f"{program}\nimport resource\n"
        "s, c = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(s.ru_utime + s.ru_stime + c.ru_utime + c.ru_stime, max(s.ru_maxrss, c.ru_maxrss) / 1024)"
    )
    start = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    cpu, memory = map(float, done.stdout.split()[-2:])
    return time.perf_counter() - start, cpu, memory


def main() -> None:
    if sys.argv[1:2] == ["make"]:
        {"csv": make_csv, "excel": make_workbook}[sys.argv[2]](Path(sys.argv[3]), int(sys.argv[4]))
        return
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_200_000
    sheet_rows = int(float(sys.argv[2]) * 14_800) if len(sys.argv) > 2 else 296_000
    with tempfile.TemporaryDirectory() as folder:
        files = {"csv": Path(folder) / "big.csv", "excel": Path(folder) / "big.xlsx"}
        # Made by another process: a child's highest memory starts at its parent's.
        for kind, count in (("csv", rows), ("excel", sheet_rows)):
            subprocess.run([sys.executable, __file__, "make", kind, str(files[kind]), str(count)], check=True)
        print(f"{'file':<34}{'reader':<10}{'wall s':>8}{'CPU s':>8}{'MiB':>8}")
        for kind, path in files.items():
            count = rows if kind == "csv" else sheet_rows
            label = f"{kind}, {count:,} rows, {path.stat().st_size / 1e6:.0f} MB"
            for reader, program in READERS.items():
                wall, cpu, memory = measure(program.format(path=str(path), kind=kind))
                print(f"{label:<34}{reader:<10}{wall:>8.1f}{cpu:>8.1f}{memory:>8.0f}")


if __name__ == "__main__":
    main()
