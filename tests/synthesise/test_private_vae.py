"""Gradients by hand and by differences, sums of whole numbers, and rows that do not depend on their neighbours."""

from __future__ import annotations

import numpy as np
import pytest

from core.query.noise import Spend
from core.synthesise.descent import AT_ONCE, GRID, clipped_sum, descend
from core.synthesise.network import Network
from core.synthesise.purse import Purse

NETWORK = Network((3, 5, 2), 6, 3)


def rows(n: int, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.integers(size, size=n) for size in NETWORK.sizes])


def test_gradients_are_those_of_the_loss() -> None:
    rng = np.random.default_rng(1)
    flat, some, lot = NETWORK.start(rng).astype(float), rows(4), rng.standard_normal((4, 3))
    by_hand = NETWORK.gradient_at(flat, some, lot)
    for i in range(len(flat)):
        step = np.zeros_like(flat)
        step[i] = 1e-5
        slope = (NETWORK.loss(flat + step, some, lot) - NETWORK.loss(flat - step, some, lot)) / 2e-5
        assert by_hand[:, i] == pytest.approx(slope, abs=1e-5)


def test_no_row_moves_the_sum_by_more_than_the_grid() -> None:
    rng = np.random.default_rng(2)
    wild = (rng.standard_normal((AT_ONCE, 40)) * 10.0 ** rng.uniform(-6, 6, (AT_ONCE, 1))).astype(np.float32)
    wild[3], wild[4], wild[5, 0] = np.inf, np.nan, -np.inf
    whole = clipped_sum(wild)
    for i in range(0, AT_ONCE, 7):
        moved = whole - clipped_sum(np.delete(wild, i, axis=0))
        assert (moved.astype(float) ** 2).sum() <= GRID**2
    assert (clipped_sum(wild[3:5]) == 0).all()  # no numbers add nothing
    short = np.zeros((1, 40), np.float32)
    short[0, 0] = 0.5
    assert clipped_sum(short)[0] == int(0.5 * GRID * (1 - 1e-4))
    with pytest.raises(ArithmeticError):
        clipped_sum(np.zeros((AT_ONCE + 1, 2), np.float32))


def test_a_row_has_the_same_gradient_whoever_stands_beside_it() -> None:
    """To the last bit, on blocks of one shape: the integers of all others stay when one row is taken away."""
    rng = np.random.default_rng(3)
    wide = Network((2, 16, 41, 7, 14), 48, 8)
    flat = wide.start(rng)
    some = np.column_stack([rng.integers(size, size=AT_ONCE) for size in wide.sizes])
    lot = rng.standard_normal((AT_ONCE, 8)).astype(np.float32)
    whole = wide.gradient_at(flat, some, lot)
    for gone in (0, 5, AT_ONCE - 1):
        left = np.append(np.delete(np.arange(AT_ONCE), gone), 0)  # the others move up; the last place is filled up
        others = wide.gradient_at(flat, some[left], lot[left])
        assert (others[:-1] == whole[left[:-1]]).all()


def test_descent_learns_and_spends_all_of_its_share() -> None:
    rng = np.random.default_rng(4)
    purse = Purse(Spend("zcdp", 50.0), 1)
    data = np.repeat([[0, 1, 1], [2, 3, 0]], 300, axis=0)
    start = NETWORK.start(rng)
    ended = descend(lambda now, some: NETWORK.gradient(now, some, rng), start, data, purse, 0.5, 15, 4, 0.05, 600.0,
                    rng, lambda share, doing: None)
    assert purse.left == pytest.approx(0.5)
    assert len(purse.bought) == 60 and {b.sensitivity for b in purse.bought} == {GRID}
    assert NETWORK.likeness(ended, data[::100]).mean() > NETWORK.likeness(start, data[::100]).mean() + 1
    written = NETWORK.written(ended, 400, rng)
    assert ((written[:, 0] == 0) == (written[:, 1] == 1)).mean() > 0.8
