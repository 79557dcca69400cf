"""What to build now, what at the load that is expected, and the load between them at which one gives way to the other."""

import math
from collections.abc import Iterator
from dataclasses import replace

from groundplan.brief.model import Brief, Load
from groundplan.catalogue.model import Catalogue
from groundplan.decision.again import alike, first
from groundplan.decision.model import Architecture, Rated
from groundplan.events import Listener, Progress, ignore
from groundplan.records import dataclass

__all__ = ["Move", "Stage", "Staging", "moves", "staging"]

_LOOKS = 8
_CLOSE = math.log(1.02)
"""A trigger is told to within 2 % of the load."""


@dataclass(frozen=True, slots=True)
class Move:
    """What it takes to move one part. stack, server: (before, after); None when it stays.

    process: the parts it shares one with, before and after; None when they stay.
    """

    part: str
    stack: tuple[str, str] | None
    server: tuple[str, str] | None
    process: tuple[tuple[str, ...], tuple[str, ...]] | None


@dataclass(frozen=True, slots=True)
class Stage:
    """What is recommended from a load on: requests per second and open connections. moves: from the stage before."""

    requests_per_second: float
    open_connections: float
    best: Rated
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Staging:
    """The stages of growth, today's first. recommended: place of the stage that is the recommendation; None when none is."""

    stages: tuple[Stage, ...]
    recommended: int | None


def staging(
    brief: Brief, catalogue: Catalogue, as_of: str, recommended: Architecture, listener: Listener = ignore
) -> Staging | None:
    """Give the stages between today's load and ``load.later``; None when the brief states no growth.

    Each stage is decided for its own load as both today's and the expected one, so that nothing but the load differs.
    """
    if brief.load.later is None:
        return None
    stages = tuple(_stages(_Path(brief, catalogue, as_of), listener))
    fitting = (place for place, stage in enumerate(stages) if alike(stage.best.architecture, recommended))
    return Staging(stages, next(fitting, None))


@dataclass(frozen=True, slots=True)
class _Path:
    """The way from today's load (0) to the later one (1), straight in the logarithm of each figure."""

    brief: Brief
    catalogue: Catalogue
    as_of: str

    def load(self, place: float) -> Load:
        """Give the load at a place, with no growth beyond it."""
        now, later = self.brief.load, self.brief.load.later or self.brief.load
        assumed = self.catalogue.method.assumed
        rate = _filled(now.requests_per_second, assumed["requests_per_second"])
        sockets = _filled(now.open_connections, assumed["open_connections"])
        load = Load(
            requests_per_second=_between(rate, _filled(later.requests_per_second, rate), place),
            open_connections=round(_between(sockets, _filled(later.open_connections, sockets), place)),
        )
        return replace(load, later=load)

    def best(self, place: float) -> Rated:
        """Decide at a place."""
        return first(replace(self.brief, load=self.load(place)), self.catalogue, self.as_of)

    def stage(self, place: float, best: Rated, before: Architecture | None) -> Stage:
        """Give the stage that begins at a place."""
        load = self.load(place)
        changed = moves(before, best.architecture) if before is not None else ()
        return Stage(_filled(load.requests_per_second, 0), _filled(load.open_connections, 0), best, changed)

    def close(self, left: float, right: float) -> bool:
        """Tell whether two places are nearly the same load."""
        one, other = self.load(left), self.load(right)
        pairs = ((one.requests_per_second, other.requests_per_second), (one.open_connections, other.open_connections))
        return all(abs(math.log(_filled(high, 0) + 1) - math.log(_filled(low, 0) + 1)) < _CLOSE for low, high in pairs)


def _filled(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)


def _between(low: float, high: float, place: float) -> float:
    """Give the figure at a place between two, by ratios where both are above 0."""
    if place in {0.0, 1.0}:
        return high if place else low
    return low * (high / low) ** place if min(low, high) > 0 else low + (high - low) * place


def _stages(path: _Path, listener: Listener) -> Iterator[Stage]:
    """Look at the load in even steps; where two neighbours differ, find the places between them."""
    here, best = 0.0, path.best(0.0)
    yield path.stage(here, best, None)
    for look in range(1, _LOOKS + 1):
        there = look / _LOOKS
        final = path.best(there)
        while not alike(best.architecture, final.architecture):
            here, after = _trigger(path, here, there, best, final)
            yield path.stage(here, after, best.architecture)
            best = after
        here, best = there, final
        listener(Progress("growth", look, _LOOKS))


def _trigger(path: _Path, left: float, right: float, best: Rated, final: Rated) -> tuple[float, Rated]:
    """Give the first place, nearly, at which something else is recommended, and what; something else is at the right end."""
    while not path.close(left, right):
        middle = (left + right) / 2
        found = path.best(middle)
        if alike(best.architecture, found.architecture):
            left = middle
        else:
            right, final = middle, found
    return right, final


def moves(before: Architecture, after: Architecture) -> tuple[Move, ...]:
    """Give what changes for each part between two architectures of the same parts; parts that stay as they are are left out."""
    found = (_move(part, before, after) for part in before.stacks if part in after.stacks)
    return tuple(move for move in found if move.stack or move.server or move.process)


def _move(part: str, before: Architecture, after: Architecture) -> Move:
    old, new = before.stacks[part], after.stacks[part]
    stacks = tuple(" + ".join((stack.framework, *stack.addons)) for stack in (old, new))
    servers = tuple(f"{stack.server} ({stack.interface})" for stack in (old, new))
    beside = (_beside(part, before), _beside(part, after))
    return Move(
        part,
        (stacks[0], stacks[1]) if stacks[0] != stacks[1] else None,
        (servers[0], servers[1]) if servers[0] != servers[1] else None,
        beside if beside[0] != beside[1] else None,
    )


def _beside(part: str, architecture: Architecture) -> tuple[str, ...]:
    """Name the parts in the same process."""
    group = next((parts for parts in architecture.topology.processes.values() if part in parts), ())
    return tuple(other for other in group if other != part)
