"""One request for an event stream, as ASGI brings it: what it asks for, and how it is answered."""

import contextlib
import random
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import parse_qs

from groundplan_runtime.events.model import Position
from groundplan_runtime.gateway import wire
from groundplan_runtime.gateway.blocks import block, positions
from groundplan_runtime.identity import Session
from groundplan_runtime.identity.checks import STREAM, wants_stream
from groundplan_runtime.problems import Problem
from groundplan_runtime.protect import asked_of, refuse, session_of

__all__ = ["EventStream"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_HEADERS = [
    (b"content-type", STREAM.encode()),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # nginx would keep events back until its buffer is full
]
_NO_GET = Problem(405, None, "An event stream is asked for with GET.")
_NO_STREAM = Problem(406, None, f"This address only gives {STREAM}; Accept must name it.")
_NO_CHANNEL = Problem(400, "request", "The address must say what to follow: ?channel=NAME, as often as needed.")


class EventStream:
    """A request behind Protect that is answered with events. channels: what it follows, in the order given.

    Raises RuntimeError when Protect is missing.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.session: Session | None = session_of(scope)
        self._scope = scope
        self._receive = receive
        self._send = send
        query = parse_qs(scope["query_string"].decode("latin-1"))
        self._headers = asked_of(scope).headers
        self._since = positions(self._headers.get("last-event-id") or query.get("last_event_id", [""])[0])
        self.channels: Sequence[str] = tuple(dict.fromkeys(query.get("channel", ())))

    @property
    def since(self) -> dict[str, Position]:
        """Channel -> the position to resume from, for those that named one."""
        return {channel: self._since[channel] for channel in self.channels if channel in self._since}

    def problem(self) -> Problem | None:
        """Say what is wrong with the request."""
        if self._scope["method"] != "GET":
            return _NO_GET
        if not wants_stream(self._headers):  # Protect has looked at the origin of those that do
            return _NO_STREAM
        return None if self.channels else _NO_CHANNEL

    async def refuse(self, problem: Problem) -> None:
        """Answer with a problem instead of events."""
        await refuse(problem, self._scope, self._receive, self._send)

    async def open(self, again: float) -> None:
        """Begin the answer. again: how many seconds, give or take half, an EventSource waits before it connects again."""
        await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        await self.send(b"retry: %d\n" % (1000 * again * random.uniform(0.5, 1.5)))  # noqa: S311 spreads clients, hides nothing

    async def send(self, blocks: bytes) -> None:
        """Send blocks; waits while the client's buffers are full."""
        with contextlib.suppress(OSError):  # the client has gone; `gone` tells
            await self._send({"type": "http.response.body", "body": blocks, "more_body": True})

    async def gone(self) -> None:
        """Wait until the client has gone."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def close(self, code: int, reason: str) -> None:
        """Say how it ended, and end the answer."""
        with contextlib.suppress(OSError):
            last = block(wire.close(code, reason))
            await self._send({"type": "http.response.body", "body": last, "more_body": False})
