"""The best set of stacks in every draw, exactly, without adding up every set in every draw.

Every part takes the best stack of the set, and a set has a price. Sets grow one member at a time and keep what their parts have
reached. What a set could still become with all members to come bounds everything that grows from it: draws in which that does not
exceed the best so far are left behind, and with the last of them the whole branch.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["NEVER", "Chosen", "Race", "best_sets"]

NEVER = -(2**26)
"""Less than anything that is reached, and far enough from the end of 32 bits to add some dozens."""

Values = NDArray[np.int32]
Indices = NDArray[np.intp]
Chosen = tuple[int, ...]
Price = Callable[[Chosen], Values]
Visit = Callable[[Chosen, Values, Indices], None]

_WORTH_CUTTING = 0.5


@dataclass(eq=False)
class Race:
    """Sets of up to ``most`` members on their way. best: of every draw so far; whoever visits a set raises it.

    price: what is added for a set, in every draw; it never rises when a set grows. visit: is given every set that could matter,
    what it reaches at most, and the draws that this is about.
    """

    price: Price
    most: int
    best: Values
    visit: Visit

    def __post_init__(self) -> None:
        """Remember what all draws are: to pick them one by one takes longer than everything else."""
        self._every = np.arange(len(self.best))

    def _of(self, values: Values, draws: Indices) -> Values:
        return values if draws is self._every else values[draws]

    def run(self, members: Sequence[int], tops: Values, draws: Indices | None = None) -> None:
        """Visit the sets. tops: [members, parts, draws], what each part reaches on a member; ``NEVER`` where it cannot have it.

        draws: those to look at; all of them if None.
        """
        if draws is not None:
            tops = tops.take(draws, axis=2)
        nothing = np.full(tops.shape[1:], NEVER, np.int32)
        self._grow((), nothing, (tuple(members), tops), self._every if draws is None else draws)

    def _grow(self, chosen: Chosen, reached: Values, rest: tuple[Chosen, Values], draws: Indices) -> None:
        """Add each of the rest to a set. reached: by its parts so far, [parts, draws]."""
        members, tops = rest
        to_come = _from_each_on(tops) if len(chosen) + 1 < self.most else []
        for index, member in enumerate(members):
            wider, own = np.maximum(reached, tops[index]), (*chosen, member)
            self.visit(own, _added(wider) + self._of(self.price(own), draws), draws)
            if len(own) < self.most and index + 1 < len(members):
                later = members[index + 1 :]
                ceiling = _added(np.maximum(wider, to_come[index + 1])) + self._of(self._price_of_more(own, later), draws)
                self._follow(own, wider, (later, tops[index + 1 :]), (ceiling, draws))

    def _follow(self, chosen: Chosen, reached: Values, rest: tuple[Chosen, Values], where: tuple[Values, Indices]) -> None:
        """Go on in the draws in which more members may still beat the best. where: the most that is possible, and the draws."""
        ceiling, draws = where
        open_ones = np.flatnonzero(ceiling > self._of(self.best, draws))
        if 0 < len(open_ones) < _WORTH_CUTTING * len(draws):
            members, tops = rest
            self._grow(chosen, reached.take(open_ones, axis=1), (members, tops.take(open_ones, axis=2)), draws[open_ones])
        elif len(open_ones):
            self._grow(chosen, reached, rest, draws)

    def _price_of_more(self, chosen: Chosen, later: Chosen) -> Values:
        """Give the most that is added for a set with one more member; prices that are the same array are looked at once."""
        prices = {id(price): price for price in (self.price((*chosen, member)) for member in later)}
        return np.asarray(np.maximum.reduce(list(prices.values()))) if len(prices) > 1 else next(iter(prices.values()))


def _from_each_on(tops: Values) -> list[Values]:
    """Give for each member the most that it and those after it reach."""
    found = [tops[-1]]
    for own in tops[-2::-1]:
        found.append(np.maximum(found[-1], own))
    return found[::-1]


def _added(reached: Values) -> Values:
    total: Values = np.add.reduce(reached, axis=0, dtype=np.int32)
    return total


def best_sets(added: Values, price: Price, most: int) -> tuple[Values, list[Chosen], Indices]:
    """Give the best value of every draw, the sets that reach it somewhere, and which of them does in each draw.

    added: [parts, stacks, draws], whole numbers below 2**26 / parts. price: as in ``Race``. most: stacks in a set.
    """
    best, who = np.full(added.shape[2], NEVER, np.int32), np.full(added.shape[2], -1, np.intp)
    sets: list[Chosen] = []

    def visit(chosen: Chosen, reached: Values, draws: Indices) -> None:
        above = reached > (best if len(draws) == len(best) else best[draws])
        if above.any():
            better = np.flatnonzero(above)
            best[draws[better]], who[draws[better]] = reached[better], len(sets)
            sets.append(chosen)

    order = np.argsort(-added.mean(axis=(0, 2)), kind="stable")
    tops = np.ascontiguousarray(added.transpose(1, 0, 2)[order])
    Race(lambda chosen: price(tuple(sorted(chosen))), most, best, visit).run(order.tolist(), tops)
    return best, [tuple(sorted(chosen)) for chosen in sets], who
