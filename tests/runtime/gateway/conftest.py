"""What the tests of the gateway share: databases, Redis, and a running house."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan_runtime.events.doorbell import Wiring, wire
from runtime.events.services import ValkeyServer, fresh_postgresql, fresh_sqlite, postgresql_server, valkey_server
from runtime.gateway.harness import House, house


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return fresh_sqlite(tmp_path)


@pytest.fixture
def postgresql_url(postgresql: str) -> str:
    return fresh_postgresql(postgresql)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


@pytest.fixture
def served(sqlite_url: str) -> Iterator[House]:
    """A gateway that follows the database log."""
    with house(sqlite_url) as running:
        yield running


@pytest.fixture(autouse=True)
def unwired() -> Iterator[None]:
    """Writers of this process neither need a project's settings nor fill an outbox, unless a test says so."""
    wire(Wiring())
    yield
    wire(None)
