"""publish: in the caller's transaction or not at all, refused with one sentence."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_scoped_session, async_sessionmaker
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from groundplan_runtime.adapters import sqlalchemy as adapter
from groundplan_runtime.database import Database
from groundplan_runtime.events import Position, PublishError, doorbell, jsonable, position
from groundplan_runtime.events.doorbell import Wiring, wire
from groundplan_runtime.events.payload import MOST_BYTES, encode
from groundplan_runtime.events.read import heads, log
from groundplan_runtime.events.retention import trim
from groundplan_runtime.events.schema import dialect_of

from runtime.events.django_here import default_database  # isort: skip  it configures Django
from django.db import connections, transaction

from groundplan_runtime.adapters.django import events as django_events


@pytest.fixture
async def engine(url: str) -> AsyncIterator[AsyncEngine]:
    engine = adapter.make_engine(url)
    yield engine
    await engine.dispose()


@pytest.fixture
def rings() -> Iterator[list[int]]:
    """Count the rings of this process."""
    heard: list[int] = []
    stop = doorbell.answer(lambda: heard.append(1))
    yield heard
    stop()


async def test_an_event_exists_if_its_transaction_commits_and_only_then(engine: AsyncEngine, database: Database) -> None:
    async with AsyncSession(engine) as session:
        lost = await adapter.async_publish(session, "sale", "sale.created", {"id": 1})
        await session.rollback()
        kept = await adapter.async_publish(session, "sale", "sale.created", {"id": 2}, key="2", version=3)
        assert await position(database, "sale") == Position("", 0, None)
        await session.commit()
    (event,) = await log(database, "sale", 1, 10)
    assert (lost.seq, kept.seq) == (1, 1)
    assert (event.id, event.payload, event.key, event.version, event.type) == (kept.id, '{"id":2}', "2", 3, "sale.created")
    assert await position(database, "sale") == event.position == Position(kept.epoch, 1, kept.id)


async def test_the_position_inside_a_transaction_is_that_of_the_transaction(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session, session.begin():
        assert await session.run_sync(adapter.position, "sale") == Position("", 0, None)
        published = await adapter.async_publish(session, "sale", "sale.created", {})
        assert (await session.run_sync(adapter.position, "sale")).id == published.id


async def test_autocommit_is_refused(engine: AsyncEngine, database: Database) -> None:
    async with AsyncSession(engine.execution_options(isolation_level="AUTOCOMMIT")) as session:
        with pytest.raises(
            PublishError, match="publish needs a transaction and this session is in AUTOCOMMIT; use an engine without"
        ):
            await adapter.async_publish(session, "sale", "sale.created", {})
    assert await heads(database, ["sale"]) == {}


async def test_a_readonly_transaction_is_refused_and_holds_up_no_writer(engine: AsyncEngine) -> None:
    async with AsyncSession(engine.execution_options(readonly=True)) as reader:
        await reader.execute(text("SELECT count(*) FROM event_log"))
        async with asyncio.timeout(5), AsyncSession(engine) as session, session.begin():
            await adapter.async_publish(session, "sale", "sale.created", {})
        with pytest.raises(PublishError, match="this one is readonly; use the engine without readonly=True"):
            await adapter.async_publish(reader, "sale", "sale.created", {})


def test_a_plain_engine_and_scoped_sessions_publish_too(url: str) -> None:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    scoped = scoped_session(sessionmaker(engine))
    adapter.hold(scoped, "sale", "shop")
    assert adapter.publish(scoped, "sale", "sale.created", {}).seq == 1
    assert adapter.position(scoped, "sale").seq == 1
    scoped.commit()
    scoped.remove()
    engine.dispose()


async def test_an_async_scoped_session_publishes_too(engine: AsyncEngine) -> None:
    scoped = async_scoped_session(async_sessionmaker(engine), scopefunc=asyncio.current_task)
    await adapter.async_hold(scoped, "shop", "sale")
    assert (await adapter.async_publish(scoped, "sale", "sale.created", {})).seq == 1
    await scoped.commit()
    await scoped.remove()


async def test_a_held_channel_without_events_stands_at_its_beginning(engine: AsyncEngine, database: Database) -> None:
    async with AsyncSession(engine) as session, session.begin():
        await adapter.async_hold(session, "sale")
    held = await position(database, "sale")
    assert (held.seq, held.id, bool(held.epoch)) == (0, None, True)
    async with AsyncSession(engine) as session, session.begin():
        assert (await adapter.async_publish(session, "sale", "sale.created", {})).epoch == held.epoch


def test_opposite_orders_deadlock_and_held_channels_do_not(postgresql_url: str) -> None:
    assert _crosswise(postgresql_url, hold=False) == 1
    assert _crosswise(postgresql_url, hold=True) == 0


def _crosswise(url: str, *, hold: bool) -> int:
    """Publish on two channels in opposite order at the same time; gives how many transactions failed."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    meet = threading.Barrier(2, timeout=1)
    failed: list[DBAPIError] = []

    def write(*channels: str) -> None:
        try:
            with Session(engine) as session, session.begin():
                if hold:
                    adapter.hold(session, *channels)
                for channel in channels:
                    adapter.publish(session, channel, f"{channel}.created", {})
                    _meet(meet)
        except DBAPIError as error:
            failed.append(error)

    threads = [threading.Thread(target=write, args=order) for order in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    return len(failed)


def _meet(barrier: threading.Barrier) -> None:
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        return


async def test_the_doorbell_rings_once_after_the_commit(engine: AsyncEngine, rings: list[int]) -> None:
    async with AsyncSession(engine) as session:
        await adapter.async_publish(session, "sale", "sale.created", {})
        async with session.begin_nested():
            await adapter.async_publish(session, "sale", "sale.created", {})
        assert rings == []
        await session.commit()
        assert rings == [1]
        await session.execute(text("SELECT 1"))
        await session.commit()
    assert rings == [1]


def test_django_publishes_inside_atomic_only_and_rings_after_the_commit(url: str, rings: list[int]) -> None:
    with default_database(url, []):
        with pytest.raises(PublishError, match=r"publish needs a transaction and none is open; wrap .* in transaction.atomic\(\)"):
            django_events.publish("sale", "sale.created", {})
        with transaction.atomic():
            django_events.hold("sale", "shop")
            published = django_events.publish("sale", "sale.created", {"id": 1}, key="1", version=2)
            assert rings == []
        assert rings == [1]
        assert django_events.position("sale") == Position(published.epoch, 1, published.id)
        assert django_events.position("nothing") == Position("", 0, None)
        with transaction.atomic():
            assert django_events.publish_all([]) == []


def test_a_ring_reaches_a_process_that_listens_and_none_that_is_gone(sqlite_url: str) -> None:
    import socket  # noqa: PLC0415 the only test that listens by hand

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        for one in (ear, gone):
            one.bind(("127.0.0.1", 0))
        ear.settimeout(5)
        wire(Wiring(doorbells=(gone.getsockname(), ear.getsockname(), ("127.0.0.1", 0))))
        gone.close()
        doorbell.ring()
        assert ear.recv(10) == b""
    assert sqlite_url


def test_a_callback_of_a_closed_loop_harms_nobody(rings: list[int]) -> None:
    loop = asyncio.new_event_loop()

    def too_late() -> None:
        loop.call_soon_threadsafe(print)

    stop = doorbell.answer(too_late)
    loop.close()
    doorbell.ring()
    stop()
    stop()
    assert rings == [1]


@pytest.mark.parametrize(
    ("channel", "type_", "sentence"),
    [
        ("Sale", "sale.created", "The channel 'Sale' must start with a-z"),
        ("", "sale.created", "The channel '' must start with a-z"),
        ("s" * 101, "sale.created", "hold at most 100 of"),
        ("sale", "sale created", "The type 'sale created' must start with a-z"),
    ],
)
def test_names_are_checked_before_anything_is_written(sqlite_url: str, channel: str, type_: str, sentence: str) -> None:
    with default_database(sqlite_url, []), pytest.raises(PublishError, match=sentence), transaction.atomic():
        django_events.publish(channel, type_, {})


def test_key_and_version_are_checked(sqlite_url: str) -> None:
    with default_database(sqlite_url, []), transaction.atomic():
        with pytest.raises(PublishError, match=r"The key of 'sale.created' has 201 characters and at most 200 are allowed"):
            django_events.publish("sale", "sale.created", {}, key="k" * 201)
        with pytest.raises(PublishError, match=r"The version 0 of 'sale.created' must be at least 1"):
            django_events.publish("sale", "sale.created", {}, version=0)


class Size(Enum):
    SMALL = "s"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("1E+2"), "100"),
        (Decimal("1.50"), "1.50"),
        (datetime(2026, 11, 22, 10, 30, tzinfo=timezone(timedelta(hours=2))), "2026-11-22T08:30:00Z"),
        (datetime(2026, 11, 22, 10, 30, 0, 5), "2026-11-22T10:30:00.000005Z"),  # noqa: DTZ001 as SQLite gives it back
        (date(2026, 11, 22), "2026-11-22"),
        (time(10, 30), "10:30:00"),
        (UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        (Size.SMALL, "s"),
        ({"a": (1, 2.5, None, True), "b": {"c": {"d"}}}, {"a": [1, 2.5, None, True], "b": {"c": ["d"]}}),
    ],
)
def test_values_become_json(value: Any, expected: Any) -> None:
    assert jsonable(value) == expected


