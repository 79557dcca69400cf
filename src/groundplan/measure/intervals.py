"""What a sample says about the truth: percentiles with one-sided bounds, shares with exact bounds, the rule of three."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundplan.measure.samples import Floats

__all__ = [
    "BEYOND",
    "Interval",
    "Run",
    "enough",
    "mean_interval",
    "percentile",
    "percentile_interval",
    "rule_of_three",
    "share_interval",
]

RESAMPLES = 1_000
_ALPHA = 0.05
_NEAR_TOP, _NEAR_TOP_SHARES = 200, 3.0
BEYOND = 10
"""Fewest observations beyond a percentile for it to be judged at all."""


@dataclass(frozen=True, slots=True)
class Run:
    """Latencies in seconds of one start of the server, with the time slice each fell in."""

    values: Floats
    blocks: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate between two one-sided bounds, each of which holds with 95 % confidence (not both at once)."""

    estimate: float
    lower: float
    upper: float


def percentile(values: Floats, percent: float) -> float:
    """Give the smallest value that at least ``percent`` of 100 values do not exceed (inverse of the distribution)."""
    return float(np.quantile(values, percent / 100, method="inverted_cdf"))


def enough(count: int, percent: float) -> bool:
    """Tell whether so many observations leave at least BEYOND of them beyond the percentile."""
    return count * (1 - percent / 100) >= BEYOND - 1e-9


def rule_of_three(trials: int) -> float:
    """Give the 95 % upper bound of a probability after no failure in so many independent trials.

    Source: Hanley and Lippman-Hand 1983, JAMA 249 (13).
    """
    return 3 / trials if trials else 1.0


def percentile_interval(runs: Sequence[Run], percent: float, *, seed: int = 0) -> Interval:
    """Give a percentile of all runs together with one-sided bounds, from a block bootstrap over restarts.

    Requests within a second, and seconds within one start, are alike; taking them for independent makes bounds too narrow.
    So whole starts are drawn with replacement, and within each start whole time slices (two-stage cluster bootstrap,
    Davison and Hinkley 1997, section 3.8). Few starts leave that bound too narrow still, so the wider of it and Student's
    bound over the starts' own percentiles on a log scale is given (docs/decisions/0081 has the coverage of both).
    """
    if not runs or any(not len(run.values) for run in runs):
        raise ValueError("every run needs at least one value")
    resampled = _bootstrap(runs, percent, seed)
    low, high = (float(np.quantile(resampled, q)) for q in (_ALPHA, 1 - _ALPHA))
    estimate = percentile(np.concatenate([run.values for run in runs]), percent)
    student = _student(runs, percent)
    return Interval(estimate, min(low, student.lower, estimate), max(high, student.upper, estimate))


def share_interval(hits: int, trials: int) -> Interval:
    """Give a share with one-sided exact bounds (Clopper and Pearson 1934)."""
    if trials < 1:
        return Interval(0.0, 0.0, 1.0)
    upper = 1.0 if hits == trials else _solve(lambda share: _at_most(hits, trials, share) - _ALPHA)
    lower = 0.0 if hits == 0 else _solve(lambda share: _ALPHA - (1 - _at_most(hits - 1, trials, share)))
    return Interval(hits / trials, lower, upper)


def _bootstrap(runs: Sequence[Run], percent: float, seed: int) -> Floats:
    """Give the percentile of each resample.

    Sorts once, largest first; a resample is then only other weights of the sorted values, and its percentile is the first
    value with more than the rest of the weight at or above it, which is seldom far from the top.
    """
    groups, sizes = _groups(runs)
    values = np.concatenate([run.values for run in runs])
    order = np.argsort(values)[::-1]
    ordered, group_of = values[order], groups[order]
    members = np.bincount(groups, minlength=sum(sizes))
    top = min(len(values), max(_NEAR_TOP, round(_NEAR_TOP_SHARES * (1 - percent / 100) * len(values))))
    random = np.random.default_rng(seed)
    found = np.empty(RESAMPLES)
    for number in range(RESAMPLES):
        weights = _weights(random, sizes)
        above = (1 - percent / 100) * float(weights @ members) + 1e-9
        for reach in (top, len(values)):
            mass = np.cumsum(weights[group_of[:reach]])
            if mass[-1] > above:
                break
        found[number] = ordered[np.searchsorted(mass, above, side="right")]
    return found


def _groups(runs: Sequence[Run]) -> tuple[NDArray[np.int64], list[int]]:
    """Give the number of each value's time slice, counted through all runs, and how many slices each run has."""
    numbered: list[NDArray[np.int64]] = []
    sizes: list[int] = []
    for run in runs:
        slices, within = np.unique(run.blocks, return_inverse=True)
        numbered.append(within.astype(np.int64) + sum(sizes))
        sizes.append(len(slices))
    return np.concatenate(numbered), sizes


def _weights(random: np.random.Generator, sizes: list[int]) -> NDArray[np.int64]:
    """Draw starts, then slices within each drawn start; give how often each slice was drawn."""
    total, offsets = sum(sizes), np.cumsum([0, *sizes])
    weights = np.zeros(total, np.int64)
    for start in random.integers(0, len(sizes), len(sizes)):
        drawn = offsets[start] + random.integers(0, sizes[start], sizes[start])
        weights += np.bincount(drawn, minlength=total)
    return weights


# One-sided 95 % quantiles of Student's t by degrees of freedom; beyond the table the normal one, which is smaller by < 4 %.
_T95 = {1: 6.314, 2: 2.920, 3: 2.353, 4: 2.132, 5: 2.015, 6: 1.943, 7: 1.895, 8: 1.860, 9: 1.833, 10: 1.812, 15: 1.753, 20: 1.725}


def _student(runs: Sequence[Run], percent: float) -> Interval:
    """Bound the mean of the starts' own percentiles, on a log scale because latencies are skewed and above zero."""
    return mean_interval([percentile(run.values, percent) for run in runs])


def mean_interval(values: Sequence[float]) -> Interval:
    """Give the geometric mean of positive figures with Student's one-sided 95 % bounds; one figure alone bounds nothing."""
    logs = np.log([max(value, 1e-12) for value in values])
    if len(logs) == 1:
        return Interval(float(np.exp(logs[0])), 0.0, math.inf)
    freedom = len(logs) - 1
    t = _T95[max(known for known in _T95 if known <= freedom)]
    middle, half = float(logs.mean()), t * float(logs.std(ddof=1)) / math.sqrt(len(logs))
    return Interval(math.exp(middle), math.exp(middle - half), math.exp(middle + half))


def _at_most(hits: int, trials: int, share: float) -> float:
    """Give the probability of at most so many hits (binomial), summed in logarithms."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if hits >= trials else 0.0
    logs = [_log_choose(trials, k) + k * math.log(share) + (trials - k) * math.log1p(-share) for k in range(hits + 1)]
    return min(1.0, math.fsum(math.exp(value) for value in logs))


def _log_choose(trials: int, hits: int) -> float:
    return math.lgamma(trials + 1) - math.lgamma(hits + 1) - math.lgamma(trials - hits + 1)


def _solve(falling: Callable[[float], float]) -> float:
    """Find where a function that falls over [0, 1] crosses zero, by halving."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2
