"""Writers in several processes: no lock error, no number missing, commit order, and no trace of what was rolled back."""

import subprocess
import sys
from pathlib import Path

import pytest

from groundplan_runtime.database import Database
from groundplan_runtime.events.read import heads, log

WRITER = Path(__file__).with_name("writer.py")


def start(kind: str, url: str, channel: str, count: int, *options: str) -> "subprocess.Popen[str]":
    command = [sys.executable, str(WRITER), kind, url, channel, str(count), *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def finish(writer: "subprocess.Popen[str]") -> list[str]:
    output, errors = writer.communicate(timeout=60)
    assert writer.returncode == 0, errors
    *ids, done = output.split()
    assert done == "done"
    return ids


async def test_four_writers_at_once_leave_no_gap_and_see_no_lock_error(url: str, database: Database) -> None:
    kinds = ["django", "django", "sqlalchemy", "async"]
    writers = [start(kind, url, "sale", 30, "--name", str(number)) for number, kind in enumerate(kinds)]
    committed = [finish(writer) for writer in writers]
    events = await log(database, "sale", 1, 1000)
    assert [event.seq for event in events] == list(range(1, 121))
    assert {event.id for event in events} == {event_id for ids in committed for event_id in ids}


async def test_deferred_transactions_of_django_would_lose_writes_to_locks(sqlite_url: str) -> None:
    writers = [start("django", sqlite_url, "sale", 60, "--mode", "DEFERRED", "--hold", "0.002") for _ in range(4)]
    errors = [writer.communicate(timeout=60)[1] for writer in writers]
    assert any("database is locked" in error for error in errors)


async def test_a_rollback_gives_its_number_back(url: str, database: Database) -> None:
    writers = [start(kind, url, "sale", 20, "--rollback-every", "3") for kind in ("django", "async")]
    committed = {event_id for writer in writers for event_id in finish(writer)}
    events = await log(database, "sale", 1, 1000)
    assert [event.seq for event in events] == list(range(1, len(committed) + 1))
    assert {event.id for event in events} == committed
    assert (await heads(database, ["sale"]))["sale"] == events[-1].position


@pytest.mark.parametrize("kind", ["django", "sqlalchemy", "async"])
async def test_the_outbox_is_filled_only_when_events_go_to_redis(kind: str, url: str, database: Database) -> None:
    finish(start(kind, url, "sale", 1))
    finish(start(kind, url, "sale", 1, "--outbox"))
    assert await database.fetch("SELECT channel, seq, attempts FROM outbox_pending") == [("sale", 2, 0)]
