"""Reading an event stream byte by byte, for tests that look at every block."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import quote

from groundplan_runtime.events import Published
from runtime.gateway.harness import House


class Listener:
    """The answer to one request. id: the last one told; retry: in milliseconds; alive: how often it said that it lives."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._chunk = b""
        self.status = 0
        self.headers: dict[str, str] = {}
        self.id: str | None = None
        self.retry: int | None = None
        self.alive = 0

    async def begin(self) -> None:
        self.status = int((await self._reader.readline()).split()[1])
        while line := (await self._reader.readline()).strip():
            name, _, value = line.decode().partition(":")
            self.headers[name.lower()] = value.strip()

    async def body(self) -> Any:
        """Give the body of a refusal."""
        return json.loads(await self._reader.readexactly(int(self.headers["content-length"])))

    async def told(self) -> dict[str, Any] | None:
        """Give the next frame, None at the end of the stream."""
        data = None
        async with asyncio.timeout(5):
            while (line := await self._line()) is not None:
                if not line and data is not None:
                    frame: dict[str, Any] = json.loads(data)
                    if frame["type"] != "alive":
                        return frame
                    data, self.alive = None, self.alive + 1
                else:
                    data = self._field(line, data)
        return None

    async def frame(self) -> dict[str, Any]:
        told = await self.told()
        assert told is not None, "the stream has ended"
        return told

    def _field(self, line: str, data: str | None) -> str | None:
        name, _, value = line.partition(": ")
        if name == "id":
            self.id = value
        elif name == "retry":
            self.retry = int(value)
        elif name == "data":
            assert data is None, "one data line in each block"
            return value
        elif line:
            raise AssertionError(line)
        return data

    async def _line(self) -> str | None:
        while b"\n" not in self._chunk:
            size = int(await self._reader.readline() or b"0", 16)
            if not size:
                return None
            self._chunk += (await self._reader.readexactly(size + 2))[:-2]
        line, _, self._chunk = self._chunk.partition(b"\n")
        return line.decode()


@asynccontextmanager
async def request(
    served: House, path: str, method: str = "GET", *, limit: int = 1 << 20, **headers: str
) -> AsyncIterator[Listener]:
    """Ask for something and give the answer after its headers. headers: ``last_event_id`` for Last-Event-ID."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port, limit=limit)
    told = {"Host": f"127.0.0.1:{served.port}", "Accept": "text/event-stream"}
    told |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    writer.write("\r\n".join([*lines, "", ""]).encode())
    listener = Listener(reader)
    try:
        async with asyncio.timeout(5):
            await listener.begin()
        yield listener
    finally:
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def listening(
    served: House, *channels: str, user: str = "ann", last_event_id: str = "", limit: int = 1 << 20, **headers: str
) -> AsyncIterator[Listener]:
    """Give a stream after its welcome. last_event_id: in the address."""
    path = f"/events?user={user}" + "".join(f"&channel={quote(channel)}" for channel in channels or ("sale",))
    if last_event_id:
        path += f"&last_event_id={quote(last_event_id)}"
    async with request(served, path, limit=limit, **headers) as listener:
        assert listener.status == 200
        assert (await listener.frame())["type"] == "welcome"
        yield listener


def mark(published: Published) -> str:
    """Give an event's place as ids name it."""
    return f"{published.channel}:{published.epoch}:{published.seq}:{published.id}"
