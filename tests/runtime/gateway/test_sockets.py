"""One socket and the protocol: what it is told, what it may do, and how it ends."""

import asyncio
import contextlib
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from groundplan_runtime.gateway import Timing
from groundplan_runtime.gateway.uvicorn_sockets import DirectSockets
from runtime.events.services import eventually
from runtime.gateway.harness import House, house
from runtime.gateway.talk import closing, place, say, signed_in, told


async def test_the_first_frame_says_who_is_signed_in(any_house: House) -> None:
    async with connect(any_house.address("ann"), proxy=None) as socket:
        assert await told(socket) == {"type": "welcome", "protocol": 1, "user": {"id": 1, "username": "ann"}, "silence": 40}


@pytest.mark.parametrize(("sockets", "compressed"), [("websockets-sansio", False), ("wsproto", False), (DirectSockets, True)])
async def test_a_server_that_only_does_what_asgi_says_is_as_good(sqlite_url: str, sockets: Any, compressed: bool) -> None:  # noqa: FBT001 a parameter
    with house(sqlite_url, sockets=sockets, compressed=compressed) as served:
        async with signed_in(served) as socket:
            await say(socket)
            await told(socket)
            published = await asyncio.to_thread(served.publish, count=30)
            assert [(await told(socket))["seq"] for _ in published] == [one.seq for one in published]


async def test_what_comes_to_a_client_that_does_not_read_comes_in_order_and_whole_when_it_does(served: House) -> None:
    async with signed_in(served) as socket:
        await say(socket)
        await told(socket)
        socket.transport.pause_reading()
        published = await served.published(count=40, data={"text": "x" * 20_000})
        socket.transport.resume_reading()
        assert [(await told(socket))["seq"] for _ in published] == [one.seq for one in published]


async def test_nobody_is_accepted_and_then_closed_with_4401(any_house: House) -> None:
    async with connect(any_house.address(""), proxy=None) as socket:
        assert await closing(socket) == 4401


async def test_events_arrive_in_order_and_whole(any_house: House) -> None:
    async with signed_in(any_house) as socket:
        await say(socket)
        assert await told(socket) == {
            "type": "reset", "channel": "sale", "reason": "new", "position": {"epoch": "", "seq": 0, "id": None},
        }  # fmt: skip
        published = await asyncio.to_thread(any_house.publish, data={"amount": "1.50", "shop": "Zürich"}, count=2)
        frames = [await told(socket) for _ in published]
        assert [{name: frame[name] for name in ("epoch", "seq", "id")} for frame in frames] == [place(one) for one in published]
        assert frames[0] == {
            "type": "event", "channel": "sale", "epoch": published[0].epoch, "seq": 1, "id": published[0].id,
            "event": "sale.created", "data": {"amount": "1.50", "shop": "Zürich"}, "version": 1, "at": frames[0]["at"],
        }  # fmt: skip


async def test_a_client_that_leaves_is_forgotten(any_house: House) -> None:
    async with signed_in(any_house) as socket:
        await say(socket)
        await told(socket)
        assert len(any_house.gateway.sessions) == 1

    async def forgotten() -> bool:
        return not len(any_house.gateway.sessions)

    await eventually(forgotten)


@pytest.mark.parametrize("channel", ["shop", "nowhere", "identity"])
async def test_channels_without_permission_unknown_ones_and_identity_are_refused_alike(served: House, channel: str) -> None:
    async with signed_in(served) as socket:
        await say(socket, channel=channel)
        detail = "This account may not follow that channel."
        assert await told(socket) == {"type": "error", "code": "forbidden", "detail": detail, "channel": channel}
        await say(socket)
        assert (await told(socket))["type"] == "reset"


async def test_resuming_replays_what_was_missed_and_goes_on_live(served: House) -> None:
    published = await served.published(count=5)
    async with signed_in(served) as socket:
        await say(socket, position=place(published[1]))
        recovered = {"type": "subscribed", "channel": "sale", "recovered": True, "position": place(published[4]), "replayed": 3}
        assert await told(socket) == recovered
        assert [(await told(socket))["seq"] for _ in range(3)] == [3, 4, 5]
        await asyncio.to_thread(served.publish)
        assert (await told(socket))["seq"] == 6


