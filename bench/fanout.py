"""One message to 1,000 sockets: ours with queues, order and resume, beside a bare loop, Django Channels and python-socketio.

All servers run at once, each on uvicorn (uvloop, no compression, the same processor) with its own 1,000 open sockets; their turns
are bracketed by turns of the bare loop, which promises nothing. A turn is 8 single messages for the latency and 20 back to back
for the rate. Ours publishes each message in a PostgreSQL transaction and carries it through the relay and Valkey; the clock runs
from before that transaction. The bare loop hears from the same Valkey by pub/sub. Channels and python-socketio are told to send
inside their own server by one request, which spares them what a second process would cost. ``--keep`` writes the raw data;
``--only "channels, pub/sub layer"`` leaves the other rivals out.
"""

import asyncio
import gc
import socket
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import psycopg
import redis
from event_writers import counter
from support import crowd, house, rounds

from runtime.events.services import fresh_postgresql, postgresql_server, valkey_server

SOCKETS, SINGLE, BURST = 1000, 8, 20
TEXT = "MARK" + "x" * 116
SUBSCRIBE = '{"type":"subscribe","channel":"sale"}'
RIVALS = {
    "channels, pub/sub layer": ("channels", "pubsub"),
    "channels, layer in memory": ("channels", "memory"),
    "python-socketio, Redis": ("socketio", "redis"),
    "python-socketio, one process": ("socketio", "memory"),
}


@dataclass(frozen=True)
class Turn:
    """What one turn gave. p50, p99: milliseconds from publishing; rate: deliveries per second; cost: processor µs a delivery."""

    p50: float
    p99: float
    rate: float
    cost: float


@dataclass(frozen=True)
class Form:
    """One way to hand out. publish: hands out so many messages."""

    server: house.Server
    sockets: crowd.Crowd
    publish: Callable[[int], None]

    async def turn(self) -> Turn:
        """Take a turn."""
        latencies: list[float] = []
        for _ in range(SINGLE):
            arrivals, began, _ = await self._handed_out(1)
            latencies += [(at - began) / 1e6 for at, count in arrivals for _ in range(count)]
            await asyncio.sleep(0.03)
        before = self.server.processor()
        arrivals, began, _ = await self._handed_out(BURST)
        seconds = (arrivals[-1][0] - began) / 1e9
        cost = (self.server.processor() - before) / (BURST * SOCKETS) * 1e6
        latencies.sort()
        return Turn(median(latencies), latencies[int(0.99 * len(latencies))], BURST * SOCKETS / seconds, cost)

    async def _handed_out(self, messages: int) -> tuple[list[tuple[int, int]], int, None]:
        self.sockets.expect(messages * SOCKETS)
        began = time.monotonic_ns()
        await asyncio.to_thread(self.publish, messages)
        return await self.sockets.arrivals(60), began, None


def by_pubsub(client: "redis.Redis") -> Callable[[int], None]:
    """Publish as the bare loop hears it."""

    def publish(count: int) -> None:
        for _ in range(count):
            client.publish("all", TEXT)

    return publish


def by_transaction(connection: "psycopg.Connection[tuple[object, ...]]", bell: tuple[str, int]) -> Callable[[int], None]:
    """Publish as the runtime does, one transaction for each message, with a ring after each."""
    wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def publish(count: int) -> None:
        for _ in range(count):
            counter(connection, TEXT)
            connection.commit()
            wire.sendto(b"", bell)

    return publish


