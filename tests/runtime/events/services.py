"""Real servers and databases for the tests of events and of the gateway."""

import asyncio
import os
import signal
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from uuid import uuid4

import psycopg

from groundplan_runtime.events import schema
from groundplan_runtime.runner.postgresql import PostgreSQL
from groundplan_runtime.runner.processes import Child, Supervisor
from groundplan_runtime.runner.valkey import Valkey


def until(happened: Callable[[], bool], seconds: float = 10.0) -> None:
    """Look again and again until it happened; fails when it does not within so many seconds."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


async def eventually(happened: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    """Do what `until` does, without holding up the loop."""
    async with asyncio.timeout(seconds):
        while not await happened():  # noqa: ASYNC110 what is waited for happens in a database or in another process
            await asyncio.sleep(0.01)


@contextmanager
def scratch() -> Iterator[Path]:
    """Give a folder that other users may enter: as root, PostgreSQL runs as somebody else."""
    folder = Path(tempfile.mkdtemp(prefix="groundplan-"))
    folder.chmod(0o755)
    yield folder
    rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Give the address of an empty PostgreSQL, stopped afterwards."""
    with scratch() as folder:
        supervisor = Supervisor(folder / "logs", lambda _process, _line: None)
        server = PostgreSQL(folder, "pulse")
        child = server.start(supervisor)
        try:
            until(server.ready, 30)
            with psycopg.connect(server.url, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")  # nobody needs these data after a power cut
                connection.execute("SELECT pg_reload_conf()")
            yield server.url
        finally:
            supervisor.stop([child])
            for path in server.scratch:
                rmtree(path, ignore_errors=True)


def fresh_postgresql(server: str) -> str:
    """Make a database with the tables of events and give its address."""
    name = f"t_{uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    url = server.replace("/pulse?", f"/{name}?")
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in schema.statements("postgresql"):
            connection.execute(statement.encode())
    return url


def fresh_sqlite(folder: Path) -> str:
    """Make an SQLite file in WAL mode with the tables of events and give its address."""
    path = folder / "pulse.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    for statement in schema.statements("sqlite"):
        connection.execute(statement)
    connection.close()
    return f"sqlite:///{path}"


class ValkeyServer:
    """A Valkey that can be killed and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        self._supervisor = Supervisor(folder / "logs", lambda _process, _line: None)
        self._valkey = Valkey(folder)
        self._child: Child | None = None
        self.url = self._valkey.url

    def start(self) -> None:
        self._child = self._valkey.start(self._supervisor)
        until(self._valkey.ready)

    def kill(self) -> None:
        """End it as a crash would."""
        assert self._child is not None
        self._child.stopping = True
        os.kill(self._child.pid, signal.SIGKILL)
        assert self._child.ended.wait(5)

    def stop(self) -> None:
        if self._child is not None and not self._child.ended.is_set():
            self._supervisor.stop([self._child])
        for path in self._valkey.scratch:
            rmtree(path, ignore_errors=True)


@contextmanager
def valkey_server() -> Iterator[ValkeyServer]:
    """Give a running Valkey, stopped afterwards."""
    with scratch() as folder:
        server = ValkeyServer(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
