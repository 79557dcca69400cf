"""One socket: who is behind it, what it follows, and how it ends."""

import asyncio
import logging
import time
from collections.abc import Mapping

from groundplan_runtime.gateway import wire
from groundplan_runtime.gateway.limits import Limits, Timing
from groundplan_runtime.gateway.outbox import Outbox
from groundplan_runtime.gateway.socket import Socket
from groundplan_runtime.gateway.streams import Streams
from groundplan_runtime.gateway.subscription import Subscription
from groundplan_runtime.identity import Session

__all__ = ["Connection"]

_log = logging.getLogger("groundplan.gateway")
_BURST_SECONDS = 5.0


class Connection:
    """A signed-in socket while it is open. channels: channel -> the permission that following it needs."""

    def __init__(  # noqa: PLR0917 built in one place
        self,
        socket: Socket,
        session: Session,
        streams: Streams,
        channels: Mapping[str, str],
        limits: Limits,
        timing: Timing,
    ) -> None:
        self.session = session
        self._socket = socket
        self._streams = streams
        self._channels = channels
        self._limits = limits
        self._timing = timing
        self._outbox = Outbox(limits, timing.send)
        self._following: dict[str, tuple[Subscription, asyncio.Task[None]]] = {}
        self._ending: tuple[int, str] | None = None
        self._bad_frames = 0
        self._allowance = limits.frames_per_second * _BURST_SECONDS
        self._counted_at = time.monotonic()

    async def run(self) -> None:
        """Serve the socket until either side ends it."""
        self.tell(wire.welcome(self.session.user))
        reader = asyncio.create_task(self._read())
        try:
            if not await self._outbox.run(self._socket.send_text):
                self.end(4408, "too slow")
        except Exception as error:  # noqa: BLE001 the server gave the line up by itself, and each server says so in its own way
            _log.info("a socket could not be written (%s)", error)
            self.end(None)
        finally:
            await self._leave(reader)
        await self._close()

    def tell(self, text: str) -> None:
        """Queue a frame of the server."""
        if not self._outbox.put(text, len(text.encode())):
            self.end(4408, "too slow")

    def end(self, code: int | None, reason: str = "") -> None:
        """End the socket now; what waits is forgotten. code: None when the client has gone already. The first call counts."""
        if not self._outbox.closed:
            self._ending = None if code is None else (code, reason)
            self._outbox.close()

    def take(self, session: Session) -> None:
        """Look at the sign-in as it is now: an account that lost a channel it follows is sent away."""
        self.session = session
        if any(not self._may_follow(channel) for channel in self._following):
            self.end(4403, "not allowed any more")

    async def _close(self) -> None:
        if self._ending is None:
            return
        try:
            async with asyncio.timeout(self._timing.close):
                await self._socket.close(*self._ending)
        except Exception as error:  # noqa: BLE001 as above; nobody is left to be told
            _log.info("a socket could not be closed (%s)", error or "it does not answer")

    async def _leave(self, reader: asyncio.Task[None]) -> None:
        tasks = [reader, *(task for _, task in self._following.values())]
        for subscription, _ in self._following.values():
            subscription.leave()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _read(self) -> None:
        try:
            while not self._outbox.closed and (text := await self._socket.receive_text()) is not None:
                self._take_frame(text)
        except Exception:  # noqa: BLE001 one socket must not harm the others
            _log.exception("a socket could not be read")
        self.end(None)

    def _take_frame(self, text: str) -> None:
        if not self._within_rate():
            self._refuse("too_many", f"At most {self._limits.frames_per_second:g} frames a second.")
            return
        try:
            frame = wire.parse(text, self._limits.frame_bytes)
        except wire.BadFrameError as problem:
            self._refuse("bad_frame", str(problem))
            return
        if isinstance(frame, wire.Subscribe):
            self._subscribe(frame)
        else:
            self._unsubscribe(frame.channel)

    def _subscribe(self, frame: wire.Subscribe) -> None:
        stream = self._streams.get(frame.channel) if self._may_follow(frame.channel) else None
        if stream is None:
            self.tell(wire.error("forbidden", "This account may not follow that channel.", frame.channel))
            return
        self._unsubscribe(frame.channel)
        if len(self._following) >= self._limits.subscriptions:
            self.tell(wire.error("too_many", f"A socket may follow {self._limits.subscriptions} channels.", frame.channel))
            return
        subscription = Subscription(stream, self._streams, self._outbox, self._limits, lambda: self.end(4408, "too slow"))
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
        permission = self._channels.get(channel)
        return permission is not None and self.session.user.has_permission(permission)

    def _within_rate(self) -> bool:
        now = time.monotonic()
        earned = (now - self._counted_at) * self._limits.frames_per_second
        self._allowance = min(self._limits.frames_per_second * _BURST_SECONDS, self._allowance + earned) - 1
        self._counted_at = now
        return self._allowance >= 0

    def _refuse(self, code: str, detail: str) -> None:
        self._bad_frames += 1
        self.tell(wire.error(code, detail))
        if self._bad_frames >= self._limits.bad_frames:
            self.end(4400, detail)
