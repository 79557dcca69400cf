"""What a part on SQLAlchemy needs to share tables with Django: the column type for moments.

Django keeps moments in SQLite as text in UTC without an offset and leaves out zero microseconds
(``DatabaseOperations.adapt_datetimefield_value``); SQLAlchemy's own type would write other bytes for the same moment, and
a comparison of the texts would then tell equal moments apart.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, TypeDecorator
from sqlalchemy.dialects import sqlite

__all__ = ["UtcDateTime"]


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
