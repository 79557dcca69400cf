"""Five rivals: two constants, today's rank, a rule about years, and this method with equal weights."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.resources import files
from statistics import median_high

from groundplan.backtest.model import WORKER, Asked
from groundplan.backtest.translating import decided_on
from groundplan.catalogue.model import Catalogue
from groundplan.catalogue.reading import build, read

__all__ = ["baselines", "equal_weights"]


@dataclass(frozen=True, slots=True)
class _YearRule:
    year: int
    central_at: int


@dataclass(frozen=True, slots=True)
class _Baselines:
    rank: dict[str, int]
    year_rule: _YearRule


def baselines(catalogue: Catalogue) -> dict[str, Callable[[Asked], str]]:
    """Give name -> a function that names the main framework of a case."""
    told = build(_Baselines, read(files("groundplan.backtest") / "data" / "baselines.toml"), "baselines.toml")
    return {
        "always_django": lambda _asked: "django",
        "always_fastapi": lambda _asked: "fastapi",
        "rank_of_today": lambda asked: _first_ranked(asked, catalogue, told.rank),
        "year_rule": lambda asked: _by_year(asked, told.year_rule),
    }


def _first_ranked(asked: Asked, catalogue: Catalogue, rank: dict[str, int]) -> str:
    """Name the most downloaded of today among the frameworks that existed."""
    existed = [framework.name for framework in catalogue.at(decided_on(asked)).frameworks]
    return min((name for name in existed if name in rank), key=lambda name: rank[name])


def _by_year(asked: Asked, rule: _YearRule) -> str:
    if asked.year >= rule.year:
        return "fastapi"
    levels = [part.needs.get("relational_data") or 0 for part in asked.parts if part.kind != WORKER]
    return "django" if median_high(levels or [0]) >= rule.central_at else "flask"


def equal_weights(catalogue: Catalogue) -> Catalogue:
    """Give the catalogue in which every criterion counts the same whatever the brief says of it."""
    criteria = tuple(replace(criterion, points=1.0, driver=None) for criterion in catalogue.criteria)
    method = replace(catalogue.method, axes=dict.fromkeys(catalogue.method.axes, 25.0), shift=())
    return replace(catalogue, criteria=criteria, method=method)
