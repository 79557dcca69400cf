"""What came after a position: memory first, then the Redis stream, then the database log."""

from collections.abc import Awaitable, Callable, Sequence

from groundplan_runtime.database import Database
from groundplan_runtime.events import read
from groundplan_runtime.events.frame import Frame, frame_of

__all__ = ["Older", "database_history"]

Older = Callable[[str, int, int], Awaitable[Sequence[Frame]]]
"""Gives at most n frames of a channel from a seq on; fewer, or none, when the log ends or begins later."""


def database_history(database: Database) -> Older:
    """Give the reader of the database log."""

    async def older(channel: str, first: int, most: int) -> Sequence[Frame]:
        return [frame_of(event) for event in await read.log(database, channel, first, most)]

    return older
