"""A consumer of Django Channels for the gateway.

Channels calls a consumer for every frame, the gateway asks for the next one; a short queue stands between the two. A full queue
keeps Channels from reading on, so a client that floods is slowed down by its own connection.
"""

import asyncio
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from groundplan_runtime.current import current
from groundplan_runtime.gateway.direct import direct_of
from groundplan_runtime.identity import Session
from groundplan_runtime.protect import session_of

__all__ = ["GatewayConsumer"]

_FRAMES = 16


class GatewayConsumer(AsyncWebsocketConsumer):
    """One WebSocket behind Protect, served by this process's gateway."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._frames: asyncio.Queue[str | None] = asyncio.Queue(_FRAMES)
        self._serving: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        """Hand the handshake to the gateway."""
        self._serving = asyncio.create_task(current().gateway.serve(_Socket(self, self._frames)))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Queue a frame; a binary one is told to the gateway as an empty text."""
        del bytes_data
        if self._serving is not None and not self._serving.done():
            await self._frames.put(text_data or "")

    async def disconnect(self, code: int) -> None:
        """Tell the gateway that the client has gone, and wait until it has let go."""
        del code
        if self._serving is not None:
            while not self._serving.done() and self._frames.full():
                self._frames.get_nowait()  # nobody will be answered any more
            self._frames.put_nowait(None)
            await self._serving


class _Socket:
    """The consumer as the gateway wants to see it."""

    def __init__(self, consumer: GatewayConsumer, frames: asyncio.Queue[str | None]) -> None:
        self._consumer = consumer
        self._frames = frames
        self._gone = False
        self.session: Session | None = session_of({**consumer.scope})
        self.direct = direct_of(consumer.scope)

    async def accept(self) -> None:
        """Complete the handshake."""
        await self._consumer.accept()

    async def receive_text(self) -> str | None:
        """Give the next text frame, None once the client has gone."""
        frame = await self._frames.get()
        self._gone = frame is None
        return frame

    async def send_text(self, text: str) -> None:
        """Send a text frame."""
        if not self._gone:
            await self._consumer.send(text)

    async def close(self, code: int, reason: str) -> None:
        """Close with a code of the protocol."""
        if not self._gone:
            self._gone = True
            await self._consumer.close(code, reason)
