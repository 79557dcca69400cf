"""What a run tells: tables and prefixed log lines for people, or one JSON object per line for programs."""

import json
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TextIO

from groundplan_runtime.errors import PartDiedError

__all__ = ["Console", "ProcessLine", "Ready"]

_COLOURS = (36, 33, 35, 32, 34, 31)  # SGR foreground colours, in the order processes appear
_COLUMNS = ("process", "parts", "pid", "port", "start", "state")


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """One running process as it is told. port: 0 when it has none."""

    name: str
    pid: int
    port: int
    parts: list[str]
    start_seconds: float


@dataclass(frozen=True, slots=True)
class Ready:
    """Everything about a running copy. notes: sentences for people only."""

    url: str
    layout: str
    database: str
    events: str
    instance: str
    processes: list[ProcessLine]
    services: list[ProcessLine]
    notes: list[str] = field(default_factory=list)


class Console:
    """Results to ``out``; talk and logs to ``err``. as_json: programs read ``out``, and logs stay in their files."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None, err: TextIO | None = None) -> None:
        """Choose the form. Colours only on a terminal, and not with NO_COLOR."""
        self._json = as_json
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self._colour = self._err.isatty() and not os.environ.get("NO_COLOR")
        self._names: list[str] = []
        self._width = 0
        self._lock = threading.Lock()

    def expect(self, names: Sequence[str]) -> None:
        """Learn which processes there will be, for aligned prefixes."""
        self._names = list(names)
        self._width = max(map(len, names), default=0)

    def line(self, process: str, text: str) -> None:
        """Show one line of a process's output."""
        if not self._json:
            self._talk(f"{self._prefix(process)} | {text}")

    def say(self, text: str) -> None:
        """Show a sentence about the run itself."""
        if not self._json:
            self._talk(text)

    def step(self, name: str, seconds: float) -> None:
        """Tell that a step is done."""
        self._tell({"event": "step", "name": name, "seconds": round(seconds, 3)})
        self.say(f"{name}: {seconds:.2f} s")

    def ready(self, ready: Ready) -> None:
        """Tell that everything answers."""
        told = asdict(ready)
        del told["notes"]
        self._tell({"event": "ready", **told})
        if not self._json:
            self._print("\n".join([*_table(ready), "", f"  {ready.url}", *(f"  {note}" for note in ready.notes)]))

    def died(self, error: PartDiedError) -> None:
        """Tell that a process ended by itself."""
        self._tell({"event": "died", "process": error.process, "code": error.code, "log": error.log})

    def stopped(self) -> None:
        """Tell that nothing runs any more."""
        self._tell({"event": "stopped"})
        self.say("stopped")

    def _tell(self, event: dict[str, object]) -> None:
        if self._json:
            self._print(json.dumps(event))

    def _print(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()

    def _talk(self, text: str) -> None:
        """Write for people. A terminal that went away must not stop a process whose log we carry."""
        with self._lock, suppress(OSError, ValueError):
            self._err.write(f"{text}\n")
            self._err.flush()

    def _prefix(self, process: str) -> str:
        shown = f"{process:<{self._width}}"
        if not self._colour:
            return shown
        colour = _COLOURS[self._names.index(process) % len(_COLOURS)] if process in self._names else 37
        return f"\x1b[{colour}m{shown}\x1b[0m"


def _table(ready: Ready) -> list[str]:
    rows = [_COLUMNS, *(_row(line) for line in (*ready.services, *ready.processes))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    return ["  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _row(line: ProcessLine) -> tuple[str, ...]:
    parts = ", ".join(line.parts) or "-"
    return (line.name, parts, str(line.pid), str(line.port or "-"), f"{line.start_seconds:.2f} s", "ready")
