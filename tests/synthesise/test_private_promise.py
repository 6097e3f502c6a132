"""The promise of every private synthesizer, tried on neighbouring tables.

On the recorded measurements a noise scale x0.7 is caught; end to end, missing noise and a bound read off the data are
caught; certified lower bounds (99.9%) are never above epsilon. An honest mechanism that loses all of epsilon in the
event looked at would fail one of these once in a thousand runs; these lose far less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import pytest
from scipy import stats

from core.attack.audit import Promise, audited
from core.attack.certify import from_runs
from core.protect.method import silent
from core.query import noise as opendp_noise
from core.query.ground import Bounds, Categories, Ground
from core.query.noise import Spend, total_rho
from core.synthesise import AIM, MST, PrivateColumns
from core.synthesise.domain import levels_of
from core.synthesise.paying import Paid
from core.synthesise.private import PrivateModel, PrivateSynthesizer
from core.synthesise.private_vae import PrivateVAE
from core.table import Column, Table

LEVEL = 1e-7
EPSILON = 1.0
RUNS = 40
STEPS: dict[str, PrivateSynthesizer] = {
    "aim": AIM(epsilon=EPSILON), "aim_predicting": AIM(epsilon=EPSILON, predict="income"),
    "mst": MST(epsilon=EPSILON), "private_columns": PrivateColumns(epsilon=EPSILON),
    "private_vae": PrivateVAE(epsilon=EPSILON, training_rounds=2, batches=2, hidden=4, latent=2),
}
GROUND = Ground(known={
    "village": Categories(values=tuple(f"v{i}" for i in range(60))), "sex": Categories(values=("m", "f")),
    "income": Bounds(low=0, high=50_000),
})
WIDE = Ground(known={**GROUND.known, "village": Categories(values=tuple(f"v{i}" for i in range(2000)))})
"""Strangers planted here hardly ever share a village."""


class Drawn(NamedTuple):
    exact: np.ndarray
    noisy: np.ndarray
    scale: float


@contextmanager
def recorded(times: float = 1.0) -> Iterator[list[Drawn]]:
    """What went into and came out of OpenDP; with `times` noise is drawn for another scale than is said (0: none)."""
    seen: list[Drawn] = []
    honest = opendp_noise.release

    def release(numbers: np.ndarray, sensitivity: int, spend: Spend) -> tuple[np.ndarray, Any]:
        noise = opendp_noise.noise_for(sensitivity, spend)
        if times == 0:
            drawn = numbers.copy()
        else:
            drawn, _ = honest(numbers, sensitivity, spend.part(1 / times**2))  # rho: a scale x0.7 for twice the price
        seen.append(Drawn(numbers, drawn, noise.scale))
        return drawn, noise

    opendp_noise.release = release  # type: ignore[assignment]
    try:
        yield seen
    finally:
        opendp_noise.release = honest


def people(rows: int = 60) -> Table:
    at = np.arange(rows)
    return Table.of({"village": Column.of([f"v{i % 30}" for i in at], "category"),
                     "sex": Column.of([("m", "f")[i % 2] for i in at], "category"),
                     "income": Column.of_numbers(9_000 + at * 20)})


ONE_MORE = Table.of({
    "village": Column.of([*people()["village"].texts(), "v59"], "category"),
    "sex": Column.of([*people()["sex"].texts(), "m"], "category"),
    "income": Column.of_numbers([*people()["income"].numbers, 50_000]),
})


def trained(step: PrivateSynthesizer, table: Table, seed: int = 0, ground: Ground = GROUND) -> PrivateModel:
    spend = Spend("zcdp", total_rho(step.epsilon, 0.5e-6))
    return step.train(table, step.sources(table, ground), Paid(ground, spend, 0.0, step.epsilon, 0.5e-6),
                      np.random.default_rng(seed), silent)


@pytest.mark.parametrize("name", STEPS)
def test_the_noise_of_every_measurement_has_the_scale_that_is_paid_for(name: str) -> None:
    """Kolmogorov-Smirnov at 1e-7 on every noisy number of a few trainings; a scale that is 30% off is refused."""
    for times in (1.0, 0.7):
        with recorded(times) as seen:
            while sum(len(d.exact) for d in seen) < 2000:
                trained(STEPS[name], people())
        spread = np.random.default_rng(0)
        parts = [(d.noisy - d.exact + spread.uniform(-0.5, 0.5, len(d.exact))) / d.scale for d in seen]
        assert min(d.scale for d in seen) > 5  # there, a discrete Gaussian spread within its step is the normal one
        fits = stats.kstest(np.concatenate(parts), "norm").pvalue > LEVEL
        assert fits == (times == 1.0)


@pytest.mark.parametrize("name", STEPS)
def test_all_that_is_bought_costs_no_more_than_was_paid(name: str) -> None:
    """By hand, from scales and sensitivities: rho = sensitivity^2 / (2 scale^2); a round of batches is paid once."""
    step = STEPS[name]
    model = trained(step, people())
    paid = 0.0
    for b in model.bought:
        cost = b.spend.amount if b.noise is None else b.sensitivity**2 / (2 * b.noise.scale**2)
        assert cost == pytest.approx(b.spend.amount, rel=1e-5)
        paid += cost / (step.batches if isinstance(step, PrivateVAE) and "gradient" in b.what else 1)
    assert paid == pytest.approx(model.spend.amount, rel=1e-5)
    assert all(b.sensitivity >= 1 for b in model.bought)


def told_apart(event: Callable[[Table, int], bool]) -> float:
    """The epsilon that is certain to be lost by an event, with one person more and without."""
    with_one, without = (sum(event(table, seed) for seed in range(RUNS)) for table in (ONE_MORE, people()))
    return from_runs(with_one, without, RUNS, 0.5e-6)


@pytest.mark.parametrize("name", STEPS)
@pytest.mark.parametrize("times", [1.0, 0.0], ids=["honest", "without noise"])
def test_end_to_end_missing_noise_is_caught(name: str, times: float) -> None:
    """The event: somebody is counted in a village where nobody else lives."""

    def seen(table: Table, seed: int) -> bool:
        with recorded(times) as drawn:
            trained(STEPS[name], table, seed)
        return bool(drawn[0].noisy[59] > 0.5)

    assert (told_apart(seen) > EPSILON) == (times == 0.0)


def test_a_network_trained_without_noise_is_caught() -> None:
    """The event: the last gradient is the one that these very people, and nobody else, make."""
    step = STEPS["private_vae"]
    for times in (0.0, 1.0):
        with recorded(0.0) as alone:
            trained(step, people(), 1)
        counted = 3  # each column by itself comes first

        def seen(table: Table, seed: int) -> bool:
            with recorded(times) as drawn:  # noqa: B023
                trained(step, table, 1)
            return np.array_equal(drawn[counted].noisy, alone[counted].noisy)  # noqa: B023

        assert (told_apart(seen) > EPSILON) == (times == 0.0)


@pytest.mark.parametrize("planted", [False, True], ids=["honest", "bounds of the data"])
def test_end_to_end_a_bound_read_off_the_data_is_caught(planted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The event: some new person has a higher income than anybody but one has."""
    if planted:
        def levels(self: object, rows: Table, sources: Any, purse: object) -> dict[str, Any]:
            numbers = rows["income"].numbers
            known = {**GROUND.known, "income": Bounds(low=float(numbers.min()), high=float(numbers.max()))}
            return {n: levels_of(known[n], rows[n].kind, 64, None) for n in sources}

        monkeypatch.setattr(PrivateSynthesizer, "_levels", levels)

    def seen(table: Table, seed: int) -> bool:
        rng = np.random.default_rng(seed)
        return bool((trained(STEPS["private_columns"], table, seed).draw(2000, rng)["income"].numbers > 15_000).any())

    assert (told_apart(seen) > EPSILON) == planted


