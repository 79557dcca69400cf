"""What a running copy leaves on disk so that a later command can find and stop it: a lock, and a list of processes.

The lock says whether a runner lives (the kernel drops it with the process); the list says what to clear when none does.
"""

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from groundplan_runtime.errors import AlreadyRunningError
from groundplan_runtime.runner.pids import alive, signal_group, signal_process, start_token

__all__ = ["Recorded", "RunFolder", "State"]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One process: its number, the moment of its start, and the signal that stops it gently."""

    name: str
    pid: int
    token: str
    stop_signal: int

    @classmethod
    def of(cls, name: str, pid: int, stop_signal: int = signal.SIGTERM) -> "Recorded":
        """Record a process that was just started."""
        return cls(name, pid, start_token(pid) or "", int(stop_signal))

    @classmethod
    def this_process(cls, name: str) -> "Recorded":
        """Record the process that runs this."""
        return cls.of(name, os.getpid())

    @property
    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        return bool(self.token) and alive(self.pid, self.token)


@dataclass(slots=True)
class State:
    """The running copy. scratch: folders outside the data folder that go when it stops."""

    runner: Recorded
    instance: str
    url: str = ""
    processes: list[Recorded] = field(default_factory=list)
    scratch: list[str] = field(default_factory=list)


class RunFolder:
    """``<data>/run``: lock, state, generated configuration. As a context it holds the lock."""

    def __init__(self, data_dir: Path) -> None:
        """Name the folder; nothing is made yet."""
        self.path = data_dir / "run"
        self._file = self.path / "state.json"
        self._handle: int | None = None

    def __enter__(self) -> Self:
        if not self.take():
            state = self.load()
            where = f" at {state.url}" if state and state.url else ""
            raise AlreadyRunningError(
                f"{self.path.parent}: a copy already runs{where}; stop it with python project.py stop, or use --data DIR."
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.release()

    def take(self) -> bool:
        """Take the lock; False when a living runner holds it."""
        self.path.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Give the lock back."""
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None

    def save(self, state: State) -> None:
        """Write the state, whole or not at all."""
        fresh = self._file.with_suffix(".new")
        fresh.write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")
        fresh.replace(self._file)

    def forget(self) -> None:
        """Remove the state of a copy that has stopped."""
        self._file.unlink(missing_ok=True)

    def load(self) -> State | None:
        """Read the state of the copy that runs or ran; None when there is none that can be read."""
        try:
            raw = json.loads(self._file.read_text(encoding="utf-8"))
            processes = [Recorded(**entry) for entry in raw["processes"]]
            return State(Recorded(**raw["runner"]), raw["instance"], raw["url"], processes, list(raw["scratch"]))
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def clear(self) -> list[str]:
        """Stop what a runner that died left behind, in reverse order, and forget it. Gives the names of what was stopped."""
        state = self.load()
        if state is None:
            return []
        left = [process for process in reversed(state.processes) if process.alive]
        for process in left:
            signal_process(process.pid, process.stop_signal)
        _wait_gone(left, seconds=5.0)
        for process in left:
            signal_group(process.pid, signal.SIGKILL)
        _wait_gone(left, seconds=5.0)
        for folder in state.scratch:
            shutil.rmtree(folder, ignore_errors=True)
        self.forget()
        return [process.name for process in left]


def _wait_gone(processes: Sequence[Recorded], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(process.alive for process in processes):
        time.sleep(0.02)
