"""Every awkward file gets its answer: status, findings, cells, within the limits of a child."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from awkward_files import CASES, Case

from core.table.findings import NOTES
from core.table.limits import Limits
from core.table.reading import Reading, of_result, read

LONGEST = 20.0


@pytest.fixture(scope="session")
def readings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Reading, float]]:
    """All harmless files, read in one child; reading by name, with its seconds."""
    root = tmp_path_factory.mktemp("awkward")
    for case in CASES:
        if not case.own:
            folder = root / case.name
            folder.mkdir()
            case.build(folder / case.name)
            request = {
                "path": str(folder / case.name),
                "answers": case.answers,
                "password": case.password,
                "limits": Limits().as_dict(),
            }
            (folder / "request.json").write_text(json.dumps(request), "utf-8")
    done = subprocess.run(
        [sys.executable, str(Path(__file__).parent / "batch.py"), str(root)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found = {}
    for case in CASES:
        if not case.own:
            result = json.loads((root / case.name / "result.json").read_text("utf-8"))
            found[case.name] = of_result(root / case.name, result), result["seconds"]
    return found


def cells(reading: Reading) -> list[list[str | None]]:
    assert reading.as_text is not None
    columns = [c.texts() for c in reading.as_text.columns.values()]
    return [list(reading.as_text.names), *(list(row) for row in zip(*columns, strict=True))]


def check(case: Case, reading: Reading) -> None:
    codes = {f.code for f in reading.findings}
    assert reading.status == case.status, [f.message for f in reading.findings]
    assert set(case.codes) <= codes, codes
    extra = {f.code for f in reading.findings if not f.note} - set(case.codes) - set(case.may) - NOTES
    assert not extra, [f.message for f in reading.findings if f.code in extra]
    if case.cells is None:
        assert (
            case.status in ("accepted", "accepted_with_warnings") or reading.as_text is None or case.where or case.kinds
        )
    elif case.first_rows_only:
        assert cells(reading)[: len(case.cells)] == case.cells
    else:
        assert cells(reading) == case.cells
    if case.where is not None:
        places = [f.where for f in reading.findings if f.code in case.codes]
        assert any(p and case.where.items() <= p.items() for p in places), places
    for name, kind in case.kinds.items():
        assert reading.proposals[name].kind == kind
    for name, texts in case.typed.items():
        assert reading.table is not None and reading.table[name].texts() == texts
    if case.status == "needs_answer":
        assert any(q.default is None for q in reading.questions)
    else:
        assert all(q.default is not None for q in reading.questions)


@pytest.mark.parametrize("case", [c for c in CASES if not c.own], ids=lambda c: c.name)
def test_an_awkward_file_gets_its_answer(case: Case, readings: dict[str, tuple[Reading, float]]) -> None:
    reading, seconds = readings[case.name]
    check(case, reading)
    assert seconds < LONGEST


@pytest.mark.parametrize("case", [c for c in CASES if c.own], ids=lambda c: c.name)
def test_a_hostile_file_ends_its_child_at_most(case: Case, tmp_path: Path) -> None:
    case.build(tmp_path / case.name)
    reading = read(tmp_path / case.name, answers=case.answers, password=case.password, limits=Limits(seconds=LONGEST))
    assert reading.status == case.status
    assert set(case.codes) <= {f.code for f in reading.findings}, [f.message for f in reading.findings]
    assert "UNREADABLE" not in {f.code for f in reading.findings} - set(case.codes) - set(case.may)


def test_there_are_enough_files() -> None:
    assert len({c.name for c in CASES}) == len(CASES) >= 80
