"""Frames that are encoded once and written to many sockets: an ASGI extension that a server may offer for a WebSocket.

``scope["extensions"]["groundplan.direct"]`` is an object with `write_frames`. Without it a socket is sent to as ASGI says.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol

__all__ = ["EXTENSION", "Direct", "direct_of", "text_frame"]

EXTENSION = "groundplan.direct"
_FINAL_TEXT = 0x81
_SHORT, _TWO_BYTES = 126, 65536  # RFC 6455, 5.2: sizes from here on are written in two and in eight bytes


class Direct(Protocol):
    """The server's end of one WebSocket."""

    def write_frames(self, data: bytes) -> bool:
        """Write whole frames now; False, and nothing is written, when the client's buffers are full or the socket is not open."""


def direct_of(scope: Mapping[str, Any]) -> Direct | None:
    """Give what the server offers for the socket of ``scope``."""
    found: Direct | None = (scope.get("extensions") or {}).get(EXTENSION)
    return found


@lru_cache(maxsize=64)
def text_frame(text: str) -> bytes:
    """Give the frame of a server that carries a text: whole, neither masked nor compressed."""
    payload = text.encode()
    size = len(payload)
    if size < _SHORT:
        return bytes((_FINAL_TEXT, size)) + payload
    if size < _TWO_BYTES:
        return bytes((_FINAL_TEXT, 126)) + size.to_bytes(2, "big") + payload
    return bytes((_FINAL_TEXT, 127)) + size.to_bytes(8, "big") + payload
