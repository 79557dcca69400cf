"""Scenarios of the write side. Each plays with our code or, with ``wrong``, with a twin that lacks one guarantee."""

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from faults.crashes import truth
from faults.crashes.ground import Ground, write
from faults.crashes.nursery import Process
from faults.crashes.parts import ITEMS
from faults.crashes.serving import engine_of
from groundplan_runtime.adapters import sqlalchemy as ours
from groundplan_runtime.events import Published, redis_keys
from groundplan_runtime.events import write as write_side
from groundplan_runtime.events.doorbell import Wiring, wire
from groundplan_runtime.events.relay import Relay

__all__ = [
    "dead_after_commit",
    "numbers_without_holes",
    "opposite_order",
    "outside_of_the_transaction",
    "sent_before_commit",
    "writers_of_one_file",
]


class RolledBackError(Exception):
    """On purpose."""


async def opposite_order(ground: Ground, *, wrong: bool) -> list[str]:
    """Two publish on the same two channels, one this way and one that way, at the same time."""
    engine = ground.on_postgresql()
    met = threading.Barrier(2)

    def transact(channels: Sequence[str]) -> None:
        with Session(engine) as session, session.begin():
            if not wrong:
                ours.hold(session, *channels)
            ours.publish(session, channels[0], "sale.created", {})
            _meet(met)
            ours.publish(session, channels[1], "sale.created", {})

    problems = []
    for _ in range(3):
        problems += _both(lambda: transact(["sale", "shop"]), lambda: transact(["shop", "sale"]))
        met.reset()
    return problems


async def writers_of_one_file(ground: Ground, *, wrong: bool) -> list[str]:
    """Two transactions read where a channel stands, and then publish on it."""
    engine = ground.on_sqlite()
    if wrong:
        engine = create_engine(ground.url)  # the driver's own way: BEGIN, and that late
    met = threading.Barrier(2)

    def transact() -> None:
        with Session(engine) as session, session.begin():
            if wrong:
                session.connection().exec_driver_sql("BEGIN DEFERRED")
            ours.position(session, "sale")
            _meet(met)
            ours.publish(session, "sale", "sale.created", {})

    return _both(transact, transact)


async def outside_of_the_transaction(ground: Ground, *, wrong: bool) -> list[str]:
    """A change is published and then rolled back."""
    engine = ground.on_sqlite()
    doomed = []

    def change(session: Session) -> None:
        if wrong:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as alone:
                doomed.append(_record(alone).id)
        else:
            doomed.append(ours.publish(session, "sale", "sale.created", {}).id)
        raise RolledBackError

    try:
        with Session(engine) as session, session.begin():
            change(session)
    except RolledBackError:
        pass
    return [f"{one} was rolled back and is in the log" for one in doomed if one in ground.committed()]


async def dead_after_commit(ground: Ground, *, wrong: bool) -> list[str]:
    """A process changes a row, commits, and is killed before it does anything else."""
    engine = ground.on_postgresql()
    with engine.begin() as connection:
        connection.execute(text(ITEMS))
    process = Process(_change_and_die, ground.url, ground.valkey.url, wrong, log=Path(os.devnull))
    code = process.wait(20)
    await ground.relay(Relay).step()
    rows = truth.ask(ground.url, "SELECT name FROM item")[0]
    told = await ground.live()
    problems = [] if code == -signal.SIGKILL and len(rows) == 1 else [f"the scene did not play: {code}, {rows}"]
    return problems + ["a change was committed and nobody is told"] * (len(rows) - len(told))


def _change_and_die(url: str, events_url: str, wrong: bool) -> None:  # noqa: FBT001 runs in a process of its own
    wire(Wiring(outbox=True))
    with Session(engine_of(url)) as session, session.begin():
        session.execute(text("INSERT INTO item (channel, name, value) VALUES ('sale', 'a', '1')"))
        if not wrong:
            ours.publish(session, "sale", "sale.changed", {"name": "a"})
    os.kill(os.getpid(), signal.SIGKILL)
    if wrong:
        _send(events_url, "a")


async def sent_before_commit(ground: Ground, *, wrong: bool) -> list[str]:
    """A transaction publishes and is rolled back; a relay looks meanwhile and afterwards."""
    engine = ground.on_postgresql()
    relay = ground.relay(Relay)
    with Session(engine) as session:
        published = ours.publish(session, "sale", "sale.created", {})
        if wrong:
            _send(ground.valkey.url, published.id)
        await relay.step()
        session.rollback()
    await relay.step()
    return await ground.wrong()


async def numbers_without_holes(ground: Ground, *, wrong: bool) -> list[str]:
    """One publishes and is rolled back while another publishes and commits."""
    engine = ground.on_postgresql()
    write(engine)
    if wrong:
        with engine.begin() as connection:
            connection.execute(text("CREATE SEQUENCE numbers START 2"))
    began = threading.Event()

    def give_up() -> None:
        with Session(engine) as session:
            _number(session, wrong=wrong)
            began.set()
            session.rollback()

    def commit() -> None:
        assert began.wait(5)
        with Session(engine) as session, session.begin():
            _number(session, wrong=wrong)

    problems = _both(give_up, commit)
    seqs = [seq for seq, _ in truth.log(ground.url)["sale"]]
    return problems if seqs == [1, 2] else [*problems, f"the log holds the numbers {seqs}"]


def _number(session: Session, *, wrong: bool) -> None:
    if not wrong:
        ours.publish(session, "sale", "sale.created", {})
        return
    session.execute(
        text(
            "INSERT INTO event_log (channel, seq, epoch, event_id, type, version, payload, created_at) "
            "SELECT 'sale', n, 'e', 'twin' || n, 'sale.created', 1, '{}', '2026' FROM nextval('numbers') n"
        )
    )


def _record(connection: Connection) -> Published:
    """Publish as the library does, but for its question whether a transaction is open."""

    def execute(sql: str, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        result = connection.execute(text(sql), values)
        return result.all() if result.returns_rows else []

    return write_side.record(execute, write_side.draft("sale", "sale.created", {}, None, 1), outbox=False)


def _send(events_url: str, event_id: str) -> None:
    with redis.Redis.from_url(events_url) as client:
        client.xadd(redis_keys.live_key(0), {"id": event_id})


def _meet(barrier: threading.Barrier) -> None:
    """Wait for the other one, unless it waits for us already."""
    try:
        barrier.wait(0.3)
    except threading.BrokenBarrierError:
        return


def _both(*works: Callable[[], None]) -> list[str]:
    """Do both at once; gives how they failed."""
    problems: list[str] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except SQLAlchemyError as error:
            problems.append(str(error).partition("\n")[0])

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems
