"""Lets queues send what they hold: some of them in each turn of the event loop, and none needs a task of its own to be woken."""

import asyncio
from collections import deque
from typing import Protocol

__all__ = ["Pump"]

_PORTION = 50
"""Queues per turn. What they wrote leaves at the end of a turn, so the first clients read while the last are still written to."""


class _Queue(Protocol):
    def flush(self) -> None:
        """Send what can be sent without waiting. Must not raise."""


class Pump:
    """The queues of one gateway that hold something, in the order in which they came to it."""

    __slots__ = ("_due", "_resting", "_turning")

    def __init__(self) -> None:
        self._due: deque[_Queue] = deque()
        self._turning = False
        self._resting: list[asyncio.Future[None]] = []

    def add(self, queue: _Queue) -> None:
        """Have a queue flushed soon."""
        self._due.append(queue)
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_soon(self._turn)

    async def rest(self) -> None:
        """Wait until every queue has sent what it could."""
        if self._turning:
            waiter = asyncio.get_running_loop().create_future()
            self._resting.append(waiter)
            await waiter

    def _turn(self) -> None:
        try:
            for _ in range(min(len(self._due), _PORTION)):
                self._due.popleft().flush()
        finally:  # whatever went wrong with one queue, the others have their turn
            self._go_on()

    def _go_on(self) -> None:
        if self._due:
            asyncio.get_running_loop().call_soon(self._turn)
            return
        self._turning = False
        resting, self._resting = self._resting, []
        for waiter in resting:
            if not waiter.done():
                waiter.set_result(None)
