"""What every client of the live protocol does: the Python one and the one for browsers, by socket and by stream, pass one list."""

import asyncio
import socket
from typing import Any

import pytest

from groundplan_runtime.client.lines import LostError, over_stream
from groundplan_runtime.client.python import LiveClient, RefusedError, SignedOutError
from groundplan_runtime.events import Position
from groundplan_runtime.gateway import Limits
from groundplan_runtime.gateway.sessions import CHANNEL
from runtime.gateway.followers import CLIENTS, KINDS, Numbers, client_of, javascript_client
from runtime.gateway.harness import House, house


@pytest.fixture(params=KINDS)
def client(request: pytest.FixtureRequest) -> Any:
    return client_of(request.param)


@pytest.fixture
def numbers(served: House) -> Numbers:
    return Numbers(served)


async def test_it_loads_the_state_once_and_applies_what_follows(client: Any, served: House, numbers: Numbers) -> None:
    await numbers.more(3)
    async with client(served) as follower:
        await follower.until(lambda: numbers.shown_by(follower))
        await numbers.more(3)
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]
        assert follower.told[-1] == {"seq": 6, "number": 6, "type": "sale.created"}


async def test_what_happens_while_the_state_loads_is_neither_lost_nor_doubled(client: Any, served: House, numbers: Numbers) -> None:
    await numbers.more(1)
    async with client(served, pause=0.25) as follower:
        await follower.until(lambda: follower.all("load") == ["new"])
        for _ in range(8):
            await numbers.more(2)
            await asyncio.sleep(0.06)
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]


async def test_cut_connections_are_resumed_without_loading_again(client: Any, served: House, numbers: Numbers) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        for _ in range(4):
            await numbers.more(5)
            await asyncio.to_thread(served.cut)
            await numbers.more(5)
            await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]
        assert follower.all("seq") == list(range(1, 41))


async def test_a_connection_cut_while_the_state_loads_begins_anew(client: Any, served: House, numbers: Numbers) -> None:
    async with client(served, pause=0.2) as follower:
        await follower.until(lambda: follower.all("load") == ["new"])
        await asyncio.to_thread(served.cut)
        await numbers.more(3)
        await follower.until(lambda: numbers.shown_by(follower))


async def test_another_past_makes_it_load_again(client: Any, served: House, numbers: Numbers) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        await numbers.more(3)
        await follower.until(lambda: numbers.shown_by(follower))
        served.put_back()
        numbers.last = 1
        await follower.until(lambda: follower.all("load") == ["new", "epoch"])
        await numbers.more(3)
        await follower.until(lambda: numbers.shown_by(follower))


async def test_a_tombstone_makes_it_load_again(client: Any, served: House, numbers: Numbers) -> None:
    await numbers.more(1)
    async with client(served) as follower:
        await follower.until(lambda: numbers.shown_by(follower))
        with served.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE channel_head SET seq = 2, event_id = 'raw'")
            connection.exec_driver_sql(
                "INSERT INTO event_log (channel, seq, epoch, event_id, type, version, payload, created_at) "
                "SELECT channel, 2, epoch, 'raw', type, 1, 'no json', created_at FROM event_log"
            )
        await follower.until(lambda: follower.all("load") == ["new", "parked"])
        assert follower.all("seq") == []


async def test_it_stops_for_good_when_it_is_signed_out(client: Any, served: House) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        name = served.people.sign_out("ann")
        await asyncio.to_thread(served.publish, CHANNEL, {"session": name, "user": 1}, event="session.revoked")
        await follower.until(lambda: follower.told[-1] == {"status": "signed-out"})
        await asyncio.sleep(0.3)
        assert len(served.gateway.sessions) == 0


async def test_it_stops_for_good_when_it_may_not_follow_any_more(client: Any, served: House) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        served.people.allow("ann")
        await asyncio.to_thread(served.publish, CHANNEL, {"user": 1}, event="user.changed")
        await follower.until(lambda: follower.told[-1] == {"status": "refused"})


async def test_a_drain_makes_it_come_back_and_go_on(client: Any, served: House, numbers: Numbers) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        await asyncio.to_thread(served.run, served.gateway.drain(1.0))
        assert len(served.gateway.sessions) == 0
        await numbers.more(2)
        await asyncio.to_thread(served.run, served.gateway.stop())
        await asyncio.to_thread(served.run, served.gateway.start())
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]


