"""Networks that break without a word: who is told that a line lives, and who takes a silent one for dead."""

import asyncio
from collections.abc import AsyncIterator

from faults.cuts.stage import Stage
from faults.cuts.watching import PATIENCE_SECONDS, START, BrokenError, watch
from faults.support.proxy import FaultyProxy, opened
from groundplan_runtime.client import python
from groundplan_runtime.events.model import START as BEGINNING
from groundplan_runtime.gateway import Timing
from runtime.gateway.harness import house

__all__ = ["a_line_that_went_silent_is_given_up", "a_line_with_nothing_to_say_says_that_it_lives"]


async def a_line_with_nothing_to_say_says_that_it_lives(stage: Stage) -> None:
    with house(stage.url, timing=Timing(heartbeat=0.2)) as served:
        async with watch(served, sale=START) as client:
            await client.until(lambda: len(client.all("alive")) >= 3, "that the line lives")


async def a_line_that_went_silent_is_given_up(stage: Stage) -> None:
    with house(stage.url, timing=Timing(poll=0.1, heartbeat=0.1, silence=0.6)) as served:
        proxy = FaultyProxy(served.port, dead=1.0, seed=0)
        async with opened(proxy) as port, python.LiveClient(f"ws://127.0.0.1:{port}/ws?user=ann") as client:
            await client.follow("sale", BEGINNING)
            told = aiter(client)
            await asyncio.to_thread(served.publish)
            await _next(told)
            await proxy.cut("hang", 0)
            await asyncio.to_thread(served.publish)
            await _next(told)


async def _next(told: AsyncIterator[python.LiveEvent | python.Reset]) -> None:
    """Wait for what a client tells next. Raises BrokenError."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await anext(told)
    except TimeoutError as error:
        raise BrokenError(f"an event did not come in {PATIENCE_SECONDS:g} s") from error
