"""How long an asynchronous part takes to answer while a synchronous part beside it is busy, in each layout.

The synchronous part spends about 5 ms of processor time on a page and is asked by four connections without a pause. The other one
is asked 100 times a second, whether it has answered or not; printed are its median and 99th percentile from when a request was
due, alone and beside the busy part. Through the front door where the layout has one. ``--keep`` writes the raw data.
"""

import asyncio
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support import crowd, rounds

from runtime.runner.projects import PUBLIC, Copy, Part, running, write

SECONDS, RATE, BUSY = 2.5, 100, 4
PAGES = """\
def app(environ, start_response):
    total = 0
    for number in range(60_000):
        total += number * number % 7
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(total).encode()]
"""
PARTS = (
    Part("pages", "wsgi", "/", PAGES),
    Part("public", "asgi", "/api/v1", PUBLIC),
    Part("live", "asgi", "/live", PUBLIC.replace("lifespan.txt", "live.txt")),
)
LAYOUTS = ("together", "split", "apart")


async def asked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str) -> None:
    """Ask once and read the answer."""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b" 200 " not in head[:20]:
        raise RuntimeError(head.decode())
    if b"content-length: " in head:
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
    else:
        await reader.readuntil(b"0\r\n\r\n")


async def kept_busy(port: int, until: float) -> int:
    """Ask the synchronous part without a pause; gives how often it answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < until:
        await asked(reader, writer, "/")
        count += 1
    writer.close()
    return count


async def turn(port: int, busy: int) -> tuple[float, float, float]:
    """Give median and 99th percentile of the asynchronous part in milliseconds, and pages per second of the synchronous one."""
    began = time.monotonic() + 0.1
    idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(20)]
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for pair in idle:
        free.put_nowait(pair)
    took: list[float] = []

    async def once(due: float) -> None:
        pair = await free.get()
        await asked(*pair, "/api/v1/items")
        took.append((time.monotonic() - due) * 1000)
        free.put_nowait(pair)

    async def at_rate() -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(int(RATE * SECONDS)):
                due = began + number / RATE
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                group.create_task(once(due))

    pages = asyncio.gather(*(kept_busy(port, began + SECONDS) for _ in range(busy)))
    await at_rate()
    answered = sum(await pages)
    for _, writer in idle:
        writer.close()
    took.sort()
    return took[len(took) // 2], took[int(0.99 * len(took))], answered / SECONDS


def measured(copies: dict[str, Copy]) -> dict[str, list[tuple[float, ...]]]:
    """Give rounds of (median, p99) alone before, beside, alone after, and pages per second, for each layout."""
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in copies}
    for number in range(rounds.ROUNDS):
        names = list(copies)
        for name in names if number % 2 == 0 else reversed(names):
            port = int(copies[name].url.rsplit(":", 1)[1])
            before, beside, after = (crowd.run(turn(port, busy)) for busy in (0, BUSY, 0))
            found[name].append((*before[:2], *beside, *after[:2]))
        print(".", end="", flush=True, file=sys.stderr)
    print(file=sys.stderr)
    return found


def main() -> None:
    where = rounds.conditions("uvicorn", "granian", "a2wsgi")
    print(f"{where}; {rounds.ROUNDS} rounds of {SECONDS} s\n")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        root = write(Path(folder) / "parts", PARTS)
        copies = {
            layout: stack.enter_context(running(root, "--layout", layout, "--data", f"{folder}/{layout}")) for layout in LAYOUTS
        }
        found = measured(copies)
    print("| layout | p50 alone | p99 alone | p50 beside | p99 beside | pages/s | p99 beside to alone |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for layout, taken in found.items():
        alone50, alone99 = ([value for row in taken for value in (row[place], row[place + 5])] for place in (0, 1))
        told = [alone50, alone99, *([row[place] for row in taken] for place in (2, 3, 4))]
        grown = [2 * row[3] / (row[1] + row[6]) for row in taken]
        print(f"| {layout} | {' | '.join(rounds.shown(each, '.1f') for each in told)} | {rounds.shown(grown, '.1f')} |")
    rounds.keep("beside", where, found)


if __name__ == "__main__":
    main()
