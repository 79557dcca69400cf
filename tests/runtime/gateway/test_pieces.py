"""The pieces of the gateway by themselves: frames of clients, memory, and the queue of one socket."""

import asyncio
import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets import frames

from groundplan_runtime.events import Event, Position
from groundplan_runtime.events.frame import Frame, frame_of
from groundplan_runtime.gateway import Limits
from groundplan_runtime.gateway.direct import text_frame
from groundplan_runtime.gateway.outbox import Outbox
from groundplan_runtime.gateway.pump import Pump
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


class Line:
    """A client as a queue sees it; subclasses say how it takes pieces."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.began = asyncio.Event()
        self.slowness = asyncio.Event()
        self.errors: list[Exception] = []

    async def write(self, piece: str) -> None:
        """Take a piece at once."""
        self.taken.append(piece)

    def slow(self) -> None:
        """Note that it took too long."""
        self.slowness.set()

    def broken(self, error: Exception) -> None:
        """Note an error."""
        self.errors.append(error)


class Stalling(Line):
    """A client that takes nothing until it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.ready = asyncio.Event()

    async def write(self, piece: str) -> None:
        """Take a piece once the client is ready."""
        self.began.set()
        await self.ready.wait()
        self.taken.append(piece)


class Broken(Line):
    """A client whose line is cut."""

    async def write(self, piece: str) -> None:
        """Fail."""
        raise ConnectionResetError(piece)


async def test_a_queue_sends_in_order_and_tells_of_room() -> None:
    outbox, line = Outbox(Limits(queue_frames=10, queue_bytes=1000), 1.0), Line()
    for number in range(9):
        outbox.put(str(number), 1)
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.open(line, Pump())
    await waiting
    assert line.taken == [str(number) for number in range(9)]


async def test_a_client_that_takes_everything_at_once_needs_no_task() -> None:
    outbox, line, pump = Outbox(Limits(), 1.0), Line(), Pump()
    outbox.open(line, pump)
    before = asyncio.all_tasks()
    for number in range(200):  # more than one go
        outbox.put(str(number), 1)
    await pump.rest()
    assert asyncio.all_tasks() == before
    assert line.taken == [str(number) for number in range(200)]


async def test_what_comes_while_a_client_does_not_take_anything_comes_in_order_afterwards() -> None:
    outbox, line, pump = Outbox(Limits(), 10.0), Stalling(), Pump()
    outbox.open(line, pump)
    for number in range(100):
        outbox.put(str(number), 1)
        await pump.rest()
    assert line.taken == []
    line.ready.set()
    async with asyncio.timeout(1):
        while outbox.writing:  # noqa: ASYNC110 it says so to nobody
            await asyncio.sleep(0)
    outbox.put("last", 1)
    await pump.rest()
    assert line.taken == [*(str(number) for number in range(100)), "last"]


async def test_closing_ends_a_send_that_hangs_and_whoever_waits_for_room() -> None:
    outbox, line = Outbox(Limits(queue_frames=2), 60.0), Stalling()
    for text in ("a", "b"):
        outbox.put(text, 1)
    outbox.open(line, Pump())
    await line.began.wait()
    outbox.put("c", 1)
    waiting = asyncio.create_task(outbox.room())
    await asyncio.sleep(0)
    outbox.close()
    async with asyncio.timeout(1):
        await outbox.ended()
        await waiting
    assert not line.slowness.is_set()


async def test_a_client_that_takes_too_long_is_told_of() -> None:
    outbox, line = Outbox(Limits(), 0.05), Stalling()
    outbox.open(line, Pump())
    outbox.put("a", 1)
    async with asyncio.timeout(1):
        await line.slowness.wait()


async def test_a_line_that_broke_is_told_of_at_once_and_after_a_wait() -> None:
    outbox, line, pump = Outbox(Limits(), 1.0), Broken(), Pump()
    outbox.open(line, pump)
    outbox.put("a", 1)
    await pump.rest()
    assert [str(error) for error in line.errors] == ["a"]


class Wrapped(Line):
    """A client behind middleware that limits the time of each write, which only works in a task."""

    async def write(self, piece: str) -> None:
        """Take a piece within a second."""
        async with asyncio.timeout(1):
            await asyncio.sleep(0)
        self.taken.append(piece)


