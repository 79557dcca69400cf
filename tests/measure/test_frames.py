import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode
from websockets.streams import StreamReader

from groundplan.measure.frames import CLOSE, PING, TEXT, Frame, FrameError, FrameReader, accept_key, client_frame, handshake

_SIZES = st.sampled_from([0, 1, 125, 126, 127, 65535, 65536])


@given(st.lists(_SIZES, min_size=1, max_size=4), st.lists(st.integers(1, 300), max_size=6))
def test_frames_written_by_the_library_are_read_however_they_are_cut(sizes: list[int], cuts: list[int]) -> None:
    data = b"".join(TheirFrame(Opcode.TEXT, b"x" * size).serialize(mask=False) for size in sizes)
    reader, frames, start = FrameReader(), [], 0
    for end in [*sorted(cuts), len(data)]:
        frames += reader.feed(data[start:end])
        start = max(start, end)
    assert [len(frame.payload) for frame in frames] == sizes


def test_a_message_in_fragments_is_joined_and_a_ping_between_them_kept_apart() -> None:
    pieces = [
        TheirFrame(Opcode.TEXT, b"one ", fin=False),
        TheirFrame(Opcode.PING, b"p"),
        TheirFrame(Opcode.CONT, b"message"),
    ]
    data = b"".join(piece.serialize(mask=False) for piece in pieces)
    assert FrameReader().feed(data) == [Frame(PING, b"p"), Frame(TEXT, b"one message")]


@given(_SIZES)
def test_the_library_reads_what_we_write(size: int) -> None:
    stream = StreamReader()
    stream.feed_data(client_frame(TEXT, b"y" * size))
    parser = TheirFrame.parse(stream.read_exact, mask=True)
    with pytest.raises(StopIteration) as end:
        next(parser)
    assert end.value.value.data == b"y" * size


@pytest.mark.parametrize(
    "broken", [TheirFrame(Opcode.TEXT, b"x").serialize(mask=True), b"\xc1\x01x"], ids=["masked", "reserved bits"]
)
def test_a_server_that_breaks_the_rules_is_told_apart(broken: bytes) -> None:
    with pytest.raises(FrameError):
        FrameReader().feed(broken)


def test_the_opening_handshake_is_that_of_the_standard() -> None:
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, section 1.3
    request, accept = handshake("/live/ws", "h:1", {"Origin": "http://h:1"})
    assert request.startswith(b"GET /live/ws HTTP/1.1\r\nHost: h:1\r\n")
    assert b"\r\nOrigin: http://h:1\r\n" in request
    assert len(accept) == 28


def test_a_close_frame_carries_its_code() -> None:
    assert FrameReader().feed(b"\x88\x02\x11\x31") == [Frame(CLOSE, (4401).to_bytes(2, "big"))]
