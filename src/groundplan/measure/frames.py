"""WebSocket frames as the swarm needs them (RFC 6455, section 5): read what servers send, write what clients send.

Own code because 1,000 sockets share two cores with the server they test: measured CPU per frame and per opened socket are in
docs/decisions/0083. Tests hold it against the ``websockets`` library.
"""

import base64
import hashlib
import os
from dataclasses import dataclass

__all__ = ["CLOSE", "PING", "PONG", "TEXT", "Frame", "FrameError", "FrameReader", "accept_key", "client_frame", "handshake"]

CONTINUATION, TEXT, CLOSE, PING, PONG = 0x0, 0x1, 0x8, 0x9, 0xA
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, section 1.3
_SHORT, _MEDIUM = 126, 127


class FrameError(Exception):
    """The server broke RFC 6455."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole message or control frame."""

    opcode: int
    payload: bytes


class FrameReader:
    """Turns received bytes into frames; fragments are joined."""

    def __init__(self) -> None:
        """Start empty."""
        self._buffer = b""
        self._parts: list[bytes] = []
        self._opcode = TEXT

    def feed(self, data: bytes) -> list[Frame]:
        """Give the frames that are complete now. Raises FrameError."""
        buffer = self._buffer + data if self._buffer else data
        frames: list[Frame] = []
        position = 0
        while (found := _frame_at(buffer, position)) is not None:
            first, begin, end = found
            self._take(first, buffer[begin:end], frames)
            position = end
        self._buffer = buffer[position:]
        return frames

    def _take(self, first: int, payload: bytes, frames: list[Frame]) -> None:
        opcode, final = first & 0x0F, bool(first & 0x80)
        if first & 0x70:
            raise FrameError("the server uses an extension that was not agreed")
        if opcode >= CLOSE or (final and opcode != CONTINUATION):
            frames.append(Frame(opcode, payload))
            return
        if opcode != CONTINUATION:
            self._opcode, self._parts = opcode, []
        self._parts.append(payload)
        if final:
            frames.append(Frame(self._opcode, b"".join(self._parts)))


def _frame_at(buffer: bytes, start: int) -> tuple[int, int, int] | None:
    """Give first byte, begin and end of the payload of the frame at ``start``; None while bytes are missing."""
    have = len(buffer) - start
    if have < 2:  # noqa: PLR2004  (opcode and length)
        return None
    size, header = buffer[start + 1], 2
    if size & 0x80:
        raise FrameError("the server masks its frames")
    if size >= _SHORT:
        header = 4 if size == _SHORT else 10
        size = int.from_bytes(buffer[start + 2 : start + header], "big") if have >= header else 0
    if have < header + size:
        return None
    return buffer[start], start + header, start + header + size


def client_frame(opcode: int, payload: bytes) -> bytes:
    """Give a final, masked frame. The mask is zero: it guards proxies against chosen bytes, and here both ends are ours."""
    size = len(payload)
    if size < _SHORT:
        length = bytes([0x80 | size])
    elif size < 1 << 16:
        length = bytes([0x80 | _SHORT]) + size.to_bytes(2, "big")
    else:
        length = bytes([0x80 | _MEDIUM]) + size.to_bytes(8, "big")
    return bytes([0x80 | opcode]) + length + b"\0\0\0\0" + payload


def handshake(path: str, host: str, headers: dict[str, str]) -> tuple[bytes, str]:
    """Give an opening request and the ``Sec-WebSocket-Accept`` that must come back."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        *(f"GET {path} HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"),
        *(f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"),
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode("latin-1"), accept_key(key)


def accept_key(key: str) -> str:
    """Give the accept value of a key (RFC 6455, section 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest()).decode()
