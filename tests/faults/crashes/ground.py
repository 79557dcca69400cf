"""What a scenario stands on: a database, a Valkey, relays that are closed in the end, and what each of them holds."""

import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from faults.crashes import truth
from faults.crashes.serving import engine_of
from groundplan_runtime.adapters.sqlalchemy import publish
from groundplan_runtime.database import Database, open_database
from groundplan_runtime.events import redis_keys
from groundplan_runtime.events.relay import Relay
from runtime.events.services import ValkeyServer

__all__ = ["Ground", "ground"]

AnyRelay = TypeVar("AnyRelay", bound=Relay)


@dataclass
class Ground:
    """A place to play one scenario on. sqlite, postgresql: make an empty database with the tables and give its address."""

    sqlite: Callable[[], str]
    postgresql: Callable[[], str]
    valkey: ValkeyServer
    redis: Any
    url: str = ""
    _open: list[Relay] = field(default_factory=list)
    _databases: list[Database] = field(default_factory=list)

    def on_sqlite(self) -> Engine:
        """Begin on a new SQLite file."""
        self.url = self.sqlite()
        return engine_of(self.url)

    def on_postgresql(self) -> Engine:
        """Begin on a new PostgreSQL database."""
        self.url = self.postgresql()
        return engine_of(self.url)

    def database(self) -> Database:
        """Open the database as the runtime does."""
        self._databases.append(open_database(self.url))
        return self._databases[-1]

    def relay(self, kind: type[AnyRelay], lease_seconds: float = 3.0) -> AnyRelay:
        """Give a relay of a kind."""
        made = kind(self.database(), self.valkey.url, lease_seconds=lease_seconds)
        self._open.append(made)
        return made

    async def live(self) -> list[str]:
        """Give the ids that Redis told gateways, in order."""
        entries = await self.redis.xrange(redis_keys.live_key(0))
        return [fields["id"] for _, fields in entries]

    def committed(self) -> list[str]:
        """Give the ids in the log."""
        return [event_id for events in truth.log(self.url).values() for _, event_id in events]

    async def wrong(self) -> list[str]:
        """Name what gateways were told wrongly: what is missing, what came twice, what came late, what never was."""
        live, log = await self.live(), truth.log(self.url)
        told, known = Counter(live), {event_id: (channel, seq) for channel, events in log.items() for seq, event_id in events}
        problems = [f"{one} was never carried" for one in known if one not in told]
        problems += [f"{one} was carried {count} times" for one, count in told.items() if count > 1]
        problems += [f"{one} was carried and never committed" for one in told if one not in known]
        for channel in log:
            places = [known[one][1] for one in live if one in known and known[one][0] == channel]
            if places != sorted(places):
                problems.append(f"{channel} was carried in the order {places}")
        return problems

    async def close(self) -> None:
        """Close what was opened."""
        for relay in self._open:
            with contextlib.suppress(Exception):  # twins may leave their rows locked or their server gone
                await relay.close()
        for database in self._databases:
            await database.close()


def write(engine: Engine, count: int = 1, channel: str = "sale") -> list[str]:
    """Commit events, each in a transaction of its own; gives their ids."""
    ids = []
    for number in range(count):
        with Session(engine) as session, session.begin():
            ids.append(publish(session, channel, f"{channel}.created", {"number": number}).id)
    return ids


@contextlib.asynccontextmanager
async def ground(sqlite: Callable[[], str], postgresql: Callable[[], str], valkey: ValkeyServer) -> AsyncIterator[Ground]:
    """Give a ground with an empty Redis."""
    client = redis_keys.connect(valkey.url)
    await client.flushall()
    made = Ground(sqlite, postgresql, valkey, client)
    try:
        yield made
    finally:
        await made.close()
        await client.aclose()
