"""The project's own runner, started on scratch data and always ended."""

import json
import os
import queue
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from groundplan.errors import MachineError

__all__ = ["Account", "Launch", "Running", "running", "scratch_folder"]

START_SECONDS = 180.0
STOP_SECONDS = 40.0
_OURS = ("PYTHONPATH", "DJANGO_SETTINGS_MODULE", "VIRTUAL_ENV")
# A proof must never touch the data or services that the project's own settings lead to, nor depend on its public name.
_NEUTRAL = {"DATABASE_URL": "", "EVENTS_URL": "", "ALLOWED_HOSTS": "", "DEBUG": "0"}


@dataclass(frozen=True, slots=True)
class Account:
    """An account that lives as long as the proof. permissions: Django's, with the label of the application."""

    username: str
    password: str
    staff: bool
    permissions: list[str]

    @classmethod
    def make(cls, username: str, *, staff: bool, permissions: list[str]) -> "Account":
        """Give an account with a password nobody can guess."""
        return cls(username, secrets.token_urlsafe(18), staff, permissions)


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start: the project's folder, its interpreter, the layout (None: the project's own), with or without services."""

    root: Path
    python: Path
    layout: str | None
    services: bool
    scratch: Path
    accounts: tuple[Account, ...]

    def command(self, port: int) -> list[str]:
        """Give the command line of the runner."""
        chosen = ["--layout", self.layout] if self.layout else []
        services = ["--services"] if self.services else []
        accounts = ["--accounts", str(self.scratch / "accounts.json")] if self.accounts else []
        flags = ["--json", "--until-eof", "--data", str(self.scratch / "data"), "--port", str(port)]
        return [str(self.python), "project.py", "run", *flags, *chosen, *services, *accounts]

    def environment(self, port: int) -> dict[str, str]:
        """Give the environment of the runner: settings of this copy that point outside are blotted out."""
        kept = {name: value for name, value in os.environ.items() if name not in _OURS and not name.startswith("GROUNDPLAN_")}
        return {**kept, **_NEUTRAL, "PUBLIC_URL": f"http://127.0.0.1:{port}"}


class Running:
    """A started project: what it told when it was ready, and whether it still stands."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        """Follow what the runner tells."""
        self.process, self.log = process, log
        self.ready: dict[str, Any] = {}
        self.died: dict[str, Any] | None = None
        self.seconds_to_start = 0.0
        self._told: queue.Queue[dict[str, Any] | None] = queue.Queue()
        threading.Thread(target=self._follow, daemon=True).start()

    @property
    def url(self) -> str:
        """Give the one address, without a slash at its end."""
        return str(self.ready["url"]).rstrip("/")

    @property
    def host(self) -> str:
        """Give the host of the address."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """Give the port of the address."""
        return urlsplit(self.url).port or 80

    @property
    def trouble(self) -> str | None:
        """Say in a sentence why the project does not stand any more, None while it does."""
        if self.died is not None:
            return f"the process {self.died.get('process')} of the project died with code {self.died.get('code')}"
        code = self.process.poll()
        return None if code is None else f"the project ended with code {code}{_last_words(self.log)}"

    def pids_of(self, part: str) -> list[int]:
        """Give the processes that hold a part."""
        return [int(entry["pid"]) for entry in self.ready["processes"] if part in entry["parts"]]

    def wait_until_ready(self) -> None:
        """Wait for the runner's word. Raises MachineError with its last sentence."""
        began = time.monotonic()
        while not self.ready:
            try:
                told = self._told.get(timeout=max(0.0, began + START_SECONDS - time.monotonic()))
            except queue.Empty:
                raise MachineError(f"the project was not ready within {START_SECONDS:g} s{_last_words(self.log)}") from None
            if told is None:
                self.process.wait(STOP_SECONDS)
                raise MachineError(f"the project did not start: {self.trouble}")
        self.seconds_to_start = time.monotonic() - began

    def stop(self) -> None:
        """End it: close its standard input, then ask, then insist."""
        if self.process.stdin is not None:
            self.process.stdin.close()
        for sign, patience in ((None, STOP_SECONDS), (signal.SIGTERM, 10.0), (signal.SIGKILL, 10.0)):
            if sign is not None and self.process.poll() is None:
                os.killpg(self.process.pid, sign)
            try:
                self.process.wait(patience)
            except subprocess.TimeoutExpired:
                continue
            break

    def _follow(self) -> None:
        stream: IO[str] | None = self.process.stdout
        for line in stream or ():
            told = _event(line)
            if told.get("event") == "ready":
                self.ready = told
            elif told.get("event") == "died":
                self.died = told
            self._told.put(told)
        self._told.put(None)


def _event(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _last_words(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() if log.exists() else []
    return f": {lines[-1]}" if lines else ""


@contextmanager
def scratch_folder(accounts: tuple[Account, ...]) -> Iterator[Path]:
    """Give a folder for one proof, readable by its owner only, with the accounts in it; it is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="groundplan-proof-"))
    try:
        file = folder / "accounts.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps([asdict(account) for account in accounts]), encoding="utf-8")
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(launch: Launch) -> Iterator[Running]:
    """Start the project, give it when it is ready, and end it whatever happens.

    Raises MachineError when it does not start. It also ends when this process is killed, because its standard input closes.
    """
    port, log = _free_port(), launch.scratch / "runner.log"
    with log.open("a", encoding="utf-8") as errors:
        try:
            process = subprocess.Popen(
                launch.command(port),
                cwd=launch.root,
                env=launch.environment(port),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,  # Ctrl-C reaches us first, and we stop it in order
            )
        except OSError as error:
            raise MachineError(f"{launch.python} cannot be started ({error.strerror}); run: python project.py setup") from error
        project = Running(process, log)
        try:
            project.wait_until_ready()
            yield project
        finally:
            project.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
