"""Sign-ins that end, and accounts that change, while a line is open and a page keeps asking: every adapter, a real Django.

Nobody rings a doorbell here: the Django process knows no address to ring at, so every change is found by looking.
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from runtime.identity.askers import makers
from runtime.identity.differential import everybody
from runtime.identity.live_serving import ADAPTERS, live
from runtime.identity.site_files import Site

SELDOM, OFTEN = 60.0, 1.0
"""Seconds between two looks at every session: so many that only an event can be the reason, and few."""

CHANGES: dict[str, tuple[Callable[[Site, str], Any], int]] = {
    "sign-out": (lambda site, key: site("sign_out", key), 4401),
    "a new password": (lambda site, _key: site("set_password", "ada", "another"), 4401),
    "deactivation": (lambda site, _key: site("save_user", "ada", is_active=False), 4401),
    "deletion": (lambda site, _key: site("delete_user", "ada"), 4401),
    "leaving the group": (lambda site, _key: site("change", "u.groups.remove(g)", u="ada", g="clerks"), 4403),
    "the group losing the permission": (
        lambda site, _key: site("change", "g.permissions.remove(p)", g="clerks", p="view_sale"),
        4403,
    ),
    "the end of the group": (lambda site, _key: site("change", "g.delete()", g="clerks"), 4403),
}
UNHEARD: dict[str, tuple[Callable[[Site, str], Any], int]] = {
    "deactivation by a statement": (lambda site, _key: site("update_users", "ada", is_active=False), 4401),
    "a new password by a statement": (lambda site, _key: site("update_users", "ada", password="!"), 4401),
    "the session's row gone": (lambda site, key: site("expire", key), 4401),
    "all groups gone by a statement": (lambda site, _key: site("leave_silently", "ada"), 4403),
}
"""Changes of which Django sends no signal, so that no event is written: as good as one that was lost."""


def few(changes: Iterable[str]) -> list[Any]:
    """Give the names of changes, all but the first for the long run: each of these tests waits for a second to pass."""
    first, *others = changes
    return [first, *(pytest.param(other, marks=pytest.mark.long) for other in others)]


@pytest.fixture(scope="module", params=ADAPTERS)
def host(request: pytest.FixtureRequest, sqlite_site: Site) -> Iterator[str]:
    with live(request.param, sqlite_site, SELDOM) as served_at:
        yield served_at


@pytest.fixture(scope="module", params=ADAPTERS)
def watchful_host(request: pytest.FixtureRequest, sqlite_site: Site) -> Iterator[str]:
    with live(request.param, sqlite_site, OFTEN) as served_at:
        yield served_at


@pytest.fixture
def key(sqlite: Site) -> str:
    """Ada's session; she may see sales because she is a clerk."""
    sqlite("make_user", "ada")
    sqlite("make_group", "clerks", permissions=["office.view_sale"], members=["ada"])
    return str(sqlite("sign_in", "ada"))


@contextmanager
def following(host: str, key: str) -> Iterator[ClientConnection]:
    """Give a socket that follows the sales."""
    headers = {"cookie": f"sessionid={key}", "origin": f"http://{host}"}
    with connect(f"ws://{host}/live", additional_headers=headers, open_timeout=10, proxy=None) as socket:
        assert json.loads(socket.recv(timeout=10))["type"] == "welcome"
        socket.send(json.dumps({"type": "subscribe", "channel": "sale"}))
        assert json.loads(socket.recv(timeout=10))["type"] in {"reset", "subscribed"}
        yield socket


@contextmanager
def streaming(host: str, key: str, patience: float = 5.0) -> Iterator[Iterator[Any]]:
    """Give the frames of a stream that follows the sales. patience: seconds until one that does not come is an error."""
    headers = {"cookie": f"sessionid={key}", "accept": "text/event-stream", "origin": f"http://{host}"}
    timeout = httpx.Timeout(5, read=patience)
    with httpx.stream("GET", f"http://{host}/events?channel=sale", headers=headers, timeout=timeout) as answer:
        frames = (json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: "))
        assert next(frames)["type"] == "welcome"
        assert next(frames)["type"] in {"reset", "subscribed"}
        yield frames


def closed_with(socket: ClientConnection, within: float) -> int | None:
    """Give the code with which the server closes the socket, None when it does not in so many seconds."""
    try:
        socket.recv(timeout=within)
    except TimeoutError:
        return None
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    raise AssertionError("a frame came instead")


@pytest.mark.parametrize("what", CHANGES)
def test_a_socket_is_closed_within_two_seconds_of(what: str, host: str, sqlite: Site, key: str) -> None:
    change, code = CHANGES[what]
    with following(host, key) as socket:
        change(sqlite, key)
        assert closed_with(socket, 2.0) == code


@pytest.mark.parametrize("what", few(sorted(CHANGES, key=lambda name: CHANGES[name][1], reverse=True)))
def test_a_stream_is_ended_within_two_seconds_of(what: str, host: str, sqlite: Site, key: str) -> None:
    change, code = CHANGES[what]
    with streaming(host, key) as frames:
        change(sqlite, key)
        began = time.monotonic()
        assert next(frames)["code"] == code
        assert time.monotonic() - began < 2.0
        assert next(frames, None) is None


def test_a_stream_stays_open_when_somebody_else_loses_a_permission(host: str, sqlite: Site, key: str) -> None:
    sqlite("make_user", "ben")
    sqlite("make_group", "guests", permissions=["office.view_sale"], members=["ben"])
    with streaming(host, key, patience=0.5) as frames:
        sqlite("change", "g.delete()", g="guests")
        with pytest.raises(httpx.ReadTimeout):
            next(frames)


@pytest.mark.parametrize("what", few(UNHEARD))
def test_a_socket_is_closed_at_the_next_look_after(what: str, watchful_host: str, sqlite: Site, key: str) -> None:
    change, code = UNHEARD[what]
    with following(watchful_host, key) as socket:
        change(sqlite, key)
        assert closed_with(socket, OFTEN + 1.0) == code


def test_a_socket_stays_open_when_somebody_else_signs_out(host: str, sqlite: Site, key: str) -> None:
    sqlite("make_user", "ben")
    other = sqlite("sign_in", "ben")
    with following(host, key) as socket:
        sqlite("sign_out", other)
        sqlite("set_password", "ben", "another")
        assert closed_with(socket, 0.5) is None


@pytest.mark.parametrize("what", few(CHANGES | UNHEARD))
def test_every_adapter_answers_as_django_within_two_seconds_of(what: str, sqlite: Site, key: str) -> None:
    change, _ = (CHANGES | UNHEARD)[what]
    cookie = f"sessionid={key}"
    with everybody(makers(sqlite.settings)) as askers:
        before = {name: asker(cookie) for name, asker in askers.items()}
        assert all(answer["permissions"] == ["office.view_sale"] for answer in before.values())
        change(sqlite, key)
        ends, asked = time.monotonic() + 2.0, sqlite("judge", [cookie])[0]
        while (apart := {name: answer for name, asker in askers.items() if (answer := asker(cookie)) != asked}) and (
            time.monotonic() < ends
        ):
            time.sleep(0.05)  # what is waited for is the passing of the second that answers are remembered
    assert apart == {}
