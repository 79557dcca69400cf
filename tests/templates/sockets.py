"""A live socket as a test sees it."""

import contextlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from templates.visitor import Visitor

SECONDS = 10


class Socket:
    """One socket of one visitor."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    def send(self, frame: dict[str, Any] | str) -> None:
        self._connection.send(frame if isinstance(frame, str) else json.dumps(frame))

    def next(self) -> dict[str, Any]:
        """Give the next frame that says more than that the line lives."""
        frame: dict[str, Any] = json.loads(self._connection.recv(SECONDS))
        return frame if frame["type"] != "alive" else self.next()

    def follow(self, channel: str, position: dict[str, Any] | None = None) -> dict[str, Any]:
        """Subscribe and give the answer; the welcome before it is taken."""
        assert self.next()["type"] == "welcome"
        asked = {"type": "subscribe", "channel": channel}
        self.send(asked if position is None else {**asked, "position": position})
        return self.next()

    def event_about(self, row_id: int, position: dict[str, Any]) -> dict[str, Any]:
        """Read on from a position to the event about one row; on the way nothing may be missing."""
        for seq in count(position["seq"] + 1):
            event = self.next()
            assert (event["type"], event["seq"]) == ("event", seq)
            if event["data"]["id"] == row_id:
                return event
        raise AssertionError

    def close_code(self) -> int:
        """Read to the end and give the code the server closed with."""
        deadline = time.monotonic() + SECONDS
        with contextlib.suppress(ConnectionClosed):
            while True:
                self._connection.recv(deadline - time.monotonic())
        assert self._connection.close_code is not None
        return self._connection.close_code


@contextmanager
def connected(visitor: Visitor, live: str, origin: str | None = None) -> Iterator[Socket]:
    """Open a socket with the visitor's cookies, from the project's own pages or from another origin."""
    url = visitor.served.url
    with connect(
        f"ws://{urlsplit(url).netloc}{live}/ws",
        additional_headers={"Cookie": visitor.cookie_header()},
        origin=Origin(url if origin is None else origin),
        proxy=None,
        open_timeout=SECONDS,
    ) as connection:
        yield Socket(connection)