async def test_a_state_that_cannot_be_loaded_is_asked_for_again(served: House, numbers: Numbers) -> None:
    await numbers.more(2)
    async with javascript_client(served, "ann", "sale", 0.0, fails="fails:") as follower:
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new", "new"]
        assert follower.all("error") == ["no state today"]


async def test_a_forbidden_channel_is_told_and_the_others_go_on(served: House, numbers: Numbers) -> None:
    async with javascript_client(served, "ann", "shop", 0.0) as follower:
        await follower.until(lambda: follower.all("error") == ["forbidden"])
    async with LiveClient(served.address()) as client:
        await client.follow("shop")
        await client.follow("sale", Position("", 0, None))
        await numbers.more(1)
        assert (await anext(aiter(client))).channel == "sale"
        assert [frame["channel"] for frame in client.refused] == ["shop"]


async def test_a_python_client_can_stop_following(served: House, numbers: Numbers) -> None:
    served.people.allow("ann", "office.view_sale", "office.view_shop")
    async with LiveClient(served.address()) as client:
        await client.follow("sale", Position("", 0, None))
        await client.follow("shop", Position("", 0, None))
        told = aiter(client)
        await numbers.more(1)
        assert (await anext(told)).channel == "sale"
        await client.unfollow("sale")
        await client.unfollow("sale")
        await numbers.more(1)
        await asyncio.to_thread(served.publish, "shop")
        assert (await anext(told)).channel == "shop"


async def test_a_python_client_waits_for_a_server_and_believes_a_refusal(served: House) -> None:
    nowhere = LiveClient(f"ws://127.0.0.1:{served.port}/nowhere?user=ann")
    with pytest.raises(RefusedError, match="the handshake was answered with 403"):
        await anext(aiter(nowhere))
    absent = LiveClient("ws://127.0.0.1:1/ws", draw=lambda: 0.01)
    await absent.follow("sale")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await anext(aiter(absent))
    assert absent.reconnects > 1


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_client_whose_sockets_do_not_get_through_uses_the_stream(name: str, served: House, numbers: Numbers) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"ws://127.0.0.1:{taken.getsockname()[1]}/ws"
    await numbers.more(2)
    addresses = (nowhere, served.events())
    async with CLIENTS[name](served, "ann", "sale", 0.0, addresses) as follower:
        await follower.until(lambda: numbers.shown_by(follower))
        await numbers.more(2)
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_client_whose_handshake_is_refused_by_a_status_uses_the_stream(name: str, served: House, numbers: Numbers) -> None:
    await numbers.more(2)
    addresses = (f"ws://127.0.0.1:{served.port}/nowhere?user=ann", served.events())
    async with CLIENTS[name](served, "ann", "sale", 0.0, addresses) as follower:
        await follower.until(lambda: numbers.shown_by(follower))


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_client_that_the_stream_refuses_as_well_stops(name: str, served: House) -> None:
    addresses = (f"ws://127.0.0.1:{served.port}/nowhere?user=", served.events(""))
    async with CLIENTS[name](served, "ann", "sale", 0.0, addresses) as follower:
        await follower.until(lambda: follower.told[-1:] == [{"status": "signed-out"}])


async def test_a_python_client_on_a_stream_can_follow_more_later(served: House, numbers: Numbers) -> None:
    served.people.allow("ann", "office.view_sale", "office.view_shop")
    async with LiveClient(served.events()) as client:
        await client.follow("sale", Position("", 0, None))
        told = aiter(client)
        await numbers.more(1)
        assert (await anext(told)).channel == "sale"
        await client.follow("shop", Position("", 0, None))
        await asyncio.to_thread(served.publish, "shop")
        await numbers.more(1)
        assert {(await anext(told)).channel for _ in range(2)} == {"sale", "shop"}
        assert client.reconnects == 0


async def test_a_python_client_waits_as_long_as_a_full_server_asks(sqlite_url: str) -> None:
    with house(sqlite_url, limits=Limits(sockets_per_user=0)) as served, pytest.raises(LostError) as refused:
        async with over_stream(served.events(), {}, {"sale": None}):
            pass
    assert (refused.value.code, refused.value.again) == (1006, 5.0)


async def test_a_client_on_a_stream_believes_a_refusal(served: House) -> None:
    async with LiveClient(f"http://127.0.0.1:{served.port}/nowhere?user=ann") as client:
        await client.follow("sale")
        with pytest.raises(RefusedError, match="the handshake was answered with 404"):
            await anext(aiter(client))
    async with LiveClient(served.events("")) as client:
        await client.follow("sale")
        with pytest.raises(SignedOutError):
            await anext(aiter(client))
