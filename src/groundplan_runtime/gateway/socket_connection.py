"""One WebSocket: reads its frames, and keeps a client that sends too many or bad ones from going on."""

from collections.abc import Coroutine
from typing import Any

from groundplan_runtime.gateway import wire
from groundplan_runtime.gateway.accounts import Bucket
from groundplan_runtime.gateway.connection import Connection, House
from groundplan_runtime.gateway.outbox import Outbox
from groundplan_runtime.gateway.socket import Socket
from groundplan_runtime.identity import Session

__all__ = ["SocketConnection"]


class SocketConnection(Connection):
    """A signed-in socket while it is open."""

    __slots__ = ("_allowed", "_bad_frames", "_frames", "_socket")

    def __init__(self, socket: Socket, session: Session, house: House) -> None:
        self._frames = Outbox(house.limits, house.timing.send, house.streams.counts)
        self._frames.direct = socket.direct
        super().__init__(session, house, self._frames)
        self._socket = socket
        self._bad_frames = 0
        self._allowed = Bucket(house.limits.frames_per_second)

    def write(self, piece: str) -> Coroutine[Any, Any, None]:
        """Write a frame."""
        return self._socket.send_text(piece)

    def _open(self) -> None:
        self._frames.open(self, self._house.streams.pump)

    async def _close(self, code: int, reason: str) -> None:
        await self._socket.close(code, reason)

    async def _read(self) -> None:
        while not self._frames.closed and (text := await self._socket.receive_text()) is not None:
            self._take_frame(text)

    def _take_frame(self, text: str) -> None:
        limits = self._house.limits
        if not self._within_rate():
            self._refuse("too_many", f"At most {limits.frames_per_second:g} frames a second.")
            return
        if not self._account.frames.take():
            self.end(4429, "too many frames of this account")
            return
        try:
            frame = wire.parse(text, limits.frame_bytes)
        except wire.BadFrameError as problem:
            self._refuse("bad_frame", str(problem))
            return
        if isinstance(frame, wire.Subscribe):
            self._subscribe(frame)
        else:
            self._unsubscribe(frame.channel)

    def _within_rate(self) -> bool:
        return self._allowed.take()

    def _refuse(self, code: str, detail: str) -> None:
        self._bad_frames += 1
        self.tell(wire.error(code, detail))
        if self._bad_frames >= self._house.limits.bad_frames:
            self.end(4400, detail)
