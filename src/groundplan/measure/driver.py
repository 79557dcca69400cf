"""Load at an arrival rate that does not wait for the server, so that a slow moment is seen by all who would have come.

Open loop: requests leave when they are due, on a free kept-alive connection or a new one, and latency counts from the due
moment. A closed loop hides stalls, because it stops asking while it waits (docs/explanation/proving.md).
"""

import asyncio
import gc
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from groundplan.errors import InputError
from groundplan.measure.hosts import require_loopback
from groundplan.measure.samples import CUT_OFF, LOST, RIGHT, UNSENT, WRONG, Samples
from groundplan.measure.wire import BrokenReplyError, Connection, Reply, Request

__all__ = ["Target", "arrivals", "drive"]

MOST_REQUESTS = 2_000_000
MOST_SECONDS = 3_600.0
MOST_CONNECTIONS = 512

Watcher = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Target:
    """Where load goes. name: value of the Host header. allowed: hosts beyond loopback that the user named for load."""

    host: str
    port: int
    name: str = ""
    allowed: frozenset[str] = frozenset()

    @property
    def host_header(self) -> str:
        """What requests carry as Host."""
        return self.name or f"{self.host}:{self.port}"


def arrivals(rate: float, duration: float, seed: int) -> NDArray[np.int64]:
    """Give the moments of arrival in nanoseconds: a Poisson process of ``rate`` per second, given its exact number of arrivals.

    Users do not arrive in step; evenly spaced arrivals would flatter the server. Same arguments, same moments.
    """
    count = round(rate * duration)
    if not 0 < duration <= MOST_SECONDS or not 0 < count <= MOST_REQUESTS:
        limits = f"at most {MOST_SECONDS:.0f} s and {MOST_REQUESTS} requests"
        raise InputError(
            f"load: {rate:g}/s for {duration:g} s is outside what the driver sends; plan {limits}, at least one request."
        )
    return np.sort(np.random.default_rng(seed).uniform(0, duration * 1e9, count)).astype(np.int64)


async def drive(
    target: Target,
    requests: Sequence[Request],
    due: NDArray[np.int64],
    *,
    rate: float,
    duration: float,
    patience: float = 10.0,
    connections: int = MOST_CONNECTIONS,
    watch: Watcher | None = None,
) -> Samples:
    """Send each request at its due moment and give all raw samples.

    due: nanoseconds from the start, ascending, one per request. patience: seconds to wait for replies after the last is due.
    connections: most that are open at once; beyond that requests wait, which their latency shows.
    watch: told about once a second how many were sent, of how many. Raises InputError for a host that may not be loaded.
    """
    require_loopback(target.host, target.allowed)
    run = _Run(target, requests, due, connections)
    await run.open_first(min(32, connections, max(2, round(rate / 5))))
    gc_was_on = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        cpu = time.process_time()
        await run.send_all(watch)
        await run.wait(patience)
        return run.samples(rate, duration, time.process_time() - cpu)
    finally:
        run.close()
        if gc_was_on:
            gc.enable()


