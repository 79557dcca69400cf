"""Many sockets that follow channels and resume by docs/reference/protocol.md, as the shipped clients do.

Each keeps its position per channel, reconnects with full jitter after a loss, and asks to go on from there. What it saw is
recorded raw, so that the judge (groundplan.proof.delivery) works from evidence and not from this code's opinion.
"""

import asyncio
import json
import math
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from groundplan.measure.driver import Target
from groundplan.measure.frames import CLOSE, PING, PONG, TEXT, FrameError, FrameReader, client_frame, handshake
from groundplan.measure.hosts import require_loopback
from groundplan.measure.recording import CONNECTED, DISCONNECTED, Frames, Record, loaded

__all__ = ["Entry", "Position", "Swarm"]

STOP_CODES = frozenset({4400, 4401, 4403})
OPENING_AT_ONCE = 100
HANDSHAKE_SECONDS = 10.0

Position = dict[str, Any]
LoadState = Callable[[str, Position], Awaitable[tuple[int, Position]]]
"""Loads the state of a channel afresh after a reset at a position; gives the state's number and position."""


@dataclass(frozen=True, slots=True)
class Entry:
    """How the sockets enter. via: where they connect to, e.g. a cutting proxy. headers: cookies and Origin, of several people.

    The sockets take turns with the headers.
    """

    via: Target
    path: str
    headers: Sequence[Mapping[str, str]]


