"""Straight lines between points."""

from collections.abc import Sequence
from itertools import pairwise

__all__ = ["along"]


def along(points: Sequence[tuple[float, float]], figure: float) -> float:
    """Give the value at a figure on straight lines between points, flat outside."""
    if figure <= points[0][0]:
        return points[0][1]
    for (left, low), (right, high) in pairwise(points):
        if figure <= right:
            return low + (high - low) * (figure - left) / (right - left)
    return points[-1][1]
