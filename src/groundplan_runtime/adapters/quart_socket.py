"""Sockets of Quart for the gateway."""

import contextlib

from quart import Websocket

from groundplan_runtime.gateway.direct import direct_of
from groundplan_runtime.identity import Session
from groundplan_runtime.protect import session_of

__all__ = ["QuartSocket"]


class QuartSocket:
    """A WebSocket behind Protect; ``quart.websocket`` itself may be given. Raises RuntimeError when Protect is missing.

    Quart cancels the handler when the client goes, so `receive_text` never gives None here.
    """

    __slots__ = ("_websocket", "direct", "session")

    def __init__(self, websocket: Websocket) -> None:
        proxied = getattr(websocket, "_get_current_object", None)  # tasks of the gateway run outside Quart's context
        self._websocket: Websocket = websocket if proxied is None else proxied()
        self.session: Session | None = session_of(self._websocket.scope)  # type: ignore[arg-type]  # a TypedDict of hypercorn's, the same mapping
        self.direct = direct_of(self._websocket.scope)

    async def accept(self) -> None:
        """Complete the handshake."""
        await self._websocket.accept()

    async def receive_text(self) -> str | None:
        """Give the next text frame, "" for a binary one."""
        data = await self._websocket.receive()
        return data if isinstance(data, str) else ""

    async def send_text(self, text: str) -> None:
        """Send a text frame."""
        with contextlib.suppress(OSError):  # the client has gone, and Quart is about to say so
            await self._websocket.send(text)

    async def close(self, code: int, reason: str) -> None:
        """Close with a code of the protocol."""
        with contextlib.suppress(OSError):
            await self._websocket.close(code, reason)
