"""What composition costs: answers per second and processor time of the same small application, alone and composed.

Every run of a composed form stands between two runs of the plain one (bracketed). Printed are medians over the rounds with their
95 % intervals, of the ratios of answers per second and of processor time per answer (all processes of a form, the front door
included). Forms: ``dispatcher`` is the project's own process entry; ``front door`` is the same behind Caddy; ``threads`` is the
WSGI application beside an ASGI one (uvicorn and a2wsgi). Plain: uvicorn or granian given the application itself, with the same
options. Closed loop over eight connections; the client shares the machine with the server, so read the ratios. Then: seconds
until each process of each layout answered, over five starts.
"""

import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support import house, rounds

from groundplan_runtime.runner.ports import free_port
from runtime.runner.projects import TRIO, clean_environment, running, write

ROUNDS = 41
ANSWERS = 800
CONNECTIONS = 8
STARTS = 5


@dataclass(frozen=True)
class Form:
    """One way to serve: where to ask, and the processes that answer."""

    name: str
    port: int
    path: str
    pids: tuple[int, ...]


def spent(form: Form) -> float:
    """Give processor seconds used so far by the processes of a form and all below them."""
    tree = {process for pid in form.pids for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True))}
    return sum(map(house.used, tree))


async def load(form: Form) -> None:
    await asyncio.gather(*(connection(form, ANSWERS // CONNECTIONS) for _ in range(CONNECTIONS)))


async def connection(form: Form, answers: int) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", form.port)
    request = f"GET {form.path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    for _ in range(answers):
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode())
        await body(reader, head.lower())
    writer.close()


async def body(reader: asyncio.StreamReader, head: bytes) -> None:
    if b"content-length: " in head:
        await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
    else:
        await reader.readuntil(b"0\r\n\r\n")


def measure(form: Form) -> tuple[float, float]:
    """Give answers per second and processor microseconds per answer."""
    before, began = spent(form), time.monotonic()
    asyncio.run(load(form))
    return ANSWERS / (time.monotonic() - began), (spent(form) - before) / ANSWERS * 1e6


def compare(plain: Form, composed: list[Form]) -> dict[str, list[tuple[float, float]]]:
    """Print the ratios of every composed form to the plain one; gives those of every round."""
    for form in (plain, *composed):
        measure(form)  # warm
    found: dict[str, list[tuple[float, float]]] = {form.name: [] for form in composed}
    references = []
    for _ in range(ROUNDS):
        before = measure(plain)
        for form in composed:
            rate, cost = measure(form)
            after = measure(plain)
            found[form.name].append((2 * rate / (before[0] + after[0]), 2 * cost / (before[1] + after[1])))
            references.append(after)
            before = after
    print(
        f"{plain.name}: {statistics.median(r for r, _ in references):,.0f}/s, {statistics.median(c for _, c in references):.0f} us"
    )
    for name, pairs in found.items():
        rates, costs = zip(*pairs, strict=True)
        print(f"  {name}: rate x {rounds.shown(rates)}, processor time x {rounds.shown(costs, '.3f')}")
    return found


@contextmanager
def plain(name: str, root: Path, path: str, *command: str) -> Iterator[Form]:
    """Serve one application by its server alone."""
    with tempfile.TemporaryFile() as log:
        port = command[command.index("--port") + 1]
        environment = clean_environment() | {"PYTHONPATH": str(root)}
        # A session of its own, as the project's processes have: Linux shares processor time between sessions first (autogroup), and
        # on a busy machine a server in the client's session answered three times as much for no other reason.
        options: dict[str, Any] = {"cwd": root, "env": environment, "stdout": log, "stderr": log, "start_new_session": True}
        with subprocess.Popen([sys.executable, "-m", *command], **options) as process:
            try:
                wait(int(port))
                yield Form(name, int(port), path, (process.pid,))
            finally:
                process.terminate()


def wait(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nothing listens on {port}")


def composition(folder: Path) -> None:
    root = write(folder / "pair")
    asgi, wsgi = str(free_port()), str(free_port())
    uvicorn = ("uvicorn", "parts.public.app:app", "--port", asgi, "--no-access-log", "--log-level", "warning")
    granian = (
        "granian",
        "--interface",
        "wsgi",
        "--blocking-threads",
        "8",
        "--port",
        wsgi,
        "--log-level",
        "error",
        "parts.pages.app:app",
    )
    with ExitStack() as open_:
        alone = open_.enter_context(plain("ASGI alone (uvicorn)", root, "/items", *uvicorn))
        pages = open_.enter_context(plain("WSGI alone (granian)", root, "/", *granian))
        split = open_.enter_context(running(root))
        together = open_.enter_context(running(root, "--layout", "together", "--data", str(folder / "other")))
        told = {entry["name"]: entry for entry in split.ready["processes"]}
        one = together.ready["processes"][0]
        front, asynchronous, synchronous = told["front"], told["async"], told["sync"]
        behind = Form("front door and dispatcher", front["port"], "/api/v1/items", (front["pid"], asynchronous["pid"]))
        found = compare(
            alone,
            [
                Form("dispatcher", asynchronous["port"], "/api/v1/items", (asynchronous["pid"],)),
                Form("dispatcher, together", one["port"], "/api/v1/items", (one["pid"],)),
                behind,
            ],
        )
        found |= compare(
            pages,
            [
                Form("dispatcher, threads", synchronous["port"], "/", (synchronous["pid"],)),
                Form("threads, together", one["port"], "/", (one["pid"],)),
                Form("front door and threads", front["port"], "/", (front["pid"], synchronous["pid"])),
            ],
        )
    rounds.keep("compose", rounds.conditions("uvicorn", "granian", "a2wsgi"), found)


def starts(folder: Path) -> None:
    """Print seconds until each process answered: Flask, FastAPI and Quart."""
    root = write(folder / "trio", TRIO)
    for layout in ("together", "split", "apart"):
        seconds: dict[str, list[float]] = {}
        for _ in range(STARTS):
            with running(root, "--layout", layout) as copy:
                for entry in copy.ready["processes"]:
                    seconds.setdefault(entry["name"], []).append(entry["start_seconds"])
        told = ", ".join(f"{name} {statistics.median(values):.2f} ({max(values):.2f} at most)" for name, values in seconds.items())
        print(f"start, {layout}: {told}")


def main() -> None:
    print(f"{rounds.conditions('uvicorn', 'granian', 'a2wsgi')}; {ROUNDS} rounds of {ANSWERS} answers")
    with tempfile.TemporaryDirectory() as folder:
        composition(Path(folder))
        starts(Path(folder))


if __name__ == "__main__":
    main()
