"""Moments in tables that Django and SQLAlchemy share."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, insert, select, text
from sqlalchemy.exc import StatementError

from groundplan_runtime.adapters.sqlalchemy_tables import UtcDateTime

moments = Table("moments", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime))
INDIA = timezone(timedelta(hours=5, minutes=30))


@pytest.fixture
def engine() -> Engine:
    engine = create_engine("sqlite://")
    moments.metadata.create_all(engine)
    return engine


@pytest.mark.parametrize(
    ("moment", "stored"),
    [
        (datetime(2026, 3, 1, 9, 30, tzinfo=UTC), "2026-03-01 09:30:00"),
        (datetime(2026, 3, 1, 9, 30, 0, 500, tzinfo=UTC), "2026-03-01 09:30:00.000500"),
        (datetime(2026, 3, 1, 2, 0, tzinfo=INDIA), "2026-02-28 20:30:00"),
    ],
)
def test_sqlite_holds_the_text_that_django_writes(engine: Engine, moment: datetime, stored: str) -> None:
    with engine.begin() as connection:
        connection.execute(insert(moments).values(at=moment))
        assert connection.scalar(text("SELECT at FROM moments")) == stored
        told = connection.scalar(select(moments.c.at))
    assert told == moment
    assert told is not None
    assert told.tzinfo is UTC


def test_no_moment_stays_none(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(insert(moments).values(at=None))
        assert connection.execute(select(moments.c.at)).scalar_one() is None


def test_a_moment_without_a_zone_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 3, 1)  # noqa: DTZ001 - a moment without a zone is what is shown
    with engine.begin() as connection, pytest.raises(StatementError, match="no time zone"):
        connection.execute(insert(moments).values(at=naive))
