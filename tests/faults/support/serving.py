"""A process with a gateway behind Starlette on uvicorn: `python serving.py URL [--events URL] [--doorbell PORT]`.

`?user=NAME` is signed in as that name and may follow every channel. Prints its port; stops when its standard input ends.
"""

import argparse
import asyncio
import socket
import sys

import uvicorn
import uvloop

from faults.support.scale import more_files
from groundplan_runtime.database import open_database
from groundplan_runtime.gateway import Gateway
from groundplan_runtime.gateway.uvicorn_sockets import DirectSockets
from groundplan_runtime.identity import Session
from runtime.gateway.apps import starlette_app
from runtime.gateway.harness import CHANNELS, Named, People

__all__ = ["Everybody", "main"]


class Everybody(People):
    """Accounts that may follow every channel."""

    def session(self, name: str) -> Session | None:
        new = name not in self._sessions
        found = super().session(name)
        if found is not None and new:
            self.allow(name, *CHANNELS.values())
            found = super().session(name)
        return found


async def serve(asked: argparse.Namespace) -> None:
    """Serve until standard input ends."""
    database, people = open_database(asked.url), Everybody()
    doorbell = ("127.0.0.1", asked.doorbell) if asked.doorbell else None
    gateway = Gateway(database=database, identity=people, channels=CHANNELS, events_url=asked.events, doorbell=doorbell)
    app = Named(starlette_app(gateway), people)
    # As groundplan_runtime.serve does it.
    config = uvicorn.Config(
        app, ws=DirectSockets, ws_per_message_deflate=False, lifespan="on", log_level="warning",
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = uvicorn.Server(config)
    listening = socket.create_server(("127.0.0.1", 0), backlog=2048)
    if asked.room:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, asked.room)
    serving = asyncio.create_task(server.serve([listening]))
    while not server.started and not serving.done():  # noqa: ASYNC110 uvicorn offers nothing to wait for
        await asyncio.sleep(0.01)
    print(listening.getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await serving
    await database.close()


def main() -> None:
    """Serve as the command line says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("url")
    parser.add_argument("--events", default="")
    parser.add_argument("--doorbell", type=int, default=0)
    parser.add_argument(
        "--room", type=int, default=0, help="bytes that the kernel keeps for a client that does not read; 0: megabytes"
    )
    more_files()
    uvloop.run(serve(parser.parse_args()))


if __name__ == "__main__":
    main()
