"""The best architecture of every draw, found exactly among all of them.

For each layout and each set of frameworks that may matter (``sets.py``): only the draws in which it may beat the best so far are
looked at, part by part, all of them at once; at the end stands the full value, weakest links and whole included.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from groundplan.decision.board import Board, Indices, Rows
from groundplan.decision.climbing import Contender
from groundplan.decision.options import Option
from groundplan.decision.scoring import Scale
from groundplan.decision.sets import NEVER, Chosen, Race
from groundplan.decision.structure import Kind
from groundplan.decision.table import Table, Values
from groundplan.decision.whole import Layout

__all__ = ["MANY", "MOST", "Champions", "boards", "champions"]

MOST = 4
"""The most frameworks in one architecture."""

MANY = 100_000
"""Architectures in a layout from which on those that begin alike are put together; keeping books of fewer would cost more."""

_SAMPLED = 16
"""Where there are many, what wins in every 16th draw is tried in all of them before anything else: good ones save work."""


@dataclass(eq=False)
class Champions:
    """The best of every draw. best: its value, as in the table. who: which of ``winners`` it is, a layout and rows of the table."""

    best: Values
    who: Indices
    winners: list[tuple[Board, tuple[int, ...]]] = field(default_factory=list)
    _known: dict[tuple[int, tuple[int, ...]], int] = field(default_factory=dict)

    def offer(self, board: Board, rows: Sequence[int]) -> None:
        """Take over an architecture in the draws in which it is better."""
        totals = board.totals(rows)
        better = np.flatnonzero(totals > self.best)
        if len(better):
            self._take(better, totals[better], self._named(board, tuple(rows)))

    def contend(self, board: Board, rows: Rows, lead: Values, draws: Indices) -> None:
        """Take over what is better of many; of equal ones the first stays. lead: over the best so far, without the whole."""
        best = self.best[draws]
        for kind, places in _by_kind(board, rows).items():
            own = lead[places]
            first = own.argmax(axis=0)
            reached = own[first, np.arange(len(draws))] + board.structure.whole(kind, draws) + best
            better = np.flatnonzero(reached > self.best[draws])
            for place in sorted(set(first[better].tolist())):
                won = better[first[better] == place]
                self._take(draws[won], reached[won], self._named(board, tuple(rows[places[place]].tolist())))

    def take(self, board: Board, contender: Contender) -> None:
        """Take over an architecture in draws in which it is known to be better."""
        rows, reached, draws = contender
        self._take(draws, reached, self._named(board, rows))

    def _take(self, draws: Indices, reached: Values, who: int) -> None:
        self.best[draws] = reached
        self.who[draws] = who

    def _named(self, board: Board, rows: tuple[int, ...]) -> int:
        key = (board.place, rows)
        if key not in self._known:
            self._known[key] = len(self.winners)
            self.winners.append((board, rows))
        return self._known[key]


def _by_kind(board: Board, rows: Rows) -> dict[Kind, list[int]]:
    """Give the places of the architectures that the whole makes no difference between."""
    found: dict[Kind, list[int]] = {}
    for place, own in enumerate(rows.tolist()):
        kind = board.structure.kind(tuple(own))
        if kind is not None:
            found.setdefault(kind, []).append(place)
    return found


def boards(scale: Scale, options: Sequence[Sequence[Option]], layouts: Sequence[Layout], draws: int, seed: int) -> list[Board]:
    """Give every layout, on one table of all stacks that fit any of them."""
    table = Table(scale, draws, seed)
    laid = [[_fitting(table, part, own, layout) for part, own in enumerate(options)] for layout in layouts]
    table.fill()
    return [
        Board(table, layout, place, [_unbeaten(table, rows) for rows in parts])
        for place, (layout, parts) in enumerate(zip(layouts, laid, strict=True))
        if all(parts) and _stands(table, layout, parts)
    ]


def _stands(table: Table, layout: Layout, parts: Sequence[Sequence[int]]) -> bool:
    """Tell whether each interface that the layout is about can occur."""
    found = {table.entries[row].option.interface for rows in parts for row in rows}
    return not layout.each or found >= set(layout.interfaces)


def _fitting(table: Table, part: int, own: Sequence[Option], layout: Layout) -> list[int]:
    return [table.row(part, option, layout) for option in own if option.interface in layout.interfaces]


def _unbeaten(table: Table, rows: Sequence[int]) -> Rows:
    """Leave out what another stack, alike in all that others can notice, reaches or exceeds in every draw."""
    kept: list[int] = []
    for row in rows:
        rivals = [other for other in rows if other != row and table.alike(row, other)]
        if not any(_beats(table, other, row, first=other < row) for other in rivals):
            kept.append(row)
    return np.array(kept, np.intp)


def _beats(table: Table, one: int, other: int, *, first: bool) -> bool:
    lead = table.added[one] - table.added[other]
    return bool((lead >= 0).all()) and (first or bool(lead.any()))


def champions(table: Table, boards: Sequence[Board], first: Sequence[tuple[Board, tuple[int, ...]]], many: int = MANY) -> Champions:
    """Give the best architecture of every draw. first: good ones to start from; they only save work.

    many: architectures in a layout from which on those that begin alike are put together.
    """
    found = Champions(np.full(table.draws, NEVER, np.int32), np.full(table.draws, -1, np.intp))
    for board, rows in first:
        found.offer(board, rows)
    promising = list(dict.fromkeys(board.place for board, _ in first))
    boards = sorted(boards, key=lambda board: promising.index(board.place) if board.place in promising else len(promising))
    if any(board.size > many for board in boards):
        _race(boards, found, many, np.arange(0, table.draws, _SAMPLED))
        for who in np.unique(found.who[found.who >= 0]).tolist():
            found.offer(*found.winners[who])
    _race(boards, found, many)
    return found


def _race(boards: Sequence[Board], found: Champions, many: int, draws: Indices | None = None) -> None:
    """Find the best in some draws; in all of them if None."""
    for board in boards:
        race = Race(board.price, min(MOST, len(board.rows)), found.best, _visitor(board, found, many))
        race.run(board.frameworks, board.tops, draws)


def _visitor(board: Board, found: Champions, many: int) -> Callable[[Chosen, Values, Indices], None]:
    """Look at the architectures on a set of frameworks in the draws in which one of them may win."""

    def visit(chosen: Chosen, reached: Values, draws: Indices) -> None:
        hopeful = board.hopeful(chosen, reached, draws, found.best)
        if len(hopeful) and board.size > many:
            for contender in board.climbed(chosen, hopeful, found.best):
                found.take(board, contender)
        elif len(hopeful):
            for contenders in board.contenders(chosen, hopeful, found.best):
                found.contend(board, *contenders)

    return visit
