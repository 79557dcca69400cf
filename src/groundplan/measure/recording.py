"""What sockets saw, kept raw but small: every distinct frame once, and per socket the numbers of the frames it got."""

import json
import time
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

__all__ = ["CONNECTED", "DISCONNECTED", "Frames", "Record", "loaded", "state_of"]

CONNECTED, DISCONNECTED = 0, 1
"""Marks between frames: the socket opened; it was lost."""
_MARKS = (b"connected", b"disconnected")


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

    def numbers(self) -> range:
        """Give the numbers of all frames, without the marks."""
        return range(len(_MARKS), len(self._raw))

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


def loaded(state: int) -> int:
    """Give the entry that says that a socket loaded the state of this number."""
    return -1 - state


def state_of(entry: int) -> int | None:
    """Give the number of the state that an entry stands for, None when it stands for a frame or a mark."""
    return -1 - entry if entry < 0 else None


@dataclass(slots=True)
class Record:
    """What one socket saw, in order: frame numbers, marks, and states that it loaded (``loaded``).

    moments: when each entry was made, seconds of ``time.perf_counter()``.
    """

    seen: "array[int]" = field(default_factory=lambda: array("l"))
    moments: "array[float]" = field(default_factory=lambda: array("d"))

    def __iter__(self) -> Iterator[int]:
        return iter(self.seen)

    def add(self, *numbers: int) -> None:
        """Append numbers, now."""
        self.seen.extend(numbers)
        self.moments.extend([time.perf_counter()] * len(numbers))
