"""Whether every socket saw every event once, in order: judged from raw records, by the protocol. Pure."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from groundplan.measure.recording import Frames, Record, state_of

__all__ = ["Account", "Written", "account_for"]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written while the sockets listened.

    committed: ids of the rows that came since then. kept: ids of all rows at the end. told: per writer the ids
    that it was told of, in order.
    """

    committed: frozenset[int]
    kept: frozenset[int]
    told: tuple[tuple[int, ...], ...]


@dataclass(slots=True)
class Account:
    """What the records say.

    lost: (socket, row) pairs that were never seen. n: pairs that should have been. gaps: jumps in the sequence without a reset;
    doubles: events sent again, which the protocol allows; resets: fresh starts after the first; by_state: pairs that were seen in
    a state loaded after a reset; recovered: pairs that were replayed after a loss. unknown: rows that sockets were told
    of and that do not exist. vanished: rows that were confirmed to a writer and are gone. swapped: rows whose events came in
    another order than one writer wrote them.
    """

    n: int = 0
    lost: int = 0
    gaps: int = 0
    doubles: int = 0
    resets: int = 0
    recovered: int = 0
    by_state: int = 0
    unknown: set[int] = field(default_factory=set)
    vanished: set[int] = field(default_factory=set)
    swapped: int = 0

    @property
    def broken(self) -> str | None:
        """Say which promise was broken besides losses, None when none was."""
        if self.gaps:
            return f"{self.gaps} times a socket was given an event out of sequence without a word"
        if self.vanished:
            return f"{len(self.vanished)} rows were confirmed to their writer and are gone"
        if self.unknown:
            return f"sockets were told of {len(self.unknown)} rows that do not exist"
        return f"{self.swapped} events came in another order than they were written" if self.swapped else None


def account_for(
    frames: Frames, records: Iterable[Record], written: Written, states: Sequence[frozenset[int]], channel: str
) -> Account:
    """Judge all records. states: ids in each state that was loaded after a reset, by number."""
    account, seq_of = Account(), dict[int, int]()
    account.vanished = {row for told in written.told for row in told} - written.committed
    for record in records:
        walk = _Walk(frames, states, channel, account, seq_of)
        walk.over(record)
        account.n += len(written.committed)
        account.lost += len(written.committed - walk.seen)
        account.unknown |= walk.announced - written.kept
    account.swapped = sum(_swapped(told, seq_of) for told in written.told)
    return account


def _swapped(told: Sequence[int], seq_of: Mapping[int, int]) -> int:
    seqs = [seq_of[row] for row in told if row in seq_of]
    return sum(later < earlier for earlier, later in itertools.pairwise(seqs))


class _Walk:
    """One socket's record, read in order."""

    def __init__(
        self, frames: Frames, states: Sequence[frozenset[int]], channel: str, account: Account, seq_of: dict[int, int]
    ) -> None:
        self.frames, self.states, self.channel, self.account, self.seq_of = frames, states, channel, account, seq_of
        self.seen: set[int] = set()
        self.announced: set[int] = set()
        self.epoch: str | None = None
        self.seq = -1

    def over(self, record: Record) -> None:
        for entry in record:
            number = state_of(entry)
            if number is None:
                self._frame(self.frames.decoded(entry))
            else:
                self.account.by_state += len(self.states[number] - self.seen)
                self.seen |= self.states[number]

    def _frame(self, frame: Mapping[str, Any]) -> None:
        if frame.get("channel") != self.channel:
            return
        match frame.get("type"):
            case "event":
                self._event(frame)
            case "subscribed":
                self.account.recovered += int(frame.get("replayed", 0))
            case "reset":
                self.account.resets += frame.get("reason") != "new"
                self.epoch, self.seq = frame["position"]["epoch"], int(frame["position"]["seq"])

    def _event(self, frame: Mapping[str, Any]) -> None:
        seq = int(frame["seq"])
        if frame["epoch"] == self.epoch and seq <= self.seq:
            self.account.doubles += 1
            return
        self.account.gaps += frame["epoch"] != self.epoch or seq != self.seq + 1
        self.epoch, self.seq = frame["epoch"], seq
        row = (frame.get("data") or {}).get("id")
        if str(frame.get("event")).endswith(".created") and isinstance(row, int):
            self.seen.add(row)
            self.announced.add(row)
            self.seq_of[row] = seq
