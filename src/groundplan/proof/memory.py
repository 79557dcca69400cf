"""The memory of the processes that hold a part, sampled while something else runs."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psutil

__all__ = ["METHOD", "level", "sampled"]

EVERY = 0.25
METHOD = (
    "PSS of the part's processes and their children, every 0.25 s" if psutil.LINUX else "RSS of the part's processes, every 0.25 s"
)


@contextmanager
def sampled(pids: Sequence[int]) -> Iterator[list[float]]:
    """Give a list that fills with levels, in bytes, until the block ends."""
    levels: list[float] = []
    ended = threading.Event()

    def watch() -> None:
        while True:
            levels.append(level(pids))
            if ended.wait(EVERY):
                return

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield levels
    finally:
        ended.set()
        thread.join()


def level(pids: Sequence[int]) -> float:
    """Give the memory of processes and all their children, in bytes; what has ended counts nothing.

    On Linux proportional set size: pages shared by several processes count once. Elsewhere resident set size.
    """
    processes = {process.pid: process for pid in pids for process in _family(pid)}
    return float(sum(_of(process) for process in processes.values()))


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _of(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss if psutil.LINUX else process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0
