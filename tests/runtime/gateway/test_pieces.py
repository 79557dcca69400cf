"""The pieces of the gateway by themselves: frames of clients, memory, and the queue of one socket."""

import asyncio
import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan_runtime.events import Event, Position
from groundplan_runtime.events.frame import Frame, frame_of
from groundplan_runtime.gateway import Limits
from groundplan_runtime.gateway.outbox import Outbox
from groundplan_runtime.gateway.ring import Ring
from groundplan_runtime.gateway.stream import Offer, Stream
from groundplan_runtime.gateway.wire import BadFrameError, Subscribe, Unsubscribe, parse

AT = "2026-11-22T12:00:00.000000Z"


def frame(seq: int, *, epoch: str = "e", event_id: str = "", payload: str = "{}") -> Frame:
    return frame_of(Event("sale", epoch, seq, event_id or f"id{seq}", "sale.created", 1, payload, AT))


def test_a_clients_frames_are_read() -> None:
    position = '{"epoch": "e", "seq": 3, "id": null}'
    assert parse(f'{{"type": "subscribe", "channel": "sale", "position": {position}}}', 500) == Subscribe(
        "sale", Position("e", 3, None)
    )
    assert parse('{"type": "subscribe", "channel": "sale"}', 500) == Subscribe("sale", None)
    assert parse('{"type": "unsubscribe", "channel": "sale", "more": 1}', 500) == Unsubscribe("sale")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "A frame must be a JSON text."),
        ("[" * 450, "A frame must be a JSON text."),
        ("7", "A frame must be an object whose type is subscribe or unsubscribe."),
        ('{"type": "publish"}', "A frame must be an object whose type is subscribe or unsubscribe."),
        ('{"type": ["subscribe"]}', "A frame must be an object whose type is subscribe or unsubscribe."),
        ('{"type": "subscribe"}', "A frame must name its channel."),
        ('{"type": "unsubscribe", "channel": 7}', "A frame must name its channel."),
        ('{"type": "subscribe", "channel": "s", "position": 7}', "A position must be"),
        ('{"type": "subscribe", "channel": "s", "position": {"epoch": "e", "seq": true, "id": null}}', "A position must be"),
        ('{"type": "subscribe", "channel": "s", "position": {"epoch": "e", "seq": -1, "id": null}}', "A position must be"),
        ('{"type": "subscribe", "channel": "s", "position": {"epoch": null, "seq": 1, "id": null}}', "A position must be"),
        ('{"type": "subscribe", "channel": "s", "position": {"epoch": "e", "seq": 1, "id": 7}}', "A position must be"),
        ("ü" * 300, "A frame may have at most 500 bytes."),
    ],
)
def test_what_is_wrong_with_a_frame_is_said(text: str, sentence: str) -> None:
    with pytest.raises(BadFrameError) as problem:
        parse(text, 500)
    assert str(problem.value).startswith(sentence)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadFrameError):
        parse(text, 500)


def test_memory_forgets_the_oldest_beyond_its_bounds() -> None:
    ring = Ring(3, 10_000)
    for seq in range(1, 6):
        ring.add(frame(seq))
    assert len(ring) == 3
    assert ring.at(2) is None
    assert ring.at(6) is None
    assert [one.seq for one in ring.since(4, 10)] == [4, 5]
    assert ring.since(2, 10) == ()
    assert [one.seq for one in ring.since(3, 2)] == [3, 4]


def test_memory_is_bounded_in_bytes_too() -> None:
    ring = Ring(100, 3 * frame(1).size)
    for seq in range(1, 6):
        ring.add(frame(seq))
    assert [one.seq for one in ring.since(3, 10)] == [3, 4, 5]


@given(st.lists(st.integers(1, 12), max_size=40))
def test_a_stream_takes_each_event_once_and_in_order_whatever_is_offered(offers: list[int]) -> None:
    stream = Stream("sale", Limits())
    taken = [seq for seq in offers if stream.offer(frame(seq)) is Offer.NEXT]
    assert taken == list(range(1, len(taken) + 1))
    assert stream.head.seq == len(taken)


def test_a_stream_knows_another_past() -> None:
    stream = Stream("sale", Limits())
    for seq in (1, 2):
        stream.offer(frame(seq))
    assert stream.offer(frame(1)) is Offer.KNOWN
    assert stream.offer(frame(1, event_id="other")) is Offer.ASTRAY
    assert stream.offer(frame(2, event_id="other")) is Offer.ASTRAY
    assert stream.offer(frame(3, epoch="f")) is Offer.ASTRAY
    assert stream.offer(frame(4)) is Offer.HOLE


@pytest.mark.parametrize("payload", ["{NaN", "NaN", "[Infinity]", ""])
def test_a_payload_that_browsers_would_refuse_is_a_tombstone(payload: str) -> None:
    told = frame(7, payload=payload)
    assert told.parked
    assert (told.event["event"], told.event["seq"], told.event["data"]) == ("tombstone", 7, None)


async def test_a_queue_refuses_what_does_not_fit() -> None:
    outbox = Outbox(Limits(queue_frames=2, queue_bytes=100), 1.0)
    assert outbox.put("a", 60)
    assert not outbox.put("b", 41)
    assert outbox.put("c", 40)
    assert not outbox.put("d", 0)
    outbox.close()
    assert outbox.put("e", 1000)


async def test_a_queue_sends_in_order_and_tells_of_room() -> None:
    outbox, sent = Outbox(Limits(queue_frames=10, queue_bytes=1000), 1.0), list[str]()
    for number in range(9):
        outbox.put(str(number), 1)
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)
    assert not waiting.done()

    async def send(text: str) -> None:
        sent.append(text)

    running = asyncio.create_task(outbox.run(send))
    await waiting
    outbox.close()
    assert await running
    assert sent == [str(number) for number in range(9)]


async def test_closing_ends_a_send_that_hangs_and_whoever_waits_for_room() -> None:
    outbox = Outbox(Limits(queue_frames=2), 60.0)
    started = asyncio.Event()

    async def hang(_text: str) -> None:
        started.set()
        await asyncio.Event().wait()

    for text in ("a", "b"):
        outbox.put(text, 1)
    running = asyncio.create_task(outbox.run(hang))
    await started.wait()
    outbox.put("c", 1)
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)
    outbox.close()
    async with asyncio.timeout(1):
        assert await running
        await waiting


async def test_a_client_that_takes_too_long_is_told_apart_from_a_closed_one() -> None:
    outbox = Outbox(Limits(), 0.05)

    async def hang(_text: str) -> None:
        await asyncio.Event().wait()

    outbox.put("a", 1)
    async with asyncio.timeout(1):
        assert not await outbox.run(hang)


def test_frames_are_what_the_protocol_says() -> None:
    event: dict[str, Any] = frame(3, payload='{"shop":"Zürich"}').event
    assert event == {
        "type": "event", "channel": "sale", "epoch": "e", "seq": 3, "id": "id3", "event": "sale.created",
        "data": {"shop": "Zürich"}, "version": 1, "at": AT,
    }  # fmt: skip
    assert frame(3, payload='{"shop":"Zürich"}').size == len(frame(3, payload='{"shop":"Zürich"}').text) + 1
