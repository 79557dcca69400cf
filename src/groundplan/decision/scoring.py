"""Values of options and architectures: readings on fixed scales, weighted and added up."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import field

from groundplan.catalogue.model import Criterion
from groundplan.decision.costs import cpu_us
from groundplan.decision.options import Option, Want, wants
from groundplan.decision.part_readings import OF_SERVER, PART_READINGS
from groundplan.decision.readings import Place, Reading, on_scale, touches, value
from groundplan.decision.situation import PartView, Situation
from groundplan.decision.weights import weights
from groundplan.decision.whole import LOOKS, WHOLE_FIGURES, WHOLE_READINGS, Layout, Piece, server_of, together
from groundplan.records import dataclass

__all__ = ["Judged", "Scale", "Scored"]

_Key = tuple[str, int, str]
"""Part, option (its identity: every place that is read keeps its option, so no other one can get its number) and server."""


@dataclass(frozen=True, slots=True)
class Scored:
    """An option in its place. added: what its part adds to the value; weakest: values of weakest-link criteria.

    looks: what each criterion of the whole can notice of it; mark: what any of them can.
    """

    piece: Piece
    added: float
    weakest: tuple[float, ...]
    looks: tuple[Hashable, ...]
    mark: tuple[str, ...]

    @property
    def option(self) -> Option:
        """Give the option."""
        return self.piece.option


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion on a whole architecture. readings: part -> reading (``product`` for the whole)."""

    criterion: Criterion
    weight: float
    value: float
    readings: dict[str, Reading]
    values: dict[str, float]
    shares: dict[str, float]


