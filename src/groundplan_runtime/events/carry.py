"""`python -m groundplan_runtime.events.carry`: a process that only carries events to Redis, beside or instead of the gateways.

Every gateway runs relays too, and the lease lets one of all of them work; so this is for projects whose realtime processes should
do nothing else, and for those that have none. It stops on SIGINT and SIGTERM.
"""

import asyncio
import contextlib
import signal
import sys

from groundplan_runtime.database import open_database
from groundplan_runtime.errors import ProjectError, SettingsError
from groundplan_runtime.events.relay import Relay, run
from groundplan_runtime.events.write import SHARDS
from groundplan_runtime.settings import Settings
from groundplan_runtime.telemetry.start import begin

__all__ = ["carry", "main"]

POLL_SECONDS = 0.1
RETRY_SECONDS = 0.5


async def carry(settings: Settings) -> None:
    """Carry events until a signal. Raises SettingsError when the project has no EVENTS_URL."""
    if not settings.events_url:
        raise SettingsError("EVENTS_URL is empty, so there is nowhere to carry events to; set it to a Redis or Valkey server.")
    database = open_database(settings.database_url)
    relays = [Relay(database, settings.events_url, shard) for shard in range(SHARDS)]
    tasks = [asyncio.create_task(run(relay, asyncio.Event(), poll=POLL_SECONDS, retry=RETRY_SECONDS)) for relay in relays]
    try:
        await _signal()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for relay in relays:
            with contextlib.suppress(Exception):  # what does not answer any more cannot be told either
                await relay.close()
        await database.close()


async def _signal() -> None:
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asked.set)
    await asked.wait()


def main() -> int:
    """Run until a signal; gives the exit code."""
    try:
        settings = Settings.load()
        begin(settings, settings.process or "carry")
        asyncio.run(carry(settings))
    except ProjectError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
