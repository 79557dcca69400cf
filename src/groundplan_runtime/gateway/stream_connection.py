"""One event stream: follows what its address named, and ends where its client cannot say that it wants to."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

from groundplan_runtime.gateway.connection import Connection, House
from groundplan_runtime.gateway.event_stream import EventStream
from groundplan_runtime.gateway.outbox import BlockOutbox
from groundplan_runtime.gateway.wire import Subscribe
from groundplan_runtime.identity import Session

__all__ = ["StreamConnection"]


class StreamConnection(Connection):
    """A signed-in event stream while it is open."""

    __slots__ = ("_blocks", "_stream")

    def __init__(self, stream: EventStream, session: Session, house: House) -> None:
        self._blocks = BlockOutbox(house.limits, house.timing.send, stream.since, house.streams.counts)
        super().__init__(session, house, self._blocks)
        self._stream = stream

    def drain(self, within: float) -> None:
        """Say so and end the stream at a random moment: an EventSource does not know when to leave."""
        super().drain(within)
        moment = random.uniform(0, within)  # noqa: S311 spreads clients, hides nothing
        asyncio.get_running_loop().call_later(moment, self.end, 1012, "restarting")

    def write(self, piece: bytes) -> Coroutine[Any, Any, None]:
        """Write blocks."""
        return self._stream.send(piece)

    def _open(self) -> None:
        self._blocks.open(self, self._house.streams.pump)

    async def _close(self, code: int, reason: str) -> None:
        await self._stream.close(code, reason)

    async def _read(self) -> None:
        since = self._stream.since
        for channel in self._stream.channels:
            self._subscribe(Subscribe(channel, since.get(channel)))
        await self._stream.gone()
