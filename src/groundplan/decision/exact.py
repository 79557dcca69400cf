"""The best architecture of every draw, found exactly among all of them.

Layout by layout, only the draws in which something may beat the best so far are looked at (``sifting.py``); where there are many
architectures, one set of frameworks after the other (``sets.py``, ``climbing.py``). At the end stands the full value, weakest
links and whole included.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from groundplan.decision.board import Board, Indices, Rows
from groundplan.decision.options import Option
from groundplan.decision.scoring import Scale
from groundplan.decision.sets import NEVER, Chosen, Race
from groundplan.decision.table import Contender, Table, Values
from groundplan.decision.whole import Layout

__all__ = ["MANY", "MOST", "Champions", "boards", "champions"]

MOST = 4
"""The most frameworks in one architecture."""

MANY = 100_000
"""Architectures in a layout from which on those that begin alike are put together; keeping books of fewer would cost more."""

_SAMPLED = 16
"""What wins in every 16th draw is tried in all of them before anything else: good ones save work."""


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
    _race(boards, found, many, np.arange(0, table.draws, _SAMPLED))
    for who in sorted(set(found.who.tolist()) - {-1}):
        found.offer(*found.winners[who])
    _race(boards, found, many, np.arange(table.draws))
    return found


def _race(boards: Sequence[Board], found: Champions, many: int, draws: Indices) -> None:
    """Find the best in some draws."""
    for board in boards:
        if board.size > many:
            race = Race(board.price, min(MOST, len(board.rows)), found.best, _visitor(board, found))
            race.run(board.frameworks, board.tops, None if len(draws) == len(found.best) else draws)
            continue
        for contender in board.sifted(draws, found.best):
            found.take(board, contender)


def _visitor(board: Board, found: Champions) -> Callable[[Chosen, Values, Indices], None]:
    """Look at the architectures on a set of frameworks in the draws in which one of them may win."""

    def visit(chosen: Chosen, reached: Values, draws: Indices) -> None:
        hopeful = board.hopeful(chosen, reached, draws, found.best)
        if len(hopeful):
            for contender in board.climbed(chosen, hopeful, found.best):
                found.take(board, contender)

    return visit
