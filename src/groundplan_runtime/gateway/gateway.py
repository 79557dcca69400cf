"""The gateway: one per process, serves every live socket and stream of its parts whatever the framework."""

import asyncio
import contextlib
import logging
import math
from collections.abc import Coroutine, Mapping
from typing import Any, Literal

from groundplan_runtime.database import Database
from groundplan_runtime.events.relay import Relay, lag
from groundplan_runtime.events.relay import run as run_relay
from groundplan_runtime.events.retention import trim
from groundplan_runtime.events.write import SHARDS
from groundplan_runtime.gateway.accounts import Accounts
from groundplan_runtime.gateway.connection import Connection, House
from groundplan_runtime.gateway.counts import Figures
from groundplan_runtime.gateway.database_feed import follow_database
from groundplan_runtime.gateway.doorbell import Ear
from groundplan_runtime.gateway.event_stream import EventStream
from groundplan_runtime.gateway.limits import Limits, Timing
from groundplan_runtime.gateway.redis_feed import RedisFeed
from groundplan_runtime.gateway.sessions import CHANNEL, Judge, Sessions
from groundplan_runtime.gateway.socket import Socket
from groundplan_runtime.gateway.socket_connection import SocketConnection
from groundplan_runtime.gateway.stream_connection import StreamConnection
from groundplan_runtime.gateway.streams import Streams
from groundplan_runtime.identity import Session
from groundplan_runtime.problems import CROWDED, NOT_SIGNED_IN, Problem

__all__ = ["Gateway"]

_log = logging.getLogger("groundplan.gateway")
_AT_ONCE = 100
"""Lines told that they live in one go: about a millisecond of work."""
_REFUSALS = {
    4401: NOT_SIGNED_IN,
    4429: Problem(
        429, None, "This account has too many live connections, or opens them too fast.", retry_after=CROWDED.retry_after
    ),
    1013: CROWDED,
}
"""How a request for a stream is refused where a socket would be closed with that code."""


