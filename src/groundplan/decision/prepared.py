"""What every question about a brief starts from: its situation, what survives screening, and the scale that reads it."""

from collections.abc import Collection, Mapping
from dataclasses import replace

from groundplan.brief.model import Brief
from groundplan.catalogue.model import Catalogue
from groundplan.catalogue.words import Interface
from groundplan.decision.scoring import Scale
from groundplan.decision.screening import Sieve, screen
from groundplan.decision.situation import day, situation
from groundplan.decision.whole import Layout, layouts
from groundplan.records import dataclass

__all__ = ["Only", "Prepared", "prepared"]

Only = Mapping[str, Collection[str]]
"""Part -> frameworks it may have; parts that are not named may have any."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A brief, screened. The scale remembers what it has read, so whoever asks later finds it read."""

    scale: Scale
    sieve: Sieve
    layouts: list[Layout]


_Asked = tuple[Brief, Catalogue, str]
_last: list[tuple[_Asked, Prepared]] = []


def prepared(brief: Brief, catalogue: Catalogue, as_of: str, only: Only | None = None) -> Prepared:
    """Screen a brief as of an ISO date. Of the very same values, asked for twice in a row, the first answer is given again.

    So a decision and what would change it share their readings. Briefs and catalogues never change, so the answer cannot be stale.
    """
    if only:
        return _prepared(brief, catalogue, as_of, only)
    for asked, known in _last:
        if asked[0] is brief and asked[1] is catalogue and asked[2] == as_of:
            return known
    found = _prepared(brief, catalogue, as_of, {})
    _last[:] = [((brief, catalogue, as_of), found)]
    return found


def _prepared(brief: Brief, catalogue: Catalogue, as_of: str, only: Only) -> Prepared:
    view = situation(brief, catalogue.at(day(as_of)), as_of)
    sieve = _narrowed(screen(view), only)
    return Prepared(Scale(view), sieve, layouts(view, _usable_servers(sieve)))


def _narrowed(sieve: Sieve, only: Only) -> Sieve:
    """Keep the stacks on the frameworks that a part may have."""
    kept = tuple(
        tuple(option for option in options if option.framework.name in only.get(option.part, (option.framework.name,)))
        for options in sieve.options
    )
    return replace(sieve, options=kept)


def _usable_servers(sieve: Sieve) -> dict[Interface, tuple[str, ...]]:
    """Name the servers that are left for each interface."""
    return {interface: tuple(server.name for server in servers) for interface, servers in sieve.servers.items()}
