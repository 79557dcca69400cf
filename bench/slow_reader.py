"""What one client that stops reading costs the others: the same run with and without it, taking turns.

50 clients follow a channel on which 40 events of 4 KB are published a second, for 8 s. In every second run one more client follows
it and never reads; its buffers in the kernel are kept small, so that the gateway's queue for it fills and its line is ended within
the run. Printed are what the others were sent, the 99th percentile from `publish` to the client, and the median ratio of the pairs
with its 95 % interval (bootstrap), which is what to read. Then once the same with a gateway that sends to one after the other.
"""

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))

from sqlalchemy.orm import Session  # noqa: E402 the tests' own helpers stand in their folder

from faults.support import websocket  # noqa: E402
from groundplan_runtime.adapters.sqlalchemy import publish  # noqa: E402
from groundplan_runtime.events.doorbell import Wiring, wire  # noqa: E402
from groundplan_runtime.runner.ports import free_port  # noqa: E402
from runtime.events.services import fresh_sqlite  # noqa: E402
from runtime.gateway.harness import engine_of  # noqa: E402

PAIRS, CLIENTS, RATE, SECONDS = 7, 50, 40, 8.0
ROOM = 8192
TEXT = "x" * 4000
SERVER = """
import sys
from faults.support import serving
if {in_turn}:
    from faults.cuts.twins import InTurn
    from groundplan_runtime.gateway import socket_connection
    socket_connection.Outbox = InTurn
serving.main()
"""


class Reader:
    """A client that reads: the seconds each event took."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def take(self, raw: bytes) -> None:
        """Note how long an event took."""
        frame = json.loads(raw)
        if frame["type"] == "event":
            self.seconds.append((time.monotonic_ns() - frame["data"]["sent"]) / 1e9)


@contextmanager
def served(folder: Path, *, in_turn: bool) -> Iterator[tuple[str, int, int]]:
    """Give (database, port, doorbell) of a server in a process of its own."""
    url, doorbell = fresh_sqlite(folder), free_port()
    command = [sys.executable, "-c", SERVER.format(in_turn=in_turn), url, "--doorbell", str(doorbell), "--room", str(ROOM)]
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment)
    try:
        yield url, int((process.stdout or sys.stdin.buffer).readline()), doorbell
    finally:
        process.kill()
        process.wait()


def publishing(url: str, doorbell: int, count: int) -> None:
    """Publish at an even pace."""
    wire(Wiring(doorbells=(("127.0.0.1", doorbell),)))
    engine, begin = engine_of(url), time.monotonic()
    for number in range(count):
        time.sleep(max(0.0, begin + number / RATE - time.monotonic()))
        with Session(engine) as session, session.begin():
            publish(session, "sale", "sale.created", {"sent": time.monotonic_ns(), "text": TEXT})
    engine.dispose()


async def one_run(url: str, port: int, doorbell: int, *, slow: bool) -> tuple[float, float, bool]:
    """Give the share of events that readers were sent, their p99 in seconds, and whether the slow client's line was ended."""
    count = int(RATE * SECONDS)
    begin = {"sale": None}  # from now on: runs follow one another in one database
    readers = [Reader() for _ in range(CLIENTS)]
    lines = [await websocket.connect(port, f"user{number}", begin, reader.take) for number, reader in enumerate(readers)]
    lazy = await websocket.connect(port, "lazy", begin, lambda _raw: None, room=4096)
    if slow:
        lazy.stop_reading()
    await asyncio.sleep(0.5)
    await asyncio.to_thread(publishing, url, doorbell, count)
    await asyncio.sleep(1.0)
    lazy.read_again()
    await asyncio.wait([lazy.ended], timeout=1.0)
    ended = lazy.ended.done()
    for line in [*lines, lazy]:
        line.close()
    took = sorted(seconds for reader in readers for seconds in reader.seconds)
    return len(took) / (count * CLIENTS), took[int(len(took) * 0.99)], ended


def interval(ratios: list[float]) -> tuple[float, float]:
    """Give the 95 % interval of the median by bootstrap."""
    draw = random.Random(1)  # noqa: S311 a resampling is repeatable, not secret
    medians = sorted(statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(5000))
    return medians[125], medians[-126]


def pairs(folder: Path, count: int) -> list[float]:
    """Measure runs without and with a slow client in turn; gives the ratios of their p99."""
    ratios = []
    with served(folder, in_turn=False) as server:
        for number in range(count):
            order = (False, True) if number % 2 else (True, False)
            found = {slow: asyncio.run(one_run(*server, slow=slow)) for slow in order}
            ratios.append(found[True][1] / found[False][1])
            for slow, (share, p99, ended) in found.items():
                beside = f"beside a slow client, {told(ended=ended)}" if slow else "without a slow client"
                print(f"{share:.1%} sent, p99 {1000 * p99:6.1f} ms {beside}", flush=True)
    return ratios


def told(*, ended: bool) -> str:
    """Say what became of the slow client."""
    return f"whose line was {'ended' if ended else 'kept'}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pairs", type=int, default=PAIRS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        ratios = pairs(Path(name), asked.pairs)
    low, high = interval(ratios)
    print(f"p99 beside a slow client: {statistics.median(ratios):.2f} times ({low:.2f} to {high:.2f}, {len(ratios)} pairs)")
    with tempfile.TemporaryDirectory() as name, served(Path(name), in_turn=True) as server:
        share, p99, ended = asyncio.run(one_run(*server, slow=True))
    late = f"p99 {1000 * p99:.0f} ms beside a slow client, {told(ended=ended)}"  # it reads again at the end, so all is sent at last
    print(f"one client after the other: {share:.0%} sent, {late}")


if __name__ == "__main__":
    main()
