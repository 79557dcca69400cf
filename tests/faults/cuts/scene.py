"""One run: clients behind a network that breaks, a gateway, publishers, and afterwards the checker."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import IO

from faults.support import checking, event_stream, proxy, publishing, serving, websocket
from faults.support.checking import Verdict
from faults.support.recording import START, Dial, Pool, Recorder
from faults.support.scale import Scale, draws, more_files
from groundplan_runtime.runner.ports import free_port

__all__ = ["CHANNELS", "TRANSPORTS", "Cuts", "Run", "run"]

TESTS = Path(__file__).parents[2]
CHANNELS = ("sale", "shop")
TRANSPORTS: dict[str, Callable[[], Dial]] = {"websocket": lambda: websocket.connect, "event stream": event_stream.EventSource}
"""Give what one client dials with."""
PATIENCE_SECONDS, QUIET_SECONDS = 4.0, 15.0
"""How long a line may be silent while publishers make several events a second, so that silence means that the line is dead, and
afterwards, when everybody is silent who has all of them."""
STILL_SECONDS, LONGEST_SECONDS = 90.0, 300.0
"""After the last cut and the last commit: how long nobody may come closer to the heads, which is three times a longest wait and a
dial, and how long all of it may take. The first alone would let a trickle go on for ever."""
_Told = tuple[list[str], list[str]]  # ids that were committed, ids that were rolled back


@dataclass(frozen=True, slots=True)
class Cuts:
    """What breaks: mode ``reset`` or ``hang``, every so many seconds, for so long; dead: share that a hang never gives back."""

    mode: str
    every: float = 10.0
    lasting: float = 2.0
    dead: float = 0.5


@dataclass(frozen=True, slots=True)
class Run:
    """What came of it.

    cuts: what the network did. ends: how connections ended. caught_up: seconds from the end of the trouble until the last client
    stood at the head. complaints: the errors that the server logged.
    """

    scale: Scale
    verdict: Verdict
    cuts: list[dict[str, int]]
    ends: Counter[int | str]
    caught_up: float
    complaints: list[str]
    store: str
    transport: str

    def row(self) -> str:
        """Give the run as a row of a table."""
        verdict, scale = self.verdict, self.scale
        hit = sum(next(iter(cut.values())) for cut in self.cuts)
        dead = sum(cut.get("never again", 0) for cut in self.cuts)
        trouble = f"{len(self.cuts)} cuts, {hit} hit" + (f", {dead} of them dead for ever" if dead else "")
        where = [self.store, self.transport, trouble, scale.clients, f"{scale.seconds:g}", scale.seed]
        seen = [verdict.committed, verdict.rolled_back, verdict.expected, verdict.frames, verdict.connections, verdict.duplicates]
        cells = [*where, *seen, f"{self.caught_up:.1f}", verdict.faults.total()]
        return "| " + " | ".join(map(str, cells)) + " |"


async def run(
    url: str,
    scale: Scale,
    cuts: Cuts,
    *,
    events_url: str = "",
    transport: str = "websocket",
    publishers: int = 2,
    rate: float = 3.0,
) -> Run:
    """Let clients follow both channels from their beginning while the network breaks, and check what they were sent.

    rate: transactions a second of each publisher.
    """
    more_files()
    doorbell = free_port()
    options = ["--rate", rate, "--seconds", scale.seconds, "--seed", scale.seed, "--doorbell", doorbell]
    cutting = ["--every", cuts.every, "--lasting", cuts.lasting, "--dead", cuts.dead, "--seed", scale.seed]
    async with AsyncExitStack() as stack:
        served = await stack.enter_async_context(_started(serving, url, "--events", events_url, "--doorbell", doorbell))
        broken = await stack.enter_async_context(_started(proxy, served.port, cuts.mode, *cutting))
        clients = _clients(scale, TRANSPORTS[transport])
        await _follow(stack, clients, broken.port)
        broken.say()
        told = await _publish(url, publishers, scale.seconds, *options, *(["--outbox"] if events_url else []))
        broken.say()
        for client in clients:
            client.patience = QUIET_SECONDS
        caught_up = await _caught_up(url, clients)
    verdict = await asyncio.to_thread(_judge, url, clients, told)
    ends = sum((client.ends for client in clients), Counter[int | str]())
    assert broken.last, f"the proxy failed: {broken.complaints}"
    store = url.partition(":")[0] + (" and Valkey" if events_url else "")
    return Run(scale, verdict, json.loads(broken.last)["cuts"], ends, caught_up, served.complaints, store, transport)


async def _publish(url: str, publishers: int, seconds: float, *options: object) -> list[_Told]:
    """Run publishers for so many seconds; gives what each committed and rolled back."""
    begun = time.monotonic()
    told = await asyncio.gather(*(_published(url, "--name", f"writer{number}", *options) for number in range(publishers)))
    await asyncio.sleep(max(0.0, begun + seconds - time.monotonic()))
    return told


def _judge(url: str, clients: list[Recorder], told: list[_Told]) -> Verdict:
    frames = {client.user: client.frames for client in clients}
    done = [event_id for committed, _ in told for event_id in committed]
    gone = [event_id for _, rolled_back in told for event_id in rolled_back]
    return checking.check(checking.committed(url), frames, published=done, rolled_back=gone)


def _clients(scale: Scale, dial: Callable[[], Dial]) -> list[Recorder]:
    pool = Pool()
    begin = dict.fromkeys(CHANNELS, START)
    return [
        Recorder(f"user{number}", begin, dial(), pool, patience=PATIENCE_SECONDS, draw=draws(scale.seed, number))
        for number in range(scale.clients)
    ]


async def _follow(stack: AsyncExitStack, clients: list[Recorder], port: int) -> None:
    """Have everybody connect, a few hundred a second, and wait until all were told something."""
    tasks = []
    for client in clients:
        tasks.append(asyncio.create_task(client.run(port)))
        await asyncio.sleep(0.002)
    stack.push_async_callback(_end, tasks)
    async with asyncio.timeout(60 + len(clients) / 20):
        while not all(any(client.frames) for client in clients):  # noqa: ASYNC110 all are looked at
            await asyncio.sleep(0.05)


async def _end(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _caught_up(url: str, clients: list[Recorder]) -> float:
    """Wait until everybody stands at the heads of the log, or nobody comes closer any more; gives how long it took.

    Whoever does not get there is left to the checker.
    """
    heads: Mapping[str, int] = Counter(row[0] for row in checking.committed(url))
    begun = moved = time.monotonic()
    stood = -1
    while time.monotonic() < min(moved + STILL_SECONDS, begun + LONGEST_SECONDS):
        if all(client.seen(heads) for client in clients):
            break
        stands = sum(position["seq"] for client in clients for position in client.positions.values())
        if stands != stood:
            stood, moved = stands, time.monotonic()
        await asyncio.sleep(0.1)
    return time.monotonic() - begun


async def _published(*options: object) -> _Told:
    """Run a publisher to its end; gives the ids it committed and those it rolled back."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*_command(publishing, *options), stdout=pipe, env=_environment())
    try:
        output, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    *lines, done = output.decode().splitlines()
    assert done == "done", lines[-3:]
    told: dict[str, list[str]] = {"committed": [], "rolled-back": []}
    for what, *ids in map(str.split, lines):
        told[what] += ids
    return told["committed"], told["rolled-back"]


