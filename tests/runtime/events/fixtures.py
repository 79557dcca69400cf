"""Fixtures of every suite that has events: databases with the tables, Redis, and a clean wiring. Imported by their conftest.py."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from groundplan_runtime.events import redis_keys
from groundplan_runtime.events.doorbell import Wiring, wire
from runtime.events.services import ValkeyServer, fresh_postgresql, fresh_sqlite, postgresql_server, valkey_server

__all__ = ["postgresql", "postgresql_url", "redis", "shared_valkey", "sqlite_url", "unwired", "valkey"]


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


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


@pytest.fixture(scope="module")
def shared_valkey() -> Iterator[ValkeyServer]:
    with valkey_server() as server:
        yield server


@pytest.fixture
async def redis(shared_valkey: ValkeyServer) -> AsyncIterator[Any]:
    """A client of the shared server, emptied before."""
    client = redis_keys.connect(shared_valkey.url)
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture(autouse=True)
def unwired() -> Iterator[None]:
    """Writers of this process neither need a project's settings nor fill an outbox, unless a test says so."""
    wire(Wiring())
    yield
    wire(None)
