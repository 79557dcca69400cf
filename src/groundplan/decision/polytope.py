"""The weights of the axes that a team's answers allow, as simplices: a uniform draw and a mean need nothing else.

An order of the axes with bounds on the ratio of neighbours is a polytope with a corner for every choice of lower or upper
bounds. It falls apart into one simplex for each way from the corner of all lower bounds to that of all upper ones (a cube does,
and this is one, bent). Exact: no rejection, no random walk.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from groundplan.records import dataclass

__all__ = ["Corners", "chains", "free", "mean", "moved", "pulled"]

_NOTHING = 1e-12

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Corners:
    """A simplex. share: of the volume of the whole. points: its corners, each a weight for every axis; they sum to 1."""

    share: float
    points: tuple[tuple[float, ...], ...]


def free(size: int) -> tuple[Corners, ...]:
    """Give all weights there are."""
    return (Corners(1.0, tuple(tuple(float(row == column) for column in range(size)) for row in range(size))),)


def chains(orders: Iterable[Sequence[int]], bounds: Sequence[Bounds]) -> tuple[Corners, ...]:
    """Give the weights that follow one of the orders. An order names axes, heaviest first.

    bounds: of the ratio of each neighbour to the next, from (1, inf) for no more than the order.
    """
    found = [corners for order in orders for corners in _chain(order, bounds)]
    total = sum(size for size, _ in found)
    return tuple(Corners(size / total, points) for size, points in found)


def _chain(order: Sequence[int], bounds: Sequence[Bounds]) -> Iterator[tuple[float, tuple[tuple[float, ...], ...]]]:
    for way in permutations(range(len(bounds))):
        points = tuple(_corner(order, bounds, frozenset(way[:step])) for step in range(len(bounds) + 1))
        size = _volume(points)
        if size > _NOTHING:
            yield size, points


def _corner(order: Sequence[int], bounds: Sequence[Bounds], upper: frozenset[int]) -> tuple[float, ...]:
    """Give the corner with these ratios at their upper bounds: without one, all that follows weighs nothing."""
    weights = [1.0]
    for index in reversed(range(len(bounds))):
        ratio = bounds[index][index in upper]
        weights = [1.0, *([0.0] * len(weights))] if math.isinf(ratio) else [ratio * weights[0], *weights]
    total = sum(weights)
    placed = dict(zip(order, weights, strict=True))
    return tuple(placed[axis] / total for axis in range(len(order)))


def _volume(points: Sequence[Sequence[float]]) -> float:
    """Give the size of the determinant, by elimination: the volume up to a factor that all simplices share."""
    rows, product = [list(point) for point in points], 1.0
    for column in range(len(rows)):
        pivot = max(range(column, len(rows)), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        product *= rows[column][column]
        if abs(product) <= _NOTHING:
            return 0.0
        for row in range(column + 1, len(rows)):
            factor = rows[row][column] / rows[column][column]
            rows[row] = [own - factor * top for own, top in zip(rows[row], rows[column], strict=True)]
    return abs(product)


def mean(simplices: Sequence[Corners]) -> tuple[float, ...]:
    """Give the mean of a uniform draw."""
    size = len(simplices[0].points[0])
    return tuple(
        sum(one.share * sum(point[axis] for point in one.points) / len(one.points) for one in simplices) for axis in range(size)
    )


def moved(simplices: Sequence[Corners], wanted: Sequence[float]) -> tuple[Corners, ...]:
    """Give the simplices moved so that their mean is the wanted one: what an axis has too much of goes to those that lack.

    A straight map, so a uniform draw stays uniform; no more weight moves than it takes, and none falls below 0.
    """
    now = mean(simplices)
    kept = [min(1.0, want / have) if have > 0 else 1.0 for have, want in zip(now, wanted, strict=True)]
    lacking = [max(0.0, want - have) for have, want in zip(now, wanted, strict=True)]
    total = sum(lacking)
    to = [lack / total if total else 0.0 for lack in lacking]
    return tuple(Corners(one.share, tuple(_moved(point, kept, to) for point in one.points)) for one in simplices)


def _moved(point: Sequence[float], kept: Sequence[float], to: Sequence[float]) -> tuple[float, ...]:
    free_weight = sum(weight * (1 - share) for weight, share in zip(point, kept, strict=True))
    return tuple(weight * share + free_weight * gets for weight, share, gets in zip(point, kept, to, strict=True))


def pulled(simplices: Sequence[Corners], reach: float) -> tuple[Corners, ...]:
    """Give the simplices pulled towards their mean. reach: 1 leaves them, 0 leaves nothing but the mean."""
    middle = mean(simplices)
    return tuple(Corners(one.share, tuple(_between(middle, point, reach) for point in one.points)) for one in simplices)


def _between(middle: Sequence[float], point: Sequence[float], reach: float) -> tuple[float, ...]:
    return tuple(centre + reach * (own - centre) for centre, own in zip(middle, point, strict=True))
