"""Every single answer of a brief that could have been another: what stands there, what would, and the brief with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import combinations

from groundplan.brief.model import ANSWERS, AXES, NEEDS, Brief, Load, Must, Part, Team
from groundplan.catalogue.model import Catalogue
from groundplan.decision.relaxing import relaxed
from groundplan.decision.weights import PLACES
from groundplan.records import dataclass

__all__ = ["Change", "changes"]

_FACTOR = 10
_PEOPLE = 2
_YEARS = (1, 3, 10)
_WEEKS = (4, 12, 26)
_LEVELS = range(4)
_MOST_NEEDED = 3


@dataclass(frozen=True, slots=True)
class Change:
    """One answer given otherwise. place: the answer, as the brief calls it. words: the change in a few words.

    apply: gives a brief with this answer; it leaves alone a brief in which the answer does not stand any more.
    """

    place: str
    words: str
    apply: Callable[[Brief], Brief]

    @property
    def merges(self) -> bool:
        """Tell whether it changes which parts there are."""
        return self.place.startswith("merge ")


def changes(brief: Brief, catalogue: Catalogue) -> tuple[Change, ...]:
    """Give every change that is tried, in the order of a brief; docs/explanation/deciding.md lists them."""
    every = (
        *_needs(brief),
        *_merged(brief),
        *_engineers(brief),
        *_team(brief),
        *_skills(brief, catalogue),
        *_horizon(brief),
        *_loads(brief),
        *_dropped(brief),
        *_answers(brief),
        *_priorities(brief),
    )
    return tuple(change for change in every if change.apply(brief) != brief)


def _part(brief: Brief, name: str, edit: Callable[[Part], Part]) -> Brief:
    return replace(brief, parts=tuple(edit(part) if part.name == name else part for part in brief.parts))


def _needs(brief: Brief) -> Iterator[Change]:
    """Give each need its other levels; one that is unknown or not named its extremes."""
    for part in brief.parts:
        for need in NEEDS:
            level = part.needs.get(need, 0)
            others = _LEVELS if need in part.needs and level is not None else (0, _MOST_NEEDED)
            for other in others:
                if other != level:
                    words = f"{part.name}: {need} {other}, not {_said(level)}"
                    yield Change(f"part.{part.name}.needs.{need}", words, _need(part, need, other))


def _need(part: Part, need: str, level: int) -> Callable[[Brief], Brief]:
    def apply(brief: Brief) -> Brief:
        return _part(brief, part.name, lambda found: replace(found, needs=found.needs | {need: level}))

    return apply


def _merged(brief: Brief) -> Iterator[Change]:
    """Make one part of two, of the kind of the larger and with the needs of both."""
    for one, other in combinations(brief.parts, 2):
        kept, gone = (one, other) if one.share >= other.share else (other, one)
        yield Change(f"merge {one.name}, {other.name}", f"{one.name} and {other.name} are one part", _merge(kept.name, gone.name))


def _merge(kept: str, gone: str) -> Callable[[Brief], Brief]:
    def apply(brief: Brief) -> Brief:
        found = {part.name: part for part in brief.parts}
        if kept not in found or gone not in found:
            return brief
        whole = replace(found[kept], share=found[kept].share + found[gone].share, needs=_both(found[kept], found[gone]))
        parts = tuple(whole if part.name == kept else part for part in brief.parts if part.name != gone)
        incumbent = {part: name for part, name in brief.incumbent.items() if part != gone}
        return replace(brief, parts=parts, incumbent=incumbent, musts=tuple(_moved(must, gone, kept) for must in brief.musts))

    return apply


def _moved(must: Must, gone: str, kept: str) -> Must:
    return replace(must, part=kept) if must.part == gone else must


def _both(one: Part, other: Part) -> dict[str, int | None]:
    """Give the higher level of each need; unknown where either is, unless the other is already at the top."""
    needs: dict[str, int | None] = {}
    for need in (*one.needs, *other.needs):
        levels = [part.needs.get(need, 0) for part in (one, other)]
        known = [level for level in levels if level is not None]
        needs[need] = max(known) if len(known) == len(levels) or _MOST_NEEDED in known else None
    return needs


def _with_team(edit: Callable[[Team], Team]) -> Callable[[Brief], Brief]:
    return lambda brief: replace(brief, team=edit(brief.team))


def _engineers(brief: Brief) -> Iterator[Change]:
    engineers = brief.team.engineers
    if engineers is not None:
        for other in (engineers - _PEOPLE, engineers + _PEOPLE):
            if other > 0:
                yield Change("team.engineers", f"{other} engineer{'s' * (other > 1)}, not {engineers}", _with_team(_of_size(other)))


def _of_size(engineers: int) -> Callable[[Team], Team]:
    def edit(team: Team) -> Team:
        shipped = {skill: None if count is None else min(count, engineers) for skill, count in team.shipped.items()}
        return replace(team, engineers=engineers, shipped=shipped)

    return edit


def _team(brief: Brief) -> Iterator[Change]:
    team = brief.team
    for teams in (team.teams - 1, team.teams + 1):
        if teams > 0:
            yield Change("team.teams", f"{teams} team{'s' * (teams > 1)}, not {team.teams}", _with_team(_teams(teams)))
    for level in _LEVELS:
        if level != team.operations:
            yield Change("team.operations", f"operations {level}, not {_said(team.operations)}", _with_team(_operations(level)))
    for weeks in _WEEKS:
        if weeks != team.first_release_weeks:
            words = f"first release in {weeks} weeks, not {_said(team.first_release_weeks)}"
            yield Change("team.first_release_weeks", words, _with_team(_release(weeks)))


def _said(value: object) -> str:
    return "unknown" if value is None else str(value)


def _teams(teams: int) -> Callable[[Team], Team]:
    return lambda team: replace(team, teams=teams)


def _operations(level: int) -> Callable[[Team], Team]:
    return lambda team: replace(team, operations=level)


def _release(weeks: int) -> Callable[[Team], Team]:
    return lambda team: replace(team, first_release_weeks=weeks)


def _skills(brief: Brief, catalogue: Catalogue) -> Iterator[Change]:
    """Add one person who has shipped with a framework, or an add-on learned like one; and take all away where there are some."""
    team = brief.team
    learned = {piece.name: piece.title for piece in catalogue.frameworks}
    learned |= {addon.name: addon.title for addon in catalogue.addons if addon.name in addon.skills}
    for name, title in learned.items():
        count = (team.shipped.get(name) or 0) + 1
        if team.engineers is None or count <= team.engineers:
            words = f"{count} {'have' if count > 1 else 'has'} shipped with {title}, not {count - 1}"
            yield Change(f"team.shipped.{name}", words, _with_team(_shipped(name, count)))
    for skill, told in team.shipped.items():
        if told:
            yield Change(
                f"team.shipped.{skill}",
                f"nobody has shipped with {learned.get(skill, skill)}, not {told}",
                _with_team(_shipped(skill, 0)),
            )


def _shipped(skill: str, count: int) -> Callable[[Team], Team]:
    return lambda team: replace(team, shipped=team.shipped | {skill: count})


def _horizon(brief: Brief) -> Iterator[Change]:
    horizon = brief.horizon
    for years in _YEARS:
        if years != horizon.years:
            words = f"it lives {years} year{'s' * (years > 1)}, not {_said(horizon.years)}"
            yield Change("horizon.years", words, _lives(years))
    for level in _LEVELS:
        if level != horizon.turnover:
            yield Change("horizon.turnover", f"turnover {level}, not {_said(horizon.turnover)}", _changing(level))


def _lives(years: int) -> Callable[[Brief], Brief]:
    return lambda brief: replace(brief, horizon=replace(brief.horizon, years=years))


def _changing(turnover: int) -> Callable[[Brief], Brief]:
    return lambda brief: replace(brief, horizon=replace(brief.horizon, turnover=turnover))


def _loads(brief: Brief) -> Iterator[Change]:
    for factor, words in ((_FACTOR, "tenfold"), (1 / _FACTOR, "a tenth of the")):
        yield Change("load", f"{words} load", _times(factor, factor))
        if brief.load.open_connections is not None:
            yield Change("load.open_connections", f"{words} open connections", _times(1, factor))
    if brief.load.later is not None:
        yield Change("load.later", "no growth", lambda brief: replace(brief, load=replace(brief.load, later=None)))


def _times(rate: float, sockets: float) -> Callable[[Brief], Brief]:
    return lambda brief: replace(brief, load=_loaded(brief.load, rate, sockets))


def _loaded(load: Load, rate: float, sockets: float) -> Load:
    return Load(
        requests_per_second=None if load.requests_per_second is None else load.requests_per_second * rate,
        open_connections=None if load.open_connections is None else int(load.open_connections * sockets),
        later=None if load.later is None else _loaded(load.later, rate, sockets),
    )


def _dropped(brief: Brief) -> Iterator[Change]:
    """Loosen every policy and must by itself; a need at level 3 is among the needs."""
    if brief.policy.allow is not None:
        yield Change("policy.allow", "the organisation allows every framework", lambda brief: relaxed(brief, ("policy.allow",)))
    for name in brief.policy.forbid:
        yield Change("policy.forbid", f"{name} is not forbidden", _loosened(f"policy.forbid {name}"))
    for must in brief.musts:
        if must.level == "must":
            yield Change(f"must.{must.id}", f"must {must.id} is a wish only", _loosened(f"must {must.id}"))
    for part, name in brief.incumbent.items():
        yield Change(f"incumbent.{part}", f"nothing exists of {part}, not {name}", _without_incumbent(part))


def _loosened(name: str) -> Callable[[Brief], Brief]:
    return lambda brief: relaxed(brief, (name,))


def _without_incumbent(part: str) -> Callable[[Brief], Brief]:
    def apply(brief: Brief) -> Brief:
        return replace(brief, incumbent={name: old for name, old in brief.incumbent.items() if name != part})

    return apply


def _answers(brief: Brief) -> Iterator[Change]:
    for question, possible in ANSWERS.items():
        was = brief.answers.get(question)
        for answer in possible:
            if answer != was:
                yield Change(f"answers.{question}", f"{question} is {answer}, not {_said(was)}", _answered(question, answer))


def _answered(question: str, answer: int | str) -> Callable[[Brief], Brief]:
    return lambda brief: replace(brief, answers=brief.answers | {question: answer})


def _priorities(brief: Brief) -> Iterator[Change]:
    """Put each axis in the first place, the others behind it in the order they had."""
    ordered = [brief.priorities[place] for place in PLACES if place in brief.priorities]
    for axis in AXES:
        if ordered[:1] != [axis]:
            yield Change("priorities.first", f"{axis} comes first", _first(axis))


def _first(axis: str) -> Callable[[Brief], Brief]:
    def apply(brief: Brief) -> Brief:
        ordered = [brief.priorities[place] for place in PLACES if place in brief.priorities]
        places = dict(zip(PLACES, (axis, *(other for other in ordered if other != axis)), strict=False))
        kept = {key: value for key, value in brief.priorities.items() if key not in PLACES}
        return replace(brief, priorities=kept | places)

    return apply
