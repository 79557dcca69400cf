"""One client, by socket or by stream: who is behind it, what it follows, and how it ends."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from groundplan_runtime.gateway import wire
from groundplan_runtime.gateway.limits import Limits, Timing
from groundplan_runtime.gateway.outbox import Outgoing
from groundplan_runtime.gateway.streams import Streams
from groundplan_runtime.gateway.subscription import Subscription
from groundplan_runtime.identity import Session

__all__ = ["Connection", "House"]

_log = logging.getLogger("groundplan.gateway")
_LEFT = 1000
"""What a connection that its client ended is counted as."""


@dataclass(frozen=True, slots=True)
class House:
    """What all clients of a gateway share. channels: channel -> the permission that following it needs."""

    streams: Streams
    channels: Mapping[str, str]
    limits: Limits
    timing: Timing


class Connection(ABC):
    """A signed-in client while it is connected."""

    def __init__(self, session: Session, house: House, outbox: Outgoing) -> None:
        self.session = session
        self._house = house
        self._outbox = outbox
        self._following: dict[str, tuple[Subscription, asyncio.Task[None]]] = {}
        self._ending: tuple[int, str] | None = None

    async def run(self) -> None:
        """Serve the client until either side ends it."""
        self.tell(wire.welcome(self.session.user))
        reader = asyncio.create_task(self._listen())
        try:
            if not await self._send():
                self.end(4408, "too slow")
        except Exception as error:  # noqa: BLE001 the server gave the line up by itself, and each server says so in its own way
            _log.info("a client could not be written to (%s)", error)
            self.end(None)
        finally:
            await self._leave(reader)
        self._house.streams.counts.closed[self._ending[0] if self._ending else _LEFT] += 1
        await self._say_goodbye()

    @property
    def waiting(self) -> int:
        """How many frames wait for the client."""
        return self._outbox.waiting

    def tell(self, text: str) -> None:
        """Queue a frame of the server."""
        if not self._outbox.tell(text):
            self.end(4408, "too slow")

    def drain(self, within: float) -> None:
        """Ask the client to come back at a random moment within so many seconds."""
        self.tell(wire.drain(within))

    def end(self, code: int | None, reason: str = "") -> None:
        """End the connection now; what waits is forgotten. code: None when the client has gone already. The first call counts."""
        if not self._outbox.closed:
            self._ending = None if code is None else (code, reason)
            self._outbox.close()

    def take(self, session: Session) -> None:
        """Look at the sign-in as it is now: an account that lost a channel it follows is sent away."""
        self.session = session
        if any(not self._may_follow(channel) for channel in self._following):
            self.end(4403, "not allowed any more")

    @abstractmethod
    async def _send(self) -> bool:
        """Send what waits until the connection is ended; False when the client took too long."""

    @abstractmethod
    async def _read(self) -> None:
        """Do what the client says until it has gone."""

    @abstractmethod
    async def _close(self, code: int, reason: str) -> None:
        """Tell the client how it ended."""

    async def _listen(self) -> None:
        try:
            await self._read()
        except Exception:  # noqa: BLE001 one client must not harm the others
            _log.exception("a client could not be read")
        self.end(None)

    async def _say_goodbye(self) -> None:
        if self._ending is None:
            return
        try:
            async with asyncio.timeout(self._house.timing.close):
                await self._close(*self._ending)
        except Exception as error:  # noqa: BLE001 as above; nobody is left to be told
            _log.info("a connection could not be closed (%s)", error or "it does not answer")

    async def _leave(self, reader: asyncio.Task[None]) -> None:
        tasks = [reader, *(task for _, task in self._following.values())]
        for subscription, _ in self._following.values():
            subscription.leave()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _subscribe(self, frame: wire.Subscribe) -> None:
        stream = self._house.streams.get(frame.channel) if self._may_follow(frame.channel) else None
        if stream is None:
            self.tell(wire.error("forbidden", "This account may not follow that channel.", frame.channel))
            return
        self._unsubscribe(frame.channel)
        most = self._house.limits.subscriptions
        if len(self._following) >= most:
            self.tell(wire.error("too_many", f"A client may follow {most} channels.", frame.channel))
            return
        subscription = Subscription(
            stream, self._house.streams, self._outbox, self._house.limits, lambda: self.end(4408, "too slow")
        )
        self._following[frame.channel] = (subscription, asyncio.create_task(self._follow(subscription, frame)))

    async def _follow(self, subscription: Subscription, frame: wire.Subscribe) -> None:
        try:
            await subscription.follow(frame.position)
        except Exception:  # noqa: BLE001 the client comes back and resumes
            _log.exception("the events of %s could not be read", frame.channel)
            self.end(1013, "try again")

    def _unsubscribe(self, channel: str) -> None:
        if channel in self._following:
            subscription, task = self._following.pop(channel)
            task.cancel()
            subscription.leave()

    def _may_follow(self, channel: str) -> bool:
        permission = self._house.channels.get(channel)
        return permission is not None and self.session.user.has_permission(permission)
