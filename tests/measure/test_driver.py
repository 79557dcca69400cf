import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import numpy as np
import pytest

from groundplan.errors import InputError
from groundplan.measure.ceiling import ceiling
from groundplan.measure.driver import Target, arrivals, drive
from groundplan.measure.samples import Samples
from groundplan.measure.wire import Request

Serving = Callable[[Any], AbstractAsyncContextManager[Target]]
_OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def _read(reader: asyncio.StreamReader) -> bytes:
    return await reader.readuntil(b"\r\n\r\n")


async def _answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        await _read(reader)
        writer.write(_OK)


async def _run(target: Target, rate: float = 200, duration: float = 0.5, path: str = "/", **more: Any) -> Samples:
    due = arrivals(rate, duration, seed=1)
    requests = [Request("get", "GET", path, expect_text=b"ok")] * len(due)
    return await drive(target, requests, due, rate=rate, duration=duration, **more)


def test_arrivals_are_many_as_asked_random_and_repeatable() -> None:
    due = arrivals(100, 2, seed=3)
    assert len(due) == 200
    assert np.all(np.diff(due) >= 0)
    assert due[-1] < 2e9
    assert np.array_equal(due, arrivals(100, 2, seed=3))
    assert not np.array_equal(due, arrivals(100, 2, seed=4))


@pytest.mark.parametrize(("rate", "duration"), [(0.1, 1), (1e9, 10), (10, 1e6), (10, 0)])
def test_load_is_bounded_in_count_and_time(rate: float, duration: float) -> None:
    with pytest.raises(InputError, match="at most"):
        arrivals(rate, duration, seed=0)


async def test_all_requests_are_answered_and_every_sample_is_kept(serve: Serving) -> None:
    async with serve(_answering) as target:
        samples = await _run(target)
    assert (samples.count, samples.right, samples.errors, samples.unanswered) == (100, 100, 0, 0)
    assert len(samples.latencies()) == len(samples.blocks(0.1)) == 100
    assert np.all(samples.latencies() > 0)
    assert samples.achieved_rate() == pytest.approx(200, rel=0.05)
    assert samples.cpu_seconds > 0


async def test_latency_counts_from_the_intended_moment_so_a_stall_is_seen_by_all_who_came_in_it(serve: Serving) -> None:
    clock = asyncio.get_running_loop().time
    first_at: list[float] = []

    async def stalling(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await _read(reader)
            first_at.append(clock())
            await asyncio.sleep(max(0.0, first_at[0] + 0.4 - clock()))
            writer.write(_OK)

    async with serve(stalling) as target:
        samples = await _run(target, rate=100, duration=0.6)
    assert np.count_nonzero(samples.latencies() > 0.1) >= 10


async def test_a_slow_server_does_not_slow_the_arrivals(serve: Serving) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await _read(reader)
            await asyncio.sleep(0.2)
            writer.write(_OK)

    async with serve(slow) as target:
        samples = await _run(target, rate=200, duration=0.5)
    assert samples.right == 100
    assert samples.connections > 32
    assert float(np.median(samples.lags())) < 0.05


async def test_requests_wait_in_line_when_no_connection_may_be_added(serve: Serving) -> None:
    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await _read(reader)
            await asyncio.sleep(0.02)
            writer.write(_OK)

    async with serve(slow) as target:
        crowded = await _run(target, rate=150, duration=0.4, connections=2)
    assert (crowded.right, crowded.connections) == (60, 2)
    assert crowded.latencies().max() > 0.1


async def test_replies_that_never_come_are_slow_and_not_forgotten(serve: Serving) -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await _read(reader)
        await asyncio.sleep(60)

    async with serve(silent) as target:
        samples = await _run(target, rate=100, duration=0.2, patience=0.3)
    assert samples.unanswered == 20
    assert np.all(samples.latencies() > 0.25)
    assert samples.achieved_rate() == 0


@pytest.mark.parametrize(
    ("reply", "complaint"),
    [
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", "get: status 302"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", "get: status 500"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlogin", "get: unexpected content"),
        (b"220 mail.example\r\n\r\n", "broken reply"),
    ],
)
async def test_wrong_replies_are_errors_and_named(serve: Serving, reply: bytes, complaint: str) -> None:
    async def wrong(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await _read(reader)
            writer.write(reply)

    async with serve(wrong) as target:
        samples = await _run(target, rate=50, duration=0.2)
    assert (samples.errors, samples.right) == (10, 0)
    assert any(complaint in told for told in samples.complaints)
    assert len(samples.latencies()) == 0


async def test_a_server_that_hangs_up_is_asked_again_once_where_that_is_safe(serve: Serving) -> None:
    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _read(reader)
        writer.write(_OK)
        with contextlib.suppress(asyncio.IncompleteReadError):
            await _read(reader)

    async with serve(once) as target:
        samples = await _run(target, rate=100, duration=0.3)
    assert samples.right == 30


async def test_a_server_that_takes_no_connection_loses_every_request() -> None:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    samples = await _run(Target("127.0.0.1", port), rate=50, duration=0.2)
    assert samples.errors == 10
    assert any("connection lost" in told for told in samples.complaints)


async def test_a_foreign_host_is_refused_before_a_byte_is_sent() -> None:
    with pytest.raises(InputError, match="loopback"):
        await _run(Target("192.0.2.1", 80))


async def test_the_watcher_is_told_how_far_it_is(serve: Serving) -> None:
    told: list[tuple[int, int]] = []
    async with serve(_answering) as target:
        await _run(target, rate=40, duration=1.3, watch=lambda done, total: told.append((done, total)))
    assert told
    assert told[0][0] < told[0][1] == 52


async def test_the_drivers_own_share_is_measured_against_a_server_that_does_nothing() -> None:
    due = arrivals(200, 0.5, seed=1)
    requests = [Request("add", "POST", "/", body=b"{}", expect_status=201, expect_text=b"id")] * len(due)
    samples = await ceiling(requests, due, rate=200, duration=0.5, size=1000)
    assert samples.right == 100
    assert float(np.median(samples.latencies())) < 0.05


def test_a_run_of_nothing_reaches_no_rate() -> None:
    moments, small = np.zeros(0, np.int64), np.zeros(0, np.int16)
    empty = Samples(moments, moments, moments, moments, np.zeros(0, np.int8), small, small, (), 1, 1, 0, 0, Counter())
    assert empty.achieved_rate() == 0
