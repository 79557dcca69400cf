"""The files of ``facts/``: what is stated about one subject, each statement once with the values it had before."""

from dataclasses import field

from groundplan.catalogue.model import Fact
from groundplan.catalogue.words import Grade
from groundplan.records import dataclass

__all__ = ["FactPage", "facts"]


@dataclass(frozen=True, slots=True)
class _Statement:
    """A fact as it is written down. earlier: ISO date -> value then, by the same source, place and grade."""

    id: str
    value: float | str
    unit: str
    source: str
    where: str
    date: str
    grade: Grade
    conditions: str = ""
    note: str = ""
    since: str = ""
    expires: str = ""
    earlier: dict[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FactPage:
    """One file of ``facts/``. layer: whether the subject is only known as what others stand on."""

    subject: str
    fact: tuple[_Statement, ...]
    layer: bool = False


def facts(page: FactPage) -> tuple[Fact, ...]:
    """Give the facts of a page, earlier values of a statement before the one that stands now."""
    return tuple(fact for statement in page.fact for fact in (*_earlier(page.subject, statement), _now(page.subject, statement)))


def _now(subject: str, told: _Statement) -> Fact:
    return Fact(
        subject=subject,
        id=told.id,
        value=told.value,
        unit=told.unit,
        source=told.source,
        where=told.where,
        date=told.date,
        grade=told.grade,
        conditions=told.conditions,
        note=told.note,
        since=told.since,
        expires=told.expires,
    )


def _earlier(subject: str, told: _Statement) -> list[Fact]:
    """Give what held before. The note tells how today's value comes about, and is left out."""
    return [
        Fact(subject, told.id, value, told.unit, told.source, told.where, date, told.grade, told.conditions)
        for date, value in sorted(told.earlier.items())
    ]
