"""Handshakes of other sites with a visitor's cookie, on every adapter that has sockets: refused before they open."""

import socket
from collections.abc import Iterator

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from runtime.identity.live_serving import ADAPTERS, live
from runtime.identity.origins import evil_origins
from runtime.identity.site_files import Site


@pytest.fixture(scope="module", params=ADAPTERS)
def host(request: pytest.FixtureRequest, sqlite_site: Site) -> Iterator[str]:
    with live(request.param, sqlite_site) as served_at:
        yield served_at


@pytest.fixture
def key(sqlite: Site) -> str:
    sqlite("make_user", "ada")
    return str(sqlite("sign_in", "ada"))


def shake_hands(host: str, name: str, origin: str | None, cookie: str) -> int:
    """Give the status with which the server at ``host`` answers a handshake for ``name``; 101 is a welcome."""
    address, port = host.split(":")
    headers = {"cookie": cookie} | ({} if origin is None else {"origin": origin})
    line = socket.create_connection((address, int(port)))
    try:
        with connect(f"ws://{name}/live", sock=line, additional_headers=headers, open_timeout=10):
            return 101
    except InvalidStatus as refused:
        return refused.response.status_code


def test_an_evil_origin_is_refused(host: str, key: str) -> None:
    tricks = evil_origins(host)
    assert len(set(tricks)) == 25
    answers = {origin: shake_hands(host, host, origin, f"sessionid={key}") for origin in tricks}
    assert set(answers.values()) == {403}


def test_a_missing_origin_is_refused(host: str, key: str) -> None:
    assert shake_hands(host, host, None, f"sessionid={key}") == 403


def test_a_cookie_that_stands_for_nobody_needs_the_right_origin_as_well(host: str) -> None:
    assert shake_hands(host, host, "http://evil.example", f"sessionid={'a' * 32}") == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LOCALHOST", "localhost."])
def test_every_allowed_name_of_this_machine_is_let_in_from_its_own_pages(name: str, host: str, key: str) -> None:
    port = host.split(":")[1]
    assert shake_hands(host, f"{name}:{port}", f"http://{name.lower()}:{port}", f"sessionid={key}") == 101


@pytest.mark.parametrize(("here", "there"), [("127.0.0.1", "localhost"), ("localhost", "127.0.0.1")])
def test_one_allowed_name_is_another_site_for_the_other(here: str, there: str, host: str, key: str) -> None:
    port = host.split(":")[1]
    assert shake_hands(host, f"{here}:{port}", f"http://{there}:{port}", f"sessionid={key}") == 403


def test_a_name_that_is_not_allowed_is_refused_even_from_its_own_pages(host: str, key: str) -> None:
    assert shake_hands(host, "evil.example", "http://evil.example", f"sessionid={key}") == 400


def test_a_client_without_a_cookie_needs_no_origin(host: str) -> None:
    assert shake_hands(host, host, None, "other=1") == 101
