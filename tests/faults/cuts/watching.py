"""One client that looks at every frame it is sent, and says what is wrong with it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from faults.support import websocket
from faults.support.websocket import WebSocketLine
from groundplan_runtime.events import Published
from runtime.gateway.harness import House

__all__ = ["PATIENCE_SECONDS", "START", "BrokenError", "Watcher", "place", "watch"]

START = {"epoch": "", "seq": 0, "id": None}
PATIENCE_SECONDS = 4.0
"""How long what is promised may take; far longer than it does, also on a busy machine."""


class BrokenError(AssertionError):
    """A guarantee was broken, as a client sees it."""


class Watcher:
    """A client that was sent ``frames``.

    seqs: the events of each channel. last: where it stands on each. wrong: the first thing that must not be.
    """

    def __init__(self, positions: Mapping[str, Any]) -> None:
        self.frames: list[dict[str, Any]] = []
        self.seqs: dict[str, list[int]] = {channel: [] for channel in positions}
        self.wrong = ""
        self.line: WebSocketLine | None = None
        self.last = {channel: position and position["seq"] for channel, position in positions.items()}
        self._changed = asyncio.Event()

    def take(self, raw: bytes) -> None:
        """Look at a frame."""
        try:
            frame = json.loads(raw)
        except ValueError:
            self.wrong = self.wrong or f"this is no JSON: {raw[:80]!r}"
        else:
            self._look(frame)
        self._changed.set()

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Give the frames of a type."""
        return [frame for frame in self.frames if frame["type"] == kind]

    @property
    def ended(self) -> bool:
        """Tell whether the line has ended."""
        return self.line is not None and self.line.ended.done()

    async def until(self, happened: Callable[[], bool], what: str, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait for it. Raises BrokenError when the line ends instead, when something was wrong, or when nothing comes any more.

        seconds: how long nothing may come, while it has not happened.
        """
        assert self.line is not None
        moving = True
        while moving and not (self.wrong or happened() or self.line.ended.done()):
            self._changed.clear()
            either: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._changed.wait()), self.line.ended]
            done, _ = await asyncio.wait(either, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            either[0].cancel()
            moving = bool(done)
        if self.wrong:
            raise BrokenError(self.wrong)
        if not happened():
            ended = (
                f"the line ended with {self.line.ended.result()}" if self.line.ended.done() else f"nothing came in {seconds:g} s"
            )
            raise BrokenError(f"{what}: {ended}")

    async def seen(self, count: int, channel: str = "sale") -> None:
        """Wait for so many events of a channel. Raises BrokenError, also when they are not the next ones."""
        await self.until(lambda: len(self.seqs[channel]) >= count, f"{count} events")

    async def closed(self, code: int, seconds: float = PATIENCE_SECONDS) -> None:
        """Wait for the server to close with ``code``. Raises BrokenError."""
        assert self.line is not None
        await asyncio.wait([self.line.ended], timeout=seconds)
        if self.wrong:
            raise BrokenError(self.wrong)
        found = self.line.ended.result() if self.line.ended.done() else "not at all"
        if found != code:
            raise BrokenError(f"it must be closed with {code}, and was closed {found}")

    def _look(self, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        if frame["type"] == "reset":
            self.last[frame["channel"]] = frame["position"]["seq"]
        elif frame["type"] == "event":
            last = self.last.get(frame["channel"])
            if last is not None and frame["seq"] != last + 1:
                self.wrong = self.wrong or f"{frame['channel']} {frame['seq']} came after {last}"
            self.last[frame["channel"]] = frame["seq"]
            self.seqs[frame["channel"]].append(frame["seq"])


@asynccontextmanager
async def watch(served: House, user: str = "ann", *, room: int = 0, **positions: Any) -> AsyncIterator[Watcher]:
    """Give a client that follows channels from positions and was told something; closed afterwards.

    room: bytes that its kernel keeps while it does not read; 0: megabytes.
    """
    watcher = Watcher(positions)
    watcher.line = await websocket.connect(served.port, user, positions, watcher.take, room=room)
    try:
        await watcher.until(lambda: bool(watcher.frames) or watcher.ended, "a new socket is told something")
        if not watcher.frames and watcher.line.ended.result() is None:
            raise RuntimeError("the server failed; a twin that crashes shows nothing")
        yield watcher
    finally:
        watcher.line.close()
        await asyncio.wait([watcher.line.ended])  # the server's own end waits for its clients


def place(published: Published) -> dict[str, Any]:
    """Give the position of an event as the protocol writes it."""
    return {"epoch": published.epoch, "seq": published.seq, "id": published.id}
