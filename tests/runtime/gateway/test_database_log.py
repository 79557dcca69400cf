"""Following the database log: writers in other processes, other pasts, and clients that harm only themselves."""

import asyncio
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from groundplan_runtime.client.python import LiveClient, LiveEvent
from groundplan_runtime.events import Position
from groundplan_runtime.gateway import Limits, Timing
from runtime.events import writer
from runtime.events.services import eventually
from runtime.gateway.harness import CHANNELS, QUICK, House, engine_of, house
from runtime.gateway.talk import place, say, signed_in, told

WRITER = str(Path(writer.__file__))


async def start_writer(url: str, *options: str, channel: str = "sale") -> asyncio.subprocess.Process:
    command = [sys.executable, WRITER, "django", url, channel, *options]
    return await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)


async def committed(process: asyncio.subprocess.Process) -> list[str]:
    """Wait for a writer and give the ids of what it committed."""
    output, _ = await process.communicate()
    *ids, done = output.decode().split()
    assert done == "done"
    return ids


async def ids_seen(client: LiveClient, count: int, seconds: float = 20) -> list[str | None]:
    """Take events until there are ``count``; gives their ids, and fails on a gap in their numbers."""
    seen: list[Position] = []
    async with asyncio.timeout(seconds):
        async for item in client:
            if isinstance(item, LiveEvent):
                seen.append(item.position)
            if len(seen) == count:
                break
    assert [position.seq for position in seen] == list(range(seen[0].seq, seen[0].seq + count))
    return [position.id for position in seen]


async def test_writers_of_other_processes_are_heard_in_order(url: str) -> None:
    with house(url) as served:
        async with LiveClient(served.address()) as client:
            await client.follow("sale", Position("", 0, None))
            writers = [await start_writer(url, "15", "--name", name, "--rollback-every", "4") for name in "ab"]
            seen = await ids_seen(client, 22)
            assert set(seen) == {event_id for process in writers for event_id in await committed(process)}


async def test_a_slow_committer_hides_nobodys_event(postgresql_url: str) -> None:
    """A writer that began first commits last; a reader that remembers how far it has read skips its events, ours does not."""
    cursor = ReaderWithCursor(postgresql_url)
    with house(postgresql_url) as served:
        served.people.allow("ann", *CHANNELS.values())
        async with LiveClient(served.address()) as client:
            for channel in CHANNELS:
                await client.follow(channel, Position("", 0, None))
            slow = await start_writer(postgresql_url, "2", "--hold", "0.4", channel="shop")
            quick = await start_writer(postgresql_url, "60", "--pause", "0.02")
            seen = set()
            async with asyncio.timeout(20):
                async for item in client:
                    cursor.read()
                    seen.add(item.position.id)
                    if len(seen) == 62:
                        break
            expected = {*await committed(slow), *await committed(quick)}
    cursor.read()
    assert seen == expected
    assert cursor.seen < expected


class ReaderWithCursor:
    """What most pollers do: remember the newest row, ask for newer ones."""

    def __init__(self, url: str) -> None:
        self._engine = engine_of(url)
        self._last = ""
        self.seen: set[str] = set()

    def read(self) -> None:
        newer = text("SELECT created_at, event_id FROM event_log WHERE created_at > :last ORDER BY created_at")
        with self._engine.connect() as connection:
            for created_at, event_id in connection.execute(newer, {"last": self._last}):
                self._last = created_at
                self.seen.add(event_id)


