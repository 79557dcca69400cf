"""The two lines that frames of the live protocol come over: a WebSocket (library ``websockets``) or an event stream (``httpx``)."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, Protocol
from urllib.parse import quote

from groundplan_runtime.events.model import Position

__all__ = ["GONE", "SILENCE_SECONDS", "Line", "LostError", "over_socket", "over_stream"]

SILENCE_SECONDS = 15.0
"""How long a line may be silent before its welcome, which tells how long it may be from then on."""

GOODBYE_SECONDS = 1.0
"""How long a client waits for the server's goodbye: a server that is just being replaced may not say it."""

GONE = 1006
_STATUSES = {400: 4400, 401: 4401, 403: 4403, 404: 4400, 405: 4400, 406: 4400}


class LostError(Exception):
    """A line that ended, or was never there.

    code: of the protocol, 1006 without one. again: seconds to wait at least. answered: an HTTP status came instead of a line.
    """

    def __init__(self, code: int = GONE, why: str = "", again: float = 0.0, *, answered: bool = False) -> None:
        super().__init__(why)
        self.code = code
        self.again = again
        self.answered = answered


class Line(Protocol):
    """An open line."""

    async def hear(self) -> dict[str, Any]:
        """Give the next frame. Raises LostError."""

    async def say(self, frame: Mapping[str, Any]) -> None:
        """Send a frame; a stream has no way back, and nothing happens."""


class _Socket:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    async def hear(self) -> dict[str, Any]:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 only programs that use sockets have it

        try:
            frame: dict[str, Any] = json.loads(await self._connection.recv())
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd is not None else GONE
            raise LostError(code, f"the socket was closed with {code}") from closed
        return frame

    async def say(self, frame: Mapping[str, Any]) -> None:
        from websockets.exceptions import ConnectionClosed  # noqa: PLC0415 only programs that use sockets have it

        with suppress(ConnectionClosed):  # whoever listens hears of it, and says it again on the next line
            await self._connection.send(json.dumps(frame))


class _Stream:
    def __init__(self, answer: Any) -> None:
        self._pieces = answer.aiter_raw()
        self._text = b""

    async def hear(self) -> dict[str, Any]:
        while True:
            lines = (await self._block()).split(b"\n")
            data = next((line.removeprefix(b"data: ") for line in lines if line.startswith(b"data: ")), None)
            if data is None:
                continue
            frame: dict[str, Any] = json.loads(data)
            if frame["type"] == "close":
                raise LostError(frame["code"], f"the stream was ended with {frame['code']}")
            return frame

    async def say(self, frame: Mapping[str, Any]) -> None:
        """Do nothing."""

    async def _block(self) -> bytes:
        import httpx  # noqa: PLC0415 only programs that use streams have it

        while b"\n\n" not in self._text:
            try:
                self._text += await anext(self._pieces)
            except (httpx.HTTPError, StopAsyncIteration) as error:
                raise LostError(why="the stream broke off") from error
        block, _, self._text = self._text.partition(b"\n\n")
        return block


@asynccontextmanager
async def over_socket(address: str, headers: Mapping[str, str]) -> AsyncIterator[Line]:
    """Open a WebSocket. Raises LostError when it cannot be."""
    from websockets.asyncio.client import connect  # noqa: PLC0415 only programs that use sockets have it
    from websockets.exceptions import InvalidStatus, WebSocketException  # noqa: PLC0415 as above

    try:
        # No proxy: the sockets of a product are reached directly. No compression: it costs more memory than it saves.
        connection = await connect(address, additional_headers=headers, compression=None, proxy=None, close_timeout=GOODBYE_SECONDS)
    except InvalidStatus as refused:
        raise _refused(refused.response.status_code, refused.response.headers) from refused
    except (OSError, WebSocketException) as error:
        raise LostError(why=str(error)) from error
    async with connection:
        yield _Socket(connection)


@asynccontextmanager
async def over_stream(address: str, headers: Mapping[str, str], positions: Mapping[str, Position | None]) -> AsyncIterator[Line]:
    """Open a stream that follows the channels of ``positions``. Raises LostError when it cannot be."""
    import httpx  # noqa: PLC0415 only programs that use streams have it

    timeout = httpx.Timeout(10.0, read=None)  # whoever listens knows how long the line may be silent
    asked = httpx.URL(address).copy_merge_params(_asked(positions))
    accept = {"accept": "text/event-stream", **headers}
    async with httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                answer = await client.send(client.build_request("GET", asked, headers=accept), stream=True)
        except (httpx.HTTPError, TimeoutError) as error:
            raise LostError(why=str(error)) from error
        try:
            if answer.status_code != httpx.codes.OK:
                raise _refused(answer.status_code, answer.headers)
            yield _Stream(answer)
        finally:
            await answer.aclose()


def _asked(positions: Mapping[str, Position | None]) -> dict[str, Any]:
    known = [_mark(channel, position) for channel, position in positions.items() if position is not None]
    return {"channel": list(positions), **({"last_event_id": ",".join(known)} if known else {})}


def _mark(channel: str, position: Position) -> str:
    return f"{quote(channel, safe='')}:{quote(position.epoch, safe='')}:{position.seq}:{quote(position.id or '', safe='')}"


def _refused(status: int, headers: Mapping[str, str]) -> LostError:
    again = headers.get("retry-after", "")
    seconds = float(again) if again.isascii() and again.isdigit() else 0.0
    return LostError(_STATUSES.get(status, GONE), f"the handshake was answered with {status}", seconds, answered=True)