@pytest.mark.parametrize("value", [float("nan"), Decimal("Infinity"), b"bytes", object(), timedelta(1)])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(PublishError, match="cannot be written as JSON; give text, a number"):
        jsonable({"value": value})


def test_keys_of_objects_are_text() -> None:
    with pytest.raises(PublishError, match=r"The key 1 of a JSON object must be text; write str\(key\)"):
        jsonable({1: 2})


def test_the_payload_has_a_bound_in_bytes() -> None:
    assert len(encode("x" * (MOST_BYTES - 2))) == MOST_BYTES
    with pytest.raises(
        PublishError, match="The data of the event is 65538 bytes and at most 65536 are allowed; store what is large"
    ):
        encode("x" * MOST_BYTES)
    with pytest.raises(PublishError, match="is 80002 bytes"):
        encode("ü" * 40_000)


async def test_the_log_is_append_only(engine: AsyncEngine, database: Database) -> None:
    async with AsyncSession(engine) as session, session.begin():
        await adapter.async_publish(session, "sale", "sale.created", {})
    with pytest.raises(Exception, match="event_log is append-only"):
        await database.fetch("UPDATE event_log SET payload = '{}'")


async def test_the_tables_can_be_made_again_without_harm(engine: AsyncEngine, database: Database) -> None:
    async with AsyncSession(engine) as session, session.begin():
        await adapter.async_publish(session, "sale", "sale.created", {})
    async with engine.begin() as connection:
        await connection.run_sync(adapter.install)
    assert (await position(database, "sale")).seq == 1


