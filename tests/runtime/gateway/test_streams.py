"""Event streams: the same promises as sockets, over plain HTTP, on every adapter."""

import asyncio
import time
from typing import Any

import pytest

from groundplan_runtime.gateway import Limits
from groundplan_runtime.gateway.sessions import CHANNEL
from runtime.events.services import eventually
from runtime.gateway.harness import QUICK, House, house
from runtime.gateway.listen import listening, mark, request
from runtime.gateway.talk import place


async def test_a_stream_begins_with_who_is_signed_in(any_house: House) -> None:
    async with request(any_house, "/events?user=ann&channel=sale") as stream:
        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream")
        assert stream.headers["cache-control"] == "no-store"
        assert await stream.told() == {"type": "welcome", "protocol": 1, "user": {"id": 1, "username": "ann"}, "silence": 40}
        assert 1000 <= (stream.retry or 0) <= 3000


async def test_events_arrive_in_order_and_whole(any_house: House) -> None:
    async with listening(any_house) as stream:
        position = {"epoch": "", "seq": 0, "id": None}
        assert await stream.told() == {"type": "reset", "channel": "sale", "reason": "new", "position": position}
        assert stream.id == "sale::0:"
        published = await asyncio.to_thread(any_house.publish, data={"amount": "1.50", "shop": "Zürich"}, count=2)
        for one in published:
            frame = await stream.frame()
            assert {name: frame[name] for name in ("epoch", "seq", "id")} == place(one)
            assert (frame["type"], frame["event"], frame["data"]) == ("event", "sale.created", {"amount": "1.50", "shop": "Zürich"})
            assert stream.id == mark(one)


async def test_what_was_missed_comes_after_a_reconnect(any_house: House) -> None:
    published = await any_house.published(count=3)
    async with listening(any_house, last_event_id=mark(published[0])) as stream:
        recovered = {"type": "subscribed", "channel": "sale", "recovered": True, "position": place(published[2]), "replayed": 2}
        assert await stream.told() == recovered
        assert [(await stream.frame())["seq"] for _ in range(2)] == [2, 3]
        await asyncio.to_thread(any_house.publish)
        assert (await stream.frame())["seq"] == 4


async def test_nobody_is_refused_with_401(any_house: House) -> None:
    async with request(any_house, "/events?user=&channel=sale") as answer:
        assert (answer.status, answer.headers["content-type"]) == (401, "application/problem+json")
        assert (await answer.body())["type"] == "urn:groundplan:sign-in"


async def test_a_reader_that_leaves_is_forgotten(any_house: House) -> None:
    async with listening(any_house):
        assert len(any_house.gateway.sessions) == 1

    async def forgotten() -> bool:
        return not len(any_house.gateway.sessions)

    await eventually(forgotten)


async def test_a_sign_out_ends_the_stream_within_two_seconds(any_house: House) -> None:
    async with listening(any_house) as stream, listening(any_house, user="ben") as other:
        await stream.frame()
        await other.frame()
        began = time.monotonic()
        data = {"session": any_house.people.sign_out("ann"), "user": 1}
        await asyncio.to_thread(any_house.publish, CHANNEL, data, event="session.revoked")
        assert await stream.told() == {"type": "close", "code": 4401, "reason": "signed out"}
        assert await stream.told() is None
        assert time.monotonic() - began < 2
        await asyncio.to_thread(any_house.publish)
        assert (await other.frame())["type"] == "event"


async def test_a_drain_ends_streams_within_its_time_and_lets_them_resume(any_house: House) -> None:
    (first,) = await any_house.published()
    async with listening(any_house, last_event_id=mark(first)) as stream:
        await stream.frame()
        draining = asyncio.create_task(asyncio.to_thread(any_house.run, any_house.gateway.drain(0.5)))
        assert await stream.told() == {"type": "drain", "within": 0.5}
        assert await stream.told() == {"type": "close", "code": 1012, "reason": "restarting"}
        assert await stream.told() is None
        await draining
    async with request(any_house, "/events?user=ann&channel=sale") as late:
        assert await late.told() == {"type": "close", "code": 1012, "reason": "restarting"}


async def test_the_header_of_a_reconnecting_browser_wins_over_the_address(served: House) -> None:
    published = await served.published(count=3)
    async with listening(served, last_event_id=mark(published[0]), Last_Event_ID=mark(published[1])) as stream:
        assert (await stream.frame())["replayed"] == 1


async def test_ids_hold_the_position_on_every_channel(served: House) -> None:
    served.people.allow("ann", "office.view_sale", "office.view_shop")
    (sale,) = await served.published("sale")
    async with listening(served, "sale", "shop", last_event_id=mark(sale)) as stream:
        answers = [await stream.frame(), await stream.frame()]
        assert {(answer["channel"], answer["type"]) for answer in answers} == {("sale", "subscribed"), ("shop", "reset")}
        assert stream.id == f"{mark(sale)},shop::0:"
        (shop,) = await asyncio.to_thread(served.publish, "shop")
        await stream.frame()
        assert stream.id == f"{mark(sale)},{mark(shop)}"
    published = [(await served.published("sale"))[0], (await served.published("shop"))[0]]
    async with listening(served, "sale", "shop", Last_Event_ID=stream.id) as again:
        frames = [await again.frame() for _ in range(4)]
        assert [frame["replayed"] for frame in frames if frame["type"] == "subscribed"] == [1, 1]
        assert {frame["id"] for frame in frames if frame["type"] == "event"} == {one.id for one in published}


