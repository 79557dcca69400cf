"""Follows the database log: the doorbell wakes it, and a look a few times a second is the safety net."""

import asyncio
import logging

from groundplan_runtime.gateway.doorbell import Ear
from groundplan_runtime.gateway.limits import Timing
from groundplan_runtime.gateway.streams import Streams

__all__ = ["follow_database"]

_log = logging.getLogger("groundplan.gateway")


async def follow_database(streams: Streams, ear: Ear, timing: Timing) -> None:
    """Bring the streams up to date until cancelled."""
    failing = False
    while True:
        try:
            await streams.catch_up()
        except Exception as error:  # noqa: BLE001 the feed outlives whatever the database does
            if not failing:
                _log.warning("the event log cannot be read (%s); trying again every %g s", error, timing.retry, exc_info=True)
            failing = True
            await asyncio.sleep(timing.retry)
            continue
        if failing:
            _log.warning("the event log is read again")
        failing = False
        await ear.wait(timing.poll)
