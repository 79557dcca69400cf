"""uvicorn's WebSockets with one thing more: frames that are encoded already can be written at once."""

from typing import Any

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from groundplan_runtime.gateway.direct import EXTENSION

__all__ = ["DirectSockets"]


_KNOWN = ("close_sent", "conn", "disconnected", "handshake_complete", "transport", "writable")
"""What `write_frames` looks at, of a class inside uvicorn."""


class DirectSockets(WebSocketsSansIOProtocol):
    """For ``uvicorn.Config(ws=DirectSockets)``.

    Offers nothing where messages may be compressed, or in a uvicorn whose own class looks different: ASGI's way is always open.
    """

    def handle_connect(self, event: Request) -> None:
        """Take a handshake, and tell the application what it can do with the socket."""
        super().handle_connect(event)
        if self.response.status_code == 101 and self._can_write():  # noqa: PLR2004 Switching Protocols
            extensions: Any = self.scope["extensions"]
            extensions[EXTENSION] = self

    def _can_write(self) -> bool:
        return not self.config.ws_per_message_deflate and all(hasattr(self, name) for name in _KNOWN)

    def write_frames(self, data: bytes) -> bool:
        """Write whole frames now; False when the client's buffers are full or the socket is not open."""
        if not self.writable.is_set() or not self.handshake_complete or self.close_sent or self.disconnected:
            return False
        if self.conn.state is not State.OPEN or self.transport.is_closing():
            return False
        self.transport.write(data)
        return True
