"""The best architecture on some frameworks, in many draws at once: part by part, the best of every mark (``prefixes.py``).

What begins alike for the rest is kept once. What cannot exceed the best so far any more, with the best of every part to come and
the most that the whole may still add, is left behind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.prefixes import GONE, Prefixes
from groundplan.decision.sets import NEVER
from groundplan.decision.table import Contender, Values

__all__ = ["Climb"]

_CELLS = 1_000_000

Indices = NDArray[np.intp]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Ground:
    """The draws looked at. best: so far. price: the most that the whole adds. added: for each part [rows, draws].

    most: for each part and the end, what the parts from it on add at most; links: the same for every weakest link.
    """

    draws: Indices
    best: Values
    price: Values
    added: list[Values]
    most: list[Values]
    links: list[list[Values]]

    def only(self, columns: Indices | slice) -> "_Ground":
        """Give some of the draws."""
        cut = [[one[..., columns] for one in found] for found in (self.added, self.most, *self.links)]
        return _Ground(self.draws[columns], self.best[columns], self.price[columns], cut[0], cut[1], cut[2:])


@dataclass(frozen=True, slots=True)
class _Step:
    """The first parts settled. marks: their numbers. lead: over the best so far, by what they add, [marks, draws].

    before: for each mark before and each row of the part, the place of the mark it leads to; ``GONE`` where it leads to none.
    """

    marks: Indices
    lead: Values
    before: Indices

    def only(self, columns: Indices | slice) -> "_Step":
        """Give some of the draws."""
        return _Step(self.marks, self.lead[:, columns], self.before)


@dataclass(frozen=True, slots=True)
class Climb:
    """One search. choices: for each part the rows on the frameworks ``chosen``, all of which occur in what is given."""

    prefixes: Prefixes
    choices: Sequence[Rows]
    chosen: tuple[int, ...]

    def run(self, draws: Indices, best: Values, price: Values) -> Iterator[Contender]:
        """Give architectures that exceed the best so far, with the draws in which they are the best of all that do.

        best, price: in these draws; price is the most that the whole adds.
        """
        start = _Step(np.zeros(1, np.intp), -best[np.newaxis], np.empty((0, 0), np.intp))
        yield from self._from([start], self._ground(draws, best, price))

    def _ground(self, draws: Indices, best: Values, price: Values) -> _Ground:
        table = self.prefixes.structure.table
        added = [table.added[own][:, draws] for own in self.choices]
        most = [np.zeros(len(draws), np.int32)]
        for own in reversed(added):
            most.append(most[-1] + own.max(axis=0))
        links = [self._linked(values[:, draws], table.link[name]) for name, values in table.links.items()]
        return _Ground(draws, best, price, added, most[::-1], links)

    def _linked(self, values: Values, kinds: Indices) -> list[Values]:
        """Give for each part and the end the most that a weakest link of the parts from it on can be."""
        found = [np.full(values.shape[1], -NEVER, np.int32)]
        for own in reversed(self.choices):
            here = sorted(set(kinds[own].tolist()))
            found.append(np.minimum(found[-1], values[here].max(axis=0)) if here[0] >= 0 else found[-1])
        return found[::-1]

    def _from(self, steps: list[_Step], ground: _Ground) -> Iterator[Contender]:
        """Settle the next part; with more at once than memory should hold, one half of the draws after the other."""
        depth, size = len(steps) - 1, len(ground.draws)
        if depth == len(self.choices):
            yield from self._reached(steps, ground)
        elif len(steps[-1].marks) * len(self.choices[depth]) * size > _CELLS and size > 1:
            for cut in (slice(size // 2), slice(size // 2, None)):
                yield from self._from([one.only(cut) for one in steps], ground.only(cut))
        else:
            yield from self._further(steps, depth, ground)

    def _further(self, steps: list[_Step], depth: int, ground: _Ground) -> Iterator[Contender]:
        """Add the next part to every mark, and go on with what may still win in the draws in which something may."""
        wide = steps[-1].lead[:, np.newaxis] + ground.added[depth]
        places = np.full(wide.shape[:2], GONE, np.intp)
        sources, rows = np.nonzero((wide > -(ground.price + ground.most[depth + 1])).any(axis=2))
        after = self._after(steps[-1].marks[sources], self.choices[depth][rows])
        order = np.argsort(after, kind="stable")[np.count_nonzero(after == GONE) :]
        if not len(order):
            return
        marks, starts = np.unique(after[order], return_index=True)
        lead = np.maximum.reduceat(wide[sources[order], rows[order]], starts, axis=0)
        open_ones = lead > -self._ceiling(marks, depth + 1, ground)
        kept, columns = np.flatnonzero(open_ones.any(axis=1)), np.flatnonzero(open_ones.any(axis=0))
        renamed = np.full(len(marks), GONE, np.intp)
        renamed[kept] = np.arange(len(kept))
        places[sources[order], rows[order]] = renamed[np.searchsorted(marks, after[order])]
        further = [*steps, _Step(marks[kept], lead[kept], places)]
        if 2 * len(columns) < len(ground.draws):
            further, ground = [one.only(columns) for one in further], ground.only(columns)
        if len(kept):
            yield from self._from(further, ground)

    def _after(self, marks: Indices, rows: Rows) -> Indices:
        """Give the marks with one more row; those that cannot get all frameworks any more are gone."""
        pairs = zip(marks.tolist(), rows.tolist(), strict=True)
        return np.array([self.prefixes.after(mark, row, (len(self.choices), len(self.chosen))) for mark, row in pairs], np.intp)

    def _ceiling(self, marks: Indices, depth: int, ground: _Ground) -> Values:
        """Give the most that the parts from ``depth`` on and the whole can add: [marks, draws]."""
        links = [found[depth] for found in ground.links]
        return ground.most[depth] + self.prefixes.ceilings(marks, self.chosen, ground.draws, links)

    def _reached(self, steps: list[_Step], ground: _Ground) -> Iterator[Contender]:
        """Give what is better than the best so far, whole included."""
        standing, wholes = self.prefixes.wholes(steps[-1].marks, ground.draws)
        if not standing:
            return
        totals = steps[-1].lead[standing] + wholes
        first = totals.argmax(axis=0)
        lead = totals[first, np.arange(len(first))]
        better = np.flatnonzero(lead > 0)
        rows = self._rows(steps, ground, np.array(standing)[first[better]], better)
        reached: dict[tuple[int, ...], list[int]] = {}
        for column, own in zip(better.tolist(), rows.tolist(), strict=True):
            reached.setdefault(tuple(own), []).append(column)
        for found, won in reached.items():
            yield found, lead[won] + ground.best[won], ground.draws[won]

    def _rows(self, steps: list[_Step], ground: _Ground, ends: Indices, columns: Indices) -> Rows:
        """Give the rows that lead to a mark, the first of equal ones: [columns, parts]. ends: place of the mark in each column."""
        found = np.empty((len(columns), len(self.choices)), np.intp)
        reached = steps[-1].lead[ends, columns]
        for depth in reversed(range(len(self.choices))):
            rows, before = self.choices[depth], steps[depth].lead[:, columns]
            fits = before[:, np.newaxis] + ground.added[depth][:, columns] == reached
            fits &= steps[depth + 1].before[:, :, np.newaxis] == ends
            ends, own = np.divmod(fits.reshape(-1, len(columns)).argmax(axis=0), len(rows))
            found[:, depth], reached = rows[own], before[ends, np.arange(len(columns))]
        return found
