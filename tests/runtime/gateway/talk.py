"""Speaking the live protocol frame by frame, for tests that look at every frame."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from groundplan_runtime.events import Published
from runtime.gateway.harness import House


@asynccontextmanager
async def signed_in(served: House, user: str = "ann") -> AsyncIterator[ClientConnection]:
    """Give a socket after its welcome."""
    async with connect(served.address(user), proxy=None) as socket:
        assert (await told(socket))["type"] == "welcome"
        yield socket


async def told(socket: ClientConnection) -> dict[str, Any]:
    """Give the next frame that says more than that the line lives."""
    async with asyncio.timeout(5):
        while (frame := await heard(socket))["type"] == "alive":
            pass
    return frame


async def heard(socket: ClientConnection) -> dict[str, Any]:
    frame: dict[str, Any] = json.loads(await socket.recv())
    return frame


async def say(socket: ClientConnection, kind: str = "subscribe", channel: str = "sale", **more: Any) -> None:
    await socket.send(json.dumps({"type": kind, "channel": channel, **more}))


async def closing(socket: ClientConnection) -> int:
    """Give the code the server closes with."""
    async with asyncio.timeout(5):
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code


def place(published: Published) -> dict[str, Any]:
    return {"epoch": published.epoch, "seq": published.seq, "id": published.id}
