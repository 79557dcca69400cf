import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from groundplan.measure.cutting import CuttingProxy
from groundplan.measure.driver import Target

Serving = Callable[[Any], AbstractAsyncContextManager[Target]]


async def _echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()


async def test_bytes_pass_both_ways_until_cut(serve: Serving) -> None:
    async with serve(_echo) as target, CuttingProxy(target.host, target.port) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"hello")
        assert await reader.readexactly(5) == b"hello"
        assert proxy.forwarded == 10
        assert proxy.open_connections == 1
        writer.close()


async def test_a_cut_resets_what_is_open_and_refuses_what_is_new_and_then_heals(serve: Serving) -> None:
    async with serve(_echo) as target, CuttingProxy(target.host, target.port) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"x")
        await reader.readexactly(1)
        cutting = asyncio.create_task(proxy.cut(0.3))
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", proxy.port)
        await cutting
        _, healed = await asyncio.open_connection("127.0.0.1", proxy.port)
        healed.close()
        writer.close()
    assert [cut.connections for cut in proxy.cuts] == [1]
    assert 0.29 <= proxy.cuts[0].ended - proxy.cuts[0].began < 1


async def test_cuts_come_at_the_end_of_each_period(serve: Serving) -> None:
    async with serve(_echo) as target, CuttingProxy(target.host, target.port) as proxy:
        began = time.monotonic()
        await proxy.cut_every(0.3, 0.1, until=began + 0.95)
    assert [round(cut.began - began, 1) for cut in proxy.cuts] == [0.2, 0.5, 0.8]


async def test_much_data_to_a_slow_reader_is_held_back_and_arrives_whole(serve: Serving) -> None:
    async with serve(_echo) as target, CuttingProxy(target.host, target.port) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        sending = asyncio.create_task(_send(writer, 8_000_000))
        await asyncio.sleep(0.2)  # long enough for every buffer on the way to fill
        received = 0
        while received < 8_000_000:
            received += len(await reader.read(65536))
        await sending
        writer.close()


async def _send(writer: asyncio.StreamWriter, size: int) -> None:
    writer.write(b"x" * size)
    await writer.drain()


async def test_a_server_that_is_not_there_ends_the_clients_connection() -> None:
    async with CuttingProxy("127.0.0.1", 1) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        writer.write(b"x")
        with pytest.raises(ConnectionResetError):
            await reader.readexactly(1)
        writer.close()


async def test_the_end_of_one_side_reaches_the_other(serve: Serving) -> None:
    async def say_and_go(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"bye")

    async with serve(say_and_go) as target, CuttingProxy(target.host, target.port) as proxy:
        reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
        assert await reader.read() == b"bye"
        writer.close()