class _Run:
    """One run: connections, requests that wait for one (``again``: for a new one), and what becomes samples."""

    def __init__(self, target: Target, requests: Sequence[Request], due: NDArray[np.int64], most: int) -> None:
        self.target, self.requests, self.due, self.most = target, requests, due, most
        self.encoded = [request.encode(target.host_header) for request in requests]
        count = len(requests)
        self.noticed = np.zeros(count, np.int64)
        self.sent = np.zeros(count, np.int64)
        self.done = np.zeros(count, np.int64)
        self.outcome = np.full(count, UNSENT, np.int8)
        self.status = np.zeros(count, np.int16)
        self.complaints: Counter[str] = Counter()
        self.free: deque[Connection] = deque()
        self.waiting: deque[int] = deque()
        self.all: list[Connection] = []
        self.again: deque[int] = deque()
        self.retried: set[int] = set()
        self.opening: set[asyncio.Task[None]] = set()
        self.open_count = 0
        self.left = count
        self.finished = asyncio.Event()
        self.start = 0

    def now(self) -> int:
        return time.perf_counter_ns() - self.start

    async def open_first(self, count: int) -> None:
        """Open the connections that a browser would hold already; failures show up as lost requests later."""
        await asyncio.gather(*(self._open() for _ in range(count)))
        self.complaints.clear()

    async def send_all(self, watch: Watcher | None) -> None:
        self.start = time.perf_counter_ns()
        count, sent, told = len(self.requests), 0, 0
        while sent < count:
            now = self.now()
            while sent < count and self.due[sent] <= now:
                self.noticed[sent] = now
                self._send(sent)
                sent += 1
            if watch is not None and now - told > 1e9:  # noqa: PLR2004  (once a second)
                told = now
                watch(sent, count)
            if sent < count:
                await asyncio.sleep((int(self.due[sent]) - self.now()) / 1e9)

    async def wait(self, patience: float) -> None:
        """Wait for the last replies; what is missing then is cut off at this moment."""
        try:
            async with asyncio.timeout(patience):
                await self.finished.wait()
        except TimeoutError:
            now = self.now()
            self.done[self.done == 0] = now
            self.left = -1

    def close(self) -> None:
        self.left = -1
        for task in self.opening:
            task.cancel()
        for connection in self.all:
            connection.close()

    def samples(self, rate: float, duration: float, cpu_seconds: float) -> Samples:
        """Give copies, so that a late reply cannot change a result."""
        labels = tuple(dict.fromkeys(request.label for request in self.requests))
        label = np.array([labels.index(request.label) for request in self.requests], np.int16)
        return Samples(
            self.due,
            self.noticed.copy(),
            self.sent.copy(),
            self.done.copy(),
            self.outcome.copy(),
            self.status.copy(),
            label,
            labels,
            rate=rate,
            duration=duration,
            cpu_seconds=cpu_seconds,
            connections=len(self.all),
            complaints=self.complaints,
        )

    def _send(self, index: int) -> None:
        while self.free:
            connection = self.free.popleft()
            if connection.open:
                self._send_on(connection, index)
                return
            self.open_count -= 1
        self.waiting.append(index)
        self._open_one_more()

    def _open_one_more(self) -> None:
        if self.open_count < self.most:
            task = asyncio.get_running_loop().create_task(self._open())
            self.opening.add(task)
            task.add_done_callback(self.opening.discard)

    def _send_on(self, connection: Connection, index: int) -> None:
        self.sent[index] = self.now()
        self.outcome[index] = CUT_OFF
        reply = connection.ask(self.encoded[index])
        reply.add_done_callback(lambda future: self._done(future, connection, index))

    async def _open(self) -> None:
        self.open_count += 1
        try:
            _, connection = await asyncio.get_running_loop().create_connection(Connection, self.target.host, self.target.port)
        except OSError as error:
            self.open_count -= 1
            for line in (self.again, self.waiting):
                if line:
                    self._fail(line.popleft(), error)
            return
        self.all.append(connection)
        if self.again:
            self._send_on(connection, self.again.popleft())
        else:
            self._next(connection)

    def _next(self, connection: Connection) -> None:
        """Give a free connection to the request that waits longest."""
        if not connection.open:
            self._gone()
        elif self.waiting:
            self._send_on(connection, self.waiting.popleft())
        else:
            self.free.append(connection)

    def _done(self, future: asyncio.Future[Reply], connection: Connection, index: int) -> None:
        error = future.exception()
        if self.left < 0:
            return
        if error is None:
            self._judge(index, future.result())
            self._next(connection)
        else:
            self._retry_or_fail(connection, index, error)
            self._gone()

    def _gone(self) -> None:
        """Count a connection as closed and replace it when requests wait."""
        self.open_count -= 1
        if self.waiting:
            self._open_one_more()

    def _retry_or_fail(self, connection: Connection, index: int, error: BaseException) -> None:
        """Ask again once when a kept-alive connection was closed under a GET, as browsers do (RFC 9112, section 9.3.1)."""
        stale = connection.used > 1 and isinstance(error, ConnectionError) and self.requests[index].method == "GET"
        if stale and index not in self.retried:
            self.retried.add(index)
            self.again.append(index)
            self._open_one_more()
        else:
            self._fail(index, error)

    def _fail(self, index: int, error: BaseException) -> None:
        self.outcome[index] = LOST
        name = "broken reply" if isinstance(error, BrokenReplyError) else "connection lost"
        self._complain(index, f"{name}: {error or type(error).__name__}")
        self._finish(index)

    def _judge(self, index: int, reply: Reply) -> None:
        request = self.requests[index]
        self.status[index] = reply.status
        right = request.accepts(reply)
        self.outcome[index] = RIGHT if right else WRONG
        if not right:
            wrong = "unexpected content" if reply.status == request.expect_status else f"status {reply.status}"
            self._complain(index, wrong)
        self._finish(index)

    def _complain(self, index: int, what: str) -> None:
        self.complaints[f"{self.requests[index].label}: {what}"] += 1

    def _finish(self, index: int) -> None:
        self.done[index] = self.now()
        self.left -= 1
        if self.left == 0:
            self.finished.set()
