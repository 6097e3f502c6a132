"""The parent survives whatever happens to its child, keeps nothing behind, and says nothing it should not."""

from __future__ import annotations

import argparse
import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from core.commands import read as command
from core.problem import Problem
from core.table import reading
from core.table.child import OUT_OF_MEMORY
from core.table.limits import Limits
from core.table.reading import Reading, read

PEOPLE = "id,name,age\n001,Asha Canary,34\n002,Ravi Canary,41\n003,Uma Canary,29\n"


@pytest.fixture
def people(tmp_path: Path) -> Path:
    path = tmp_path / "people.csv"
    path.write_text(PEOPLE)
    return path


def stand_in(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let the child be another program."""
    start = subprocess.Popen

    def popen(command: list[str], **options: object) -> subprocess.Popen[str]:
        return start([sys.executable, "-c", program, *command[3:]], **options)

    monkeypatch.setattr(reading.subprocess, "Popen", popen)


def test_a_file_is_read_typed_and_nothing_is_left_behind(
    people: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temp = tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setenv(reading.TEMP_DIR, str(temp))
    heard: list[tuple[float, str]] = []
    result = read(people, progress=lambda share, doing: heard.append((share, doing)))
    assert result.status == "accepted"
    assert {n: c.kind for n, c in result.table.columns.items()} == {"id": "code", "name": "text", "age": "number"}
    assert result.as_text["id"].texts() == ["001", "002", "003"]
    assert heard and all(0 <= share <= 1 and doing for share, doing in heard)
    assert list(temp.iterdir()) == []


def test_reading_works_beside_other_threads(people: Path) -> None:
    found: list[Reading] = []
    threads = [threading.Thread(target=lambda: found.append(read(people))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [r.status for r in found] == ["accepted"] * 3


def test_the_folder_of_the_child_is_private(people: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    modes: list[int] = []
    real = reading._child
    monkeypatch.setattr(
        reading,
        "_child",
        lambda folder, *rest: modes.append(stat.S_IMODE(os.stat(folder).st_mode)) or real(folder, *rest),
    )
    read(people)
    assert modes == [0o700]


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import os; os.abort()", "memory"),
        (f"import os; os._exit({OUT_OF_MEMORY})", "the limit “memory”"),
        ("import sys; sys.exit(3)", "broke off (code 3)"),
        ("pass", "broke off"),
        ("import time; time.sleep(60)", "the limit “seconds”"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "broke off"),
        ("print('no json'); print('[1'); import sys; sys.exit(1)", "broke off"),
    ],
)
def test_a_child_that_dies_is_a_rejection(
    program: str, said: str, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(monkeypatch, program)
    result = read(people, limits=Limits(seconds=60.0 if "sleep" not in program else 1.0))
    assert (result.status, result.findings[0].code) == ("rejected", "UNREADABLE")
    assert said in result.findings[0].message


def test_memory_has_a_limit_and_the_next_file_is_read(tmp_path: Path, people: Path) -> None:
    path = tmp_path / "big.csv"
    path.write_text("id,text\n" + "".join(f"{n},{'x' * 80}{n}\n" for n in range(400_000)))
    result = read(path, limits=Limits(memory=600 << 20))
    assert result.status == "rejected"
    assert "the limit “memory”" in result.findings[0].message
    assert read(people).status == "accepted"


def test_limits_are_named(people: Path) -> None:
    for limits, name in (
        (Limits(rows=2), "rows"),
        (Limits(columns=2), "columns"),
        (Limits(file_bytes=10), "file_bytes"),
    ):
        result = read(people, limits=limits)
        assert result.status == "rejected"
        assert f"“{name}”" in result.findings[-1].message


def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(Problem, match=r"no file “none.csv”"):
        read(tmp_path / "none.csv")


def test_what_is_not_read_says_why(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Asha,Delhi\nRavi,Pune\nUma,Agra\n")
    asked = read(path)
    assert asked.status == "needs_answer"
    with pytest.raises(Problem, match="header_row"):
        asked.required()
    path.write_text("")
    with pytest.raises(Problem, match="empty"):
        read(path).required()


def test_the_answers_of_a_reading_read_the_same_file_the_same_way(tmp_path: Path) -> None:
    from core.table.typing import retype

    path = tmp_path / "x.csv"
    path.write_text(
        "id;amount;seen;age\n"
        + "".join(f"{n};1.{n:03d},5;25/12/20{n};{n}\n" for n in range(10, 25))
        + "30;7,0;01/02/2024;old\n"
    )
    first = read(path)
    kinds = {n: p.kind for n, p in first.proposals.items()}
    again = retype(first.as_text, kinds, first.answers)
    assert again.digest() == first.table.digest()
    assert read(path, answers=first.answers).table.digest() == first.table.digest()
    assert first.table["amount"].texts()[0] == "1010.5"
    assert first.table["age"].texts()[-1] == "old"


def test_no_message_holds_a_cell(tmp_path: Path) -> None:
    bad = [
        'id,name,age\n1,"Canary,34\n2,"Canary, X",41\n3,x\n',
        "id,name\n1,Canary\n2,Canary,Canary\n3\n",
        "id,dob\n1,31/02/2020\n2,Canary\n3,13/01/2020\n",
        '[{"a": "Canary"}, {"a": "Canary"',
        '{"a": "Canary"}\n{"a": Canary}\n',
        "id,age\n" + "".join(f"{n},{n}\n" for n in range(30)) + "31,Canary\n",
        "id;x\n1;Canary\x00\n2;=Canary()\n3;<script>Canary\n",
    ]
    for number, text in enumerate(bad):
        path = tmp_path / f"{number}.csv"
        path.write_text(text)
        result = read(path, answers={"header_row": "1"} if number != 3 else {})
        said = json.dumps([f.as_dict() for f in result.findings]) + "".join(p.reason for p in result.proposals.values())
        assert "Canary" not in said, said


def run(*arguments: str) -> dict[str, object]:
    parser = argparse.ArgumentParser()
    command.arguments(parser)
    return command.run(parser.parse_args(list(arguments)))


def test_the_command_prints_what_the_issue_promises(people: Path, tmp_path: Path) -> None:
    result = run(str(people), "--out", str(tmp_path / "out.csv"))
    assert (result["status"], result["rows"]) == ("accepted", 3)
    assert [(c["name"], c["kind"], c["missing"]) for c in result["columns"]] == [
        ("id", "code", 0),
        ("name", "text", 0),
        ("age", "number", 0),
    ]
    assert {"code", "message", "where"} == set(result["findings"][0])
    assert (tmp_path / "out.csv").read_text().splitlines()[1] == '"001","Asha Canary","34"'
    json.dumps(result)
    assert "3 rows" in command.say(result)


def test_the_command_takes_answers_layouts_and_passwords(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("".join(f"{n:05d}{n % 90:03d}{n * 7 % 100000:012d}\n" for n in range(1, 40)))
    layout = tmp_path / "layout.csv"
    layout.write_text("name,length\nid,5\nage,3\nincome,12\n")
    assert run(str(path))["status"] == "needs_answer"
    assert [c["name"] for c in run(str(path), "--answer", f"layout={layout}")["columns"]] == ["id", "age", "income"]
    with pytest.raises(Problem, match="KEY=VALUE"):
        run(str(path), "--answer", "layout")
    with pytest.raises(Problem, match="password file"):
        run(str(path), "--password-file", str(tmp_path / "none"))


def test_importing_is_light() -> None:
    heavy = ("pandas", "pyreadstat", "sqlalchemy", "python_calamine", "openpyxl")
    code = f"import sys, core.table.reading; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
