"""Starts processes, carries their output to log and terminal, notices their end, and stops them gently first.

Everything that happens (a process ends, a signal arrives, the input closes) goes through one queue, and the main thread takes from
it where it waits. So nothing is interrupted half-way: a stop is acted upon at the next wait, never between a start and its record.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import IO

from groundplan_runtime.errors import MissingProgramError, PartDiedError
from groundplan_runtime.runner import leash
from groundplan_runtime.runner.pids import signal_group, signal_process

__all__ = ["INTERRUPTED", "Child", "Command", "StopRequestedError", "Supervisor", "tied"]

INTERRUPTED = 130
"""Exit code after Ctrl-C."""

TAIL_LINES = 12
MAX_LOG_BYTES = 5_000_000
_LINE_BYTES = 65_536


class StopRequestedError(Exception):
    """Somebody asked for the end. ``code`` is the exit code: 130 after Ctrl-C, else 0."""

    def __init__(self, code: int) -> None:
        """Keep the code."""
        self.code = code
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Command:
    """What to start. parts: names it serves; port: what it listens on, 0 none; brief: it is expected to end by itself."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    parts: tuple[str, ...] = ()
    port: int = 0
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 8.0
    brief: bool = False


@dataclass(slots=True)
class Child:
    """A started process. start_seconds: how long it took until it answered, set by whoever waited for that."""

    command: Command
    process: "subprocess.Popen[bytes]"
    log: Path
    born: float
    start_seconds: float = 0.0
    stopping: bool = False
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=TAIL_LINES))
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def pid(self) -> int:
        """Give the number of the process, which also leads its group."""
        return self.process.pid

    def death(self) -> PartDiedError:
        """Say how it ended, with its last words and where to read on."""
        code = self.process.returncode
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended by itself with exit code {code}"
        holds = f" (parts {', '.join(self.command.parts)})" if self.command.parts else ""
        words = "".join(f"\n    {line}" for line in self.tail) or " nothing"
        message = f"process {self.command.name}{holds} {how}; its log {self.log} ends with:{words}"
        return PartDiedError(message, self.command.name, code, str(self.log))


class Supervisor:
    """Holds what was started. echo: called with (process, line) for every line of output."""

    def __init__(self, logs: Path, echo: Callable[[str, str], None]) -> None:
        """Prepare; logs is made when the first process starts."""
        self.children: list[Child] = []
        self._logs = logs
        self._echo = echo
        self._events: SimpleQueue[Child | int] = SimpleQueue()

    def ask_to_stop(self, code: int) -> None:
        """Ask for the end, from a signal handler or a thread; ``code`` becomes the exit code."""
        self._events.put(code)

    def start(self, command: Command) -> Child:
        """Start a process as the leader of its own group. Call it from the main thread: Linux ties a child to a thread."""
        log = _rotated(self._logs / f"{command.name}.log")
        try:
            process = subprocess.Popen(
                command.arguments,
                env=dict(command.environment),
                cwd=command.folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except FileNotFoundError as error:
            raise MissingProgramError(f"{error.filename} is missing; run: python project.py setup.") from error
        child = Child(command, process, log, time.monotonic())
        self.children.append(child)
        pump = threading.Thread(target=self._pump, args=(child,), name=f"log of {command.name}", daemon=True)
        pump.start()
        threading.Thread(target=self._watch, args=(child, pump), name=f"end of {command.name}", daemon=True).start()
        return child

    def wait(self, seconds: float | None = None) -> None:
        """Wait. Raises StopRequestedError or PartDiedError as soon as there is a reason; returns when the time is over."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while True:
            left = None if deadline is None else max(deadline - time.monotonic(), 0.0)
            try:
                event = self._events.get(timeout=left)
            except Empty:
                return
            if isinstance(event, int):
                raise StopRequestedError(event)
            if not event.stopping and not event.command.brief:
                raise event.death()

    def finish(self, child: Child) -> int:
        """Wait for a brief process and give its exit code. Raises like :meth:`wait`."""
        while not child.ended.is_set():
            self.wait(0.02)
        return child.process.returncode

    def stop(self, children: Sequence[Child]) -> None:
        """Ask all of them to end, last started first, wait within their grace, then kill what is left."""
        running = [child for child in reversed(children) if not child.ended.is_set()]
        for child in running:
            child.stopping = True
            signal_process(child.pid, child.command.stop_signal)
        asked = time.monotonic()
        for child in running:
            self._await_end(child, asked + child.command.grace)

    def _await_end(self, child: Child, deadline: float) -> None:
        while not child.ended.wait(0.05):
            if time.monotonic() > deadline or self._asked_again():
                signal_group(child.pid, signal.SIGKILL)
                child.ended.wait(5.0)
                return

    def _asked_again(self) -> bool:
        """Tell whether somebody lost patience, which one more Ctrl-C means."""
        with suppress(Empty):
            while True:
                if self._events.get_nowait() == INTERRUPTED:
                    return True
        return False

    def _pump(self, child: Child) -> None:
        output: IO[bytes] | None = child.process.stdout
        with child.log.open("ab") as log:
            while output is not None and (line := output.readline(_LINE_BYTES)):
                log.write(line)
                log.flush()
                text = line.decode("utf-8", errors="replace").rstrip()
                child.tail.append(text)
                self._echo(child.command.name, text)

    def _watch(self, child: Child, pump: threading.Thread) -> None:
        if sys.platform == "linux":  # its number stays reserved until it is collected, so its group is no stranger's yet
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            signal_group(child.pid, signal.SIGKILL)
            child.process.wait()
        else:
            child.process.wait()
            signal_group(child.pid, signal.SIGKILL)
        pump.join(1.0)
        child.ended.set()
        self._events.put(child)


def tied(stop_signal: signal.Signals, arguments: Sequence[str], user: int | None = None) -> list[str]:
    """Give the arguments that start a foreign program tied to this process, as ``user`` when that is given."""
    program = [sys.executable, "-IS", leash.__file__, str(int(stop_signal)), str(os.getpid())]
    return [*program, "-" if user is None else str(user), *arguments]


def _rotated(log: Path) -> Path:
    """Give the log's path; an old one that grew big is put aside first."""
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.is_file() and log.stat().st_size > MAX_LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
    return log
