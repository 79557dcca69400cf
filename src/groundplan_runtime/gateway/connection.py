"""One client, by socket or by stream: who is behind it, what it follows, and how it ends."""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

from groundplan_runtime.gateway import wire
from groundplan_runtime.gateway.accounts import Accounts
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
    accounts: Accounts
    limits: Limits
    timing: Timing


class Connection(ABC):
    """A signed-in client while it is connected."""

    __slots__ = ("_account", "_ending", "_following", "_house", "_outbox", "_reading", "_stood", "session")

    def __init__(self, session: Session, house: House, outbox: Outgoing) -> None:
        self.session = session
        self._house = house
        self._outbox = outbox
        self._following: dict[str, Subscription] = {}
        self._reading: asyncio.Timeout | None = None
        self._ending: tuple[int, str] | None = None
        self._stood = -1
        self._account = house.accounts.of(session.user.id)

    async def run(self) -> None:
        """Serve the client until either side ends it."""
        self._account.lines += 1
        self._open()
        self.tell(wire.welcome(self.session.user, self._house.timing.silence))
        try:
            await self._listen()
        finally:
            self.end(None)
            await self._leave()
        self._house.streams.counts.closed[self._ending[0] if self._ending else _LEFT] += 1
        await self._say_goodbye()

    @property
    def waiting(self) -> int:
        """How many frames wait for the client."""
        return self._outbox.waiting

    def tell(self, text: str) -> None:
        """Queue a frame of the server."""
        if not self._outbox.tell(text):
            self.slow()

    def beat(self) -> None:
        """Say that the line lives, unless events were told since the last look or something is about to be."""
        stands = sum(subscription.head for subscription in self._following.values())
        if stands == self._stood and not self.waiting:
            self.tell(wire.ALIVE)
        self._stood = stands

    def drain(self, within: float) -> None:
        """Ask the client to come back at a random moment within so many seconds."""
        self.tell(wire.drain(within))

    def end(self, code: int | None, reason: str = "") -> None:
        """End the connection now; what waits is forgotten. code: None when the client has gone already. The first call counts."""
        if not self._outbox.closed:
            self._ending = None if code is None else (code, reason)
            self._outbox.close()
            if self._reading is not None:
                self._reading.reschedule(asyncio.get_running_loop().time())

    def slow(self) -> None:
        """End the connection, because the client took too long."""
        self.end(4408, "too slow")

    def broken(self, error: Exception) -> None:
        """End the connection, because nothing can be written any more."""
        _log.info("a client could not be written to (%s)", error)
        self.end(None)

    def take(self, session: Session) -> None:
        """Look at the sign-in as it is now: an account that lost a channel it follows is sent away."""
        self.session = session
        if any(not self._may_follow(channel) for channel in self._following):
            self.end(4403, "not allowed any more")

    @abstractmethod
    def _open(self) -> None:
        """Begin to send what waits."""

    @abstractmethod
    async def _read(self) -> None:
        """Do what the client says until it has gone."""

    @abstractmethod
    async def _close(self, code: int, reason: str) -> None:
        """Tell the client how it ended."""

    async def _listen(self) -> None:
        """Read until the client has gone or `end` is called."""
        try:
            async with asyncio.timeout(None) as self._reading:
                await self._read()
        except TimeoutError:
            if not self._outbox.closed:
                _log.exception("a client could not be read")
        except Exception:  # noqa: BLE001 one client must not harm the others
            _log.exception("a client could not be read")
        finally:
            self._reading = None

    async def _say_goodbye(self) -> None:
        if self._ending is None:
            return
        try:
            async with asyncio.timeout(self._house.timing.close):
                await self._close(*self._ending)
        except Exception as error:  # noqa: BLE001 as above; nobody is left to be told
            _log.info("a connection could not be closed (%s)", error or "it does not answer")

    async def _leave(self) -> None:
        self._account.lines -= 1
        self._account.following -= len(self._following)
        tasks = [subscription.catching_up for subscription in self._following.values() if subscription.catching_up]
        for subscription in self._following.values():
            subscription.leave()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._outbox.ended()

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
        if self._account.following >= self._house.limits.subscriptions_per_user:
            self.tell(wire.error("too_many", "This account follows too many channels in all.", frame.channel))
            return
        self._account.following += 1
        subscription = Subscription(stream, self._house.streams, self._outbox, self._house.limits, self.slow)
        self._following[frame.channel] = subscription
        subscription.begin(frame.position, self._lost)

    def _lost(self, channel: str) -> None:
        _log.exception("the events of %s could not be read", channel)
        self.end(1013, "try again")  # the client comes back and resumes

    def _unsubscribe(self, channel: str) -> None:
        if channel in self._following:
            self._following.pop(channel).leave()
            self._account.following -= 1

    def _may_follow(self, channel: str) -> bool:
        permission = self._house.channels.get(channel)
        return permission is not None and self.session.user.has_permission(permission)
