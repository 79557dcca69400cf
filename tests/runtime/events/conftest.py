"""What the tests of events share: databases with the tables, and a clean wiring."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from groundplan_runtime.database import Database, open_database
from runtime.events.fixtures import postgresql, postgresql_url, redis, shared_valkey, sqlite_url, unwired, valkey
from runtime.events.services import fresh_postgresql, fresh_sqlite

__all__ = ["postgresql", "postgresql_url", "redis", "shared_valkey", "sqlite_url", "unwired", "valkey"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_sqlite(tmp_path) if request.param == "sqlite" else fresh_postgresql(request.getfixturevalue("postgresql"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = open_database(url)
    yield opened
    await opened.close()
