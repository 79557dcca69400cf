"""What the lines of the recording clients share: a request that is sent, an answer that begins, and an end."""

import asyncio
from collections.abc import Callable
from typing import cast

__all__ = ["RawLine"]


class RawLine(asyncio.Protocol):
    """One connection. take: called with every frame. ended: the server's close code, or None when it just broke off."""

    def __init__(self, request: bytes, take: Callable[[bytes], None]) -> None:
        loop = asyncio.get_running_loop()
        self.opened: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[int | None] = loop.create_future()
        self._request = request
        self._take = take
        self._buffer = b""
        self._code: int | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # promised for streams; uvloop's is no subclass
        self._transport.write(self._request)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("lost before the answer began"))
        if not self.ended.done():
            self.ended.set_result(self._code)

    def close(self) -> None:
        """Leave without a word."""
        if self._transport is not None:
            self._transport.abort()

    def _refused(self, answer: bytes) -> None:
        self.opened.set_exception(ConnectionError(answer.decode()))
        self.close()
