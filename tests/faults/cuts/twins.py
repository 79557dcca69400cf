"""The gateway with one piece built wrongly, as it is easily built: each twin breaks a guarantee, and its scenario notices."""

import asyncio
import json
import math
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

from faults.cuts import guarantees
from faults.cuts.guarantees import Stage
from groundplan_runtime.events import Event, Position, read
from groundplan_runtime.events.frame import Frame, frame_of
from groundplan_runtime.gateway import connection, gateway, history, redis_feed, streams, wire
from groundplan_runtime.gateway.connection import Connection
from groundplan_runtime.gateway.gateway import Gateway
from groundplan_runtime.gateway.limits import Limits
from groundplan_runtime.gateway.outbox import Outbox
from groundplan_runtime.gateway.redis_feed import RedisFeed
from groundplan_runtime.gateway.sessions import Client, Sessions
from groundplan_runtime.gateway.stream import Offer, Stream
from groundplan_runtime.gateway.streams import Streams
from groundplan_runtime.gateway.subscription import Subscription
from groundplan_runtime.identity import Session

__all__ = ["GUARANTEES", "Guarantee", "Twin"]


@dataclass(frozen=True, slots=True)
class Twin:
    """One wrong variant. what: it does. place, name: the piece it stands in for. piece: what stands there."""

    what: str
    place: ModuleType | type
    name: str
    piece: Any


@dataclass(frozen=True, slots=True)
class Guarantee:
    """A promise, the scenario that sees it broken, and the twins that break it. valkey: whether the scenario needs one."""

    promise: str
    scenario: Callable[[Stage], Awaitable[None]]
    twins: tuple[Twin, ...]
    valkey: bool = False


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

    def __init__(self, limits: Limits, seconds: float) -> None:
        super().__init__(replace(limits, queue_frames=1_000_000_000, queue_bytes=1_000_000_000_000), seconds)


class Dropping(Outbox):
    """Drops what does not fit, and says nothing."""

    def put(self, text: str, size: int) -> bool:
        super().put(text, size)
        return True


class Patient(Outbox):
    """Waits for a client as long as it takes."""

    def __init__(self, limits: Limits, seconds: float) -> None:
        del seconds
        super().__init__(limits, math.inf)


class Wordless(Connection):
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


class Forgetful(Sessions):
    """Knows nobody when it is asked who is here."""

    def clients(self) -> list[Client]:
        return []


class HoleBlind(Stream):
    """Takes every newer frame for the next one."""

    def offer(self, frame: Frame) -> Offer:
        if frame.seq > self.head.seq + 1:
            self.head = replace(frame.position, seq=frame.seq - 1)
            self.ring.clear()
        return super().offer(frame)


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


