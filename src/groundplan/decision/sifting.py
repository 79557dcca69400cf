"""The best architectures of one layout, draw by draw: only pairs of a beginning and a draw that may still win are carried on.

Stacks of a part that look the same to the rest of an architecture differ in nothing but what they add, so the best of them stands
for all. A beginning is left behind in the draws in which, with the best of every part to come and the most that the whole may
add, it does not exceed the best so far. A few in a thousand pairs are left at the end; those are valued in full.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.structure import Structure
from groundplan.decision.table import Contender, Values

__all__ = ["Part", "Sift"]

_CELLS = 2**18
"""Pairs looked at together: they fit the processor's cache."""

Indices = NDArray[np.intp]
Rows = NDArray[np.intp]
Pairs = tuple[Indices, Indices]
"""The looks of the parts so far, as one number, and the draw."""


@dataclass(eq=False)
class Part:
    """The rows of the table that a part may have. looks: those that look the same beside each other, one list for each look.

    most: what each look adds at most, [draws, looks]; top: what any adds at most, [draws].
    """

    structure: Structure
    rows: Rows
    looks: list[list[int]] = field(init=False)
    most: Values = field(init=False)
    top: Values = field(init=False)

    def __post_init__(self) -> None:
        """Take the best of every look."""
        found: dict[int, list[int]] = {}
        for row in self.rows.tolist():
            found.setdefault(self.structure.look(row), []).append(row)
        self.looks, added = list(found.values()), self.structure.table.added
        most = added[self.first]
        for best, (_, *others) in zip(most, self.looks, strict=True):
            for row in others:
                np.maximum(best, added[row], out=best)
        self.most, self.top = np.ascontiguousarray(most.T), most.max(axis=0)

    @property
    def first(self) -> Rows:
        """Give one row for each look."""
        return np.array([look[0] for look in self.looks])

    def winners(self, looks: Indices, draws: Indices) -> list[int]:
        """Give the row that adds most in each draw, among those of a look; the first of equal ones."""
        added, pairs = self.structure.table.added, zip(looks.tolist(), draws.tolist(), strict=True)
        return [max(self.looks[look], key=lambda row: added[row, draw]) for look, draw in pairs]


@dataclass(eq=False)
class Beginnings:
    """The ways to settle the first parts of a layout by their looks, numbered; what all searches in it share.

    used: for each number of parts, how many frameworks each way uses.
    """

    structure: Structure
    parts: list[Part]
    used: list[Indices] = field(init=False)

    def __post_init__(self) -> None:
        """Count the frameworks."""
        entries = self.structure.table.entries
        chosen, count = np.empty((1, 0), object), np.zeros(1, np.intp)
        self.used = []
        for part in self.parts:
            own = np.array([entries[row].option.framework.name for row in part.first], object)
            count = (count[:, np.newaxis] + (chosen[:, np.newaxis] != own[:, np.newaxis]).all(axis=2)).ravel()
            chosen = np.column_stack([np.repeat(chosen, len(own), axis=0), np.tile(own, len(chosen))])
            self.used.append(count)

    def looks(self, ways: Indices) -> Sequence[Indices]:
        """Give the look of each part. ways: to settle them all."""
        return np.unravel_index(ways, [len(part.looks) for part in self.parts])

    def examples(self, ways: Indices) -> Rows:
        """Give rows of the table that look like this: [ways, parts]."""
        return np.column_stack([part.first[own] for part, own in zip(self.parts, self.looks(ways), strict=True)])

    def winners(self, ways: Indices, draws: Indices) -> Iterator[tuple[int, ...]]:
        """Give the rows that add most, each way in its draw."""
        pairs = zip(self.parts, self.looks(ways), strict=True)
        return zip(*(part.winners(looks, draws) for part, looks in pairs), strict=True)


@dataclass(eq=False)
class Sift:
    """One search. best: of every draw so far; whoever takes what is given raises it.

    prices: the most that the whole adds with one framework, with two and so on, [parts, draws].
    """

    ground: Beginnings
    best: Values
    prices: Values
    _bars: list[Values] = field(init=False)

    def __post_init__(self) -> None:
        """Find for each part what has to be reached by then: what is still to come may not be enough otherwise."""
        bars = [self.best - self.prices]
        for part in self.ground.parts[:0:-1]:
            bars.append(bars[-1] - part.top)
        self._bars = bars[::-1]

    def run(self, draws: Indices) -> Iterator[Contender]:
        """Give what exceeds the best so far, each with the draws in which nothing that was met by then is better."""
        yield from self._from(0, (np.zeros(len(draws), np.intp), draws), np.zeros(len(draws), np.int32))

    def _from(self, depth: int, pairs: Pairs, value: Values) -> Iterator[Contender]:
        """Settle the next part of every beginning. value: what the parts so far add."""
        if depth == len(self.ground.parts):
            yield from self._reached(pairs, value)
            return
        step = max(1, _CELLS // self.ground.parts[depth].most.shape[1])
        for start in range(0, len(value), step):
            cut = slice(start, start + step)
            yield from self._from(depth + 1, *self._wider(depth, (pairs[0][cut], pairs[1][cut]), value[cut]))

    def _wider(self, depth: int, pairs: Pairs, value: Values) -> tuple[Pairs, Values]:
        """Give the beginnings with one more part that may still win, by what their frameworks cost at least."""
        (ways, draws), bars = pairs, self._bars[depth]
        wide = self.ground.parts[depth].most.take(draws, axis=0)
        wide += value[:, np.newaxis]
        looks = wide.shape[1]
        places = np.flatnonzero(wide > bars[0].take(draws)[:, np.newaxis])
        sources = places // looks
        ways, draws = ways.take(sources) * looks + (places - sources * looks), draws.take(sources)
        value = wide.take(places)
        kept = np.flatnonzero(value > bars[self.ground.used[depth].take(ways) - 1, draws])
        return (ways.take(kept), draws.take(kept)), value.take(kept)

    def _reached(self, pairs: Pairs, value: Values) -> Iterator[Contender]:
        """Give those that are better with the whole; of equal ones the first."""
        (ways, draws), value = self._whole(pairs, value)
        better = np.flatnonzero(value > self.best.take(draws))
        better = better[np.lexsort((-value[better], draws[better]))]
        better = better[np.flatnonzero(np.diff(draws[better], prepend=-1))]
        found: dict[tuple[int, ...], list[int]] = {}
        for place, rows in zip(better.tolist(), self.ground.winners(ways[better], draws[better]), strict=True):
            found.setdefault(rows, []).append(place)
        for rows, places in found.items():
            yield rows, value[places], draws[places]

    def _whole(self, pairs: Pairs, value: Values) -> tuple[Pairs, Values]:
        """Give those that stand, with what the whole adds. The parts with the same looks make the same whole."""
        ways, draws = pairs
        met = np.flatnonzero(np.bincount(ways))
        rows = self.ground.examples(met)
        standing = self.ground.structure.standing(rows)
        places = np.full(int(met[-1]) + 1 if len(met) else 0, -1, np.intp)
        places[met[standing]] = np.arange(np.count_nonzero(standing))
        kept = np.flatnonzero(places[ways] >= 0)
        ways, draws = ways[kept], draws[kept]
        return (ways, draws), value[kept] + self.ground.structure.wholes(rows[standing], places[ways], draws)
