"""The graphical model against joint tables multiplied out by brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.synthesise.grouping import grouped
from core.synthesise.junction import cells, junction_tree, tree_cells, triangulated
from core.synthesise.model import Measured, Model, systematic

SIZES = (2, 3, 4, 5, 3)
CIRCLE = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 3)]


def joint(seed: int = 0) -> np.ndarray:
    whole = np.random.default_rng(seed).random(SIZES) ** 3
    return whole / whole.sum()


def of(whole: np.ndarray, attrs: tuple[int, ...]) -> np.ndarray:
    return whole.sum(axis=tuple(i for i in range(whole.ndim) if i not in attrs))


def fitted(tables: list[tuple[int, ...]], whole: np.ndarray) -> Model:
    model = Model(SIZES, 1000)
    model.add([Measured(t, of(whole, t) * 1000, np.ones(of(whole, t).shape)) for t in tables])
    model.fit(3000, 1e-12, noise=0)
    return model


@given(st.lists(st.sets(st.integers(0, 6), min_size=1, max_size=3).map(lambda s: tuple(sorted(s))), max_size=8))
@settings(max_examples=60, deadline=None)
def test_a_junction_tree_holds_every_table_and_runs_together(wanted: list[tuple[int, ...]]) -> None:
    sizes = [2, 3, 4, 2, 5, 3, 2]
    tree = junction_tree(sizes, wanted)
    assert all(any(set(w) <= set(c) for c in tree.cliques) for w in wanted)
    assert {a for c in tree.cliques for a in c} == set(range(7))
    assert len(tree.branches) == len(tree.cliques) - 1
    placed = [tree.cliques[0]]
    for branch in tree.branches:
        clique = tree.cliques[branch.clique]
        assert tree.cliques[branch.parent] in placed
        # What a clique shares with all placed before it, it shares with its parent: the running intersection.
        assert set(clique) & {a for c in placed for a in c} == set(branch.separator)
        placed.append(clique)
    assert tree_cells(sizes, wanted) == sum(cells(sizes, c) for c in triangulated(sizes, wanted))


def test_a_circle_of_four_needs_a_chord() -> None:
    assert triangulated([2, 2, 2, 2], [(0, 1), (1, 2), (2, 3), (0, 3)]) == ((0, 1, 3), (1, 2, 3))


def test_exact_tables_are_met_exactly() -> None:
    whole = joint()
    model = fitted(CIRCLE, whole)
    for attrs in CIRCLE:
        assert model.at(attrs) == pytest.approx(of(whole, attrs), abs=1e-9)


def test_every_marginal_is_that_of_the_joint_table() -> None:
    model = fitted(CIRCLE, joint(2))
    whole = model.at((0, 1, 2, 3, 4))
    for k in (1, 2, 3, 4):
        for attrs in combinations(range(5), k):
            assert model.at(attrs) == pytest.approx(of(whole, attrs), abs=1e-12)


def test_the_model_has_the_greatest_entropy() -> None:
    """Two tables that share a column make the others independent given it: p(a, b) p(b, c) / p(b)."""
    whole = joint(3)
    model = fitted([(0, 1), (1, 2)], whole)
    by_hand = np.einsum("ab,bc->abc", of(whole, (0, 1)), of(whole, (1, 2)) / of(whole, (1,))[:, None])
    assert model.at((0, 1, 2)) == pytest.approx(by_hand, abs=1e-8)


def test_precise_tables_count_more_than_noisy_ones() -> None:
    model = Model((2,), 100)
    precise, noisy = (np.array([80.0, 20.0]), np.ones(2)), (np.array([20.0, 80.0]), np.full(2, 9.0))
    model.add([Measured((0,), *precise), Measured((0,), *noisy)])
    model.fit(2000, 1e-12, noise=0)
    # The weighted mean of .8 and .2 with weights 1 and 1/9.
    assert model.at((0,))[0] == pytest.approx((0.8 + 0.2 / 9) / (1 + 1 / 9), abs=1e-6)


def test_a_fit_ends_where_the_noise_begins() -> None:
    """Fitted to the last, a model of noisy tables lies further from the truth than one that ends at their noise."""
    whole = joint(5)
    tables = list(combinations(range(5), 2))
    off: list[float] = []
    for noise in (1.0, 0.0):
        draws = np.random.default_rng(4)
        model = Model(SIZES, 1000)
        model.add([Measured(t, of(whole, t) * 1000 + draws.normal(0, 60, of(whole, t).shape),
                            np.full(of(whole, t).shape, 3600.0)) for t in tables])
        model.fit(3000, 1e-12, noise=noise)
        loss, _ = model._loss(model.beliefs)
        off.append(float(np.mean([np.abs(model.at(t) - of(whole, t)).sum() for t in tables])))
        assert (loss < 0.5 * sum(m.counts.size for m in model.measured)) or not noise
    assert off[0] < off[1]


def test_new_rows_are_drawn_from_the_model() -> None:
    model = fitted(CIRCLE, joint(1))
    rows = model.sample(40_000, np.random.default_rng(0))
    for attrs in combinations(range(5), 2):
        seen = np.zeros([SIZES[a] for a in attrs])
        np.add.at(seen, tuple(rows[:, list(attrs)].T), 1 / len(rows))
        assert np.abs(seen - model.at(attrs)).sum() < 0.03


def test_a_systematic_draw_misses_no_expected_row() -> None:
    rng = np.random.default_rng(1)
    shares = np.array([[0.5, 0.3, 0.2], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    group = rng.permutation(np.repeat([0, 1, 2], [100, 10, 6]))
    drawn = systematic(shares, group, rng)
    count = np.bincount(drawn[group == 0], minlength=3)
    assert np.abs(count - [50, 30, 20]).max() <= 1
    assert set(drawn[group == 1]) == {2}
    assert np.bincount(drawn[group == 2], minlength=3).tolist() == [2, 2, 2]  # nothing known: evenly
    assert systematic(shares, np.zeros(0, np.int64), rng).shape == (0,)


def test_levels_lost_in_noise_are_put_together() -> None:
    noisy = np.array([500.0, 3.0, -8.0, 400.0, 5.0, 0.0])
    found = grouped(noisy, 10.0, ordered=False)
    assert found.of[:5].tolist() == [0, 2, 2, 1, 2]
    assert found.inside[5] == 0  # nothing speaks for missing cells: none are made
    assert found.inside[:5].tolist() == pytest.approx([1, 1 / 3, 1 / 3, 1, 1 / 3])
    counts, variance = found.counted(noisy, 10.0)
    assert counts.tolist() == [500, 400, 0]
    assert variance.tolist() == [100, 100, 300]


def test_neighbouring_bands_hold_their_share() -> None:
    noisy = np.append(np.full(64, 100.0), 300.0)
    found = grouped(noisy, 5.0, ordered=True)
    counts, _ = found.counted(noisy, 5.0)
    assert (np.diff(found.of[:-1]) >= 0).all()
    assert counts[:-1].min() >= 6400 / 16
    assert found.inside[-1] == 1
    drawn = found.levels(np.repeat([0, found.of[-1]], [400, 3]), np.random.default_rng(0))
    assert set(drawn[-3:]) == {64} and np.bincount(drawn[:400]).tolist() == [100] * 4
