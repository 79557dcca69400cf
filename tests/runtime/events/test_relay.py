"""The relay against a real Valkey: in order, once, whoever dies."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from groundplan_runtime.adapters.sqlalchemy import begin_immediately, publish
from groundplan_runtime.database import Database, open_database
from groundplan_runtime.events import redis_keys
from groundplan_runtime.events.doorbell import Wiring, wire
from groundplan_runtime.events.lease import Lease
from groundplan_runtime.events.relay import MOST_ATTEMPTS, Relay, lag, run
from runtime.events.services import ValkeyServer, eventually


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    wire(Wiring(outbox=True))
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    if engine.dialect.name == "sqlite":
        begin_immediately(engine)
    yield engine
    engine.dispose()


@pytest.fixture
async def relay(database: Database, shared_valkey: ValkeyServer, redis: Any, engine: Engine) -> AsyncIterator[Relay]:  # noqa: ARG001 both must be ready
    relay = Relay(database, shared_valkey.url)
    yield relay
    await relay.close()


def write(engine: Engine, count: int, channel: str = "sale", data: Any = None) -> list[str]:
    ids = []
    for number in range(count):
        with Session(engine) as session, session.begin():
            ids.append(publish(session, channel, f"{channel}.created", data or {"number": number}).id)
    return ids


async def pending(database: Database) -> int:
    return (await lag(database))[0]


async def live_ids(redis: Any) -> list[str]:
    return [fields["id"] for _, fields in await redis.xrange(redis_keys.live_key(0))]


async def channel_places(redis: Any, channel: str = "sale") -> list[str]:
    return [place for place, _ in await redis.xrange(redis_keys.channel_key(0, channel))]


async def test_what_is_pending_is_carried_in_order_and_no_longer_pending(
    relay: Relay, engine: Engine, redis: Any, database: Database
) -> None:
    ids = write(engine, 3)
    write(engine, 2, "shop")
    assert await pending(database) == 5
    assert await relay.step() == 5
    assert await pending(database) == 0
    assert await channel_places(redis) == ["1-0", "2-0", "3-0"]
    assert [event_id for event_id in await live_ids(redis) if event_id in ids] == ids
    assert await relay.step() == 0


async def test_a_busy_channel_leaves_room_for_the_others(relay: Relay, engine: Engine, redis: Any, database: Database) -> None:
    write(engine, 130, "a")
    write(engine, 1, "b")
    await relay.step()
    assert await channel_places(redis, "b") == ["1-0"]
    assert await pending(database) == 30


async def test_carrying_again_after_a_lost_answer_duplicates_nothing(
    relay: Relay, engine: Engine, redis: Any, database: Database
) -> None:
    ids = write(engine, 2)
    await relay.step()
    row = "INSERT INTO outbox_pending (channel, seq, shard, created_at) VALUES ('sale', 1, 0, 'x'), ('sale', 2, 0, 'x')"
    await database.fetch(row)
    write(engine, 1)
    assert await relay.step() == 3
    assert len(await live_ids(redis)) == 3
    assert (await live_ids(redis))[:2] == ids


async def test_another_past_of_the_database_replaces_what_redis_holds(
    relay: Relay, engine: Engine, redis: Any, database: Database
) -> None:
    write(engine, 3)
    await relay.step()
    await database.fetch("DELETE FROM event_log")
    await database.fetch("DELETE FROM channel_head")
    ids = write(engine, 2)
    await relay.step()
    assert await channel_places(redis) == ["1-0", "2-0"]
    assert (await live_ids(redis))[3:] == ids


async def test_an_older_dump_of_another_past_never_continues_into_this_one(
    relay: Relay, engine: Engine, redis: Any, database: Database
) -> None:
    write(engine, 4)
    await relay.step()
    dump = await redis.dump(redis_keys.channel_key(0, "sale"))
    await database.fetch("DELETE FROM event_log WHERE seq > 2")
    await database.fetch("UPDATE channel_head SET seq = 2, event_id = (SELECT event_id FROM event_log WHERE seq = 2)")
    write(engine, 2)
    await relay.step()
    await redis.restore(redis_keys.channel_key(0, "sale"), 0, dump, replace=True)
    ids = write(engine, 2)
    await relay.step()
    assert await channel_places(redis) == ["5-0", "6-0"]
    assert (await live_ids(redis))[-2:] == ids


async def test_an_older_dump_leaves_no_gap_in_a_stream(relay: Relay, engine: Engine, redis: Any) -> None:
    write(engine, 2)
    await relay.step()
    dump = await redis.dump(redis_keys.channel_key(0, "sale"))
    write(engine, 2)
    await relay.step()
    await redis.restore(redis_keys.channel_key(0, "sale"), 0, dump, replace=True)
    write(engine, 1)
    await relay.step()
    assert await channel_places(redis) == ["5-0"]


async def test_one_relay_works_and_the_other_waits(
    relay: Relay, engine: Engine, url: str, shared_valkey: ValkeyServer, redis: Any
) -> None:
    other_database = open_database(url)
    other = Relay(other_database, shared_valkey.url)
    write(engine, 1)
    assert await relay.step() == 1
    write(engine, 1)
    assert await other.step() == 0
    await relay.close()
    assert await other.step() == 1
    assert await channel_places(redis) == ["1-0", "2-0"]
    await other.close()
    await other_database.close()


async def test_a_relay_that_lost_its_lease_without_knowing_is_refused_by_redis(
    relay: Relay, engine: Engine, redis: Any, database: Database
) -> None:
    await relay.step()
    fence = relay.lease.fence
    assert fence is not None
    await redis.set(redis_keys.fence_key(0), fence + 1)  # a younger owner has written
    write(engine, 1)
    assert await relay.step() == 0
    assert await live_ids(redis) == []
    assert await pending(database) == 1
    await database.fetch("UPDATE relay_lease SET fence = 0")  # as after a restore: the fence still grows, being a time
    await asyncio.sleep(0.005)
    assert await relay.step() == 1
    assert len(await live_ids(redis)) == 1


async def test_a_lease_goes_to_another_only_when_it_ends(database: Database) -> None:
    first, second = Lease(database, 0, seconds=0.2), Lease(database, 0, seconds=0.2)
    fence = await first.take()
    assert await second.take() is None
    assert await first.take() == fence
    await asyncio.sleep(0.25)
    later = await second.take()
    assert fence is not None
    assert later is not None
    assert later > fence
    assert await first.take() is None
    await first.give()
    assert await second.take() == later


async def test_a_payload_that_is_no_json_is_parked_and_leaves_a_tombstone(
    relay: Relay, engine: Engine, redis: Any, database: Database
) -> None:
    write(engine, 1)
    await database.fetch(
        "INSERT INTO event_log (channel, seq, epoch, event_id, type, version, payload, created_at) "
        "SELECT channel, 2, epoch, 'raw', type, 1, '{NaN', created_at FROM event_log"
    )
    await database.fetch("INSERT INTO outbox_pending (channel, seq, shard, created_at) VALUES ('sale', 2, 0, 'x')")
    assert await relay.step() == 2
    assert await channel_places(redis) == ["1-0", "2-0"]
    ((_, tombstone),) = await redis.xrange(redis_keys.channel_key(0, "sale"), min="2-0")
    assert '"event":"tombstone","data":null' in tombstone["text"]
    parked = await database.fetch("SELECT channel, seq, event_id, reason, attempts FROM event_parked")
    assert parked == [("sale", 2, "raw", "the payload is no JSON", 1)]
    assert await pending(database) == 0


async def test_what_redis_refuses_holds_up_its_own_channel_only_and_is_parked_in_the_end(
    relay: Relay, engine: Engine, redis: Any, database: Database
) -> None:
    await redis.set(redis_keys.channel_key(0, "sale"), "not a stream")
    write(engine, 2, "sale")
    write(engine, 1, "shop")
    assert await relay.step() == 1
    assert await channel_places(redis, "shop") == ["1-0"]
    assert await database.fetch("SELECT seq, attempts FROM outbox_pending ORDER BY seq") == [(1, 1), (2, 0)]
    for _ in range(2, MOST_ATTEMPTS):
        assert await relay.step() == 0
    assert await relay.step() == 1
    assert (await database.fetch("SELECT seq, attempts FROM event_parked"))[0] == (1, MOST_ATTEMPTS)
    await redis.delete(redis_keys.channel_key(0, "sale"))
    assert await relay.step() == 1
    assert await channel_places(redis) == ["2-0"]


async def test_a_full_redis_makes_events_wait_and_parks_none(relay: Relay, engine: Engine, redis: Any, database: Database) -> None:
    write(engine, 2)
    await redis.config_set("maxmemory", 1)
    try:
        for _ in range(MOST_ATTEMPTS + 1):
            with pytest.raises(RedisError):
                await relay.step()
    finally:
        await redis.config_set("maxmemory", 0)
    assert await relay.step() == 2
    assert await database.fetch("SELECT * FROM event_parked") == []


async def test_events_wait_while_redis_is_away_and_the_lag_is_told(engine: Engine, database: Database, tmp_path: Path) -> None:
    relay = Relay(database, f"unix://{tmp_path}/nobody.sock")
    write(engine, 2)
    with pytest.raises(RedisError):
        await relay.step()
    count, since = await lag(database)
    assert count == 2
    assert since is not None
    assert since.endswith("Z")
    await relay.close()


async def test_it_goes_on_by_itself_when_redis_comes_back_from_nothing(
    engine: Engine, database: Database, valkey: ValkeyServer
) -> None:
    relay = Relay(database, valkey.url)
    rung = asyncio.Event()
    running = asyncio.create_task(run(relay, rung, poll=0.05, retry=0.05))
    ids = write(engine, 5)
    await _none_pending(database)
    valkey.kill()
    ids += write(engine, 5)
    await asyncio.sleep(0.2)
    valkey.start()
    await _none_pending(database)
    ids += write(engine, 5)
    rung.set()
    await _none_pending(database)
    client = redis_keys.connect(valkey.url)
    assert await live_ids(client) == ids[5:]  # it keeps nothing on disk; who needs more asks the database
    await client.aclose()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await relay.close()


async def _none_pending(database: Database) -> None:
    async def empty() -> bool:
        return not await pending(database)

    await eventually(empty)


async def test_a_killed_relay_is_replaced_by_another_and_nothing_is_lost(  # noqa: PLR0917 fixtures
    engine: Engine, database: Database, shared_valkey: ValkeyServer, redis: Any, url: str, tmp_path: Path
) -> None:
    project(tmp_path, url, shared_valkey.url)
    ids, died = [], 0

    async def some_carried() -> bool:
        return bool(await live_ids(redis))

    for _ in range(2):
        process = await asyncio.to_thread(carrier, tmp_path)
        for _ in range(10):
            ids += write(engine, 3)
        await eventually(some_carried)
        process.send_signal(signal.SIGKILL)
        died += process.wait(5) == -signal.SIGKILL
    last = await asyncio.to_thread(carrier, tmp_path)
    ids += write(engine, 3)
    await _none_pending(database)
    assert await live_ids(redis) == ids
    last.send_signal(signal.SIGTERM)
    assert last.wait(10) == 0
    assert died == 2


async def test_the_carrying_process_says_when_there_is_nowhere_to_carry_to(tmp_path: Path) -> None:
    project(tmp_path, "sqlite:///nothing.sqlite3", "")
    process = await asyncio.to_thread(carrier, tmp_path)
    _, errors = await asyncio.to_thread(process.communicate, timeout=20)
    assert process.returncode == 2
    assert errors.startswith("EVENTS_URL is empty")


def project(root: Path, url: str, events_url: str) -> None:
    (root / "project.toml").write_text(
        'format = 1\nname = "pulse"\n[run]\nlayout = "split"\nport = 8000\n[[part]]\nname = "live"\nkind = "realtime"\n'
        'framework = "starlette"\ninterface = "asgi"\napp = "parts.live.app:app"\nprefix = "/live"\n'
    )
    (root / ".env").write_text(f"SECRET_KEY={os.urandom(32).hex()}\nDATABASE_URL={url}\nEVENTS_URL={events_url}\n")


def carrier(root: Path) -> "subprocess.Popen[str]":
    command: Sequence[str] = [sys.executable, "-m", "groundplan_runtime.events.carry"]
    return subprocess.Popen(command, env={**os.environ, "GROUNDPLAN_ROOT": str(root)}, stderr=subprocess.PIPE, text=True)
