"""Each guarantee of the gateway holds, and a gateway with one piece built wrongly is caught by the same scenario."""

import inspect
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from faults.cuts import guarantees, twins
from faults.cuts.stage import Stage
from faults.cuts.watching import BrokenError

ROWS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("guarantees.toml").read_text(encoding="utf-8"))["guarantee"]
SCENARIOS = {row["scenario"]: row for row in ROWS}


@pytest.fixture
def stage(request: pytest.FixtureRequest, sqlite_url: str) -> Stage:
    row = request.getfixturevalue("row")
    return Stage(sqlite_url, request.getfixturevalue("valkey") if row.get("valkey") else None)


@pytest.mark.parametrize("row", SCENARIOS.values(), ids=list(SCENARIOS))
async def test_the_gateway_keeps(stage: Stage, row: dict[str, Any]) -> None:
    await getattr(guarantees, row["scenario"])(stage)


@pytest.mark.faults
@pytest.mark.parametrize("row", ROWS, ids=[row["twin"].replace(" ", "-") for row in ROWS])
async def test_a_twin_is_caught_that(stage: Stage, row: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    place, _, name = row["place"].partition(":")
    monkeypatch.setattr(_found(place), name, getattr(twins, row["piece"]))
    with pytest.raises(BrokenError) as broken:
        await getattr(guarantees, row["scenario"])(stage)
    print(f"{row['twin']}: {broken.value}")


def test_every_scenario_and_every_twin_stands_in_the_table() -> None:
    told = {
        name
        for name, found in inspect.getmembers(guarantees, inspect.iscoroutinefunction)
        if "stage" in inspect.signature(found).parameters
    }
    assert told == set(SCENARIOS)
    assert {row["piece"] for row in ROWS} == {
        name for name, found in vars(twins).items() if getattr(found, "__module__", "") == twins.__name__
    }


def _found(place: str) -> Any:
    """Give a module, or a class in one."""
    module, _, last = place.rpartition(".")
    return getattr(import_module(module), last) if last[0].isupper() else import_module(place)
