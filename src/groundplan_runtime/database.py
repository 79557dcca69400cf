"""The runtime's own small statements against the project's database, without an ORM.

SQLite goes through the standard library in one dedicated thread (a connection belongs to a thread, and one thread keeps
statements in order); PostgreSQL through a psycopg pool. Both open on first use, so importing a part costs nothing. Every
statement commits by itself.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, Protocol

from groundplan_runtime.errors import ServiceError, SettingsError

__all__ = ["Database", "Dialect", "PostgreSQLDatabase", "Row", "SQLiteDatabase", "open_database", "sqlite_path"]

Dialect = Literal["sqlite", "postgresql"]
Row = tuple[Any, ...]

BUSY_TIMEOUT_SECONDS = 5.0
"""How long a statement waits for another writer of an SQLite file."""

POOL_CONNECTIONS = 4
"""Most PostgreSQL connections of one process; statements are short, so more would only wait inside the server."""

POOL_TIMEOUT_SECONDS = 5.0
"""How long a statement waits for a free PostgreSQL connection, and so how soon an absent server is told."""


class Database(Protocol):
    """Somewhere to send one statement at a time. One event loop per instance."""

    dialect: Dialect

    async def fetch(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Give the rows of one statement ([] when it returns none).

        sql: placeholders are ``%s`` in both dialects; a literal per cent sign is written ``%%``.
        Raises the driver's own errors, except that a PostgreSQL server that cannot be reached is a ServiceError.
        """

    async def look(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Do what `fetch` does for a small statement that only reads."""

    async def close(self) -> None:
        """Give all connections back. Closing twice, or before first use, does nothing."""


class SQLiteDatabase:
    """One SQLite file behind one thread. The file must exist: a misspelt path must not become an empty database."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._looking: sqlite3.Connection | None = None
        self._executor: ThreadPoolExecutor | None = None

    async def fetch(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Give the rows of one statement, run in the database's thread."""
        if self._executor is None:
            self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="groundplan-sqlite")
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._fetch, sql, params)

    async def look(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Give the rows of a small statement that only reads, run in the event loop.

        In WAL mode it waits for nobody and takes some tens of microseconds; a hop to a thread and back costs several times that.
        Where it would have to wait, it goes to the thread after all.
        """
        if self._looking is None:
            self._looking = connect_sqlite(self._path)
            self._looking.execute("PRAGMA query_only = 1")
            self._looking.execute("PRAGMA busy_timeout = 0")
        try:
            return self._looking.execute(sqlite_placeholders(sql), params).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise
            return await self.fetch(sql, params)

    def _fetch(self, sql: str, params: Sequence[object]) -> list[Row]:
        if self._connection is None:
            self._connection = connect_sqlite(self._path)
        return self._connection.execute(sqlite_placeholders(sql), params).fetchall()

    async def close(self) -> None:
        """Close the connection in its own thread and end the thread."""
        if self._looking is not None:
            self._looking.close()
            self._looking = None
        executor, self._executor = self._executor, None
        if executor is None:
            return
        await asyncio.get_running_loop().run_in_executor(executor, self._close)
        executor.shutdown()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgreSQLDatabase:
    """One PostgreSQL database behind a small pool in autocommit mode."""

    dialect: Dialect = "postgresql"

    def __init__(self, url: str, timeout_seconds: float = POOL_TIMEOUT_SECONDS) -> None:
        self._url = url
        self._timeout = timeout_seconds
        self._pool: Any = None
        self._opening = asyncio.Lock()

    async def fetch(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Give the rows of one statement from any connection of the pool."""
        pool = self._pool or await self._open()
        async with pool.connection() as connection:
            cursor = await connection.execute(sql, params)
            return [] if cursor.description is None else await cursor.fetchall()

    async def look(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Do what `fetch` does."""
        return await self.fetch(sql, params)

    async def _open(self) -> Any:
        from psycopg_pool import AsyncConnectionPool, PoolTimeout  # noqa: PLC0415 - only projects on PostgreSQL have it

        async with self._opening:
            if self._pool is None:
                pool = AsyncConnectionPool(
                    self._url,
                    min_size=1,
                    max_size=POOL_CONNECTIONS,
                    timeout=self._timeout,
                    kwargs={"autocommit": True},
                    open=False,
                )
                try:
                    await pool.open(wait=True, timeout=self._timeout)
                except PoolTimeout as error:
                    await pool.close()
                    raise ServiceError(
                        "DATABASE_URL: no answer from PostgreSQL; start the server or correct the address."
                    ) from error
                self._pool = pool
            return self._pool

    async def close(self) -> None:
        """Close the pool."""
        pool, self._pool = self._pool, None
        if pool is not None:
            await pool.close()


def open_database(url: str) -> Database:
    """Give the database at ``sqlite:///path`` or ``postgresql://…``; nothing is opened before the first statement.

    Raises SettingsError for any other kind of address.
    """
    if url.startswith("sqlite:///"):
        return SQLiteDatabase(sqlite_path(url))
    if url.startswith("postgresql://"):
        return PostgreSQLDatabase(url)
    scheme = url.split(":", 1)[0]
    raise SettingsError(f"DATABASE_URL: {scheme}:… is neither sqlite:///… nor postgresql://…; correct it in .env.")


def sqlite_path(url: str) -> Path:
    """Give the file behind ``sqlite:///relative`` or ``sqlite:////absolute``."""
    return Path(url.removeprefix("sqlite:///"))


def connect_sqlite(path: Path) -> sqlite3.Connection:
    """Open an existing SQLite file in autocommit mode.

    Raises ServiceError when the file is not there.
    """
    if not path.is_file():
        raise ServiceError(f"DATABASE_URL: {path} does not exist; run the project's prepare step first.")
    return sqlite3.connect(path, timeout=BUSY_TIMEOUT_SECONDS, isolation_level=None)


def sqlite_placeholders(sql: str) -> str:
    """Write ``%s`` as SQLite's ``?`` and ``%%`` as a per cent sign."""
    return sql.replace("%s", "?").replace("%%", "%")
