"""One layout with the stacks that fit it: what whole architectures are worth in it, in many draws at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.sets import NEVER
from groundplan.decision.sifting import Beginnings, Part, Sift
from groundplan.decision.structure import Structure
from groundplan.decision.table import Contender, Table, Values
from groundplan.decision.whole import Layout

if TYPE_CHECKING:
    from groundplan.decision.prefixes import Prefixes

__all__ = ["Board", "Indices", "Rows"]

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
    _rest: Values = field(init=False)
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
        self._rest = self.structure.at_most(self.rows)

    @cached_property
    def tops(self) -> Values:
        """Give the most that each part can add on each framework: [frameworks, parts, draws]."""
        return np.array([self._top(framework) for framework in self.frameworks])

    @cached_property
    def _ceiling(self) -> Values:
        """Give the most that the parts add, each on whatever is best for it: [draws]."""
        total: Values = self.tops.max(axis=0).sum(axis=0, dtype=np.int32)
        return total

    @cached_property
    def _losses(self) -> Values:
        """Give what each framework costs where it costs least, against the best of all: [frameworks, draws]."""
        found: Values = (self.tops.max(axis=0) - self.tops).min(axis=1)
        return found

    def hopeful(self, chosen: tuple[int, ...], reached: Values, draws: Indices, best: Values) -> Indices:
        """Give the draws in which an architecture that uses all of these frameworks could win.

        reached: what it reaches at most in these draws, every part on the best of them; but a part is on each of them.
        """
        places: Indices = np.flatnonzero(reached > (best if len(draws) == len(best) else best[draws]))
        open_ones: Indices = draws[places]
        members = [self.frameworks.index(one) for one in chosen]
        most = self._ceiling[open_ones] + self.price(chosen)[open_ones]
        for member in members:
            most -= self._losses[member, open_ones]
        most = np.minimum(most, reached[places])
        for link in self._links:
            weakest = link[members][:, open_ones].min(axis=0)
            most -= np.maximum(0, link[-1][open_ones] - weakest)
        winning: Indices = open_ones[most > best[open_ones]]
        return winning

    @cached_property
    def _links(self) -> list[Values]:
        """Give for each weakest link the most it can be with each framework, and at last with any: [frameworks + 1, draws]."""
        return [self._linked(name, links) for name, links in self.table.links.items()]

    def _linked(self, name: str, links: Values) -> Values:
        kinds = self.table.link[name]
        own = [kinds[np.concatenate([rows for (_, on), rows in self._on.items() if on == one])] for one in self.frameworks]
        most = [links[kind].max(axis=0) if (kind >= 0).all() else np.full(self.table.draws, -NEVER, np.int32) for kind in own]
        return np.array([*most, np.minimum.reduce([links[kinds[rows]].max(axis=0) for rows in self.rows if kinds[rows[0]] >= 0])])

    def _top(self, framework: int) -> Values:
        """Give the most that each part can add on a framework: [parts, draws]."""
        found = np.full((len(self.rows), self.table.draws), NEVER, np.int32)
        for part in self._parts:
            if (part, framework) in self._on:
                found[part] = self._most(self._on[part, framework])
        return found

    def price(self, chosen: tuple[int, ...]) -> Values:
        """Give what the whole adds at most with these frameworks."""
        worth = self.structure.simplest(chosen)
        if worth not in self._prices:
            self._prices[worth] = self._rest + self.structure.weighed("simplicity", worth)
        return self._prices[worth]

    def sifted(self, draws: Indices, best: Values) -> Iterator[Contender]:
        """Give architectures that exceed the best so far, the last of each draw the best of all.

        best: of every draw; whoever takes what is given raises it.
        """
        prices = np.array([self.price(tuple(self.frameworks[: count + 1])) for count in self._parts])
        several = self._alone + prices[0] <= best
        prices[0, several] = prices[min(1, len(prices) - 1), several]
        yield from Sift(self._beginnings, best, prices).run(draws)

    @cached_property
    def _alone(self) -> Values:
        """Give the most that the parts add when all are on one framework: [draws]."""
        found = np.full(self.table.draws, NEVER, np.int32)
        for framework in self.frameworks:
            if all((part, framework) in self._on for part in self._parts):
                own = [self._most(self._on[part, framework]) for part in self._parts]
                np.maximum(found, reduce(np.add, own), out=found)
        return found

    def _most(self, rows: Rows) -> Values:
        """Give the most that one of some rows adds: [draws]."""
        most: Values = reduce(np.maximum, (self.table.added[row] for row in rows))
        return most

    @cached_property
    def _beginnings(self) -> Beginnings:
        return Beginnings(self.structure, [Part(self.structure, rows) for rows in self.rows])

    def climbed(self, chosen: tuple[int, ...], draws: Indices, best: Values) -> Iterator[Contender]:
        """Give architectures on all of these frameworks that exceed the best so far, for each draw the best of them.

        For many architectures what ``contenders`` does for a few thousand, with less to look at and more to keep books of.
        """
        from groundplan.decision.climbing import Climb  # noqa: PLC0415 -- loaded where there are many

        choices = [self._choices(part, chosen) for part in self._parts]
        if all(map(len, choices)):
            yield from Climb(self.prefixes, choices, chosen).run(draws, best[draws], self.price(chosen)[draws])

    def _choices(self, part: int, chosen: tuple[int, ...]) -> Rows:
        """Give the rows of a part on some frameworks."""
        return np.concatenate([self._on[part, one] for one in chosen if (part, one) in self._on] or [_NONE])

    @property
    def size(self) -> int:
        """Count the architectures, those that do not stand included."""
        return prod(map(len, self.rows))

    @cached_property
    def prefixes(self) -> "Prefixes":
        """Give what can be noticed of the first parts."""
        from groundplan.decision.prefixes import Prefixes  # noqa: PLC0415 -- loaded where there are many

        return Prefixes(self.structure, self.rows)

    def totals(self, rows: Sequence[int]) -> Values:
        """Give the value of an architecture in every draw; ``NEVER`` when it does not stand. rows: one of the table per part."""
        kind = self.structure.kind(tuple(rows))
        if kind is None:
            return np.full(self.table.draws, NEVER, np.int32)
        total: Values = self.table.added[list(rows)].sum(axis=0, dtype=np.int32) + self.structure.whole(kind)
        return total
