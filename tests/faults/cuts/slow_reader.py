"""One client that stops reading, among others that read."""

import asyncio
from contextlib import AsyncExitStack

from faults.cuts.stage import LONG, SELDOM, Stage, resumed
from faults.cuts.watching import START, BrokenError, Watcher, watch
from groundplan_runtime.gateway import Limits
from runtime.gateway.harness import house

__all__ = ["a_client_that_stops_reading_harms_nobody"]

_OTHERS, _EVENTS = 10, 200


async def a_client_that_stops_reading_harms_nobody(stage: Stage) -> None:
    with house(stage.url, limits=Limits(queue_frames=100), timing=SELDOM) as served:
        async with AsyncExitStack() as stack:
            lazy = await stack.enter_async_context(watch(served, "lazy", room=4096, sale=START))
            others = [await stack.enter_async_context(watch(served, f"user{n}", sale=START)) for n in range(_OTHERS)]
            assert lazy.line is not None
            lazy.line.stop_reading()
            publishing = asyncio.create_task(asyncio.to_thread(served.publish, data=LONG, count=_EVENTS))
            await _all_seen(others)
            await publishing
            lazy.line.read_again()
            await lazy.closed(4408)
        await resumed(served, lazy, _EVENTS)


async def _all_seen(others: list[Watcher]) -> None:
    try:
        await asyncio.gather(*(other.seen(_EVENTS) for other in others))
    except BrokenError as broken:
        share = sum(len(other.seqs["sale"]) for other in others) / (_EVENTS * len(others))
        raise BrokenError(f"those who read were sent {share:.0%}; {broken}") from broken
