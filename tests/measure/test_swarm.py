import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from groundplan.errors import InputError
from groundplan.measure.cutting import CuttingProxy
from groundplan.measure.driver import Target
from groundplan.measure.recording import CONNECTED, DISCONNECTED, Frames, loaded, state_of
from groundplan.measure.swarm import Entry, Position, Swarm

Serving = Callable[[Any], AbstractAsyncContextManager[Target]]


def _swarm(via: Target, count: int = 5, **more: Any) -> Swarm:
    return Swarm(Entry(via, "/live/ws", [{"Origin": "http://127.0.0.1"}]), ("sale",), count, **more)


def _seqs(swarm: Swarm, member: int) -> list[int]:
    frames = (swarm.frames.decoded(number) for number in swarm.members[member].record)
    return [frame["seq"] for frame in frames if frame.get("type") == "event"]


async def test_every_socket_follows_and_records_each_event(live: Any) -> None:
    swarm = _swarm(live.target)
    try:
        assert await swarm.open(5) == 5
        for _ in range(3):
            live.publish()
        assert await swarm.until(lambda: swarm.at("sale", "e", 3) == 5, 5)
        assert [_seqs(swarm, member) for member in range(5)] == [[1, 2, 3]] * 5
    finally:
        await swarm.close()


async def test_a_broadcast_is_kept_once_and_raw(live: Any) -> None:
    swarm = _swarm(live.target, 20)
    try:
        await swarm.open(5)
        live.publish()
        await swarm.until(lambda: swarm.at("sale", "e", 1) == 20, 5)
    finally:
        await swarm.close()
    assert len(swarm.frames) == 3
    numbers = {number for member in swarm.members for number in member.record}
    assert live.log[0].encode() in {swarm.frames.raw(number) for number in numbers}


async def test_cut_sockets_go_on_from_where_they_were(live: Any) -> None:
    async with CuttingProxy("127.0.0.1", live.target.port) as proxy:
        swarm = _swarm(Target("127.0.0.1", proxy.port, name="real:1"))
        try:
            await swarm.open(5)
            live.publish()
            await swarm.until(lambda: swarm.at("sale", "e", 1) == 5, 5)
            cutting = asyncio.create_task(proxy.cut(0.3))
            await swarm.until(lambda: swarm.following == 0, 5)
            live.publish()
            live.publish()
            await cutting
            assert await swarm.until(lambda: swarm.at("sale", "e", 3) == 5, 20)
            assert swarm.resumed == 5
        finally:
            await swarm.close()
    assert [_seqs(swarm, member) for member in range(5)] == [[1, 2, 3]] * 5
    assert all(list(member.record).count(CONNECTED) == list(member.record).count(DISCONNECTED) == 2 for member in swarm.members)
    assert {frame["position"]["seq"] for frame in live.asked if "position" in frame} == {1}


async def test_a_reset_after_a_loss_loads_the_state_afresh(live: Any) -> None:
    live.keep = 0
    calls: list[tuple[str, Position]] = []

    async def load(channel: str, position: Position) -> tuple[int, Position]:
        calls.append((channel, position))
        return 77, position

    swarm = _swarm(live.target, 1, load_state=load)
    try:
        await swarm.open(5)
        assert calls == []
        for socket in list(live.sockets):
            socket.transport.abort()
        live.publish()
        assert await swarm.until(lambda: bool(calls), 10)
        assert calls[0][1]["seq"] == 1
        assert list(swarm.members[0].record)[-1] == loaded(77)
        assert state_of(loaded(77)) == 77
    finally:
        await swarm.close()


@pytest.mark.parametrize("code", [4400, 4401, 4403])
async def test_a_socket_stops_when_it_is_told_to(live: Any, code: int) -> None:
    swarm = _swarm(live.target, 2)
    try:
        await swarm.open(5)
        for socket in list(live.sockets):
            await socket.close(code)
        assert await swarm.until(lambda: all(member.stopped for member in swarm.members), 5)
        assert swarm.refusals[f"closed with {code}"] == 2
    finally:
        await swarm.close()


async def test_a_socket_that_must_drain_comes_back_by_itself(live: Any) -> None:
    swarm = _swarm(live.target, 1)
    try:
        await swarm.open(5)
        for socket in list(live.sockets):
            await socket.send(json.dumps({"type": "drain", "within": 0.05}))
        assert await swarm.until(lambda: list(swarm.members[0].record).count(CONNECTED) == 2, 5)
        assert await swarm.until(lambda: swarm.following == 1, 5)
    finally:
        await swarm.close()


async def test_a_refused_subscription_is_told(live: Any) -> None:
    live.refuse = {"type": "error", "code": "forbidden", "detail": "not yours", "channel": "sale"}
    swarm = _swarm(live.target, 1)
    try:
        assert await swarm.open(0.3) == 0
        assert swarm.refusals["forbidden: not yours"] == 1
    finally:
        await swarm.close()


async def test_a_ping_is_answered(live: Any) -> None:
    swarm = _swarm(live.target, 1)
    try:
        await swarm.open(5)
        waiter = await next(iter(live.sockets)).ping()
        assert await asyncio.wait_for(waiter, 5) >= 0
    finally:
        await swarm.close()


async def test_a_refused_handshake_is_told(serve: Serving) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")

    async with serve(refuse) as target:
        swarm = _swarm(target, 1)
        try:
            assert await swarm.open(0.3) == 0
            assert swarm.refusals["handshake answered 403"] >= 1
        finally:
            await swarm.close()


async def test_a_server_that_breaks_the_framing_is_told(serve: Serving) -> None:
    async def masked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.startswith("Sec-WebSocket-Key"))
        writer.write(f"HTTP/1.1 101 Switching\r\nSec-WebSocket-Accept: {_accept(key)}\r\n".encode())
        await asyncio.sleep(0.01)  # the head arrives in two pieces
        writer.write(b"\r\n\x81\x81\0\0\0\0x")

    from groundplan.measure.frames import accept_key as _accept  # noqa: PLC0415  (only here)

    async with serve(masked) as target:
        swarm = _swarm(target, 1)
        try:
            await swarm.open(0.3)
            assert swarm.refusals["the server masks its frames"] >= 1
        finally:
            await swarm.close()


def test_a_swarm_goes_to_loopback_only() -> None:
    with pytest.raises(InputError, match="loopback"):
        _swarm(Target("192.0.2.1", 80))


def test_a_frame_that_is_no_object_is_kept_but_says_nothing() -> None:
    frames = Frames()
    assert frames.decoded(frames.number(b"[1]")) == {}
    assert frames.decoded(frames.number(b"not json")) == {}
    assert len(frames) == 2
