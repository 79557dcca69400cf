"""Sockets of Litestar for the gateway."""

import contextlib
from typing import Any

from litestar import WebSocket
from litestar.exceptions import WebSocketDisconnect

from groundplan_runtime.gateway.direct import direct_of
from groundplan_runtime.identity import Session
from groundplan_runtime.protect import session_of

__all__ = ["LitestarSocket"]


class LitestarSocket:
    """A WebSocket behind Protect. Raises RuntimeError when Protect is missing."""

    __slots__ = ("_websocket", "direct", "session")

    def __init__(self, websocket: WebSocket[Any, Any, Any]) -> None:
        self._websocket = websocket
        self.session: Session | None = session_of(websocket.scope)  # type: ignore[arg-type]  # a TypedDict, the same mapping
        self.direct = direct_of(websocket.scope)

    async def accept(self) -> None:
        """Complete the handshake."""
        await self._websocket.accept()

    async def receive_text(self) -> str | None:
        """Give the next text frame, "" for a binary one, None once the client has gone."""
        try:
            return await self._websocket.receive_text()
        except WebSocketDisconnect:
            return None

    async def send_text(self, text: str) -> None:
        """Send a text frame."""
        with contextlib.suppress(OSError, WebSocketDisconnect):  # the client has gone; receive_text tells
            await self._websocket.send_text(text)

    async def close(self, code: int, reason: str) -> None:
        """Close with a code of the protocol."""
        with contextlib.suppress(OSError, WebSocketDisconnect):
            await self._websocket.close(code, reason)
