"""What the tests of the gateway share: databases, Redis, and a running house."""

from collections.abc import Iterator

import pytest

from runtime.events.fixtures import postgresql, postgresql_url, redis, shared_valkey, sqlite_url, unwired, valkey
from runtime.gateway.harness import House, house

__all__ = ["postgresql", "postgresql_url", "redis", "shared_valkey", "sqlite_url", "unwired", "valkey"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture
def served(sqlite_url: str) -> Iterator[House]:
    """A gateway that follows the database log."""
    with house(sqlite_url) as running:
        yield running
