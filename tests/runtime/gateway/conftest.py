"""What the tests of the gateway share: databases, Redis, and a running house."""

from collections.abc import Iterator

import pytest

from groundplan_runtime.gateway import Limits
from runtime.events.fixtures import postgresql, postgresql_url, redis, shared_valkey, sqlite_url, unwired, valkey
from runtime.gateway.apps import APPS
from runtime.gateway.harness import House, house

FEW = Limits(
    queue_frames=20, frame_bytes=200, frames_per_second=2, subscriptions=1, sockets_per_user=2, connections=3, ring_frames=10,
    replay_most=300, replay_page=7,
)  # fmt: skip
__all__ = ["postgresql", "postgresql_url", "redis", "shared_valkey", "sqlite_url", "unwired", "valkey"]


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


@pytest.fixture(params=APPS)
def any_house(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[House]:
    """A gateway behind each framework that there is an adapter for."""
    with house(sqlite_url, framework=request.param) as running:
        yield running


@pytest.fixture
def small(sqlite_url: str) -> Iterator[House]:
    """A house with limits that a test can reach."""
    with house(sqlite_url, limits=FEW) as running:
        yield running


@pytest.fixture
def served(sqlite_url: str) -> Iterator[House]:
    """A gateway that follows the database log."""
    with house(sqlite_url) as running:
        yield running
