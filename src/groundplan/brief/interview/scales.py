"""Both ends of what is valued, in words: what the questions about weights show."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import log

__all__ = ["Ends", "even_pairs", "of_axis", "swing"]

_SHOWN = 2
_PAIRS = 2


@dataclass(frozen=True, slots=True)
class Ends:
    """One criterion that a brief raises. weight: what it counts before anybody said anything, in (0, 1]."""

    id: str
    axis: str
    title: str
    worst: str
    best: str
    weight: float

    def swing(self) -> str:
        """Say what raising it means."""
        return f"{self.title}: from “{self.worst}” to “{self.best}”"


def of_axis(ends: Sequence[Ends], axis: str) -> list[Ends]:
    """Give the criteria of an axis, heaviest first."""
    return sorted((one for one in ends if one.axis == axis), key=lambda one: -one.weight)


def swing(ends: Sequence[Ends], axis: str) -> str:
    """Say what raising a whole axis means, by its heaviest criteria."""
    heaviest = of_axis(ends, axis)[:_SHOWN]
    worst, best = (" / ".join(getattr(one, end) for one in heaviest) for end in ("worst", "best"))
    return f"{axis}: from “{worst}” to “{best}”" if heaviest else axis


def even_pairs(ends: Sequence[Ends], first: str, second: str) -> list[tuple[Ends, Ends]]:
    """Give the pairs across two axes that are hardest to tell apart now: an answer to these says most. No criterion twice."""
    pairs = sorted(
        product(of_axis(ends, first), of_axis(ends, second)),
        key=lambda pair: (abs(log(pair[0].weight / pair[1].weight)), -pair[0].weight),
    )
    found: list[tuple[Ends, Ends]] = []
    for left, right in pairs:
        taken = {one.id for pair in found for one in pair}
        if len(found) < _PAIRS and not {left.id, right.id} & taken:
            found.append((left, right))
    return found
