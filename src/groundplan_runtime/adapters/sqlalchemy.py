"""Events and engines for SQLAlchemy 2, sync and async."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_scoped_session, create_async_engine
from sqlalchemy.orm import Session, SessionTransaction, scoped_session

from groundplan_runtime.events import doorbell, schema, write
from groundplan_runtime.events.errors import PublishError
from groundplan_runtime.events.model import START, Position, Published
from groundplan_runtime.telemetry.passage import publishing

__all__ = ["async_hold", "async_publish", "begin_immediately", "hold", "install", "make_engine", "position", "publish"]

_RING = "groundplan_ring"
_WATCHED = "groundplan_watched"
_BUSY_SECONDS = 15
_POOL = {"pool_size": 5, "max_overflow": 0}
"""A burst waits for a connection. Connections beyond the pool would be opened and closed for single requests, which costs more than
the request and turns a short burst into a collapse."""


def publish(
    session: Session | scoped_session[Session],
    channel: str,
    type: str,  # noqa: A002 the word of the protocol
    data: Any,
    *,
    key: str | None = None,
    version: int = 1,
) -> Published:
    """Write an event into the session's transaction; it exists if and only if that transaction commits.

    data: what JSON can hold, decimals and dates included, at most 64 KiB. key: what it is about. version: of the data's shape.
    Raises PublishError in AUTOCOMMIT, in a readonly transaction, and for data that cannot be an event.
    """
    drafted = write.draft(channel, type, data, key, version)
    own = _session_of(session)
    connection = _writing(own)
    own.info[_RING] = True
    watched = publishing(channel)
    origin = watched.origin if watched else None
    published = write.record(_execute(connection), drafted, outbox=doorbell.wiring().outbox, origin=origin)
    if watched is not None:
        own.info.setdefault(_WATCHED, []).append((own.get_nested_transaction(), watched, published))
    return published


async def async_publish(
    session: AsyncSession | async_scoped_session[AsyncSession],
    channel: str,
    type: str,  # noqa: A002 the word of the protocol
    data: Any,
    *,
    key: str | None = None,
    version: int = 1,
) -> Published:
    """Do what `publish` does, for an AsyncSession."""
    return await _async_session_of(session).run_sync(lambda own: publish(own, channel, type, data, key=key, version=version))


def hold(session: Session | scoped_session[Session], *channels: str) -> None:
    """Take the counters of several channels in one agreed order.

    Two transactions that publish on the same channels in opposite order would wait for each other until
    PostgreSQL ends one of them.
    """
    write.hold(_execute(_writing(_session_of(session))), channels)


async def async_hold(session: AsyncSession | async_scoped_session[AsyncSession], *channels: str) -> None:
    """Do what `hold` does, for an AsyncSession."""
    await _async_session_of(session).run_sync(lambda own: hold(own, *channels))


def position(session: Session | scoped_session[Session], channel: str) -> Position:
    """Give the head of a channel as the session's transaction sees it. Read it before the rows it belongs to."""
    found = _session_of(session).execute(
        text("SELECT epoch, seq, event_id FROM channel_head WHERE channel = :channel"), {"channel": channel}
    )
    row = found.one_or_none()
    return START if row is None else Position(row[0], row[1], row[2])


def install(connection: Connection) -> None:
    """Make the tables of events, or bring them up to date, for a project without Django. Harmless when they are."""
    for statement in schema.statements(schema.dialect_of(connection.dialect.name)):
        connection.exec_driver_sql(statement)
    columns = [str(column["name"]) for column in inspect(connection).get_columns("event_log")]
    for statement in schema.additions(columns):
        connection.exec_driver_sql(statement)


