"""The read side over the runtime's own database connection: heads of channels, and what came after a position."""

from collections.abc import Iterable, Sequence
from typing import Any

from groundplan_runtime.database import Database
from groundplan_runtime.events.model import START, Event, Position

__all__ = ["EVENT_COLUMNS", "event_of", "heads", "log", "position"]

EVENT_COLUMNS = "channel, epoch, seq, event_id, type, version, payload, created_at, key, origin"

_CHUNK = 500
"""Channels per query, well below the 999 parameters that old SQLite builds allow."""


async def position(database: Database, channel: str) -> Position:
    """Give the head of a channel. Read it before the rows it belongs to: events up to it are then in those rows."""
    return (await heads(database, [channel])).get(channel, START)


async def heads(database: Database, channels: Iterable[str]) -> dict[str, Position]:
    """Give the head of each channel on which something was published."""
    wanted = sorted(set(channels))
    found: dict[str, Position] = {}
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        marks = ", ".join(["%s"] * len(chunk))
        rows = await database.fetch(
            f"SELECT channel, epoch, seq, event_id FROM channel_head WHERE channel IN ({marks})",  # noqa: S608 only placeholders
            chunk,
        )
        found.update({row[0]: Position(row[1], row[2], row[3]) for row in rows})
    return found


async def log(database: Database, channel: str, first: int, most: int) -> list[Event]:
    """Give at most ``most`` events of a channel in order, from seq ``first`` on."""
    rows = await database.fetch(
        f"SELECT {EVENT_COLUMNS} FROM event_log WHERE channel = %s AND seq >= %s ORDER BY seq LIMIT %s",  # noqa: S608 a constant
        (channel, first, most),
    )
    return [event_of(row) for row in rows]


def event_of(row: Sequence[Any]) -> Event:
    """Give the event of a row in the order of EVENT_COLUMNS."""
    channel, epoch, seq, event_id, type_, version, payload, at, key, origin = row
    return Event(channel, epoch, seq, event_id, type_, version, payload, at, key, origin)
