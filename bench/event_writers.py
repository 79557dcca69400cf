"""What the counter row of a channel costs its writers, beside a plain insert and beside numbering by the relay.

Three ways to write an event in a transaction that also changes a row and then works for a while, on PostgreSQL with its defaults:
`plain` inserts an event without a place in any order; `counter` is ours; `relay` inserts as `plain` does, and one relay gives
numbers to the rows that it can see. Every way runs with 1, 4 and 16 writers on one channel. In each of seven rounds every way runs
once, in turn. The table shows medians with the range, which for seven rounds is a 98 % interval of the median, and the median of
the ratios within a round. The raw figures follow as JSON, or go to the file that is named: `python bench/event_writers.py FILE`.
"""

import json
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from shutil import rmtree
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg

from groundplan_runtime.events import schema, write
from groundplan_runtime.runner.postgresql import PostgreSQL
from groundplan_runtime.runner.processes import Supervisor

ROUNDS = 7
SECONDS = 1.5
Write = Callable[[psycopg.Connection[Any]], None]
Rounds = dict[str, list[float]]


def main() -> None:
    """Measure and print."""
    folder = Path(tempfile.mkdtemp(prefix="groundplan-bench-"))
    folder.chmod(0o755)
    supervisor = Supervisor(folder / "logs", lambda _process, _line: None)
    server = PostgreSQL(folder, "bench")
    child = server.start(supervisor)
    try:
        while not server.ready():
            supervisor.wait(0.05)
        prepare(server.url)
        keep(measure(server.url))
    finally:
        supervisor.stop([child])
        rmtree(folder, ignore_errors=True)
        for path in server.scratch:
            rmtree(path, ignore_errors=True)


def prepare(url: str) -> None:
    """Make the tables of events, a table of the product, and one for events without a place."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in schema.statements("postgresql"):
            connection.execute(statement.encode())
        connection.execute("CREATE TABLE sale (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, amount numeric(12, 2))")
        connection.execute("CREATE TABLE unplaced (id uuid PRIMARY KEY, channel text, payload text, created_at text)")


def measure(url: str) -> list[dict[str, Any]]:
    """Print transactions per second for each way, number of writers and length of the transaction; gives all figures."""
    print(f"transactions/s, median of {ROUNDS} rounds of {SECONDS} s (range)\n")
    print(f"{'work':>6} {'writers':>8} {'plain':>22} {'counter':>22} {'relay':>22} {'counter/plain':>14}")
    raw = []
    for work in (0.0, 0.005):
        for writers in (1, 4, 16):
            found = rounds(url, writers, work)
            cells = " ".join(f"{median(each):8.0f} ({min(each):5.0f}-{max(each):5.0f})" for each in found.values())
            ratio = median(ours / rival for ours, rival in zip(found["counter"], found["plain"], strict=True))
            print(f"{work * 1000:4.0f}ms {writers:8} {cells} {ratio:14.2f}", flush=True)
            raw.append({"work_ms": work * 1000, "writers": writers, **found})
    return raw


def rounds(url: str, writers: int, work: float) -> Rounds:
    """Give the transactions per second of each way in each round; the ways take turns within a round."""
    found: Rounds = {"plain": [], "counter": [], "relay": []}
    for _ in range(ROUNDS):
        found["plain"].append(rate(url, plain, writers, work))
        found["counter"].append(rate(url, counter, writers, work))
        found["relay"].append(rate(url, plain, writers, work, relay=True))
    return found


def keep(raw: list[dict[str, Any]]) -> None:
    """Write the raw figures, a line for each row of the table."""
    lines = ",\n".join(json.dumps(row) for row in raw)
    text = f"[\n{lines}\n]\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        print(text)


def plain(connection: psycopg.Connection[Any]) -> None:
    """Insert an event without a place."""
    values = (uuid4(), "sale", '{"amount":"1.00"}', "2026")
    connection.execute("INSERT INTO unplaced (id, channel, payload, created_at) VALUES (%s, %s, %s, %s)", values)


def counter(connection: psycopg.Connection[Any], text: str = "1.00") -> None:
    """Publish as the runtime does."""

    def execute(sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        cursor = connection.execute(write_placeholders(sql), values)
        return cursor.fetchall() if cursor.description else []

    write.record(execute, write.draft("sale", "sale.created", {"amount": text}, None, 1), outbox=True)


def write_placeholders(sql: str) -> bytes:
    """Write `:name` as psycopg's `%(name)s`."""
    words = sql.split(":")
    named = [f"%({word[: (end := _end(word))]})s{word[end:]}" for word in words[1:]]
    return "".join([words[0], *named]).encode()


def _end(word: str) -> int:
    return next((place for place, letter in enumerate(word) if not (letter.isalnum() or letter == "_")), len(word))


def rate(url: str, event: Write, writers: int, work: float, *, relay: bool = False) -> float:
    """Give the transactions per second of all writers together. work: seconds a transaction takes after its event was written."""
    done = [0] * writers
    stop = threading.Event()

    def run(place: int) -> None:
        with psycopg.connect(url) as connection:
            while not stop.is_set():
                connection.execute("INSERT INTO sale (amount) VALUES (1)")
                event(connection)
                time.sleep(work)
                connection.commit()
                done[place] += 1

    threads = [threading.Thread(target=run, args=(place,)) for place in range(writers)]
    if relay:
        threads.append(threading.Thread(target=number, args=(url, stop)))
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


_TAKE = "DELETE FROM unplaced WHERE id IN (SELECT id FROM unplaced LIMIT 200) RETURNING id, payload"
_HEAD = """INSERT INTO channel_head VALUES ('r', 'e', %(count)s, NULL)
ON CONFLICT (channel) DO UPDATE SET seq = channel_head.seq + excluded.seq RETURNING seq"""
_PLACE = """INSERT INTO event_log (channel, seq, epoch, event_id, type, version, payload, created_at)
VALUES ('r', %s, 'e', %s, 't', 1, %s, '2026')"""


def number(url: str, stop: threading.Event) -> None:
    """Give numbers to what is visible, a batch at a time, as a relay would that owns the order."""
    with psycopg.connect(url) as connection:
        while not stop.is_set():
            rows = connection.execute(_TAKE).fetchall()
            if rows:
                ((last,),) = connection.execute(_HEAD, {"count": len(rows)}).fetchall()
                with connection.cursor() as cursor:
                    cursor.executemany(_PLACE, [(last - place, str(row[0]), row[1]) for place, row in enumerate(rows)])
            connection.commit()
            time.sleep(0 if rows else 0.01)


if __name__ == "__main__":
    main()
