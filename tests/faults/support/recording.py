"""Clients that follow the protocol and keep every raw frame: full-jitter reconnect, resume by (epoch, seq, id).

They repair nothing: an event that comes too early is kept like any other, so that whoever checks the frames sees what was sent.
"""

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

__all__ = ["START", "Dial", "Line", "Pool", "Recorder"]

START = {"epoch": "", "seq": 0, "id": None}
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS, STEADY_SECONDS, OPENING_SECONDS = 0.5, 15.0, 3.0, 15.0
FINAL = {4400, 4401, 4403}


class Line(Protocol):
    """An open connection, whatever the transport."""

    ended: asyncio.Future[int | None]

    def close(self) -> None:
        """Leave without a word."""


Dial = Callable[[int, str, Mapping[str, Any], Callable[[bytes], None]], Awaitable[Line]]
"""(port, user, channel -> position, take) -> line. Raises OSError."""


class Pool:
    """One copy of each frame, read once, however many clients got it."""

    def __init__(self) -> None:
        self._known: dict[bytes, tuple[bytes, dict[str, Any]]] = {}

    def read(self, raw: bytes) -> tuple[bytes, dict[str, Any]]:
        """Give the one copy of a frame, and what it says."""
        found = self._known.get(raw)
        if found is None:
            found = self._known[raw] = (raw, json.loads(raw))
        return found


class Recorder:
    """One client. frames: every raw text frame by connection, in order. positions: the last event seen per channel.

    ends: how connections ended: the server's close code, "not opened", "silent" or "broken".
    patience: how many seconds a line may be silent before the client takes it for dead and dials again.
    """

    def __init__(
        self, user: str, positions: Mapping[str, Any], dial: Dial, pool: Pool, *, patience: float, draw: random.Random
    ) -> None:
        self.user = user
        self.positions = dict(positions)
        self.frames: list[list[bytes]] = []
        self.ends: Counter[int | str] = Counter()
        self.changed: Callable[[], None] = _nobody_waits
        self._dial = dial
        self._pool = pool
        self.patience = patience
        self._draw = draw
        self._heard = self._lived = 0.0

    async def run(self, port: int) -> None:
        """Follow until cancelled or sent away for good."""
        attempt = 0
        while True:
            end = await self._once(port)
            self.ends[end] += 1
            if end in FINAL:
                return
            attempt = 0 if self._lived > STEADY_SECONDS else attempt + 1
            await asyncio.sleep(self._draw.random() * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(attempt, 10)))

    def seen(self, heads: Mapping[str, int]) -> bool:
        """Tell whether the client stands at these heads, or beyond."""
        return all(self.positions[channel]["seq"] >= seq for channel, seq in heads.items())

    async def _once(self, port: int) -> int | str:
        """Connect once and listen; gives how it ended."""
        self.frames.append([])
        self._lived = 0.0
        try:
            async with asyncio.timeout(OPENING_SECONDS):
                line = await self._dial(port, self.user, self.positions, self._take)
        except (OSError, TimeoutError):
            return "not opened"
        try:
            return await self._listen(line)
        finally:
            line.close()

    async def _listen(self, line: Line) -> int | str:
        loop = asyncio.get_running_loop()
        began = self._heard = loop.time()
        while not line.ended.done() and (left := self._heard + self.patience - loop.time()) > 0:
            await asyncio.wait([line.ended], timeout=left)
        self._lived = loop.time() - began
        return (line.ended.result() or "broken") if line.ended.done() else "silent"

    def _take(self, raw: bytes) -> None:
        self._heard = asyncio.get_running_loop().time()
        raw, frame = self._pool.read(raw)
        self.frames[-1].append(raw)
        if frame["type"] == "event" and frame["seq"] > self.positions[frame["channel"]]["seq"]:
            self.positions[frame["channel"]] = {name: frame[name] for name in ("epoch", "seq", "id")}
        elif frame["type"] == "reset":
            self.positions[frame["channel"]] = frame["position"]
        self.changed()


def _nobody_waits() -> None:
    """Tell nobody."""
