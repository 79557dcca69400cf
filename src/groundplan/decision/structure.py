"""What an architecture is worth as a whole, in one layout: looked up by what the criteria can notice of its parts."""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from groundplan.catalogue.model import Criterion
from groundplan.decision.readings import on_scale
from groundplan.decision.sampling import UNIT
from groundplan.decision.searching import stands
from groundplan.decision.table import Table, Values, shaped
from groundplan.decision.whole import LOOKS, WHOLE_FIGURES, Layout, Piece

__all__ = ["Kind", "Structure"]

Rows = NDArray[np.intp]
Kind = tuple[tuple[int, ...], tuple[frozenset[int], ...]]

_ALL = slice(None)
_SIMPLICITY = "simplicity"
_STANDS = "stands"
_FEW = 1000
"""Ways to share parts out among processes that are looked at one by one."""


@dataclass(eq=False)
class Structure:
    """The criteria of the whole in one layout. Remembers every combination that it has valued."""

    table: Table
    layout: Layout
    _seen: dict[str, dict[Hashable, int]] = field(default_factory=dict, init=False)
    _marks: dict[str, list[int]] = field(default_factory=dict, init=False)
    _judges: dict[str, Callable[[tuple[int, ...]], int]] = field(init=False)
    _links: list[list[int]] = field(init=False)
    _alike: list[int] = field(init=False)
    _kinds: dict[tuple[int, ...], Kind | None] = field(default_factory=dict, init=False)
    _pieces: dict[int, Piece] = field(default_factory=dict, init=False)
    _bares: dict[tuple[int, str], Piece] = field(default_factory=dict, init=False)
    _simplest: dict[int, int] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Prepare what every architecture is looked up with."""
        self._judges = {criterion.id: self._judge(criterion) for criterion in self.table.scale.by_whole}
        self._links = [kinds.tolist() for kinds in self.table.link.values()]
        names = [_STANDS, *(criterion.reading for criterion in self.table.scale.by_whole)]
        frameworks = [entry.option.framework.name for entry in self.table.entries]
        looks = list(zip(frameworks, *(self._marked(name) for name in names), *self._links, strict=True))
        numbers = {look: number for number, look in enumerate(dict.fromkeys(looks))}
        self._alike = [numbers[look] for look in looks]

    def kind(self, rows: tuple[int, ...]) -> Kind | None:
        """Give what the whole of an architecture is worth: a value for each criterion of the whole, and its weakest links.

        Architectures of one kind differ only in what their parts add. None: it does not stand. rows: one of the table per part.
        """
        look = tuple([self._alike[row] for row in rows])
        if look not in self._kinds:
            self._kinds[look] = self._kind(rows)
        return self._kinds[look]

    def look(self, row: int) -> int:
        """Give a number for all that the whole can notice of a row of the table, the same for rows alike."""
        return self._alike[row]

    def _kind(self, rows: tuple[int, ...]) -> Kind | None:
        if not self._looked_up(_STANDS, rows, self._stands):
            return None
        worths = tuple(self._looked_up(one.reading, rows, self._judges[one.id]) for one in self.table.scale.by_whole)
        links = tuple(frozenset(kinds[row] for row in rows if kinds[row] >= 0) for kinds in self._links)
        return worths, links

    def whole(self, kind: Kind, draws: Rows | slice = _ALL) -> Values:
        """Give what the whole adds in every draw, or in some."""
        worths, links = kind
        total = sum(
            (self.weighed(one.id, worth, draws) for one, worth in zip(self.table.scale.by_whole, worths, strict=True)),
            start=self._nothing(draws),
        )
        for values, kinds in zip(self.table.links.values(), links, strict=True):
            total += np.minimum.reduce([values[kind][draws] for kind in sorted(kinds)])
        return total

    def prefix_worth(self, rows: tuple[int, ...], chosen: tuple[int, ...]) -> tuple[int, ...]:
        """Give the most that each criterion of the whole can be worth when the first parts have these rows.

        chosen: the frameworks that occur at the end. More pieces only make a figure worse.
        """
        pieces = [self.piece(row) for row in rows]
        bare = [self._bare(number, pieces[-1].option.style) for number in chosen]
        whole = self.table.scale.by_whole
        return tuple(self._judged(one, [*pieces, *bare] if one.reading == _SIMPLICITY else pieces) for one in whole)

    def standing(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell which of many architectures stand. rows: [architectures, parts]."""
        return np.array(self._each(_STANDS, rows, self._stands), bool)

    def wholes(self, rows: Rows, places: Rows, draws: Rows) -> Values:
        """Give what the whole adds to one of the architectures in a draw, for many such pairs. rows: [architectures, parts]."""
        total = np.zeros(len(places), np.int32)
        for one in self.table.scale.by_whole:
            worth = np.array(self._each(one.reading, rows, self._judges[one.id]), np.int64)
            total += shaped(self.table.weights[one.id][draws], worth[places])
        for name, values in self.table.links.items():
            kinds = self.table.link[name][rows]
            own = [values[kind[places], draws] for kind in kinds.T if kind[0] >= 0] if len(kinds) else []
            total += np.minimum.reduce(own) if own else 0
        return total

    def _nothing(self, draws: Rows | slice) -> Values:
        return np.zeros(self.table.draws, np.int32)[draws]

    def worth(self, rows: tuple[int, ...]) -> dict[str, int]:
        """Give criterion of the whole -> value of an architecture, in units of ``UNIT``."""
        return {one.id: self._looked_up(one.reading, rows, self._judges[one.id]) for one in self.table.scale.by_whole}

    def weighed(self, name: str, worth: int, draws: Rows | slice = _ALL) -> Values:
        """Give weight x value of a criterion in every draw, or in some; 0 where it does not count."""
        weight = self.table.weights.get(name)
        return self._nothing(draws) if weight is None else shaped(weight[draws], worth)

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
        """Give the value of simplicity with these frameworks, whatever else their stacks bring. chosen: places in the catalogue.

        So bare, two frameworks differ in nothing that it notices.
        """
        look = len(chosen)
        if look not in self._simplest:
            found = next((one for one in self.table.scale.by_whole if one.reading == _SIMPLICITY), None)
            bare = [self._bare(number, style) for number in chosen for style in self._styles]
            self._simplest[look] = 0 if found is None else self._judged(found, bare)
        return self._simplest[look]

    def piece(self, entry: int) -> Piece:
        """Give a row of the table as a piece of the whole."""
        if entry not in self._pieces:
            own = self.table.entries[entry]
            scale = self.table.scale
            self._pieces[entry] = scale.piece(scale.situation.parts[own.part], own.option, self.layout)
        return self._pieces[entry]

    def _bare(self, number: int, style: str) -> Piece:
        if (number, style) not in self._bares:
            framework = self.table.scale.situation.catalogue.frameworks[number]
            option = replace(self.table.entries[0].option, framework=framework, style=style, data_layer="", identity="")
            self._bares[number, style] = Piece(option, 0.0, 0.0)
        return self._bares[number, style]

    @cached_property
    def _styles(self) -> list[str]:
        """Give the styles that no architecture can do without, because each interface of the layout occurs."""
        found: dict[str, set[str]] = {}
        for entry in self.table.entries if self.layout.each else ():
            found.setdefault(entry.option.interface, set()).add(entry.option.style)
        return sorted({min(found[one]) for one in self.layout.interfaces if len(found.get(one, ())) == 1}) or [""]

    def _ceiling(self, criterion: Criterion, rows: Sequence[Rows]) -> int:
        """Give the best value there may be; for what the processes alone decide, the best of all ways to share them out."""
        if criterion.reading != "spread":
            return UNIT
        return max((self._judged(criterion, list(way)) for way in self._ways(rows)), default=UNIT)

    def _ways(self, rows: Sequence[Rows]) -> Iterator[tuple[Piece, ...]]:
        """Give the ways to put the parts on interfaces, a piece for each part; none where they are too many to look at."""
        pieces = [[self.piece(int(row)) for row in part] for part in rows]
        if self.layout.topology != "split":
            yield tuple(own[0] for own in pieces)
            return
        own = [list({piece.option.interface: piece for piece in reversed(part)}.values()) for part in pieces]
        for way in product(*own) if prod(map(len, own)) <= _FEW else ():
            if {piece.option.interface for piece in way} == set(self.layout.interfaces):
                yield way

    def _stands(self, rows: tuple[int, ...]) -> int:
        return int(stands(tuple(self.piece(entry).option for entry in rows), self.layout))

    def _judge(self, criterion: Criterion) -> Callable[[tuple[int, ...]], int]:
        return lambda rows: self._judged(criterion, [self.piece(entry) for entry in rows])

    def _judged(self, criterion: Criterion, pieces: list[Piece]) -> int:
        figure = WHOLE_FIGURES[criterion.reading](pieces, self.layout, self.table.scale.situation)
        return round(UNIT * on_scale(criterion, figure))

    def _each(self, name: str, rows: Rows, valued: Callable[[tuple[int, ...]], int]) -> list[int]:
        """Give a value of many architectures; those that look the same to a criterion are valued once."""
        keyed = frozenset if name == _SIMPLICITY else tuple
        keys: list[Hashable] = [keyed(own) for own in np.array(self._marked(name))[rows].tolist()]
        seen = self._seen.setdefault(name, {})
        for place, key in enumerate(keys):
            if key not in seen:
                seen[key] = valued(tuple(rows[place].tolist()))
        return [seen[key] for key in keys]

    def _looked_up(self, name: str, rows: tuple[int, ...], valued: Callable[[tuple[int, ...]], int]) -> int:
        """Give a value of an architecture; those that look the same to a criterion are valued once."""
        marks = self._marked(name)
        found = [marks[row] for row in rows]
        key: Hashable = frozenset(found) if name == _SIMPLICITY else tuple(found)
        seen = self._seen.setdefault(name, {})
        if key not in seen:
            seen[key] = valued(rows)
        return seen[key]

    @cached_property
    def _workers(self) -> bool:
        return any(entry.option.worker for entry in self.table.entries)

    def _marked(self, name: str) -> list[int]:
        """Give for every row of the table the number of what a criterion can notice of it."""
        if name not in self._marks:
            numbers: dict[Hashable, int] = {}
            look = LOOKS["stands beside workers" if name == _STANDS and self._workers else name]
            fits = [entry.option.interface in self.layout.interfaces for entry in self.table.entries]
            looks = [look(self.piece(row)) if fit else None for row, fit in enumerate(fits)]
            self._marks[name] = [numbers.setdefault(one, len(numbers)) for one in looks]
        return self._marks[name]
