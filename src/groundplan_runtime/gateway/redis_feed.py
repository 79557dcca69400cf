"""Follows Redis: tails the live stream from its own position, and leaves to the database what Redis does not have.

While Redis does not answer, the database log is followed instead, so that its absence costs latency and nothing else.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from redis.exceptions import RedisError

from groundplan_runtime.events import redis_keys
from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.write import SHARDS, shard_of
from groundplan_runtime.gateway.limits import Timing
from groundplan_runtime.gateway.streams import Streams

__all__ = ["RedisFeed"]

_log = logging.getLogger("groundplan.gateway")
_BLOCK_MILLISECONDS = 1000
_BATCH = 500


class RedisFeed:
    """Tails the live streams of all shards. connected: whether Redis answered last time."""

    def __init__(self, events_url: str, streams: Streams, timing: Timing) -> None:
        self.connected = False
        self._redis = redis_keys.connect(events_url)
        self._streams = streams
        self._timing = timing
        self._positions: dict[Any, Any] = {}  # the type of the client is wider, and invariant

    async def older(self, channel: str, first: int, most: int) -> Sequence[Frame]:
        """Give frames of a channel from Redis; none when it does not answer."""
        try:
            key = redis_keys.channel_key(shard_of(channel), channel)
            entries: Any = await self._redis.xrange(key, min=f"{first}-0", count=most)
        except RedisError:
            return []
        return [redis_keys.frame_from(fields, int(place.split("-")[0])) for place, fields in entries]

    async def run(self) -> None:
        """Follow until cancelled."""
        while True:
            try:
                await self._tail()
            except Exception as error:  # noqa: BLE001 the feed outlives whatever Redis and the database do
                if self.connected or not _is_redis(error):
                    _log.warning("Redis cannot be followed (%s); following the database log", error, exc_info=not _is_redis(error))
                self.connected = False
            await self._by_database()

    async def close(self) -> None:
        """Close the connection."""
        await self._redis.aclose()

    async def _tail(self) -> None:
        """Read from where we are. Whoever (re)connects first notes the end of the stream, then asks the database for the rest."""
        await self._find_end()
        await self._streams.catch_up()
        if not self.connected:
            _log.info("following Redis")
        self.connected = True
        while True:
            answer: Any = await self._redis.xread({**self._positions}, count=_BATCH, block=_BLOCK_MILLISECONDS)
            for stream, entries in _by_stream(answer):
                for place, fields in entries:
                    await self._streams.offer(redis_keys.frame_from(fields, int(fields["seq"])))
                    self._positions[stream] = place

    async def _find_end(self) -> None:
        for shard in range(SHARDS):
            stream = redis_keys.live_key(shard)
            last: Any = await self._redis.xrevrange(stream, count=1)
            self._positions[stream] = last[0][0] if last else "0-0"

    async def _by_database(self) -> None:
        """Look once at the database, as the safety net does."""
        try:
            await self._streams.catch_up()
        except Exception:  # noqa: BLE001 the next look is a moment away
            _log.warning("the event log cannot be read", exc_info=True)
        await asyncio.sleep(self._timing.poll)


def _is_redis(error: Exception) -> bool:
    return isinstance(error, RedisError)


def _by_stream(answer: Any) -> Sequence[tuple[str, Sequence[tuple[str, dict[str, str]]]]]:
    """Give (stream, entries) pairs from an answer of XREAD in either version of the Redis protocol."""
    if isinstance(answer, dict):
        return [(stream, entry) for stream, lists in answer.items() for entry in lists]
    return list(answer or ())
