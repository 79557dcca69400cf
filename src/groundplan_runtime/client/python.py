"""Live events in a program (protocol: docs/reference/protocol.md). Needs ``websockets``, or ``httpx`` for event streams.

::

    async with LiveClient("ws://127.0.0.1:8000/live/ws", cookie="sessionid=…", origin="http://127.0.0.1:8000") as client:
        await client.follow("sale")
        async for told in client:
            if isinstance(told, Reset):
                await client.loaded("sale", await load_state())  # gives the position that the state was read at
            else:
                apply(told)
"""

import asyncio
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from groundplan_runtime.client.lines import GONE, SILENCE_SECONDS, Line, LostError, over_socket, over_stream
from groundplan_runtime.events.model import Position

__all__ = ["LiveClient", "LiveEvent", "RefusedError", "Reset", "SignedOutError", "full_jitter"]

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 15.0
STEADY_SECONDS = 3.0
_TRIES = 2
"""Lines that end before their first frame, one after another, until the other kind of line is tried."""


class SignedOutError(Exception):
    """The sign-in does not hold any more (4401)."""


class RefusedError(Exception):
    """The server will not have this client: not allowed (4403), bad frames (4400), or the handshake was refused."""


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """One event. at: ISO 8601, UTC."""

    channel: str
    position: Position
    type: str
    version: int
    data: Any
    at: str


@dataclass(frozen=True, slots=True)
class Reset:
    """The state of a channel has to be loaded afresh; events after ``position`` follow. Say `LiveClient.loaded` then."""

    channel: str
    reason: str
    position: Position


