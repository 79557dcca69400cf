"""What the driver itself costs: the same load against a server that does nothing, in a process of its own."""

import asyncio
import dataclasses
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import numpy as np
from numpy.typing import NDArray

from groundplan.measure.driver import Target, drive
from groundplan.measure.samples import Samples
from groundplan.measure.wire import Request

__all__ = ["ceiling", "null_server"]


@asynccontextmanager
async def null_server(size: int) -> AsyncIterator[Target]:
    """Run the null server, whose replies carry ``size`` bytes, and give where it listens."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "groundplan.measure.null_server", str(size)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None  # noqa: S101  (asked for above)
    assert process.stdout is not None  # noqa: S101  (asked for above)
    try:
        async with asyncio.timeout(20):
            port = int(await process.stdout.readline())
        yield Target("127.0.0.1", port)
    finally:
        process.stdin.close()
        try:
            async with asyncio.timeout(5):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


async def ceiling(requests: Sequence[Request], due: NDArray[np.int64], *, rate: float, duration: float, size: int) -> Samples:
    """Drive the null server exactly as the real one. size: bytes of a typical real reply."""
    plain = [dataclasses.replace(request, expect_status=200, expect_text=b"", expect_size=0) for request in requests]
    async with null_server(size) as target:
        return await drive(target, plain, due, rate=rate, duration=duration, patience=2.0)