def make_engine(url: str, *, autocommit: bool = False, queue: bool = False, **options: Any) -> AsyncEngine:
    """Give an engine for the project's DATABASE_URL (``sqlite:///…`` through aiosqlite, ``postgresql://…`` through psycopg).

    SQLite gets WAL, a busy timeout, foreign keys, and BEGIN IMMEDIATE for every transaction, so that a writer waits for its turn
    instead of failing half-way. ``engine.execution_options(readonly=True)`` begins deferred: readers then wait for nobody.
    autocommit: an engine for looks alone. Each statement stands by itself, so a look costs no BEGIN and no ROLLBACK; SQLite refuses
    to write through it, and `publish` does.
    queue: an engine for writers alone. On SQLite they share one connection and so take turns in the order they came; its own lock
    lets whoever asks at the right moment go first, and a burst then makes some wait very long. PostgreSQL needs no queue.
    options: further arguments of SQLAlchemy's create_async_engine.
    """
    parsed = make_url(url)
    dialect = schema.dialect_of(parsed.get_backend_name())
    driver = "sqlite+aiosqlite" if dialect == "sqlite" else "postgresql+psycopg"
    options = {**_POOL, **({"pool_size": 1} if queue and dialect == "sqlite" else {}), **options}
    if autocommit:
        options = {"isolation_level": "AUTOCOMMIT", "pool_reset_on_return": None, **options}
    if autocommit and dialect == "sqlite":
        options["async_creator"] = partial(_look_inline, str(parsed.database))
    engine = create_async_engine(parsed.set(drivername=driver), **options)
    if dialect == "sqlite":
        begin_immediately(engine.sync_engine, query_only=autocommit)
    return engine


def _look_inline(path: str) -> Any:
    """Give a connection whose statements run in the event loop itself.

    A look in WAL mode waits for no lock and takes some tens of microseconds; each hop to aiosqlite's thread costs more than that,
    and there are four of them for a statement.
    """
    import aiosqlite  # noqa: PLC0415  only projects on SQLite look through it

    class Inline(aiosqlite.Connection):
        async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
            return fn(*args, **kwargs)

    return Inline(lambda: sqlite3.connect(path, check_same_thread=False), 64)


def begin_immediately(engine: Engine, *, query_only: bool = False) -> None:
    """Do for an SQLite engine of your own, sync or the ``sync_engine`` of an async one, what `make_engine` does.

    query_only: every statement by itself, and none may write. Transactions are begun here, because the driver would begin late and
    deferred (SQLAlchemy docs, "SQLite, transactions").
    """

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (f"busy_timeout = {_BUSY_SECONDS * 1000}", "journal_mode = WAL", "synchronous = NORMAL", "foreign_keys = ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.execute(f"PRAGMA query_only = {query_only}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if not query_only and options.get("isolation_level") != "AUTOCOMMIT":
            connection.exec_driver_sql("BEGIN" if options.get("readonly", False) else "BEGIN IMMEDIATE")


def _session_of(session: Session | scoped_session[Session]) -> Session:
    return session() if isinstance(session, scoped_session) else session


def _async_session_of(session: AsyncSession | async_scoped_session[AsyncSession]) -> AsyncSession:
    return session() if isinstance(session, async_scoped_session) else session


def _writing(session: Session) -> Connection:
    connection = session.connection()
    if _in_autocommit(connection):
        raise PublishError(
            "publish needs a transaction and this session is in AUTOCOMMIT; use an engine without isolation_level AUTOCOMMIT.",
        )
    if connection.get_execution_options().get("readonly", False):
        raise PublishError(
            "publish needs a transaction that may write and this one is readonly; use the engine without readonly=True."
        )
    return connection


def _in_autocommit(connection: Connection) -> bool:
    raw = connection.connection
    if connection.dialect.name == "sqlite":
        driver: Any = raw.driver_connection
        return driver.isolation_level is None and not driver.in_transaction
    return connection.dialect.detect_autocommit_setting(raw.dbapi_connection)  # type: ignore[arg-type]  # it is connected here


def _execute(connection: Connection) -> write.Execute:
    def execute(sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        result = connection.execute(text(sql), values)
        return result.all() if result.returns_rows else []

    return execute


@event.listens_for(Session, "after_transaction_end")
def _ring(session: Session, transaction: SessionTransaction) -> None:
    """Ring after the outermost transaction; after a rollback it wakes readers for nothing, which harms nobody."""
    if transaction.parent is None and session.info.pop(_RING, False):
        doorbell.ring()


@event.listens_for(Session, "after_commit")
def _count(session: Session) -> None:
    """Tell those who watch, once the outermost transaction is committed."""
    if _WATCHED in session.info and not session.in_nested_transaction():
        for _, watched, published in session.info.pop(_WATCHED):
            watched.committed([published])


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, undone: SessionTransaction) -> None:
    """Forget what was published in what was rolled back: a savepoint, or everything."""
    if _WATCHED in session.info:
        kept = [entry for entry in session.info[_WATCHED] if undone.nested and not _within(entry[0], undone)]
        session.info[_WATCHED] = kept


def _within(transaction: SessionTransaction | None, outer: SessionTransaction) -> bool:
    while transaction is not None and transaction is not outer:
        transaction = transaction.parent
    return transaction is outer
