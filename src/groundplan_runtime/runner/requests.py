"""Requests to stop a run: Ctrl-C, a polite signal, a closed terminal, a closed input."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from groundplan_runtime.runner.processes import INTERRUPTED, Supervisor

__all__ = ["stop_requests"]

_CODES = {signal.SIGINT: INTERRUPTED, signal.SIGTERM: 0, signal.SIGHUP: 0}


@contextmanager
def stop_requests(supervisor: Supervisor, *, until_eof: bool) -> Iterator[None]:
    """Pass every request to the supervisor while the block runs. until_eof: also the end of standard input.

    A closed terminal that was to be ignored (nohup) stays ignored.
    """
    before = {number: signal.getsignal(number) for number in _CODES}
    for number, code in _CODES.items():
        if number != signal.SIGHUP or before[number] is not signal.SIG_IGN:
            signal.signal(number, _passing(supervisor, code))
    if until_eof:
        threading.Thread(target=_read_to_the_end, args=(supervisor,), name="end of input", daemon=True).start()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _passing(supervisor: Supervisor, code: int) -> Callable[[int, FrameType | None], None]:
    return lambda _number, _frame: supervisor.ask_to_stop(code)


def _read_to_the_end(supervisor: Supervisor) -> None:
    while os.read(0, 4096):  # not sys.stdin: its lock would be held when the interpreter ends
        pass
    supervisor.ask_to_stop(0)
