"""Event streams that another site opens with a visitor's cookie, on every adapter: refused before they begin."""

from collections.abc import Iterator

import httpx
import pytest

from runtime.identity.live_serving import ADAPTERS, live
from runtime.identity.origins import evil_origins
from runtime.identity.site_files import Site

PATH = "/events?channel=sale"


@pytest.fixture(scope="module", params=ADAPTERS)
def host(request: pytest.FixtureRequest, sqlite_site: Site) -> Iterator[str]:
    with live(request.param, sqlite_site) as served_at:
        yield served_at


@pytest.fixture
def key(sqlite: Site) -> str:
    """Ada's session; she may see sales because she is a clerk."""
    sqlite("make_user", "ada")
    sqlite("make_group", "clerks", permissions=["office.view_sale"], members=["ada"])
    return str(sqlite("sign_in", "ada"))


def status(host: str, key: str, **headers: str) -> int:
    """Give the status of a stream asked for with Ada's cookie. headers: Origin and the like, as keywords."""
    told = {"cookie": f"sessionid={key}", "accept": "text/event-stream", **headers}
    raw = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in told.items()]
    with httpx.stream("GET", f"http://{host}{PATH}", headers=raw, timeout=10) as answer:
        return answer.status_code


def test_an_evil_origin_is_refused(host: str, key: str) -> None:
    answers = {origin: status(host, key, origin=origin) for origin in evil_origins(host)}
    assert set(answers.values()) == {403}


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", ""])
def test_another_site_without_an_origin_is_refused(site: str, host: str, key: str) -> None:
    assert status(host, key, sec_fetch_site=site, referer=f"http://{host}/") == 403


def test_an_evil_referer_is_refused(host: str, key: str) -> None:
    own = f"http://{host}"  # in an address, unlike in an Origin, neither a capital letter nor a slash makes another site
    evil = [origin for origin in evil_origins(host) if origin.lower().rstrip("/") != own]
    assert len(evil) == 22
    assert {status(host, key, referer=f"{origin}/page") for origin in evil} == {403}


def test_who_shows_nothing_is_refused(host: str, key: str) -> None:
    assert status(host, key) == 403


def test_an_own_origin_does_not_help_against_another_in_the_same_request(host: str, key: str) -> None:
    assert status(host, key, origin="http://evil.example", sec_fetch_site="same-origin", referer=f"http://{host}/") == 403


def test_own_pages_are_let_in_however_their_browser_says_it(host: str, key: str) -> None:
    own: list[dict[str, str]] = [
        {"origin": f"http://{host}"},
        {"sec_fetch_site": "same-origin"},
        {"referer": f"http://{host}/page"},
    ]
    assert [status(host, key, **headers) for headers in own] == [200, 200, 200]


def test_a_cookie_that_stands_for_nobody_needs_the_right_origin_as_well(host: str) -> None:
    assert status(host, "a" * 32, origin="http://evil.example") == 403
    assert status(host, "a" * 32, origin=f"http://{host}") == 401


def test_asking_for_anything_else_does_not_go_around_the_rule(host: str, key: str) -> None:
    headers = {"cookie": f"sessionid={key}", "accept": "text/html, */*", "origin": "http://evil.example"}
    assert httpx.get(f"http://{host}{PATH}", headers=headers).status_code == 406
