"""A deploy: a process is asked to stop, its clients come to the next one, spread over the time given, and nothing is lost."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import orm
from websockets.asyncio.client import connect

from groundplan_runtime.adapters.sqlalchemy import publish
from groundplan_runtime.client.python import LiveClient, LiveEvent
from groundplan_runtime.events.model import START
from groundplan_runtime.runner.ports import free_port
from groundplan_runtime.runner.readiness import answers
from runtime.events.services import until
from runtime.gateway.harness import engine_of
from runtime.runner.projects import SOURCES, Part, clean_environment, write

TESTS = Path(__file__).parents[2]
CLIENTS = 40
WITHIN = 3.0
PART = """\
import os
from groundplan_runtime import current
from groundplan_runtime.database import open_database
from groundplan_runtime.gateway import Gateway
from runtime.gateway.apps import starlette_app
from runtime.gateway.harness import CHANNELS, Named, People

people = People()

class Runtime:
    def __init__(self):
        self.database = open_database(os.environ["LOG"])
        self.gateway = Gateway(database=self.database, identity=people, channels=CHANNELS)
    async def start(self):
        await self.gateway.start()
    async def stop(self):
        await self.gateway.stop()
        await self.database.close()

runtime = Runtime()
current.use(runtime)
app = Named(starlette_app(runtime.gateway), people)
"""


class Door:
    """Forwards every new connection to ``upstream``, as a front door does during a deploy. opened: when, for each upstream."""

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.opened: dict[int, list[float]] = {}

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened.setdefault(self.upstream, []).append(time.monotonic())
        with suppress(OSError):
            there, back = await asyncio.open_connection("127.0.0.1", self.upstream)
            async with asyncio.TaskGroup() as both:
                both.create_task(_forward(reader, back))
                both.create_task(_forward(there, writer))
        writer.close()


async def _forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextmanager
def served(root: Path, log: str) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """Give the port of a process of the project, and the process."""
    port = free_port()
    arguments = [sys.executable, "-m", "groundplan_runtime.serve", "--port", str(port), "--drain", str(WITHIN)]
    told = {
        "PYTHONPATH": os.pathsep.join(map(str, (root, SOURCES, TESTS))),
        "SECRET_KEY": "q8Zr2vT6wY1nB5mK9xC3jH7dL4gF0sPa",
        "LOG": log,
    }
    with subprocess.Popen(arguments, cwd=root, env=clean_environment() | told | {"GROUNDPLAN_INSTANCE": "one"}) as process:
        try:
            until(lambda: answers(port, "one"), 20)
            yield port, process
        finally:
            process.kill()


async def follow(address: str, draw: random.Random, seen: list[int]) -> None:
    async with LiveClient(address, draw=draw.random) as client:
        await client.follow("sale", START)
        async for told in client:
            assert isinstance(told, LiveEvent)
            seen.append(told.position.seq)


def publish_until(stopped: threading.Event, log: str) -> int:
    """Publish about thirty a second; gives how many."""
    engine, count = engine_of(log), 0
    while not stopped.wait(0.03):
        with orm.Session(engine) as session, session.begin():
            publish(session, "sale", "sale.created", {"number": count})
        count += 1
    engine.dispose()
    return count


async def test_a_deploy_spreads_its_clients_and_loses_nothing(tmp_path: Path, sqlite_url: str) -> None:
    root = write(tmp_path, (Part("live", "asgi", "/", PART),))
    seen: list[list[int]] = [[] for _ in range(CLIENTS)]
    with served(root, sqlite_url) as (old, process), served(root, sqlite_url) as (new, _):
        door = Door(old)
        listening = await asyncio.start_server(door.take, "127.0.0.1", 0)
        place = f"127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        addresses = [f"ws://{place}/ws?user=ann", f"http://{place}/events?user=ann"]
        followers = [asyncio.create_task(follow(addresses[i % 2], random.Random(i), seen[i])) for i in range(CLIENTS)]
        stopped = threading.Event()
        publishing = asyncio.create_task(asyncio.to_thread(publish_until, stopped, sqlite_url))
        await _all(seen, 20)
        door.upstream = new
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 40) == -signal.SIGTERM
        stopped.set()
        count = await publishing
        await _all(seen, count)
        for follower in followers:
            follower.cancel()
        ended = await asyncio.gather(*followers, return_exceptions=True)
        listening.close()
    assert all(isinstance(end, asyncio.CancelledError) for end in ended), ended
    assert seen == [list(range(1, count + 1))] * CLIENTS
    moments = door.opened[new]
    assert len(moments) == CLIENTS
    assert moments[-4] - moments[3] > WITHIN / 3, "they came in one burst"
    crowd = max(sum(moment <= other < moment + WITHIN / 10 for other in moments) for moment in moments)
    assert crowd <= CLIENTS / 2, "half of them came within a tenth of the time"


async def _all(seen: list[list[int]], count: int) -> None:
    """Wait until everybody has seen so many events."""
    async with asyncio.timeout(40):
        while min(map(len, seen)) < count:  # noqa: ASYNC110 forty clients fill the lists
            await asyncio.sleep(0.02)


async def test_a_served_process_compresses_no_socket(tmp_path: Path, sqlite_url: str) -> None:
    root = write(tmp_path, (Part("live", "asgi", "/", PART),))
    with served(root, sqlite_url) as (port, _):
        async with connect(f"ws://127.0.0.1:{port}/ws?user=ann", compression="deflate", proxy=None) as socket:
            assert not socket.protocol.extensions
