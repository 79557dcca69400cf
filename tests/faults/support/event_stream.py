"""The event stream of the recording clients: the least of HTTP/1.1 and text/event-stream that a client needs.

The data of every block is handed over as the bytes that came. Resuming is what an EventSource does: the last id goes back as it was
told, whatever it holds.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from faults.support.line import RawLine

__all__ = ["EventSource", "EventStreamLine"]


class EventStreamLine(RawLine):
    """One answer; it ends with a close block. note: called with every id."""

    def __init__(self, request: bytes, take: Callable[[bytes], None], note: Callable[[str], None]) -> None:
        super().__init__(request, take)
        self._note = note
        self._body = b""

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self.opened.done() or self._head():
            self._chunks()
            self._blocks()

    def _head(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        lines = head.lower().split(b"\r\n")
        if b" 200 " not in lines[0] or b"transfer-encoding: chunked" not in lines:
            self._refused(head)
            return False
        self._buffer = rest
        self.opened.set_result(None)
        return True

    def _chunks(self) -> None:
        """Take whole chunks out of what came; an empty one ends the answer."""
        buffer, at = self._buffer, 0
        while (line := buffer.find(b"\r\n", at)) >= 0:
            size = int(buffer[at:line], 16)
            if len(buffer) < line + size + 4:
                break
            self._body += buffer[line + 2 : line + 2 + size]
            at = line + size + 4
            if not size:
                self.close()
        self._buffer = buffer[at:]

    def _blocks(self) -> None:
        *blocks, self._body = self._body.split(b"\n\n")
        for block in blocks:
            for line in block.split(b"\n"):
                if line.startswith(b"data: "):
                    self._take_data(line[6:])
                elif line.startswith(b"id: "):
                    self._note(line[4:].decode())

    def _take_data(self, data: bytes) -> None:
        if data.startswith(b'{"type":"close"'):
            self._code = int(data.partition(b'"code":')[2].partition(b",")[0])
        self._take(data)


class EventSource:
    """Opens the streams of one client and remembers the last id of each, as the EventSource of a browser does."""

    def __init__(self) -> None:
        self._last_id = ""

    async def __call__(self, port: int, user: str, positions: Mapping[str, Any], take: Callable[[bytes], None]) -> EventStreamLine:
        """Open a stream that follows each channel, from the last id or, the first time, from its position. Raises OSError."""
        since = self._last_id or ",".join(_mark(channel, position) for channel, position in positions.items() if position)
        query = urlencode([("user", user), *(("channel", channel) for channel in positions)])
        request = (
            f"GET /events?{query} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\nLast-Event-ID: {since}\r\n\r\n"
        )
        loop = asyncio.get_running_loop()
        make = lambda: EventStreamLine(request.encode(), take, self._note)  # noqa: E731 a factory, needed once
        _, line = await loop.create_connection(make, "127.0.0.1", port)
        try:
            await line.opened
        except BaseException:
            line.close()
            raise
        return line

    def _note(self, told: str) -> None:
        self._last_id = told


def _mark(channel: str, position: Mapping[str, Any]) -> str:
    parts = (channel, position["epoch"], str(position["seq"]), position["id"] or "")
    return ":".join(quote(part, safe="") for part in parts)