async def test_resuming_at_the_head_replays_nothing(served: House) -> None:
    (head,) = await served.published()
    async with signed_in(served) as socket:
        await say(socket, position=place(head))
        assert (await told(socket))["replayed"] == 0
        await asyncio.to_thread(served.publish)
        assert (await told(socket))["seq"] == 2


async def test_the_empty_beginning_of_a_channel_is_a_position_too(served: House) -> None:
    async with signed_in(served) as socket:
        await served.published(count=2)
        await say(socket, position={"epoch": "", "seq": 0, "id": None})
        assert (await told(socket))["recovered"]
        assert [(await told(socket))["seq"] for _ in range(2)] == [1, 2]


async def test_a_replay_longer_than_memory_and_queue_arrives_whole(small: House) -> None:
    first = (await small.published(count=120))[0]
    async with signed_in(small) as socket:
        await say(socket, position=place(first))
        assert (await told(socket))["replayed"] == 119
        assert [(await told(socket))["seq"] for _ in range(119)] == list(range(2, 121))


async def test_events_that_come_during_a_long_replay_come_after_it(small: House) -> None:
    first = (await small.published(count=150))[0]
    async with signed_in(small) as socket:
        publishing = asyncio.create_task(asyncio.to_thread(small.publish, count=60))
        await say(socket, position=place(first))
        await told(socket)
        assert [(await told(socket))["seq"] for _ in range(209)] == list(range(2, 211))
        await publishing


async def test_a_page_that_read_ahead_of_the_gateway_resumes(sqlite_url: str) -> None:
    with house(sqlite_url, timing=Timing(poll=60)) as served:
        head = served.publish(count=3, quietly=True)[-1]
        async with signed_in(served) as socket:
            await say(socket, position=place(head))
            assert (await told(socket))["position"] == place(head)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": "another"}, "epoch"),
        ({"epoch": "another"}, "epoch"),
        ({"seq": 99}, "epoch"),
        ({"seq": 0, "epoch": "another"}, "epoch"),
        ({"seq": 4, "id": "another"}, "epoch"),
        ({"seq": 5, "epoch": "another"}, "epoch"),
    ],
)
async def test_a_position_of_another_past_is_reset(served: House, change: dict[str, Any], reason: str) -> None:
    published = await served.published(count=5)
    async with signed_in(served) as socket:
        await say(socket, position={**place(published[2]), **change})
        reset = {"type": "reset", "channel": "sale", "reason": reason, "position": place(published[-1])}
        assert await told(socket) == reset
        await asyncio.to_thread(served.publish)
        assert (await told(socket))["seq"] == 6


async def test_what_the_log_no_longer_keeps_is_reset(small: House) -> None:
    published = await small.published(count=30)
    small.execute("DELETE FROM event_log WHERE seq <= 5")
    async with signed_in(small) as socket:
        await say(socket, position=place(published[3]))
        assert (await told(socket))["reason"] == "trimmed"


async def test_a_gap_too_long_to_replay_is_reset(small: House) -> None:
    published = await small.published(count=310)
    async with signed_in(small) as socket:
        await say(socket, position=place(published[0]))
        assert (await told(socket))["reason"] == "too_far"


async def test_an_unsubscribed_channel_is_silent(served: House) -> None:
    served.people.allow("ann", "office.view_sale", "office.view_shop")
    async with signed_in(served) as socket:
        for channel in ("sale", "shop"):
            await say(socket, channel=channel)
            await told(socket)
        await say(socket, "unsubscribe")
        await say(socket, "unsubscribe", "never-followed")
        await say(socket, channel="nowhere")
        assert (await told(socket))["code"] == "forbidden"  # both were taken by now
        await asyncio.to_thread(served.publish, "sale")
        await asyncio.to_thread(served.publish, "shop")
        assert (await told(socket))["channel"] == "shop"


