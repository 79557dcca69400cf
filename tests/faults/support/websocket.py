"""The WebSocket of the recording clients: the least of RFC 6455 that a client needs, written for these tests alone.

Every text message is handed over as the bytes that came, in the order they came.
"""

import asyncio
import base64
import json
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

from faults.support.line import RawLine

__all__ = ["WebSocketLine", "connect", "masked", "subscribe"]

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_TWO, _EIGHT = 126, 127  # the length follows in so many bytes


class WebSocketLine(RawLine):
    """One socket. first: what is sent once it is open."""

    def __init__(self, request: bytes, first: bytes, take: Callable[[bytes], None]) -> None:
        super().__init__(request, take)
        self._first = first

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self.opened.done() and not self._handshake():
            return
        self._frames()

    def say(self, frame: bytes) -> None:
        """Send an encoded frame."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(frame)

    def stop_reading(self) -> None:
        """Take nothing more from the kernel, as a client whose program hangs."""
        if self._transport is not None:
            self._transport.pause_reading()

    def read_again(self) -> None:
        """Take again what has come."""
        if self._transport is not None:
            self._transport.resume_reading()

    def _handshake(self) -> bool:
        head, found, rest = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return False
        if b" 101 " not in head.split(b"\r\n", 1)[0]:
            self._refused(head.split(b"\r\n", 1)[0])
            return False
        self._buffer = rest
        self.opened.set_result(None)
        self.say(self._first)
        return True

    def _frames(self) -> None:
        buffer, at = self._buffer, 0
        while (found := _frame(buffer, at)) is not None:
            opcode, begin, at = found
            self._take_frame(opcode, buffer[begin:at])
        self._buffer = buffer[at:]

    def _take_frame(self, opcode: int, payload: bytes) -> None:
        if opcode == _TEXT:
            self._take(payload)
        elif opcode == _PING:
            self.say(masked(payload, _PONG))
        elif opcode == _CLOSE:
            self._code = int.from_bytes(payload[:2], "big") if payload else 1005
            self.say(masked(payload[:2], _CLOSE))
            if self._transport is not None:
                self._transport.close()


def _frame(buffer: bytes, at: int) -> tuple[int, int, int] | None:
    """Give (opcode, begin, end) of the whole frame at ``at``. Raises ValueError for what a server of ours never sends."""
    if len(buffer) < at + 2:
        return None
    first, length, begin = buffer[at], buffer[at + 1], at + 2
    if first & 0xF0 != 0x80 or length > _EIGHT:
        raise ValueError(f"a fragment, an extension or a masked frame: {buffer[at : at + 2].hex()}")
    wide = {_TWO: 2, _EIGHT: 8}.get(length, 0)
    if len(buffer) < begin + wide:
        return None
    if wide:
        length, begin = int.from_bytes(buffer[begin : begin + wide], "big"), begin + wide
    return (first & 0x0F, begin, begin + length) if len(buffer) >= begin + length else None


def masked(payload: bytes, opcode: int = _TEXT) -> bytes:
    """Give a client's frame of at most 64 KiB. The mask is zero, which RFC 6455 allows and nobody here needs otherwise."""
    size = len(payload)
    head = bytes((0x80 | opcode, 0x80 | size)) if size < _TWO else bytes((0x80 | opcode, 0x80 | _TWO)) + size.to_bytes(2, "big")
    return head + bytes(4) + payload


async def connect(
    port: int, user: str, positions: Mapping[str, Any], take: Callable[[bytes], None], *, room: int = 0
) -> WebSocketLine:
    """Open a socket that follows each channel from its position (None: from now). Raises OSError.

    room: bytes that the kernel keeps for a client that does not read; 0: as many as it likes, which is megabytes.
    """
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /ws?user={user} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    first = b"".join(subscribe(channel, position) for channel, position in positions.items())
    raw = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    raw.setblocking(False)  # noqa: FBT003 the name of the argument is not part of its interface
    if room:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    loop = asyncio.get_running_loop()
    try:
        await loop.sock_connect(raw, ("127.0.0.1", port))
        _, line = await loop.create_connection(lambda: WebSocketLine(request.encode(), first, take), sock=raw)
    except BaseException:
        raw.close()
        raise
    try:
        await line.opened
    except BaseException:
        line.close()
        raise
    return line


def subscribe(channel: str, position: Any) -> bytes:
    """Give the encoded frame that follows a channel."""
    frame = {"type": "subscribe", "channel": channel}
    return masked(json.dumps(frame if position is None else {**frame, "position": position}).encode())
