"""Folders short enough for sockets: their paths may not exceed about a hundred bytes, and data folders may lie deep."""

import tempfile
from pathlib import Path

__all__ = ["MAX_SOCKET_PATH", "socket_folder"]

MAX_SOCKET_PATH = 100  # 108 bytes on Linux, 104 on macOS, with the ending zero (sys/un.h)


def socket_folder(wanted: Path, longest_name: str) -> Path:
    """Give ``wanted``, or a new private folder below the system's temporary one when a socket in ``wanted`` had too long a path."""
    if len(str(wanted / longest_name).encode()) <= MAX_SOCKET_PATH:
        return wanted
    return Path(tempfile.mkdtemp(prefix="groundplan-"))