async def test_what_wraps_a_write_may_need_a_task() -> None:
    outbox, line, pump = Outbox(Limits(), 1.0), Wrapped(), Pump()
    outbox.open(line, pump)
    for text in ("a", "b"):
        outbox.put(text, 1)
    async with asyncio.timeout(1):
        while outbox.waiting or outbox.writing or len(line.taken) < 2:  # noqa: ASYNC110 it says so to nobody
            await asyncio.sleep(0)
    assert (line.taken, line.errors) == (["a", "b"], [])


class Failing:
    """A queue that breaks the rule and raises."""

    def flush(self) -> None:
        """Raise."""
        raise ValueError


async def test_a_queue_that_raises_does_not_stop_the_others() -> None:
    outbox, line, pump = Outbox(Limits(), 1.0), Line(), Pump()
    outbox.put("a", 1)
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, told: complaints.append(told["exception"]))
    pump.add(Failing())
    outbox.open(line, pump)
    await pump.rest()
    assert line.taken == ["a"]
    assert [type(error) for error in complaints] == [ValueError]


class Client:
    """A socket whose server writes encoded frames until its buffers are full."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.written: list[bytes] = []

    def write_frames(self, data: bytes) -> bool:
        """Take frames while there is room."""
        if self.room <= 0:
            return False
        self.room -= len(data)
        self.written.append(data)
        return True


async def test_what_waits_together_is_written_together() -> None:
    outbox, line, pump, client = Outbox(Limits(), 1.0), Line(), Pump(), Client(1_000_000)
    outbox.direct = client
    for text in ("a", "ü", "c"):
        outbox.put(text, len(text.encode()))
    outbox.open(line, pump)
    await pump.rest()
    assert client.written == [b"\x81\x01a\x81\x02\xc3\xbc\x81\x01c"]
    assert line.taken == []


async def test_what_a_full_buffer_does_not_take_goes_the_usual_way_in_order() -> None:
    outbox, line, pump, client = Outbox(Limits(), 1.0), Line(), Pump(), Client(100_000)
    outbox.direct = client
    texts = [str(number) * 10_000 for number in range(10)] + ["x" * 70_000, "end"]
    for text in texts:
        outbox.put(text, len(text))
    outbox.open(line, pump)
    await pump.rest()
    written = b"".join(client.written)
    assert max(map(len, client.written)) <= 64 * 1024 + 100
    assert written + b"".join(map(text_frame, line.taken)) == b"".join(map(text_frame, texts))
    assert line.taken


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_a_frame_is_the_one_that_rfc_6455_wants(size: int) -> None:
    text = "ü" * (size // 2) + "x" * (size % 2)
    assert text_frame(text) == frames.Frame(frames.Opcode.TEXT, text.encode()).serialize(mask=False)


class Passage:
    """What becomes of an event."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def expect(self) -> None:
        """Note that it is on its way."""
        self.told.append("expected")

    def sent(self) -> None:
        """Note that it was sent."""
        self.told.append("sent")

    def dropped(self) -> None:
        """Note that it was dropped."""
        self.told.append("dropped")


@pytest.mark.parametrize("turns", [0, 1, 3])
async def test_closing_says_of_every_event_that_it_is_dropped_whenever_it_comes(turns: int) -> None:
    outbox, passages = Outbox(Limits(), 1.0), [Passage(), Passage()]
    outbox.open(Stalling(), Pump())
    for passage in passages:
        outbox.put("a", 1, passage)
    for _ in range(turns):
        await asyncio.sleep(0)
    outbox.close()
    await outbox.ended()
    assert [passage.told for passage in passages] == [["expected", "dropped"]] * 2


def test_frames_are_what_the_protocol_says() -> None:
    event: dict[str, Any] = frame(3, payload='{"shop":"Zürich"}').event
    assert event == {
        "type": "event", "channel": "sale", "epoch": "e", "seq": 3, "id": "id3", "event": "sale.created",
        "data": {"shop": "Zürich"}, "version": 1, "at": AT,
    }  # fmt: skip
    assert frame(3, payload='{"shop":"Zürich"}').size == len(frame(3, payload='{"shop":"Zürich"}').text) + 1
