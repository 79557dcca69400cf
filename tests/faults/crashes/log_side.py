"""Scenarios of those who follow the log. Each plays with our code or, with ``wrong``, with a twin that lacks one guarantee."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from faults.crashes.ground import Ground
from groundplan_runtime.adapters.sqlalchemy import publish
from groundplan_runtime.database import Database, Row
from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import Position
from groundplan_runtime.gateway.database_feed import follow_database
from groundplan_runtime.gateway.doorbell import Ear
from groundplan_runtime.gateway.limits import Limits, Timing
from groundplan_runtime.gateway.streams import Streams

__all__ = ["lost_ring", "put_back_and_grown"]

CHANNEL = "sale"


class Follower:
    """Keeps what it is told of a channel. numbers: of the events since it was last told to load afresh."""

    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.resets: list[str] = []

    def deliver(self, frame: Frame) -> None:
        self.numbers.append(frame.event["data"]["number"])

    def reset(self, channel: str, reason: str, position: Position) -> None:
        del channel, position
        self.numbers.clear()
        self.resets.append(reason)


class IdlessDatabase:
    """Twin: knows no event by its id."""

    def __init__(self, database: Database) -> None:
        self.dialect = database.dialect
        self._database = database

    async def fetch(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        return await self._database.fetch(sql.replace("event_id", "'' AS event_id"), params)

    async def look(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        return await self.fetch(sql, params)

    async def close(self) -> None:
        await self._database.close()


async def put_back_and_grown(ground: Ground, *, wrong: bool) -> list[str]:
    """The database is put back, and by the time somebody looks it has more events than before."""
    engine = ground.on_sqlite()
    database = ground.database()
    streams, follower = Streams(IdlessDatabase(database) if wrong else database, [CHANNEL], Limits()), Follower()
    _numbered(engine, 0, 5)
    await streams.load()
    _stream(streams, follower)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM event_log WHERE seq > 3"))
        connection.execute(text("UPDATE channel_head SET seq = 3"))
        connection.execute(text("DELETE FROM outbox_pending"))
    _numbered(engine, 100, 104)
    await streams.catch_up()
    return [] if follower.resets == ["epoch"] else [f"the log holds 7 events, 4 of them new, and {follower.numbers} were heard"]


async def lost_ring(ground: Ground, *, wrong: bool) -> list[str]:
    """Somebody commits and nobody rings."""
    engine = ground.on_sqlite()
    streams, follower = Streams(ground.database(), [CHANNEL], Limits()), Follower()
    await streams.load()
    _stream(streams, follower)
    async with _following(streams, Timing(poll=3600 if wrong else 0.1)):
        await asyncio.sleep(0)  # its first look is at an empty log
        ids = await asyncio.to_thread(_quietly, engine)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.5):
                while len(follower.numbers) < len(ids):  # noqa: ASYNC110 a follower has nothing to wait for
                    await asyncio.sleep(0.02)
    return [] if follower.numbers == [0] else [f"{ids} are committed and {len(follower.numbers)} events were heard"]


def _stream(streams: Streams, follower: Follower) -> None:
    stream = streams.get(CHANNEL)
    assert stream is not None
    stream.join(follower)


@contextlib.asynccontextmanager
async def _following(streams: Streams, timing: Timing) -> AsyncIterator[None]:
    ear = Ear()
    await ear.open(None)
    task = asyncio.create_task(follow_database(streams, ear, timing))
    looked = asyncio.create_task(_looked(streams))
    await looked
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        ear.close()


async def _looked(streams: Streams) -> None:
    """Wait until the log was looked at once: a look of our own comes after the one that was asked for before."""
    await asyncio.sleep(0)
    await streams.catch_up()


def _numbered(engine: Engine, first: int, last: int) -> None:
    for number in range(first, last):
        with Session(engine) as session, session.begin():
            publish(session, CHANNEL, "sale.created", {"number": number})


def _quietly(engine: Engine) -> list[str]:
    with Session(engine) as session, session.begin():
        published = publish(session, CHANNEL, "sale.created", {"number": 0})
        session.info.clear()
    return [published.id]
