"""One socket following one channel: from a position to live, whole or anew, never in part."""

import asyncio
from collections.abc import Callable, Sequence

from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import Position
from groundplan_runtime.gateway import wire
from groundplan_runtime.gateway.limits import Limits
from groundplan_runtime.gateway.outbox import Outgoing
from groundplan_runtime.gateway.stream import Stream
from groundplan_runtime.gateway.streams import LostError, Streams

__all__ = ["Subscription"]


class Subscription:
    """A follower of a channel. overflow: called once when its socket cannot take more."""

    __slots__ = ("_limits", "_outbox", "_overflow", "_stream", "_streams", "catching_up")

    def __init__(self, stream: Stream, streams: Streams, outbox: Outgoing, limits: Limits, overflow: Callable[[], None]) -> None:
        self._stream = stream
        self._streams = streams
        self._outbox = outbox
        self._limits = limits
        self._overflow = overflow
        self.catching_up: asyncio.Task[None] | None = None

    @property
    def head(self) -> int:
        """The number of the channel's last event."""
        return self._stream.head.seq

    def deliver(self, frame: Frame) -> None:
        """Queue an event."""
        if not self._outbox.deliver(frame):
            self._overflow()

    def reset(self, channel: str, reason: str, position: Position) -> None:
        """Queue the frame that says: load the state afresh."""
        self._streams.counts.followed[reason] += 1
        if not self._outbox.tell_reset(wire.reset(channel, reason, position), channel, position):
            self._overflow()

    def leave(self) -> None:
        """Stop following."""
        self._stream.leave(self)
        if self.catching_up is not None:
            self.catching_up.cancel()

    def begin(self, position: Position | None, lost: Callable[[str], None]) -> None:
        """Go live: from now on, or in a task after whatever was missed since ``position``. lost: told while handling why."""
        if position is None:
            self._anew("new")
        else:
            self.catching_up = asyncio.get_running_loop().create_task(self._catch_up(position, lost))

    async def _catch_up(self, position: Position, lost: Callable[[str], None]) -> None:
        try:
            await self.follow(position)
        except Exception:  # noqa: BLE001 one channel that cannot be read must not harm what is not of this client
            lost(self._stream.channel)
        finally:
            self.catching_up = None

    async def follow(self, position: Position) -> None:
        """Go live, after whatever was missed since ``position``."""
        if position.seq > self._stream.head.seq:  # a page read the database a moment before we did
            await self._streams.catch_up([self._stream.channel])
        if self._stream.head.seq - position.seq > self._limits.replay_most:
            self._anew("too_far")
            return
        try:
            await self._replay(position)
        except LostError as lost:
            self._anew(lost.reason)

    async def _replay(self, position: Position) -> None:
        """Send what follows ``position`` until nothing is missing, and join without a moment in between."""
        self._stream.replay(self)  # from here on a restart of the stream tells us, and ends the replay
        frames = await self._streams.after(self._stream, position)
        if self._stream.is_replaying(self):
            head = self._stream.head
            self._streams.counts.followed["recovered"] += 1
            self._tell(wire.subscribed(self._stream.channel, head, head.seq - position.seq))
        while frames and self._stream.is_replaying(self):
            position = await self._send(frames, position)
            frames = await self._streams.after(self._stream, position) if self._stream.is_replaying(self) else ()
        if self._stream.is_replaying(self):
            self._stream.join(self)

    async def _send(self, frames: Sequence[Frame], position: Position) -> Position:
        for frame in frames:
            await self._outbox.room()
            if not self._stream.is_replaying(self):
                return position
            self.deliver(frame)
            position = frame.position
        return position

    def _anew(self, reason: str) -> None:
        self.reset(self._stream.channel, reason, self._stream.head)
        self._stream.join(self)

    def _tell(self, text: str) -> None:
        if not self._outbox.tell(text):
            self._overflow()