async def test_a_doorbell_wakes_the_gateway_long_before_it_would_look(sqlite_url: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with house(sqlite_url, doorbell=("127.0.0.1", port), timing=Timing(poll=60)) as served:
        async with signed_in(served) as client:
            await say(client)
            await told(client)
            process = await start_writer(sqlite_url, "1", "--doorbell", str(port))
            assert (await told(client))["seq"] == 1
            await committed(process)


async def test_a_second_gateway_at_the_same_doorbell_looks_by_itself(sqlite_url: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        with house(sqlite_url, doorbell=taken.getsockname()) as served:
            async with signed_in(served) as client:
                await say(client)
                await told(client)
                await asyncio.to_thread(served.publish, quietly=True)
                assert (await told(client))["seq"] == 1


async def test_a_database_put_back_resets_those_who_listen_and_those_who_resume(sqlite_url: str, tmp_path: Path) -> None:
    with house(sqlite_url) as served:
        await served.published(count=3)
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        _copy(file, tmp_path / "older")
        last = (await served.published(count=3))[-1]
        async with signed_in(served) as client, signed_in(served, "ben") as other:
            await say(client, position=place(last))
            assert (await told(client))["replayed"] == 0
            _copy(tmp_path / "older", file)
            reset = await told(client)
            assert (reset["reason"], reset["position"]["seq"]) == ("epoch", 3)
            again = await asyncio.to_thread(served.publish, count=3)
            assert [(await told(client))["id"] for _ in again] == [one.id for one in again]
            await say(other, position=place(last))  # the same number as the new head, but another event
            assert (await told(other))["reason"] == "epoch"


def _copy(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


async def test_a_log_that_was_emptied_resets(served: House) -> None:
    head = (await served.published(count=3))[-1]
    async with signed_in(served) as client:
        await say(client, position=place(head))
        await told(client)
        served.execute("DELETE FROM event_log", "DELETE FROM channel_head")
        assert (await told(client))["position"]["seq"] == 0
        (fresh,) = await asyncio.to_thread(served.publish)
        assert (await told(client))["id"] == fresh.id


async def test_events_that_were_removed_before_they_were_read_reset(sqlite_url: str) -> None:
    with house(sqlite_url, timing=Timing(poll=60)) as served:
        head = (await served.published(count=2))[-1]
        async with signed_in(served) as client:
            await say(client, position=place(head))
            await told(client)
            served.publish(count=3, quietly=True)
            served.execute("DELETE FROM event_log WHERE seq < 4")
            await asyncio.to_thread(served.publish)
            assert (await told(client))["reason"] == "trimmed"


async def test_a_broken_payload_leaves_a_tombstone_at_its_place(served: House) -> None:
    async with signed_in(served) as client:
        await say(client)
        await told(client)
        epoch = (await asyncio.to_thread(served.publish))[0].epoch
        await told(client)
        with served.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE channel_head SET seq = 2, event_id = 'raw'")
            values = ("sale", 2, epoch, "raw", "sale.created", 1, "{NaN", "2026-11-22T00:00:00.000000Z")
            connection.exec_driver_sql(
                "INSERT INTO event_log (channel, seq, epoch, event_id, type, version, payload, created_at) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                values,
            )
        frame = await told(client)
        assert (frame["event"], frame["seq"], frame["data"]) == ("tombstone", 2, None)
        await asyncio.to_thread(served.publish)
        assert (await told(client))["seq"] == 3


@contextmanager
def lazy(served: House) -> Iterator[None]:
    """Hold a socket whose client follows sales and never reads: by hand, because every library reads ahead."""
    subscribe = b'{"type": "subscribe", "channel": "sale"}'
    head = f"GET /ws?user=lazy HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # else the kernel would take megabytes for him
        client.connect(("127.0.0.1", served.port))
        client.sendall((head + key).encode())
        assert b" 101 " in client.recv(500)
        client.sendall(bytes((0x81, 0x80 | len(subscribe), 0, 0, 0, 0)) + subscribe)  # a text frame with an empty mask
        yield


async def gone(served: House, left: int) -> None:
    """Wait until only so many sockets are left."""

    async def enough() -> bool:
        return len(served.gateway.sessions) <= left

    await eventually(enough, 15)


async def test_a_client_that_stops_reading_is_closed_and_harms_nobody(sqlite_url: str) -> None:
    with house(sqlite_url, timing=Timing(close=0.3)) as served, ExitStack() as stalled:
        async with signed_in(served) as healthy:
            await say(healthy)
            await told(healthy)
            stalled.enter_context(lazy(served))
            publishing = asyncio.create_task(asyncio.to_thread(served.publish, data={"text": "x" * 50_000}, count=200))
            assert [(await told(healthy))["seq"] for _ in range(200)] == list(range(1, 201))
            await publishing
            await gone(served, left=1)


async def test_a_client_too_slow_for_one_batch_is_closed_too(sqlite_url: str) -> None:
    limits = Limits(queue_frames=5000, queue_bytes=100_000_000)
    with house(sqlite_url, limits=limits, timing=Timing(send=0.3, close=0.2)) as served, lazy(served):
        await asyncio.to_thread(served.publish, data={"text": "x" * 60_000}, count=150)
        await gone(served, left=0)


async def test_a_database_that_is_away_for_a_while_costs_no_event(sqlite_url: str) -> None:
    with house(sqlite_url) as served:
        async with signed_in(served) as client:
            await say(client)
            await told(client)
            served.execute("ALTER TABLE channel_head RENAME TO elsewhere")
            await asyncio.sleep(3 * QUICK.poll)
            served.execute("ALTER TABLE elsewhere RENAME TO channel_head")
            await asyncio.to_thread(served.publish)
            assert (await told(client))["seq"] == 1


async def test_sockets_cut_while_writers_publish_see_every_id_in_order(url: str) -> None:
    await _cuts(url, sockets=15, events=60, cuts=4, pause=0.02)


@pytest.mark.long
async def test_three_hundred_sockets_cut_while_writers_publish_see_every_id_in_order(url: str) -> None:
    await _cuts(url, sockets=300, events=400, cuts=12, pause=0.03)


async def _cuts(url: str, *, sockets: int, events: int, cuts: int, pause: float) -> None:
    """Cut all sockets again and again while two writers publish; every client must see every committed id once, in order."""
    with house(url) as served:
        clients = [LiveClient(served.address(f"user{number}"), draw=lambda: 0.05) for number in range(sockets)]
        for client in clients:
            await client.follow("sale", Position("", 0, None))
        watching = [asyncio.create_task(ids_seen(client, 2 * events, 120)) for client in clients]
        writers = [await start_writer(url, str(events), "--pause", str(pause)) for _ in range(2)]
        for _ in range(cuts):
            await asyncio.sleep(pause * events / cuts)
            await asyncio.to_thread(served.cut)
        expected = {event_id for process in writers for event_id in await committed(process)}
        seen = await asyncio.gather(*watching)
        assert all(set(ids) == expected for ids in seen)
        assert sum(client.reconnects for client in clients) >= sockets
        for client in clients:
            await client.__aexit__(None, None, None)
