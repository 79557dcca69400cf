"""Events for Django: publish inside atomic(), positions, and the doorbell after commit."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from groundplan_runtime.events import doorbell, write
from groundplan_runtime.events.errors import PublishError
from groundplan_runtime.events.model import START, Position, Published
from groundplan_runtime.telemetry.passage import publishing

__all__ = ["hold", "position", "publish", "publish_all"]

_PLACEHOLDER = re.compile(r":([a-z][a-z0-9_]*)")


def publish(
    channel: str,
    type: str,  # noqa: A002 the word of the protocol
    data: Any,
    *,
    key: str | None = None,
    version: int = 1,
    using: str = DEFAULT_DB_ALIAS,
) -> Published:
    """Write an event into the transaction that is open; it exists if and only if that transaction commits.

    data: what JSON can hold, decimals and dates included, at most 64 KiB. key: what it is about. version: of the data's shape.
    using: alias of the database. Raises PublishError outside atomic() and for data that cannot be an event.
    """
    return publish_all([write.draft(channel, type, data, key, version)], using=using)[0]


def publish_all(drafts: Sequence[write.Draft], *, using: str = DEFAULT_DB_ALIAS) -> list[Published]:
    """Write checked events into the transaction that is open, each channel in this order, with one ring after the commit."""
    connection = _writing(using)
    watched = publishing(drafts[0].channel) if drafts else None
    origin = watched.origin if watched else None
    published = write.record_all(_execute(connection), drafts, outbox=doorbell.wiring().outbox, origin=origin)
    if published:
        transaction.on_commit(doorbell.ring, using=using, robust=True)
    if watched is not None:
        transaction.on_commit(partial(watched.committed, published), using=using, robust=True)
    return published


def hold(*channels: str, using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the counters of several channels in one agreed order.

    Two transactions that publish on the same channels in opposite order would wait for each other until
    PostgreSQL ends one of them.
    """
    write.hold(_execute(_writing(using)), channels)


def position(channel: str, *, using: str = DEFAULT_DB_ALIAS) -> Position:
    """Give the head of a channel. Read it before the rows it belongs to: events up to it are then in those rows."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT epoch, seq, event_id FROM channel_head WHERE channel = %s", [channel])
        row = cursor.fetchone()
    return START if row is None else Position(row[0], row[1], row[2])


def _writing(using: str) -> BaseDatabaseWrapper:
    connection = connections[using]
    if not connection.in_atomic_block:
        raise PublishError("publish needs a transaction and none is open; wrap the change and publish in transaction.atomic().")
    return connection


def _execute(connection: BaseDatabaseWrapper) -> write.Execute:
    def execute(sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        with connection.cursor() as cursor:
            cursor.execute(_PLACEHOLDER.sub(r"%(\1)s", sql), values)
            return cursor.fetchall() if cursor.description else []

    return execute