def by_request(port: int) -> Callable[[int], None]:
    """Have the server itself send."""

    def publish(count: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.sendall(f"GET /push?count={count} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
            wire.recv(1000)

    return publish


async def measured(stack: ExitStack) -> dict[str, list[tuple[Turn, Turn, Turn]]]:
    """Start everything, take turns, and give them."""
    valkey = stack.enter_context(valkey_server()).url
    url = fresh_postgresql(stack.enter_context(postgresql_server()))
    bell = ("127.0.0.1", free_datagram_port())
    connection = stack.enter_context(psycopg.connect(url))
    forms = {"bare": await _form(stack, "bare", "/live", (), lambda _: by_pubsub(redis.Redis.from_url(valkey)), EVENTS_URL=valkey)}
    told = {"EVENTS_URL": valkey, "DATABASE_URL": url, "DOORBELL": f"{bell[0]}:{bell[1]}"}
    forms["ours"] = await _form(stack, "ours", "/live", (SUBSCRIBE,), lambda _: by_transaction(connection, bell), **told)
    for name, (library, layer) in RIVALS.items():
        path, first = ("/socket.io/?EIO=4&transport=websocket", ("40",)) if library == "socketio" else ("/live", ())
        forms[name] = await _form(stack, library, path, first, by_request, EVENTS_URL=valkey, LAYER=layer)
    gc.collect()
    gc.freeze()
    for form in forms.values():
        await form.turn()  # warm
    bare = forms.pop("bare")
    loop = asyncio.get_running_loop()
    return await asyncio.to_thread(_turns, loop, bare, forms)


def _turns(loop: asyncio.AbstractEventLoop, bare: Form, forms: dict[str, Form]) -> dict[str, list[tuple[Turn, Turn, Turn]]]:
    def taken(form: Form) -> Callable[[], Turn]:
        return lambda: asyncio.run_coroutine_threadsafe(form.turn(), loop).result()

    return rounds.bracketed(taken(bare), {name: taken(form) for name, form in forms.items()})[1]


async def _form(
    stack: ExitStack, app: str, path: str, first: tuple[str, ...], publisher: Callable[[int], Callable[[int], None]], **told: str
) -> Form:
    server = stack.enter_context(house.serving(f"fanout_server:{app}", house.PROJECT if app == "ours" else house.UVICORN, **told))
    sockets = crowd.Crowd(server.port, path, first, socketio=app == "socketio")
    await sockets.open(SOCKETS, 50)
    await asyncio.sleep(1)  # groups are joined
    await sockets.greeted(2 if first == (SUBSCRIBE,) else 0)
    return Form(server, sockets, publisher(server.port))


def free_datagram_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def told(found: dict[str, list[tuple[Turn, Turn, Turn]]]) -> None:
    """Print a table."""
    bare = [turn for taken in found.values() for before, _, after in taken for turn in (before, after)]
    print("| way | deliveries/s | p50 ms | p99 ms | µs a delivery | rate to bare | p50 to bare |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    print(f"| bare loop | {_plain(bare)} | 1 | 1 |")
    for name, taken in found.items():
        rates = [2 * own.rate / (before.rate + after.rate) for before, own, after in taken]
        slower = [2 * own.p50 / (before.p50 + after.p50) for before, own, after in taken]
        print(f"| {name} | {_plain([own for _, own, _ in taken])} | {rounds.shown(rates)} | {rounds.shown(slower)} |")
    print()
    for name in RIVALS:
        pairs = zip(found["ours"], found[name], strict=True)
        times = [_to_bare(ours) / _to_bare(rival) for ours, rival in pairs]
        print(f"ours delivers {rounds.shown(times, '.1f')} times as many as {name}")


def _to_bare(taken: tuple[Turn, Turn, Turn]) -> float:
    before, own, after = taken
    return 2 * own.rate / (before.rate + after.rate)


def _plain(turns: list[Turn]) -> str:
    values = zip(*((turn.rate, turn.p50, turn.p99, turn.cost) for turn in turns), strict=True)
    return " | ".join(rounds.shown(list(each), form) for each, form in zip(values, (",.0f", ".1f", ".1f", ".1f"), strict=True))


def main() -> None:
    for name in [name for name in RIVALS if "--only" in sys.argv and name not in sys.argv]:
        del RIVALS[name]
    house.pin(1)
    where = rounds.conditions("uvicorn", "websockets", "starlette", "channels", "channels-redis", "python-socketio", "uvloop")
    print(f"{where}; {rounds.ROUNDS} rounds, {SOCKETS} sockets each\n")
    with ExitStack() as stack:
        found = crowd.run(measured(stack))
    told(found)
    raw = {name: [[vars_of(turn) for turn in taken] for taken in turns] for name, turns in found.items()}
    rounds.keep("fanout", where, raw)


def vars_of(turn: Turn) -> list[float]:
    return [turn.p50, turn.p99, turn.rate, turn.cost]


if __name__ == "__main__":
    main()
