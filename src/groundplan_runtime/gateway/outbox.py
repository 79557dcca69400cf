"""What waits for one socket: bounded, written by one task, so that a client who stops reading harms only himself."""

import asyncio
import math
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Generic, Protocol, TypeVar

from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import Position
from groundplan_runtime.gateway.blocks import block, mark, marked
from groundplan_runtime.gateway.counts import Counts
from groundplan_runtime.gateway.limits import Limits

__all__ = ["BlockOutbox", "Outbox", "Outgoing", "Queue"]

Piece = TypeVar("Piece", str, bytes)

_BATCH = 64
"""Frames sent under one time limit."""


class Queue(Generic[Piece]):
    """A queue of what is sent to one client. seconds: how long the client may take for a batch. counts: of the gateway."""

    def __init__(self, limits: Limits, seconds: float, counts: Counts | None = None) -> None:
        self._limits = limits
        self._seconds = seconds
        self._counts = counts or Counts()
        self._frames: deque[tuple[Piece, int, Any]] = deque()
        self._bytes = 0
        self._waiter: asyncio.Future[None] | None = None
        self._room = asyncio.Event()
        self._limit: asyncio.Timeout | None = None
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.closed = False

    @property
    def waiting(self) -> int:
        """How many frames wait."""
        return len(self._frames)

    def put(self, piece: Piece, size: int, passage: Any = None) -> bool:
        """Queue a piece of ``size`` bytes; False when it does not fit any more. passage: is told what becomes of it."""
        if self.closed:
            return True
        if len(self._frames) >= self._limits.queue_frames or self._bytes + size > self._limits.queue_bytes:
            return False
        if passage is not None:
            passage.expect()
        self._frames.append((piece, size, passage))
        self._bytes += size
        if self._waiter is not None:
            self._wake()
        return True

    async def room(self) -> None:
        """Wait until less than half of the queue is taken, or it was closed."""
        while not (self._half_empty() or self.closed):
            self._room.clear()
            await self._room.wait()

    def close(self) -> None:
        """Forget what waits and end `run` at once, even in the middle of a send."""
        self.closed = True
        _drop(passage for _, _, passage in self._frames)
        self._frames.clear()
        self._wake()
        self._room.set()
        if self._limit is not None and self._deadline is not None and not self._limit.expired():
            self._limit.reschedule(asyncio.get_running_loop().time())

    async def run(self, send: Callable[[Piece], Awaitable[None]]) -> bool:
        """Send what waits in order until `close`; False when the client took too long."""
        try:
            async with asyncio.timeout(None) as self._limit:
                await self._send_all(send)
        except TimeoutError:
            return self.closed
        finally:
            self._limit = self._deadline = None
            if self._timer is not None:
                self._timer.cancel()
        return True

    async def _send_all(self, send: Callable[[Piece], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        while not self.closed:
            if not self._frames:
                self._waiter = loop.create_future()
                await self._waiter
                continue
            self._deadline = loop.time() + self._seconds
            if self._timer is None:
                self._look_at(self._deadline)
            await self._send_batch(send)
            self._deadline = None

    def _wake(self) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    def _look_at(self, when: float) -> None:
        """Look at the time limit then. One timer watches over many batches: one for each would cost as much as sending."""
        if math.isfinite(when):
            self._timer = asyncio.get_running_loop().call_at(when, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._limit is None or self._deadline is None:
            return
        now = asyncio.get_running_loop().time()
        if now < self._deadline:
            self._look_at(self._deadline)
        else:
            self._limit.reschedule(now)

    async def _send_batch(self, send: Callable[[Piece], Awaitable[None]]) -> None:
        for _ in range(min(len(self._frames), _BATCH)):
            if self.closed:
                return
            piece, size, passage = self._frames.popleft()
            try:
                await send(piece)
            except BaseException:
                _drop([passage])
                raise
            self._bytes -= size
            self._counts.sent += 1
            if passage is not None:
                passage.sent()
        if self._half_empty():
            self._room.set()

    def _half_empty(self) -> bool:
        return 2 * len(self._frames) <= self._limits.queue_frames and 2 * self._bytes <= self._limits.queue_bytes


def _drop(passages: Iterable[Any]) -> None:
    for passage in passages:
        if passage is not None:
            passage.dropped()


class Outgoing(Protocol):
    """What waits for one client, as those see it who put something in. Each gives False when it does not fit any more."""

    closed: bool

    @property
    def waiting(self) -> int:
        """How many frames wait."""

    def tell(self, text: str) -> bool:
        """Queue a frame of the server."""

    def tell_reset(self, text: str, channel: str, position: Position) -> bool:
        """Queue the frame of a reset to ``position``."""

    def deliver(self, frame: Frame) -> bool:
        """Queue an event."""

    async def room(self) -> None:
        """Wait until there is room for a good deal more."""

    def close(self) -> None:
        """Forget what waits and stop sending."""


class Outbox(Queue[str]):
    """What waits for one WebSocket: the texts of frames."""

    def tell(self, text: str) -> bool:
        """Queue a frame of the server."""
        return self.put(text, len(text.encode()))

    def tell_reset(self, text: str, channel: str, position: Position) -> bool:  # noqa: ARG002 the frame says them itself
        """Queue the frame of a reset."""
        return self.tell(text)

    def deliver(self, frame: Frame) -> bool:
        """Queue an event."""
        return self.put(frame.text, frame.size, frame.passage)


class BlockOutbox(Queue[bytes]):
    """What waits for one event stream: blocks, whose ids say where it stands on every channel. begun: channel -> position."""

    def __init__(self, limits: Limits, seconds: float, begun: Mapping[str, Position], counts: Counts | None = None) -> None:
        super().__init__(limits, seconds, counts)
        self._marks = {channel: mark(channel, position) for channel, position in begun.items()}

    def tell(self, text: str) -> bool:
        """Queue a frame of the server."""
        told = block(text)
        return self.put(told, len(told))

    def tell_reset(self, text: str, channel: str, position: Position) -> bool:
        """Queue the frame of a reset, with the id to resume from."""
        self._marks[channel] = mark(channel, position)
        told = block(text, id=",".join(self._marks.values()))
        return self.put(told, len(told))

    def deliver(self, frame: Frame) -> bool:
        """Queue an event, with the id to resume from."""
        self._marks[frame.channel], told = marked(frame)
        told = b"id: %b\n%b" % (",".join(self._marks.values()).encode(), told)
        return self.put(told, len(told), frame.passage)

    async def _send_batch(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send many blocks as one piece: each piece costs the server and the reader a chunk of its own."""
        taken = [self._frames.popleft() for _ in range(min(len(self._frames), _BATCH))]
        try:
            await send(b"".join(piece for piece, _, _ in taken))
        except BaseException:
            _drop(passage for _, _, passage in taken)
            raise
        self._bytes -= sum(size for _, size, _ in taken)
        self._counts.sent += len(taken)
        for _, _, passage in taken:
            if passage is not None:
                passage.sent()
        if self._half_empty():
            self._room.set()
