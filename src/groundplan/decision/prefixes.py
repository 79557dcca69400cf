"""The parts settled so far, told apart only by what the rest of an architecture can still notice of them.

Ways to settle the same parts that leave the same mark differ in nothing but what they add. So the best of each mark, draw by draw,
stands for all of them, and their number hardly grows with the number of parts.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from groundplan.decision.structure import Structure
from groundplan.decision.table import Values, shaped
from groundplan.decision.whole import Piece, process_of

__all__ = ["GONE", "Prefixes"]

GONE = -1
"""In place of a mark: nothing that begins like this stands."""

Marks = NDArray[np.intp]
Indices = NDArray[np.intp]
Names = frozenset[str]


class _Mark(NamedTuple):
    """What can be noticed. groups: process -> share of the work, busy threads and styles, as far as they count."""

    parts: int = 0
    frameworks: Names = frozenset()
    data_layers: Names = frozenset()
    identities: Names = frozenset()
    styles: Names = frozenset()
    interfaces: Names = frozenset()
    owners: Names = frozenset()
    serving: Names = frozenset()
    working: Names = frozenset()
    lenders: Names = frozenset()
    borrowed: Names = frozenset()
    groups: tuple[tuple[str, float, float, Names], ...] = ()
    links: tuple[frozenset[int], ...] = ()


@dataclass(eq=False)
class Prefixes:
    """The marks of one layout, by number; 0 is that of no parts at all. rows: for each part, the rows of the table there are."""

    structure: Structure
    rows: Sequence[NDArray[np.intp]]
    _marks: list[_Mark] = field(init=False)
    _numbers: dict[_Mark, int] = field(init=False)
    _examples: list[tuple[int, ...]] = field(default_factory=lambda: [()], init=False)
    _used: list[int] = field(default_factory=lambda: [0], init=False)
    _after: dict[tuple[int, int], int] = field(default_factory=dict, init=False)
    _worths: dict[Hashable, tuple[int, ...]] = field(default_factory=dict, init=False)
    _mixed: Names = field(init=False)

    def __post_init__(self) -> None:
        """Find the processes in which threads and event loops may meet: only there does it matter how busy the threads are."""
        start = _Mark(links=tuple(frozenset() for _ in self.structure.table.links))
        self._marks, self._numbers = [start], {start: 0}
        styles: dict[str, set[str]] = {}
        for option in {id(one): one for one in (self._piece(row).option for own in self.rows for row in own)}.values():
            styles.setdefault(process_of(option, self.structure.layout), set()).add(option.style)
        self._mixed = frozenset(process for process, found in styles.items() if len(found) > 1)

    def _piece(self, row: int) -> Piece:
        return self.structure.piece(int(row))

    def after(self, mark: int, row: int, aim: tuple[int, int]) -> int:
        """Give the mark with one more part. aim: parts and frameworks at the end; ``GONE`` when that cannot be reached."""
        key = (mark, self.structure.look(row))
        found = self._after.get(key)
        if found is None:
            found = self._after[key] = self._numbered(mark, row)
        parts, frameworks = aim
        return found if found == GONE or frameworks - self._used[found] <= parts - len(self._examples[found]) else GONE

    def _numbered(self, mark: int, row: int) -> int:
        wider = self._wider(self._marks[mark], row)
        if len(wider.owners) > 1:
            return GONE
        if wider not in self._numbers:
            self._numbers[wider] = len(self._marks)
            self._marks.append(wider)
            self._examples.append((*self._examples[mark], row))
            self._used.append(len(wider.frameworks))
        return self._numbers[wider]

    def _wider(self, mark: _Mark, row: int) -> _Mark:
        piece = self._piece(row)
        option = piece.option
        name, apart = option.framework.name, self.structure.layout.topology == "apart"
        return _Mark(
            mark.parts + 1,
            mark.frameworks | {name},
            mark.data_layers | {option.data_layer},
            mark.identities | {option.identity},
            mark.styles | {option.style},
            mark.interfaces | {option.interface},
            mark.owners | {name} if option.interface == "own" and not apart else mark.owners,
            mark.serving if option.worker else mark.serving | {name},
            mark.working | {name} if option.worker else mark.working,
            mark.lenders if option.borrows else mark.lenders | {option.framework.identity},
            mark.borrowed | {option.borrows} if option.borrows else mark.borrowed,
            mark.groups if apart else self._regrouped(mark.groups, piece),
            tuple(
                kinds | {int(own[row])} if own[row] >= 0 else kinds
                for kinds, own in zip(mark.links, self.structure.table.link.values(), strict=True)
            ),
        )

    def _regrouped(
        self, groups: tuple[tuple[str, float, float, Names], ...], piece: Piece
    ) -> tuple[tuple[str, float, float, Names], ...]:
        """Add a piece to its process, in the order of the parts: sums of fractions depend on it."""
        process = process_of(piece.option, self.structure.layout)
        found = {group[0]: group for group in groups}
        _, share, busy, styles = found.get(process, (process, 0.0, 0.0, frozenset[str]()))
        share += piece.share if self.structure.layout.topology == "split" else 0.0
        if process in self._mixed:
            busy, styles = busy + piece.busy, styles | {piece.option.style}
        found[process] = (process, share, busy, styles)
        return tuple(sorted(found.values(), key=lambda group: group[0]))

    def ceilings(self, marks: Marks, chosen: tuple[int, ...], draws: Indices, links: Sequence[Values]) -> Values:
        """Give the most that the whole may add when all of some frameworks are in use at the end: [marks, draws].

        links: for each weakest link, the most that the parts to come can be.
        """
        table = self.structure.table
        worths = np.array([self._worth(mark, chosen) for mark in marks.tolist()], np.int64).reshape(len(marks), -1)
        total = np.zeros((len(marks), len(draws)), np.int32)
        for index, criterion in enumerate(table.scale.by_whole):
            total += shaped(table.weights[criterion.id][draws], worths[:, index, np.newaxis])
        for index, (values, most) in enumerate(zip(table.links.values(), links, strict=True)):
            known: dict[Hashable, Values] = {}
            for place, mark in enumerate(marks.tolist()):
                kinds = self._marks[mark].links[index]
                if kinds not in known:
                    known[kinds] = np.minimum(most, values[np.ix_(sorted(kinds), draws)].min(axis=0)) if kinds else most
                total[place] += known[kinds]
        return total

    def _worth(self, mark: int, chosen: tuple[int, ...]) -> tuple[int, ...]:
        """Give the most that each criterion of the whole can be worth. Frameworks to come differ in nothing that it notices."""
        own = self._marks[mark]
        key = (len(chosen), own.data_layers, own.identities, own.styles, own.groups)
        found = self._worths.get(key)
        if found is None:
            found = self._worths[key] = self.structure.prefix_worth(self._examples[mark], chosen)
        return found

    def __len__(self) -> int:
        """Count the marks that were met."""
        return len(self._marks)

    def wholes(self, marks: Marks, draws: Indices) -> tuple[list[int], Values]:
        """Give the places of the marks that stand with every part settled, and what the whole adds: [those, draws]."""
        kinds = [self.structure.kind(self._examples[mark]) for mark in marks.tolist()]
        standing = [place for place, kind in enumerate(kinds) if kind is not None]
        found = {kind: self.structure.whole(kind, draws) for kind in kinds if kind is not None}
        return standing, np.array([found[kind] for kind in kinds if kind is not None], np.int32).reshape(len(standing), len(draws))
