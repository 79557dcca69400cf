"""Live events in a program (protocol: docs/reference/protocol.md). Needs the library ``websockets``.

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
import json
import random
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Origin

from groundplan_runtime.events.model import Position

__all__ = ["LiveClient", "LiveEvent", "RefusedError", "Reset", "SignedOutError"]

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 15.0
STEADY_SECONDS = 3.0
_REFUSING = frozenset({400, 401, 403, 404})


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

    cookie: the Cookie header of a signed-in account. origin: scheme, host and port of the product's address. draw: gives a
    number in [0, 1) for the waits. refused: the error frames of the server, newest last. reconnects: how often it had to.
    """

    def __init__(self, url: str, *, cookie: str = "", origin: str = "", draw: Callable[[], float] = random.random) -> None:
        self.refused: list[dict[str, Any]] = []
        self.reconnects = 0
        self._url = url
        self._headers = {"Cookie": cookie} if cookie else {}
        self._origin = Origin(origin) if origin else None
        self._draw = draw
        self._positions: dict[str, Position | None] = {}
        self._socket: ClientConnection | None = None
        self._told: AsyncGenerator[LiveEvent | Reset, None] | None = None
        self._drain_at = float("inf")

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
        attempt = 0
        while True:
            began = time.monotonic()
            try:
                async with self._connection() as socket:
                    began = time.monotonic()
                    async for told in self._listen(socket):
                        yield told
            except ConnectionClosed as closed:
                _stop_if_final(closed)
            except InvalidStatus as refused:
                if refused.response.status_code in _REFUSING:
                    raise RefusedError(f"the handshake was answered with {refused.response.status_code}") from refused
            except (OSError, WebSocketException):  # the server is not there (yet)
                pass
            finally:
                self._socket = None
            attempt = 0 if time.monotonic() - began > STEADY_SECONDS else attempt + 1
            self.reconnects += 1
            await asyncio.sleep(self._draw() * min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(attempt, 10)))

    def _connection(self) -> connect:
        # No proxy: the sockets of a product are reached directly. No compression: it costs more memory than it saves.
        return connect(self._url, origin=self._origin, additional_headers=self._headers, compression=None, proxy=None)

    async def _listen(self, socket: ClientConnection) -> AsyncIterator[LiveEvent | Reset]:
        self._drain_at = float("inf")
        self._socket = socket
        for channel in tuple(self._positions):
            await self._subscribe(channel)
        while True:
            try:
                async with asyncio.timeout_at(self._drain_at):
                    text = await socket.recv()
            except TimeoutError:
                return
            told = await self._take(json.loads(text))
            if told is not None:
                yield told

    async def _take(self, frame: dict[str, Any]) -> LiveEvent | Reset | None:
        kind, channel = frame["type"], frame.get("channel")
        if kind == "error":
            self.refused.append(frame)
        elif kind == "drain":
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
        position = self._positions[channel]
        frame: dict[str, Any] = {"type": "subscribe", "channel": channel}
        await self._send(frame if position is None else {**frame, "position": position.as_json()})

    async def _send(self, frame: dict[str, Any]) -> None:
        if self._socket is not None:
            await self._socket.send(json.dumps(frame))


def _position(value: dict[str, Any]) -> Position:
    return Position(value["epoch"], value["seq"], value["id"])


def _stop_if_final(closed: ConnectionClosed) -> None:
    code = closed.rcvd.code if closed.rcvd is not None else 1006
    if code == 4401:  # noqa: PLR2004 the protocol's close codes
        raise SignedOutError from closed
    if code in {4400, 4403}:
        raise RefusedError(f"the socket was closed with {code}") from closed
