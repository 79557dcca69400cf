"""How far a recommendation can be trusted: drawn weights and evidence, and the best of all architectures in every draw."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from groundplan.catalogue.method import Sampling
from groundplan.decision.board import Board
from groundplan.decision.exact import Champions, champions
from groundplan.decision.searching import Found
from groundplan.decision.table import FINE, Table, Values

__all__ = ["Study", "study"]

_MOST_OF_THEM = 0.95

Rows = tuple[int, ...]


@dataclass(frozen=True)
class Study:
    """All draws of one decision. shown: the architectures that are told of, in the order they were given.

    values: [shown, draws], in units of ``FINE``.
    """

    table: Table
    found: Champions
    shown: tuple[tuple[Board, Rows], ...]
    values: Values

    @property
    def sampling(self) -> Sampling:
        """Give the numbers of the method."""
        return self.table.scale.situation.catalogue.method.sampling

    def frameworks(self, rows: Rows) -> tuple[str, ...]:
        """Name the frameworks of an architecture, each once, in order of the catalogue."""
        used = {self.table.entries[row].option.framework.name for row in rows}
        return tuple(one.name for one in self.table.scale.situation.catalogue.frameworks if one.name in used)

    @cached_property
    def regrets(self) -> Values:
        """Give what each architecture loses against the best of the draw: [shown, draws]."""
        return self.found.best - self.values

    @cached_property
    def expected_regrets(self) -> list[float]:
        """Give the mean of what each architecture loses."""
        return [int(own.sum(dtype=np.int64)) / FINE / self.table.draws for own in self.regrets]

    def regret_95(self, index: int) -> float:
        """Give the regret that 95 % of the draws do not exceed."""
        place = -(-95 * self.table.draws // 100) - 1
        return int(np.partition(self.regrets[index], place)[place]) / FINE

    @cached_property
    def families(self) -> dict[tuple[str, ...], float]:
        """Give frameworks -> share of the draws in which an architecture on exactly these is the best, largest share first."""
        counts: dict[tuple[str, ...], int] = {}
        for (_, rows), count in zip(
            self.found.winners, np.bincount(self.found.who, minlength=len(self.found.winners)), strict=True
        ):
            names = self.frameworks(rows)
            counts[names] = counts.get(names, 0) + int(count)
        ordered = sorted((item for item in counts.items() if item[1]), key=lambda item: (-item[1], item[0]))
        return {names: count / self.table.draws for names, count in ordered}

    @cached_property
    def groups(self) -> list[int]:
        """Give for each architecture the first one that it is only a variant of: on the same frameworks, as good as equal."""
        leaders: list[int] = []
        for index, (_, rows) in enumerate(self.shown):
            same = (other for other in sorted(set(leaders)) if self.frameworks(self.shown[other][1]) == self.frameworks(rows))
            leaders.append(next((other for other in same if self._alike(index, other)), index))
        return leaders

    def _alike(self, one: int, other: int) -> bool:
        apart = np.abs(self.values[one] - self.values[other]) > self.sampling.alike * FINE
        return int(np.count_nonzero(apart)) <= (1 - _MOST_OF_THEM) * self.table.draws

    @cached_property
    def ranks(self) -> NDArray[np.int64]:
        """Give the rank [shown, draws] of each: how many groups are better, and all that is not shown counts as one of them."""
        field = self.found.best > self.values.max(axis=0)
        places = 1 + np.tile(field.astype(np.int64), (len(self.shown), 1))
        groups = np.array(self.groups)
        for leader in sorted(set(self.groups)):
            best = self.values[groups == leader].max(axis=0)
            places[groups != leader] += best > self.values[groups != leader]
        return places

    def word(self, index: int) -> str:
        """Say how sure the recommendation of an architecture is: ``clear``, ``lean`` or ``toss-up``."""
        share = self.families.get(self.frameworks(self.shown[index][1]), 0.0)
        if share >= self.sampling.clear and self.regret_95(index) <= self.sampling.clear_regret:
            return "clear"
        return "lean" if share >= self.sampling.lean else "toss-up"

    def pick(self) -> int:
        """Give the architecture to recommend: the first; in a toss-up the simplest of those expected to lose little more."""
        if self.word(0) != "toss-up":
            return 0
        least = min(self.expected_regrets)
        near = [index for index, regret in enumerate(self.expected_regrets) if regret <= least + self.sampling.close_regret]
        return max(near, key=lambda index: (self.simplicity(index), -index)) if near else 0

    def simplicity(self, index: int) -> int:
        """Give the value of simplicity of an architecture."""
        board, rows = self.shown[index]
        return board.structure.worth(rows).get("simplicity", 0)


def study(laid: Sequence[Board], known: Sequence[Found]) -> Study:
    """Find the best of every draw among all architectures. laid: every layout. known: the ones to tell of, good ones first."""
    table = laid[0].table
    shown = tuple(_placed(table, laid, one) for one in known)
    found = champions(table, laid, shown)
    values = np.array([board.totals(rows) for board, rows in shown])
    return Study(table, found, shown, values)


def _placed(table: Table, laid: Sequence[Board], one: Found) -> tuple[Board, Rows]:
    board = next(board for board in laid if board.layout == one.layout)
    return board, tuple(table.row(part, option, one.layout) for part, option in enumerate(one.options))
