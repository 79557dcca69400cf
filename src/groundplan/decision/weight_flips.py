"""Which other weights would change the recommendation: closed forms on the rivals that are known, checked by deciding again."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Literal

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.again import Ground, alike, ground
from groundplan.decision.model import Architecture, Decision, Rated
from groundplan.decision.tying import nearest_weights, one_weight, tie_weight
from groundplan.records import dataclass

__all__ = ["WeightFlip", "WeightFlips", "WeightShift", "by_value", "rivals", "weight_flips"]

_ENDS = {1: 0.999, -1: 0.001}
"""Side -> how far one weight is followed; at 0 and at 1 nothing would be left to compare by."""

_STEP = 1000
_STEPS = 12
_QUICK = 1
_TRIES = 3
_KEPT = 4
_MARGIN = 2e-5
"""The lead a rival must have before a change of weights counts as a flip."""

_LEAST = 1e-6
"""What stays of a weight that moved elsewhere: with nothing left its criterion would not be read."""

_SAME = 1e-12

Side = Literal[1, -1]


@dataclass(frozen=True, slots=True)
class WeightFlip:
    """Another weight of one criterion, the others in proportion, at which the recommendation is another one.

    weight: as decided. tie: where both are level. becomes: the next thousandth beyond it; with it, deciding again gives
    ``architecture``.
    """

    criterion: str
    title: str
    weight: float
    tie: float
    becomes: float
    architecture: Architecture


@dataclass(frozen=True, slots=True)
class WeightShift:
    """The least change of all weights together that was found to change the recommendation, checked by deciding again.

    distance: sum of the absolute changes, at most 2. changes: criterion -> change of its weight.
    """

    distance: float
    changes: dict[str, float]
    architecture: Architecture


@dataclass(frozen=True, slots=True)
class WeightFlips:
    """How far the weights may change before another architecture has the highest value. architecture: the one that has it now.

    radius: any weights closer than this to those decided with (sum of absolute changes) keep the recommendation. flips: nearest
    first. steady: criteria whose weight, alone, can be anything from 0.1 to 99.9 % without a flip being found; empty when not
    all were tried. complete: whether every criterion was tried both ways, ends included.
    """

    architecture: Architecture
    radius: float
    shift: WeightShift | None
    flips: tuple[WeightFlip, ...]
    steady: tuple[str, ...]
    complete: bool


def weight_flips(brief: Brief, catalogue: Catalogue, decision: Decision, *, complete: bool = False) -> WeightFlips:
    """Give the weights at which another framework or topology is recommended. decision: of this brief and catalogue.

    complete: follow every criterion up and down to its ends by deciding again; otherwise give the nearest among the rivals that
    the decision itself names.
    """
    titles = {one.id: one.title for one in catalogue.criteria}
    last = min(rated.value for rated in decision.leading)
    base = _Base(by_value(decision), last, ground(brief, catalogue, decision.as_of), titles)
    shift = _shift(base)
    found = list(_all(base)) if complete else list(_nearest(base))
    flips = sorted(found, key=lambda flip: (abs(flip.becomes - flip.weight), flip.criterion))
    flipping = {flip.criterion for flip in flips}
    steady = tuple(name for name in base.names if name not in flipping) if complete else ()
    return WeightFlips(base.best.architecture, _radius(base, shift), shift, tuple(flips), steady, complete)


def by_value(decision: Decision) -> tuple[Rated, ...]:
    """Give all that a decision names, the highest value first: in a toss-up a simpler one nearly as good is recommended."""
    known = [*decision.ranked, *(rated for rated in (decision.single, decision.rival) if rated is not None)]
    return tuple(sorted(known, key=lambda rated: -rated.value))


@dataclass(frozen=True, slots=True)
class _Base:
    """Where one starts. named: what the decision names, the highest value first. titles: of the criteria.

    last: value of the last of those that nothing else exceeds; what the decision does not name has no more.
    """

    named: tuple[Rated, ...]
    last: float
    ground: Ground
    titles: dict[str, str]

    @property
    def best(self) -> Rated:
        return self.named[0]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(found.criterion for found in self.best.contributions)

    @property
    def weights(self) -> tuple[float, ...]:
        return tuple(found.weight for found in self.best.contributions)

    def at(self, weights: Sequence[float]) -> tuple[Rated, ...]:
        """Give the best architectures under other weights."""
        named = dict(zip(self.names, (max(weight, _LEAST) for weight in weights), strict=True))
        return self.ground.best(_KEPT, named)

    def stays(self, found: tuple[Rated, ...]) -> bool:
        """Tell whether the same comes first."""
        return alike(self.best.architecture, found[0].architecture)


def rivals(found: tuple[Rated, ...]) -> list[Rated]:
    """Give those that differ from the first."""
    return [rated for rated in found if not alike(found[0].architecture, rated.architecture)]


def _lead(rival: Rated, chosen: Rated) -> tuple[float, ...]:
    """Give the rival's value less that of the chosen one, criterion by criterion."""
    pairs = zip(rival.contributions, chosen.contributions, strict=True)
    return tuple(theirs.value - ours.value for theirs, ours in pairs)


def _ties(found: tuple[Rated, ...], index: int) -> Iterator[float]:
    """Give the values of one weight at which some rival draws level with the first."""
    weights = tuple(one.weight for one in found[0].contributions)
    for rival in rivals(found):
        tie = tie_weight(weights, _lead(rival, found[0]), index)
        if tie is not None:
            yield tie


