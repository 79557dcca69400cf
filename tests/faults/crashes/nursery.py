"""Real processes that start within milliseconds: a server that has imported everything forks each of them.

So a schedule may kill a gateway three times without paying three times for its imports.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from groundplan_runtime.runner.leash import die_with_parent

__all__ = ["Process"]

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [
        "pytest",
        "uvicorn",
        "uvicorn.loops.uvloop",
        "uvicorn.protocols.http.httptools_impl",
        "uvicorn.protocols.websockets.websockets_impl",
        "uvicorn.lifespan.on",
        "starlette.applications",
        "starlette.websockets",
        "sqlalchemy.ext.asyncio",
        "sqlalchemy.orm",
        "aiosqlite",
        "psycopg",
        "psycopg_pool",
        "redis.asyncio",
        "django.db.backends.sqlite3.base",
        "django.db.backends.postgresql.base",
        "sqlalchemy.dialects.sqlite",
        "sqlalchemy.dialects.postgresql",
        "groundplan_runtime.gateway",
        "groundplan_runtime.adapters.sqlalchemy",
        "groundplan_runtime.adapters.starlette_socket",
    ]
)


class Process:
    """One process that runs ``work(*values)``. Its output goes to ``log``."""

    def __init__(self, work: Callable[..., None], *values: Any, log: Path) -> None:
        self._process: ForkServerProcess = _CONTEXT.Process(target=_run, args=(str(log), work, values), daemon=True)
        self._process.start()

    @staticmethod
    def pipe() -> tuple[Connection, Connection]:
        """Give the reading and the writing end of a pipe; close the writing end here once the process has it."""
        return _CONTEXT.Pipe(duplex=False)

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def kill(self) -> None:
        """End it as a crash does: nothing of it runs any more, not even to say so."""
        self._process.kill()
        self._process.join(10)
        assert not self._process.is_alive()

    def wait(self, seconds: float) -> int | None:
        """Wait until it ended; gives its exit code, negative for a signal."""
        self._process.join(seconds)
        return self._process.exitcode

    def freeze(self) -> None:
        """Stop it in the middle of whatever it does."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on, unaware of the time that passed."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        pid = self._process.pid
        assert pid is not None
        if self._process.is_alive():
            os.kill(pid, number)


def _run(log: str, work: Callable[..., None], values: tuple[Any, ...]) -> None:
    die_with_parent(signal.SIGKILL, os.getppid())
    with Path(log).open("a", encoding="utf-8") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdin.close()
    work(*values)
