"""SMAA-2 on plain arrays: who is first how often, at which weights, and how surely.

S draws, A alternatives, K criteria. Method: Lahdelma and Salminen, "SMAA-2", Operations Research 49 (2001). Where this package
calls them, sums run over whole numbers in float64, so their order does not matter and the bits are the same on every machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Smaa",
    "central_weights",
    "confidence_factors",
    "pairwise_winning",
    "rank_acceptability",
    "ranks",
    "smaa",
    "values",
]

Floats = NDArray[np.float64]
Ranks = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Smaa:
    """What the draws say.

    values: [S, A]. ranks: [S, A], 1 is best, equal values share the better rank. acceptability: [A, A], share of the draws in which
    an alternative (row) has a rank (column). central: [A, K], mean weights of the draws in which it is first, nan when it never is.
    confidence: [A], share of the draws of the measurements in which it is first at its central weights, nan when it has none.
    """

    values: Floats
    ranks: Ranks
    acceptability: Floats
    central: Floats
    confidence: Floats


def smaa(measurements: ArrayLike, weights: ArrayLike) -> Smaa:
    """Give values, ranks, rank acceptability, central weights and confidence factors.

    measurements: [S, A, K], larger is better, on scales of their own. weights: [S, K], or [K] when they are known; then there are
    no central weights. Raises ValueError when the shapes do not fit or there is no draw.
    """
    measured, weighed = _checked(measurements, weights)
    found = values(measured, weighed)
    places = ranks(found)
    central = np.full(measured.shape[1:], np.nan) if weighed.ndim == 1 else central_weights(places, weighed)
    return Smaa(found, places, rank_acceptability(places), central, confidence_factors(measured, central))


def _checked(measurements: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats]:
    measured, weighed = np.asarray(measurements, np.float64), np.asarray(weights, np.float64)
    if measured.ndim != 3 or 0 in measured.shape:  # noqa: PLR2004  # draws, alternatives, criteria
        raise ValueError(f"measurements of shape {measured.shape} must be [draws, alternatives, criteria], none of them 0")
    if weighed.shape not in {(measured.shape[0], measured.shape[2]), (measured.shape[2],)}:
        raise ValueError(f"weights of shape {weighed.shape} must be [draws, criteria] or [criteria] of {measured.shape}")
    return measured, weighed


def values(measurements: Floats, weights: Floats) -> Floats:
    """Give the value [S, A] of every alternative in every draw. weights: [S, K] or [K]."""
    if weights.ndim == 1:
        return np.asarray(measurements @ weights)
    return np.asarray((measurements @ weights[:, :, np.newaxis])[:, :, 0])


def ranks(values: Floats) -> Ranks:
    """Give the rank [S, A] of every alternative: one more than the number of those that are strictly better."""
    places = np.ones(values.shape, np.int64)
    for rival in range(values.shape[1]):
        places += values[:, [rival]] > values
    return places


def rank_acceptability(ranks: Ranks) -> Floats:
    """Give the share [A, A] of the draws in which an alternative (row) has a rank (column)."""
    draws, count = ranks.shape
    return np.stack([np.bincount(ranks[:, index] - 1, minlength=count) / draws for index in range(count)])


def central_weights(ranks: Ranks, weights: Floats) -> Floats:
    """Give the mean weights [A, K] of the draws in which an alternative is first; nan where it never is."""
    central = np.full((ranks.shape[1], weights.shape[1]), np.nan)
    for index, first in enumerate((ranks == 1).T):
        if first.any():
            central[index] = weights[first].sum(axis=0) / np.count_nonzero(first)
    return central


def confidence_factors(measurements: Floats, central: Floats) -> Floats:
    """Give the share [A] of the draws in which an alternative is first at its own central weights; nan where it has none."""
    found = np.full(len(central), np.nan)
    for index, own in enumerate(central):
        if not np.isnan(own).any():
            reached = values(measurements, own)
            found[index] = np.count_nonzero(reached[:, index] >= reached.max(axis=1)) / len(reached)
    return found


def pairwise_winning(values: Floats) -> Floats:
    """Give the share [A, A] of the draws in which one alternative (row) is strictly better than another (column)."""
    draws = len(values)
    return np.stack([np.count_nonzero(own[:, np.newaxis] > values, axis=0) / draws for own in values.T])
