"""Django mounted by its WSGI self in threads, beside its ASGI self, in one process: a page with a query in PostgreSQL.

Closed loop over eight connections for a second at a time; a turn of the WSGI self stands between two turns of the ASGI self with
the same synchronous view; an asynchronous view on the ASGI self is told beside them. Django's default seven middlewares, psycopg's
pool. ``--keep`` writes the raw data.
"""

import asyncio
import functools
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

import psycopg
from compose import Form, connection
from support import crowd, house, rounds

from runtime.events.services import postgresql_server

SECONDS, CONNECTIONS = 1.0, 8


def turn(server: house.Server, path: str) -> tuple[float, float]:
    """Give answers per second and processor microseconds per answer."""
    asked = Form(path, server.port, path, (server.process.pid,))

    async def load() -> int:
        until = time.monotonic() + SECONDS
        return sum(await asyncio.gather(*(connection(asked, until) for _ in range(CONNECTIONS))))

    before = server.processor()
    count = crowd.run(load())
    return count / SECONDS, (server.processor() - before) / count * 1e6


def main() -> None:
    house.pin(1)
    where = rounds.conditions("django", "a2wsgi", "uvicorn", "psycopg")
    print(f"{where}; {rounds.ROUNDS} rounds\n")
    with postgresql_server() as url:
        with psycopg.connect(url, autocommit=True) as database:
            database.execute("CREATE TABLE bench_row (id bigint PRIMARY KEY, text varchar(40))")
            database.execute("INSERT INTO bench_row VALUES (1, 'a row')")
        with house.serving("mount_server:application", POSTGRESQL=url) as server:
            ways = {"WSGI self": "/wsgi/page", "ASGI self, asynchronous view": "/asgi/async-page"}
            asgi = functools.partial(turn, server, "/asgi/page")
            for way in (asgi, *(functools.partial(turn, server, path) for path in ways.values())):
                way()  # warm
            runs, found = rounds.bracketed(asgi, {name: functools.partial(turn, server, path) for name, path in ways.items()})
    rate, cost = (rounds.shown([run[place] for run in runs], ",.0f") for place in (0, 1))
    print(f"ASGI self: {rate}/s, {cost} µs each")
    for name, taken in found.items():
        rates = [2 * own[0] / (before[0] + after[0]) for before, own, after in taken]
        costs = [2 * own[1] / (before[1] + after[1]) for before, own, after in taken]
        print(f"{name}: rate x {rounds.shown(rates)}, processor time x {rounds.shown(costs)}")
    rounds.keep("mount", where, found)


if __name__ == "__main__":
    main()
