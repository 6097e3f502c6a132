"""Awkward files through `python -m core read` itself, in a process with 4 GiB and 20 seconds.

A dozen of them each time; all of them with EVERY_AWKWARD_FILE=1 (some minutes: each file starts two processes).
"""

from __future__ import annotations

import csv
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import pytest
from awkward_files import CASES, Case

PROJECT = Path(__file__).resolve().parents[2]
MEMORY = 4 * 2**30
LONGEST = 20.0
SOME = {
    "deep.json", "opposite_corners.xlsx", "bomb.zip", "lying_footer.parquet", "wide.csv", "pickle.csv",
    "unlocked.zip", "two_sheets.xlsx", "indian_grouping.csv", "windows_1251.csv", "dates_in_two_orders.csv",
    "three_line_ends.csv",
}  # fmt: skip
CHOSEN = CASES if os.environ.get("EVERY_AWKWARD_FILE") else [c for c in CASES if c.name in SOME]


def commanded(case: Case, folder: Path) -> tuple[dict, float]:
    """What the command answers about the file, and its seconds."""
    case.build(folder / case.name)
    words = [sys.executable, "-m", "core", "read", str(folder / case.name), "--json", "--out", str(folder / "out.csv")]
    for key, value in case.answers.items():
        words += ["--answer", f"{key}={value}"]
    if case.password is not None:
        (folder / "password").write_text(case.password, "utf-8")
        words += ["--password-file", str(folder / "password")]
    began = time.perf_counter()
    done = subprocess.run(
        words,
        capture_output=True,
        text=True,
        check=False,
        cwd=PROJECT,
        timeout=2 * LONGEST,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout), time.perf_counter() - began


def test_the_chosen_files_exist() -> None:
    assert {c.name for c in CASES} >= SOME


@pytest.mark.parametrize("case", CHOSEN, ids=lambda c: c.name)
def test_the_command_gives_the_same_answer(case: Case, tmp_path: Path) -> None:
    said, seconds = commanded(case, tmp_path)
    codes = {f["code"] for f in said["findings"]}
    assert said["status"] == case.status
    assert set(case.codes) <= codes
    assert seconds < LONGEST
    if case.cells is not None:
        with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        wanted = [[c or "" for c in row] for row in case.cells]
        assert rows[: len(wanted) if case.first_rows_only else None] == wanted
    if case.status == "rejected":
        assert said["rows"] is None and not (tmp_path / "out.csv").exists()
