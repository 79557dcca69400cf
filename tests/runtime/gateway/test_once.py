"""What is done once however many clients there are, and how clients come back apart."""

import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from groundplan_runtime import client
from groundplan_runtime.client.python import full_jitter
from groundplan_runtime.events import frame
from groundplan_runtime.gateway import blocks
from runtime.gateway.harness import House
from runtime.gateway.listen import listening
from runtime.gateway.talk import say, signed_in, told

CLIENTS = 12
DRAWS = 3000
CLIENT = Path(client.__file__).with_name("groundplan-live.js")
ENCODING = {frame.frame_of.__code__: "event", blocks.make.__code__: "block"}


@contextmanager
def counted(served: House) -> Iterator[Counter[str]]:
    """Count in the server's own thread how often an event is encoded."""
    counts: Counter[str] = Counter()

    def look(called: FrameType, what: str, _argument: Any) -> None:
        if what == "call" and called.f_code in ENCODING:
            counts[ENCODING[called.f_code]] += 1

    served.loop.call_soon_threadsafe(sys.setprofile, look)
    yield counts
    served.loop.call_soon_threadsafe(sys.setprofile, None)


async def test_an_event_is_encoded_once_for_all_sockets_and_once_for_all_streams(served: House) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(signed_in(served)) for _ in range(CLIENTS)]
        streams = [await stack.enter_async_context(listening(served)) for _ in range(CLIENTS)]
        for socket in sockets:
            await say(socket)
            await told(socket)
        for stream in streams:
            await stream.frame()
        with counted(served) as counts:
            await asyncio.to_thread(served.publish, count=5)
            for _ in range(5):
                frames = [await told(socket) for socket in sockets] + [await stream.frame() for stream in streams]
                assert len({frame["seq"] for frame in frames}) == 1
    # Each look at the log reads the last known event along, to see that the past is still the same: at most one more for each.
    assert 5 <= counts["event"] <= 10
    assert counts["block"] == 5


def python_waits(attempt: int) -> list[float]:
    draws = random.Random(attempt)
    return [full_jitter(attempt, draws.random()) for _ in range(DRAWS)]


def javascript_waits(attempt: int) -> list[float]:
    node = shutil.which("node")
    if node is None:
        assert "CI" not in os.environ, "node is not on the PATH, and CI leaves nothing out"
        pytest.skip("node is not on the PATH: the JavaScript client was not run here")
    drawing = f"Array.from({{ length: {DRAWS} }}, () => fullJitter({attempt}, Math.random()))"
    program = f"import {{ fullJitter }} from {json.dumps(str(CLIENT))}; console.log(JSON.stringify({drawing}));"
    told = subprocess.run([node, "--input-type=module", "-e", program], capture_output=True, text=True, check=True)
    return [milliseconds / 1000 for milliseconds in json.loads(told.stdout)]


@pytest.mark.parametrize("waits", [python_waits, javascript_waits])
@pytest.mark.parametrize(("attempt", "longest"), [(0, 0.5), (3, 4.0), (10, 15.0)])
def test_waits_are_spread_evenly_from_nothing_to_the_longest(
    waits: Callable[[int], list[float]], attempt: int, longest: float
) -> None:
    shares = sorted(wait / longest for wait in waits(attempt))
    assert 0 <= shares[0] <= shares[-1] < 1
    # Kolmogorov and Smirnov: an even spread is further away than this once in a million.
    assert max(abs(share - (rank + 0.5) / DRAWS) for rank, share in enumerate(shares)) < 2.7 / DRAWS**0.5