class _Process:
    """A process that printed its port. Once it has ended, last: the last line it printed; complaints: lines of errors it logged."""

    def __init__(self, process: asyncio.subprocess.Process, port: int) -> None:
        self.port = port
        self.last = ""
        self.complaints: list[str] = []
        self._process = process

    def say(self) -> None:
        """Send it a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"go\n")

    async def end(self, log: IO[bytes]) -> None:
        """End its input, wait, and take what it said."""
        output, _ = await asyncio.wait_for(self._process.communicate(b""), 30)  # what is given, even nothing, ends the input
        self.last = output.decode().strip().rpartition("\n")[2]
        log.seek(0)
        self.complaints = [line for line in log.read().decode().splitlines() if "Error" in line or "ERROR" in line]


@asynccontextmanager
async def _started(module: ModuleType, *options: object) -> AsyncIterator[_Process]:
    """Start a module of this suite as a process and wait for its port; it ends with its standard input."""
    pipe = asyncio.subprocess.PIPE
    with tempfile.TemporaryFile() as log:
        process = await asyncio.create_subprocess_exec(
            *_command(module, *options), stdin=pipe, stdout=pipe, stderr=log, env=_environment()
        )
        assert process.stdout is not None
        try:
            async with asyncio.timeout(30):
                found = _Process(process, int(await process.stdout.readline()))
            yield found
            await found.end(log)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _command(module: ModuleType, *options: object) -> list[str]:
    return [sys.executable, str(module.__file__), *map(str, options)]


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(TESTS)}
