"""One channel inside the gateway: where it stands, what is remembered of it, and who follows it.

Everything here runs in one event loop and never waits, so a subscriber can be moved from replay to live without a gap: between
"nothing is missing" and "tell me from now on" nothing else can happen.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from enum import Enum, auto
from typing import Protocol

from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import START, Position
from groundplan_runtime.gateway.limits import Limits
from groundplan_runtime.gateway.ring import Ring
from groundplan_runtime.telemetry.passage import Passage

__all__ = ["Offer", "Stream", "Subscriber"]


class Subscriber(Protocol):
    """Somebody who follows a channel live."""

    def deliver(self, frame: Frame) -> None:
        """Take the next frame. Must not wait."""

    def reset(self, channel: str, reason: str, position: Position) -> None:
        """Learn that the channel starts anew at position. Must not wait."""


class Offer(Enum):
    """What became of a frame."""

    NEXT = auto()
    KNOWN = auto()
    HOLE = auto()
    ASTRAY = auto()


class Stream:
    """The head of a channel, its ring, and its followers. watch: begins the passage of an event to them; None: nobody watches."""

    def __init__(self, channel: str, limits: Limits, watch: Callable[[Frame], Passage] | None = None) -> None:
        self.channel = channel
        self._watch = watch
        self.head = START
        self.ring = Ring(limits.ring_frames, limits.ring_bytes)
        self._live: set[Subscriber] = set()
        self._replaying: set[Subscriber] = set()

    def remember(self, head: Position, frames: Iterable[Frame]) -> None:
        """Begin at head with the frames that led to it."""
        self.head = head
        self.ring.clear()
        for frame in frames:
            self.ring.add(frame)

    def offer(self, frame: Frame) -> Offer:
        """Take a frame if it is the next one, and give it to every follower.

        KNOWN: it was taken before. HOLE: frames before it are missing. ASTRAY: it belongs to another past than ours.
        """
        if self.head.epoch not in {"", frame.epoch}:
            return Offer.ASTRAY
        if frame.seq > self.head.seq + 1:
            return Offer.HOLE
        if frame.seq <= self.head.seq:
            return Offer.ASTRAY if self.contradicts(frame.position) else Offer.KNOWN
        self.head = frame.position
        self.ring.add(frame)
        if self._watch is None:
            self._share(frame)
        else:
            passage = self._watch(frame)
            self._share(replace(frame, passage=passage))
            passage.shared()
        return Offer.NEXT

    def _share(self, frame: Frame) -> None:
        for subscriber in tuple(self._live):
            subscriber.deliver(frame)

    def contradicts(self, position: Position) -> bool:
        """Tell whether memory holds another event at that place."""
        if position.seq == self.head.seq:
            return (position.epoch, position.id) != (self.head.epoch, self.head.id)
        known = self.ring.at(position.seq)
        return known is not None and (known.epoch, known.id) != (position.epoch, position.id)

    def restart(self, head: Position, reason: str) -> None:
        """Begin anew at head, because the log went back in time or forgot too much; every follower is told."""
        self.remember(head, ())
        followers = [*self._live, *self._replaying]
        self._live.update(self._replaying)
        self._replaying.clear()
        for subscriber in followers:
            subscriber.reset(self.channel, reason, head)

    def replay(self, subscriber: Subscriber) -> None:
        """Have the subscriber told of restarts while it catches up by itself."""
        self._replaying.add(subscriber)

    def is_replaying(self, subscriber: Subscriber) -> bool:
        """Tell whether it still catches up by itself."""
        return subscriber in self._replaying

    def join(self, subscriber: Subscriber) -> None:
        """Give the subscriber every frame from now on; it has all frames up to the head."""
        self._replaying.discard(subscriber)
        self._live.add(subscriber)

    def leave(self, subscriber: Subscriber) -> None:
        """Forget the subscriber."""
        self._live.discard(subscriber)
        self._replaying.discard(subscriber)
