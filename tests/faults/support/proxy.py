"""A process between clients and a server that breaks the network: `python proxy.py PORT reset|hang --every 10 --lasting 2`.

reset: at the end of each period every connection ends with RST (SO_LINGER 0), and so does each new one while the cut lasts.
hang: nothing is read or forwarded in either direction, and no side hears of anything: no FIN, no RST. After the cut a drawn share
of the connections goes on, as TCP does when the line was silent for a moment. The others never carry a byte again, as behind a
router that has forgotten them. Connections made during the cut wait for its end.

It prints its port as the first line, begins to break after a line on standard input, mends everything after the next line, and
prints what it did as JSON when its input ends.
"""

import argparse
import asyncio
import json
import socket
import struct
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import cast

import uvloop

from faults.support.scale import draws, more_files

__all__ = ["FaultyProxy", "opened"]

_RESET = struct.pack("ii", 1, 0)


class FaultyProxy:
    """Forwards connections to ``upstream`` and breaks them on request. dead: the share that a hang never gives back."""

    def __init__(self, upstream: int, *, dead: float, seed: int) -> None:
        self.upstream = upstream
        self.resetting = False
        self.hanging = False
        self.sides: set[Side] = set()
        self.cuts: list[dict[str, float]] = []
        self.forwarded = 0
        self._dead = dead
        self._draw = draws(seed, "proxy")

    async def cut(self, mode: str, lasting: float) -> None:
        """Break the network for so many seconds."""
        clients = [side for side in self.sides if side.from_client]
        done = self._reset(clients) if mode == "reset" else self._hang(clients)
        self.cuts.append(done)
        try:
            await asyncio.sleep(lasting)
        finally:
            self.mend()

    def mend(self) -> None:
        """Let connections be made and carry again, but for the dead ones."""
        self.resetting = self.hanging = False
        for side in list(self.sides):
            side.settle()

    def _reset(self, clients: "list[Side]") -> dict[str, float]:
        self.resetting = True
        for side in list(self.sides):
            side.reset()
        return {"reset": len(clients)}

    def _hang(self, clients: "list[Side]") -> dict[str, float]:
        self.hanging = True
        alive = [side for side in clients if not side.dead]
        for side in alive:
            side.dead = self._draw.random() < self._dead
            if side.other is not None:
                side.other.dead = side.dead
        for side in list(self.sides):
            side.settle()
        return {"hanging": len(alive), "never again": sum(side.dead for side in alive)}


class Side(asyncio.Protocol):
    """One end of a forwarded connection."""

    def __init__(self, proxy: FaultyProxy, *, from_client: bool, other: "Side | None" = None) -> None:
        self.from_client = from_client
        self.other = other
        self.dead: bool = other is not None and other.dead
        self._proxy = proxy
        self._transport: asyncio.Transport | None = None
        self._early: list[bytes] = []
        self._full = False
        self._paused = False
        self._dialling: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # promised for streams; uvloop's is no subclass
        self._proxy.sides.add(self)
        if self._proxy.resetting:
            self.reset()
        elif self.other is None:
            self._dialling = asyncio.get_running_loop().create_task(self._dial())
        else:
            self._join(self.other)
        self.settle()

    def settle(self) -> None:
        """Read, or do not read, as things stand."""
        if self._transport is None or self._transport.is_closing():
            return
        pause = self.dead or self._proxy.hanging or (self.other is not None and self.other._full)
        if pause != self._paused:
            self._paused = pause
            (self._transport.pause_reading if pause else self._transport.resume_reading)()

    def reset(self) -> None:
        """End with RST."""
        if self._transport is not None:
            raw = self._transport.get_extra_info("socket")
            with suppress(OSError, ValueError):  # it was closed in this very moment
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._proxy.forwarded += len(data)
        if self.other is not None and self.other._transport is not None:
            self.other._transport.write(data)
        else:
            self._early.append(data)

    def pause_writing(self) -> None:
        """Hold back the other end while this one's peer reads slowly."""
        self._full = True
        if self.other is not None:
            self.other.settle()

    def resume_writing(self) -> None:
        """Let the other end go on."""
        self._full = False
        if self.other is not None:
            self.other.settle()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._proxy.sides.discard(self)
        if self._dialling is not None:
            self._dialling.cancel()
        if self.other is not None and self.other._transport is not None and not self.other.dead:
            self.other._transport.close()

    def _join(self, client: "Side") -> None:
        if client._transport is None or client._transport.is_closing() or self._transport is None:
            self.reset()
            return
        client.other = self
        self._transport.writelines(client._early)
        client._early.clear()

    async def _dial(self) -> None:
        while self._proxy.hanging:  # noqa: ASYNC110 the end of a cut is not worth an event of its own
            await asyncio.sleep(0.05)
        loop = asyncio.get_running_loop()
        port = self._proxy.upstream
        try:
            await loop.create_connection(lambda: Side(self._proxy, from_client=False, other=self), "127.0.0.1", port)
        except OSError:
            self.reset()


async def _told(reader: asyncio.StreamReader) -> str:
    return (await reader.readline()).decode().strip()


async def _break(proxy: FaultyProxy, asked: argparse.Namespace) -> None:
    while True:
        await asyncio.sleep(asked.every - asked.lasting)
        await proxy.cut(asked.mode, asked.lasting)


@asynccontextmanager
async def opened(proxy: FaultyProxy) -> AsyncIterator[int]:
    """Forward connections to the port that is given, until the block ends; those that are left are reset."""
    server = await asyncio.get_running_loop().create_server(lambda: Side(proxy, from_client=True), "127.0.0.1", 0, backlog=4096)
    try:
        port: int = server.sockets[0].getsockname()[1]
        yield port
    finally:
        server.close()
        for side in list(proxy.sides):
            side.reset()


async def serve(asked: argparse.Namespace) -> None:
    """Forward, break and mend as the lines of standard input say."""
    loop = asyncio.get_running_loop()
    proxy = FaultyProxy(asked.port, dead=asked.dead, seed=asked.seed)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    async with opened(proxy) as port:
        print(port, flush=True)
        if await _told(reader):
            breaking = asyncio.create_task(_break(proxy, asked))
            await _told(reader)
            breaking.cancel()
            await asyncio.gather(breaking, return_exceptions=True)
            await _told(reader)
    print(json.dumps({"cuts": proxy.cuts, "bytes": proxy.forwarded}), flush=True)


def main() -> None:
    """Run until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port", type=int)
    parser.add_argument("mode", choices=["reset", "hang"])
    parser.add_argument("--every", type=float, default=10.0)
    parser.add_argument("--lasting", type=float, default=2.0)
    parser.add_argument("--dead", type=float, default=0.5)
    parser.add_argument("--seed", type=int, default=0)
    more_files()
    uvloop.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
