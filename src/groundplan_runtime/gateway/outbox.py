"""What waits for one client, as frames of a WebSocket or as blocks of an event stream."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import Position
from groundplan_runtime.gateway.blocks import block, mark, marked
from groundplan_runtime.gateway.counts import Counts
from groundplan_runtime.gateway.direct import Direct, text_frame
from groundplan_runtime.gateway.limits import Limits
from groundplan_runtime.gateway.queue import BATCH, Entry, Queue

__all__ = ["BlockOutbox", "Outbox", "Outgoing"]

_PORTION_BYTES = 64 * 1024
"""Most that is written as one piece, unless a single frame is larger: about what a transport buffers before it asks to wait."""


class Outgoing(Protocol):
    """What waits for one client, as those see it who put something in. Each gives False when it does not fit any more."""

    closed: bool

    @property
    def waiting(self) -> int:
        """How many frames wait."""

    def tell(self, text: str) -> bool:
        """Queue a frame of the server."""

    def tell_reset(self, text: str, channel: str, position: Position) -> bool:
        """Queue the frame of a reset to ``position``."""

    def deliver(self, frame: Frame) -> bool:
        """Queue an event."""

    async def room(self) -> None:
        """Wait until there is room for a good deal more."""

    def close(self) -> None:
        """Forget what waits and stop sending."""

    async def ended(self) -> None:
        """Wait until nothing is being written any more. After `close`."""


class Outbox(Queue[str]):
    """What waits for one WebSocket: the texts of frames. direct: writes encoded frames without waiting, where the server can."""

    __slots__ = ("direct",)

    def __init__(self, limits: Limits, seconds: float, counts: Counts | None = None) -> None:
        super().__init__(limits, seconds, counts)
        self.direct: Direct | None = None

    def flush(self) -> None:
        """Write what waits at once where that can be done, as one piece; what is left goes the usual way."""
        if self.direct is not None and self._writer is None:
            while self._frames and self._written_directly(self.direct):
                pass
        super().flush()

    def _written_directly(self, direct: Direct) -> bool:
        count = size = 0
        while count < len(self._frames) and (not count or size + self._frames[count][1] <= _PORTION_BYTES):
            size += self._frames[count][1]
            count += 1
        taken = self._frames[:count]
        if not direct.write_frames(b"".join([text_frame(text) for text, _, _ in taken])):
            return False
        del self._frames[:count]
        self._sent(taken)
        return True

    def tell(self, text: str) -> bool:
        """Queue a frame of the server."""
        return self.put(text, len(text.encode()))

    def tell_reset(self, text: str, channel: str, position: Position) -> bool:  # noqa: ARG002 the frame says them itself
        """Queue the frame of a reset."""
        return self.tell(text)

    def deliver(self, frame: Frame) -> bool:
        """Queue an event."""
        return self.put(frame.text, frame.size, frame.passage)


class BlockOutbox(Queue[bytes]):
    """What waits for one event stream: blocks, whose ids say where it stands on every channel. begun: channel -> position."""

    __slots__ = ("_marks",)

    def __init__(self, limits: Limits, seconds: float, begun: Mapping[str, Position], counts: Counts | None = None) -> None:
        super().__init__(limits, seconds, counts)
        self._marks = {channel: mark(channel, position) for channel, position in begun.items()}

    def tell(self, text: str) -> bool:
        """Queue a frame of the server."""
        told = block(text)
        return self.put(told, len(told))

    def tell_reset(self, text: str, channel: str, position: Position) -> bool:
        """Queue the frame of a reset, with the id to resume from."""
        self._marks[channel] = mark(channel, position)
        told = block(text, id=",".join(self._marks.values()))
        return self.put(told, len(told))

    def deliver(self, frame: Frame) -> bool:
        """Queue an event, with the id to resume from."""
        self._marks[frame.channel], told = marked(frame)
        told = b"id: %b\n%b" % (",".join(self._marks.values()).encode(), told)
        return self.put(told, len(told), frame.passage)

    def _take(self) -> tuple[bytes, Sequence[Entry[bytes]]]:
        """Take many blocks as one piece: each piece costs the server and the reader a chunk of its own."""
        taken = self._frames[:BATCH]
        del self._frames[:BATCH]
        return b"".join(piece for piece, _, _ in taken), taken
