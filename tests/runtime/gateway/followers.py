"""The clients of the product, driven by a test that sees what each of them tells its page or program."""

import asyncio
import json
import os
import shutil
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from groundplan_runtime.client.python import LiveClient, RefusedError, Reset, SignedOutError
from groundplan_runtime.events import Position
from runtime.gateway.harness import House

__all__ = ["CLIENTS", "KINDS", "Follower", "Numbers", "client_of", "javascript_client", "python_client"]

FOLLOWER = Path(__file__).with_name("follower.mjs")
Told = dict[str, Any]
Addresses = tuple[str, str]
"""Of the socket and of the event stream, "" for none."""


class Follower:
    """What a client told so far: load, loaded, seq/number, status, error."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.changed = asyncio.Event()

    def take(self, told: Told) -> None:
        self.told.append(told)
        self.changed.set()

    @property
    def shown(self) -> list[int]:
        """Give the numbers that a page would show: the last loaded state, then the events since."""
        shown: list[int] = []
        for told in self.told:
            if "loaded" in told:
                shown = list(told["loaded"])
            elif "number" in told:
                shown.append(told["number"])
        return shown

    def all(self, name: str) -> list[Any]:
        return [told[name] for told in self.told if name in told]

    async def until(self, happened: Callable[[], bool], seconds: float = 15) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not happened():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            pytest.fail(f"it did not happen; told so far: {self.told}")


@asynccontextmanager
async def python_client(
    served: House, user: str, channel: str, pause: float, addresses: Addresses | None = None
) -> AsyncIterator[Follower]:
    line, events = addresses or (served.address(user), "")
    follower = Follower()

    async def follow() -> None:
        async with LiveClient(line or events, events=events if line else "", draw=lambda: 0.05) as client:
            await client.follow(channel)
            try:
                async for told in client:
                    if isinstance(told, Reset):
                        follower.take({"load": told.reason})
                        await client.loaded(channel, await _load(served, channel, pause, follower))
                    else:
                        follower.take({"seq": told.position.seq, "number": told.data["number"], "type": told.type})
            except SignedOutError:
                follower.take({"status": "signed-out"})
            except RefusedError:
                follower.take({"status": "refused"})

    task = asyncio.create_task(follow())
    yield follower
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _load(served: House, channel: str, pause: float, follower: Follower) -> Position:
    await asyncio.sleep(pause)
    state = await asyncio.to_thread(fresh, served, channel)
    await asyncio.sleep(pause)
    follower.take({"loaded": [item["number"] for item in state["items"]]})
    return Position(**state["position"])


@asynccontextmanager
async def javascript_client(
    served: House, user: str, channel: str, pause: float, addresses: Addresses | None = None, *, fails: str = ""
) -> AsyncIterator[Follower]:
    node = shutil.which("node")
    if node is None:
        assert "CI" not in os.environ, "node is not on the PATH, and CI leaves nothing out"
        pytest.skip("node is not on the PATH: the JavaScript client was not run here")
    follower = Follower()
    line, events = addresses or (served.address(user), "")
    state = f"{fails}http://127.0.0.1:{served.port}/state/{channel}"
    program = [node, "--experimental-websocket", "--no-warnings", str(FOLLOWER)]
    command = [*program, line, state, channel, str(int(pause * 1000)), *filter(None, [events])]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    lines = process.stdout

    async def read() -> None:
        while line := await lines.readline():
            follower.take(json.loads(line))

    task = asyncio.create_task(read())
    yield follower
    if process.returncode is None:
        await process.communicate(b"end\n") if task.done() else process.kill()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await process.wait()


CLIENTS: dict[str, Any] = {"python": python_client, "javascript": javascript_client}


KINDS = ["python", "javascript", "python-stream", "javascript-stream"]


def client_of(kind: str) -> Any:
    """Give a function that follows a channel: client(served, user="ann", channel="sale", pause=0).

    seen: the house as the line sees it, from behind a network; the state does not come that way.
    """
    name, _, streams = kind.partition("-")

    def follow(served: House, user: str = "ann", channel: str = "sale", pause: float = 0.0, seen: House | None = None) -> Any:
        line = seen or served
        return CLIENTS[name](served, user, channel, pause, ("", line.events(user)) if streams else (line.address(user), ""))

    return follow


def fresh(served: House, channel: str = "sale") -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/state/{channel}", timeout=10) as answer:
        return json.load(answer)


class Numbers:
    """Publishes one number after another, so that a double or a gap shows."""

    def __init__(self, served: House) -> None:
        self._served = served
        self.last = 0

    async def more(self, count: int) -> None:
        for _ in range(count):
            self.last += 1
            await asyncio.to_thread(self._served.publish, data={"number": self.last})

    def shown_by(self, follower: Follower) -> bool:
        return follower.shown == list(range(1, self.last + 1))
