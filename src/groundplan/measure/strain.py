"""Who used the processors during a run: the measured project, the driver, or somebody else.

On a busy machine a server is starved rather than slow, and its latency says little about it; its processor time still does.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import psutil

__all__ = ["Strain", "start_strain"]

_IDLE = ("idle", "iowait", "guest", "guest_nice")  # guest time is counted in user time already


@dataclass(frozen=True, slots=True)
class Strain:
    """Processor seconds of one run: of the project's processes, of ours, and of everybody else (stolen time included)."""

    project: float
    driver: float
    others: float
    wall: float
    cores: int

    @property
    def others_share(self) -> float:
        """Give the part of the machine that others used, in [0, 1]."""
        return max(0.0, self.others) / (self.cores * self.wall) if self.wall else 0.0


def start_strain(pid: int) -> Callable[[], Strain]:
    """Start to watch the process tree of ``pid``; the function given back ends it and tells."""
    began, project, driver, busy = time.monotonic(), _tree(pid), time.process_time(), _busy()

    def end() -> Strain:
        wall = time.monotonic() - began
        ours, mine = _tree(pid) - project, time.process_time() - driver
        return Strain(ours, mine, _busy() - busy - ours - mine, wall, os.cpu_count() or 1)

    return end


def _busy() -> float:
    times = psutil.cpu_times()._asdict()
    return float(sum(seconds for name, seconds in times.items() if name not in _IDLE))


def _tree(pid: int) -> float:
    """Give the processor seconds of a process and its descendants, those that have ended included."""
    try:
        root = psutil.Process(pid)
        processes = [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0.0
    return sum(_of(process) for process in processes)


def _of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
