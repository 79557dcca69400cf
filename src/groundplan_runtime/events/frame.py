"""Events as they travel: encoded once, however many sockets they go to."""

import json
from dataclasses import dataclass, field
from typing import Any

from groundplan_runtime.events.model import Event, Position

__all__ = ["TOMBSTONE", "Frame", "dumps", "frame_of", "tombstone_of"]

TOMBSTONE = "tombstone"
"""The type told in place of an event that cannot be carried: the reader keeps its place and loads the state afresh."""


@dataclass(frozen=True, slots=True)
class Frame:
    """An event as the text of the live protocol. size: of text in UTF-8 bytes. parked: a tombstone stands for the event.

    at, origin: of the event. passage: watches it on its way to sockets; None where nobody watches. forms: what transports made of
    it, kept as long as the frame is, so that a storm of clients who resume costs each event once.
    """

    channel: str
    epoch: str
    seq: int
    id: str
    text: str
    size: int
    parked: bool = False
    at: str = ""
    origin: str | None = None
    passage: Any = field(default=None, compare=False, repr=False)
    forms: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def position(self) -> Position:
        """Where a reader stands after this frame."""
        return Position(self.epoch, self.seq, self.id)

    @property
    def event(self) -> dict[str, Any]:
        """The frame as a value, for readers inside the process."""
        found: dict[str, Any] = json.loads(self.text)
        return found


def dumps(value: Any) -> str:
    """Give compact JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def frame_of(event: Event) -> Frame:
    """Encode an event. One whose payload is no JSON (raw SQL can write anything) becomes a tombstone at the same place."""
    try:
        json.loads(event.payload, parse_constant=_refuse)
    except ValueError:
        return tombstone_of(event)
    return _frame(event, event.type, event.payload)


def tombstone_of(event: Event) -> Frame:
    """Give the frame that keeps the place of an event which cannot be carried."""
    return _frame(event, TOMBSTONE, "null", parked=True)


def _frame(event: Event, told: str, payload: str, *, parked: bool = False) -> Frame:
    head = dumps({"type": "event", "channel": event.channel, "epoch": event.epoch, "seq": event.seq, "id": event.id, "event": told})
    tail = dumps({"version": event.version, "at": event.at})
    text = f'{head[:-1]},"data":{payload},{tail[1:]}'
    size = len(text.encode())
    return Frame(event.channel, event.epoch, event.seq, event.id, text, size, parked, event.at, event.origin)


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and Infinity are no JSON, and browsers refuse the whole frame
