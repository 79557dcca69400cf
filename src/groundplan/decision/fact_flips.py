"""Which single figure, were it another, would change the recommendation: followed to the ends of its scale by deciding again."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue, Fact, Requests, Sockets
from groundplan.decision.again import alike, ground
from groundplan.decision.model import Architecture, Decision, Rated
from groundplan.decision.situation import day
from groundplan.decision.weight_flips import by_value, rivals
from groundplan.events import Listener, Progress, ignore
from groundplan.records import dataclass

__all__ = ["FactFlip", "FactFlips", "fact_flips"]

_SCALES = {
    "survey_share": "hiring",
    "guides": "guides",
    "breaking_per_year": "upgrades",
    "top_author_share": "people",
    "fix_delay_days": "fixes",
}
"""Fact -> criterion on whose scale it is read; past the ends of the scale nothing changes any more."""

_YES_NO = ("ships_types", "owned_together", "rules_written", "work_paid", "releases_shared")
_COUNTED = {"guides", *_YES_NO}
_MEASURED = 10.0
"""A measured figure is followed from a tenth to tenfold."""

_HALVINGS = 8
_LOOKED_AT = 24
_SAME = 1e-9
_DIGITS = 3


@dataclass(frozen=True, slots=True)
class FactFlip:
    """A figure that would change the recommendation. value: as known; becomes: with it, deciding again gives ``architecture``."""

    subject: str
    fact: str
    unit: str
    value: float
    becomes: float
    source: str
    date: str
    architecture: Architecture


@dataclass(frozen=True, slots=True)
class FactFlips:
    """What was found by following each figure by itself. architecture: the one of the highest value now.

    cancelling: (subject, fact) of figures that raise or lower the best and its nearest rival alike. tried: how many were followed.
    """

    architecture: Architecture
    flips: tuple[FactFlip, ...]
    cancelling: tuple[tuple[str, ...], ...]
    tried: int


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of the catalogue. ends: how far it is followed down and up. with_value: the catalogue with another value.

    counted: whether it comes in whole numbers only.
    """

    subject: str
    fact: str
    unit: str
    value: float
    ends: tuple[float, ...]
    source: str
    date: str
    with_value: Callable[[float], Catalogue]
    counted: bool = False


def fact_flips(brief: Brief, catalogue: Catalogue, decision: Decision, listener: Listener = ignore) -> FactFlips:
    """Give every figure behind the decision and its rivals that would, by itself, put another framework or topology first.

    decision: of this brief and catalogue. Each value that is told was decided again.
    """
    catalogue = catalogue.at(day(decision.as_of))
    named = by_value(decision)
    search = _Search(brief, catalogue, decision.as_of, named[0], next(iter(rivals(named)), None))
    figures = list(_figures(catalogue, _pieces(named, catalogue)))
    found: list[FactFlip] = []
    cancelling: list[tuple[str, ...]] = []
    for done, figure in enumerate(figures, 1):
        there = {end: search.at(figure, end, _LOOKED_AT) for end in figure.ends}
        flips = list(search.flips(figure, there))
        found += flips
        if not flips and search.cancels(there.values()):
            cancelling.append((figure.subject, figure.fact))
        listener(Progress("figures", done, len(figures)))
    return FactFlips(named[0].architecture, tuple(found), tuple(cancelling), len(figures))


@dataclass(frozen=True, slots=True)
class _Search:
    """What is followed, and against whom. rival: the nearest; None when there is none."""

    brief: Brief
    catalogue: Catalogue
    as_of: str
    best: Rated
    rival: Rated | None

    def at(self, figure: _Figure, value: float, keep: int) -> tuple[Rated, ...]:
        """Decide again with another value, for so many of the best; none when nothing is left."""
        return ground(self.brief, figure.with_value(value), self.as_of).best(keep)

    def elsewhere(self, found: tuple[Rated, ...]) -> Architecture | None:
        """Give what comes first; None when it is the same as now, or when nothing is left."""
        return None if not found or alike(found[0].architecture, self.best.architecture) else found[0].architecture

    def reached(self, figure: _Figure, end: float) -> float:
        """Give the value nearly the nearest to an end that leaves any architecture: past it a must takes all of them out."""
        left, none = figure.value, end
        for _ in range(_HALVINGS):
            middle = (left + none) / 2
            left, none = (middle, none) if self.at(figure, middle, 1) else (left, middle)
        return left

    def flips(self, figure: _Figure, there: Mapping[float, tuple[Rated, ...]]) -> Iterator[FactFlip]:
        """Give the nearest value on each side that flips. there: what is best at each end."""
        for end, found in there.items():
            last = end if found else self.reached(figure, end)
            if self.elsewhere(found or self.at(figure, last, 1)) is not None:
                becomes, architecture = self.nearest(figure, last)
                yield FactFlip(
                    figure.subject, figure.fact, figure.unit, figure.value, becomes, figure.source, figure.date, architecture
                )  # fmt: skip

    def nearest(self, figure: _Figure, end: float) -> tuple[float, Architecture]:
        """Give the value, nearly the nearest to today's and short to write, that flips; the end of the scale does."""
        same, other = figure.value, end
        for _ in range(_HALVINGS):
            middle = (same + other) / 2
            if self.elsewhere(self.at(figure, middle, 1)) is None:
                same = middle
            else:
                other = middle
        for value in (_short(other, up=end > figure.value, counted=figure.counted), other):
            architecture = self.elsewhere(self.at(figure, value, 1))
            if architecture is not None:
                return value, architecture
        raise AssertionError(figure.subject)  # the last value tried is one that was found to flip

    def cancels(self, there: Iterable[tuple[Rated, ...]]) -> bool:
        """Tell whether the best and its nearest rival gain and lose alike. there: what is best at each end of a figure."""
        if self.rival is None:
            return False
        lead = self.best.value - self.rival.value
        moved = False
        for found in there:
            values = {str(rated.architecture): rated.value for rated in found}
            ours, theirs = values.get(str(self.best.architecture)), values.get(str(self.rival.architecture))
            if ours is None or theirs is None or abs(ours - theirs - lead) > _SAME:
                return False
            moved = moved or abs(ours - self.best.value) > _SAME
        return moved


