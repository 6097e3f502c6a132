"""A result is wholly there or not at all, and long work is refused before it starts where it could not be written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.__main__ import main
from core.problem import Problem
from core.table import Column, Table
from core.table.writing import write_csv
from core.whole import check_csv, check_room, whole, write_whole

TABLE = Table.of({"name": Column.of(["Asha Patel", "Ravi Kumar"]), "age": Column.of_numbers([30, 41])})


@pytest.mark.parametrize("end", [OSError("no space left on device"), KeyboardInterrupt(), ValueError()])
def test_what_ends_early_leaves_the_old_file_and_nothing_new(tmp_path: Path, end: BaseException) -> None:
    (tmp_path / "out.csv").write_text("old")

    def write_half() -> None:
        with whole(tmp_path / "out.csv") as file:
            file.write(b"half")
            raise end

    with pytest.raises(type(end)):
        write_half()
    assert [p.name for p in tmp_path.iterdir()] == ["out.csv"]
    assert (tmp_path / "out.csv").read_text() == "old"


def test_a_full_disk_leaves_nothing() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(OSError, match="space"):
        write_csv(TABLE, full)


def test_the_mode_and_a_link_stay(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "real.csv").chmod(0o640)
    (tmp_path / "link.csv").symlink_to("real.csv")
    write_whole(tmp_path / "link.csv", "new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"
    assert (tmp_path / "real.csv").stat().st_mode & 0o777 == 0o640


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    write_whole(tmp_path / "pipe", b"12")
    assert os.read(reader, 9) == b"12"
    os.close(reader)


@pytest.mark.parametrize("name", ["out.xlsx", "out.Parquet", "out.zip", "out.json"])
def test_a_csv_is_not_called_something_else(tmp_path: Path, name: str) -> None:
    with pytest.raises(Problem, match="says it is something else"):
        check_csv(tmp_path / name)


def test_a_table_does_not_overwrite_what_it_is_made_from(tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    source.write_text("name,age\nAsha Patel,30\n")
    (tmp_path / "link.csv").symlink_to(source)
    for name in ("t.csv", "link.csv"):
        with pytest.raises(Problem, match="overwritten"):
            check_csv(tmp_path / name, None, source)
    check_csv(tmp_path / "other.csv", source)


def test_no_folder_is_said_before_anything_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check_room(None)
    for path in (tmp_path, tmp_path / "gone" / "t.csv"):
        with pytest.raises(Problem, match="cannot be written"):
            check_room(path)
    write_csv(TABLE, tmp_path / "t.csv")
    (tmp_path / "r.yaml").write_text("version: 1\nsteps: []\n")
    words = ["protect", tmp_path / "t.csv", "--recipe", tmp_path / "r.yaml", "--out"]
    assert main([*map(str, words), str(tmp_path / "gone" / "out.csv")]) == 1
    assert main([*map(str, words), str(tmp_path / "t.csv")]) == 1
    assert main(["read", str(tmp_path / "t.csv"), "--out", str(tmp_path / "t.csv")]) == 1
    said = capsys.readouterr().err
    assert said.count("cannot be written") == 1
    assert said.count("overwritten") == 2
    assert "Asha" not in said
    assert "Asha" in (tmp_path / "t.csv").read_text()


def test_names_that_are_hard_on_a_shell_or_a_disk_are_written_and_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "a b" / "'q'"
    folder.mkdir(parents=True)
    (folder / "r.yaml").write_text("version: 1\nroles: {name: direct_identifier}\nsteps:\n"
                                   "- {method: remove, columns: [name]}\n")
    for name in ("सर्वेक्षण (1).csv", '"q" $(x);.csv', "x" * 250 + ".csv", "../up.csv"):
        write_csv(TABLE, folder / name)
        out = folder / ("o" + name.removeprefix("../")[1:])
        assert main(["protect", str(folder / name), "--recipe", str(folder / "r.yaml"), "--out", str(out)]) == 0
        assert "Asha" not in out.read_text()
    capsys.readouterr()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_end_from_outside_ends_the_reading_and_leaves_no_working_files(tmp_path: Path, number: int) -> None:
    lines = "\n".join(f"{i},{i * 7919 % 1000003},{i % 97}" for i in range(600_000))
    (tmp_path / "t.csv").write_text("id,code,age\n" + lines)
    (tmp_path / "working").mkdir()
    called = subprocess.Popen(
        [sys.executable, "-m", "core", "read", str(tmp_path / "t.csv")], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(tmp_path / "working")},
        cwd=Path(__file__).resolve().parents[1],
    )
    while called.poll() is None and not list((tmp_path / "working").glob("*/*")):
        time.sleep(0.01)
    called.send_signal(number)
    out, error = called.communicate(timeout=60)
    assert out == ""
    if number != signal.SIGKILL:
        assert called.returncode == 130, error
        assert "Stopped" in error
    else:  # nothing could be said or tidied; the reading sees that nobody is waiting
        patience = time.monotonic() + 30
        while list((tmp_path / "working").iterdir()) and time.monotonic() < patience:
            time.sleep(0.1)
    assert not list((tmp_path / "working").iterdir())
