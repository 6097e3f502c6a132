"""Files encrypted in chunks: whatever is changed, moved, cut off or exchanged does not open."""

from __future__ import annotations

import io
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.problem import Problem
from core.store.sealed import SealedReader, seal

KEY, FILE_ID, CONTEXT, CHUNK = b"k" * 32, b"f" * 16, b"project\0source", 64
HEADER, TAG = 28, 16


def sealed(plain: bytes, file_id: bytes = FILE_ID, context: bytes = CONTEXT) -> bytes:
    target = io.BytesIO()
    assert seal(KEY, context, file_id, io.BytesIO(plain), target, CHUNK) == len(plain)
    return target.getvalue()


def opened(data: bytes, file_id: bytes = FILE_ID, context: bytes = CONTEXT, key: bytes = KEY) -> bytes:
    return io.BufferedReader(SealedReader(io.BytesIO(data), key, context, file_id)).read()


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK + 5])
def test_what_was_sealed_comes_back(size: int) -> None:
    plain = os.urandom(size)
    whole = sealed(plain)
    assert opened(whole) == plain
    assert size < 8 or plain not in whole


@given(st.binary(max_size=300), st.lists(st.tuples(st.integers(0, 320), st.integers(1, 90)), max_size=8))
def test_any_part_can_be_read_in_any_order(plain: bytes, parts: list[tuple[int, int]]) -> None:
    reader = io.BufferedReader(SealedReader(io.BytesIO(sealed(plain)), KEY, CONTEXT, FILE_ID))
    for start, length in parts:
        assert reader.seek(start) == start
        assert reader.read(length) == plain[start : start + length]
    assert reader.seek(0, io.SEEK_END) == len(plain)


def test_every_changed_bit_is_noticed() -> None:
    whole = sealed(b"Asha Patel" * 20)
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(Problem):
            opened(bytes(changed))


def test_every_truncation_is_noticed_before_anything_is_read() -> None:
    whole = sealed(b"x" * (3 * CHUNK))
    for length in range(len(whole)):
        with pytest.raises(Problem):
            SealedReader(io.BytesIO(whole[:length]), KEY, CONTEXT, FILE_ID)


def test_chunks_cannot_be_moved_dropped_doubled_or_added() -> None:
    whole = sealed(b"a" * CHUNK + b"b" * CHUNK + b"c" * CHUNK)
    head, step = whole[:HEADER], CHUNK + TAG
    first, second, third = (whole[HEADER + i * step : HEADER + (i + 1) * step] for i in range(3))
    for order in ((second, first, third), (first, third), (first, second), (first, second, second, third),
                  (third,), (first, second, third, third), (first, second, third, b"x" * TAG)):
        with pytest.raises(Problem):
            opened(head + b"".join(order))


def test_a_file_opens_only_as_what_it_was_sealed_as() -> None:
    whole = sealed(b"Asha Patel")
    for other in ({"key": b"K" * 32}, {"context": b"other project\0source"}, {"context": b"project\0table"},
                  {"file_id": b"g" * 16}):
        with pytest.raises(Problem):
            opened(whole, **other)
    # An older version of the same file, its header made to look like the newer one.
    with pytest.raises(Problem):
        opened(sealed(b"Asha Patel", b"g" * 16).replace(b"g" * 16, FILE_ID, 1))


def test_chunks_of_two_files_cannot_be_mixed() -> None:
    one, two = sealed(b"a" * 3 * CHUNK, b"1" * 16), sealed(b"b" * 3 * CHUNK, b"2" * 16)
    step = HEADER + CHUNK + TAG
    with pytest.raises(Problem):
        opened(one[:step] + two[step:], b"1" * 16)


class Trickle(io.RawIOBase):
    """A stream that hands out a few bytes at a time, as an upload may."""

    def __init__(self, size: int, at_once: int) -> None:
        self.left, self.at_once = size, at_once

    def read(self, size: int = -1) -> bytes:
        given = min(self.left, self.at_once, size)
        self.left -= given
        return b"y" * given


def test_a_stream_may_hand_out_less_than_it_is_asked_for() -> None:
    target = io.BytesIO()
    assert seal(KEY, CONTEXT, FILE_ID, Trickle(1000, 7), target, CHUNK) == 1000
    assert opened(target.getvalue()) == b"y" * 1000


def test_large_files_stream_in_bounded_memory(tmp_path) -> None:
    size = 48 << 20
    tracemalloc.start()
    try:
        with (tmp_path / "large").open("wb") as target:
            seal(KEY, CONTEXT, FILE_ID, Trickle(size, 1 << 18), target)
        with io.BufferedReader(SealedReader((tmp_path / "large").open("rb"), KEY, CONTEXT, FILE_ID)) as reader:
            read = sum(len(block) for block in iter(lambda: reader.read(1 << 18), b""))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert read == size
    assert peak < 8 << 20
