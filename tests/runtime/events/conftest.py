"""What the tests of events share: databases with the tables, and a clean wiring."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from groundplan_runtime.database import Database, open_database
from groundplan_runtime.events.doorbell import Wiring, wire
from runtime.events.services import ValkeyServer, fresh_postgresql, fresh_sqlite, postgresql_server, valkey_server


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return fresh_sqlite(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return fresh_sqlite(tmp_path) if request.param == "sqlite" else fresh_postgresql(request.getfixturevalue("postgresql"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    opened = open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


@pytest.fixture(autouse=True)
def unwired() -> Iterator[None]:
    """Writers of this process neither need a project's settings nor fill an outbox, unless a test says so."""
    wire(Wiring())
    yield
    wire(None)


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    return fresh_postgresql(postgresql)
