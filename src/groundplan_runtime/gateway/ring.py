"""The latest frames of one channel, kept in memory: what a storm of reconnecting sockets is served from."""

from collections import deque
from collections.abc import Sequence
from itertools import islice

from groundplan_runtime.events.frame import Frame

__all__ = ["Ring"]


class Ring:
    """Consecutive frames, newest last. frames, size: the most it holds, in frames and in bytes."""

    def __init__(self, frames: int, size: int) -> None:
        self._frames: deque[Frame] = deque()
        self._most_frames = frames
        self._most_bytes = size
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._frames)

    def add(self, frame: Frame) -> None:
        """Keep a frame that follows the last one, and forget the oldest ones above the bounds."""
        self._frames.append(frame)
        self._bytes += frame.size
        while len(self._frames) > self._most_frames or self._bytes > self._most_bytes:
            self._bytes -= self._frames.popleft().size

    def clear(self) -> None:
        """Forget everything."""
        self._frames.clear()
        self._bytes = 0

    def at(self, seq: int) -> Frame | None:
        """Give the frame at seq, or None when it is not remembered."""
        if not self._frames or not 0 <= seq - self._frames[0].seq < len(self._frames):
            return None
        return self._frames[seq - self._frames[0].seq]

    def since(self, first: int, most: int) -> Sequence[Frame]:
        """Give at most ``most`` frames from seq ``first`` on; empty when ``first`` is not remembered."""
        if self.at(first) is None:
            return ()
        start = first - self._frames[0].seq
        return tuple(islice(self._frames, start, start + most))
