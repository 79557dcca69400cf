"""The write side, once for every framework: an event goes into the caller's own transaction.

The counter row of the channel is taken first and stays locked until the caller commits. That is what makes seq gapless and equal to
commit order: whoever sees n + 1 can see n, and a rollback gives its number back.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4
from zlib import crc32

from groundplan_runtime.events.errors import PublishError
from groundplan_runtime.events.model import Published
from groundplan_runtime.events.payload import encode, now

__all__ = ["SHARDS", "Draft", "Execute", "draft", "hold", "record", "record_all", "shard_of"]

SHARDS = 1
"""How many relays may carry events at once. Writers and relays must agree, so it is not a setting."""

Execute = Callable[[str, Mapping[str, Any]], Sequence[Sequence[Any]]]
"""Runs one statement with ``:name`` placeholders in the caller's transaction and gives the rows, if any."""

_NAME = re.compile(r"[a-z][a-z0-9_.:-]{0,99}")

_CHUNK = 99
"""Rows per insert: ten values each stay below the 999 parameters that old SQLite builds allow."""

# Insert or count up in one statement: two first writers of a channel cannot collide.
_NEXT = """
INSERT INTO channel_head (channel, epoch, seq, event_id) VALUES (:channel, :epoch, :count, :event_id)
ON CONFLICT (channel) DO UPDATE SET seq = channel_head.seq + excluded.seq, event_id = excluded.event_id
RETURNING seq, epoch"""

_LOG_COLUMNS = ("channel", "seq", "epoch", "event_id", "type", "version", "key", "payload", "created_at", "origin")
_PENDING_COLUMNS = ("channel", "seq", "shard", "created_at")

_HOLD = """
INSERT INTO channel_head (channel, epoch, seq) VALUES (:channel, :epoch, 0)
ON CONFLICT (channel) DO UPDATE SET seq = channel_head.seq"""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that was checked but has no place in its channel yet."""

    channel: str
    type: str
    payload: str
    key: str | None
    version: int


def draft(channel: str, type: str, data: Any, key: str | None, version: int) -> Draft:  # noqa: A002 the word of the protocol
    """Check an event before anything is written. Raises PublishError."""
    for place, name in (("channel", channel), ("type", type)):
        if not _NAME.fullmatch(name):
            raise PublishError(
                f"The {place} {name!r} must start with a-z and hold at most 100 of a-z, 0-9, '_', '.', ':' and '-'; rename it.",
            )
    if version < 1:
        raise PublishError(f"The version {version} of {type!r} must be at least 1; count up from 1.")
    if key is not None and len(key) > 200:  # noqa: PLR2004 the width of the column
        raise PublishError(f"The key of {type!r} has {len(key)} characters and at most 200 are allowed; use an id.")
    return Draft(channel, type, encode(data), key, version)


def record(execute: Execute, event: Draft, *, outbox: bool, origin: str | None = None) -> Published:
    """Write the event into the caller's transaction. outbox: whether a relay carries it to Redis. origin: where it comes from."""
    return record_all(execute, [event], outbox=outbox, origin=origin)[0]


def record_all(execute: Execute, events: Sequence[Draft], *, outbox: bool, origin: str | None = None) -> list[Published]:
    """Write events into the caller's transaction, each channel in the given order; gives where they stand, by channel."""
    published: list[Published] = []
    for channel in sorted({event.channel for event in events}):  # two transactions must not wait for each other
        published += _record_channel(execute, [event for event in events if event.channel == channel], outbox, origin)
    return published


def _record_channel(execute: Execute, events: Sequence[Draft], outbox: bool, origin: str | None) -> list[Published]:  # noqa: FBT001 passed on
    channel, created_at = events[0].channel, now()
    ids = [str(uuid4()) for _ in events]
    rows = execute(_NEXT, {"channel": channel, "epoch": _new_epoch(), "count": len(events), "event_id": ids[-1]})
    last, epoch = int(rows[0][0]), str(rows[0][1])
    published = [Published(channel, last - len(events) + 1 + place, epoch, ids[place]) for place in range(len(events))]
    logged = [
        (channel, one.seq, epoch, one.id, event.type, event.version, event.key, event.payload, created_at, origin)
        for one, event in zip(published, events, strict=True)
    ]
    _insert(execute, "event_log", _LOG_COLUMNS, logged)
    if outbox:
        pending = [(channel, one.seq, shard_of(channel), created_at) for one in published]
        _insert(execute, "outbox_pending", _PENDING_COLUMNS, pending)
    return published


def _insert(execute: Execute, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    for start in range(0, len(rows), _CHUNK):
        chunk = rows[start : start + _CHUNK]
        marks = ", ".join(f"({', '.join(f':{column}_{place}' for column in columns)})" for place in range(len(chunk)))
        values = {f"{column}_{place}": value for place, row in enumerate(chunk) for column, value in zip(columns, row, strict=True)}
        execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES {marks}", values)  # noqa: S608 names of our own and placeholders


def hold(execute: Execute, channels: Sequence[str]) -> None:
    """Take the counters of several channels in one agreed order, so that two transactions cannot wait for each other."""
    for channel in sorted(set(channels)):
        execute(_HOLD, {"channel": channel, "epoch": _new_epoch()})


def shard_of(channel: str) -> int:
    """Give the shard that carries a channel, the same in every process."""
    return crc32(channel.encode()) % SHARDS


def _new_epoch() -> str:
    return uuid4().hex[:16]
