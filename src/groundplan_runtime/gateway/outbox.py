"""What waits for one socket: bounded, written by one task, so that a client who stops reading harms only himself."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from groundplan_runtime.gateway.limits import Limits

__all__ = ["Outbox"]

_BATCH = 64
"""Frames sent under one time limit; a limit for each would cost more than the frame."""


class Outbox:
    """A queue of frames for one socket. seconds: how long the client may take for a batch of frames."""

    def __init__(self, limits: Limits, seconds: float) -> None:
        self._limits = limits
        self._seconds = seconds
        self._frames: deque[tuple[str, int]] = deque()
        self._bytes = 0
        self._wake = asyncio.Event()
        self._room = asyncio.Event()
        self._sending: asyncio.Timeout | None = None
        self.closed = False

    def put(self, text: str, size: int) -> bool:
        """Queue a frame of ``size`` bytes; False when it does not fit any more."""
        if self.closed:
            return True
        if len(self._frames) >= self._limits.queue_frames or self._bytes + size > self._limits.queue_bytes:
            return False
        self._frames.append((text, size))
        self._bytes += size
        self._wake.set()
        return True

    async def room(self) -> None:
        """Wait until less than half of the queue is taken, or it was closed."""
        while not (self._half_empty() or self.closed):
            self._room.clear()
            await self._room.wait()

    def close(self) -> None:
        """Forget what waits and end `run` at once, even in the middle of a send."""
        self.closed = True
        self._frames.clear()
        self._wake.set()
        self._room.set()
        if self._sending is not None:
            self._sending.reschedule(asyncio.get_running_loop().time())

    async def run(self, send: Callable[[str], Awaitable[None]]) -> bool:
        """Send frames in order until `close`; False when the client took too long."""
        while not self.closed:
            if not self._frames:
                self._wake.clear()
                await self._wake.wait()
                continue
            try:
                async with asyncio.timeout(self._seconds) as self._sending:
                    await self._send_batch(send)
            except TimeoutError:
                return self.closed
            finally:
                self._sending = None
        return True

    async def _send_batch(self, send: Callable[[str], Awaitable[None]]) -> None:
        for _ in range(min(len(self._frames), _BATCH)):
            if self.closed:
                return
            text, size = self._frames.popleft()
            await send(text)
            self._bytes -= size
        if self._half_empty():
            self._room.set()

    def _half_empty(self) -> bool:
        return 2 * len(self._frames) <= self._limits.queue_frames and 2 * self._bytes <= self._limits.queue_bytes
