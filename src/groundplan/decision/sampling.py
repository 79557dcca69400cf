"""Weights drawn uniformly from what the brief leaves open: axes and the criteria inside each apart, then multiplied.

Drawn in one piece, an axis would gain weight by nothing but being split into more criteria (Weber, Eisenfuehr and von Winterfeldt,
Management Science 34, 1988).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.bits import raw, simplex
from groundplan.decision.polytope import Corners
from groundplan.decision.situation import Situation
from groundplan.decision.weights import spread_of_axes, spread_within

__all__ = ["UNIT", "drawn_weights", "points"]

UNIT = 2**20
"""A weight or value of 1, as a whole number."""

Whole = NDArray[np.int64]
_FINE_BITS = 20


def drawn_weights(situation: Situation, point: dict[str, float], draws: int, seed: int) -> dict[str, Whole]:
    """Give criterion -> its weight in every draw, in units of ``UNIT``, for the criteria that count. point: the mean of each."""
    axes = points(spread_of_axes(situation, point), "axes", draws, seed)
    found: dict[str, Whole] = {}
    for axis, own in zip(situation.catalogue.method.axes, axes, strict=True):
        inside = [one.id for one in situation.catalogue.criteria if one.axis == axis and point[one.id] > 0]
        total = sum(point[name] for name in inside)
        if inside:
            shares = points(spread_within(situation, [point[name] / total for name in inside]), f"within {axis}", draws, seed)
            found |= {name: (own * share) >> 20 for name, share in zip(inside, shares, strict=True)}
    return {one.id: found[one.id] for one in situation.catalogue.criteria if one.id in found}


def points(simplices: Sequence[Corners], name: str, count: int, seed: int) -> Whole:
    """Give ``count`` points [size, count], uniform over the simplices. Each sums to ``UNIT``, but for rounding."""
    size = len(simplices[0].points)
    within = simplex(seed, name, size, count)
    corners = np.array([_whole(one) for one in simplices])
    if len(corners) == 1:
        return _mixed(corners[0], within)
    chosen = _choices(simplices, raw(seed, f"{name} simplex", count))
    return _mixed(corners[chosen].transpose(1, 2, 0), within)


def _whole(one: Corners) -> list[list[int]]:
    """Give the corners in whole numbers: for each of them its weights."""
    return [[round(weight * 2**_FINE_BITS) for weight in point] for point in one.points]


def _mixed(corners: Whole, within: Whole) -> Whole:
    """Give the points with these barycentric coordinates. corners: [corner, axis] or [corner, axis, count]."""
    total = np.zeros((corners.shape[1], within.shape[1]), np.int64)
    for corner, share in zip(corners, within, strict=True):
        total += (corner if corner.ndim > 1 else corner[:, np.newaxis]) * share
    total >>= _FINE_BITS
    return total


def _choices(simplices: Sequence[Corners], bits: NDArray[np.uint64]) -> NDArray[np.intp]:
    """Give which simplex each draw falls into, by its share of the volume."""
    shares = np.array([round(one.share * UNIT) for one in simplices])
    places = np.searchsorted(np.cumsum(shares), bits >> np.uint64(44), side="right")
    return np.minimum(places, len(simplices) - 1)
