"""One layout with the stacks that fit it: what whole architectures are worth in it, in many draws at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.structure import Structure
from groundplan.decision.table import Table, Values, shaped
from groundplan.decision.whole import Layout

__all__ = ["NEVER", "Board", "Indices", "Rows"]

NEVER = -(2**26)
"""A value of -4: less than any architecture reaches, and far enough from the end of 32 bits to add some dozens."""

_CELLS = 2_000_000

Indices = NDArray[np.intp]
Rows = NDArray[np.intp]


@dataclass(eq=False)
class Board:
    """A layout. place: its number. rows: for each part, the rows of the table that fit and are not beaten outright.

    frameworks: those that occur, by their place in the catalogue.
    """

    table: Table
    layout: Layout
    place: int
    rows: list[Rows]
    structure: Structure = field(init=False)
    frameworks: list[int] = field(init=False)
    _of: list[Indices] = field(init=False)
    _tops: dict[int, Values] = field(init=False)
    _losses: dict[int, Values] = field(init=False)
    _rest: Values = field(init=False)
    _ceiling: Values = field(init=False)
    _prices: dict[int, Values] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Find the best of each framework on each part, and what it loses against the best of all."""
        self.structure = Structure(self.table, self.layout)
        names = [framework.name for framework in self.table.scale.situation.catalogue.frameworks]
        own = [[names.index(self.table.entries[row].option.framework.name) for row in rows] for rows in self.rows]
        self._of = [np.array(numbers, np.intp) for numbers in own]
        self.frameworks = sorted({number for numbers in own for number in numbers})
        self._tops = {framework: self._top(framework) for framework in self.frameworks}
        every = np.maximum.reduce(list(self._tops.values()))
        self._losses = {framework: (every - top).min(axis=0) for framework, top in self._tops.items()}
        self._rest = self.structure.at_most(self.rows)
        self._ceiling = every.sum(axis=0, dtype=np.int32) + self._rest

    def _top(self, framework: int) -> Values:
        """Give the most that each part can add on a framework: [parts, draws]."""
        found = np.full((len(self.rows), self.table.draws), NEVER, np.int32)
        for part, (rows, own) in enumerate(zip(self.rows, self._of, strict=True)):
            fitting = rows[own == framework]
            if len(fitting):
                found[part] = self.table.added[fitting].max(axis=0)
        return found

    def may_grow(self, chosen: tuple[int, ...], best: Values) -> bool:
        """Tell whether an architecture that uses all of these frameworks, and maybe more, could still win in some draw."""
        return bool((self._most(chosen) > best).any())

    def hopeful(self, chosen: tuple[int, ...], best: Values) -> Indices:
        """Give the draws in which an architecture on exactly these frameworks could win."""
        most = self._most(chosen)
        if len(chosen) == 1:
            alone = self._tops[chosen[0]].sum(axis=0, dtype=np.int32) + self._rest + self._price(chosen)
            most = np.minimum(most, alone)
        return np.flatnonzero(most > best)

    def _most(self, chosen: tuple[int, ...]) -> Values:
        """Give a value that nothing exceeds: every part at its best, less what each framework loses where it loses least."""
        most = self._ceiling + self._price(chosen)
        for framework in chosen:
            most -= self._losses[framework]
        return most

    def _price(self, chosen: tuple[int, ...]) -> Values:
        """Give what simplicity is worth at most with these frameworks."""
        worth = self.structure.simplest(chosen)
        if worth not in self._prices:
            self._prices[worth] = self.structure.weighed("simplicity", worth)
        return self._prices[worth]

    def grown(self, chosen: tuple[int, ...], draws: Indices, best: Values) -> Iterator[tuple[Rows, Indices]]:
        """Give architectures on these frameworks, with the draws in which some of them may win: none is left out that wins."""
        choices = [rows[np.isin(own, chosen)] for rows, own in zip(self.rows, self._of, strict=True)]
        if all(map(len, choices)):
            start = (self._rest[draws] + self._price(chosen)[draws] - best[draws])[np.newaxis]
            yield from self._grown(choices, np.empty((1, 0), np.intp), start, draws)

    def _grown(self, choices: Sequence[Rows], rows: Rows, lead: Values, draws: Indices) -> Iterator[tuple[Rows, Indices]]:
        """Add the next part to every row. lead: how far the rows lie above the best so far, without the parts to come."""
        depth = rows.shape[1]
        if depth == len(choices):
            yield rows, draws
            return
        own = choices[depth]
        if len(rows) * len(own) * len(draws) > _CELLS and len(draws) > 1:
            middle = len(draws) // 2
            yield from self._grown(choices, rows, lead[:, :middle], draws[:middle])
            yield from self._grown(choices, rows, lead[:, middle:], draws[middle:])
            return
        wider = (lead[:, np.newaxis] + self._added(own, draws)).reshape(-1, len(draws))
        to_come = np.zeros(len(draws), np.int32)
        for later in choices[depth + 1 :]:
            to_come += self._added(later, draws).max(axis=0)
        kept = np.flatnonzero((wider + to_come > 0).any(axis=1))
        if len(kept):
            longer = np.column_stack([rows[kept // len(own)], own[kept % len(own)]])
            yield from self._grown(choices, longer, wider[kept], draws)

    def _added(self, rows: Rows, draws: Indices) -> Values:
        """Give what rows of the table add in some draws."""
        found: Values = self.table.added[rows[:, np.newaxis], draws]
        return found

    def totals(self, rows: Rows, draws: Indices) -> Values:
        """Give the value of architectures [rows, draws]; ``NEVER`` for those that do not stand."""
        total = self._added(rows[:, 0], draws)
        for column in rows.T[1:]:
            total += self._added(column, draws)
        for name, links in self.table.links.items():
            total += _weakest(links, self.table.link[name][rows], draws)
        for name, worth in self.structure.worths(rows).items():
            total += shaped(self.table.weights[name][draws], worth[:, np.newaxis])
        total[~self.structure.stand(rows)] = NEVER
        return total


def _weakest(links: Values, kinds: Indices, draws: Indices) -> Values:
    """Give the least of the links of each architecture. kinds: [architectures, parts], -1 where there is none."""
    least = np.full((len(kinds), len(draws)), -NEVER, np.int32)
    for column in kinds.T:
        reached = links[column[:, np.newaxis], draws]
        reached[column < 0] = -NEVER
        np.minimum(least, reached, out=least)
    return least
