"""The relay: carries committed events from outbox_pending to Redis, in order per channel, once.

It works by state, not by cursor: what is pending is carried and its row removed, so a late commit cannot be skipped and a
crash at any point is only a retry. Redis itself refuses an event that it has, and a relay that lost its lease.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence

from redis.exceptions import RedisError, ResponseError

from groundplan_runtime.database import Database
from groundplan_runtime.events import redis_keys
from groundplan_runtime.events.frame import Frame, frame_of, tombstone_of
from groundplan_runtime.events.lease import LEASE_SECONDS, Lease
from groundplan_runtime.events.model import Event
from groundplan_runtime.events.payload import now
from groundplan_runtime.events.read import EVENT_COLUMNS, event_of
from groundplan_runtime.telemetry.passage import carrying

__all__ = ["MOST_ATTEMPTS", "Relay", "lag"]

MOST_ATTEMPTS = 5
"""How often Redis may refuse one event before it is parked and a tombstone takes its place."""

_BATCH = 100
_log = logging.getLogger("groundplan.relay")

# Every channel gets its share of a batch, so that a busy one cannot starve the others.
_PENDING = f"""
SELECT {", ".join("e." + column.strip() for column in EVENT_COLUMNS.split(","))}, b.event_id FROM event_log e
JOIN (SELECT channel, seq, ROW_NUMBER() OVER (PARTITION BY channel ORDER BY seq) AS place FROM outbox_pending WHERE shard = %s) p
  ON p.channel = e.channel AND p.seq = e.seq
