"""The brief as the method sees it: figures for every part, and every assumption told."""

import datetime as dt
import difflib
import math
from collections.abc import Iterator
from dataclasses import field

from groundplan.brief.model import Brief, Part
from groundplan.catalogue.known import Known, known
from groundplan.catalogue.model import Catalogue
from groundplan.decision.answers import Answered, Existing, answered, existing, raised, told
from groundplan.errors import InputError, Problem
from groundplan.records import dataclass

__all__ = ["PartView", "Situation", "day", "situation"]

_NEAR = 0.8
_ROUNDING = 1e-9
_WEB_LAYER_REPLACED = 2
_MOST_LEAVING = 3


@dataclass(frozen=True, slots=True)
class PartView:
    """One part with its load. needs: level 0-3, unknown ones at the assumed level.

    rate, rate_later: requests per second of this part. sockets, sockets_later: connections it holds open; None: no growth
    was stated. waiting: requests that wait on other services at the same time. people: engineers the part needs, by
    its share of the work. scaling: whether growth was stated or several teams share the product. incumbent: framework of
    today, if any. leaving: 0 to 3, how much the team wants to leave it. existing: code that stays. answered: what the
    team's answers mean here. requires: capabilities that nothing goes without.
    """

    name: str
    kind: str
    share: float
    needs: dict[str, int]
    rate: float
    sockets: float
    sockets_later: float | None
    waiting: float
    people: int
    scaling: bool
    incumbent: str = ""
    leaving: int = 0
    existing: Existing = field(default_factory=Existing)
    answered: tuple[Answered, ...] = ()
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What the decision starts from. rate_later: requests per second of the whole product after growth.

    told: one sentence for each figure that the brief left open. units: extra structure the team can carry. known: the facts of
    the catalogue, sorted.
    """

    brief: Brief
    catalogue: Catalogue
    as_of: dt.date
    parts: tuple[PartView, ...]
    engineers: int
    units: float
    rate_later: float
    told: tuple[str, ...]
    known: Known


def situation(brief: Brief, catalogue: Catalogue, as_of: str) -> Situation:
    """Give the figures of a brief, assumptions filled in. Raises InputError when as_of is not an ISO date."""
    method = catalogue.method
    engineers = _filled(brief.team.engineers, method.assumed["engineers"])
    level = _filled(brief.team.operations, method.assumed["operations"])
    complexity = method.complexity
    return Situation(
        brief=brief,
        catalogue=catalogue,
        as_of=day(as_of),
        parts=tuple(_part(part, brief, catalogue, engineers) for part in brief.parts),
        engineers=max(1, int(engineers)),
        units=max(1.0, engineers) * complexity.units_per_engineer * complexity.operations[int(level)],
        rate_later=_rate_later(brief, method.assumed["requests_per_second"]),
        told=tuple(_told(brief, catalogue)),
        known=known(catalogue),
    )


def day(text: str) -> dt.date:
    """Read an ISO date. Raises InputError when it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        problem = Problem("as_of", repr(text), "must be a date", "write it as 2026-11-22")
        raise InputError(str(problem)) from None


def _filled(value: float | None, assumed: float) -> float:
    return assumed if value is None else value


def _rate_later(brief: Brief, assumed: float) -> float:
    now = _filled(brief.load.requests_per_second, assumed)
    later = brief.load.later.requests_per_second if brief.load.later else None
    return max(now, _filled(later, now))


def _part(part: Part, brief: Brief, catalogue: Catalogue, engineers: float) -> PartView:
    method = catalogue.method
    lines = answered(part, brief, catalogue)
    needs = raised({need: int(_filled(level, method.assumed["need_level"])) for need, level in part.needs.items()}, lines)
    rate = _filled(brief.load.requests_per_second, method.assumed["requests_per_second"]) * part.share
    held = _sockets_share(part, brief)
    later = brief.load.later.open_connections if brief.load.later else None
    return PartView(
        name=part.name,
        kind=part.kind.value,
        share=part.share,
        needs=needs,
        requires=part.requires,
        rate=rate,
        sockets=held * _filled(brief.load.open_connections, method.assumed["open_connections"]),
        sockets_later=None if later is None else held * later,
        waiting=rate * method.waiting.seconds[needs.get("io_fanout", 0)],
        people=max(1, math.ceil(engineers * part.share - _ROUNDING)),
        scaling=brief.load.later is not None or brief.team.teams > 1,
        incumbent=brief.incumbent.get(part.name, ""),
        leaving=_leaving(brief),
        existing=existing(part, brief, catalogue),
        answered=lines,
    )


def _leaving(brief: Brief) -> int:
    """Give how much the team wants to leave what it has; where it does not say, a web layer that is replaced is left for good."""
    replaced = brief.answers.get("keep_existing") == _WEB_LAYER_REPLACED
    told = brief.answers.get("leave_incumbent")
    return _MOST_LEAVING * replaced if told is None else int(told)


def _sockets_share(part: Part, brief: Brief) -> float:
    """Give the part's share of the open connections: parts with pushed updates hold them, by their share of the work."""
    holders = [other for other in brief.parts if _level(other, "websockets_or_streaming") > 1]
    return part.share / sum(other.share for other in holders) if part in holders else 0.0


def _level(part: Part, need: str) -> int:
    return part.needs.get(need, 0) or 0


def _slips(brief: Brief, catalogue: Catalogue) -> Iterator[str]:
    """Tell which skills are nearly, but not quite, those of the catalogue; teams have shipped with much that it does not know."""
    names = [piece.name for group in (catalogue.frameworks, catalogue.addons) for piece in group]
    for skill in brief.team.shipped:
        near = [] if skill in names else difflib.get_close_matches(skill, names, 1, _NEAR)
        if near:
            yield f"team.shipped.{skill} counts for no framework; if {near[0]} is meant, write that."


def _told(brief: Brief, catalogue: Catalogue) -> Iterator[str]:
    assumed = catalogue.method.assumed
    open_figures = {
        "team.engineers": (brief.team.engineers, f"{assumed['engineers']:g} engineers"),
        "team.operations": (brief.team.operations, f"operations level {assumed['operations']:g}"),
        "horizon.years": (brief.horizon.years, f"{assumed['years']:g} years"),
        "load.requests_per_second": (brief.load.requests_per_second, f"{assumed['requests_per_second']:g} requests per second"),
        "load.open_connections": (brief.load.open_connections, f"{assumed['open_connections']:g} open connections"),
    }
    for key, (value, taken) in open_figures.items():
        if value is None:
            yield f"The brief leaves {key} open; {taken} are assumed."
    if not brief.team.shipped:
        yield "The brief leaves team.shipped open; the team is taken to have shipped with what surveyed developers use."
    yield from _slips(brief, catalogue)
    for question, answer in brief.answers.items():
        if answer is None:
            yield f"answers.{question} is unknown; nothing is concluded from it."
    for part in brief.parts:
        for need, level in part.needs.items():
            if level is None:
                yield f"Part {part.name}: {need} is unknown; level {assumed['need_level']:g} is assumed, which screens nothing out."
        yield from told(part, brief, catalogue)
