"""The gateway with one piece built wrongly, as it is easily built: each twin breaks a guarantee, and its scenario notices."""

import asyncio
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

from groundplan_runtime.client.python import LiveClient
from groundplan_runtime.events import Event, Position, read
from groundplan_runtime.events.frame import Frame, frame_of
from groundplan_runtime.gateway import wire
from groundplan_runtime.gateway.accounts import Account, Accounts
from groundplan_runtime.gateway.connection import Connection
from groundplan_runtime.gateway.counts import Counts
from groundplan_runtime.gateway.gateway import Gateway
from groundplan_runtime.gateway.limits import Limits
from groundplan_runtime.gateway.outbox import Outbox
from groundplan_runtime.gateway.redis_feed import RedisFeed
from groundplan_runtime.gateway.sessions import Client, Sessions
from groundplan_runtime.gateway.socket_connection import SocketConnection
from groundplan_runtime.gateway.stream import Offer, Stream
from groundplan_runtime.gateway.streams import Streams
from groundplan_runtime.gateway.subscription import Subscription
from groundplan_runtime.identity import Session


class ReplayBeforeTap(Subscription):
    """Reads what there was when it came, sends it, and follows from then on: what came meanwhile is lost."""

    async def _replay(self, position: Position) -> None:
        head = self._stream.head
        self._tell(wire.subscribed(self._stream.channel, head, head.seq - position.seq))
        while position.seq < head.seq:
            for frame in await self._streams.after(self._stream, position):
                await self._outbox.room()
                self.deliver(frame)
                position = frame.position
        self._stream.join(self)


class TapWithoutBuffer(Subscription):
    """Follows at once and replays beside it: new events overtake old ones."""

    async def _replay(self, position: Position) -> None:
        head = self._stream.head
        self._stream.join(self)
        while position.seq < head.seq:
            for frame in await self._streams.after(self._stream, position):
                await self._outbox.room()
                self.deliver(frame)
                position = frame.position


class ReplayAtOnce(Subscription):
    """Queues a whole replay without asking how fast the client reads."""

    async def _send(self, frames: Sequence[Frame], position: Position) -> Position:
        for frame in frames:
            self.deliver(frame)
            position = frame.position
        return position


class WhatIsLeft(Streams):
    """Gives what the log still has after a position, and says nothing of what it has not."""

    async def after(self, stream: Stream, position: Position) -> Sequence[Frame]:
        rows = await read.log(self._database, stream.channel, position.seq + 1, self._limits.replay_page)
        return [frame_of(event) for event in rows if event.seq <= stream.head.seq]


class AnyEpoch(Streams):
    """Looks at seq and id of a position, never at its epoch."""

    async def after(self, stream: Stream, position: Position) -> Sequence[Frame]:
        return await super().after(stream, replace(position, epoch=stream.head.epoch))


class AnyId(Streams):
    """Looks at epoch and seq of a position, never at the id of the event there."""

    async def after(self, stream: Stream, position: Position) -> Sequence[Frame]:
        rows = await read.log(self._database, stream.channel, position.seq, 1)
        return await super().after(stream, replace(position, id=rows[0].id) if rows and position.seq else position)


class NoPortions(Streams):
    """Hands a burst to the queues without letting any socket send in between."""

    async def _breathe(self, frame: Frame) -> None:
        """Go on."""


class Unbounded(Outbox):
    """Keeps whatever comes until it can be sent."""

    def __init__(self, limits: Limits, seconds: float, counts: Counts | None = None) -> None:
        super().__init__(replace(limits, queue_frames=1_000_000_000, queue_bytes=1_000_000_000_000), seconds, counts)


class Dropping(Outbox):
    """Drops what does not fit, and says nothing."""

    def put(self, piece: str, size: int, passage: Any = None) -> bool:
        super().put(piece, size, passage)
        return True


