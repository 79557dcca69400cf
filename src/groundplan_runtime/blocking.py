"""The runtime's own small reads for parts that answer synchronously, in as many threads as their server has."""

import sqlite3
import threading
from collections.abc import Sequence
from typing import Any, Protocol

from groundplan_runtime.database import (
    POOL_CONNECTIONS,
    POOL_TIMEOUT_SECONDS,
    Dialect,
    Row,
    connect_sqlite,
    sqlite_path,
    sqlite_placeholders,
)

__all__ = ["BlockingDatabase", "open_blocking_database"]


class BlockingDatabase(Protocol):
    """Somewhere to send one statement at a time, from any thread."""

    dialect: Dialect

    def fetch(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Give the rows of one statement; placeholders as in ``Database.fetch``."""

    def close(self) -> None:
        """Give the connections back. It opens again when it is used again."""


class BlockingSQLite:
    """One SQLite file, with a connection for each thread."""

    dialect: Dialect = "sqlite"

    def __init__(self, url: str) -> None:
        self._path = sqlite_path(url)
        self._local = threading.local()

    def fetch(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Give the rows of one statement, run in the caller's thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect_sqlite(self._path)
        return connection.execute(sqlite_placeholders(sql), params).fetchall()

    def close(self) -> None:
        """Let go of every thread's connection; sqlite3 closes each with its last reference."""
        self._local = threading.local()


class BlockingPostgreSQL:
    """One PostgreSQL database behind a small pool in autocommit mode."""

    dialect: Dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._url = url
        self._pool: Any = None
        self._opening = threading.Lock()

    def fetch(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        """Give the rows of one statement from any connection of the pool."""
        with self._opened().connection() as connection:
            cursor = connection.execute(sql, params)
            return [] if cursor.description is None else list(cursor.fetchall())

    def close(self) -> None:
        """Close the pool."""
        with self._opening:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.close()

    def _opened(self) -> Any:
        from psycopg_pool import ConnectionPool  # noqa: PLC0415 - only projects on PostgreSQL have it

        with self._opening:
            if self._pool is None:
                self._pool = ConnectionPool(
                    self._url,
                    min_size=1,
                    max_size=POOL_CONNECTIONS,
                    timeout=POOL_TIMEOUT_SECONDS,
                    kwargs={"autocommit": True},
                    open=True,
                )
            return self._pool


def open_blocking_database(url: str) -> BlockingDatabase:
    """Give the database at ``sqlite:///path`` or ``postgresql://…``; nothing is opened before the first statement."""
    return BlockingSQLite(url) if url.startswith("sqlite:///") else BlockingPostgreSQL(url)
