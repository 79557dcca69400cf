"""The live socket as a careful stranger uses it: handshakes with any Origin, one subscription, the close code."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from groundplan.measure.wire import cookie_header
from groundplan.proof.visitor import Visitor

__all__ = ["Line", "knock", "line"]

SECONDS = 10.0
ACCEPTED = 101


@dataclass(slots=True)
class Line:
    """An open live socket."""

    connection: ClientConnection

    def receive(self, seconds: float = SECONDS) -> dict[str, Any]:
        """Give the next frame that says more than that the line lives.

        Raises TimeoutError when none comes in so many seconds, and ConnectionClosed when the server hung up.
        """
        told = json.loads(self.connection.recv(seconds))
        if not isinstance(told, dict):
            return {}
        return told if told.get("type") != "alive" else self.receive(seconds)

    def subscribe(self, channel: str) -> dict[str, Any]:
        """Follow a channel; give the answer."""
        self.connection.send(json.dumps({"type": "subscribe", "channel": channel}))
        return self.receive()

    def close_code(self, seconds: float) -> int | None:
        """Read on; give the code when the server closes within the time, None while it stays open."""
        try:
            while True:
                self.connection.recv(seconds)
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


def knock(visitor: Visitor, path: str, origin: str | None) -> int:
    """Give the HTTP status that a handshake with this Origin (None: without one) is answered with; 101 is a welcome."""
    try:
        with line(visitor, path, origin):
            return ACCEPTED
    except InvalidStatus as refused:
        return refused.response.status_code


@contextmanager
def line(visitor: Visitor, path: str, origin: str | None) -> Iterator[Line]:
    """Open the live socket with the visitor's cookies. Raises InvalidStatus when it is refused, OSError without an answer."""
    address = urlsplit(visitor.url)
    headers = {"Cookie": cookie_header(visitor.cookies)} if visitor.cookies else {}
    try:
        connection = connect(
            f"ws://{address.netloc}{path}",
            origin=cast(Origin, origin) if origin is not None else None,
            additional_headers=headers,
            compression=None,
            open_timeout=SECONDS,
            close_timeout=1,
            proxy=None,
        )
    except InvalidStatus:
        raise
    except (InvalidHandshake, EOFError) as broken:
        raise ConnectionError(f"no WebSocket handshake at {path}: {broken}") from broken
    with connection:
        yield Line(connection)