class Patient(Outbox):
    """Waits for a client as long as it takes."""

    def __init__(self, limits: Limits, seconds: float, counts: Counts | None = None) -> None:
        del seconds
        super().__init__(limits, math.inf, counts)


class InTurn(Outbox):
    """Sends to one client after the other and waits for each: `for client in clients: await client.send(event)`."""

    stuck: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, Outbox]] = WeakKeyDictionary()

    def __init__(self, limits: Limits, seconds: float, counts: Counts | None = None) -> None:
        del seconds
        super().__init__(replace(limits, queue_frames=1_000_000_000, queue_bytes=1_000_000_000_000), math.inf, counts)

    def flush(self) -> None:
        loop = asyncio.get_running_loop()
        first = self.stuck.get(loop)
        if first is not None and first is not self and first.writing:
            loop.call_later(0.001, self.flush)
            return
        super().flush()
        if self.writing:
            self.stuck[loop] = self


class Wordless(SocketConnection):
    """Closes a slow client like one that is done."""

    def end(self, code: int | None, reason: str = "") -> None:
        super().end(1000 if code == 4408 else code, reason)


class Deaf(Sessions):
    """Takes revocations for news."""

    def deliver(self, frame: Frame) -> None:
        """Do nothing."""


class Trusting(Sessions):
    """Looks at a sign-in once, in the handshake, and when it is told to."""

    def __init__(self, judge: Any, recheck_seconds: float) -> None:
        del recheck_seconds
        super().__init__(judge, 1_000_000)


class Hasty(Sessions):
    """Takes a socket in without looking at its sign-in again."""

    def _doubt(self, names: Iterable[str]) -> None:
        """Do nothing."""


class Uncounted(Sessions):
    """Does not know how many sockets an account has."""

    def count(self, user_id: int) -> int:
        del user_id
        return 0


class Strangers(Accounts):
    """Does not see that two lines are of one account."""

    def of(self, user_id: int) -> Account:
        del user_id
        return Account(self._limits)


class Forgetful(Sessions):
    """Knows nobody when it is asked who is here."""

    def clients(self) -> list[Client]:
        return []


class Unworried(LiveClient):
    """Takes a silent line for one on which nothing happens."""

    def _leave_at(self) -> float:
        return self._drain_at


class HoleBlind(Stream):
    """Takes every newer frame for the next one."""

    def offer(self, frame: Frame) -> Offer:
        if frame.seq > self.head.seq + 1:
            self.head = replace(frame.position, seq=frame.seq - 1)
            self.ring.clear()
        return super().offer(frame)


def only_forward(_before: Position, _head: Position) -> bool:
    """Take it that a log never goes back."""
    return False


def anything(_self: Connection, _channel: str) -> bool:
    """Let everybody follow everything."""
    return True


def say_nothing(_self: Connection) -> None:
    """Leave it to the pings of the server, which no page ever sees."""


def always(_self: Connection) -> bool:
    """Take every frame."""
    return True


def keep(self: Connection, session: Session) -> None:
    """Note a changed sign-in and go on."""
    self.session = session


async def never(_self: Gateway) -> None:
    """Compare no heads."""


async def wait_for_redis(_self: RedisFeed) -> None:
    """Wait for Redis to come back."""
    await asyncio.sleep(0.1)


async def everybody_at_once(self: Gateway, within: float) -> None:
    """Close everybody, who will all come back together."""
    del within
    for client in self.sessions.clients():
        client.end(1012, "restarting")


def as_it_is(event: Event) -> Frame:
    """Encode a payload without looking whether it is JSON."""
    good = frame_of(replace(event, payload='"PAYLOAD"'))
    text = good.text.replace('"PAYLOAD"', event.payload)
    return replace(good, text=text, size=len(text.encode()))


def leave_out(event: Event) -> Frame:
    """Encode an event that cannot be told as one that says it is the next."""
    good = frame_of(event)
    if not good.parked:
        return good
    told = {**good.event, "seq": event.seq + 1}
    return replace(good, text=json.dumps(told))
