"""Wilson's interval, against figures computed elsewhere and what must hold for any count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.backtest.wilson import wilson


@pytest.mark.parametrize(
    ("count", "trials", "low", "high"),
    # the first three: R. G. Newcombe, Statistics in Medicine 17, 1998, table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (1, 29, 0.0061, 0.1718), (18, 36, 0.3447, 0.6553), (0, 10, 0.0, 0.2775)],
)
def test_known_intervals(count: int, trials: int, low: float, high: float) -> None:
    assert wilson(count, trials) == pytest.approx((low, high), abs=5e-5)


def test_no_trials_say_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)


@given(st.integers(1, 500).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_holds_the_share_and_stays_in_the_unit(pair: tuple[int, int]) -> None:
    count, trials = pair
    low, high = wilson(count, trials)
    assert 0.0 <= low <= count / trials <= high <= 1.0