GUARANTEES = (
    Guarantee(
        "What was missed is replayed, then comes what is new: nothing is left out between the two, nothing overtakes.",
        guarantees.replay_goes_over_into_live_without_a_seam,
        (
            Twin("replays first and follows afterwards", connection, "Subscription", ReplayBeforeTap),
            Twin("follows at once and replays beside it", connection, "Subscription", TapWithoutBuffer),
        ),
    ),
    Guarantee(
        "Recovery is whole or a reset, never partial.",
        guarantees.a_gap_that_cannot_be_filled_is_a_reset,
        (Twin("replays what the log still has", gateway, "Streams", WhatIsLeft),),
    ),
    Guarantee(
        "A position of another epoch is answered with a reset.",
        guarantees.a_position_of_another_epoch_is_a_reset,
        (Twin("does not look at the epoch", gateway, "Streams", AnyEpoch),),
    ),
    Guarantee(
        "A position whose event is another one now, because the database was put back, is answered with a reset.",
        guarantees.a_position_of_another_past_is_a_reset,
        (Twin("does not look at the id", gateway, "Streams", AnyId),),
    ),
    Guarantee(
        "Who listens while the database is put back is told with a reset.",
        guarantees.a_log_put_back_is_told_to_those_who_listen,
        (Twin("looks for newer events only", streams, "_went_back", lambda _before, _head: False),),
    ),
    Guarantee(
        "An event that cannot be carried keeps its place as a tombstone.",
        guarantees.what_cannot_be_carried_keeps_its_place,
        (
            Twin("passes the payload on as it is", history, "frame_of", as_it_is),
            Twin("tells it under another number", history, "frame_of", leave_out),
        ),
    ),
    Guarantee(
        "A replay longer than the queue of a socket arrives whole.",
        guarantees.a_long_replay_waits_for_its_client,
        (Twin("queues the replay at once", connection, "Subscription", ReplayAtOnce),),
    ),
    Guarantee(
        "A burst of ours is no reason to close a client that reads.",
        guarantees.a_burst_of_ours_closes_nobody,
        (Twin("hands over the burst in one go", gateway, "Streams", NoPortions),),
    ),
    Guarantee(
        "What waits for a client is bounded; a full queue closes with 4408, and resuming brings all of it.",
        guarantees.a_full_queue_closes_with_4408_and_resume_repairs,
        (
            Twin("keeps everything in memory", connection, "Outbox", Unbounded),
            Twin("drops silently what does not fit", connection, "Outbox", Dropping),
            Twin("closes without saying why", gateway, "Connection", Wordless),
        ),
    ),
    Guarantee(
        "A client that does not take a batch within its time is closed with 4408, also when its queue is not full.",
        guarantees.a_send_that_takes_too_long_closes_with_4408,
        (Twin("waits as long as it takes", connection, "Outbox", Patient),),
    ),
    Guarantee(
        "A revocation closes sockets with 4401 within two seconds.",
        guarantees.a_revocation_acts_at_once,
        (Twin("takes no notice of the event", gateway, "Sessions", Deaf),),
    ),
    Guarantee(
        "A revocation whose event was lost acts within the re-check interval.",
        guarantees.a_revocation_that_was_lost_acts_within_the_interval,
        (Twin("never looks again by itself", gateway, "Sessions", Trusting),),
    ),
    Guarantee(
        "A sign-out between handshake and first frame is found at once.",
        guarantees.a_sign_out_during_the_handshake_is_found,
        (Twin("takes the socket in without looking again", gateway, "Sessions", Hasty),),
    ),
    Guarantee(
        "Who loses the permission for a channel it follows is closed with 4403.",
        guarantees.a_lost_permission_ends_the_socket,
        (Twin("notes the change and goes on", Connection, "take", keep),),
    ),
    Guarantee(
        "A channel that the account may not follow is refused.",
        guarantees.a_channel_without_permission_is_refused,
        (Twin("asks for a sign-in only", Connection, "_may_follow", lambda _self, _channel: True),),
    ),
    Guarantee(
        "An account has at most so many sockets; the next is closed with 4429.",
        guarantees.an_account_has_so_many_sockets,
        (Twin("counts nobody's sockets", gateway, "Sessions", Uncounted),),
    ),
    Guarantee(
        "A client that floods is closed with 4400.",
        guarantees.a_client_that_floods_is_sent_away,
        (Twin("takes every frame", Connection, "_within_rate", lambda _self: True),),
    ),
    Guarantee(
        "A server that stops tells everybody with 1012.",
        guarantees.a_stop_is_told_to_everybody,
        (Twin("stops without a word", gateway, "Sessions", Forgetful),),
    ),
    Guarantee(
        "A drain asks clients to come back at different moments.",
        guarantees.a_drain_spreads_those_who_come_back,
        (Twin("closes everybody at once", Gateway, "drain", everybody_at_once),),
    ),
    Guarantee(
        "A hole in what Redis brings is filled from the log before what follows is told.",
        guarantees.a_hole_in_redis_is_filled_before_what_follows,
        (Twin("tells what comes", streams, "Stream", HoleBlind),),
        valkey=True,
    ),
    Guarantee(
        "What Redis lost after the last event anybody saw is found by comparing heads.",
        guarantees.a_tail_that_redis_lost_is_found,
        (Twin("compares no heads", Gateway, "_check_tails", never),),
        valkey=True,
    ),
    Guarantee(
        "While Redis does not answer, the database log is followed.",
        guarantees.the_database_stands_in_for_redis,
        (Twin("waits for Redis", redis_feed.RedisFeed, "_by_database", wait_for_redis),),
        valkey=True,
    ),
)
