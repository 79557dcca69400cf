"""Whether every statement of the catalogue can be traced and is still to be relied on."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from groundplan.catalogue.model import Catalogue, Fact
from groundplan.errors import Problem

__all__ = ["expired", "gaps", "traced"]

_TRACED = {
    "source": ("who says so", 'add source = "…"'),
    "date": ("when it was said", 'add date = "2026-11-22"'),
    "unit": ("what its value is counted in", 'add unit = "…"'),
    "grade": ("how far it can be trusted", "add grade, one of A, B, C, D"),
}
"""Key that every fact must have -> what it tells, and the remedy."""


def gaps(table: dict[str, Any], place: str) -> Iterator[Problem]:
    """Find every fact of a file's table that leaves out who says so, when, in which unit or how surely."""
    for number, fact in enumerate(_facts(table)):
        yield from _missing(fact, f"{place}.fact[{number}] {fact.get('id', '')}".rstrip())


def traced(table: dict[str, Any]) -> dict[str, Any]:
    """Give a file's table without the facts that ``gaps`` names."""
    return table | {"fact": [fact for fact in _facts(table) if not list(_missing(fact, ""))]}


def _facts(table: dict[str, Any]) -> list[dict[str, Any]]:
    return [fact for fact in table.get("fact", ()) if isinstance(fact, dict)]


def _missing(fact: dict[str, Any], place: str) -> Iterator[Problem]:
    for key, (tells, remedy) in _TRACED.items():
        if not fact.get(key):
            yield Problem(place, f"no {key}", f"must say {tells}", remedy)


def expired(catalogue: Catalogue, as_of: dt.date) -> Iterator[Problem]:
    """Find every fact that counts on a day and is past its own end, or older than the method allows."""
    day = as_of.isoformat()
    for fact in catalogue.at(as_of).facts:
        last = _last_day(fact, catalogue.method.stale_days)
        if last < day:
            place = f"{fact.subject}.{fact.id}"
            said = f"of {fact.date} ({fact.source})"
            yield Problem(place, said, f"has been expired since {last}", "look it up again and date it anew")


def _last_day(fact: Fact, days: int) -> str:
    return fact.expires or (dt.date.fromisoformat(fact.date) + dt.timedelta(days=days)).isoformat()
