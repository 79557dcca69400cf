"""Processes die at random moments, Redis forgets, databases go back: what was committed is heard, once, in order, and no more."""

from pathlib import Path

import pytest

from faults.crashes import tally, truth
from faults.crashes.databases import Database, PostgreSQL, SQLite
from faults.crashes.schedule import CHANNELS, Schedule, draw
from faults.crashes.seeds import BASE, SCHEDULES, may_begin, replay
from faults.crashes.world import World, world

pytestmark = pytest.mark.faults


@pytest.mark.parametrize("place", range(SCHEDULES))
async def test_what_was_committed_is_heard_and_nothing_else(place: int, folder: Path, request: pytest.FixtureRequest) -> None:
    """After crashes alone every event is heard once and in order; after a database was put back everybody shows its state."""
    if not may_begin(place):
        pytest.skip("FAULTS_MINUTES are over")
    schedule = draw(BASE + place)
    with world(schedule, database_of(schedule, folder, request), folder) as played:
        await played.play()
        tally.add(played)
        assert not [*wrong_as_heard(played), *wrong_in_redis(played)], story(played)


def database_of(schedule: Schedule, folder: Path, request: pytest.FixtureRequest) -> Database:
    if schedule.database == "sqlite":
        return SQLite(folder)
    return PostgreSQL(request.getfixturevalue("postgresql"), folder)


def wrong_as_heard(played: World) -> list[str]:
    """Name what was heard and should not, or should and was not."""
    url, told = played.database.url, played.told
    heard = [observer.heard for observer in played.observers]
    if played.schedule.puts_back:
        return [problem for one in heard for problem in truth.wrong_after_put_back(url, one, told.doomed)]
    return [problem for one in heard for problem in truth.wrong_after_crashes(url, one, told.doomed, told.done)]


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
