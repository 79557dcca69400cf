"""The live protocol as text/event-stream: blocks, and ids that hold a position on every channel. Pure."""

from urllib.parse import quote, unquote

from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import Position

__all__ = ["block", "make", "mark", "marked", "positions"]

_PARTS = 4
_DIGITS = 18  # a seq of SQLite and PostgreSQL has at most 19, and nobody has that many events
_LINE_BREAKS = str.maketrans("\r\n", "  ")


def block(text: str, *, id: str = "", retry: int | None = None) -> bytes:  # noqa: A002 the field's own name
    """Give a block that carries a frame. retry: milliseconds that an EventSource waits before it connects again."""
    lines = [f"retry: {retry}"] if retry is not None else []
    lines += [f"id: {id}"] if id else []
    return "\n".join([*lines, _data(text)]).encode()


def marked(frame: Frame) -> tuple[str, bytes]:
    """Give the mark of an event and the end of its block, both made once for all streams that it goes to."""
    found: tuple[str, bytes] | None = frame.forms.get("block")
    if found is None:
        found = frame.forms["block"] = make(frame)
    return found


def make(frame: Frame) -> tuple[str, bytes]:
    """Make what `marked` gives."""
    return mark(frame.channel, frame.position), _data(frame.text).encode()


def mark(channel: str, position: Position) -> str:
    """Give a position on a channel as ids hold it."""
    return f"{quote(channel, safe='')}:{quote(position.epoch, safe='')}:{position.seq}:{quote(position.id or '', safe='')}"


def positions(event_id: str) -> dict[str, Position]:
    """Give channel -> position of an id; what cannot be read is left out, so that its channel is begun anew."""
    found = {}
    for each in event_id.split(","):
        parts = each.strip().split(":")
        if len(parts) == _PARTS and parts[2].isascii() and parts[2].isdigit() and len(parts[2]) <= _DIGITS:
            channel, epoch, _, name = map(unquote, parts)
            found[channel] = Position(epoch, int(parts[2]), name or None)
    return found


def _data(text: str) -> str:
    """Give the last line of a block. In JSON a line break can only stand where a space can, and here it would end the line."""
    return f"data: {text.translate(_LINE_BREAKS)}\n\n"
