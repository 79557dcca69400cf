"""What one process hands to open sockets: Quart beside Starlette, both on uvicorn, taking turns.

Each has a bounded queue and a writer for each socket, so that a slow client stops nobody. 20 messages of 120 bytes go to 1,000
sockets back to back, four times for each of three starts. Counted per second of processor time of the server, since the client and
whatever else runs share the machine; and the memory that 2,000 idle sockets take. Printed are medians and the ratio, which is what
to read.
"""

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import psutil
import websockets

from groundplan_runtime.runner.ports import free_port

STARTS, ROUNDS, MESSAGES, SOCKETS, IDLE = 3, 4, 20, 1000, 2000

SHARED = """
import asyncio
queues = set()

async def serve(send, receive):
    queue = asyncio.Queue(100)
    queues.add(queue)
    async def read():
        while True:
            await receive()
    reading = asyncio.ensure_future(read())
    try:
        while True:
            await send(await queue.get())
    finally:
        queues.discard(queue)
        reading.cancel()

def push():
    for _ in range(MESSAGES):
        for queue in list(queues):
            queue.put_nowait("x" * 120)
    return "ok"
"""

APPS = {
    "starlette": """
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute

async def live(socket):
    await socket.accept()
    await serve(socket.send_text, socket.receive_text)

async def pushed(request):
    return PlainTextResponse(push())

app = Starlette(routes=[Route("/push", pushed), WebSocketRoute("/live", live)])
""",
    "quart": """
from quart import Quart, websocket
app = Quart(__name__)

@app.websocket("/live")
async def live():
    await websocket.accept()
    socket = websocket._get_current_object()
    await serve(socket.send, socket.receive)

@app.get("/push")
async def pushed():
    return push()
""",
}


async def opened(port: int, count: int) -> list[websockets.ClientConnection]:
    """Open sockets, fifty at a time, as soon as the server is there."""
    found: list[websockets.ClientConnection] = []
    deadline = time.monotonic() + 30
    while len(found) < count:
        try:
            address = f"ws://127.0.0.1:{port}/live"
            found += await asyncio.gather(*(websockets.connect(address, compression=None) for _ in range(50)))
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(0.1)
    return found


async def drained(socket: websockets.ClientConnection) -> None:
    for _ in range(MESSAGES):
        await socket.recv()


async def rate(server: psutil.Process, port: int, sockets: list[websockets.ClientConnection]) -> float:
    """Give deliveries per second of the server's processor time."""
    before = server.cpu_times()
    receiving = asyncio.gather(*(drained(socket) for socket in sockets))
    async with httpx.AsyncClient() as client:
        await client.get(f"http://127.0.0.1:{port}/push")
    await receiving
    after = server.cpu_times()
    return MESSAGES * len(sockets) / (after.user + after.system - before.user - before.system)


def started(name: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    """Start the server of an application."""
    (folder / f"{name}_app.py").write_text(f"MESSAGES = {MESSAGES}\n{SHARED}{APPS[name]}")
    command = [sys.executable, "-m", "uvicorn", f"{name}_app:app", "--port", str(port), "--log-level", "error"]
    return subprocess.Popen([*command, "--ws-per-message-deflate", "false"], cwd=folder)


async def measured(server: psutil.Process, port: int) -> tuple[list[float], float]:
    """Give the rates of one start, and the kilobytes that an idle socket takes."""
    sockets = await opened(port, SOCKETS)
    rates = [await rate(server, port, sockets) for _ in range(ROUNDS)]
    before = server.memory_info().rss
    sockets += await opened(port, IDLE)
    return rates, (server.memory_info().rss - before) / IDLE / 1024


def one_start(name: str, folder: Path) -> tuple[list[float], float]:
    """Start, measure and end one server."""
    port = free_port()
    process = started(name, folder, port)
    try:
        return asyncio.run(measured(psutil.Process(process.pid), port))
    finally:
        process.kill()
        process.wait()


def main() -> None:
    rates: dict[str, list[float]] = {name: [] for name in APPS}
    sizes: dict[str, list[float]] = {name: [] for name in APPS}
    with tempfile.TemporaryDirectory() as folder:
        for name in [*APPS] * STARTS:
            more, size = one_start(name, Path(folder))
            rates[name] += more
            sizes[name].append(size)
    middle = {name: statistics.median(found) for name, found in rates.items()}
    for name, found in sizes.items():
        print(f"{name:10} {middle[name]:9,.0f} deliveries per processor second, {statistics.median(found):5.1f} KB a socket")
    print(f"quart delivers {middle['quart'] / middle['starlette']:.2f} times as many as starlette")


if __name__ == "__main__":
    main()