@dataclass
class Scale:
    """Everything fixed before the first candidate is looked at: weights, wants, scales. Remembers what it has read."""

    situation: Situation
    weights: dict[str, float] = field(init=False)
    wants: dict[str, tuple[Want, ...]] = field(init=False)
    wanted: frozenset[str] = field(init=False)
    by_share: list[Criterion] = field(init=False)
    by_weakest: list[Criterion] = field(init=False)
    by_whole: list[Criterion] = field(init=False)
    _read: dict[_Key, tuple[Place, dict[str, Reading]]] = field(default_factory=dict, init=False)
    _pieces: dict[_Key, Piece] = field(default_factory=dict, init=False)
    _values: dict[_Key, dict[str, float]] = field(default_factory=dict, init=False)
    _wholes: dict[int, tuple[Layout, dict[Hashable, float]]] = field(default_factory=dict, init=False)
    _scored: dict[_Key, Scored] = field(default_factory=dict, init=False)
    _shares: dict[str, dict[str, float]] = field(init=False)

    def __post_init__(self) -> None:
        """Sort the criteria that count by the way they are put together."""
        catalogue = self.situation.catalogue
        self.weights = weights(self.situation)
        self.wants = {part.name: wants(part, catalogue) for part in self.situation.parts}
        self.wanted = frozenset(want.capability for wanted in self.wants.values() for want in wanted)
        counting = [criterion for criterion in catalogue.criteria if self.weights[criterion.id] > 0]
        self.by_share = [criterion for criterion in counting if criterion.aggregate == "share"]
        self.by_weakest = [criterion for criterion in counting if criterion.aggregate == "weakest"]
        self.by_whole = [criterion for criterion in counting if criterion.aggregate == "whole"]
        self._shares = {criterion.id: self._shared(criterion) for criterion in counting}

    def under(self, weights: Mapping[str, float]) -> "Scale":
        """Give the same scale under other weights: what was read stays, what was scored does not."""
        other = copy(self)
        other.weights = {**self.weights, **weights}
        other._scored = {}  # noqa: SLF001 -- of the same class
        return other

    def reading(self, criterion: str, part: PartView, option: Option, layout: Layout) -> Reading:
        """Read a criterion on a part."""
        server = server_of(option, layout) if criterion in OF_SERVER else ""
        key = (part.name, id(option), server)
        if key not in self._read:
            self._read[key] = (Place(self.situation, part, self.wants[part.name], option, server, self.wanted), {})
        place, known = self._read[key]
        if criterion not in known:
            known[criterion] = PART_READINGS[criterion](place)
        return known[criterion]

    def part_values(self, part: PartView, option: Option, layout: Layout) -> dict[str, float]:
        """Give criterion -> value on a part, for the criteria that say something about it."""
        key = (part.name, id(option), server_of(option, layout))
        if key not in self._values:
            unknown = self.situation.catalogue.method.unknown_value
            self._values[key] = {
                criterion.id: value(criterion, self.reading(criterion.reading, part, option, layout), unknown)
                for criterion in (*self.by_share, *self.by_weakest)
                if part.name in self._shares[criterion.id]
            }
        return self._values[key]

    def shares(self, criterion: Criterion) -> dict[str, float]:
        """Give the shares of the parts that a criterion says something about; they sum to 1."""
        return self._shares[criterion.id]

    def _shared(self, criterion: Criterion) -> dict[str, float]:
        touched = {part.name: part.share for part in self.situation.parts if touches(criterion, part)}
        total = sum(touched.values())
        return {name: share / total for name, share in touched.items()}

    def score(self, part: PartView, option: Option, layout: Layout) -> Scored:
        """Give what a part with an option adds, whatever the other parts are."""
        key = (part.name, id(option), server_of(option, layout))
        if key not in self._scored:
            self._scored[key] = self._score(part, option, layout)
        return self._scored[key]

    def _score(self, part: PartView, option: Option, layout: Layout) -> Scored:
        values, piece = self.part_values(part, option, layout), self.piece(part, option, layout)
        added = sum(
            self.weights[criterion.id] * self._shares[criterion.id][part.name] * values[criterion.id]
            for criterion in self.by_share
            if criterion.id in values
        )
        weakest = tuple(values.get(criterion.id, 1.0) for criterion in self.by_weakest)
        return Scored(piece, added, weakest, tuple(LOOKS[criterion.reading](piece) for criterion in self.by_whole), option.mark())

    def piece(self, part: PartView, option: Option, layout: Layout) -> Piece:
        """Give an option as a piece of the whole."""
        key = (part.name, id(option), server_of(option, layout))
        if key not in self._pieces:
            cost = cpu_us(option, part.kind, server_of(option, layout), self.situation.catalogue) or 0.0
            self._pieces[key] = Piece(option, part.share, part.rate * cost / 1e6 if option.style == "threads" else 0.0)
        return self._pieces[key]

    def rest(self, scored: Sequence[Scored], layout: Layout, links: Sequence[float], *, one_more: bool = False) -> float:
        """Give the value of weakest-link and whole criteria on the parts chosen so far: never less than on all parts.

        links: for each weakest-link criterion, what the parts still open reach at best. one_more: with one framework more,
        whatever it may be.
        """
        total = 0.0
        known = self._wholes.setdefault(id(layout), (layout, {}))[1]
        for index, criterion in enumerate(self.by_weakest):
            total += self.weights[criterion.id] * min(links[index], *(one.weakest[index] for one in scored))
        for index, criterion in enumerate(self.by_whole):
            looks = (criterion.id, one_more, together([one.looks[index] for one in scored], criterion.reading))
            if looks not in known:
                known[looks] = self._whole(criterion, scored, layout, one_more=one_more)
            total += self.weights[criterion.id] * known[looks]
        return total

    def _whole(self, criterion: Criterion, scored: Sequence[Scored], layout: Layout, *, one_more: bool) -> float:
        """Give the value of a criterion of the whole on the parts chosen so far."""
        pieces = [one.piece for one in scored]
        pieces += [pieces[-1].stranger()] if one_more else []
        return on_scale(criterion, WHOLE_FIGURES[criterion.reading](pieces, layout, self.situation))

    def judged(self, options: Sequence[Option], layout: Layout) -> Iterator[Judged]:
        """Give every criterion that counts on a whole architecture, in order of the catalogue."""
        for criterion in self.situation.catalogue.criteria:
            if self.weights[criterion.id] > 0:
                whole = criterion.aggregate == "whole"
                yield (self._judged_whole if whole else self._judged_on_parts)(criterion, options, layout)

    def _judged_whole(self, criterion: Criterion, options: Sequence[Option], layout: Layout) -> Judged:
        pairs = zip(self.situation.parts, options, strict=True)
        pieces = [self.piece(part, option, layout) for part, option in pairs]
        reading = WHOLE_READINGS[criterion.reading](pieces, layout, self.situation)
        found = value(criterion, reading, self.situation.catalogue.method.unknown_value)
        return Judged(criterion, self.weights[criterion.id], found, {"product": reading}, {"product": found}, {"product": 1.0})

    def _judged_on_parts(self, criterion: Criterion, options: Sequence[Option], layout: Layout) -> Judged:
        pairs = [(part, option) for part, option in zip(self.situation.parts, options, strict=True) if touches(criterion, part)]
        readings = {part.name: self.reading(criterion.reading, part, option, layout) for part, option in pairs}
        values = {part.name: self.part_values(part, option, layout)[criterion.id] for part, option in pairs}
        shares = self.shares(criterion)
        total = min(values.values()) if criterion.aggregate == "weakest" else sum(shares[name] * values[name] for name in values)
        return Judged(criterion, self.weights[criterion.id], total, readings, values, shares)
