"""The values that events are made of. Nothing here reads or writes."""

from dataclasses import dataclass

__all__ = ["START", "Event", "Position", "Published"]


@dataclass(frozen=True, slots=True)
class Position:
    """The last event seen on a channel.

    seq: gapless from 1 per channel, in commit order; 0 before the first event. epoch: changes only when the log itself went
    back in time; empty before the first event. id: of the event at seq, so that a database put back is noticed.
    """

    epoch: str
    seq: int
    id: str | None

    def as_json(self) -> dict[str, str | int | None]:
        """Give the position as the live protocol writes it."""
        return {"epoch": self.epoch, "seq": self.seq, "id": self.id}


START = Position(epoch="", seq=0, id=None)
"""The position of a channel on which nothing was ever published."""


@dataclass(frozen=True, slots=True)
class Published:
    """Where an event stands in its channel. It exists if and only if the transaction that wrote it commits."""

    channel: str
    seq: int
    epoch: str
    id: str


@dataclass(frozen=True, slots=True)
class Event:
    """One event as the log holds it.

    payload: JSON text of at most 64 KiB. at: ISO 8601 in UTC, six digits of a second, ending in Z; when it was published, which may
    differ from commit order. key: what the event is about, for readers that keep the latest per key. origin: the request and the
    trace that published it, as groundplan_runtime.telemetry writes them; never told to clients.
    """

    channel: str
    epoch: str
    seq: int
    id: str
    type: str
    version: int
    payload: str
    at: str
    key: str | None = None
    origin: str | None = None

    @property
    def position(self) -> Position:
        """Where a reader stands after this event."""
        return Position(self.epoch, self.seq, self.id)
