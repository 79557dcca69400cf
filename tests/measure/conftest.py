"""Real servers on loopback, as small as the behaviour under test allows."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest
import uvloop
from websockets.asyncio.server import Server, ServerConnection
from websockets.asyncio.server import serve as serve_sockets
from websockets.exceptions import ConnectionClosed

from groundplan.measure.driver import Target

Frame = dict[str, Any]
Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serving = Callable[[Handler], AbstractAsyncContextManager[Target]]


@asynccontextmanager
async def _serve(handler: Handler) -> AsyncIterator[Target]:
    writers: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            await handler(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client left, or the test ended
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield Target("127.0.0.1", server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await server.wait_closed()


@pytest.fixture
def serve() -> Serving:
    """Give a function that serves a connection handler on a free loopback port."""
    return _serve


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run on the loop that the tool itself runs on."""
    return {"uvloop": uvloop.new_event_loop}


class LiveServer:
    """A server of the live protocol with its log in memory. keep: how many events it can replay."""

    def __init__(self, keep: int = 1000) -> None:
        self.log: list[str] = []
        self.keep = keep
        self.sockets: set[ServerConnection] = set()
        self.asked: list[Frame] = []
        self.refuse: Frame | None = None
        self.server: Server | None = None

    @property
    def target(self) -> Target:
        assert self.server is not None
        return Target("127.0.0.1", next(iter(self.server.sockets)).getsockname()[1])

    def position(self, seq: int) -> Frame:
        return {"epoch": "e", "seq": seq, "id": f"i{seq}"}

    def publish(self, *, skip: int = 0) -> None:
        """Tell everybody of one more event. skip: how many sockets it is withheld from."""
        seq = len(self.log) + 1
        frame = {"type": "event", "channel": "sale", **self.position(seq), "event": "sale.created", "version": 1}
        self.log.append(json.dumps({**frame, "data": {"id": seq}, "at": "2026-01-01T00:00:00Z"}))
        for socket in list(self.sockets)[skip:]:
            socket.protocol.send_text(self.log[-1].encode())
            socket.send_data()

    async def answer(self, socket: ServerConnection) -> None:
        try:
            await socket.send(json.dumps({"type": "welcome", "protocol": 1, "user": {"id": 1, "username": "u"}}))
            async for text in socket:
                self.asked.append(json.loads(text))
                await self._subscribe(socket, self.asked[-1].get("position"))
        except ConnectionClosed:
            pass
        finally:
            self.sockets.discard(socket)

    async def _subscribe(self, socket: ServerConnection, position: Frame | None) -> None:
        head = len(self.log)
        if self.refuse is not None:
            await socket.send(json.dumps(self.refuse))
            return
        missed = self.log[position["seq"] :] if position else []
        if position is None or len(missed) > self.keep:
            reason = "too_far" if position else "new"
            await socket.send(json.dumps({"type": "reset", "channel": "sale", "reason": reason, "position": self.position(head)}))
        else:
            answer = {"type": "subscribed", "channel": "sale", "recovered": True, "position": self.position(head)}
            await socket.send(json.dumps({**answer, "replayed": len(missed)}))
            for text in missed:
                await socket.send(text)
        self.sockets.add(socket)


@pytest.fixture
async def live() -> AsyncIterator[LiveServer]:
    """Give a running server of the live protocol."""
    server = LiveServer()
    async with serve_sockets(server.answer, "127.0.0.1", 0, compression=None) as server.server:
        yield server
