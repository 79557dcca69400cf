"""What every stack adds to the value of an architecture, in every draw of weights and evidence. Whole numbers throughout.

Sums run in float64 over whole numbers below 2**53: exact, so neither their order nor the processor's kernel can change a bit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field

import numpy as np
from numpy.typing import NDArray

from groundplan.catalogue.model import Criterion
from groundplan.decision.bits import SPREAD, bell
from groundplan.decision.doubts import off_by
from groundplan.decision.options import Option
from groundplan.decision.readings import Doubt, touches, value
from groundplan.decision.sampling import UNIT, drawn_weights
from groundplan.decision.scoring import Scale
from groundplan.decision.situation import PartView
from groundplan.decision.sums import across
from groundplan.decision.whole import Layout, server_of
from groundplan.records import dataclass

__all__ = ["FINE", "Contender", "Entry", "Table", "shaped"]

FINE = 2**24
"""A value of 1 in the arrays of a table."""

Values = NDArray[np.int32]
Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Errors = NDArray[np.int16]
Contender = tuple[tuple[int, ...], Values, NDArray[np.intp]]
"""An architecture as rows of the table, its values, and the draws that they belong to."""

_BLOCK = 2500
"""Draws worked out at once: what they are multiplied with fits the processor's cache."""

_SHIFT = 16  # weights and values in 2**20 each make 2**40; 2**24 are kept


def shaped(weight: Whole, worth: Whole | int) -> Values:
    """Give weight x value in units of ``FINE``; both come in units of ``UNIT``."""
    return ((weight * worth) >> _SHIFT).astype(np.int32)


@dataclass(frozen=True, slots=True)
class Entry:
    """A part with an option on a server. base: criterion -> value x share. noise: (criterion, stream) -> how much of it.

    links: value and noise for every weakest-link criterion that says something about the part. busy: threads it keeps busy.
    """

    part: int
    option: Option
    server: str
    base: dict[str, int]
    noise: dict[tuple[str, str], int]
    links: dict[str, tuple[int, tuple[tuple[str, int], ...]]]
    busy: float


