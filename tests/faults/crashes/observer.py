"""Somebody who follows channels and keeps every raw frame. Shares no code with the clients of the library."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from faults.crashes.schedule import CHANNELS

__all__ = ["Heard", "Observer"]

AWAY_SECONDS = 0.12
State = dict[str, str]
Load = Callable[[str], Awaitable[tuple[int, State]]]


@dataclass(slots=True)
class Heard:
    """One channel as one observer heard it.

    events: (seq, id) of each event since the last reset, doubles left out. before: the same before each reset. doubles: frames
    that were no news. state: what a page would show, with the position it was loaded at.
    """

    events: list[tuple[int, str]] = field(default_factory=list)
    before: list[list[tuple[int, str]]] = field(default_factory=list)
    resets: list[str] = field(default_factory=list)
    doubles: int = 0
    position: dict[str, Any] = field(default_factory=lambda: {"epoch": "", "seq": 0, "id": None})
    loaded: int = 0
    state: State = field(default_factory=dict)


class Observer:
    """Follows every channel from its beginning until cancelled.

    every: it leaves after so many frames, and comes back when it has missed some; 0 never.

    load: gives the state of a channel and the seq it was read at, as a page asks for it after a reset.
    """

    def __init__(self, address: str, load: Load, every: int = 0) -> None:
        self.heard = {channel: Heard() for channel in CHANNELS}
        self.frames: list[str] = []
        self.connections = 0
        self._address = address
        self._load = load
        self._every = every

    async def run(self) -> None:
        """Connect, resume, read; again and again."""
        while True:
            with contextlib.suppress(OSError, WebSocketException, TimeoutError):
                async with connect(self._address, proxy=None, open_timeout=3, ping_interval=None, close_timeout=0.2) as socket:
                    self.connections += 1
                    await self._follow(socket)
            await asyncio.sleep(AWAY_SECONDS if self._every else 0.02)

    async def _follow(self, socket: ClientConnection) -> None:
        for channel, heard in self.heard.items():
            await socket.send(json.dumps({"type": "subscribe", "channel": channel, "position": heard.position}))
        count = 0
        async for text in socket:
            self.frames.append(str(text))
            await self._take(json.loads(text))
            count += 1
            if count == self._every:
                return

    async def _take(self, frame: Mapping[str, Any]) -> None:
        if frame["type"] == "event":
            self._hear(self.heard[frame["channel"]], frame)
        elif frame["type"] == "reset":
            await self._start_anew(frame)
        elif frame["type"] == "error":
            raise AssertionError(frame)

    def _hear(self, heard: Heard, frame: Mapping[str, Any]) -> None:
        place = {name: frame[name] for name in ("epoch", "seq", "id")}
        if frame["seq"] <= heard.position["seq"]:
            heard.doubles += 1
            return
        heard.position = place
        heard.events.append((frame["seq"], frame["id"]))
        if frame["seq"] > heard.loaded:
            heard.state[frame["data"]["name"]] = frame["data"]["value"]

    async def _start_anew(self, frame: Mapping[str, Any]) -> None:
        heard = self.heard[frame["channel"]]
        heard.before.append(heard.events)
        heard.resets.append(frame["reason"])
        heard.events, heard.position = [], frame["position"]
        heard.loaded, heard.state = await self._load(frame["channel"])