@pytest.mark.parametrize(
    ("last_event_id", "told"),
    [
        ("sale:{epoch}:3:another", {"type": "reset", "reason": "epoch"}),
        ("sale:another:5:{id}", {"type": "reset", "reason": "epoch"}),
        ("sale:{epoch}:99:{id}", {"type": "reset", "reason": "epoch"}),
        ("sale::0:", {"type": "subscribed", "replayed": 5}),
        ("shop::0:", {"type": "reset", "reason": "new"}),
        ("sale:{epoch}:minus:{id}", {"type": "reset", "reason": "new"}),
        ("nonsense,:::,sale:%:²:x", {"type": "reset", "reason": "new"}),
    ],
)
async def test_recovery_is_whole_or_a_reset(served: House, last_event_id: str, told: dict[str, Any]) -> None:
    head = (await served.published(count=5))[-1]
    last_event_id = last_event_id.format(epoch=head.epoch, id=head.id)
    async with listening(served, last_event_id=last_event_id) as stream:
        frame = await stream.frame()
        assert {name: frame[name] for name in told} == told


async def test_a_replay_longer_than_memory_and_queue_arrives_whole(small: House) -> None:
    first = (await small.published(count=120))[0]
    async with listening(small, last_event_id=mark(first)) as stream:
        assert (await stream.frame())["replayed"] == 119
        assert [(await stream.frame())["seq"] for _ in range(119)] == list(range(2, 121))


@pytest.mark.parametrize("channel", ["shop", "nowhere", "identity"])
async def test_channels_without_permission_unknown_ones_and_identity_are_refused_alike(served: House, channel: str) -> None:
    async with listening(served, channel, "sale") as stream:
        frames = [await stream.frame() for _ in range(2)]
        refused, reset = sorted(frames, key=lambda frame: str(frame["type"]))
        detail = "This account may not follow that channel."
        assert refused == {"type": "error", "code": "forbidden", "detail": detail, "channel": channel}
        assert (reset["type"], reset["channel"]) == ("reset", "sale")


async def test_losing_the_permission_of_a_followed_channel_ends_with_4403(served: House) -> None:
    async with listening(served) as stream:
        await stream.frame()
        user = served.people.allow("ann", "office.view_shop")
        await asyncio.to_thread(served.publish, CHANNEL, {"user": user}, event="user.changed")
        assert await stream.told() == {"type": "close", "code": 4403, "reason": "not allowed any more"}


async def test_a_sign_out_that_nobody_told_is_found_by_the_next_look(served: House) -> None:
    async with listening(served) as stream:
        await stream.frame()
        served.people.sign_out("ann")
        assert (await stream.frame())["code"] == 4401


@pytest.mark.parametrize(
    ("method", "path", "accept", "status"),
    [
        ("POST", "/events?user=ann&channel=sale", "text/event-stream", 405),
        ("GET", "/events?user=ann&channel=sale", "*/*", 406),
        ("GET", "/events?user=ann", "text/event-stream", 400),
        ("GET", "/events?user=ann&channel=", "text/event-stream", 400),
    ],
)
async def test_requests_that_are_none_for_a_stream_are_refused(
    served: House, method: str, path: str, accept: str, status: int
) -> None:
    async with request(served, path, method, accept=accept) as answer:
        assert answer.status == status


async def test_an_account_may_open_so_many_streams_and_all_together_so_many(small: House) -> None:
    async with listening(small), listening(small):
        async with request(small, "/events?user=ann&channel=sale") as third:
            assert (third.status, third.headers["retry-after"]) == (429, "5")
        async with listening(small, user="ben"), request(small, "/events?user=cid&channel=sale") as fourth:
            assert (fourth.status, fourth.headers["retry-after"]) == (503, "5")


async def test_a_stream_may_follow_so_many_channels(small: House) -> None:
    small.people.allow("ann", "office.view_sale", "office.view_shop")
    async with listening(small, "sale", "shop") as stream:
        frames = [await stream.frame() for _ in range(2)]
        assert {frame.get("code", frame["type"]) for frame in frames} == {"too_many", "reset"}


async def test_a_reader_that_stops_reading_is_sent_away_and_harms_nobody(sqlite_url: str) -> None:
    with house(sqlite_url, limits=Limits(queue_bytes=200_000), timing=QUICK) as served:
        async with listening(served) as good, listening(served, user="ben", limit=1024) as slow:
            await good.frame()

            async def gone() -> bool:
                return served.gateway.sessions.count(2) == 0

            for number in range(200):
                await asyncio.to_thread(served.publish, data={"number": number, "filling": "x" * 60_000})
                assert (await good.frame())["seq"] == number + 1
            await eventually(gone)
            seen = [frame async for frame in _rest(slow)]
        await served.published()
        resumed = mark_of(seen)
        async with listening(served, user="ben", last_event_id=resumed) as again:
            assert (await again.frame())["recovered"]


async def _rest(stream: Any) -> Any:
    try:
        while (frame := await stream.told()) is not None:
            yield frame
    except (asyncio.IncompleteReadError, ConnectionError):  # the server had to cut in the middle of a block
        return


def mark_of(frames: list[dict[str, Any]]) -> str:
    last = [frame for frame in frames if frame["type"] == "event"][-1]
    return f"{last['channel']}:{last['epoch']}:{last['seq']}:{last['id']}"
