"""Many WebSocket clients in one process that only count frames: the receiving side must cost less than any server."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import uvloop

from groundplan.measure.frames import client_frame, handshake

_PING, _PONG, _TEXT, _CLOSE = 9, 10, 1, 8


class Client(asyncio.Protocol):
    """One socket. count: text frames with marks so far; others: those without."""

    def __init__(self, request: bytes, first: Sequence[str], crowd: "Crowd", *, socketio: bool) -> None:
        self._request, self._first, self._crowd, self._socketio = request, first, crowd, socketio
        self._rest = b""
        self.shaken = False
        self.count = self.others = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: Any = transport  # uvloop's, which is no asyncio.Transport
        self.transport.write(self._request)

    def connection_lost(self, _error: Exception | None) -> None:
        self._crowd.lost += 1

    def data_received(self, data: bytes) -> None:
        if not self.shaken:
            head, end, data = (self._rest + data).partition(b"\r\n\r\n")
            if not end:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(head.decode())
            self._rest, self.shaken = b"", True
            for text in self._first:
                self.transport.write(client_frame(_TEXT, text.encode()))
        if data:
            self._count(self._rest + data if self._rest else data)

    def _count(self, data: bytes) -> None:
        place, end, seen = 0, len(data), 0
        while place + 2 <= end:
            size, begin = data[place + 1], place + 2
            if size == 126:
                size, begin = int.from_bytes(data[begin : begin + 2], "big"), begin + 2
            if begin + size > end:
                break
            code = data[place] & 15
            if code == _TEXT:
                seen += self._counts(data, begin, size)
            elif code == _PING:
                self.transport.write(client_frame(_PONG, data[begin : begin + size]))
            elif code == _CLOSE:
                self._crowd.lost += 1
            place = begin + size
        self._rest = data[place:]
        if seen:
            self.count += seen
            self._crowd.arrived(seen)

    def _counts(self, data: bytes, begin: int, size: int) -> bool:
        """Tell whether a text frame is one of those counted: with marks, so that welcomes and heartbeats are not."""
        if self._socketio and size == 1:  # engine.io's own heartbeat
            self.transport.write(client_frame(_TEXT, b"3"))
            return False
        marked = data.find(b"MARK", begin, begin + size) >= 0
        self.others += not marked
        return marked


class Crowd:
    """Sockets of one server. lost: how many ended."""

    def __init__(self, port: int, path: str, first: Sequence[str] = (), *, socketio: bool = False) -> None:
        self._port, self._path, self._first, self._socketio = port, path, first, socketio
        self.clients: list[Client] = []
        self.lost = 0
        self._seen: list[tuple[int, int]] = []
        self._wanted = self._total = 0
        self._done = asyncio.Event()

    async def open(self, count: int, at_once: int = 100) -> None:
        """Open so many sockets more."""
        loop = asyncio.get_running_loop()
        for start in range(0, count, at_once):
            portion = range(start, min(start + at_once, count))
            made = [loop.create_connection(self._client(len(self.clients) + place), "127.0.0.1", self._port) for place in portion]
            self.clients += [client for _, client in await asyncio.gather(*made)]  # type: ignore[misc]  # made by _client

    def _client(self, number: int):  # noqa: ANN202 a factory of Client
        path = f"{self._path}{'&' if '?' in self._path else '?'}user=u{number}"
        request, _ = handshake(path, f"127.0.0.1:{self._port}", {"Origin": f"http://127.0.0.1:{self._port}"})
        return lambda: Client(request, self._first, self, socketio=self._socketio)

    async def greeted(self, frames: int, seconds: float = 30) -> None:
        """Wait until every socket is open and was told so much that is not counted: a welcome, an answer to what it asked."""
        async with asyncio.timeout(seconds):
            while any(client.others < frames or not client.shaken for client in self.clients):  # noqa: ASYNC110 an event would cost at every frame
                await asyncio.sleep(0.1)

    def expect(self, frames: int) -> None:
        """Wait from now on for so many frames of all sockets together."""
        self._seen, self._wanted, self._total = [], frames, 0
        self._done.clear()

    def arrived(self, count: int) -> None:
        self._seen.append((time.monotonic_ns(), count))
        self._total += count
        if self._total >= self._wanted:
            self._done.set()

    async def arrivals(self, seconds: float) -> list[tuple[int, int]]:
        """Give (nanoseconds, frames) of everything that came, once all came. Raises RuntimeError when it did not."""
        try:
            async with asyncio.timeout(seconds):
                await self._done.wait()
        except TimeoutError:
            raise RuntimeError(f"{self._total} of {self._wanted} frames came; {self.lost} sockets were lost") from None
        return self._seen

    async def close(self) -> None:
        """End every socket."""
        for client in self.clients:
            client.transport.abort()
        await asyncio.sleep(0)


def run(work):  # noqa: ANN001, ANN201 what asyncio.run takes and gives
    """Run with uvloop."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)
