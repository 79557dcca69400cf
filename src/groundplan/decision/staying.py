"""What stays: the best architecture that keeps today's frameworks, and the best that moves one part away from its own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from groundplan.decision.model import Staying
from groundplan.decision.options import Option
from groundplan.decision.scoring import Scale
from groundplan.decision.screening import EVERYWHERE, Sieve
from groundplan.decision.searching import Found, best
from groundplan.decision.whole import Layout
from groundplan.records import dataclass

__all__ = ["Stay", "beside", "look", "placed", "staying"]

Options = tuple[tuple[Option, ...], ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """One of the two. part: the one that moves. found: None when there is no such architecture; why: what is against it then."""

    kind: Literal["keep and tune", "move one part"]
    part: str = ""
    found: Found | None = None
    why: str = ""


def staying(scale: Scale, sieve: Sieve, layouts: list[Layout]) -> tuple[Stay, ...]:
    """Give both where the brief names incumbents, else nothing; parts without an incumbent are free in both."""
    today = {part.name: part.incumbent for part in scale.situation.parts if part.incumbent}
    if not today:
        return ()
    stuck = [_stuck(scale, sieve, part, name) for part, name in today.items() if not _can_stay(sieve.options, part, name)]
    kept = best(scale, _with(sieve.options, today, ""), layouts, 1)
    moved = [(one, part) for part in today for one in best(scale, _with(sieve.options, today, part), layouts, 1)]
    return (_kept(kept, stuck), _moved(moved, stuck))


def _kept(found: Sequence[Found], stuck: Sequence[str]) -> Stay:
    if found:
        return Stay("keep and tune", found=found[0])
    return Stay("keep and tune", why="; ".join(stuck) or "no layout of processes holds what stays together with the rest")


def _moved(found: Sequence[tuple[Found, str]], stuck: Sequence[str]) -> Stay:
    if found:
        one, part = min(found, key=lambda pair: (-pair[0].value, pair[0].order))
        return Stay("move one part", part, one)
    more = f"more than one has to move: {'; '.join(stuck)}" if len(stuck) > 1 else "nothing else serves a part beside what stays"
    return Stay("move one part", why=more)


def _with(options: Options, today: Mapping[str, str], moving: str) -> Options:
    """Keep the stacks on today's frameworks, but for the part that moves: there the others."""
    return tuple(tuple(one for one in own if _fits(one, today.get(one.part, ""), moving)) for own in options)


def _fits(option: Option, incumbent: str, moving: str) -> bool:
    return not incumbent or (option.framework.name == incumbent) != (option.part == moving)


def _can_stay(options: Options, part: str, incumbent: str) -> bool:
    return any(one.part == part and one.framework.name == incumbent for own in options for one in own)


def _stuck(scale: Scale, sieve: Sieve, part: str, incumbent: str) -> str:
    """Say why a part cannot stay where it is."""
    known = {framework.name: framework.title for framework in scale.situation.catalogue.frameworks}
    if incumbent not in known:
        return f"{part} runs on {incumbent}, of which the catalogue knows nothing on that day"
    rows = (row for row in sieve.screened_out if row.part in {part, EVERYWHERE} and row.stack.split(" ", 1)[0] == incumbent)
    reasons = dict.fromkeys(f"{row.fact.split(' under ')[0]} ({row.constraint})" for row in rows)
    return f"{part} cannot stay on {known[incumbent]}: {', '.join(reasons) or 'it was not among those asked for'}"


def look(found: Found) -> tuple[object, ...]:
    """Give what architectures differ in that are told apart: not the interface between server and framework."""
    return (found.layout.topology, *(option.names() for option in found.options))


def beside(ranked: Sequence[Found], stays: Sequence[Stay]) -> list[Found]:
    """Give those that are not among the best: each is worth no more than they, else it would have been found."""
    found = {look(stay.found): stay.found for stay in stays if stay.found}
    best_ones = {look(one) for one in ranked}
    return [one for key, one in found.items() if key not in best_ones]


def placed(stays: Sequence[Stay], shown: Sequence[Found], apart: Sequence[Found]) -> Iterator[Staying]:
    """Give both with their places among all that is shown. apart: those shown for nothing else."""
    looks = [look(one) for one in shown]
    for stay in stays:
        place = looks.index(look(stay.found)) if stay.found else None
        behind = shown[0].value - shown[place].value if place is not None else None
        alone = place is not None and shown[place] in apart
        yield Staying(stay.kind, stay.part, place, behind, alone, stay.why)
