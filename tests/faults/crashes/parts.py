"""The processes of a schedule, made of the library as a project would: a relay, a gateway with its sockets, writers."""

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Protocol

from faults.crashes.schedule import CHANNELS, Deed, deed
from faults.crashes.serving import PERMISSION, Anybody, application, engine_of
from groundplan_runtime.events.doorbell import Wiring, wire

__all__ = ["ITEMS", "House", "Life", "gateway", "relay", "writer"]

LEASE_SECONDS = 0.6
ITEMS = "CREATE TABLE item (channel varchar(20), name varchar(20), value varchar(40), PRIMARY KEY (channel, name))"
"""The product's own data: what clients show. Every event tells of one row."""

_SET = """INSERT INTO item (channel, name, value) VALUES (:channel, :name, :value)
ON CONFLICT (channel, name) DO UPDATE SET value = excluded.value"""


@dataclass(frozen=True, slots=True)
class House:
    """Where everything is. events_url: empty without Redis. ring: frames that the gateway keeps per channel."""

    url: str
    events_url: str
    port: int
    doorbell: int
    ring: int


def relay(house: House) -> None:
    """Carry events until killed."""
    from groundplan_runtime.database import open_database  # noqa: PLC0415 each process loads only its own libraries
    from groundplan_runtime.events.relay import Relay, run  # noqa: PLC0415

    async def carry() -> None:
        carrier = Relay(open_database(house.url), house.events_url, lease_seconds=LEASE_SECONDS)
        await run(carrier, asyncio.Event(), poll=0.02, retry=0.05)

    asyncio.run(carry())


def gateway(house: House) -> None:
    """Serve sockets, where everybody may follow every channel, until killed."""
    import uvicorn  # noqa: PLC0415 each process loads only its own libraries

    from groundplan_runtime.database import open_database  # noqa: PLC0415
    from groundplan_runtime.gateway import Gateway, Limits, Timing  # noqa: PLC0415

    people = Anybody()
    served = Gateway(
        database=open_database(house.url),
        identity=people,
        channels=dict.fromkeys(CHANNELS, PERMISSION),
        events_url=house.events_url,
        doorbell=("127.0.0.1", house.doorbell),
        limits=Limits(ring_frames=house.ring, replay_page=10),
        timing=Timing(poll=0.05, tail=0.5, retry=0.05, lease=LEASE_SECONDS),
    )
    uvicorn.run(application(served, people), host="127.0.0.1", port=house.port, log_level="warning", lifespan="on")


@dataclass(frozen=True, slots=True)
class Life:
    """A writer from its start to its end. first, last: its transactions, the last one excluded."""

    kind: str
    seed: int
    place: int
    first: int
    last: int


class Tell(Protocol):
    """Reports: ``try`` with the ids before the end of a transaction, then ``done``, ``back`` or ``lost``."""

    def __call__(self, what: str, number: int, *ids: str) -> None:
        """Write one report."""


def writer(house: House, life: Life, reports: Connection) -> None:
    """Make transactions, each as it was drawn, and report each."""
    wire(Wiring(outbox=bool(house.events_url), doorbells=(("127.0.0.1", house.doorbell),)))

    def tell(what: str, number: int, *ids: str) -> None:
        reports.send_bytes(" ".join((what, str(number), *ids)).encode())

    {"django": _with_django, "sqlalchemy": _with_sqlalchemy, "async": _with_async}[life.kind](house.url, life, tell)
    tell("end", life.last)


class RolledBackError(Exception):
    """On purpose."""


def _write(deed: Deed, tell: Tell, publish: Callable[..., Any], execute: Callable[..., Any]) -> None:
    """Change rows and publish of each, in the transaction that is open."""
    ids = []
    for count, (channel, name) in enumerate(zip(deed.channels, deed.names, strict=True)):
        row = {"channel": channel, "name": name, "value": f"{deed.writer}.{deed.number}.{count}"}
        execute(_SET, row)
        ids.append(publish(channel, f"{channel}.changed", row).id)
    tell("doomed" if deed.fails else "try", deed.number, *ids)
    time.sleep(deed.pause)
    if deed.fails:
        raise RolledBackError


def _with_django(url: str, life: Life, tell: Tell) -> None:
    import django  # noqa: PLC0415 each process loads only its own libraries
    from django.conf import settings  # noqa: PLC0415
    from django.db import Error, connection, transaction  # noqa: PLC0415

    from runtime.events.writer import django_database  # noqa: PLC0415

    settings.configure(DATABASES={"default": django_database(url)}, INSTALLED_APPS=[], SECRET_KEY="k" * 40)
    django.setup()
    from groundplan_runtime.adapters.django.events import hold, publish  # noqa: PLC0415 after django.setup

    def execute(sql: str, values: Mapping[str, str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.replace(":channel", "%(channel)s").replace(":name", "%(name)s").replace(":value", "%(value)s"), values
            )

    def transact(one: Deed) -> None:
        with transaction.atomic():
            hold(*one.channels)
            _write(one, tell, publish, execute)

    _each(life, tell, transact, Error, connection.close)


def _with_sqlalchemy(url: str, life: Life, tell: Tell) -> None:
    from sqlalchemy import text  # noqa: PLC0415 each process loads only its own libraries
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from groundplan_runtime.adapters.sqlalchemy import hold, publish  # noqa: PLC0415

    engine = engine_of(url)

    def transact(one: Deed) -> None:
        with Session(engine) as session, session.begin():
            hold(session, *one.channels)
            _write(
                one,
                tell,
                lambda *event: publish(session, *event),
                lambda sql, values: session.execute(text(sql), values),
            )

    _each(life, tell, transact, SQLAlchemyError, engine.dispose)


def _with_async(url: str, life: Life, tell: Tell) -> None:
    from sqlalchemy import text  # noqa: PLC0415 each process loads only its own libraries
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415
    from sqlalchemy.ext.asyncio import AsyncSession  # noqa: PLC0415
    from sqlalchemy.orm import Session  # noqa: PLC0415

    from groundplan_runtime.adapters.sqlalchemy import async_hold, make_engine, publish  # noqa: PLC0415

    engine = make_engine(url)

    async def transact(one: Deed) -> None:
        async with AsyncSession(engine) as session, session.begin():
            await async_hold(session, *one.channels)

            def write(own: Session) -> None:
                _write(
                    one,
                    tell,
                    lambda *event: publish(own, *event),
                    lambda sql, values: own.execute(text(sql), values),
                )

            await session.run_sync(write)

    with asyncio.Runner() as runner:
        _each(life, tell, lambda one: runner.run(transact(one)), SQLAlchemyError, lambda: None)


def _each(
    life: Life,
    tell: Tell,
    transact: Callable[[Deed], None],
    failure: type[Exception],
    afresh: Callable[[], None],
) -> None:
    """Make the transactions. failure: what the database's own failures are; afresh: lets go of connections after one."""
    for number in range(life.first, life.last):
        what = "done"
        try:
            transact(deed(life.seed, life.place, number))
        except RolledBackError:
            what = "back"
        except failure:  # the database went away: nobody knows whether this one was committed, but the log
            what = "lost"
            afresh()
            time.sleep(0.05)
        tell(what, number)
        time.sleep(0.004)
