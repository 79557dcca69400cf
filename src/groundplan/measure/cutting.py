"""A TCP proxy that fails on purpose: it resets every connection and refuses new ones for a while, again and again."""

import asyncio
import socket
import struct
import time
from dataclasses import dataclass
from typing import Self, cast

__all__ = ["Cut", "CuttingProxy"]


@dataclass(frozen=True, slots=True)
class Cut:
    """One cut. began, ended: ``time.monotonic()`` seconds. connections: how many were reset."""

    began: float
    ended: float
    connections: int


class CuttingProxy:
    """Forwards a loopback port to another, until it cuts.

    While cut, connecting is refused as by a machine without a server. The port stays reserved by a second socket that is
    bound but does not listen, so that nobody else, not even a client's own outgoing connection, can take it meanwhile.
    """

    def __init__(self, host: str, port: int) -> None:
        """Forward to host and port once entered."""
        self.upstream = (host, port)
        self.cuts: list[Cut] = []
        self.forwarded = 0
        self._pairs: set[_Side] = set()
        self._reserved = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._reserved.bind(("127.0.0.1", 0))
        self.port: int = self._reserved.getsockname()[1]
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Listen."""
        await self._listen()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Reset what is open and free the port."""
        await self._drop()
        self._reserved.close()

    @property
    def open_connections(self) -> int:
        """How many clients are connected now."""
        return sum(side.from_client for side in self._pairs)

    async def cut(self, seconds: float) -> None:
        """Reset all connections and refuse new ones for so long."""
        began, connections = time.monotonic(), self.open_connections
        await self._drop()
        try:
            await asyncio.sleep(seconds)
        finally:
            await self._listen()
        self.cuts.append(Cut(began, time.monotonic(), connections))

    async def cut_every(self, every: float, seconds: float, *, until: float) -> None:
        """Cut for ``seconds`` at the end of each period of ``every`` seconds. until: ``time.monotonic()`` of the last cut's end."""
        period_end = time.monotonic() + every
        while period_end <= until + 1e-6:
            await asyncio.sleep(max(0.0, period_end - seconds - time.monotonic()))
            await self.cut(seconds)
            period_end += every

    async def _listen(self) -> None:
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind(("127.0.0.1", self.port))
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Side(self, from_client=True), sock=listener, backlog=4096)

    async def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for side in list(self._pairs):
            side.reset()
        await asyncio.sleep(0)


class _Side(asyncio.Protocol):
    """One end of a forwarded connection."""

    def __init__(self, proxy: CuttingProxy, *, from_client: bool, other: "_Side | None" = None) -> None:
        self.proxy, self.from_client, self.other = proxy, from_client, other
        self.transport: asyncio.Transport | None = None
        self.early: list[bytes] = []
        self.dialling: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # promised for streams; uvloop's is no subclass
        self.proxy._pairs.add(self)  # noqa: SLF001  (the two classes are one)
        if self.other is None:
            self.dialling = asyncio.get_running_loop().create_task(self._dial())
        else:
            self._join(self.other)

    def _join(self, client: "_Side") -> None:
        """Pass on what the client said while we dialled; leave when it has gone."""
        if client.transport is None or client.transport.is_closing() or self.transport is None:
            self.reset()
            return
        client.other = self
        self.transport.writelines(client.early)
        client.early.clear()

    async def _dial(self) -> None:
        host, port = self.proxy.upstream
        try:
            await asyncio.get_running_loop().create_connection(lambda: _Side(self.proxy, from_client=False, other=self), host, port)
        except OSError:
            self.reset()

    def data_received(self, data: bytes) -> None:
        self.proxy.forwarded += len(data)
        if self.other is not None and self.other.transport is not None:
            self.other.transport.write(data)
        else:
            self.early.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.proxy._pairs.discard(self)  # noqa: SLF001  (the two classes are one)
        if self.dialling is not None:
            self.dialling.cancel()
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()

    def pause_writing(self) -> None:
        """Hold back the other end while this one's peer reads slowly (called by asyncio)."""
        if self.other is not None and self.other.transport is not None:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Let the other end go on (called by asyncio)."""
        if self.other is not None and self.other.transport is not None and not self.other.transport.is_closing():
            self.other.transport.resume_reading()

    def reset(self) -> None:
        """End the connection with a TCP reset, as a dropped network would."""
        if self.transport is None:
            return
        raw = self.transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()
