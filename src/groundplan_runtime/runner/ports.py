"""Ports: is this one free, who holds it, give me one nobody uses."""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from groundplan_runtime.errors import PortTakenError

__all__ = ["HOST", "check_free", "free_port", "holder", "obstacle"]

HOST = "127.0.0.1"
_LISTEN = "0A"  # state of a listening socket in /proc/net/tcp


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """Give a loopback port that nobody uses now. What takes it must still prove who it is: another program may be faster."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def obstacle(port: int) -> OSError | None:
    """Give what keeps a server from listening on this loopback port; None when nothing does."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # ports of connections just closed are free for servers
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error
    return None


def check_free(port: int) -> None:
    """Raise PortTakenError, naming who holds the port and how to go on."""
    error = obstacle(port)
    if error is None:
        return
    if isinstance(error, PermissionError):
        raise PortTakenError(f"port {port} cannot be opened by this user; choose one from 1024 upwards with --port.", port)
    who = holder(port) or "another program"
    raise PortTakenError(
        f"port {port} on {HOST} is taken by {who}; stop it, or choose another with --port N (0 picks a free one).", port
    )


def holder(port: int) -> str | None:
    """Give ``process 123 (name)`` of the listener on a TCP port, as far as this user may see it."""
    pid = _linux_holder(port) if sys.platform == "linux" else _lsof_holder(port)
    return None if pid is None else f"process {pid}{_program(pid)}"


def _linux_holder(port: int) -> int | None:
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it ended, or belongs to somebody else
            if any(str(link.readlink()) in sockets for link in (folder / "fd").iterdir()):
                return int(folder.name)
    return None


def _listening(port: int) -> Iterator[str]:
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        with suppress(OSError):
            for line in table.read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                    yield fields[9]


def _lsof_holder(port: int) -> int | None:
    if shutil.which("lsof") is None:
        return None
    found = subprocess.run(["lsof", "-nP", f"-iTCP:{port}", "-sTCP:LISTEN", "-t"], capture_output=True, text=True, check=False)
    return int(found.stdout.split()[0]) if found.stdout.split() else None


def _program(pid: int) -> str:
    shown = (
        subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
        if shutil.which("ps")
        else None
    )
    name = shown.stdout.strip() if shown else ""
    with suppress(OSError):
        name = name or Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    return f" ({name})" if name else ""