LEFT JOIN event_log b ON b.channel = e.channel AND b.seq = e.seq - 1
WHERE p.place <= %s ORDER BY e.channel, e.seq"""  # noqa: S608 only constants

_CARRIED = "DELETE FROM outbox_pending WHERE channel = %s AND seq BETWEEN %s AND %s"

_REFUSED = "UPDATE outbox_pending SET attempts = attempts + 1, last_error = %s WHERE channel = %s AND seq = %s RETURNING attempts"

_PARK = """
INSERT INTO event_parked (channel, seq, event_id, reason, attempts, parked_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (channel, seq) DO NOTHING"""


async def lag(database: Database) -> tuple[int, str | None]:
    """Give how many events wait for a relay and since when (ISO 8601, UTC) the oldest does."""
    rows = await database.fetch("SELECT COUNT(*), MIN(created_at) FROM outbox_pending")
    return int(rows[0][0]), rows[0][1]


class Relay:
    """Carries one shard while it holds the lease. Many may run; one works. lease_seconds: how long it may be silent."""

    def __init__(self, database: Database, events_url: str, shard: int = 0, lease_seconds: float = LEASE_SECONDS) -> None:
        self._database = database
        self._redis = redis_keys.connect(events_url)
        self._carry_script = self._redis.register_script(redis_keys.CARRY)
        self._shard = shard
        self._before: dict[str, str] = {}
        self.lease = Lease(database, shard, lease_seconds)

    async def step(self) -> int:
        """Carry what is pending, at most a batch per channel; gives how many rows are done. 0 without the lease."""
        fence = await self.lease.take()
        if fence is None:
            return 0
        rows = await self._database.fetch(_PENDING, (self._shard, _BATCH))
        events = [event_of(row[:-1]) for row in rows]
        self._before = {event.id: row[-1] or "" for event, row in zip(events, rows, strict=True)}
        try:
            return await self._carry_all(events, fence)
        except ResponseError as error:
            if str(error).startswith(redis_keys.FENCED):
                _log.warning("the lease of shard %d went to another relay: %s", self._shard, error)
                await self.lease.give()
                return 0
            _raise_unless_of_a_row(error)
            return await self._carry_one_by_one(events, fence)

    async def close(self) -> None:
        """Give the lease away and close the connection."""
        try:
            await self.lease.give()
        finally:
            await self._redis.aclose()

    async def _carry_all(self, events: Sequence[Event], fence: int) -> int:
        if not events:
            return 0
        frames = [frame_of(event) for event in events]
        with carrying(frames) as watched:
            await self._to_redis(watched, fence)
        for event, frame in zip(events, frames, strict=True):
            if frame.parked:
                await self._park(event, "the payload is no JSON", 1)
        await self._done(events)
        return len(events)

    async def _carry_one_by_one(self, events: Sequence[Event], fence: int) -> int:
        """Find the event that Redis refuses; the others of its channel wait behind it, those of other channels do not."""
        done, stuck = 0, set[str]()
        for event in events:
            if event.channel in stuck:
                continue
            try:
                done += await self._carry_all([event], fence)
            except ResponseError as error:
                _raise_unless_of_a_row(error)
                if await self._give_up(event, fence, str(error)):
                    done += 1
                else:
                    stuck.add(event.channel)
        return done

    async def _give_up(self, event: Event, fence: int, reason: str) -> bool:
        """Count a refusal; after the last one put a tombstone in the event's place. Tells whether the event is done with."""
        rows = await self._database.fetch(_REFUSED, (reason, event.channel, event.seq))
        attempts = int(rows[0][0]) if rows else 0
        if attempts < MOST_ATTEMPTS:
            return False
        try:
            await self._to_redis([tombstone_of(event)], fence)
        except ResponseError:  # gateways find the hole and fill it from the database
            _log.exception("no tombstone for %s/%d", event.channel, event.seq)
        await self._park(event, reason, attempts)
        await self._done([event])
        return True

    async def _to_redis(self, frames: Sequence[Frame], fence: int) -> None:
        keys = [redis_keys.live_key(self._shard), redis_keys.fence_key(self._shard)]
        keys += [redis_keys.channel_key(self._shard, frame.channel) for frame in frames]
        values: list[str | int] = [fence, redis_keys.CHANNEL_MOST, redis_keys.LIVE_MOST]
        for frame in frames:
            values += redis_keys.fields(frame, self._before[frame.id])
        await self._carry_script(keys=keys, args=values)

    async def _park(self, event: Event, reason: str, attempts: int) -> None:
        _log.error("parked %s/%d: %s", event.channel, event.seq, reason)
        await self._database.fetch(_PARK, (event.channel, event.seq, event.id, reason, attempts, now()))

    async def _done(self, events: Sequence[Event]) -> None:
        """Remove the rows. Between first and last of a channel nothing else can appear: numbers become visible in order."""
        places: defaultdict[str, list[int]] = defaultdict(list)
        for event in events:
            places[event.channel].append(event.seq)
        for channel, seqs in places.items():
            await self._database.fetch(_CARRIED, (channel, seqs[0], seqs[-1]))


def _raise_unless_of_a_row(error: ResponseError) -> None:
    """Pass on what the server says about itself (OOM, READONLY, MISCONF …): no event is to blame, and all of them wait."""
    word = str(error).partition(" ")[0]
    if type(error) is not ResponseError or (word.isupper() and word != "WRONGTYPE"):
        raise error


async def run(relay: Relay, rung: asyncio.Event, *, poll: float, retry: float) -> None:
    """Step until cancelled: at once after a ring or while there is more, else every ``poll`` seconds; ``retry`` after a failure."""
    failing = False
    while True:
        rung.clear()
        try:
            done = await relay.step()
        except Exception as error:  # noqa: BLE001 whatever failed, the rows are still pending
            if not isinstance(error, RedisError):
                _log.exception("the relay failed; trying again in %g s", retry)
            elif not failing:
                _log.warning("Redis does not answer (%s); events wait in the database", error)
            failing = True
            await asyncio.sleep(retry)
            continue
        if failing:
            _log.warning("the relay works again")
        failing = False
        if not done:
            await _rung_or(rung, poll)


async def _rung_or(rung: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await rung.wait()
    except TimeoutError:
        return
