"""Holds raw frames against the log in the database. It shares no line with what it judges: the standard library and a driver.

The promise it checks (docs/reference/protocol.md): every committed event is sent to everybody who follows the channel, in order,
exactly once after dropping what was seen by (channel, epoch, seq); what was rolled back is never sent; a gap is never silent.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

__all__ = ["Row", "Verdict", "check", "committed"]

_ROWS = "SELECT channel, epoch, seq, event_id, type, version, payload, created_at FROM event_log ORDER BY channel, seq"
Row = tuple[str, str, int, str, str, int, str, str]
Frames = Sequence[Sequence[bytes]]
"""The raw frames of one client, connection by connection."""


@dataclass
class Verdict:
    """What was found. Every fault is counted, and the first of each kind is told in ``examples``.

    expected: committed events times clients. duplicates: events that came again after they were seen; not a fault.
    """

    clients: int = 0
    committed: int = 0
    rolled_back: int = 0
    expected: int = 0
    frames: int = 0
    connections: int = 0
    duplicates: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)

    def blame(self, kind: str, example: str) -> None:
        """Count a fault."""
        self.faults[kind] += 1
        self.examples.setdefault(kind, example)


def committed(url: str) -> list[Row]:
    """Read the log of a database, straight from its table."""
    if url.startswith("sqlite:///"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            return [tuple(row) for row in connection.execute(_ROWS)]
        finally:
            connection.close()
    with psycopg.connect(url) as server:
        return [tuple(row) for row in server.execute(_ROWS)]


def check(rows: Sequence[Row], clients: Mapping[str, Frames], *, published: Iterable[str], rolled_back: Iterable[str]) -> Verdict:
    """Judge what clients who followed every channel from its beginning were sent.

    published: ids that the publishers say were committed. rolled_back: ids they say were not.
    """
    verdict, gone = Verdict(len(clients), len(rows), 0, len(rows) * len(clients)), set(rolled_back)
    verdict.rolled_back = len(gone)
    _check_log(verdict, rows, set(published), gone)
    reader = _Reader({(row[0], row[2]): row for row in rows}, gone)
    heads = Counter(row[0] for row in rows)
    for name, connections in clients.items():
        _check_client(verdict, name, connections, reader, heads)
    return verdict


def _check_log(verdict: Verdict, rows: Sequence[Row], published: set[str], gone: set[str]) -> None:
    logged = {row[3] for row in rows}
    for event_id in logged ^ published:
        verdict.blame("the log is not what was committed", event_id)
    for event_id in logged & gone:
        verdict.blame("rolled back, and in the log", event_id)
    heads = Counter(row[0] for row in rows)
    if sorted((row[0], row[2]) for row in rows) != [(name, seq) for name in sorted(heads) for seq in range(1, heads[name] + 1)]:
        verdict.blame("the numbers of the log have gaps", str(heads))


class _Reader:
    """Reads each distinct frame once: the same bytes go to everybody."""

    def __init__(self, places: Mapping[tuple[str, int], Row], gone: set[str]) -> None:
        self._places = places
        self._gone = gone
        self._known: dict[bytes, tuple[dict[str, Any], str]] = {}

    def read(self, raw: bytes) -> tuple[dict[str, Any], str]:
        """Give what a frame says, and what is wrong with it by itself ("" when nothing is)."""
        if raw not in self._known:
            frame = json.loads(raw)
            self._known[raw] = (frame, self._judge(frame))
        return self._known[raw]

    def _judge(self, frame: dict[str, Any]) -> str:
        if frame["type"] in {"reset", "error"}:
            return str(frame["type"])
        if frame["type"] != "event":
            return ""
        if frame["id"] in self._gone:
            return "rolled back, and sent"
        return "" if _same(frame, self._places.get((frame["channel"], frame["seq"]))) else "not what the log holds"


def _check_client(verdict: Verdict, name: str, connections: Frames, reader: _Reader, heads: Mapping[str, int]) -> None:
    last: Counter[str] = Counter()
    for number, frames in enumerate(connections):
        within: Counter[str] = Counter()
        verdict.connections += 1
        verdict.frames += len(frames)
        for raw in frames:
            frame, wrong = reader.read(raw)
            if wrong:
                verdict.blame(wrong, f"{name}, connection {number}: {raw!r}")
            if frame["type"] == "event":
                _check_order(verdict, f"{name}, connection {number}", frame, last, within)
    for channel, seq in heads.items():
        if last[channel] < seq:
            verdict.blame("never sent", f"{name}: {channel} from {last[channel] + 1} to {seq}")


def _check_order(verdict: Verdict, where: str, frame: dict[str, Any], last: Counter[str], within: Counter[str]) -> None:
    channel, seq = frame["channel"], frame["seq"]
    if seq <= within[channel]:
        verdict.blame("twice or backwards on one connection", f"{where}: {channel} {seq} after {within[channel]}")
    elif seq <= last[channel]:
        verdict.duplicates += 1
    elif seq > last[channel] + 1:
        verdict.blame("a silent gap", f"{where}: {channel} {seq} after {last[channel]}")
    within[channel] = max(within[channel], seq)
    last[channel] = max(last[channel], seq)


def _same(frame: dict[str, Any], row: Row | None) -> bool:
    if row is None:
        return False
    told = (frame["channel"], frame["epoch"], frame["seq"], frame["id"], frame["event"], frame["version"], frame["at"])
    return told == (*row[:6], row[7]) and frame["data"] == json.loads(row[6])
