"""What an architecture is worth as a whole, in one layout: looked up by what the criteria can notice of its parts."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from groundplan.catalogue.model import Criterion
from groundplan.decision.readings import on_scale
from groundplan.decision.sampling import UNIT
from groundplan.decision.searching import stands
from groundplan.decision.table import Table, Values, shaped
from groundplan.decision.whole import WHOLE_FIGURES, Layout, Piece

__all__ = ["Structure"]

Rows = NDArray[np.intp]
Whole = NDArray[np.int64]

_SIMPLICITY = "simplicity"
_BITS = 62


@dataclass(eq=False)
class Structure:
    """The criteria of the whole in one layout. Remembers every combination that it has valued."""

    table: Table
    layout: Layout
    _seen: dict[str, dict[int, int]] = field(default_factory=dict, init=False)
    _marks: dict[str, tuple[Whole, int]] = field(default_factory=dict, init=False)
    _pieces: dict[int, Piece] = field(default_factory=dict, init=False)
    _simplest: dict[tuple[int, ...], int] = field(default_factory=dict, init=False)

    def worths(self, rows: Rows) -> dict[str, Whole]:
        """Give criterion -> value of each architecture, in units of ``UNIT``. rows: [architectures, parts], rows of the table."""
        return {one.id: self._looked_up(one.reading, rows, self._judge(one)) for one in self.table.scale.by_whole}

    def stand(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell of each architecture whether it makes sense in the layout."""
        return self._looked_up("stands", rows, lambda row: int(self._stands(row))) > 0

    def weighed(self, name: str, worth: int) -> Values:
        """Give weight x value of a criterion in every draw; 0 where it does not count."""
        weight = self.table.weights.get(name)
        return np.zeros(self.table.draws, np.int32) if weight is None else shaped(weight, worth)

    def at_most(self, rows: Sequence[Rows]) -> Values:
        """Give the most that weakest links and the whole can add, simplicity left out. rows: for each part, what it may have."""
        total = np.zeros(self.table.draws, np.int32)
        for name, links in self.table.links.items():
            kinds = [self.table.link[name][own] for own in rows]
            total += np.minimum.reduce([links[kind].max(axis=0) for kind in kinds if kind[0] >= 0])
        for criterion in self.table.scale.by_whole:
            if criterion.reading != _SIMPLICITY:
                total += self.weighed(criterion.id, self._ceiling(criterion, rows))
        return total

    def simplest(self, chosen: tuple[int, ...]) -> int:
        """Give the value of simplicity with these frameworks, whatever else their stacks bring. chosen: places in the catalogue."""
        if chosen not in self._simplest:
            found = next((one for one in self.table.scale.by_whole if one.reading == _SIMPLICITY), None)
            self._simplest[chosen] = 0 if found is None else self._judged(found, [self._bare(number) for number in chosen])
        return self._simplest[chosen]

    def piece(self, entry: int) -> Piece:
        """Give a row of the table as a piece of the whole."""
        if entry not in self._pieces:
            own = self.table.entries[entry]
            scale = self.table.scale
            self._pieces[entry] = scale.piece(scale.situation.parts[own.part], own.option, self.layout)
        return self._pieces[entry]

    def _bare(self, number: int) -> Piece:
        framework = self.table.scale.situation.catalogue.frameworks[number]
        option = replace(self.table.entries[0].option, framework=framework, style="", data_layer="", identity="")
        return Piece(option, 0.0, 0.0)

    def _ceiling(self, criterion: Criterion, rows: Sequence[Rows]) -> int:
        """Give the best value there may be; where the layout alone decides, the value."""
        decided = criterion.reading == "spread" and self.layout.topology != "split"
        return self._judged(criterion, [self.piece(int(own[0])) for own in rows]) if decided else UNIT

    def _stands(self, row: Rows) -> bool:
        return stands(tuple(self.piece(int(entry)).option for entry in row), self.layout)

    def _judge(self, criterion: Criterion) -> Callable[[Rows], int]:
        return lambda row: self._judged(criterion, [self.piece(int(entry)) for entry in row])

    def _judged(self, criterion: Criterion, pieces: list[Piece]) -> int:
        figure = WHOLE_FIGURES[criterion.reading](pieces, self.layout, self.table.scale.situation)
        return round(UNIT * on_scale(criterion, figure))

    def _looked_up(self, name: str, rows: Rows, valued: Callable[[Rows], int]) -> Whole:
        """Give a value for every architecture; those that look the same to a criterion are valued once."""
        keys, first, inverse = np.unique(self._keys(name, rows), return_index=True, return_inverse=True)
        seen = self._seen.setdefault(name, {})
        for key, index in zip(keys.tolist(), first, strict=True):
            if key not in seen:
                seen[key] = valued(rows[index])
        return np.array([seen[key] for key in keys.tolist()], np.int64)[inverse]

    def _keys(self, name: str, rows: Rows) -> Whole:
        """Give a number for each architecture that tells it from those that look different to a criterion."""
        marks, count = self._marked(name)
        found = marks[rows]
        if name == _SIMPLICITY and count < _BITS:  # a set of marks, whatever part has them
            return np.asarray(np.bitwise_or.reduce(np.left_shift(1, found), axis=1))
        keys = np.zeros(len(rows), np.int64 if count ** rows.shape[1] < 2**_BITS else object)
        for column in found.T:
            keys = keys * count + column
        return keys

    def _marked(self, name: str) -> tuple[Whole, int]:
        """Give for every row of the table the number of what a criterion can notice of it, and how many there are."""
        if name not in self._marks:
            numbers: dict[Hashable, int] = {}
            look = _LOOKS[name]
            fits = [entry.option.interface in self.layout.interfaces for entry in self.table.entries]
            found = [numbers.setdefault(look(self.piece(row)), len(numbers)) if fit else 0 for row, fit in enumerate(fits)]
            self._marks[name] = (np.array(found, np.int64), max(1, len(numbers)))
        return self._marks[name]


def _process(piece: Piece) -> Hashable:
    """Give what decides which parts share a process with it."""
    option = piece.option
    return option.interface, option.framework.name if option.interface == "own" else ""


_LOOKS: dict[str, Callable[[Piece], Hashable]] = {
    "simplicity": lambda piece: (
        piece.option.framework.name,
        piece.option.data_layer,
        piece.option.identity,
        piece.option.style,
    ),
    "isolation": lambda piece: (_process(piece), piece.option.style, piece.busy),
    "spread": _process,
    "stands": lambda piece: (_process(piece), piece.option.framework.identity, piece.option.borrows),
}
"""Criterion of the whole (or ``stands``) -> what it can notice of a part."""
