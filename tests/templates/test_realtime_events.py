"""Every realtime template: the same events as a stream over plain HTTP, for browsers to which sockets do not get through."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from templates.building import Served
from templates.rows import Rows
from templates.visitor import Visitor

STREAM = {"Accept": "text/event-stream"}


@pytest.fixture
def sales(ada: Visitor) -> Rows:
    return Rows(ada, "/api/v1")


class Told:
    """What a stream tells, frame by frame. id: the last one, to resume from."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.id = ""

    def next(self) -> dict[str, Any]:
        """Give the next frame that says more than that the line lives; {} at the end."""
        for line in self._lines:
            name, _, value = line.partition(": ")
            if name == "id":
                self.id = value
            elif name == "data":
                frame: dict[str, Any] = json.loads(value)
                if frame["type"] != "alive":
                    return frame
        return {}


@contextmanager
def streaming(visitor: Visitor, live: str, channel: str = "sale", **headers: str) -> Iterator[Told]:
    asked = {**STREAM, **{name.replace("_", "-"): value for name, value in headers.items()}}
    with visitor.stream("GET", f"{live}/events", params={"channel": channel}, headers=asked) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        told = Told(answer.iter_lines())
        welcome = told.next()
        assert (welcome["type"], welcome["user"]["username"]) == ("welcome", visitor.get("/api/v1/me").json()["username"])
        yield told


def test_a_new_row_comes_as_a_stream_and_what_was_missed_after_a_reconnect(ada: Visitor, live: str, sales: Rows) -> None:
    sales.sale()
    with streaming(ada, live) as told:
        assert told.next()["reason"] == "new"
        sale = sales.sale()
        while (event := told.next())["data"]["id"] != sale["id"]:
            pass
        assert (event["event"], event["data"]) == ("sale.created", sale)
    missed = [sales.sale()["id"] for _ in range(3)]
    with streaming(ada, live, Last_Event_ID=told.id) as again:
        assert (again.next()["recovered"], [again.next()["data"]["id"] for _ in missed]) == (True, missed)


def test_following_a_stream_needs_the_view_permission(people: dict[str, Visitor], live: str) -> None:
    with streaming(people["only_add"], live) as told:
        assert told.next()["code"] == "forbidden"


def test_signing_out_ends_the_stream_within_two_seconds(project: Served, live: str) -> None:
    with Visitor(project) as ben, streaming(ben.sign_in("ben"), live) as told:
        assert told.next()["code"] == "forbidden"
        ben.sign_out()
        began = time.monotonic()
        assert told.next()["code"] == 4401
        assert told.next() == {}
        assert time.monotonic() - began < 2


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_stream_is_refused_to_another_site(ada: Visitor, live: str, origin: str) -> None:
    assert ada.get(f"{live}/events?channel=sale", headers={**STREAM, "Origin": origin}).status_code == 403


def test_a_stream_is_refused_to_nobody_and_to_who_asks_for_something_else(ada: Visitor, stranger: Visitor, live: str) -> None:
    assert stranger.get(f"{live}/events?channel=sale", headers=STREAM).status_code == 401
    assert ada.get(f"{live}/events", headers=STREAM).status_code == 400
    assert ada.get(f"{live}/events?channel=sale", headers={"Accept": "application/json"}).status_code == 406
