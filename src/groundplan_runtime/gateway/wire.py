"""The frames of the live protocol (docs/reference/protocol.md): reading the client's, writing the server's."""

import json
from dataclasses import dataclass
from typing import Any

from groundplan_runtime.events.frame import dumps
from groundplan_runtime.events.model import Position
from groundplan_runtime.identity import User

__all__ = [
    "ALIVE",
    "PROTOCOL",
    "BadFrameError",
    "Subscribe",
    "Unsubscribe",
    "close",
    "drain",
    "error",
    "parse",
    "reset",
    "subscribed",
    "welcome",
]

PROTOCOL = 1
ALIVE = dumps({"type": "alive"})
"""The frame of a line that has nothing else to say."""


class BadFrameError(ValueError):
    """A frame of the client that breaks the protocol, as one sentence."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Follow a channel, from a position or from now."""

    channel: str
    position: Position | None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    """Stop following a channel."""

    channel: str


def parse(text: str, most: int) -> Subscribe | Unsubscribe:
    """Read a client's frame of at most ``most`` bytes. Raises BadFrameError."""
    if len(text.encode("utf-8", "replace")) > most:
        raise BadFrameError(f"A frame may have at most {most} bytes.")
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFrameError("A frame must be a JSON text.") from None
    kind = frame.get("type") if isinstance(frame, dict) else None
    if kind == "subscribe":
        return Subscribe(_channel(frame), _position(frame.get("position")))
    if kind == "unsubscribe":
        return Unsubscribe(_channel(frame))
    raise BadFrameError("A frame must be an object whose type is subscribe or unsubscribe.")


def _channel(frame: dict[str, Any]) -> str:
    channel = frame.get("channel")
    if isinstance(channel, str) and channel:
        return channel
    raise BadFrameError("A frame must name its channel.")


def _position(value: Any) -> Position | None:
    if value is None:
        return None
    if isinstance(value, dict):
        epoch, seq, event_id = value.get("epoch"), value.get("seq"), value.get("id")
        known_id = event_id is None or isinstance(event_id, str)
        if isinstance(epoch, str) and known_id and isinstance(seq, int) and not isinstance(seq, bool) and seq >= 0:
            return Position(epoch, seq, event_id)
    raise BadFrameError('A position must be {"epoch": text, "seq": integer >= 0, "id": text or null}.')


def welcome(user: User, silence: float) -> str:
    """Give the first frame of a line. silence: after how many seconds without a frame the client may take it for dead."""
    told = {"id": user.id, "username": user.username}
    return dumps({"type": "welcome", "protocol": PROTOCOL, "user": told, "silence": silence})


def subscribed(channel: str, position: Position, replayed: int) -> str:
    """Give the frame before a replay of ``replayed`` events that leads to ``position``."""
    place = position.as_json()
    return dumps({"type": "subscribed", "channel": channel, "recovered": True, "position": place, "replayed": replayed})


def reset(channel: str, reason: str, position: Position) -> str:
    """Give the frame that says: load the state afresh, you are live from ``position`` on."""
    return dumps({"type": "reset", "channel": channel, "reason": reason, "position": position.as_json()})


def error(code: str, detail: str, channel: str | None = None) -> str:
    """Give the frame that refuses another frame."""
    found = {"type": "error", "code": code, "detail": detail}
    return dumps(found if channel is None else {**found, "channel": channel})


def drain(within: float) -> str:
    """Give the frame that asks a client to reconnect at a random moment within so many seconds."""
    return dumps({"type": "drain", "within": within})


def close(code: int, reason: str) -> str:
    """Give the last frame of an event stream; a socket has close codes of its own."""
    return dumps({"type": "close", "code": code, "reason": reason})