def _beyond(tie: float, side: Side) -> float:
    """Give the next thousandth past a weight; what people read is what was tried."""
    return (math.floor(tie * _STEP) + 1) / _STEP if side > 0 else (math.ceil(tie * _STEP) - 1) / _STEP


def _next(found: tuple[Rated, ...], index: int, side: Side) -> float | None:
    """Give the nearest thousandth on one side past which a rival among those found has drawn level with the first."""
    here = found[0].contributions[index].weight
    ahead = [tie for tie in _ties(found, index) if side * (tie - here) >= -_SAME]
    beyond = min((_beyond(tie, side) for tie in ahead), key=lambda to: abs(to - here), default=None)
    return beyond if beyond is not None and _ENDS[-1] <= beyond <= _ENDS[1] else None


def _nearest(base: _Base) -> Iterator[WeightFlip]:
    """Give the flip that the decision's own rivals promise to be nearest, if it is one."""
    sides: tuple[Side, ...] = (1, -1)
    promised = [
        (abs(to - weight), index, side)
        for index, weight in enumerate(base.weights)
        for side in sides
        if (to := _next(base.named, index, side)) is not None
    ]
    flips = (_along(base, index, side) for _, index, side in sorted(promised)[:_TRIES])
    yield from islice((flip for flip in flips if flip is not None), _QUICK)


def _all(base: _Base) -> Iterator[WeightFlip]:
    """Give the flips of every criterion, up and down."""
    sides: tuple[Side, ...] = (1, -1)
    for index in range(len(base.names)):
        for side in sides:
            flip = _along(base, index, side) or _at_end(base, index, side)
            if flip is not None:
                yield flip


def _along(base: _Base, index: int, side: Side) -> WeightFlip | None:
    """Follow one weight from tie to tie until another architecture is recommended; None when the known rivals lead nowhere."""
    here = base.named
    for _ in range(_STEPS):
        to = _next(here, index, side)
        if to is None:
            return None
        there = base.at(one_weight(base.weights, index, to))
        if not base.stays(there):
            return _tightened(base, index, here, there)
        here = there
    return None


def _at_end(base: _Base, index: int, side: Side) -> WeightFlip | None:
    """Try one weight at its end: a rival that no decision on the way knew of may wait there."""
    end = _ENDS[side]
    if side * (end - base.weights[index]) <= 0:
        return None
    there = base.at(one_weight(base.weights, index, end))
    return None if base.stays(there) else _tightened(base, index, base.named, there)


def _tightened(base: _Base, index: int, here: tuple[Rated, ...], there: tuple[Rated, ...]) -> WeightFlip:
    """Come back towards the decided weight as long as a nearer one still flips.

    here: what was best at the last place on the way where the same comes first; there: at one beyond it, where it does not.
    """
    weight = base.weights[index]
    to = there[0].contributions[index].weight
    side: Side = 1 if to > weight else -1
    tie = _tie(base, index, here, there)
    for _ in range(_STEPS):
        closer = to if tie is None else _beyond(tie, side)
        if abs(closer - weight) >= abs(to - weight) - _SAME:
            break
        nearer = base.at(one_weight(base.weights, index, closer))
        if base.stays(nearer):
            break
        there, to = nearer, closer
        tie = _tie(base, index, here, there)
    name = base.names[index]
    level = to if tie is None else tie
    return WeightFlip(name, base.titles[name], weight, level, round(to, 3), there[0].architecture)


def _tie(base: _Base, index: int, here: tuple[Rated, ...], there: tuple[Rated, ...]) -> float | None:
    return tie_weight(base.weights, _lead(there[0], here[0]), index)


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(abs(left - right) for left, right in zip(one, other, strict=True))


def _shift(base: _Base) -> WeightShift | None:
    """Give the least change of all weights together that flips, starting from the rivals that the decision knows of."""
    leads = [_lead(rival, base.best) for rival in rivals(base.named)]
    moved = [weights for lead in leads if (weights := nearest_weights(base.weights, lead, _MARGIN)) is not None]
    for weights in sorted(moved, key=lambda weights: _distance(weights, base.weights))[:_TRIES]:
        there = base.at(weights)
        if not base.stays(there):
            return _shortened(base, weights, there)
    return None


def _shortened(base: _Base, weights: Sequence[float], there: tuple[Rated, ...]) -> WeightShift:
    """Take the nearest weights for what won there, as long as they are nearer and still flip."""
    for _ in range(_STEPS):
        closer = nearest_weights(base.weights, _lead(there[0], base.best), _MARGIN)
        if closer is None or _distance(closer, base.weights) >= _distance(weights, base.weights) - _SAME:
            break
        nearer = base.at(closer)
        if base.stays(nearer):
            break
        weights, there = closer, nearer
    changes = {name: new - old for name, old, new in zip(base.names, base.weights, weights, strict=True) if abs(new - old) > _SAME}
    return WeightShift(_distance(weights, base.weights), changes, there[0].architecture)


def _radius(base: _Base, shift: WeightShift | None) -> float:
    """Give a distance within which no rival can draw level.

    Known rivals by their nearest weights. What the decision does not name is at least as far behind as the last it ranks, and
    moving a unit of weight, which is two units of change, gains at most two.
    """
    moved = (nearest_weights(base.weights, _lead(rival, base.best)) for rival in rivals(base.named))
    known = [_distance(weights, base.weights) for weights in moved if weights is not None]
    unnamed = base.best.value - base.last
    return min([*known, unnamed, *([shift.distance] if shift else [])])
