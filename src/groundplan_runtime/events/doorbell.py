"""The doorbell: tells readers right after a commit that there is something to read.

It carries no data and may be lost; readers look by themselves a few times a second anyway. Within a process it is a callback,
between the processes of one machine an empty UDP datagram to loopback.
"""

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass

from groundplan_runtime.current import current

__all__ = ["Wiring", "answer", "ring", "wire", "wiring"]

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Wiring:
    """What a writer must know. outbox: a relay carries events to Redis. doorbells: loopback addresses of other processes."""

    outbox: bool = False
    doorbells: tuple[Address, ...] = ()


_chosen: list[Wiring] = []
_callbacks: list[Callable[[], None]] = []


def wiring() -> Wiring:
    """Give the wiring of this process: what `wire` said, else what the project's settings say."""
    return _chosen[0] if _chosen else _from_settings()


def _from_settings() -> Wiring:
    settings = current().settings
    return Wiring(outbox=bool(settings.events_url), doorbells=settings.doorbells)


def wire(chosen: Wiring | None) -> None:
    """Say what this process's writers do, instead of the settings; None goes back to the settings."""
    _chosen[:] = [] if chosen is None else [chosen]


def answer(callback: Callable[[], None]) -> Callable[[], None]:
    """Have callback called after each commit of this process, in the thread that committed; gives what ends it."""
    _callbacks.append(callback)

    def stop() -> None:
        if callback in _callbacks:
            _callbacks.remove(callback)

    return stop


def ring() -> None:
    """Wake every reader. Never raises: the transaction is committed, and readers look by themselves."""
    for callback in tuple(_callbacks):
        with contextlib.suppress(RuntimeError):  # a loop that was closed in between
            callback()
    doorbells = wiring().doorbells
    if doorbells:
        _send(doorbells)


def _send(doorbells: tuple[Address, ...]) -> None:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire_out:
        wire_out.settimeout(0)
        for address in doorbells:
            with contextlib.suppress(OSError):
                wire_out.sendto(b"", address)
