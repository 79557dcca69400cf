"""What a part on SQLAlchemy needs to share tables with Django: a column type, and database refusals that can be read.

Django keeps moments in SQLite as text in UTC without an offset and leaves out zero microseconds
(``DatabaseOperations.adapt_datetimefield_value``); SQLAlchemy's own type would write other bytes for the same moment, and
a comparison of the texts would then tell equal moments apart.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from sqlalchemy import DateTime, Dialect, TypeDecorator
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import IntegrityError

__all__ = ["UtcDateTime", "Violation", "violation"]

Rule = Literal["unique", "reference", "other"]

_SQLITE_RULES: dict[str, Rule] = {
    "SQLITE_CONSTRAINT_UNIQUE": "unique",
    "SQLITE_CONSTRAINT_PRIMARYKEY": "unique",
    "SQLITE_CONSTRAINT_FOREIGNKEY": "reference",
}
# PostgreSQL, appendix A "Error Codes", class 23; 23001 is what RESTRICT raises.
_POSTGRESQL_RULES: dict[str, Rule] = {"23505": "unique", "23503": "reference", "23001": "reference"}
_SQLITE_COLUMNS = re.compile(r"failed: (.+)$")
_POSTGRESQL_COLUMNS = re.compile(r"\(([^()]+)\)=")


class _TextOfMoment(sqlite.DATETIME):
    """SQLite's text form, written the way Django writes it."""

    def bind_processor(self, dialect: Dialect) -> Any:  # noqa: ARG002  the signature is SQLAlchemy's
        """Give the function that writes a moment."""
        return lambda value: None if value is None else str(value)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: aware datetimes in UTC on the Python side, byte for byte what Django stores in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Choose the column's type for one database."""
        text = _TextOfMoment()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves this constructor untyped
        return dialect.type_descriptor(text if dialect.name == "sqlite" else DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Bring a moment to UTC. Raises ValueError for one without a zone: its instant would be a guess."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone; a moment needs one")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  SQLAlchemy's signature
        """Give the moment in UTC, whatever zone the connection talks in."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of the database that a statement broke. columns: the ones it named, () when it named none."""

    rule: Rule
    columns: tuple[str, ...] = ()


def violation(error: IntegrityError) -> Violation:
    """Say which rule an IntegrityError is about, the same for SQLite and PostgreSQL."""
    cause = error.orig
    name = getattr(cause, "sqlite_errorname", None)
    if name is not None:
        rule = _SQLITE_RULES.get(name, "other")
        return Violation(rule, _columns(_SQLITE_COLUMNS.search(str(cause))) if rule == "unique" else ())
    rule = _POSTGRESQL_RULES.get(getattr(cause, "sqlstate", None) or "", "other")
    detail = getattr(getattr(cause, "diag", None), "message_detail", None) or ""
    return Violation(rule, _columns(_POSTGRESQL_COLUMNS.search(detail)))


def _columns(found: re.Match[str] | None) -> tuple[str, ...]:
    """Split ``office_shop.name, office_shop.town`` or ``name, town`` into plain column names."""
    return () if found is None else tuple(name.strip().rpartition(".")[2].strip('"') for name in found[1].split(","))
