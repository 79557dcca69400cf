"""What was asked in a case, as a brief: by the published table and nothing else."""

import datetime as dt
from collections.abc import Iterable

from groundplan.backtest.levels import Levels
from groundplan.backtest.model import WORKER, Asked
from groundplan.brief.model import Brief, Horizon, Kind, Load, Part, Team

__all__ = ["brief_of", "decided_on"]


def decided_on(asked: Asked) -> dt.date:
    """Give the last day of the year of the decision."""
    return dt.date(asked.year, 12, 31)


def brief_of(asked: Asked, levels: Levels, frameworks: Iterable[str] = ()) -> Brief:
    """Give the brief of a case. It has no name, no summary and no text: nothing of a famous product is in it.

    frameworks: those of the catalogue. A case names what its team is shown to know; of all others it says nothing.
    """
    return Brief(
        name="case",
        summary="",
        parts=tuple(Part(part.name, Kind(part.kind), 1 / len(asked.parts), dict(part.needs)) for part in asked.parts),
        team=_team(asked, levels, frameworks),
        horizon=Horizon(
            years=int(levels.years.levels[asked.horizon["longevity"]]),
            turnover=int(levels.turnover.levels[asked.horizon["contributor_turnover"]]),
        ),
        load=Load(
            requests_per_second=levels.requests_per_second.levels[asked.performance["throughput"]],
            open_connections=int(levels.open_connections.levels[asked.performance["concurrent_connections"]]),
        ),
        incumbent=_incumbent(asked),
        answers=dict(asked.answers),
        source="case",
    )


def _team(asked: Asked, levels: Levels, frameworks: Iterable[str]) -> Team:
    engineers: int = getattr(levels.engineers, asked.size)
    shipped: dict[str, int | None] = dict.fromkeys(asked.known, engineers)
    if shipped:
        shipped |= {name: None for name in frameworks if name not in shipped}
    return Team(engineers=engineers, teams=getattr(levels.teams, asked.size), shipped=shipped)


def _incumbent(asked: Asked) -> dict[str, str]:
    """Give part -> framework of today where there is existing code, for the parts that serve HTTP. The answers say what stays."""
    if not asked.known or asked.answers.get("existing_code") in {None, "none"}:
        return {}
    return {part.name: asked.known[0] for part in asked.parts if part.kind != WORKER}
