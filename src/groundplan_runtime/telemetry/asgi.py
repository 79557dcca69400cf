"""Watches an ASGI application: request ids, spans and lines, and the metrics of its process."""

from collections.abc import Awaitable, Callable
from typing import Any

from groundplan_runtime.lifespan import ASGIApp, Message, Receive, Scope, Send
from groundplan_runtime.telemetry.access import Access
from groundplan_runtime.telemetry.context import Watch
from groundplan_runtime.telemetry.request_id import HEADER, REQUEST, accepted
from groundplan_runtime.telemetry.requests import Watched

__all__ = ["METRICS_PATH", "WatchedApp"]

METRICS_PATH = "/-/metrics"
_OWN = "/-/"
_HEADER = HEADER.encode()

Told = Callable[[], Awaitable[tuple[str, bytes]]]
"""Gives content type and text of the metrics."""


class WatchedApp:
    """Wraps an application. told: gives the metrics, to whom access allows; None without metrics.."""

    def __init__(self, app: ASGIApp, watching: Watch, access: Access, told: Told | None) -> None:
        self._app = app
        self._watching = watching
        self._access = access
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request or a handshake; a lifespan passes untouched."""
        if scope["type"] == "http" and scope["path"] == METRICS_PATH and self._told and self._may_read(scope):
            await _answer(send, *await self._told())
        elif scope["type"] == "http" and not scope["path"].startswith(_OWN):
            await self._request(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = _headers(scope)
        request = Watched(self._watching, scope["method"], scope["path"], headers.get(HEADER), headers.get("traceparent", ""))

        async def outward(message: Message) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
                message = {**message, "headers": [*message.get("headers", ()), (_HEADER, request.id.encode())]}
            await send(message)

        try:
            await self._app(_with(scope, request.inward()), receive, outward)
        finally:
            request.end()

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the handshake; a socket may live for hours, so it is no span and no line."""
        name = accepted(_headers(scope).get(HEADER))
        token = REQUEST.set(name)
        try:
            await self._app(_with(scope, {HEADER: name}), receive, send)
        finally:
            REQUEST.reset(token)

    def _may_read(self, scope: Scope) -> bool:
        client = scope.get("client")
        return self._access.allows(client[0] if client else "", _headers(scope))


def _headers(scope: Scope) -> dict[str, str]:
    """Give the headers; one that came twice as both, which fits nothing."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _with(scope: Scope, headers: dict[str, str]) -> dict[str, Any]:
    """Give the scope with these headers in place of those that came."""
    ours = [(name.encode(), value.encode()) for name, value in headers.items()]
    names = {name for name, _ in ours}
    return {**scope, "headers": [*(header for header in scope["headers"] if header[0].lower() not in names), *ours]}


async def _answer(send: Send, content_type: str, body: bytes) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
