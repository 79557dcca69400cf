"""Following Redis: whatever happens to it, every committed event arrives once and in order."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session

from groundplan_runtime.adapters.sqlalchemy import publish
from groundplan_runtime.client.python import LiveClient, LiveEvent, Reset
from groundplan_runtime.database import open_database
from groundplan_runtime.events import Position, redis_keys
from groundplan_runtime.events.doorbell import Wiring, wire
from groundplan_runtime.events.relay import Relay
from groundplan_runtime.gateway import Limits, Timing
from groundplan_runtime.gateway.redis_feed import RedisFeed
from groundplan_runtime.gateway.streams import Streams
from runtime.events.services import ValkeyServer, eventually, until
from runtime.gateway.harness import QUICK, House, engine_of, house
from runtime.gateway.talk import place, say, signed_in, told

SELDOM = Timing(poll=0.1, tail=60, recheck=60, retry=0.1)
START = Position("", 0, None)


@pytest.fixture(autouse=True)
def outbox(unwired: None) -> None:  # noqa: ARG001 after it
    wire(Wiring(outbox=True))


@pytest.fixture
def carried(sqlite_url: str, shared_valkey: ValkeyServer, redis: Any) -> Iterator[House]:  # noqa: ARG001 emptied before
    """A gateway that hears of events from Redis alone: the safety net is a minute away."""
    with house(sqlite_url, events_url=shared_valkey.url, timing=SELDOM) as running:
        until(lambda: running.gateway.following == "redis")
        yield running


async def take(client: LiveClient, count: int, seconds: float = 20) -> list[str | None]:
    """Take events, which must be consecutive; gives their ids."""
    positions: list[Position] = []
    async with asyncio.timeout(seconds):
        async for item in client:
            assert isinstance(item, LiveEvent)
            positions.append(item.position)
            if len(positions) == count:
                break
    assert [position.seq for position in positions] == list(range(positions[0].seq, positions[0].seq + count))
    return [position.id for position in positions]


async def test_events_travel_through_redis(carried: House, redis: Any) -> None:
    async with signed_in(carried) as socket:
        await say(socket)
        await told(socket)
        published = await asyncio.to_thread(carried.publish, data={"shop": "Zürich"}, count=3)
        assert [(await told(socket))["id"] for _ in published] == [one.id for one in published]
        assert await redis.xlen(redis_keys.live_key(0)) == 3


async def test_what_memory_forgot_is_replayed_from_redis_and_not_from_the_log(
    sqlite_url: str, shared_valkey: ValkeyServer, redis: Any
) -> None:
    limits = Limits(ring_frames=5, replay_page=10)
    with house(sqlite_url, events_url=shared_valkey.url, timing=SELDOM, limits=limits) as served:
        first = (await served.published(count=40))[0]
        async with signed_in(served) as socket:

            async def carried() -> bool:
                return bool(await redis.xlen(redis_keys.live_key(0)) == 40)

            await eventually(carried)
            served.execute("DELETE FROM event_log")
            await say(socket, position=place(first))
            assert (await told(socket))["replayed"] == 39
            assert [(await told(socket))["seq"] for _ in range(39)] == list(range(2, 41))


async def test_a_hole_in_the_live_stream_is_filled_before_anything_is_forwarded(carried: House, redis: Any) -> None:
    async with signed_in(carried) as socket:
        await say(socket)
        await told(socket)
        await asyncio.to_thread(carried.publish, count=2)
        assert [(await told(socket))["seq"] for _ in range(2)] == [1, 2]
        wire(Wiring(outbox=False))
        await asyncio.to_thread(carried.publish, count=3)
        wire(Wiring(outbox=True))
        await asyncio.to_thread(carried.publish)
        assert [(await told(socket))["seq"] for _ in range(4)] == [3, 4, 5, 6]
        assert await redis.xlen(redis_keys.live_key(0)) == 3


async def test_a_tail_that_redis_lost_is_found_by_comparing_heads(sqlite_url: str, shared_valkey: ValkeyServer, redis: Any) -> None:
    timing = Timing(poll=0.1, tail=0.3, recheck=60, retry=0.1)
    with house(sqlite_url, events_url=shared_valkey.url, timing=timing) as served:
        until(lambda: served.gateway.following == "redis")
        async with signed_in(served) as socket:
            await say(socket)
            await told(socket)
            wire(Wiring(outbox=False))  # nobody carries it, and no later event shows the hole
            await asyncio.to_thread(served.publish)
            assert (await told(socket))["seq"] == 1
            assert await redis.xlen(redis_keys.live_key(0)) == 0


async def test_without_that_comparison_a_lost_tail_would_stay_unseen(carried: House) -> None:
    async with signed_in(carried) as socket:
        await say(socket)
        await told(socket)
        wire(Wiring(outbox=False))
        await asyncio.to_thread(carried.publish)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1):
                await socket.recv()


async def test_a_replay_ends_where_the_gateway_stands_though_the_log_is_ahead(sqlite_url: str) -> None:
    database = open_database(sqlite_url)
    streams, published = Streams(database, ["sale"], Limits(ring_frames=2)), []
    for number in range(7):
        if number == 5:
            await streams.load()
        with Session(engine_of(sqlite_url)) as session, session.begin():
            published.append(publish(session, "sale", "sale.created", {}))
    stream = streams.get("sale")
    assert stream is not None
    frames = await streams.after(stream, Position(**place(published[0])))
    assert [frame.seq for frame in frames] == [2, 3, 4, 5]
    await database.close()


async def test_what_was_carried_before_a_gateway_connects_is_not_missed(
    sqlite_url: str, shared_valkey: ValkeyServer, redis: Any
) -> None:
    database = open_database(sqlite_url)
    streams, relay = Streams(database, ["sale"], Limits()), Relay(database, shared_valkey.url)
    await streams.load()
    with Session(engine_of(sqlite_url)) as session, session.begin():
        published = publish(session, "sale", "sale.created", {})
    assert await relay.step() == 1
    feed = RedisFeed(shared_valkey.url, streams, SELDOM)
    following = asyncio.create_task(feed.run())
    await eventually(lambda: _is(feed.connected))
    stream = streams.get("sale")
    assert stream is not None
    assert stream.head.id == published.id
    assert await redis.xlen(redis_keys.live_key(0)) == 1
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    for closing in (feed, relay, database):
        await closing.close()


async def _is(value: bool) -> bool:  # noqa: FBT001 a value as an awaitable
    return value


async def test_everything_forgotten_by_redis_costs_nothing(carried: House, redis: Any) -> None:
    async with LiveClient(carried.address(), draw=lambda: 0.05) as client:
        await client.follow("sale", START)
        ids = [one.id for one in await asyncio.to_thread(carried.publish, count=10)]
        seen = await take(client, 10)
        for _ in range(3):
            await redis.flushall()
            ids += [one.id for one in await asyncio.to_thread(carried.publish, count=10)]
            await asyncio.to_thread(carried.cut)
            ids += [one.id for one in await asyncio.to_thread(carried.publish, count=10)]
        assert seen + await take(client, 60) == ids


async def test_killing_valkey_while_events_are_published_loses_none(url: str, valkey: ValkeyServer) -> None:
    with house(url, events_url=valkey.url, timing=SELDOM) as served:
        async with LiveClient(served.address(), draw=lambda: 0.05) as client:
            await client.follow("sale", START)
            watching = asyncio.create_task(take(client, 90))
            ids = []
            for _ in range(3):
                ids += [one.id for one in await asyncio.to_thread(served.publish, count=15)]
                valkey.kill()
                ids += [one.id for one in await asyncio.to_thread(served.publish, count=15)]
                valkey.start()
            assert await watching == ids
            ids = [one.id for one in await asyncio.to_thread(served.publish, count=5)]
            assert await take(client, 5) == ids


async def test_a_gateway_whose_redis_never_answers_follows_the_log(sqlite_url: str, tmp_path: Path) -> None:
    with house(sqlite_url, events_url=f"unix://{tmp_path}/nobody.sock", timing=QUICK) as served:
        async with signed_in(served) as socket:
            await say(socket)
            await told(socket)
            for seq in (1, 2, 3):
                await asyncio.to_thread(served.publish)
                assert (await told(socket))["seq"] == seq
        assert served.gateway.following == "database"


async def test_a_database_put_back_is_noticed_through_redis_too(carried: House) -> None:
    old = await carried.published(count=3)
    async with signed_in(carried) as socket:
        await say(socket, position=place(old[-1]))
        assert (await told(socket))["recovered"]
        carried.put_back()
        (other,) = await asyncio.to_thread(carried.publish)
        reset = await told(socket)
        assert (reset["reason"], reset["position"]) == ("epoch", place(other))
        await asyncio.to_thread(carried.publish)
        assert (await told(socket))["seq"] == 3


async def test_two_gateways_share_one_log_and_one_redis(sqlite_url: str, shared_valkey: ValkeyServer, redis: Any) -> None:
    with (
        house(sqlite_url, events_url=shared_valkey.url, timing=SELDOM) as one,
        house(sqlite_url, events_url=shared_valkey.url, timing=SELDOM) as two,
    ):
        async with LiveClient(one.address()) as here, LiveClient(two.address()) as there:
            for client in (here, there):
                await client.follow("sale", START)
            watching = [asyncio.create_task(take(client, 20)) for client in (here, there)]
            ids = [event.id for event in await asyncio.to_thread(one.publish, count=20)]
            assert await asyncio.gather(*watching) == [ids, ids]
        assert await redis.xlen(redis_keys.live_key(0)) == 20


async def test_the_first_frame_of_a_client_without_position_is_a_reset(carried: House) -> None:
    async with LiveClient(carried.address()) as client:
        await client.follow("sale")
        assert isinstance(await anext(aiter(client)), Reset)