def test_djangos_migration_makes_the_same_tables_and_takes_them_away(url: str) -> None:
    from django.core.management import call_command  # noqa: PLC0415 Django is configured now

    with default_database(url, []):
        migrate = {"app_label": "groundplan", "verbosity": 0}
        call_command("migrate", **migrate)
        with transaction.atomic():
            django_events.publish("sale", "sale.created", {})
        call_command("makemigrations", "groundplan", check_changes=True, dry_run=True, verbosity=0)
        call_command("migrate", **migrate, migration_name="zero")
        assert "event_log" not in connections["default"].introspection.table_names()


def test_other_databases_are_refused() -> None:
    with pytest.raises(ValueError, match="Events need SQLite or PostgreSQL, and this database is 'mysql'; set DATABASE_URL"):
        dialect_of("mysql")
    with pytest.raises(ValueError, match="this database is 'mysql'"):
        adapter.make_engine("mysql://localhost/x")


async def test_old_events_are_removed_unless_a_relay_still_has_to_carry_them(engine: AsyncEngine, database: Database) -> None:
    for outbox in (False, True):
        wire(Wiring(outbox=outbox))
        async with AsyncSession(engine) as session, session.begin():
            await adapter.async_publish(session, "sale", "sale.created", {})
    assert await trim(database) == 0
    assert await trim(database, days=-1) == 1
    assert [event.seq for event in await log(database, "sale", 1, 10)] == [2]
    assert (await position(database, "sale")).seq == 2


async def test_an_engine_for_looks_sees_what_was_committed_in_between(engine: AsyncEngine, url: str) -> None:
    looks = adapter.make_engine(url, autocommit=True)
    async with AsyncSession(looks) as look:
        assert (await look.run_sync(adapter.position, "sale")).seq == 0
        async with AsyncSession(engine) as session, session.begin():
            await adapter.async_publish(session, "sale", "sale.created", {})
        assert (await look.run_sync(adapter.position, "sale")).seq == 1
    await looks.dispose()


@pytest.mark.usefixtures("engine")
async def test_an_engine_for_looks_publishes_nothing(url: str, database: Database) -> None:
    looks = adapter.make_engine(url, autocommit=True)
    async with AsyncSession(looks) as look:
        with pytest.raises(PublishError):
            await adapter.async_publish(look, "sale", "sale.created", {})
    await looks.dispose()
    assert await heads(database, ["sale"]) == {}


@pytest.mark.usefixtures("engine")
async def test_queued_writers_of_sqlite_take_turns_in_the_order_they_came(url: str, database: Database) -> None:
    writers = adapter.make_engine(url, queue=True)
    if database.dialect != "sqlite":
        assert writers.pool.size() > 1  # type: ignore[attr-defined]  # every pool for PostgreSQL has a size
        return

    async def add(number: int) -> None:
        async with AsyncSession(writers) as session, session.begin():
            await adapter.async_publish(session, "sale", "sale.created", {}, key=str(number))

    async with AsyncSession(writers) as first, first.begin():
        await adapter.async_publish(first, "sale", "sale.created", {}, key="0")
        waiting = [asyncio.create_task(add(number)) for number in range(1, 20)]
        await asyncio.sleep(0.05)
        assert not any(task.done() for task in waiting)
    await asyncio.gather(*waiting)
    assert [event.key for event in await log(database, "sale", 1, 30)] == [str(number) for number in range(20)]
    await writers.dispose()
