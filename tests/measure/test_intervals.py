import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.measure.intervals import Run, _bootstrap, enough, percentile, percentile_interval, rule_of_three, share_interval


def _runs(*scales: float, seed: int = 0, count: int = 600) -> list[Run]:
    random = np.random.default_rng(seed)
    slices = np.repeat(np.arange(20), count // 20)
    return [Run(scale * random.lognormal(0, 0.5, count), slices) for scale in scales]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.floats(1, 99.9))
def test_a_percentile_is_the_smallest_value_that_covers_its_share(values: list[float], percent: float) -> None:
    found = percentile(np.array(values), percent)
    assert found in values
    assert sum(value <= found for value in values) >= len(values) * percent / 100 - 1e-6
    assert sum(value < found for value in values) <= len(values) * percent / 100 + 1e-6


def test_bounds_enclose_the_estimate_and_narrow_with_more_data() -> None:
    few, many = (percentile_interval(_runs(1, 1, 1, count=count), 99) for count in (200, 6000))
    for interval in (few, many):
        assert interval.lower <= interval.estimate <= interval.upper
    assert many.upper / many.estimate < few.upper / few.estimate


def test_starts_that_differ_widen_the_bound() -> None:
    alike, unlike = percentile_interval(_runs(1, 1, 1), 99), percentile_interval(_runs(0.7, 1, 1.4), 99)
    assert unlike.upper / unlike.estimate > 1.2 * alike.upper / alike.estimate


def test_one_bad_second_widens_the_bound_more_than_the_same_values_spread_out() -> None:
    together, spread = _runs(1, 1, 1), _runs(1, 1, 1)
    for bad, good in zip(together, spread, strict=True):
        bad.values[bad.blocks == 0] *= 20
        good.values[::20] *= 20
    assert percentile_interval(together, 95).upper > percentile_interval(spread, 95).upper


def test_same_samples_and_seed_give_the_same_bounds() -> None:
    assert percentile_interval(_runs(1, 2, 1), 99) == percentile_interval(_runs(1, 2, 1), 99)


def test_one_start_alone_bounds_nothing() -> None:
    interval = percentile_interval(_runs(1), 50)
    assert interval.upper == math.inf
    assert interval.lower == 0


def test_an_empty_run_is_no_evidence() -> None:
    with pytest.raises(ValueError, match="at least one"):
        percentile_interval([Run(np.zeros(0), np.zeros(0, np.int64))], 99)


@pytest.mark.parametrize(("count", "percent", "right"), [(1000, 99, True), (999, 99, False), (100, 90, True), (9999, 99.9, False)])
def test_ten_observations_beyond_the_percentile_are_enough(count: int, percent: float, right: bool) -> None:  # noqa: FBT001  (a table's column)
    assert enough(count, percent) is right


def test_rule_of_three() -> None:
    assert rule_of_three(600) == 0.005
    assert rule_of_three(0) == 1


@pytest.mark.parametrize(
    ("hits", "trials", "lower", "upper"),
    # Exact values: 0 of n is 1 - 0.05**(1/n); 5 of 100 from the F quantiles (lower 1.9914 %, upper 10.2253 %).
    [(0, 100, 0.0, 1 - 0.05 ** (1 / 100)), (100, 100, 0.05 ** (1 / 100), 1.0), (5, 100, 0.019914, 0.102253)],
)
def test_shares_have_exact_bounds(hits: int, trials: int, lower: float, upper: float) -> None:
    interval = share_interval(hits, trials)
    assert interval.lower == pytest.approx(lower, rel=1e-3, abs=1e-9)
    assert interval.upper == pytest.approx(upper, rel=1e-3)
    assert interval.estimate == hits / trials


def test_no_trial_says_nothing_about_a_share() -> None:
    interval = share_interval(0, 0)
    assert (interval.lower, interval.upper) == (0, 1)


@pytest.mark.long
def test_the_upper_bound_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(5)
    covered, rounds = 0, 150
    spread = math.sqrt(0.05**2 + 0.2**2 + 0.5**2)
    truth = math.exp(2.3263 * spread)
    for number in range(rounds):
        starts = np.exp(random.normal(0, 0.05, 3))
        slices = np.repeat(np.arange(20), 100)
        runs = [Run(s * np.exp(random.normal(0, 0.2, 20))[slices] * random.lognormal(0, 0.5, 2000), slices) for s in starts]
        covered += percentile_interval(runs, 99, seed=number).upper >= truth
    assert covered / rounds >= 0.88


@pytest.mark.parametrize("percent", [50, 99])
def test_the_bootstrap_agrees_with_resampling_by_hand(percent: float) -> None:
    runs = _runs(1, 1, count=2000)
    fast = _bootstrap(runs, percent, seed=1)
    random = np.random.default_rng(2)
    slow = []
    for _ in range(300):
        drawn = [(runs[start], random.integers(0, 20, 20)) for start in random.integers(0, 2, 2)]
        values = [run.values[run.blocks == piece] for run, pieces in drawn for piece in pieces]
        slow.append(percentile(np.concatenate(values), percent))
    assert np.quantile(fast, [0.1, 0.5, 0.9]) == pytest.approx(np.quantile(slow, [0.1, 0.5, 0.9]), rel=0.1)
