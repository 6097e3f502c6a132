"""The container of encrypted workbooks, at the sizes where others go wrong, judged by two other readers."""

from __future__ import annotations

import io
import shutil
import subprocess

import numpy as np
import olefile
import pytest

from core.release import compound

# 4,080 and 7.1 MB are where msoffcrypto's container breaks; 4,096 is the cutoff; 109 FAT sectors are 7,143,424 bytes,
# 109 + 127 of them 15,466,496: there a DIFAT sector more begins.
SIZES = (0, 1, 63, 64, 65, 4_080, 4_095, 4_096, 4_097, 7_050_000, 7_110_000, 7_143_424, 7_200_000, 15_500_000)


def _content(size: int) -> bytes:
    return np.random.default_rng(size).bytes(size)


@pytest.mark.parametrize("size", SIZES)
def test_every_size_is_read_by_a_strict_reader(size: int, tmp_path) -> None:
    streams = {"info": _content(1300), "package": _content(size), "\x06folder/inner/deep": b"deep"}
    whole = compound.write(streams)
    reader = olefile.OleFileIO(io.BytesIO(whole), raise_defects=olefile.DEFECT_UNSURE)
    assert reader.parsing_issues == []
    for path, content in streams.items():
        assert reader.openstream(path).read() == content
    assert len(whole) % 512 == 0
    if not shutil.which("7z"):
        pytest.skip("7-Zip is not installed; olefile has read it")
    path = tmp_path / "container"
    path.write_bytes(whole)
    checked = subprocess.run([shutil.which("7z"), "t", str(path)], capture_output=True, text=True)
    assert checked.returncode == 0 and "Everything is Ok" in checked.stdout, checked.stdout
    assert not any(word in checked.stdout for word in ("WARN", "Warnings", "Errors"))


def test_the_list_of_tables_ends_where_it_should() -> None:
    """The DIFAT chain: as many sectors as the header says, the last one ends it, each listed sector is a table."""
    whole = compound.write({"package": _content(15_500_000)})
    words = np.frombuffer(whole, "<u4")
    fat_count, first, count = words[11], words[17], words[18]
    listed, at, seen = list(words[19:128]), first, 0
    while at != compound.END and seen < 100:
        sector = words[(at + 1) * 128 : (at + 2) * 128]
        listed, at, seen = listed + list(sector[:127]), sector[127], seen + 1
    used = [s for s in listed if s != compound.FREE]
    fat = np.concatenate([words[(s + 1) * 128 : (s + 2) * 128] for s in used])
    assert seen == count == 2 and len(used) == fat_count
    assert all(fat[s] == compound.FAT for s in used) and (fat == compound.FAT).sum() == fat_count
    assert (fat == compound.DIFAT).sum() == count


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 30])
def test_directories_are_red_black_trees(count: int) -> None:
    streams = {f"{'n' * (i % 5 + 1)}{i}": bytes([i]) for i in range(count)}
    whole = compound.write(streams)
    reader = olefile.OleFileIO(io.BytesIO(whole), raise_defects=olefile.DEFECT_UNSURE)
    assert {name: reader.openstream(name).read() for name in streams} == streams
    entries = compound._directory(streams)

    def blacks(at: int, above_red: bool) -> int:
        if at == compound.FREE:
            return 1
        entry = entries[at]
        assert entry.black or not above_red, "a red entry under a red one"
        left, right = blacks(entry.left, not entry.black), blacks(entry.right, not entry.black)
        assert left == right, "paths with different numbers of black entries"
        return left + entry.black

    blacks(entries[0].child, False)
    assert entries[entries[0].child].black


def test_what_the_format_cannot_hold_is_refused() -> None:
    class Huge(bytes):
        def __len__(self) -> int:
            return 2**31

    with pytest.raises(ValueError, match="too large"):
        compound.write({"package": Huge()})