class Gateway:
    """Serves sockets and streams between `start` and `stop`.

    channels: channel -> permission that following it needs. events_url: Redis; empty: the database log is followed.
    doorbell: loopback address to hear commits of other processes on.
    """

    def __init__(
        self,
        *,
        database: Database,
        identity: Judge,
        channels: Mapping[str, str],
        events_url: str = "",
        doorbell: tuple[str, int] | None = None,
        limits: Limits | None = None,
        timing: Timing | None = None,
    ) -> None:
        self.database = database
        self._channels = {channel: permission for channel, permission in channels.items() if channel != CHANNEL}
        self._events_url = events_url
        self._doorbell = doorbell
        self._limits = limits or Limits()
        self._timing = timing or Timing()
        self._starting = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._closing = contextlib.AsyncExitStack()
        self._feed: RedisFeed | None = None
        self._draining = False
        self._empty = asyncio.Event()
        self.streams = Streams(database, [*self._channels, CHANNEL], self._limits)
        self.sessions = Sessions(identity, self._timing.recheck)
        self._accounts = Accounts(self._limits)
        self._house = House(self.streams, self._channels, self._accounts, self._limits, self._timing)

    @property
    def following(self) -> Literal["database", "redis"]:
        """Where events are heard of right now; with Redis configured, the database stands in while Redis does not answer."""
        return "redis" if self._feed is not None and self._feed.connected else "database"

    @property
    def full(self) -> bool:
        """Whether this process has as many clients as it may have."""
        return len(self.sessions) >= self._limits.connections

    async def start(self) -> None:
        """Read where the channels stand and begin to follow them. Starting twice does nothing."""
        async with self._starting:
            if self._tasks:
                return
            self._draining = False
            await self.streams.load()
            identity = self.streams.get(CHANNEL)
            if identity is not None:
                identity.join(self.sessions)
            await self._follow()
            self._run(self.sessions.run())
            self._run(self._beat())
            self._run(self._trim())

    async def stop(self) -> None:
        """Close every socket and stream with 1012 and stop following. Stopping twice does nothing."""
        async with self._starting:
            self._draining = True
            for client in self.sessions.clients():
                client.end(1012, "restarting")
            await self._all_gone()
            tasks, self._tasks = self._tasks, []
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with contextlib.suppress(Exception):  # whatever does not answer any more cannot be told either
                await self._closing.aclose()

    async def drain(self, within: float) -> None:
        """Before a planned restart: ask every client to come back at a random moment within so many seconds, and wait."""
        self._draining = True
        for client in self.sessions.clients():
            if isinstance(client, Connection):
                client.drain(within)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._all_left()

    async def serve(self, socket: Socket) -> None:
        """Serve one socket until either side ends it. Its Origin was checked before (groundplan_runtime.protect)."""
        await self._begin()
        await socket.accept()
        admitted = self._admit(socket.session)
        if isinstance(admitted, Session):
            await self._serve(SocketConnection(socket, admitted, self._house))
        else:
            await socket.close(*admitted)

    async def serve_events(self, stream: EventStream) -> None:
        """Serve one event stream until either side ends it. Its origin was checked before (groundplan_runtime.protect)."""
        await self._begin()
        admitted = self._admit(stream.session)
        problem = stream.problem() or (None if isinstance(admitted, Session) else _REFUSALS.get(admitted[0]))
        if problem is not None:
            await stream.refuse(problem)
            return
        await stream.open(self._timing.again)
        if isinstance(admitted, Session):
            await self._serve(StreamConnection(stream, admitted, self._house))
        else:
            await stream.close(*admitted)

    async def _begin(self) -> None:
        if not self._tasks and not self._draining:
            await self.start()

    def _admit(self, session: Session | None) -> Session | tuple[int, str]:
        """Give the session of a client that may connect, or the close code and the reason for one that may not."""
        admitted = self._judged(session)
        if not isinstance(admitted, Session):
            self.streams.counts.closed[admitted[0]] += 1
        return admitted

    def _judged(self, session: Session | None) -> Session | tuple[int, str]:
        if session is None:
            return 4401, "not signed in"
        if self._draining:
            return 1012, "restarting"
        if self.sessions.count(session.user.id) >= self._limits.sockets_per_user:
            return 4429, "too many sockets of this account"
        if not self._accounts.of(session.user.id).frames.take():
            return 4429, "too many frames of this account"
        if self.full:
            return 1013, "too many clients"
        return session

    def figures(self) -> Figures:
        """Give what the gateway counts of itself, at this moment."""
        queued = [client.waiting for client in self.sessions.clients() if isinstance(client, Connection)]
        counts = self.streams.counts
        return Figures(len(self.sessions), queued, counts.sent, counts.closed, counts.followed)

    async def backlog(self) -> tuple[int, str | None] | None:
        """Give how many events wait for a relay and since when (ISO 8601, UTC) the oldest does; None without Redis."""
        return await lag(self.database) if self._events_url else None

    async def _serve(self, connection: Connection) -> None:
        self.sessions.add(connection)
        try:
            await connection.run()
        finally:
            self.sessions.remove(connection)
            if not len(self.sessions):
                self._empty.set()

    async def _follow(self) -> None:
        self._closing = contextlib.AsyncExitStack()
        ear = Ear()
        self._closing.callback(ear.close)
        await ear.open(self._doorbell)
        if not self._events_url:
            self._run(follow_database(self.streams, ear, self._timing))
            return
        self._feed = feed = RedisFeed(self._events_url, self.streams, self._timing)
        self._closing.push_async_callback(feed.close)
        self.streams.older = feed.older
        self._run(feed.run())
        self._run(self._check_tails())
        for shard in range(SHARDS):
            relay = Relay(self.database, self._events_url, shard, self._timing.lease)
            self._closing.push_async_callback(relay.close)
            self._run(run_relay(relay, ear.rung, poll=self._timing.poll, retry=self._timing.retry))

    async def _check_tails(self) -> None:
        """Find what Redis lost after the last event anybody saw: no hole shows there."""
        while True:
            await asyncio.sleep(self._timing.tail)
            try:
                await self.streams.catch_up()
            except Exception:  # noqa: BLE001 the next look is a moment away
                _log.warning("the heads of the channels cannot be compared", exc_info=True)

    async def _beat(self) -> None:
        """Look at everybody within each heartbeat, a few at a time: all at once would hold up what has to be told."""
        while True:
            clients = [client for client in self.sessions.clients() if isinstance(client, Connection)]
            pause = self._timing.heartbeat / max(1, math.ceil(len(clients) / _AT_ONCE))
            for start in range(0, max(1, len(clients)), _AT_ONCE):
                for client in clients[start : start + _AT_ONCE]:
                    client.beat()
                await asyncio.sleep(pause)

    async def _trim(self) -> None:
        while True:
            try:
                await trim(self.database)
            except Exception:  # noqa: BLE001 the next round is an hour away
                _log.warning("old events could not be removed", exc_info=True)
            await asyncio.sleep(self._timing.trim)

    async def _all_gone(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(2 * self._timing.close):
                await self._all_left()

    async def _all_left(self) -> None:
        while len(self.sessions):
            self._empty.clear()
            await self._empty.wait()

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(_complain)
        self._tasks.append(task)


def _complain(task: asyncio.Task[None]) -> None:
    """Say at once that a part of the gateway has ended by an error: nobody asks for its result before the gateway stops."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("a part of the gateway ended", exc_info=error)