class Swarm:
    """So many sockets on the same channels."""

    def __init__(
        self, entry: Entry, channels: tuple[str, ...], count: int, *, load_state: LoadState | None = None, seed: int = 0
    ) -> None:
        """Prepare sockets; nothing connects before ``open``. Raises InputError for a host that may not be loaded."""
        require_loopback(entry.via.host, entry.via.allowed)
        self.entry, self.channels, self.load_state = entry, channels, load_state
        self.frames = Frames()
        self.refusals: Counter[str] = Counter()
        self.received = 0
        self.random = random.Random(seed)  # noqa: S311  (jitter, no secret)
        self.gate = asyncio.Semaphore(OPENING_AT_ONCE)
        self.members = [_Member(self, entry.headers[number % len(entry.headers)]) for number in range(count)]
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def following(self) -> int:
        """How many sockets follow all channels at this moment."""
        return sum(member.following for member in self.members)

    @property
    def resumed(self) -> int:
        """How many times a socket followed again after it was lost."""
        return sum(member.resumed for member in self.members)

    async def open(self, seconds: float, *, quiet: float = math.inf) -> int:
        """Start all sockets; give how many follow within the time. quiet: as in ``until``."""
        self._tasks = [asyncio.create_task(member.live()) for member in self.members]
        await self.until(lambda: self.following == len(self.members), seconds, quiet=quiet)
        return self.following

    async def until(self, reached: Callable[[], bool], seconds: float, *, quiet: float = math.inf) -> bool:
        """Wait until something is reached, at most so long; tell whether it was.

        quiet: give up when no socket got a frame for so many seconds.
        """
        now = asyncio.get_running_loop().time
        end, changed, before = now() + seconds, now(), self.received
        while not reached():
            if self.received != before:
                before, changed = self.received, now()
            if now() > min(end, changed + quiet):
                return False
            await asyncio.sleep(0.05)
        return True

    def at(self, channel: str, epoch: str, seq: int) -> int:
        """Count the sockets that have come to this position of the channel, or beyond."""
        positions = (member.positions.get(channel, {}) for member in self.members)
        return sum(position.get("epoch") == epoch and position.get("seq", -1) >= seq for position in positions)

    async def close(self) -> None:
        """End all sockets."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class _Member:
    """One socket through all its connections."""

    def __init__(self, swarm: Swarm, headers: Mapping[str, str]) -> None:
        self.swarm, self.headers = swarm, headers
        self.record = Record()
        self.positions: dict[str, Position] = {}
        self.subscribed: set[str] = set()
        self.resumed = 0
        self.attempt = 0
        self.stopped = False

    @property
    def following(self) -> bool:
        return len(self.subscribed) == len(self.swarm.channels)

    async def live(self) -> None:
        """Connect, follow, and connect again until told to stop."""
        while not self.stopped:
            wire = await self._connect()
            if wire is not None:
                try:
                    await wire.lost
                finally:
                    wire.end()
                    self.subscribed.clear()
                    self.record.add(DISCONNECTED)
            if not self.stopped:
                await asyncio.sleep(self.swarm.random.uniform(0, min(15.0, 0.5 * 2**self.attempt)))
                self.attempt += 1

    async def _connect(self) -> "_Wire | None":
        via = self.swarm.entry.via
        async with self.swarm.gate:
            try:
                _, wire = await asyncio.get_running_loop().create_connection(lambda: _Wire(self), via.host, via.port)
            except OSError:
                return None
            try:
                async with asyncio.timeout(HANDSHAKE_SECONDS):
                    await asyncio.shield(wire.open)
            except (TimeoutError, ConnectionError) as error:
                wire.end()
                self.swarm.refusals[str(error) or type(error).__name__] += 1
                return None
        return wire

    def connected(self, wire: "_Wire") -> None:
        """Ask for every channel, from where this socket was."""
        self.record.add(CONNECTED)
        for channel in self.swarm.channels:
            known = {"position": self.positions[channel]} if channel in self.positions else {}
            wire.send({"type": "subscribe", "channel": channel, **known})

    def take(self, raw: bytes, wire: "_Wire") -> None:
        """Record a frame and act on it."""
        number = self.swarm.frames.number(raw)
        self.swarm.received += 1
        self.record.add(number)
        frame = self.swarm.frames.decoded(number)
        match frame.get("type"):
            case "event":
                self._event(frame)
            case "subscribed":
                self._follows(frame["channel"])
            case "reset":
                self._reset(frame)
            case "error":
                self.swarm.refusals[f"{frame.get('code')}: {frame.get('detail')}"] += 1
            case "drain":
                delay = self.swarm.random.uniform(0, float(frame.get("within", 0)))
                asyncio.get_running_loop().call_later(delay, wire.end)

    def closed(self, code: int) -> None:
        """Stop for good when the server said so."""
        self.stopped = code in STOP_CODES
        if self.stopped:
            self.swarm.refusals[f"closed with {code}"] += 1

    def _event(self, frame: dict[str, Any]) -> None:
        last = self.positions.get(frame["channel"], {})
        if last.get("epoch") != frame["epoch"] or frame["seq"] > last.get("seq", -1):
            self.positions[frame["channel"]] = {name: frame[name] for name in ("epoch", "seq", "id")}

    def _follows(self, channel: str) -> None:
        self.subscribed.add(channel)
        if self.following:
            self.resumed += self.attempt > 0
            self.attempt = 0

    def _reset(self, frame: dict[str, Any]) -> None:
        channel, position = frame["channel"], frame["position"]
        self.positions[channel] = {name: position.get(name) for name in ("epoch", "seq", "id")}
        self._follows(channel)
        if frame.get("reason") != "new" and self.swarm.load_state is not None:
            task = asyncio.get_running_loop().create_task(self._load(channel, position))
            self.swarm._tasks.append(task)  # noqa: SLF001  (the two classes are one)

    async def _load(self, channel: str, position: Position) -> None:
        if self.swarm.load_state is not None:
            number, _ = await self.swarm.load_state(channel, position)
            self.record.add(loaded(number))


class _Wire(asyncio.Protocol):
    """One connection of a member."""

    def __init__(self, member: _Member) -> None:
        loop = asyncio.get_running_loop()
        self.member = member
        self.open: asyncio.Future[None] = loop.create_future()
        self.lost: asyncio.Future[None] = loop.create_future()
        self.transport: asyncio.Transport | None = None
        self._reader: FrameReader | None = None
        self._head = b""
        self._accept = ""

    def send(self, frame: dict[str, Any]) -> None:
        self._write(client_frame(TEXT, json.dumps(frame).encode()))

    def end(self) -> None:
        """Leave without ceremony."""
        if self.transport is not None:
            self.transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # promised for streams; uvloop's is no subclass
        entry = self.member.swarm.entry
        request, self._accept = handshake(entry.path, entry.via.host_header, dict(self.member.headers))
        self._write(request)

    def data_received(self, data: bytes) -> None:
        try:
            if self._reader is None:
                data = self._shake_hands(data)
            if self._reader is not None:
                for frame in self._reader.feed(data):
                    self._take(frame.opcode, frame.payload)
        except FrameError as error:
            self.member.swarm.refusals[str(error)] += 1
            self.end()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(exc or ConnectionResetError("closed during the handshake"))
            self.open.exception()  # seen, even when nobody waits any more
        if not self.lost.done():
            self.lost.set_result(None)

    def _shake_hands(self, data: bytes) -> bytes:
        self._head += data
        end = self._head.find(b"\r\n\r\n")
        if end < 0:
            return b""
        head, rest = self._head[:end].decode("latin-1"), self._head[end + 4 :]
        if not head.startswith("HTTP/1.1 101") or self._accept not in head:
            self.open.set_exception(ConnectionRefusedError(f"handshake answered {head[9:12]}"))
            self.end()
            return b""
        self._reader = FrameReader()
        self.open.set_result(None)
        self.member.connected(self)
        return rest

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == TEXT:
            self.member.take(payload, self)
        elif opcode == PING:
            self._write(client_frame(PONG, payload))
        elif opcode == CLOSE:
            self.member.closed(int.from_bytes(payload[:2], "big"))
            self._write(client_frame(CLOSE, payload[:2]))
            self.end()

    def _write(self, data: bytes) -> None:
        if self.transport is not None:
            self.transport.write(data)
