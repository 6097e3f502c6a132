"""Population estimators: ARX's figures, populations made with a known answer, and log-linear models."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from core.problem import Problem
from core.risk import Study
from core.risk.kernel import class_sizes
from core.risk.loglinear import log_linear
from core.risk.measures.identity import Journalist, Marketer, Prosecutor
from core.risk.measures.population import Zayatz
from core.risk.population import Sizes, _fit_pitman, chao_bounds, dankar, pitman, snb, zayatz
from tests.risk.oracles import ADULT, adult, calls, sdc_testdata, sdc_testdata2, small
from tests.shared import shared

FIVE = ("sex", "age", "race", "education", "native-country")


def references(file: str) -> list[dict]:
    lines = shared(f"oracle/arx/{file}.jsonl").read_text(encoding="utf-8").splitlines()
    return [r for r in map(json.loads, lines) if "pop" in r]


@pytest.mark.parametrize(("file", "keys"), [("risk_reference_9qi", ADULT), ("risk_reference_5qi", FIVE)])
def test_arx_on_adult(file: str, keys: tuple[str, ...]) -> None:
    study = Study.of(adult(), keys)
    for reference in references(file):
        theirs = reference["pop_unique"]
        sizes = Sizes.of(study.classes.sizes, round(reference["population_size"]))
        assert sizes.fraction == pytest.approx(reference["sampling_fraction"], abs=1e-8)
        assert zayatz(sizes).share == pytest.approx(theirs["zayatz"], abs=1e-9)
        assert pitman(sizes).share == pytest.approx(theirs["pitman"], abs=1e-9)
        picked, used = dankar(sizes)
        assert used == theirs["used_by_dankar_rule"].lower()
        assert picked.share == pytest.approx(theirs["dankar"], abs=1e-9)
        prosecutor, journalist = Prosecutor().of(study), Journalist().of(study)
        assert prosecutor.details["at_risk"] == pytest.approx(reference["prosecutor"]["at_risk_0.2"], abs=1e-8)
        assert prosecutor.details["success"] == pytest.approx(reference["prosecutor"]["success"], abs=1e-8)
        assert prosecutor.details["highest"] == reference["prosecutor"]["highest"]
        assert journalist.value == pytest.approx(reference["journalist"]["at_risk"], abs=1e-8)
        assert Marketer().of(study).value == pytest.approx(reference["marketer_success"], abs=1e-8)
        assert study.classes.count == reference["classes"]


def test_zayatz_by_hand() -> None:
    # n = 4 of N = 8: classes of 1, 1 and 2 rows. P(seen once | 1) = 1/2; P(seen once | 2) = 2 (4/8) (4/7) = 4/7.
    # P(1 | seen once) = 2 (1/2) / (2 (1/2) + 4/7) = 7/11; times the 2/4 of the rows that are unique.
    assert zayatz(Sizes.of([1, 1, 2], 8)).share == pytest.approx(7 / 11 * 0.5)
    assert zayatz(Sizes.of([1, 1, 2], 4)).share == pytest.approx(0.5)
    assert zayatz(Sizes.of([2, 2], 100)).share == 0


def test_pitman_by_direct_maximisation() -> None:
    sizes = Sizes.of([1] * 60 + [2] * 14 + [3] * 5 + [7], 5000)
    share = pitman(sizes).share
    n, u = sizes.rows, sizes.seen

    def likelihood(alpha: float, theta: float) -> float:
        value = sum(math.log(theta + i * alpha) for i in range(1, int(u)))
        value -= sum(math.log(theta + i) for i in range(1, int(n)))
        for size, classes in zip(sizes.size, sizes.classes, strict=True):
            value += classes * sum(math.log(i - alpha) for i in range(1, int(size)))
        return value

    grid = [(a, t) for a in np.linspace(0.02, 0.98, 49) for t in np.geomspace(0.5, 500, 60)]
    fitted = _fit_pitman(sizes)
    assert fitted is not None
    alpha, theta = 1 / (1 + math.exp(-fitted[0])), math.exp(fitted[1])
    highest = likelihood(alpha, theta)
    assert highest >= max(likelihood(*at) for at in grid)
    assert highest > likelihood(alpha * 1.02, theta)
    assert highest > likelihood(alpha, theta * 0.98)
    by_hand = math.exp(math.lgamma(theta + 1) - math.lgamma(theta + alpha) + (alpha - 1) * math.log(5000))
    assert share == pytest.approx(by_hand)


def test_pitman_says_when_it_does_not_converge() -> None:
    found = pitman(Sizes.of([1] * 50, 1000))  # every row alone: the likelihood has its maximum on the edge
    assert found.share is None
    assert "maximum" in found.why


def test_slide_negative_binomial_finds_the_truth_of_its_own_kind() -> None:
    rng = np.random.default_rng(5)
    population = 1 + rng.negative_binomial(0.5, 0.2, 100_000)
    sample = rng.binomial(population, 0.2)
    truth = (population == 1).sum() / population.sum()
    sizes = Sizes.of(sample[sample > 0], population.sum())
    found = snb(sizes)
    assert found.share == pytest.approx(truth, rel=0.03)
    assert found.interval is not None  # in 60 samples of 20,000 people it held the truth 56 times
    assert found.interval[0] < truth < found.interval[1] < 1.2 * found.interval[0]
    assert abs(zayatz(sizes).share - truth) > 0.1 * truth  # so that agreement above says something
    picked, used = dankar(sizes)
    assert used == "snb"
    assert picked == snb(sizes)


def test_chao_bounds_lie_below_the_truth() -> None:
    rng = np.random.default_rng(6)
    population = 1 + rng.negative_binomial(0.5, 0.2, 100_000)
    sample = rng.binomial(population, 0.3)
    once = population[sample == 1]
    bounds = chao_bounds(Sizes.of(sample[sample > 0], population.sum()))
    assert bounds is not None
    assert bounds.unique_interval[0] <= bounds.unique <= (once == 1).mean()
    assert bounds.risk_interval[0] <= bounds.risk <= (1 / once).mean()
    assert (sample > 0).sum() < bounds.classes <= 100_000
    assert chao_bounds(Sizes.of([2, 2], 100)) is None


def test_chao_by_hand() -> None:
    # s1 = 4, s2 = 2, pi = 1/2: r = 1 * 2 * 2 / 4 = 1.
    bounds = chao_bounds(Sizes.of([1, 1, 1, 1, 2, 2], 16))
    assert bounds is not None
    assert bounds.unique == pytest.approx(math.exp(-1))
    assert bounds.risk == 0.5
    assert bounds.coverage == 0.5


def test_log_linear_by_hand() -> None:
    # a = x in 3 of 4 rows, b = 1 in 3 of 4. Row 4, (y, 1): 4 * 1/4 * 3/4 expected in this half, as many in the other.
    table = small(a=["x", "x", "x", "y"], b=["1", "1", "2", "1"])
    fit = log_linear([table["a"], table["b"]], 0.5)
    others = np.array([4 * 3 / 4 * 1 / 4, 4 * 1 / 4 * 3 / 4])  # rows 3 and 4, expected in the other half
    assert fit.uniques == 2
    assert fit.tau1 == pytest.approx(np.exp(-others).sum())
    assert fit.tau2 == pytest.approx(((1 - np.exp(-others)) / others).sum())


def test_log_linear_with_pairs_keeps_all_pairs() -> None:
    rng = np.random.default_rng(7)
    a = rng.integers(0, 3, 400)
    table = small(a=a, b=(a + rng.integers(0, 2, 400)) % 3, c=rng.integers(0, 30, 400))
    columns = [table[k] for k in "abc"]
    main, pairs = log_linear(columns, 0.1), log_linear(columns, 0.1, "pairs")
    assert pairs.converged
    assert main.uniques == pairs.uniques > 0
    assert main.tau1 != pytest.approx(pairs.tau1, rel=0.01)
    whole = log_linear(columns[:2], 1.0, "pairs")
    assert whole.tau1 == whole.uniques  # nobody is left outside


@pytest.mark.parametrize(
    ("run", "table", "keys"),
    [("modRisk_testdata2_IPF", sdc_testdata2, ("sex", "water", "roof")),
     ("modRisk_testdata_IPF", sdc_testdata, ("urbrur", "roof", "walls", "water", "sex", "relat"))],
)
def test_sdcmicro_modrisk_by_its_own_convention(run: str, table: object, keys: tuple[str, ...]) -> None:
    """Our fit, with the sample mean in place of the population mean and per non-empty combination, as they have it."""
    data = table()  # type: ignore[operator]
    fit = log_linear([data[k] for k in keys], 1 / data["sampling_weight"].numbers)
    assert fit.gr1 == pytest.approx(calls()[run]["gr1"], abs=1e-9)
    assert fit.gr2 == pytest.approx(calls()[run]["gr2"], abs=1e-9)


def test_too_large_a_table_for_pairs_is_a_problem() -> None:
    wide = small(**{f"c{i}": range(200) for i in range(3)})
    with pytest.raises(Problem, match="too many"):
        log_linear([wide[n] for n in wide.names], 0.1, "pairs")


def test_where_an_estimator_fails_the_measure_says_so() -> None:
    study = Study.of(small(a=range(50)), ["a"], population_size=1000)
    from core.risk.measures.population import Pitman

    found = Pitman().of(study)
    assert found.value is None
    assert "does not converge" in found.sentence
    assert Zayatz().of(study).value is not None


def test_a_population_smaller_than_the_file_is_a_problem() -> None:
    with pytest.raises(Problem, match="smaller than the file"):
        Study.of(small(a=["x", "y"]), ["a"], population_size=1)


def test_class_sizes_of_arx() -> None:
    classes = class_sizes([adult()[k] for k in FIVE])
    assert classes.rows / classes.count == pytest.approx(6.131734, abs=1e-6)


def test_intervals_are_as_wide_as_new_samples_scatter() -> None:
    rng = np.random.default_rng(1)
    population = 1 + rng.negative_binomial(0.5, 0.05, 30_000)

    def sample() -> Sizes:
        drawn = rng.binomial(population, 0.05)
        return Sizes.of(drawn[drawn > 0], population.sum())

    found = zayatz(sample())
    assert found.share is not None
    assert found.interval is not None
    shares = np.array([zayatz(sample()).share for _ in range(200)])
    assert np.log(found.interval[1] / found.share) / 1.96 == pytest.approx(np.log(shares).std(), rel=0.2)
    inside = (shares > found.interval[0]) & (shares < found.interval[1])
    assert inside.mean() > 0.75  # around another sample's estimate a 95% interval holds about 83% of new ones


def test_pitman_interval_is_not_too_narrow() -> None:
    rng = np.random.default_rng(2)
    weights = 1 / np.arange(1, 1001) ** 1.1
    population = rng.multinomial(50_000, weights / weights.sum())

    def sample() -> Sizes:
        drawn = rng.binomial(population, 0.02)
        return Sizes.of(drawn[drawn > 0], population.sum())

    found = pitman(sample())
    assert found.share is not None
    assert found.interval is not None
    scatter = np.log([pitman(sample()).share for _ in range(12)]).std()
    implied = np.log(found.interval[1] / found.share) / 1.96
    assert 0.7 * scatter < implied < 5 * scatter
