"""Hears the doorbell: commits of this process by a callback, those of other processes as datagrams on loopback."""

import asyncio
import logging
from collections.abc import Callable

from groundplan_runtime.events import doorbell

__all__ = ["Ear"]

_log = logging.getLogger("groundplan.gateway")


def _nothing() -> None:
    """Stop what was never started."""


class Ear(asyncio.DatagramProtocol):
    """Sets ``rung`` whenever something was committed. A lost ring is harmless: readers also look by themselves."""

    def __init__(self) -> None:
        self.rung = asyncio.Event()
        self._stop: Callable[[], None] = _nothing
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self, address: tuple[str, int] | None) -> None:
        """Listen to this process and, with an address, to the others."""
        loop = asyncio.get_running_loop()

        def hear() -> None:
            loop.call_soon_threadsafe(self.rung.set)

        self._stop = doorbell.answer(hear)
        if address is None:
            return
        try:
            self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=address)
        except OSError as error:  # another worker of this process listens there
            _log.info("no doorbell at %s:%d (%s); looking by myself", *address, error)

    def datagram_received(self, data: bytes, addr: object) -> None:  # noqa: ARG002 a ring says nothing but itself
        """Take a ring."""
        self.rung.set()

    def error_received(self, exc: Exception) -> None:
        """Take note of nothing: the next look finds what the ring was about."""

    async def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most ``seconds``; tells whether there was one."""
        try:
            async with asyncio.timeout(seconds):
                await self.rung.wait()
        except TimeoutError:
            return False
        self.rung.clear()
        return True

    def close(self) -> None:
        """Stop listening."""
        self._stop()
        if self._transport is not None:
            self._transport.close()
            self._transport = None
