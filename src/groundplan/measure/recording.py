"""What sockets saw, kept raw but small: every distinct frame once, and per socket the numbers of the frames it got."""

import json
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CONNECTED", "DISCONNECTED", "LOADED", "Frames", "Record"]

CONNECTED, DISCONNECTED, LOADED = 0, 1, 2
"""Marks between frames: the socket opened; it was lost; it loaded the state (whose number follows)."""
_MARKS = (b"connected", b"disconnected", b"loaded")


class Frames:
    """All distinct frames of a run, each with a number. A broadcast to 1,000 sockets is kept once."""

    def __init__(self) -> None:
        """Start with the marks."""
        self._number: dict[bytes, int] = {mark: number for number, mark in enumerate(_MARKS)}
        self._raw: list[bytes] = list(_MARKS)
        self._decoded: list[dict[str, Any] | None] = [None] * len(_MARKS)

    def number(self, raw: bytes) -> int:
        """Give the number of a frame, new or known."""
        number = self._number.get(raw)
        if number is None:
            number = self._number[raw] = len(self._raw)
            self._raw.append(raw)
            self._decoded.append(_decode(raw))
        return number

    def __len__(self) -> int:
        return len(self._raw) - len(_MARKS)

    def raw(self, number: int) -> bytes:
        """Give the bytes of a frame."""
        return self._raw[number]

    def decoded(self, number: int) -> dict[str, Any]:
        """Give a frame's JSON object; empty when it is none."""
        return self._decoded[number] or {}


def _decode(raw: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(raw)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


@dataclass(slots=True)
class Record:
    """What one socket saw, in order: frame numbers and marks. A LOADED mark is followed by the number of the state."""

    seen: "array[int]" = field(default_factory=lambda: array("L"))

    def __iter__(self) -> Iterator[int]:
        return iter(self.seen)

    def add(self, *numbers: int) -> None:
        """Append numbers."""
        self.seen.extend(numbers)
