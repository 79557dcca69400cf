"""A server that does nothing but answer: what a driver measures against it is the driver itself.

Runs as ``python -m groundplan.measure.null_server SIZE``, prints its port, and ends when its standard input closes.
"""

import asyncio
import re
import sys
from typing import cast

import uvloop

__all__ = ["main"]

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)


class _Answer(asyncio.Protocol):
    """Answers every request with the same bytes, keeping the connection."""

    def __init__(self, reply: bytes) -> None:
        self.reply = reply
        self.buffer = b""
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := _end_of_request(self.buffer)) is not None:
            self.buffer = self.buffer[end:]
            if self.transport is not None:
                self.transport.write(self.reply)


def _end_of_request(buffer: bytes) -> int | None:
    head = buffer.find(b"\r\n\r\n")
    if head < 0:
        return None
    length = _LENGTH.search(buffer[: head + 2])
    end = head + 4 + (int(length.group(1)) if length else 0)
    return end if len(buffer) >= end else None


async def _serve(size: int) -> None:
    loop = asyncio.get_running_loop()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % size
    server = await loop.create_server(lambda: _Answer(head + b"x" * size), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


def main() -> None:
    """Serve until standard input closes."""
    uvloop.run(_serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
