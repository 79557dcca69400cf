"""A queue for one client: bounded, in order, and written without a task of its own as long as the client takes it."""

import asyncio
import contextvars
import math
from collections.abc import Coroutine, Generator, Iterable, Sequence
from typing import Any, Generic, Protocol, TypeVar

from groundplan_runtime.gateway.counts import Counts
from groundplan_runtime.gateway.limits import Limits
from groundplan_runtime.gateway.pump import Pump

__all__ = ["BATCH", "Entry", "Line", "Queue"]

Piece = TypeVar("Piece", str, bytes)
Taken_contra = TypeVar("Taken_contra", str, bytes, contravariant=True)
Entry = tuple[Piece, int, Any]

BATCH = 64
"""Frames sent under one time limit, and in one go."""


class Line(Protocol[Taken_contra]):
    """Where a queue writes to."""

    def write(self, piece: Taken_contra) -> Coroutine[Any, Any, None]:
        """Write a piece; waits while the client's buffers are full."""

    def slow(self) -> None:
        """Learn that the client took too long."""

    def broken(self, error: Exception) -> None:
        """Learn that writing failed."""


class _Begun(Generator[Any, Any, None]):
    """The rest of a coroutine that was begun by hand and waits for ``first``; a task that awaits this goes on with it."""

    __slots__ = ("_coroutine", "_first")

    def __init__(self, coroutine: Coroutine[Any, Any, None], first: Any) -> None:
        self._coroutine = coroutine
        self._first: Any = first

    def __await__(self) -> Generator[Any, Any, None]:
        return self

    def send(self, value: Any) -> Any:
        """Give what it waits for next."""
        first, self._first = self._first, _GIVEN
        return self._coroutine.send(value) if first is _GIVEN else first

    def throw(self, *error: Any) -> Any:
        """End the wait with an error."""
        return self._coroutine.throw(*error)


_GIVEN = object()


class Queue(Generic[Piece]):
    """A queue of what is sent to one client. seconds: how long the client may take for a batch. counts: of the gateway."""

    __slots__ = (
        "_bytes", "_context", "_counts", "_due", "_frames", "_limits", "_line", "_pump", "_room", "_seconds", "_writer", "closed",
    )  # fmt: skip
    _line: Line[Piece]
    _context: contextvars.Context

    def __init__(self, limits: Limits, seconds: float, counts: Counts | None = None) -> None:
        self._limits = limits
        self._seconds = seconds
        self._counts = counts or Counts()
        self._frames: list[Entry[Piece]] = []
        self._bytes = 0
        self._pump: Pump | None = None
        self._writer: asyncio.Task[None] | None = None
        self._room: asyncio.Event | None = None
        self._due = False
        self.closed = False

    @property
    def waiting(self) -> int:
        """How many frames wait."""
        return len(self._frames)

    @property
    def writing(self) -> bool:
        """Whether the client has still to take a piece that was begun."""
        return self._writer is not None

    def open(self, line: Line[Piece], pump: Pump) -> None:
        """Begin to send. What is written runs in the context of whoever calls this."""
        self._line, self._pump, self._context = line, pump, contextvars.copy_context()
        self._ask()

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
        self._ask()
        return True

    async def room(self) -> None:
        """Wait until less than half of the queue is taken, or it was closed."""
        while not (self._half_empty() or self.closed):
            self._room = self._room or asyncio.Event()
            self._room.clear()
            await self._room.wait()

    def close(self) -> None:
        """Forget what waits and stop sending at once, even in the middle of a piece."""
        self.closed = True
        _drop(passage for _, _, passage in self._frames)
        self._frames.clear()
        if self._writer is not None:  # soon: one that was never begun could not say what became of its piece
            asyncio.get_running_loop().call_soon(self._writer.cancel)
        if self._room is not None:
            self._room.set()

    async def ended(self) -> None:
        """Wait until nothing is being written any more. After `close`."""
        if self._writer is not None:
            await asyncio.wait([self._writer])

    def flush(self) -> None:
        """Send what waits; from the first piece on that the client does not take at once, a task does it."""
        self._due = False
        for _ in range(BATCH):
            if self.closed or self._writer is not None or not self._frames:
                break
            self._begin()
        else:
            self._ask()
        if self._room is not None and self._half_empty():
            self._room.set()

    def _ask(self) -> None:
        if self._pump is not None and not self._due and self._writer is None and self._frames:
            self._due = True
            self._pump.add(self)

    def _begin(self) -> None:
        """Write a piece as far as it goes without waiting."""
        piece, taken = self._take()
        coroutine = self._line.write(piece)
        try:
            waits = self._context.run(coroutine.send, None)
        except StopIteration:
            self._sent(taken)
        except RuntimeError:  # what wraps `send` may want a task around it (asyncio.timeout, anyio): a second try has one
            self._write_in_a_task(self._line.write(piece), taken)
        except Exception as error:  # noqa: BLE001 each server says in its own way that it gave the line up
            _drop(passage for _, _, passage in taken)
            self._line.broken(error)
        else:
            self._write_in_a_task(_Begun(coroutine, waits), taken)

    def _write_in_a_task(self, writing: Coroutine[Any, Any, None] | _Begun, taken: Sequence[Entry[Piece]]) -> None:
        self._writer = asyncio.get_running_loop().create_task(self._go_on(writing, taken), context=self._context)

    async def _go_on(self, writing: Coroutine[Any, Any, None] | _Begun, taken: Sequence[Entry[Piece]]) -> None:
        """Finish a piece, and send the rest until nothing waits."""
        limit = self._seconds if math.isfinite(self._seconds) else None
        try:
            async with asyncio.timeout(limit):
                await self._written(writing, taken)
                await self._send_batch()
            while self._frames and not self.closed:
                async with asyncio.timeout(limit):
                    await self._send_batch()
        except TimeoutError:
            self._line.slow()
        except Exception as error:  # noqa: BLE001 as above
            self._line.broken(error)
        finally:
            self._writer = None

    async def _send_batch(self) -> None:
        for _ in range(BATCH):
            if self.closed or not self._frames:
                break
            piece, taken = self._take()
            await self._written(self._line.write(piece), taken)
        if self._room is not None and self._half_empty():
            self._room.set()

    async def _written(self, writing: Coroutine[Any, Any, None] | _Begun, taken: Sequence[Entry[Piece]]) -> None:
        try:
            await writing
        except BaseException:
            _drop(passage for _, _, passage in taken)
            raise
        self._sent(taken)

    def _take(self) -> tuple[Piece, Sequence[Entry[Piece]]]:
        """Take what is sent as one piece from the queue."""
        taken = self._frames.pop(0)
        return taken[0], (taken,)

    def _sent(self, taken: Sequence[Entry[Piece]]) -> None:
        for _, size, passage in taken:
            self._bytes -= size
            self._counts.sent += 1
            if passage is not None:
                passage.sent()

    def _half_empty(self) -> bool:
        return 2 * len(self._frames) <= self._limits.queue_frames and 2 * self._bytes <= self._limits.queue_bytes


def _drop(passages: Iterable[Any]) -> None:
    for passage in passages:
        if passage is not None:
            passage.dropped()
