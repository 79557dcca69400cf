import asyncio
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groundplan.measure.wire import BrokenReplyError, Connection, Reply, Request, cookie_header


class _Pipe(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written += bytes(data)

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True


async def _answer(*pieces: bytes, end: bool = False) -> Reply:
    connection = Connection()
    connection.connection_made(_Pipe())
    future = connection.ask(b"x")
    for piece in pieces:
        connection.data_received(piece)
    if end:
        connection.connection_lost(None)
    return await asyncio.wait_for(future, 1)


@given(st.lists(st.integers(1, 120), max_size=8), st.booleans())
def test_a_reply_is_read_whole_however_it_is_cut(cuts: list[int], chunked: bool) -> None:  # noqa: FBT001  (drawn by hypothesis)
    framing = (b"Transfer-Encoding: chunked", b"5;x=y\r\nhello\r\n6\r\n world\r\n0\r\n\r\n")
    head, body = framing if chunked else (b"content-length: 11", b"hello world")
    whole = b"HTTP/1.1 200 OK\r\n" + head + b"\r\nX-Mark: a\r\n\r\n" + body
    edges = [0, *sorted(cut for cut in cuts if cut < len(whole)), len(whole)]
    reply = asyncio.run(_answer(*(whole[a:b] for a, b in itertools.pairwise(edges))))
    assert (reply.status, reply.body, reply.header("x-mark")) == (200, b"hello world", "a")


async def test_a_reply_may_end_with_the_connection() -> None:
    reply = await _answer(b"HTTP/1.0 200 OK\r\n\r\nall ", b"of it", end=True)
    assert reply.body == b"all of it"


@pytest.mark.parametrize("status", [204, 304])
async def test_replies_without_a_body_end_at_the_head(status: int) -> None:
    assert (await _answer(b"HTTP/1.1 %d X\r\n\r\n" % status)).body == b""


async def test_an_interim_reply_is_not_taken_for_the_answer() -> None:
    reply = await _answer(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")
    assert reply.status == 201


@pytest.mark.parametrize("garbage", [b"SSH-2.0-x\r\n\r\n", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"])
async def test_garbage_is_a_broken_reply(garbage: bytes) -> None:
    with pytest.raises(BrokenReplyError):
        await _answer(garbage)


async def test_a_reply_cut_short_is_an_error_and_never_a_short_body() -> None:
    with pytest.raises(ConnectionError):
        await _answer(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", end=True)


async def test_garbage_at_the_end_of_a_connection_is_a_broken_reply() -> None:
    with pytest.raises(BrokenReplyError):
        await _answer(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"", b"zz\r\n", end=True)


async def test_a_closed_connection_takes_no_request() -> None:
    with pytest.raises(ConnectionResetError):
        Connection().ask(b"x")


async def test_a_reply_that_announces_the_end_closes_the_connection() -> None:
    connection, pipe = Connection(), _Pipe()
    connection.connection_made(pipe)
    future = connection.ask(b"x")
    connection.data_received(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
    assert (await future).status == 200
    assert not connection.open


def test_a_request_carries_host_headers_and_length() -> None:
    request = Request("add", "POST", "/x", {"A": "b"}, b"{}")
    assert request.encode("h:1") == b"POST /x HTTP/1.1\r\nHost: h:1\r\nA: b\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    ("status", "body", "right"),
    [(200, b'{"items"}', True), (302, b'{"items"}', False), (200, b"other text", False), (200, b"", False)],
)
def test_only_the_expected_reply_is_accepted(status: int, body: bytes, right: bool) -> None:  # noqa: FBT001  (a table's column)
    request = Request("list", "GET", "/", expect_text=b"items", expect_size=5)
    assert request.accepts(Reply(status, b"", body)) is right


def test_an_absent_header_is_empty() -> None:
    assert Reply(200, b"HTTP/1.1 200 OK\r\n", b"").header("server") == ""


def test_cookies_become_one_header() -> None:
    assert cookie_header({"a": "1", "b": "2"}) == "a=1; b=2"
