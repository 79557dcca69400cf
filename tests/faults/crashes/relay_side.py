"""Scenarios of the relay. Each plays with our code or, with ``wrong``, with a twin that lacks one guarantee."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from redis.exceptions import ResponseError
from sqlalchemy import text
from sqlalchemy.orm import Session

from faults.crashes import truth
from faults.crashes.ground import Ground, write
from groundplan_runtime.adapters.sqlalchemy import publish
from groundplan_runtime.events import redis_keys
from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import Event
from groundplan_runtime.events.relay import MOST_ATTEMPTS, Relay
from groundplan_runtime.events.retention import trim

__all__ = [
    "asleep_past_the_lease",
    "dead_between_redis_and_database",
    "dead_with_the_lease",
    "poison_row",
    "redis_away",
    "removed_while_pending",
    "slow_committer",
    "two_pasts_in_redis",
    "two_relays",
]


class CursorRelay(Relay):
    """Twin: remembers how far it has read."""

    cursor = 0

    async def step(self) -> int:
        rows = await self._database.fetch("SELECT id, event_id FROM event_log WHERE id > %s ORDER BY id", (self.cursor,))
        for place, event_id in rows:
            await self._redis.xadd(redis_keys.live_key(0), {"id": event_id})
            self.cursor = place
        return len(rows)


async def slow_committer(ground: Ground, *, wrong: bool) -> list[str]:
    """One transaction publishes and waits; another publishes and commits; the relay looks; the first commits; it looks again."""
    engine = ground.on_postgresql()
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE event_log ADD COLUMN id bigserial"))
    relay = ground.relay(CursorRelay if wrong else Relay)
    with Session(engine) as slow, slow.begin():
        publish(slow, "shop", "shop.created", {})
        write(engine)
        await relay.step()
    await relay.step()
    return await ground.wrong()


class HastyRelay(Relay):
    """Twin: removes what is pending before Redis has it."""

    async def _carry_all(self, events: Sequence[Event], fence: int) -> int:
        await self._done(events)
        return await super()._carry_all(events, fence)


async def redis_away(ground: Ground, *, wrong: bool) -> list[str]:
    """Redis is away while the relay works, and comes back."""
    engine = ground.on_sqlite()
    relay = ground.relay(HastyRelay if wrong else Relay)
    write(engine, 2)
    ground.valkey.kill()
    with contextlib.suppress(OSError, Exception):
        await relay.step()
    ground.valkey.start()
    write(engine, 1)
    await relay.step()
    return await ground.wrong()


class DyingRelay(Relay):
    """Dies once, after Redis answered and before the database knows."""

    died = False

    async def _done(self, events: Sequence[Event]) -> None:
        if not self.died:
            self.died = True
            raise ConnectionError
        await super()._done(events)


class NumberlessRelay(DyingRelay):
    """Twin: lets Redis number the events."""

    async def _to_redis(self, frames: Sequence[Frame], fence: int) -> None:
        for frame in frames:
            await self._redis.xadd(redis_keys.live_key(0), {"id": frame.id, "fence": fence})


async def dead_between_redis_and_database(ground: Ground, *, wrong: bool) -> list[str]:
    """The relay dies after Redis took the events, and another one goes on."""
    engine = ground.on_sqlite()
    relay = ground.relay(NumberlessRelay if wrong else DyingRelay)
    write(engine, 2)
    with contextlib.suppress(ConnectionError):
        await relay.step()
    await relay.step()
    return await ground.wrong()


class SleepyRelay(Relay):
    """Sleeps between reading and writing until it is woken."""

    def __init__(self, *values: object, **more: object) -> None:
        super().__init__(*values, **more)  # type: ignore[arg-type]  # as its parent
        self.sleeping, self.woken = asyncio.Event(), asyncio.Event()

    async def _to_redis(self, frames: Sequence[Frame], fence: int) -> None:
        self.sleeping.set()
        await self.woken.wait()
        await super()._to_redis(frames, fence)


class UnfencedRelay(SleepyRelay):
    """Twin: writes as if nobody else could."""

    async def _to_redis(self, frames: Sequence[Frame], fence: int) -> None:
        del fence
        await super()._to_redis(frames, 2**52)


async def asleep_past_the_lease(ground: Ground, *, wrong: bool) -> list[str]:
    """A relay sleeps past its lease; another one takes over, Redis is emptied, new events are carried; then it wakes."""
    engine = ground.on_sqlite()
    kind = UnfencedRelay if wrong else SleepyRelay
    asleep, other = ground.relay(kind, 0.2), ground.relay(kind, 0.2)
    other.woken.set()
    write(engine, 3)
    waking = asyncio.create_task(asleep.step())
    await asleep.sleeping.wait()
    await _carried(other, 3)
    await ground.redis.flushall()
    write(engine, 1)
    await _carried(other, 1)
    asleep.woken.set()
    await waking
    live, log = await ground.live(), truth.log(ground.url)["sale"]
    return [] if live == [log[3][1]] else [f"after the fourth event Redis was told {live[1:]} of {log}"]


class SharingRelay(SleepyRelay):
    """Twin: takes any row that nobody else works on."""

    _TAKE = """DELETE FROM outbox_pending WHERE (channel, seq) IN
    (SELECT channel, seq FROM outbox_pending ORDER BY seq LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING channel, seq"""

    async def step(self) -> int:
        for channel, seq in await self._database.fetch(self._TAKE):
            self.sleeping.set()
            await self.woken.wait()
            asked = "SELECT event_id FROM event_log WHERE channel = %s AND seq = %s"
            await self._redis.xadd(redis_keys.live_key(0), {"id": (await self._database.fetch(asked, (channel, seq)))[0][0]})
            return 1
        return 0


async def two_relays(ground: Ground, *, wrong: bool) -> list[str]:
    """Two relays work; one of them is slow with its first event."""
    engine = ground.on_postgresql()
    kind = SharingRelay if wrong else SleepyRelay
    slow, quick = ground.relay(kind), ground.relay(kind)
    quick.woken.set()
    write(engine, 2)
    working = asyncio.create_task(slow.step())
    await slow.sleeping.wait()
    await quick.step()
    slow.woken.set()
    await working
    return await ground.wrong()


async def dead_with_the_lease(ground: Ground, *, wrong: bool) -> list[str]:
    """A relay dies while it holds the shard; another one tries for a while."""
    engine = ground.on_sqlite()
    dead, heir = ground.relay(Relay, 1e9 if wrong else 0.3), ground.relay(Relay)
    await dead.step()
    write(engine, 2)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(1.5):
            await _carried(heir, 2)
    return await ground.wrong()


class StubbornRelay(Relay):
    """Twin: tries the whole batch again, and again."""

    async def _carry_one_by_one(self, events: Sequence[Event], fence: int) -> int:
        del fence
        raise ResponseError(f"{len(events)} events were not taken")


async def poison_row(ground: Ground, *, wrong: bool) -> list[str]:
    """Redis refuses the events of one channel, as often as a relay tries."""
    engine = ground.on_sqlite()
    relay = ground.relay(StubbornRelay if wrong else Relay)
    await ground.redis.set(redis_keys.channel_key(0, "sale"), "not a stream")
    write(engine, 1, "sale")
    write(engine, 1, "shop")
    for _ in range(MOST_ATTEMPTS):
        with contextlib.suppress(ResponseError):
            await relay.step()
    parked = [one for (one,) in truth.ask(ground.url, "SELECT event_id FROM event_parked")[0]]
    known = {*await ground.live(), *parked}
    return [f"{one} is neither carried nor parked" for one in ground.committed() if one not in known]


class PastlessRelay(Relay):
    """Twin: does not know which event comes before another."""

    async def _to_redis(self, frames: Sequence[Frame], fence: int) -> None:
        self._before = defaultdict(str)
        await super()._to_redis(frames, fence)


async def two_pasts_in_redis(ground: Ground, *, wrong: bool) -> list[str]:
    """The database is put back and goes on; then an older dump of Redis is put back, and the database goes on."""
    engine = ground.on_sqlite()
    relay = ground.relay(PastlessRelay if wrong else Relay)
    write(engine, 4)
    await relay.step()
    dump = await ground.redis.dump(redis_keys.channel_key(0, "sale"))
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM event_log WHERE seq > 2"))
        connection.execute(text("UPDATE channel_head SET seq = 2"))
    write(engine, 2)
    await relay.step()
    await ground.redis.restore(redis_keys.channel_key(0, "sale"), 0, dump, replace=True)
    write(engine, 1)
    await relay.step()
    held = await ground.redis.xrange(redis_keys.channel_key(0, "sale"))
    entries = [(int(place.split("-")[0]), fields["id"]) for place, fields in held]
    whole = truth.same_past(entries, truth.log(ground.url)["sale"])
    return [] if whole else [f"Redis holds {entries}, the log {truth.log(ground.url)['sale']}"]


async def removed_while_pending(ground: Ground, *, wrong: bool) -> list[str]:
    """Old events are removed while the relay had no chance to carry them."""
    engine = ground.on_sqlite()
    ids, database = write(engine, 2), ground.database()
    if wrong:
        await database.fetch("DELETE FROM event_log WHERE created_at < %s", (datetime.now(UTC).isoformat(),))
    else:
        await trim(database, days=0)
    await ground.relay(Relay).step()
    live = await ground.live()
    return [f"{one} was never carried" for one in ids if one not in live]


async def _carried(relay: Relay, count: int) -> None:
    """Have a relay step until it carried so many."""
    done = 0
    while done < count:
        done += await relay.step()
        await asyncio.sleep(0.02)
