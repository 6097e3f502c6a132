"""Reading a file: a child process parses it behind limits, and hands back a table, findings and questions."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import core
from core.problem import Problem
from core.table.child import OUT_OF_MEMORY
from core.table.findings import Choice, Finding, Question, finding
from core.table.handover import load
from core.table.limits import Limits
from core.table.proposals import Proposal
from core.table.table import Table

Status = Literal["accepted", "accepted_with_warnings", "needs_answer", "rejected"]
TEMP_DIR = "STUDIO_TEMP"
"""Environment variable: the folder for plain data while a file is read (a tmpfs, say). Default: the system's."""


@dataclass(frozen=True)
class Codebook:
    """What the file itself says about its columns: value labels and long names, by column."""

    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reading:
    """What came of reading a file.

    status     "accepted", "accepted_with_warnings", "needs_answer" or "rejected"
    findings   what was found, with a stable code, a sentence and a place
    questions  what only the person can know; those with a default need no answer
    as_text    every cell as the file has it, kind "text"; None while the cells themselves are in question
    table      as_text with the proposed kinds applied (canonical numbers, ISO dates); columns that are still in
               question (order of dates, decimal sign) are left as text. None where as_text is
    proposals  column -> what it is proposed to be, and why
    answers    the answers given and the readings decided, for the recipe: the next file is read the same way
    """

    status: Status
    findings: tuple[Finding, ...] = ()
    questions: tuple[Question, ...] = ()
    table: Table | None = None
    as_text: Table | None = None
    proposals: Mapping[str, Proposal] = field(default_factory=dict)
    answers: Mapping[str, str] = field(default_factory=dict)
    codebook: Codebook = field(default_factory=Codebook)
    sheet: str | None = None

    def required(self) -> Table:
        """The table, or a Problem saying why there is none."""
        if self.table is not None:
            return self.table
        last = self.findings[-1].message if self.findings else ""
        if self.status == "needs_answer":
            keys = ", ".join(q.key for q in self.questions if q.default is None)
            raise Problem(
                "The file can be read in more than one way. {why}",
                "Answer the question first ({keys}).",
                why=last,
                keys=keys,
            )
        raise Problem(
            "The file cannot be read. {why}", "Choose another file, or save it again as CSV or Excel.", why=last
        )


def read(
    path: Path | str,
    *,
    answers: Mapping[str, str] | None = None,
    password: str | None = None,
    limits: Limits | None = None,
    progress: Callable[[float, str], None] | None = None,
) -> Reading:
    """The table in a file of any known kind, read by a child process that cannot take the parent with it.

    answers   {key: value}, as docs/files.md lists them; those about cells also for a single column, as `missing:age`
    password  of a protected workbook or archive
    limits    default: as set for the whole program (`Limits.configured`)
    progress  called with a share between 0 and 1 and a few words
    """
    path, limits = Path(path), limits or Limits.configured()
    if not path.is_file():
        raise Problem("There is no file “{name}”.", "Check the name and the folder.", name=path.name)
    size = path.stat().st_size
    if size > limits.file_bytes:
        text = "The file has {size:,} bytes; the limit “file_bytes” is {limit:,}."
        return Reading("rejected", (finding("UNREADABLE", text, size=size, limit=limits.file_bytes),))
    return run_child({"path": str(path.resolve())}, answers, password, limits, progress)


def run_child(
    request: dict[str, Any],
    answers: Mapping[str, str] | None,
    password: str | None,
    limits: Limits,
    progress: Callable[[float, str], None] | None,
) -> Reading:
    """Start the reading child with a request and wait for what it leaves behind."""
    folder = Path(tempfile.mkdtemp(prefix="reading-", dir=os.environ.get(TEMP_DIR) or None))
    try:
        whole = {**request, "answers": dict(answers or {}), "password": password, "limits": limits.as_dict()}
        code, late = _child(folder, whole, limits.seconds, progress)
        return _result(folder, code, late, limits)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _child(
    folder: Path, request: dict[str, Any], seconds: float, progress: Callable[[float, str], None] | None
) -> tuple[int, bool]:
    root = Path(core.__file__).resolve().parent.parent
    environment = {
        **{
            k: v
            for k, v in os.environ.items()
            if k in ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "HOME", "LD_LIBRARY_PATH", "SYSTEMROOT")
        },
        "PYTHONPATH": str(root),
        "TMPDIR": str(folder),
        "POLARS_MAX_THREADS": "2",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "POLARS_SKIP_CPU_CHECK": "1",
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "core.table.child", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        env=environment,
        text=True,
        encoding="utf-8",
        start_new_session=True,
    )
    late = threading.Event()

    def stop() -> None:
        late.set()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)

    timer = threading.Timer(seconds, stop)
    timer.start()
    try:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps(request) + "\n")  # type: ignore[union-attr]
            child.stdin.close()  # type: ignore[union-attr]
        for line in child.stdout:  # type: ignore[union-attr]
            if progress is not None:
                with contextlib.suppress(ValueError):
                    share, doing = json.loads(line)
                    progress(float(share), str(doing))
        return child.wait(), late.is_set()
    except BaseException:
        stop()
        raise
    finally:
        timer.cancel()
        child.wait()
        child.stdout.close()  # type: ignore[union-attr]


def _result(folder: Path, code: int, late: bool, limits: Limits) -> Reading:
    if late:
        return _gave_up("It took more than {limit:,.0f} seconds to read, the limit “seconds”.", limit=limits.seconds)
    if code == OUT_OF_MEMORY or code in (-signal.SIGKILL, -signal.SIGABRT) or code == 137:
        return _gave_up(
            "Reading the file takes more than {limit:,} MiB of memory, the limit “memory”.", limit=limits.memory >> 20
        )
    if code or not (folder / "result.json").exists():
        return _gave_up("The file is damaged: reading it broke off (code {code}).", code=code)
    return of_result(folder, json.loads((folder / "result.json").read_text("utf-8")))


def of_result(folder: Path, plain: Mapping[str, Any]) -> Reading:
    """The reading that a child left in a folder."""
    findings = tuple(Finding(f["code"], f["text"], f["where"], f["facts"], f["note"]) for f in plain["findings"])
    questions = tuple(
        Question(
            q["key"],
            q["text"],
            tuple(Choice(c["value"], c["label"], tuple(map(tuple, c["preview"]))) for c in q["choices"]),
            q["default"],
        )
        for q in plain["questions"]
    )
    if "proposals" not in plain:
        return Reading(plain["status"], findings, questions, answers=plain.get("answers", {}))
    table, as_text = load(folder / "typed.arrow"), load(folder / "text.arrow")
    proposals = {
        n: Proposal(**{**p, "rows": tuple(p["rows"]), "ambiguous": tuple(p["ambiguous"])})
        for n, p in plain["proposals"].items()
    }
    labels = {n: c.labels for n, c in table.columns.items() if c.labels}
    return Reading(
        plain["status"],
        findings,
        questions,
        table,
        as_text,
        proposals,
        plain["answers"],
        Codebook(labels, plain["descriptions"]),
        plain["sheet"],
    )


def _gave_up(text: str, **facts: Any) -> Reading:
    return Reading("rejected", (finding("UNREADABLE", text, **facts),))