class LiveClient:
    """Follows channels until it is closed; reconnects by itself and resumes. Iterate it in one task.

    url: of the socket; of an event stream when it begins with http. events: of the stream to try when the socket cannot be
    opened, whatever its handshake was answered with. cookie: the Cookie header of a signed-in account. origin: scheme, host and
    port of the product's address. draw: gives a number in [0, 1) for the waits. refused: the error frames of the server, newest
    last. reconnects: how often it had to.
    """

    def __init__(
        self, url: str, *, events: str = "", cookie: str = "", origin: str = "", draw: Callable[[], float] = random.random
    ) -> None:
        self.refused: list[dict[str, Any]] = []
        self.reconnects = 0
        self._addresses = [url, events] if events else [url]
        self._headers = {name: value for name, value in (("cookie", cookie), ("origin", origin)) if value}
        self._draw = draw
        self._positions: dict[str, Position | None] = {}
        self._line: Line | None = None
        self._told: AsyncGenerator[LiveEvent | Reset, None] | None = None
        self._hearing: asyncio.Timeout | None = None
        self._drain_at = float("inf")
        self._silence = SILENCE_SECONDS
        self._welcome = self._stale = False
        self._wanted = asyncio.Event()

    async def __aenter__(self) -> Self:
        """Begin; the connection is made when events are asked for."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connection."""
        if self._told is not None:
            await self._told.aclose()

    def __aiter__(self) -> AsyncIterator[LiveEvent | Reset]:
        """Give events in order, each once, and resets."""
        if self._told is None:
            self._told = self._run()
        return self._told

    async def follow(self, channel: str, position: Position | None = None) -> None:
        """Follow a channel, from the position of a state that was loaded before or, with a reset first, from now."""
        self._positions[channel] = position
        await self._subscribe(channel)

    async def unfollow(self, channel: str) -> None:
        """Stop following a channel."""
        if self._positions.pop(channel, None) is not None:
            await self._send({"type": "unsubscribe", "channel": channel})

    async def loaded(self, channel: str, position: Position) -> None:
        """Say that the state was loaded and was read at ``position``: events up to it are in it already."""
        known = self._positions.get(channel)
        if known is None or position == known:
            return
        self._positions[channel] = position
        if position.epoch != known.epoch or position.seq < known.seq:
            await self._subscribe(channel)  # the state is of another moment: the server knows what lies between

    async def _run(self) -> AsyncGenerator[LiveEvent | Reset, None]:
        attempt = failures = 0
        while True:
            began, again = time.monotonic(), 0.0
            self._welcome = self._stale = False
            try:
                async with self._opened() as self._line:
                    began = time.monotonic()
                    async for told in self._listen(self._line):
                        yield told
            except LostError as lost:
                again = lost.again
                if lost.code != GONE and lost.answered and self._can_stream:
                    failures = _TRIES - 1  # who answers a handshake may be a proxy that knows no sockets; a stream tells
                else:
                    _stop_if_final(lost)
            finally:
                self._line = None
            if self._stale:
                continue
            failures = 0 if self._welcome else failures + 1
            if failures == _TRIES:
                failures = 0
                self._addresses.reverse()
            attempt = 0 if time.monotonic() - began > STEADY_SECONDS else attempt
            self.reconnects += 1
            await asyncio.sleep(again + full_jitter(attempt, self._draw()))
            attempt += 1

    @asynccontextmanager
    async def _opened(self) -> AsyncIterator[Line]:
        address = self._addresses[0]
        if not self._streams:
            async with over_socket(address, self._headers) as line:
                yield line
            return
        await self._wanted.wait()
        self._stale = False  # what is wanted from here on is not in the address any more
        async with over_stream(address, self._headers, self._positions) as line:
            yield line

    @property
    def _streams(self) -> bool:
        return self._addresses[0].startswith("http")

    @property
    def _can_stream(self) -> bool:
        return not self._streams and len(self._addresses) > 1

    async def _listen(self, line: Line) -> AsyncIterator[LiveEvent | Reset]:
        self._drain_at, self._silence = float("inf"), SILENCE_SECONDS
        for channel in () if self._streams else tuple(self._positions):
            await self._subscribe(channel)
        while not self._stale:
            try:
                async with asyncio.timeout_at(self._leave_at()) as self._hearing:
                    frame = await line.hear()
            except TimeoutError:
                return  # told to leave; or the line is silent, and dead
            finally:
                self._hearing = None
            told = await self._take(frame)
            if told is not None:
                yield told

    def _leave_at(self) -> float:
        return min(self._drain_at, asyncio.get_running_loop().time() + self._silence)

    async def _take(self, frame: dict[str, Any]) -> LiveEvent | Reset | None:
        kind, channel = frame["type"], frame.get("channel")
        self._welcome = True
        if kind == "welcome":
            self._silence = frame.get("silence", float("inf"))  # a server that does not tell says nothing in between
        elif kind == "error":
            self.refused.append(frame)
        elif kind == "drain" and not self._streams:  # those the server ends by itself
            self._drain_at = asyncio.get_running_loop().time() + self._draw() * frame["within"]
        elif kind == "reset" and channel in self._positions:
            position = _position(frame["position"])
            self._positions[channel] = position
            return Reset(channel, frame["reason"], position)
        elif kind == "event" and channel in self._positions:
            return await self._take_event(frame)
        return None

    async def _take_event(self, frame: dict[str, Any]) -> LiveEvent | Reset | None:
        channel, position = frame["channel"], _position(frame)
        known = self._positions[channel]
        if known is None or (known.epoch == position.epoch and position.seq <= known.seq):
            return None
        if position.seq != known.seq + 1 or known.epoch not in {"", position.epoch}:
            await self._subscribe(channel)  # cannot happen on a correct server; if it does, it is repaired and not passed on
            return None
        self._positions[channel] = position
        if frame["event"] == "tombstone":
            return Reset(channel, "parked", position)
        return LiveEvent(channel, position, frame["event"], frame["version"], frame["data"], frame["at"])

    async def _subscribe(self, channel: str) -> None:
        self._wanted.set()
        if self._streams:
            self._open_anew()
            return
        position = self._positions[channel]
        frame: dict[str, Any] = {"type": "subscribe", "channel": channel}
        await self._send(frame if position is None else {**frame, "position": position.as_json()})

    def _open_anew(self) -> None:
        """Have the present stream replaced by one that follows what is wanted now, from where the client stands."""
        self._stale = True
        if self._hearing is not None:
            self._hearing.reschedule(asyncio.get_running_loop().time())

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._line is not None:
            await self._line.say(frame)


def full_jitter(attempt: int, drawn: float) -> float:
    """Give the seconds to wait before the next attempt. attempt: from 0. drawn: from [0, 1)."""
    return drawn * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2.0 ** min(attempt, 10))


def _position(value: dict[str, Any]) -> Position:
    return Position(value["epoch"], value["seq"], value["id"])


def _stop_if_final(lost: LostError) -> None:
    if lost.code == 4401:  # noqa: PLR2004 the protocol's close codes
        raise SignedOutError from lost
    if lost.code in {4400, 4403}:
        raise RefusedError(str(lost)) from lost
