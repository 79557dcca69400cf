"""What a gateway counts of itself, whether anybody watches or not: adding to a number costs nothing."""

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["Counts", "Figures"]


@dataclass(slots=True)
class Counts:
    """sent: frames written to sockets. closed: ended sockets by code, 1000 when the client left.

    followed: channels by how following began or went on: ``recovered``, or why the state had to be loaded.
    """

    sent: int = 0
    closed: Counter[int] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Figures:
    """A gateway at one moment. sockets: open ones. queued: frames that wait, for each of them."""

    sockets: int
    queued: list[int]
    sent: int
    closed: Counter[int]
    followed: Counter[str]