def _short(value: float, *, up: bool, counted: bool) -> float:
    """Give a whole number or one with three digits that count, rounded away from today's."""
    if not value:
        return 0.0
    unit = 1.0 if counted else 10.0 ** (math.floor(math.log10(abs(value))) + 1 - _DIGITS)
    return round((math.ceil if up else math.floor)(value / unit) * unit, 12)


def _pieces(named: tuple[Rated, ...], catalogue: Catalogue) -> frozenset[str]:
    """Name all that the named architectures stand on, layers below included."""
    stacks = [stack for rated in named for stack in rated.architecture.stacks.values()]
    names = {name for stack in stacks for name in (stack.framework, *stack.addons)}
    return frozenset(below for name in names for below in catalogue.family(name))


def _figures(catalogue: Catalogue, pieces: frozenset[str]) -> Iterator[_Figure]:
    criteria = {criterion.id: (criterion.worst, criterion.best) for criterion in catalogue.criteria}
    scales = {**dict.fromkeys(_YES_NO, (0.0, 1.0)), **{fact: criteria[criterion] for fact, criterion in _SCALES.items()}}
    for fact in catalogue.facts:
        if fact.subject in pieces and fact.id in scales:
            ends = tuple(sorted(end for end in scales[fact.id] if end != fact.number))
            with_value, counted = _with_fact(catalogue, fact), fact.id in _COUNTED
            yield _Figure(fact.subject, fact.id, fact.unit, fact.number, ends, fact.source, fact.date, with_value, counted)
    for row in catalogue.sockets:
        if row.subject in pieces and row.deliveries_per_second:
            subject = f"{row.subject} on {row.server}"
            now = row.deliveries_per_second
            yield _measured(catalogue, (subject, "deliveries_per_second", "1/s"), now, partial(_with_sockets, catalogue, row))
    for run in catalogue.requests:
        if run.subject in pieces:
            subject = f"{run.subject} on {run.server} ({run.interface})"
            yield _measured(catalogue, (subject, "rss_mb", "MB"), run.rss_mb, partial(_with_memory, catalogue, run))
            yield _measured(catalogue, (subject, "cpu_us", "times as measured"), 1.0, partial(_with_cost, catalogue, run))


def _measured(catalogue: Catalogue, what: tuple[str, str, str], value: float, change: Callable[[float], Catalogue]) -> _Figure:
    """Give a measured figure. what: its subject, name and unit."""
    run = catalogue.measured
    source, date = (run.source, run.date) if run else ("", "")
    return _Figure(*what, value, (value / _MEASURED, value * _MEASURED), source, date, change)


def _with_fact(catalogue: Catalogue, fact: Fact) -> Callable[[float], Catalogue]:
    def changed(value: float) -> Catalogue:
        return replace(catalogue, facts=tuple(replace(one, value=value) if one is fact else one for one in catalogue.facts))

    return changed


def _with_sockets(catalogue: Catalogue, row: Sockets, value: float) -> Catalogue:
    changed = replace(row, deliveries_per_second=value)
    return replace(catalogue, sockets=tuple(changed if one is row else one for one in catalogue.sockets))


def _with_memory(catalogue: Catalogue, row: Requests, value: float) -> Catalogue:
    return _with_requests(catalogue, row, replace(row, rss_mb=value))


def _with_cost(catalogue: Catalogue, row: Requests, value: float) -> Catalogue:
    """Give the catalogue in which every request on this stack costs so many times what was measured."""
    costs = {workload: cost * value for workload, cost in row.cpu_us.items()}
    return _with_requests(catalogue, row, replace(row, cpu_us=costs))


def _with_requests(catalogue: Catalogue, row: Requests, changed: Requests) -> Catalogue:
    return replace(catalogue, requests=tuple(changed if one is row else one for one in catalogue.requests))
