"""Names a process so that its number cannot be confused with a later one: number plus moment of its start."""

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["alive", "signal_group", "signal_process", "start_token"]


def start_token(pid: int) -> str | None:
    """Give when the process started, as text to compare; None when it is gone or only its exit code is left."""
    return _linux_token(pid) if sys.platform == "linux" else _ps_token(pid)


def alive(pid: int, token: str) -> bool:
    """Tell whether the very process that had this token still runs."""
    return start_token(pid) == token


def signal_group(pid: int, number: int) -> None:
    """Send a signal to a process that leads its group and to all its descendants in it. Gone ones are fine."""
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):  # macOS says "permission" for a group of which only exit codes are left
        return


def signal_process(pid: int, number: int) -> None:
    """Send a signal to one process and not to its descendants. A gone one is fine."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _linux_token(pid: int) -> str | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, started = fields[0], fields[19]  # proc(5): fields 3 and 22, counted after the name
    return None if state in "ZX" else f"{boot}/{started}"


def _ps_token(pid: int) -> str | None:
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    state, _, started = shown.stdout.strip().partition(" ")
    return None if not state or state.startswith("Z") else started.strip()