@dataclass(eq=False)
class Table:
    """All entries with what they add. added: [entries, draws] in ``FINE``. doubts: stream -> doubt and its criterion.

    links: criterion -> [different links, draws]; link: criterion -> which of them an entry has, -1 for a part it says nothing
    about. A weakest link of a single part is part of what that part adds.
    """

    scale: Scale
    draws: int
    seed: int
    weights: dict[str, Whole] = field(init=False)
    entries: list[Entry] = field(default_factory=list, init=False)
    added: Values = field(init=False)
    links: dict[str, Values] = field(default_factory=dict, init=False)
    link: dict[str, NDArray[np.intp]] = field(default_factory=dict, init=False)
    doubts: dict[str, tuple[Doubt, str]] = field(default_factory=dict, init=False)
    _rows: dict[tuple[int, int, str], int] = field(default_factory=dict, init=False)
    _bells: dict[str, Errors] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        """Draw the weights."""
        self.weights = drawn_weights(self.scale.situation, self.scale.weights, self.draws, self.seed)

    def row(self, part: int, option: Option, layout: Layout) -> int:
        """Give the row of an option of a part in a layout; it is filled by ``fill``."""
        key = (part, id(option), server_of(option, layout))  # the entry keeps the option: no other one can get its number
        if key not in self._rows:
            self._rows[key] = len(self.entries)
            self.entries.append(self._entry(part, option, layout))
        return self._rows[key]

    def fill(self) -> None:
        """Work out what every entry adds in every draw."""
        self.added = np.zeros((len(self.entries), self.draws), np.int32)
        for rows in self._by_framework():
            self.added[rows] = self._added([self.entries[row] for row in rows])
        for criterion in self.scale.by_weakest:
            self._fill_link(criterion.id)

    def alike(self, one: int, other: int) -> bool:
        """Tell whether two entries of a part look the same to the rest of an architecture, but for what they add."""
        left, right = self.entries[one], self.entries[other]
        same = left.option.mark() == right.option.mark() and left.busy == right.busy
        return same and all(kinds[one] == kinds[other] for kinds in self.link.values())

    def streams(self, rows: Sequence[int]) -> set[str]:
        """Name the doubts that an architecture is subject to."""
        links = {stream for row in rows for _, noise in self.entries[row].links.values() for stream, _ in noise}
        return links | {stream for row in rows for _, stream in self.entries[row].noise}

    def figures(self, rows: Sequence[int], whole: dict[str, int], step: int) -> Floats:
        """Give the value of every criterion [criteria, draws] of an architecture, in ``UNIT``, in every ``step``-th draw.

        whole: those of the whole.
        """
        found = np.empty((len(self.weights), len(range(0, self.draws, step))))
        for index, name in enumerate(self.weights):
            links = [self._linked(*self.entries[row].links[name], step) for row in rows if name in self.entries[row].links]
            found[index] = np.minimum.reduce(links) if links else whole.get(name, 0) + self._shared(rows, name, step)
        return found

    def _shared(self, rows: Sequence[int], name: str, step: int) -> Floats:
        """Give the value of a criterion that the parts add up, without rounding anything away."""
        factors: dict[str, int] = {}
        for row in rows:
            for (criterion, stream), factor in self.entries[row].noise.items():
                if criterion == name:
                    factors[stream] = factors.get(stream, 0) + factor
        return self._linked(sum(self.entries[row].base.get(name, 0) for row in rows), tuple(factors.items()), step)

    def noise(self, stream: str) -> Errors:
        """Give the error of a reading in every draw, in units of ``bits.SPREAD``."""
        if stream not in self._bells:
            self._bells[stream] = bell(self.seed, stream, self.draws).astype(np.int16)
        return self._bells[stream]

    def _by_framework(self) -> Iterator[list[int]]:
        found: dict[str, list[int]] = {}
        for row, entry in enumerate(self.entries):
            found.setdefault(entry.option.framework.name, []).append(row)
        yield from found.values()

    def _added(self, entries: Sequence[Entry]) -> Values:
        """Give what entries of one framework add: they share most of their doubts."""
        names = [criterion.id for criterion in self.scale.by_share]
        streams = sorted({key for entry in entries for key in entry.noise})
        shares = np.array([[*(e.base.get(n, 0) for n in names), *(e.noise.get(s, 0) for s in streams)] for e in entries], float)
        found = np.empty((len(entries), self.draws), np.int32)
        for start in range(0, self.draws, _BLOCK):
            cut = slice(start, start + _BLOCK)
            exact = across(shares, self._factors(names, streams, cut))
            exact *= 2.0**-_SHIFT
            found[:, cut] = exact
        return found

    def _factors(self, names: Sequence[str], streams: Sequence[tuple[str, str]], draws: slice) -> Floats:
        """Give what values and errors are multiplied with: the weights, and the weights times the errors."""
        weights = np.array([self.weights[name][draws] for name in names], float)
        factors = np.empty((len(names) + len(streams), weights.shape[1]))
        factors[: len(names)] = weights
        for index, (name, stream) in enumerate(streams, len(names)):
            np.multiply(weights[names.index(name)], self.noise(stream)[draws], out=factors[index])
        return factors

    def _fill_link(self, name: str) -> None:
        """Work out a weakest-link criterion: one row for each different value with its doubts."""
        kinds: dict[tuple[int, tuple[tuple[str, int], ...]], int] = {}
        index = [kinds.setdefault(e.links[name], len(kinds)) if name in e.links else -1 for e in self.entries]
        rows = [shaped(self.weights[name], self._linked(worth, noise).astype(np.int64)) for worth, noise in kinds]
        if len({entry.part for entry in self.entries if name in entry.links}) == 1:
            for row, kind in enumerate(index):
                if kind >= 0:
                    self.added[row] += rows[kind]
        elif rows:
            self.links[name], self.link[name] = np.array(rows), np.array(index)

    def _linked(self, worth: int, noise: tuple[tuple[str, int], ...], step: int = 1) -> Floats:
        """Give a value with its errors; whole numbers, exact."""
        total = np.full(len(range(0, self.draws, step)), worth, float)
        for stream, factor in noise:
            total += float(factor) * self.noise(stream)[::step]
        return total

    def _entry(self, part: int, option: Option, layout: Layout) -> Entry:
        view = self.scale.situation.parts[part]
        base: dict[str, int] = {}
        noise: dict[tuple[str, str], int] = {}
        for criterion in self.scale.by_share:
            if touches(criterion, view):
                share = self.scale.shares(criterion)[view.name]
                worth, doubts = self._read(criterion, view, option, layout)
                base[criterion.id] = round(UNIT * share * worth)
                for stream, off in doubts:
                    noise[criterion.id, stream] = noise.get((criterion.id, stream), 0) + round(UNIT * share * off / SPREAD)
        links = dict(self._links(view, option, layout))
        busy = self.scale.piece(view, option, layout).busy
        return Entry(part, option, server_of(option, layout), base, noise, links, busy)

    def _links(
        self, view: PartView, option: Option, layout: Layout
    ) -> Iterator[tuple[str, tuple[int, tuple[tuple[str, int], ...]]]]:
        for criterion in self.scale.by_weakest:
            if touches(criterion, view):
                worth, doubts = self._read(criterion, view, option, layout)
                yield criterion.id, (round(UNIT * worth), tuple((stream, round(UNIT * off / SPREAD)) for stream, off in doubts))

    def _read(self, criterion: Criterion, view: PartView, option: Option, layout: Layout) -> tuple[float, list[tuple[str, float]]]:
        """Give the value of a criterion on a part, and (stream, standard deviation) of each doubt about it."""
        situation = self.scale.situation
        method = situation.catalogue.method
        reading = self.scale.reading(criterion.reading, view, option, layout)
        found = [(f"{doubt.subject}: {doubt.topic}", doubt) for doubt in reading.doubts]
        for stream, doubt in found:
            self.doubts.setdefault(stream, (doubt, criterion.id))
        offs = [(stream, off_by(doubt, method.sampling, situation.as_of)) for stream, doubt in found]
        return value(criterion, reading, method.unknown_value), offs
