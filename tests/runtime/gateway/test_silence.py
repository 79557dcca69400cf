"""Lines on which nothing comes: one that lives says so, and one that a network swallowed without a word is noticed."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

import pytest

from faults.support.proxy import FaultyProxy, opened
from groundplan_runtime.gateway import Timing
from runtime.events.services import until
from runtime.gateway.followers import KINDS, Numbers, client_of
from runtime.gateway.harness import House, house
from runtime.gateway.listen import listening
from runtime.gateway.talk import heard, say, signed_in, told

SHORT = Timing(poll=0.1, heartbeat=0.15, silence=0.8)


@pytest.fixture
def short(sqlite_url: str) -> Iterator[House]:
    with house(sqlite_url, timing=SHORT) as running:
        yield running


@asynccontextmanager
async def behind_a_network(served: House) -> AsyncIterator[tuple[House, Callable[[], object]]]:
    """Give the house as it is seen from behind a network, and what makes that swallow every line there is, without FIN or RST."""
    proxy = FaultyProxy(served.port, dead=1.0, seed=0)
    async with opened(proxy) as port:
        yield replace(served, port=port), lambda: asyncio.ensure_future(proxy.cut("hang", 0))


async def test_a_socket_with_nothing_to_say_says_that_it_lives(short: House) -> None:
    async with signed_in(short) as socket, asyncio.timeout(5):
        assert [await heard(socket) for _ in range(3)] == [{"type": "alive"}] * 3


async def test_a_stream_with_nothing_to_say_says_that_it_lives(short: House) -> None:
    async with listening(short) as stream:
        await stream.frame()
        await asyncio.sleep(1.0)
        await asyncio.to_thread(short.publish)
        await stream.frame()
        assert stream.alive >= 3


async def test_a_line_that_is_told_events_is_told_nothing_else(sqlite_url: str) -> None:
    with house(sqlite_url, timing=replace(SHORT, heartbeat=0.6)) as served:
        async with signed_in(served) as socket:
            await say(socket)
            await told(socket)
            for _ in range(12):
                await asyncio.to_thread(served.publish)
                assert (await heard(socket))["type"] == "event"
                await asyncio.sleep(0.15)


async def test_many_lines_are_told_in_turn(short: House) -> None:
    async with asyncio.TaskGroup() as group:
        for number in range(250):
            group.create_task(_until_alive(short, f"user{number}"))


async def _until_alive(served: House, user: str) -> None:
    async with signed_in(served, user) as socket, asyncio.timeout(20):
        assert await heard(socket) == {"type": "alive"}


@pytest.mark.parametrize("kind", KINDS)
async def test_a_line_that_a_network_swallowed_is_given_up_and_resumed(kind: str, short: House) -> None:
    numbers = Numbers(short)
    async with behind_a_network(short) as (there, swallow), client_of(kind)(short, seen=there) as follower:
        await numbers.more(2)
        await follower.until(lambda: numbers.shown_by(follower))
        for _ in range(2):
            swallow()
            await numbers.more(2)
            await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]


async def test_a_line_that_lives_is_kept_however_little_is_said(sqlite_url: str) -> None:
    with house(sqlite_url, timing=replace(SHORT, silence=1.5)) as served:
        async with AsyncExitStack() as stack:
            for kind in KINDS:
                follower = await stack.enter_async_context(client_of(kind)(served))
                await follower.until(lambda follower=follower: bool(follower.all("loaded")))
            await asyncio.sleep(2.5)
            assert served.gateway.streams.counts.closed.total() == 0


def test_a_part_of_the_gateway_that_ends_by_an_error_says_so_at_once(sqlite_url: str, caplog: pytest.LogCaptureFixture) -> None:
    wrong = Timing(heartbeat="soon")  # type: ignore[arg-type]  # what nobody checks before it is used
    with house(sqlite_url, timing=wrong):
        until(lambda: "a part of the gateway ended" in caplog.text)
    assert "TypeError" in caplog.text
