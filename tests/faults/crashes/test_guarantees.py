"""Each guarantee of the table holds, and its twin, which is wrong on purpose, is caught by the very same scenario."""

import itertools
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from faults.crashes import log_side, relay_side, write_side
from faults.crashes.ground import Ground, ground
from groundplan_runtime.events.doorbell import Wiring, wire
from runtime.events.services import ValkeyServer, fresh_postgresql, fresh_sqlite, valkey_server

SCENARIOS: dict[str, Callable[..., Awaitable[list[str]]]] = {
    name: getattr(module, name) for module in (write_side, relay_side, log_side) for name in module.__all__
}
ROWS = tomllib.loads(Path(__file__).with_name("guarantees.toml").read_text(encoding="utf-8"))["guarantee"]
NAMES = [row["scenario"] for row in ROWS]


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    with valkey_server() as running:
        yield running


@pytest.fixture
async def place(folder: Path, server: ValkeyServer, request: pytest.FixtureRequest) -> AsyncIterator[Ground]:
    numbers = itertools.count()

    def sqlite() -> str:
        below = folder / str(next(numbers))
        below.mkdir()
        return fresh_sqlite(below)

    wire(Wiring(outbox=True))
    async with ground(sqlite, lambda: fresh_postgresql(request.getfixturevalue("postgresql")), server) as made:
        yield made
    wire(None)


@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
async def test_the_guarantee_holds(name: str, place: Ground) -> None:
    assert await SCENARIOS[name](place, wrong=False) == []


@pytest.mark.faults
@pytest.mark.parametrize("name", NAMES)
async def test_its_twin_is_caught(name: str, place: Ground) -> None:
    assert await SCENARIOS[name](place, wrong=True) != []


def test_every_scenario_stands_in_the_table() -> None:
    assert sorted(NAMES) == sorted(SCENARIOS)
