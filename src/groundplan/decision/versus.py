"""The team's favourite against the recommendation: the best that can be built with it, and what that loses or gains."""

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, permutations

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.decision.again import alike, first
from groundplan.decision.model import Decision, Rated, ScreenedOut
from groundplan.decision.screening import screen
from groundplan.decision.situation import day, situation
from groundplan.errors import InputError, NoArchitectureError, Problem
from groundplan.records import dataclass
from groundplan.spelling import nearest

__all__ = ["Difference", "Versus", "favourites", "versus"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One criterion on which the favourite and the recommendation differ.

    gained: weighted value, below 0 where the favourite loses. favourite, recommended: the readings in words.
    """

    criterion: str
    title: str
    axis: str
    gained: float
    favourite: str
    recommended: str


@dataclass(frozen=True, slots=True)
class Versus:
    """The favourite held against the recommendation. favourite: the best with it on every part it can serve; None: on none.

    gained: value of the favourite less that of the recommendation. same: whether the recommendation is just that. differences:
    largest loss first, then gains, largest last. unable: why parts cannot have it.
    """

    names: tuple[str, ...]
    recommended: Rated
    favourite: Rated | None
    gained: float | None
    same: bool
    differences: tuple[Difference, ...]
    unable: tuple[ScreenedOut, ...]


def favourites(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """Give the frameworks of ``NAME`` or ``NAME+NAME``. Raises InputError, with the nearest spelling, for any other name."""
    known = [framework.name for framework in catalogue.frameworks]
    names = tuple(dict.fromkeys(name.strip().lower() for name in text.split("+")))
    for name in names:
        if name not in known:
            near = nearest(name, known)
            remedy = f"write {near!r}" if near else f"write one of {', '.join(known)}"
            raise InputError(str(Problem("--versus", repr(name), "is no framework of the catalogue", remedy)))
    return names


def versus(brief: Brief, catalogue: Catalogue, decision: Decision, names: Sequence[str]) -> Versus:
    """Hold the best architecture on the named frameworks against a decision of the same brief and catalogue.

    With one name, it serves every part that it can serve; with several, as many of them as possible serve a part, and no part
    that any of them can serve is on something else.
    """
    can = _can(brief, catalogue, decision.as_of, names)
    found = _best(brief, catalogue, decision.as_of, can)
    chosen = decision.chosen
    return Versus(
        names=tuple(names),
        recommended=chosen,
        favourite=found,
        gained=None if found is None else found.value - chosen.value,
        same=found is not None and alike(found.architecture, chosen.architecture),
        differences=() if found is None else _differences(found, chosen, catalogue),
        unable=tuple(dict.fromkeys(_unable(decision, can, names))),
    )


def _can(brief: Brief, catalogue: Catalogue, as_of: str, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Give part -> those of the named frameworks that survive screening for it."""
    view = situation(brief, catalogue.at(day(as_of)), as_of)
    left = [{option.framework.name for option in options} for options in screen(view).options]
    return {part.name: tuple(name for name in names if name in kept) for part, kept in zip(view.parts, left, strict=True)}


def _best(brief: Brief, catalogue: Catalogue, as_of: str, can: dict[str, tuple[str, ...]]) -> Rated | None:
    """Give the best architecture in which as many of the names as possible serve a part."""
    serving = tuple(dict.fromkeys(name for able in can.values() for name in able))
    for size in range(len(serving), 0, -1):
        pinned = (pins for names in combinations(serving, size) for pins in _pinned(names, can))
        found = [rated for pins in pinned if (rated := _with(brief, catalogue, as_of, can, pins))]
        if found:
            return max(found, key=lambda rated: rated.value)
    return None


def _pinned(names: Sequence[str], can: dict[str, tuple[str, ...]]) -> Iterator[dict[str, str]]:
    """Give every way to give each name a part of its own."""
    for parts in permutations(can, len(names)):
        pins = dict(zip(parts, names, strict=True))
        if all(name in can[part] for part, name in pins.items()):
            yield pins


def _with(brief: Brief, catalogue: Catalogue, as_of: str, can: dict[str, tuple[str, ...]], pins: dict[str, str]) -> Rated | None:
    """Give the best architecture with some parts pinned, the others on any of the names that can serve them."""
    only = {part: (pins[part],) if part in pins else able for part, able in can.items() if able}
    try:
        return first(brief, catalogue, as_of, only)
    except NoArchitectureError:
        return None


def _differences(found: Rated, chosen: Rated, catalogue: Catalogue) -> tuple[Difference, ...]:
    titles = {criterion.id: criterion.title for criterion in catalogue.criteria}
    ours = {one.criterion: one for one in chosen.contributions}
    rows = [
        Difference(one.criterion, titles[one.criterion], one.axis, gained, one.evidence, ours[one.criterion].evidence)
        for one in found.contributions
        if (gained := one.weight * (one.value - ours[one.criterion].value))
    ]
    return tuple(sorted(rows, key=lambda row: row.gained))


def _unable(decision: Decision, can: dict[str, tuple[str, ...]], names: Sequence[str]) -> Iterator[ScreenedOut]:
    """Give what took the favourites out: of the parts that none of them can serve, and of every part where one can serve none."""
    serving = {name for able in can.values() for name in able}
    for part, able in can.items():
        for name in names:
            if name not in able and (not able or name not in serving):
                rows = (
                    row for row in decision.screened_out if row.part in {part, "every part"} and row.stack.split(" ")[0] == name
                )
                yield from islice(rows, 1)
