"""Sockets that listen while rows are written and, if the must says so, while their connections are cut."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import numpy as np

from groundplan.brief.model import LoadPlan
from groundplan.measure.cutting import Cut, CuttingProxy
from groundplan.measure.driver import Target
from groundplan.measure.intervals import Run
from groundplan.measure.machine import raise_file_limit
from groundplan.measure.swarm import Entry, Swarm
from groundplan.measure.wire import cookie_header
from groundplan.proof.delivery import Account, Written, account_for
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.states import State, States, read_state
from groundplan.proof.writers import Writer, writers

__all__ = ["Heard", "listen", "seconds_of_listening"]

EVENTS_PER_SECOND = 10.0
FEWEST_EVENTS = 30
OPENING_SECONDS = 60.0
SETTLING_SECONDS = 45.0
OPENING_QUIET = 8.0
QUIET = 16.0
"""Seconds without a frame at any socket after which none is expected any more: longer than the longest wait to reconnect."""
DEFAULT_SECONDS = 30.0
FILES_PER_SOCKET = 3
SPARE_FILES = 500

Watch = Callable[[float], None]


def seconds_of_listening(plan: LoadPlan) -> float:
    """Give how long rows are written while sockets listen."""
    return plan.duration or DEFAULT_SECONDS


@dataclass(slots=True)
class Heard:
    """One run of listening. early, late: seconds from sending a write, and from its answer, to its event at each socket."""

    asked: int
    following: int
    account: Account
    committed: int
    cuts: list[Cut]
    resumed: int
    writers: list[Writer]
    refusals: Counter[str]
    early: Run
    late: Run

    def obstacle(self, plan: LoadPlan) -> str | None:
        """Say why this run saw too little to call a must kept, None when it saw enough."""
        silent = [writer.name for writer in self.writers if not writer.done]
        reset = sum(cut.connections for cut in self.cuts)
        if self.following < self.asked:
            return f"only {self.following} of {self.asked} sockets could be opened{_named(self.refusals)}"
        if silent:
            refused = next((writer.refused[0] for writer in self.writers if not writer.done and writer.refused), "no answer")
            return f"nothing could be written through {', '.join(silent)} ({refused})"
        if self.committed < FEWEST_EVENTS:
            return f"only {self.committed} events happened, at least {FEWEST_EVENTS} are needed: raise the duration"
        if plan.cut_seconds and not reset:
            return f"no connection was cut ({len(self.cuts)} cuts): the duration must be longer than a period of cuts"
        if plan.cut_seconds and not self.account.recovered and not self.account.resets:
            return "no socket missed anything while it was cut, so nothing had to be made good"
        return None


def _named(refusals: Counter[str]) -> str:
    return "".join(f" ({count} x {what})" for what, count in refusals.most_common(1))


async def listen(scene: Scene, target: Target, plan: LoadPlan, watch: Watch | None = None) -> Heard:
    """Open the sockets, write for the plan's duration while cutting as planned, let everything settle, and judge.

    watch: told about once a second how many seconds of writing are over. Raises UnprovableError when it cannot begin.
    """
    count = plan.sockets or 1
    _lift_file_limit(count)
    people = writers(scene, target)
    states = States(scene, target)
    async with AsyncExitStack() as stack:
        proxy = await stack.enter_async_context(CuttingProxy(target.host, target.port)) if plan.cut_seconds else None
        swarm = Swarm(_entry(scene, target, proxy), (scene.entity.name,), count, load_state=states.load)
        stack.push_async_callback(swarm.close)
        following = await swarm.open(OPENING_SECONDS, quiet=OPENING_QUIET)
        # Read when everybody listens: whatever is not in it was committed later, and must be seen by all.
        before = await read_state(scene, target)
        if following == count:
            await _write(people, plan, proxy, watch)
        after = await read_state(scene, target)
        if following == count:
            await _settle(swarm, scene.entity.name, after)
    if states.trouble is not None:
        raise UnprovableError(f"the state could not be loaded after a reset: {states.trouble}")
    written = Written(after.rows - before.rows, after.rows, tuple(tuple(writer.told) for writer in people))
    loaded = [state - before.rows for state in states.loaded]
    account = account_for(swarm.frames, [member.record for member in swarm.members], written, loaded, scene.entity.name)
    early, late = _delays(swarm, people)
    cuts = proxy.cuts if proxy else []
    return Heard(count, following, account, len(written.committed), cuts, swarm.resumed, people, swarm.refusals, early, late)


def _lift_file_limit(sockets: int) -> None:
    wanted = FILES_PER_SOCKET * sockets + SPARE_FILES
    limit = raise_file_limit(wanted)
    if limit < wanted:
        raise UnprovableError(f"{sockets} sockets and their proxy need {wanted} open files, and only {limit} are allowed here")


def _entry(scene: Scene, target: Target, proxy: CuttingProxy | None) -> Entry:
    via = Target("127.0.0.1", proxy.port, name=target.host_header) if proxy is not None else target
    headers = [{"Cookie": cookie_header(person.cookies), "Origin": scene.url} for person in scene.people()]
    return Entry(via, scene.socket_path, headers)


async def _write(people: list[Writer], plan: LoadPlan, proxy: CuttingProxy | None, watch: Watch | None) -> None:
    began = time.monotonic()
    end = began + seconds_of_listening(plan)
    every = len(people) / (plan.rate or EVENTS_PER_SECOND)
    async with asyncio.TaskGroup() as group:
        for number, writer in enumerate(people):
            group.create_task(writer.write(every, end, delay=every * number / len(people)))
        if proxy is not None and plan.cut_seconds:
            group.create_task(proxy.cut_every(plan.cut_every or 5 * plan.cut_seconds, plan.cut_seconds, until=end))
        if watch is not None:
            group.create_task(_watch(watch, began, end))


async def _watch(watch: Watch, began: float, end: float) -> None:
    while time.monotonic() < end:
        watch(time.monotonic() - began)
        await asyncio.sleep(min(1.0, max(0.05, end - time.monotonic())))


async def _settle(swarm: Swarm, channel: str, head: State) -> None:
    """Give every socket the time to come back and catch up; whoever has not by then has lost events."""
    epoch, seq = str(head.position.get("epoch")), int(head.position.get("seq", 0))
    await swarm.until(lambda: swarm.at(channel, epoch, seq) == len(swarm.members), SETTLING_SECONDS, quiet=QUIET)


def _delays(swarm: Swarm, people: list[Writer]) -> tuple[Run, Run]:
    """Give the delays of all (socket, row) pairs whose row was confirmed with its id, with the second it was sent in."""
    moments = {row: moment for writer in people for row, moment in writer.moments.items()}
    rows = {number: row for number in swarm.frames.numbers() if (row := _row_of(swarm.frames.decoded(number))) in moments}
    found = np.array(
        [
            (arrived - moments[rows[number]].sent, arrived - moments[rows[number]].answered, moments[rows[number]].sent)
            for member in swarm.members
            for number, arrived in zip(member.record.seen, member.record.moments, strict=True)
            if number in rows
        ]
    ).reshape(-1, 3)
    seconds = found[:, 2].astype(np.int64)
    return Run(found[:, 0], seconds), Run(np.maximum(found[:, 1], 0.0), seconds)


def _row_of(frame: dict[str, Any]) -> int:
    data = frame.get("data") if frame.get("type") == "event" else None
    return int(data["id"]) if isinstance(data, dict) and isinstance(data.get("id"), int) else -1
