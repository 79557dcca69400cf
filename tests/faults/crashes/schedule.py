"""What happens in one schedule, drawn from a seed: who publishes, what breaks, and at which published transaction.

Moments are counted in transactions that were written, not in seconds, so that a schedule means the same on a slow machine.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["CHANNELS", "Deed", "Fault", "Schedule", "deed", "draw"]

CHANNELS = ("sale", "shop")
WRITERS = ("django", "sqlalchemy", "async")

# What may break, and how often it is drawn.
ALWAYS = {"kill gateway": 3, "kill writer": 3, "freeze gateway": 1}
WITH_REDIS = {"kill relay": 3, "kill redis": 3, "older redis": 3, "empty redis": 2, "freeze relay": 2}
WITH_POSTGRESQL = {"crash database": 1}

_PUT_BACK = ("in place", "while all is down")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that breaks. at: after so many transactions. down: it comes back after so many more. whom: which writer."""

    at: int
    what: str
    down: int = 0
    whom: int = 0


@dataclass(frozen=True, slots=True)
class Schedule:
    """One run. writers: how each publishes. transactions: of each writer. ring: frames that the gateway keeps in memory."""

    seed: int
    database: str
    redis: bool
    writers: tuple[str, ...]
    transactions: int
    ring: int
    faults: tuple[Fault, ...]

    @property
    def puts_back(self) -> bool:
        """Tell whether the database goes back in time."""
        return any(fault.what.startswith("put database back") for fault in self.faults)


@dataclass(frozen=True, slots=True)
class Deed:
    """One transaction: an event on each of these channels, in this order. pause: seconds before it ends, one way or the other."""

    number: int
    writer: int
    channels: tuple[str, ...]
    names: tuple[str, ...]
    fails: bool
    pause: float


def deed(seed: int, writer: int, number: int) -> Deed:
    """Give what a writer does in its transaction ``number``, the same whoever does it."""
    draw = random.Random(f"{seed}/{writer}/{number}")
    channels = tuple(draw.choices(CHANNELS, k=draw.randint(1, 3)))
    names = tuple(str(draw.randrange(6)) for _ in channels)
    return Deed(number, writer, channels, names, fails=draw.random() < 0.3, pause=draw.choice((0.0, 0.0, 0.002, 0.008)))


def draw(seed: int) -> Schedule:
    """Draw a schedule; in every fourth the database is put back to an older state, too."""
    return _with_put_back(seed) if seed % 4 == 0 else _with_crashes(seed)


def _with_crashes(seed: int) -> Schedule:
    draw = random.Random(f"crashes {seed}")
    base = _base(seed, draw)
    return _with(base, [_fault(base, draw) for _ in range(draw.randint(2, 4))], draw)


def _with_put_back(seed: int) -> Schedule:
    draw = random.Random(f"put back {seed}")
    base = _base(seed, draw)
    total = len(base.writers) * base.transactions
    copied = draw.randrange(total // 4)
    back = draw.choice((draw.randrange(copied + total // 5, total), total))  # often so late that the log stays shorter than it was
    faults = [Fault(copied, "copy database"), Fault(back, f"put database back {draw.choice(_PUT_BACK)}")]
    return _with(base, [*faults, *(_fault(base, draw) for _ in range(draw.randint(0, 2)))], draw)


def _base(seed: int, draw: random.Random) -> Schedule:
    database = draw.choice(("sqlite", "postgresql"))
    writers = tuple(draw.choice(WRITERS) for _ in range(2))
    return Schedule(seed, database, draw.random() < 0.8, writers, draw.randint(25, 40), draw.choice((4, 1000)), ())


def _fault(base: Schedule, draw: random.Random) -> Fault:
    weights = ALWAYS | (WITH_REDIS if base.redis else {}) | (WITH_POSTGRESQL if base.database == "postgresql" else {})
    what = draw.choices(list(weights), list(weights.values()))[0]
    total = len(base.writers) * base.transactions
    return Fault(draw.randrange(2, total + 1), what, draw.choice((0, 3, 12)), draw.randrange(len(base.writers)))


def _with(base: Schedule, faults: Sequence[Fault], draw: random.Random) -> Schedule:
    """Give the schedule with these faults in order; what puts back an older dump needs one to be made before."""
    dumps = [Fault(draw.randrange(fault.at), "dump redis") for fault in faults if fault.what == "older redis"]
    ordered = tuple(sorted([*faults, *dumps], key=lambda fault: fault.at))
    return Schedule(base.seed, base.database, base.redis, base.writers, base.transactions, base.ring, ordered)
