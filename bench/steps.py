"""Where the time from `publish` to the sockets goes: each step of single messages to 1,000 sockets, in milliseconds.

The same server, sockets and publisher as bench/fanout.py, with marks at every step (one clock for all processes of a machine).
Printed are the medians of the moments since `publish` began, and of what each step took by itself.
"""

import asyncio
import json
import socket
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import psycopg
from event_writers import counter
from fanout import SOCKETS, SUBSCRIBE, TEXT, free_datagram_port
from support import crowd, house, rounds

from runtime.events.services import fresh_postgresql, postgresql_server, valkey_server

MESSAGES = 60
STEPS = ("committed", "read", "offered", "first", "half", "last")


def moments(began: int, committed: int, marks: dict[str, int], arrivals: list[tuple[int, int]]) -> dict[str, float]:
    """Give step -> milliseconds since publishing began."""
    order = sorted(at for at, count in arrivals for _ in range(count))
    found = {"committed": committed, **marks, "first": order[0], "half": order[len(order) // 2], "last": order[-1]}
    return {step: (found[step] - began) / 1e6 for step in STEPS if step in found}


async def measured(stack: ExitStack) -> list[dict[str, float]]:
    """Start everything and give the moments of every message."""
    valkey = stack.enter_context(valkey_server()).url
    url = fresh_postgresql(stack.enter_context(postgresql_server()))
    bell = ("127.0.0.1", free_datagram_port())
    connection = stack.enter_context(psycopg.connect(url))
    told = {"EVENTS_URL": valkey, "DATABASE_URL": url, "DOORBELL": f"{bell[0]}:{bell[1]}"}
    server = stack.enter_context(house.serving("fanout_server:marked", house.PROJECT, **told))
    sockets = crowd.Crowd(server.port, "/live", (SUBSCRIBE,))
    await sockets.open(SOCKETS, 50)
    await sockets.greeted(2)
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def publish() -> int:
        counter(connection, TEXT)
        connection.commit()
        committed = time.monotonic_ns()
        wire.sendto(b"", bell)
        return committed

    found = []
    for _ in range(MESSAGES):
        sockets.expect(SOCKETS)
        began = time.monotonic_ns()
        committed = await asyncio.to_thread(publish)
        arrivals = await sockets.arrivals(60)
        marks = await asyncio.to_thread(asked, server.port)
        found.append(moments(began, committed, marks, arrivals))
        await asyncio.sleep(0.03)
    return found[10:]


def asked(port: int) -> dict[str, int]:
    """Give the marks that the server took, which forgets them."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/marks") as answer:
        found: dict[str, int] = json.load(answer)
        return found


def main() -> None:
    house.pin(1)
    where = rounds.conditions("uvicorn", "websockets", "uvloop", "redis", "psycopg")
    with ExitStack() as stack:
        found = crowd.run(measured(stack))
    print(where)
    print("| step | since publish, ms | by itself, ms |\n| --- | --- | --- |")
    for step, before in zip(STEPS, ("", *STEPS), strict=False):
        at = [each[step] for each in found]
        alone = [each[step] - (each[before] if before else 0.0) for each in found]
        print(f"| {step} | {rounds.shown(at)} | {rounds.shown(alone)} |")
    rounds.keep("steps", where, found)


if __name__ == "__main__":
    main()
