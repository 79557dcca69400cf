"""Starts servers on processors of their own, and looks at what they take."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from groundplan_runtime.runner.ports import free_port

SERVERS = Path(__file__).parents[1] / "servers"
TESTS = Path(__file__).parents[2] / "tests"
UVICORN = ("uvicorn", "{app}", "--factory", "--port", "{port}", "--log-level", "error", "--no-access-log", "--loop", "uvloop",
           "--http", "httptools", "--ws-ping-interval", "600", "--ws-per-message-deflate", "false")  # fmt: skip

PROJECT = (*UVICORN, "--ws", "groundplan_runtime.gateway.uvicorn_sockets:DirectSockets")
"""uvicorn as a project with live sockets uses it."""


@dataclass(frozen=True)
class Server:
    """A running server. processor: seconds used so far, with its children; memory: bytes that are its own."""

    port: int
    process: psutil.Process

    def processor(self) -> float:
        return sum(map(used, self._tree()))

    def memory(self) -> int:
        return sum(one.memory_full_info().uss for one in self._tree())

    def _tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def pin(processor: int, pid: int = 0) -> None:
    """Keep a process on one processor, where there are several and the system can."""
    if hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(pid, {processor})


def used(process: psutil.Process) -> float:
    """Give processor seconds of one process: to the nanosecond where Linux tells, else in steps of ten milliseconds."""
    threads = list(Path(f"/proc/{process.pid}/task").glob("*/schedstat"))
    if not threads:
        return sum(process.cpu_times()[:2])
    return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9


@contextmanager
def serving(app: str, command: Sequence[str] = UVICORN, processor: int | None = 0, **environment: str) -> Iterator[Server]:
    """Serve ``module:factory`` of bench/servers until the block ends."""
    port = free_port()
    words = [word.format(app=app, port=port) for word in command]
    path = os.pathsep.join([str(SERVERS), str(TESTS), os.environ.get("PYTHONPATH", "")])
    with tempfile.TemporaryFile() as log:
        told = {**os.environ, "PYTHONPATH": path, **environment}
        # a session of its own: Linux shares processor time between sessions first
        process = subprocess.Popen([sys.executable, "-m", *words], env=told, stdout=log, stderr=log, start_new_session=True)
        try:
            if processor is not None:
                pin(processor, process.pid)
            _wait(port, process)
            yield Server(port, psutil.Process(process.pid))
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read().decode()[-2000:])
            raise
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on {port}")
