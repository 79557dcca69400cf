"""HTTP/1.1 as a load driver needs it: requests as bytes made once, replies read with few steps.

Own code because a general client costs 5 to 100 times as much CPU per request (docs/decisions/0082), which a driver that
shares two cores with the server it measures cannot spend. Rules of framing: RFC 9112, section 6.3.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

__all__ = ["BrokenReplyError", "Connection", "Reply", "Request", "cookie_header"]

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
_CLOSE = re.compile(rb"\r\nconnection:[ \t]*close", re.IGNORECASE)
_BODILESS = frozenset({204, 304})


class BrokenReplyError(Exception):
    """What came back is no complete HTTP reply."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request and what a correct reply to it looks like.

    label: names its kind in results. expect_status: the one right status (a redirect is never right).
    expect_text: bytes that a right body holds. expect_size: fewest bytes of a right body.
    """

    label: str
    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    expect_status: int = 200
    expect_text: bytes = b""
    expect_size: int = 0

    def encode(self, host: str) -> bytes:
        """Give the request as bytes. host: value of the Host header."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body

    def accepts(self, reply: "Reply") -> bool:
        """Tell whether a reply is the right one."""
        right = reply.status == self.expect_status and len(reply.body) >= self.expect_size
        return right and self.expect_text in reply.body


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply. head: status line and headers as sent."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str:
        """Give a header's (first) value, empty when absent."""
        found = re.search(rb"\r\n" + re.escape(name.encode()) + rb":[ \t]*([^\r]*)", self.head, re.IGNORECASE)
        return found.group(1).decode("latin-1").strip() if found else ""


def cookie_header(cookies: Mapping[str, str]) -> str:
    """Give cookies as the value of a Cookie header."""
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


class Connection(asyncio.Protocol):
    """A kept-alive connection that carries one request at a time."""

    def __init__(self) -> None:
        """Start unconnected; asyncio connects it."""
        self.transport: asyncio.Transport | None = None
        self.reply: asyncio.Future[Reply] | None = None
        self.used = 0
        self._buffer = b""

    @property
    def open(self) -> bool:
        """Tell whether a request can be sent."""
        return self.transport is not None and not self.transport.is_closing()

    def ask(self, request: bytes) -> asyncio.Future[Reply]:
        """Send a request; the future gives its reply, or the ConnectionError or BrokenReplyError that ended it."""
        if self.transport is None or self.transport.is_closing():
            raise ConnectionResetError("the connection is closed")
        self.reply = asyncio.get_running_loop().create_future()
        self.used += 1
        self.transport.write(request)
        return self.reply

    def close(self) -> None:
        """End the connection."""
        if self.transport is not None:
            self.transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport (called by asyncio)."""
        self.transport = cast(asyncio.Transport, transport)  # promised for streams; uvloop's is no subclass

    def data_received(self, data: bytes) -> None:
        """Read on (called by asyncio)."""
        self._buffer = self._buffer + data if self._buffer else data
        try:
            self._read(ended=False)
        except BrokenReplyError as error:
            self._fail(error)
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Finish a reply that ends with the connection, fail any other (called by asyncio)."""
        try:
            self._read(ended=True)
        except BrokenReplyError as error:
            self._fail(error)
        self._fail(exc or ConnectionResetError("the server closed the connection without a reply"))

    def _read(self, *, ended: bool) -> None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self.reply is None:
            return
        head, start = self._buffer[: end + 2], end + 4
        status = _status(head)
        body, used = _body(status, head, self._buffer, start, ended=ended)
        if body is None:
            return
        self._buffer = self._buffer[used:]
        if status >= 200:  # noqa: PLR2004  (1xx replies announce the real one, RFC 9110 section 15.2)
            self._finish(Reply(status, head, body))
        else:
            self._read(ended=ended)

    def _finish(self, reply: Reply) -> None:
        if _CLOSE.search(reply.head):
            self.close()
        waiting, self.reply = self.reply, None
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def _fail(self, error: Exception) -> None:
        waiting, self.reply = self.reply, None
        if waiting is not None and not waiting.done():
            waiting.set_exception(error)


def _status(head: bytes) -> int:
    if not head.startswith(b"HTTP/1.") or not head[9:12].isdigit():
        raise BrokenReplyError(f"no HTTP status line: {head[:40]!r}")
    return int(head[9:12])


def _body(status: int, head: bytes, data: bytes, start: int, *, ended: bool) -> tuple[bytes | None, int]:
    """Give body and where it ends in data; None while bytes are missing."""
    if status < 200 or status in _BODILESS:  # noqa: PLR2004  (1xx have no body, RFC 9112 section 6.3)
        return b"", start
    if _CHUNKED.search(head):
        return _chunks(data, start)
    length = _LENGTH.search(head)
    if length is None:
        return (data[start:], len(data)) if ended else (None, start)
    end = start + int(length.group(1))
    return (data[start:end], end) if len(data) >= end else (None, start)


def _chunks(data: bytes, start: int) -> tuple[bytes | None, int]:
    """Join a chunked body (RFC 9112, section 7.1); trailers are not expected by what we ask."""
    parts: list[bytes] = []
    while True:
        line = data.find(b"\r\n", start)
        if line < 0:
            return None, start
        size = _chunk_size(data[start:line])
        begin, end = line + 2, line + 2 + size
        if len(data) < end + 2:
            return None, start
        if size == 0:
            return b"".join(parts), end + 2
        parts.append(data[begin:end])
        start = end + 2


def _chunk_size(line: bytes) -> int:
    try:
        return int(line.split(b";")[0], 16)
    except ValueError:
        raise BrokenReplyError(f"no chunk size: {line[:20]!r}") from None
