"""Sockets of Starlette and FastAPI for the gateway."""

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from groundplan_runtime.gateway.direct import direct_of
from groundplan_runtime.identity import Session
from groundplan_runtime.protect import session_of

__all__ = ["StarletteSocket"]


class StarletteSocket:
    """A WebSocket behind Protect. Raises RuntimeError when Protect is missing."""

    __slots__ = ("_websocket", "direct", "session")

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self.session: Session | None = session_of(websocket.scope)
        self.direct = direct_of(websocket.scope)

    async def accept(self) -> None:
        """Complete the handshake."""
        await self._websocket.accept()

    async def receive_text(self) -> str | None:
        """Give the next text frame, "" for a binary one, None once the client has gone."""
        message = await self._websocket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        return message.get("text") or ""

    async def send_text(self, text: str) -> None:
        """Send a text frame."""
        if self._websocket.application_state is WebSocketState.CONNECTED:
            try:
                await self._websocket.send_text(text)
            except WebSocketDisconnect:
                return  # receive_text tells

    async def close(self, code: int, reason: str) -> None:
        """Close with a code of the protocol."""
        if WebSocketState.DISCONNECTED not in {self._websocket.application_state, self._websocket.client_state}:
            await self._websocket.close(code, reason)
