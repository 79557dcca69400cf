"""All channels of one gateway, brought up to the database's heads."""

import asyncio
from collections.abc import Iterable, Sequence

from groundplan_runtime.database import Database
from groundplan_runtime.events import read
from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import START, Position
from groundplan_runtime.gateway.counts import Counts
from groundplan_runtime.gateway.history import Older, database_history
from groundplan_runtime.gateway.limits import Limits
from groundplan_runtime.gateway.pump import Pump
from groundplan_runtime.gateway.stream import Offer, Stream
from groundplan_runtime.telemetry.passage import watcher

__all__ = ["LostError", "Streams"]


_PORTION_BYTES = 32 * 1024


class LostError(Exception):
    """What follows a position cannot be told. reason: ``epoch`` (another past) or ``trimmed`` (no longer kept)."""

    def __init__(self, reason: str) -> None:
        """Keep the reason as the protocol names it."""
        self.reason = reason
        super().__init__(reason)


class Streams:
    """The streams by channel. Frames may come from Redis or the database; the database decides what is true.

    counts, pump: the gateway's.
    """

    def __init__(self, database: Database, channels: Iterable[str], limits: Limits) -> None:
        self._database = database
        self._limits = limits
        self._from_log = database_history(database)
        self.older: Older = self._from_log
        self.counts = Counts()
        self.pump = Pump()
        watch = watcher()
        self._streams = {channel: Stream(channel, limits, watch) for channel in channels}
        self._unsent = 0
        self._reading = {channel: asyncio.Lock() for channel in self._streams}

    def get(self, channel: str) -> Stream | None:
        """Give the stream of a channel; None when the project has no such channel."""
        return self._streams.get(channel)

    async def load(self) -> None:
        """Read every head and the frames that led to it, so that sockets which reconnect are served from memory."""
        for channel, head in (await read.heads(self._database, self._streams)).items():
            first = max(1, head.seq - self._limits.ring_frames + 1)
            frames = await self._from_log(channel, first, head.seq - first + 1)
            self._streams[channel].remember(head, _leading_to(head, frames))

    async def catch_up(self, channels: Iterable[str] | None = None) -> None:
        """Bring streams up to the database's heads; followers are told what was missed, or that the past has changed."""
        names = list(self._streams) if channels is None else list(channels)
        before = {name: self._streams[name].head for name in names}
        heads = await read.heads(self._database, names)
        for name in names:
            head, stream = heads.get(name, START), self._streams[name]
            if _went_back(before[name], head):
                stream.restart(head, "epoch")
            elif head.seq > stream.head.seq:
                await self._fill(stream, head.seq)

    async def offer(self, frame: Frame) -> None:
        """Take a frame that Redis brought; what it leaves open is asked of the database."""
        stream = self._streams.get(frame.channel)
        if stream is None:
            return
        outcome = stream.offer(frame)
        await self._breathe(frame)
        if outcome is Offer.HOLE and stream.head.seq:
            await self._fill_from(self.older, stream, frame.seq - 1)
            outcome = stream.offer(frame)
        if outcome in {Offer.HOLE, Offer.ASTRAY}:
            await self.catch_up([frame.channel])

    async def after(self, stream: Stream, position: Position) -> Sequence[Frame]:
        """Give a page of the frames that follow ``position``; () when it is the head. Raises LostError when they cannot be told.

        The event at ``position`` itself is read along and compared, so that a log which was put back is noticed.
        """
        if position.seq >= stream.head.seq:
            if position.seq > stream.head.seq or (position.seq and position != stream.head):
                raise LostError("epoch")
            return ()
        page = await self._page(stream, max(1, position.seq))
        # Redis and the log may be ahead of us: what lies beyond our head comes live, and a follower must not stand before it.
        frames = [frame for frame in page if frame.seq <= stream.head.seq]
        if not frames:
            raise LostError("trimmed")
        return _following(position, frames)

    async def _page(self, stream: Stream, first: int) -> Sequence[Frame]:
        """Give frames from seq ``first`` on, oldest first; stops early, never skips."""
        most = self._limits.replay_page
        if frames := stream.ring.since(first, most):
            return frames
        async with self._reading[stream.channel]:  # sockets that miss the same frames ask one after another, not all at once
            for older in dict.fromkeys((self.older, self._from_log)):
                frames = _unbroken(first, await older(stream.channel, first, most))
                if len(frames) > 1:
                    return frames
        return frames

    async def _fill(self, stream: Stream, last: int) -> None:
        """Take frames from the log up to seq ``last``; restart the stream when its past is not there any more."""
        while stream.head.seq < last:
            known = stream.head
            frames = await self._from_log(stream.channel, max(1, known.seq), self._limits.replay_page)
            if not _continues(known, frames):
                await self._restart(stream, known, frames)
                return
            for frame in frames:
                if stream.offer(frame) is Offer.ASTRAY:
                    await self._restart(stream, stream.head, [frame])
                    return
                await self._breathe(frame)

    async def _fill_from(self, older: Older, stream: Stream, last: int) -> None:
        for frame in _unbroken(stream.head.seq + 1, await older(stream.channel, stream.head.seq + 1, last - stream.head.seq)):
            stream.offer(frame)
            await self._breathe(frame)

    async def _breathe(self, frame: Frame) -> None:
        """Let the sockets send between two portions of a burst: their queues are for clients that are slow, not for ours."""
        self._unsent += frame.size
        if self._unsent > _PORTION_BYTES:
            self._unsent = 0
            await self.pump.rest()

    async def _restart(self, stream: Stream, known: Position, frames: Sequence[Frame]) -> None:
        head = (await read.heads(self._database, [stream.channel])).get(stream.channel, START)
        lost = not frames or frames[0].seq > known.seq + 1
        stream.restart(head, "trimmed" if lost else "epoch")


def _went_back(before: Position, head: Position) -> bool:
    """Tell whether the log is in another past: its head lies behind, or is another event at the same place."""
    if before.seq == 0:
        return before.epoch not in {"", head.epoch} and head.seq == 0
    return head.seq < before.seq or (head.seq == before.seq and head != before)


def _continues(known: Position, frames: Sequence[Frame]) -> bool:
    """Tell whether frames begin with the event at ``known`` or, at the start of a channel, with its first one."""
    if not frames:
        return False
    first = frames[0]
    if known.seq == 0:
        return first.seq == 1
    return first.position == known and len(frames) > 1


def _following(position: Position, frames: Sequence[Frame]) -> Sequence[Frame]:
    """Give the frames after ``position`` of a page that begins with it. Raises LostError when it holds another event there."""
    if position.seq == 0:
        if position.epoch not in {"", frames[0].epoch}:
            raise LostError("epoch")
        return frames
    if frames[0].position != position:
        raise LostError("epoch")
    if len(frames) == 1:
        raise LostError("trimmed")
    return frames[1:]


def _unbroken(first: int, frames: Sequence[Frame]) -> Sequence[Frame]:
    """Give the frames up to the first gap or change of epoch; none when they do not begin at ``first``."""
    count = 0
    while count < len(frames) and frames[count].seq == first + count and frames[count].epoch == frames[0].epoch:
        count += 1
    return frames[:count]


def _leading_to(head: Position, frames: Sequence[Frame]) -> Sequence[Frame]:
    """Give the newest frames without a gap that end at head; none when they do not."""
    count = 0
    while count < len(frames) and frames[-1 - count].seq == head.seq - count and frames[-1 - count].epoch == head.epoch:
        count += 1
    return frames[len(frames) - count :] if count and frames[-1].position == head else ()
