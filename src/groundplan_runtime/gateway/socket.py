"""What the gateway needs of a WebSocket, whichever framework accepted the handshake."""

from typing import Protocol

from groundplan_runtime.gateway.direct import Direct
from groundplan_runtime.identity import Session

__all__ = ["Socket"]


class Socket(Protocol):
    """One WebSocket. session: the sign-in of the handshake, None without one; its Origin was checked before."""

    @property
    def session(self) -> Session | None:
        """Who opened the socket."""

    @property
    def direct(self) -> Direct | None:
        """What the server offers beyond ASGI (groundplan_runtime.gateway.direct); None: `send_text` is all there is."""

    async def accept(self) -> None:
        """Complete the handshake."""

    async def receive_text(self) -> str | None:
        """Give the next text frame; None once the client has gone. A binary frame is given as an empty text."""

    async def send_text(self, text: str) -> None:
        """Send a text frame; waits while the client's buffers are full. Does nothing once the client has gone."""

    async def close(self, code: int, reason: str) -> None:
        """Close with a code of the protocol. Does nothing once the client has gone."""