@pytest.mark.parametrize("name", STEPS)
def test_an_audit_proves_no_more_than_was_promised(name: str) -> None:
    base = trained(STEPS[name], people())
    for epsilon in (0.3, 1.0, 4.0):
        spend = Spend("zcdp", total_rho(epsilon, 0.5e-6))
        model = PrivateModel(base.domain, base.learned, (), spend, 1, epsilon, 0.5e-6)
        codes = model.domain.coded(people(), None).codes
        lower, _, guesses = audited(Promise(STEPS[name], model), codes, 200, np.random.default_rng(3))
        assert lower <= epsilon
        assert guesses == 100


@pytest.mark.parametrize("name", ["aim", "mst", "private_columns"])
def test_the_audit_breaks_a_synthesizer_that_draws_no_noise(name: str) -> None:
    model = trained(STEPS[name], people(), ground=WIDE)
    with recorded(0.0):
        codes = model.domain.coded(people(), None).codes
        lower, right, _ = audited(Promise(STEPS[name], model), codes, 200, np.random.default_rng(3))
    assert lower > EPSILON
    assert right > 80


def test_an_audit_of_a_large_epsilon_proves_something() -> None:
    """An auditor who never finds anything is worth nothing: at epsilon 16, a good part of it is proved."""
    model = trained(PrivateColumns(epsilon=16), people(), ground=WIDE)
    codes = model.domain.coded(people(), None).codes
    lower, _, _ = audited(Promise(PrivateColumns(epsilon=16), model), codes, 400, np.random.default_rng(3))
    assert 0.5 < lower <= 16
