"""The published table that turns levels of team, load and horizon into the figures of a brief."""

from dataclasses import dataclass
from importlib.resources import files

from groundplan.catalogue.reading import build, read

__all__ = ["Levels", "levels"]


@dataclass(frozen=True, slots=True)
class _Sizes:
    solo: int
    small: int
    medium: int
    large: int


@dataclass(frozen=True, slots=True)
class _Figures:
    levels: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Levels:
    """engineers, teams: by size of the team. The others: figure for level 0 to 3, in the unit of their name."""

    engineers: _Sizes
    teams: _Sizes
    requests_per_second: _Figures
    open_connections: _Figures
    years: _Figures
    turnover: _Figures


def levels() -> Levels:
    """Give the table that ships with Groundplan."""
    return build(Levels, read(files("groundplan.backtest") / "data" / "levels.toml"), "levels.toml")
