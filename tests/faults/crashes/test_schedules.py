"""Processes die at random moments, Redis forgets, databases go back: what was committed is heard once, in order, and no more."""

from pathlib import Path

import pytest

from faults.crashes import tally, truth
from faults.crashes.databases import Database, PostgreSQL, SQLite
from faults.crashes.schedule import CHANNELS, Schedule, draw_crashes, draw_put_back
from faults.crashes.seeds import BASE, SCHEDULES, replay
from faults.crashes.world import World, world

pytestmark = pytest.mark.faults
PUT_BACK = max(1, SCHEDULES // 4)


@pytest.mark.parametrize("place", range(SCHEDULES - PUT_BACK) if SCHEDULES > 1 else range(1))
async def test_every_committed_event_is_heard_once_and_in_order_whoever_dies(
    place: int, folder: Path, request: pytest.FixtureRequest
) -> None:
    schedule = draw_crashes(BASE + place)
    with world(schedule, database_of(schedule, folder, request), folder) as played:
        await played.play()
        tally.add(played)
        told = played.told
        problems = [
            problem
            for observer in played.observers
            for problem in truth.wrong_after_crashes(played.database.url, observer.heard, told.doomed, told.done)
        ]
        assert not [*problems, *wrong_in_redis(played)], story(played)


@pytest.mark.parametrize("place", range(PUT_BACK))
async def test_a_database_that_was_put_back_leaves_everybody_with_its_state(
    place: int, folder: Path, request: pytest.FixtureRequest
) -> None:
    schedule = draw_put_back(BASE + place)
    with world(schedule, database_of(schedule, folder, request), folder) as played:
        await played.play()
        tally.add(played)
        problems = [
            problem
            for observer in played.observers
            for problem in truth.wrong_after_put_back(played.database.url, observer.heard, played.told.doomed)
        ]
        assert not [*problems, *wrong_in_redis(played)], story(played)


def database_of(schedule: Schedule, folder: Path, request: pytest.FixtureRequest) -> Database:
    if schedule.database == "sqlite":
        return SQLite(folder)
    return PostgreSQL(request.getfixturevalue("postgresql"), folder)


def wrong_in_redis(played: World) -> list[str]:
    """Name what Redis holds and should not."""
    if played.valkey is None:
        return []
    committed = truth.log(played.database.url)
    mixed = [one for one in CHANNELS if not truth.same_past(played.carried(one), committed.get(one, []))]
    waiting = played.pending()
    return [f"{channel}: Redis mixes two pasts" for channel in mixed] + [f"{waiting} events were never carried"] * bool(waiting)


def story(played: World) -> str:
    """Tell what happened, and how to have it happen again."""
    return f"replay: {replay(played.schedule.seed)}\n{played.schedule}\n" + "\n".join(played.events) + "\n" + played.output()
