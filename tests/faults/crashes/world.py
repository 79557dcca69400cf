"""Plays a schedule: starts the processes, breaks what the schedule says at the moments it says, and waits until all is quiet."""

import asyncio
import random
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import redis

from faults.crashes import parts, truth
from faults.crashes.databases import Database
from faults.crashes.nursery import Process
from faults.crashes.observer import Observer
from faults.crashes.schedule import Fault, Schedule
from runtime.events.services import ValkeyServer, eventually

__all__ = ["World", "world"]

QUIET_SECONDS = 30.0


@dataclass(slots=True)
class Writer:
    """One writer of the schedule, over all its lives. first: the transaction that its next life begins with."""

    kind: str
    place: int
    first: int = 0
    process: Process | None = None
    reports: Connection | None = None


@dataclass(slots=True)
class Told:
    """What the writers said. doomed: ids of transactions that were rolled back. done: ids of those whose commit returned."""

    transactions: int = 0
    doomed: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    open: dict[int, list[str]] = field(default_factory=dict)


class World:
    """Everything that runs during one schedule."""

    def __init__(self, schedule: Schedule, database: Database, folder: Path) -> None:
        self.schedule = schedule
        self.database = database
        self.told = Told()
        self._began = time.monotonic()
        self.events: list[str] = []
        self._folder = folder
        self._draw = random.Random(f"world {schedule.seed}")
        self.valkey = ValkeyServer(folder) if schedule.redis else None
        self.house = parts.House(database.url, "", _port(), _port(), schedule.ring)
        self._alone: dict[str, Process] = {}
        self._writers = [Writer(kind, place) for place, kind in enumerate(schedule.writers)]
        self._returning: list[tuple[int, str, Writer | None]] = []
        address = f"ws://127.0.0.1:{self.house.port}/ws"
        self.observers = [Observer(address, self._load), Observer(address, self._load, every=15)]

    async def play(self) -> None:
        """Start, break, wait until quiet."""
        self._start_all()
        following = [asyncio.create_task(observer.run()) for observer in self.observers]
        try:
            await eventually(self._everybody_listens, QUIET_SECONDS)
            for writer in self._writers:
                self._start_writer(writer)
            for fault in self.schedule.faults:
                await self._until(fault.at)
                await self._break(fault)
            await self._until(None)
            self._tell("no more writers")
            await self._quiet()
            self._tell("quiet")
        finally:
            for task in following:
                task.cancel()
            ended = await asyncio.gather(*following, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in ended), ended

    def stop(self) -> None:
        """End every process."""
        for process in (*self._alone.values(), *(writer.process for writer in self._writers)):
            if process is not None:
                process.kill()
        if self.valkey is not None:
            self.valkey.stop()
        self.database.remove()

    def output(self) -> str:
        """Give the last lines that the processes wrote."""
        logs = [path for path in sorted(self._folder.glob("*.log")) if path.stat().st_size]
        return "\n".join(f"{path.name}: …{path.read_text(errors='replace')[-1500:]}" for path in logs)

    def _start_all(self) -> None:
        if self.valkey is not None:
            self.valkey.start()
            self.house = parts.House(self.database.url, self.valkey.url, self.house.port, self.house.doorbell, self.house.ring)
            self._start("relay")
        self._start("gateway")

    async def _everybody_listens(self) -> bool:
        return all(observer.frames for observer in self.observers)

    def _start(self, name: str) -> None:
        work = {"relay": parts.relay, "gateway": parts.gateway}[name]
        self._alone[name] = Process(work, self.house, log=self._folder / f"{name}.log")

    def _start_writer(self, writer: Writer) -> None:
        reads, writes = Process.pipe()
        life = parts.Life(writer.kind, self.schedule.seed, writer.place, writer.first, self.schedule.transactions)
        writer.process = Process(parts.writer, self.house, life, writes, log=self._folder / f"writer{writer.place}.log")
        writes.close()
        writer.reports = reads

    async def _until(self, moment: int | None) -> None:
        """Hear reports until so many transactions were made, or with None until nobody writes; bring back what is due."""
        while True:
            self._hear()
            for due in [one for one in self._returning if one[0] <= self.told.transactions]:
                self._bring_back(due)
            if moment is not None and self.told.transactions >= moment:
                return
            if not any(writer.process is not None for writer in self._writers):
                if not self._returning:
                    return
                self._bring_back(min(self._returning, key=lambda one: one[0]))
            await asyncio.sleep(0.002)

    def _hear(self) -> None:
        for writer in self._writers:
            while writer.reports is not None and writer.reports.poll():
                try:
                    what, number, *ids = writer.reports.recv_bytes().decode().split()
                except EOFError:
                    raise AssertionError(f"writer {writer.place} died by itself: {self.output()}") from None
                self._note(writer, what, int(number), ids)

    def _note(self, writer: Writer, what: str, number: int, ids: list[str]) -> None:
        if what in {"try", "doomed"}:
            writer.first = number + 1
            self.told.transactions += 1
            self.told.open[writer.place] = ids
        if what == "doomed":
            self.told.doomed.update(ids)
        elif what == "done":
            self.told.done.update(self.told.open[writer.place])
        elif what == "end":
            self._end(writer)

    @staticmethod
    def _end(writer: Writer) -> None:
        assert writer.reports is not None
        assert writer.process is not None
        writer.reports.close()
        writer.process.kill()
        writer.process = writer.reports = None

    async def _break(self, fault: Fault) -> None:
        self._tell(fault.what)
        what, _, whom = fault.what.partition(" ")
        back = self.told.transactions + fault.down
        if fault.what == "kill writer":
            self._kill_writer(self._writers[fault.whom], back)
        elif what == "kill" and whom in self._alone:
            self._alone[whom].kill()
            self._returning.append((back, f"start {whom}", None))
        elif what == "freeze":
            self._alone[whom].freeze()
            self._returning.append((back, f"thaw {whom}", None))
        elif whom == "redis":
            self._break_redis(what, back)
        else:
            await self._break_database(fault.what)

    def _tell(self, what: str) -> None:
        self.events.append(f"{time.monotonic() - self._began:6.3f} s, after {self.told.transactions} transactions: {what}")

    def _kill_writer(self, writer: Writer, back: int) -> None:
        if writer.process is None or writer.reports is None:
            return
        writer.process.kill()
        while writer.reports is not None and writer.reports.poll():
            try:
                what, number, *ids = writer.reports.recv_bytes().decode().split()
            except EOFError:
                break
            self._note(writer, what, int(number), ids)
        if writer.reports is not None:
            writer.reports.close()
            writer.process = writer.reports = None
            self._returning.append((back, "start writer", writer))

    def _break_redis(self, what: str, back: int) -> None:
        assert self.valkey is not None
        dump = self.valkey._valkey.sockets / "dump.rdb"
        if ("start redis", None) in [(action, whom) for _, action, whom in self._returning]:
            return  # it is down already
        with redis.Redis.from_url(self.valkey.url) as client:
            if what == "dump":
                client.save()
                return
            if what == "empty":
                client.flushall()
                return
        self.valkey.kill()
        if what == "kill":
            dump.unlink(missing_ok=True)
        self._returning.append((back, "start redis", None))

    async def _break_database(self, what: str) -> None:
        if what == "crash database":
            self.database.crash(self._draw)
        elif what == "copy database":
            await self.database.copy()
        elif what.endswith("in place"):
            await self.database.put_back(in_place=True)
        else:
            await self._put_back_while_down()

    async def _put_back_while_down(self) -> None:
        for process in self._alone.values():
            process.kill()
        for writer in self._writers:
            self._kill_writer(writer, 0)
        self._returning = [one for one in self._returning if one[1] in {"start redis", "start writer"}]
        await self.database.put_back(in_place=False)
        for name in tuple(self._alone):
            self._start(name)

    def _bring_back(self, due: tuple[int, str, Writer | None]) -> None:
        self._returning.remove(due)
        _, action, writer = due
        self._tell(action)
        what, _, whom = action.partition(" ")
        if writer is not None:
            self._start_writer(writer)
        elif whom == "redis":
            assert self.valkey is not None
            self.valkey.start()
        elif what == "start":
            if not self._alone[whom].alive:
                self._start(whom)
        else:
            self._alone[whom].thaw()

    async def _quiet(self) -> None:
        """Wait until everybody heard what the log holds and the relay has carried it."""
        end = time.monotonic() + QUIET_SECONDS
        while time.monotonic() < end and not self._all_heard():  # noqa: ASYNC110 it happens in other processes
            await asyncio.sleep(0.05)
        await asyncio.sleep(0.05)

    def _all_heard(self) -> bool:
        heads = truth.heads(self.database.url)
        places = [(channel, heard.position["seq"]) for one in self.observers for channel, heard in one.heard.items()]
        return all(seq == heads.get(channel, 0) for channel, seq in places) and not self.pending()

    def pending(self) -> int:
        """Give how many events wait to be carried."""
        waiting: int = truth.ask(self.database.url, "SELECT COUNT(*) FROM outbox_pending")[0][0][0]
        return waiting

    async def _load(self, channel: str) -> tuple[int, dict[str, str]]:
        return truth.load(self.database.url, channel)

    def carried(self, channel: str) -> list[tuple[int, str]]:
        """Give what Redis holds of a channel."""
        assert self.valkey is not None
        with redis.Redis.from_url(self.valkey.url, decode_responses=True) as client:
            entries = client.xrange(f"ev:{{0}}:{channel}")
        return [(int(place.split("-")[0]), fields["id"]) for place, fields in entries]


@contextmanager
def world(schedule: Schedule, database: Database, folder: Path) -> Iterator[World]:
    """Give the world of a schedule; nothing of it runs afterwards."""
    made = World(schedule, database, folder)
    try:
        yield made
    finally:
        made.stop()


def _port() -> int:
    """Give a free port below those of outgoing connections: a client that dials while nobody listens must not find itself."""
    draw = random.SystemRandom()
    while True:
        port = draw.randrange(20_000, 32_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
