"""The two databases as a schedule needs them: made with the product's table, crashed, copied, and put back."""

import asyncio
import os
import random
import shutil
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import psycopg

from faults.crashes import truth
from faults.crashes.parts import ITEMS
from groundplan_runtime.runner.postgresql import _binaries
from runtime.events.services import fresh_postgresql, fresh_sqlite

__all__ = ["Database", "PostgreSQL", "SQLite"]


class Database(Protocol):
    """A database with the tables of events and one of the product. url: its address."""

    url: str

    def crash(self, draw: random.Random) -> None:
        """Let the server die and come back, where there is one."""

    async def copy(self) -> None:
        """Take a copy, while others write."""

    async def put_back(self, *, in_place: bool) -> None:
        """Put the last copy back. in_place: while others are connected."""

    def remove(self) -> None:
        """Take the database away."""


class SQLite:
    """A file."""

    def __init__(self, folder: Path) -> None:
        self.url = fresh_sqlite(folder)
        self._file = Path(self.url.removeprefix("sqlite:///"))
        self._copied = folder / "copy.sqlite3"
        with closing(sqlite3.connect(self._file)) as connection:
            connection.execute(ITEMS)

    def crash(self, draw: random.Random) -> None:
        """Do nothing: who writes is who crashes."""

    async def copy(self) -> None:
        """Take a copy by SQLite's own means, which respect those who write."""
        self._carry(self._file, self._copied)

    async def put_back(self, *, in_place: bool) -> None:
        """Write the copy's pages over the file's, or put the copied file in its place."""
        if in_place:
            await asyncio.to_thread(self._carry, self._copied, self._file)
            return
        for ending in ("-wal", "-shm"):
            self._file.with_name(self._file.name + ending).unlink(missing_ok=True)
        shutil.copyfile(self._copied, self._file)

    def remove(self) -> None:
        """Do nothing: it goes with its folder."""

    @staticmethod
    def _carry(source: Path, target: Path) -> None:
        with closing(sqlite3.connect(source, timeout=10)) as read, closing(sqlite3.connect(target, timeout=10)) as written:
            read.backup(written)


class PostgreSQL:
    """A database of a running server, whose address is ``server``."""

    def __init__(self, server: str, folder: Path) -> None:
        self._server = server
        self.url = fresh_postgresql(server)
        self._name = urlsplit(self.url).path[1:]
        self._copied = folder / "copy.dump"
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(ITEMS.encode())
            connection.execute(f"ALTER DATABASE {self._name} SET deadlock_timeout = '200ms'".encode())

    def crash(self, draw: random.Random) -> None:
        """Kill the process behind one connection, upon which the server ends all of them and recovers from its log."""
        with truth.connected(self._server) as connection:
            asked = "SELECT pid FROM pg_stat_activity WHERE datname = %s ORDER BY backend_start"
            pids = [row[0] for row in connection.execute(asked, [self._name]).fetchall()]
        if pids:
            os.kill(draw.choice(pids), signal.SIGKILL)

    async def copy(self) -> None:
        """Dump it."""
        errors = await self._run("pg_dump", "-Fc", "-f", str(self._copied), self._name)
        assert not errors, errors

    async def put_back(self, *, in_place: bool) -> None:
        """Restore the dump over what is there, or into a new database of the same name."""
        if not in_place:
            self.remove()
            with psycopg.connect(self._server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {self._name}".encode())
        command = ["pg_restore", "--clean", "--if-exists", "--single-transaction", "-d", self._name, str(self._copied)]
        errors = "deadlock"
        for _ in range(10):  # writers lock in another order than it does, and sometimes it is the one that has to give up
            if "deadlock" in errors:
                errors = await self._run(*command)
        assert not errors, errors

    def remove(self) -> None:
        """Drop it."""
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)".encode())

    async def _run(self, program: str, *arguments: str) -> str:
        """Run a program of PostgreSQL; gives what went wrong."""
        parts = urlsplit(self.url)
        who = ["-h", parse_qs(parts.query)["host"][0], "-U", str(parts.username)]
        command = [str(_binaries() / program), *who, *arguments]
        asked = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        errors = (await asked.communicate())[1].decode()
        return errors if asked.returncode else ""
