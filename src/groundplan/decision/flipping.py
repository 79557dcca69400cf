"""Which single change of an answer would change the recommendation. Each is decided again from the start, none is estimated."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from groundplan.brief.model import Brief, Load, Part
from groundplan.catalogue.model import Catalogue
from groundplan.decision.deciding import decide
from groundplan.decision.model import Architecture, Decision
from groundplan.decision.relaxing import relaxed
from groundplan.decision.screening import constraints
from groundplan.errors import NoArchitectureError

__all__ = ["Flip", "flips"]

_FACTOR = 10
_PEOPLE = 2
_YEARS = (1, 10)


@dataclass(frozen=True, slots=True)
class Flip:
    """A change of one answer, in words, and what would be recommended then."""

    change: str
    architecture: Architecture


def flips(brief: Brief, catalogue: Catalogue, as_of: str) -> tuple[Flip, ...]:
    """Give the changes that put another framework or topology first, in the order they are tried.

    Tried: two engineers more or fewer, one more person for each framework, load and connections tenfold and a tenth, a life
    of one and of ten years, and every non-negotiable loosened. Raises NoArchitectureError when the brief itself has no answer.
    """
    now = _seen(decide(brief, catalogue, as_of))
    found: list[Flip] = []
    for change, changed in _changes(brief, catalogue):
        try:
            decision = decide(changed, catalogue, as_of)
        except NoArchitectureError:
            continue
        if _seen(decision) != now:
            found.append(Flip(change, decision.chosen.architecture))
    return tuple(found)


def _seen(decision: Decision) -> tuple[tuple[str, ...], str]:
    architecture = decision.chosen.architecture
    return tuple(stack.framework for stack in architecture.stacks.values()), architecture.topology.name


def _changes(brief: Brief, catalogue: Catalogue) -> Iterator[tuple[str, Brief]]:
    yield from _people(brief, catalogue)
    yield from _loads(brief)
    for years in _YEARS:
        yield f"it lives {years} years", replace(brief, horizon=replace(brief.horizon, years=years))
    for name in constraints(brief):
        yield f"{name} is loosened", relaxed(brief, (name,))
    for part in brief.parts:
        yield from _levels(brief, part)


def _people(brief: Brief, catalogue: Catalogue) -> Iterator[tuple[str, Brief]]:
    team = brief.team
    if team.engineers is not None:
        for engineers in (team.engineers - _PEOPLE, team.engineers + _PEOPLE):
            if engineers > 0:
                shipped = {skill: min(count, engineers) for skill, count in team.shipped.items()}
                yield f"{engineers} engineers", replace(brief, team=replace(team, engineers=engineers, shipped=shipped))
    for framework in catalogue.frameworks:
        count = team.shipped.get(framework.name, 0) + 1
        if team.engineers is None or count <= team.engineers:
            shipped = team.shipped | {framework.name: count}
            yield f"{count} have shipped with {framework.title}", replace(brief, team=replace(team, shipped=shipped))


def _loads(brief: Brief) -> Iterator[tuple[str, Brief]]:
    for factor, words in ((_FACTOR, "tenfold"), (1 / _FACTOR, "a tenth of the")):
        yield f"{words} load", replace(brief, load=_times(brief.load, factor))
    if brief.load.later is not None:
        yield "no growth", replace(brief, load=replace(brief.load, later=None))


def _times(load: Load, factor: float) -> Load:
    rate, sockets = load.requests_per_second, load.open_connections
    return Load(
        requests_per_second=None if rate is None else rate * factor,
        open_connections=None if sockets is None else int(sockets * factor),
        later=None if load.later is None else _times(load.later, factor),
    )


def _levels(brief: Brief, part: Part) -> Iterator[tuple[str, Brief]]:
    """Try what an unknown need might turn out to be."""
    for need, level in part.needs.items():
        if level is None:
            known = replace(part, needs=part.needs | {need: 3})
            parts = tuple(known if other is part else other for other in brief.parts)
            yield f"part {part.name}: {need} turns out to be 3", replace(brief, parts=parts)