async def test_subscribing_again_starts_anew_without_duplicates(served: House) -> None:
    head = (await served.published(count=2))[0]
    async with signed_in(served) as socket:
        for _ in range(2):
            await say(socket, position=place(head))
            assert [(await told(socket))["type"] for _ in range(2)] == ["subscribed", "event"]
        await asyncio.to_thread(served.publish, count=2)
        assert [(await told(socket))["seq"] for _ in range(2)] == [3, 4]


async def test_the_third_bad_frame_ends_the_socket(served: House) -> None:
    async with signed_in(served) as socket:
        for frame in ("no json", b"binary"):
            await socket.send(frame)
            assert (await told(socket))["code"] == "bad_frame"
        await socket.send("[]")
        assert await closing(socket) == 4400


async def test_a_socket_may_follow_so_many_channels(small: House) -> None:
    small.people.allow("ann", "office.view_sale", "office.view_shop")
    async with signed_in(small) as socket:
        await say(socket)
        await told(socket)
        await say(socket, channel="shop")
        assert (await told(socket))["code"] == "too_many"


async def test_an_account_may_open_so_many_sockets(small: House) -> None:
    async with signed_in(small), signed_in(small), signed_in(small, "ben"), connect(small.address(), proxy=None) as third:
        assert await closing(third) == 4429


async def test_a_client_that_floods_is_told_and_then_closed(small: House) -> None:
    async with signed_in(small) as socket:
        with contextlib.suppress(ConnectionClosed):
            for _ in range(50):
                await say(socket, "unsubscribe")
        assert await closing(socket) == 4400
        assert socket.close_reason == "At most 2 frames a second."


async def test_a_drain_asks_clients_to_come_back_and_new_ones_to_wait(served: House) -> None:
    async with signed_in(served) as socket:
        draining = asyncio.create_task(asyncio.to_thread(served.run, served.gateway.drain(2.0)))
        assert await told(socket) == {"type": "drain", "within": 2.0}
        async with connect(served.address(), proxy=None) as late:
            assert await closing(late) == 1012
        await socket.close()
        async with asyncio.timeout(1):  # it waits for nobody once all have left
            await draining


async def test_stopping_closes_with_1012(served: House) -> None:
    async with signed_in(served) as socket:
        stopping = asyncio.create_task(asyncio.to_thread(served.run, served.gateway.stop()))
        assert await closing(socket) == 1012
        await stopping
    served.run(served.gateway.stop())


async def test_a_gateway_starts_again_where_the_log_stands(served: House) -> None:
    (before,) = await served.published()
    served.run(served.gateway.stop())
    served.publish()
    served.run(served.gateway.start())
    served.run(served.gateway.start())
    async with signed_in(served) as socket:
        await say(socket, position=place(before))
        assert (await told(socket))["replayed"] == 1
        assert (await told(socket))["seq"] == 2


class Given:
    """A socket of a server that gives the line up by itself after so many frames, and says so with an error of its own."""

    def __init__(self, served: House, frames: int) -> None:
        self.session = served.people.session("ann")
        self.direct = None
        self._left = frames

    async def accept(self) -> None:
        """Nothing is to be done."""

    async def receive_text(self) -> str | None:
        await asyncio.Event().wait()
        return None

    async def send_text(self, text: str) -> None:
        del text
        self._left -= 1
        if self._left < 0:
            raise RuntimeError("after sending 'websocket.close'")

    async def close(self, code: int, reason: str) -> None:
        raise RuntimeError(f"{code} {reason} after sending 'websocket.close'")


@pytest.mark.parametrize(("frames", "end"), [(0, None), (1, 1012)])
async def test_a_line_that_the_server_gave_up_ends_quietly(served: House, frames: int, end: int | None) -> None:
    serving = asyncio.create_task(asyncio.to_thread(served.run, served.gateway.serve(Given(served, frames))))

    async def connected() -> bool:
        return bool(served.gateway.sessions.clients())

    if end is not None:
        await eventually(connected)
        served.loop.call_soon_threadsafe(served.gateway.sessions.clients()[0].end, end, "restarting")
    await serving
    assert not served.gateway.sessions.clients()
