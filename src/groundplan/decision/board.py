"""One layout with the stacks that fit it: what whole architectures are worth in it, in many draws at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.structure import Structure
from groundplan.decision.table import Table, Values
from groundplan.decision.whole import Layout

__all__ = ["NEVER", "Board", "Indices", "Rows"]

NEVER = -(2**26)
"""A value of -4: less than any architecture reaches, and far enough from the end of 32 bits to add some dozens."""

_CELLS = 2_000_000
_NONE = np.empty(0, np.intp)

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
    _on: dict[tuple[int, int], Rows] = field(init=False)
    _parts: range = field(init=False)
    _tops: dict[int, Values] = field(init=False)
    _losses: dict[int, Values] = field(init=False)
    _rest: Values = field(init=False)
    _ceiling: Values = field(init=False)
    _prices: dict[int, Values] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Find the best of each framework on each part, and what it loses against the best of all."""
        self.structure = Structure(self.table, self.layout)
        names = [framework.name for framework in self.table.scale.situation.catalogue.frameworks]
        self._parts = range(len(self.rows))
        found: dict[tuple[int, int], list[int]] = {}
        for part, rows in enumerate(self.rows):
            for row in rows:
                found.setdefault((part, names.index(self.table.entries[row].option.framework.name)), []).append(row)
        self._on = {key: np.array(rows, np.intp) for key, rows in found.items()}
        self.frameworks = sorted({framework for _, framework in found})
        self._tops = {framework: self._top(framework) for framework in self.frameworks}
        every = np.maximum.reduce(list(self._tops.values()))
        self._losses = {framework: (every - top).min(axis=0) for framework, top in self._tops.items()}
        self._rest = self.structure.at_most(self.rows)
        self._ceiling = every.sum(axis=0, dtype=np.int32) + self._rest

    def _top(self, framework: int) -> Values:
        """Give the most that each part can add on a framework: [parts, draws]."""
        found = np.full((len(self.rows), self.table.draws), NEVER, np.int32)
        for part in self._parts:
            if (part, framework) in self._on:
                found[part] = self.table.added[self._on[part, framework]].max(axis=0)
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

    def contenders(self, chosen: tuple[int, ...], draws: Indices, best: Values) -> Iterator[tuple[Rows, Values, Indices]]:
        """Give architectures on these frameworks, their lead over the best so far, and the draws: none is left out that wins.

        The lead [architectures, draws] is what the parts add; the whole is still to come.
        """
        choices = [self._choices(part, chosen) for part in self._parts]
        if all(map(len, choices)):
            added = [self.table.added[own][:, draws] for own in choices]
            ceiling = self._rest[draws] + self._price(chosen)[draws]
            yield from self._grown(choices, added, np.empty((1, 0), np.intp), -best[draws][np.newaxis], (ceiling, draws))

    def _choices(self, part: int, chosen: tuple[int, ...]) -> Rows:
        """Give the rows of a part on some frameworks."""
        return np.concatenate([self._on[part, one] for one in chosen if (part, one) in self._on] or [_NONE])

    def _grown(
        self, choices: list[Rows], added: list[Values], rows: Rows, lead: Values, where: tuple[Values, Indices]
    ) -> Iterator[tuple[Rows, Values, Indices]]:
        """Add the next part to every row and keep what may still win. where: what the whole adds at most, and the draws."""
        depth, (ceiling, draws) = rows.shape[1], where
        if depth == len(choices):
            yield rows, lead, draws
            return
        own = choices[depth]
        if len(rows) * len(own) * len(draws) > _CELLS and len(draws) > 1:
            for half in np.array_split(np.arange(len(draws)), 2):
                part = slice(half[0], half[-1] + 1)
                cut = [values[:, part] for values in added]
                yield from self._grown(choices, cut, rows, lead[:, part], (ceiling[part], draws[part]))
            return
        wider = (lead[:, np.newaxis] + added[depth]).reshape(-1, len(draws))
        to_come = ceiling.copy()
        for later in added[depth + 1 :]:
            to_come += later.max(axis=0)
        kept = np.flatnonzero((wider > -to_come).any(axis=1))
        if len(kept):
            longer = np.column_stack([rows[kept // len(own)], own[kept % len(own)]])
            yield from self._grown(choices, added, longer, wider[kept], where)

    def totals(self, rows: Sequence[int]) -> Values:
        """Give the value of an architecture in every draw; ``NEVER`` when it does not stand. rows: one of the table per part."""
        kind = self.structure.kind(tuple(rows))
        if kind is None:
            return np.full(self.table.draws, NEVER, np.int32)
        total: Values = self.table.added[list(rows)].sum(axis=0, dtype=np.int32) + self.structure.whole(kind)
        return total
