"""Protect in front of real servers: what reaches a part, and what is refused before it."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from groundplan_runtime.current import Runtime
from runtime.identity.origins import evil_origins
from runtime.identity.serving import APPS, served
from runtime.identity.site_files import Site, write_project

CSRF = "abcdefghijklmnopqrstuvwxyz012345"


@dataclass
class Browser:
    """A client that says what browsers say."""

    site: Site
    host: str
    cookies: dict[str, str]

    @property
    def origin(self) -> str:
        return f"http://{self.host}"

    def ask(self, method: str, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()} | {"cookie": self._cookie()}
        raw = [(name.encode(), value.encode("latin-1")) for name, value in named.items()]
        return httpx.request(method, f"http://{self.host}{path}", headers=raw)

    def write(self, path: str = "/sales", **headers: str) -> httpx.Response:
        """Send a POST with everything right, but for what ``headers`` say."""
        return self.ask("POST", path, **{"origin": self.origin, "x_csrftoken": CSRF, **headers})

    def hear(self, path: str = "/ws", origin: str | None = None, host: str | None = None) -> str:
        """Open a socket and give the first frame."""
        headers = {"cookie": self._cookie()} | ({} if origin is None else {"origin": origin})
        with connect(f"ws://{host or self.host}{path}", sock=self._line(), additional_headers=headers, open_timeout=5) as line:
            return str(line.recv(timeout=5))

    def _line(self) -> socket.socket:
        name, port = self.host.split(":")
        return socket.create_connection((name, int(port)))

    def _cookie(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())


@pytest.fixture(scope="module", params=APPS)
def address(request: pytest.FixtureRequest, sqlite_site: Site) -> Iterator[str]:
    with served(APPS[request.param](Runtime(sqlite_site.settings))) as host:
        yield host


@pytest.fixture
def browser(sqlite: Site, address: str) -> Browser:
    """Ada's: may add sales."""
    sqlite("make_user", "ada", permissions=["office.add_sale"])
    return Browser(sqlite, address, {"sessionid": sqlite("sign_in", "ada"), "csrftoken": CSRF})


@pytest.fixture
def stranger(sqlite: Site, address: str) -> Browser:
    return Browser(sqlite, address, {})


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    told = response.json()
    assert told["status"] == response.status_code
    assert told["title"]
    assert told["detail"]
    return response.status_code, told["type"]


def refused(browser: Browser, *args: Any, **kwargs: Any) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as caught:
        browser.hear(*args, **kwargs)
    response = caught.value.response
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, json.loads(response.body or b"")["type"]


def test_tells_the_part_who_asks(browser: Browser) -> None:
    told = browser.ask("GET", "/me").json()
    assert (told["username"], told["permissions"]) == ("ada", ["office.add_sale"])


def test_a_stranger_may_read_what_is_open(stranger: Browser) -> None:
    assert stranger.ask("GET", "/open").status_code == 200


def test_a_stranger_is_told_to_sign_in(stranger: Browser) -> None:
    answer = stranger.ask("GET", "/me")
    assert problem(answer) == (401, "urn:groundplan:sign-in")
    assert answer.headers["www-authenticate"] == "Session"


def test_browsers_may_not_guess_the_type_of_an_answer(browser: Browser, stranger: Browser) -> None:
    answers = [browser.ask("GET", "/me"), stranger.ask("GET", "/me")]
    assert [answer.headers["x-content-type-options"] for answer in answers] == ["nosniff", "nosniff"]


def test_an_account_without_the_permission_is_refused(browser: Browser, sqlite: Site) -> None:
    sqlite("make_user", "bob")
    browser.cookies["sessionid"] = sqlite("sign_in", "bob")
    assert problem(browser.write()) == (403, "urn:groundplan:permission")


def test_an_account_with_the_permission_passes(browser: Browser) -> None:
    assert browser.write().status_code == 201


def test_what_is_not_there_is_a_problem_too(stranger: Browser) -> None:
    assert problem(stranger.ask("GET", "/nothing")) == (404, "urn:groundplan:not-found")


def test_writing_from_another_origin_is_refused(browser: Browser) -> None:
    answers = {origin: problem(browser.write(origin=origin)) for origin in evil_origins(browser.host)}
    assert set(answers.values()) == {(403, "urn:groundplan:origin")}


@pytest.mark.parametrize(
    ("site_header", "status"), [("same-origin", 201), ("same-site", 403), ("cross-site", 403), ("none", 403), ("", 201)]
)
def test_without_an_origin_the_fetch_metadata_decide(site_header: str, status: int, browser: Browser) -> None:
    headers = {"sec-fetch-site": site_header} if site_header else {}
    assert browser.ask("POST", "/sales", x_csrftoken=CSRF, **headers).status_code == status


@pytest.mark.parametrize("token", ["", CSRF[::-1], CSRF[:-1], CSRF + CSRF, "é" * 32])
def test_writing_without_the_right_token_is_refused(token: str, browser: Browser) -> None:
    headers = {"origin": browser.origin, "cookie": browser._cookie(), "x-csrftoken": token}
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    assert problem(httpx.post(f"http://{browser.host}/sales", headers=raw)) == (403, "urn:groundplan:csrf")


def test_writing_without_the_csrf_cookie_is_refused(browser: Browser) -> None:
    del browser.cookies["csrftoken"]
    assert problem(browser.write()) == (403, "urn:groundplan:csrf")


def test_the_token_of_one_of_djangos_pages_passes(browser: Browser, sqlite: Site) -> None:
    browser.cookies["csrftoken"], token = sqlite("csrf_pair")
    assert browser.write(x_csrftoken=token).status_code == 201


def test_a_bearer_without_a_cookie_needs_neither_origin_nor_token(stranger: Browser) -> None:
    assert stranger.ask("POST", "/open", authorization="Bearer abc").status_code == 200


def test_a_bearer_with_a_cookie_needs_both(browser: Browser) -> None:
    assert problem(browser.ask("POST", "/open", authorization="Bearer abc")) == (403, "urn:groundplan:csrf")
    evil = browser.ask("POST", "/open", authorization="Bearer abc", origin="http://evil.example")
    assert problem(evil) == (403, "urn:groundplan:origin")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "127.0.0.1:x", "[::1"])
def test_another_host_is_refused(host: str, stranger: Browser) -> None:
    assert problem(stranger.ask("GET", "/open", host=host)) == (400, "urn:groundplan:host")


def test_a_socket_of_the_same_origin_opens(browser: Browser) -> None:
    assert browser.hear(origin=browser.origin) == "ada"


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "LOCALHOST", "localhost."])
def test_every_allowed_name_of_this_machine_works_with_its_own_origin(name: str, browser: Browser) -> None:
    port = browser.host.split(":")[1]
    origin = f"http://{name.lower()}:{port}"
    assert browser.write(host=f"{name}:{port}", origin=origin).status_code == 201


def test_a_socket_without_a_cookie_opens_for_nobody(stranger: Browser) -> None:
    assert stranger.hear() == "nobody"


def test_a_socket_to_another_host_is_refused(stranger: Browser) -> None:
    with (
        pytest.raises(InvalidStatus) as caught,
        connect(f"ws://{stranger.host}/ws", additional_headers={"x-forwarded-host": "evil.example"}),
    ):
        pass
    assert caught.value.response.status_code == 400


def test_an_expired_sign_in_opens_a_socket_so_that_the_part_can_say_so(browser: Browser) -> None:
    browser.cookies["sessionid"] = "a" * 32
    assert browser.hear(origin=browser.origin) == "nobody"


def test_a_socket_that_needs_a_permission_is_refused_without_it(browser: Browser, sqlite: Site) -> None:
    assert browser.hear("/guarded", origin=browser.origin) == "ada"
    sqlite("make_user", "bob")
    browser.cookies["sessionid"] = sqlite("sign_in", "bob")
    assert refused(browser, "/guarded", origin=browser.origin) == (403, "urn:groundplan:permission")


def test_a_socket_that_needs_a_permission_is_refused_to_strangers(stranger: Browser) -> None:
    assert refused(stranger, "/guarded") == (401, "urn:groundplan:sign-in")


@pytest.mark.parametrize("proxy_headers", [True, False])
def test_behind_the_front_door_the_address_the_browser_used_counts(proxy_headers: bool, sqlite: Site) -> None:  # noqa: FBT001 - a parameter of pytest
    sqlite("make_user", "ada", permissions=["office.add_sale"])
    with served(APPS["starlette"](Runtime(sqlite.settings)), proxy_headers=proxy_headers) as host:
        browser = Browser(sqlite, host, {"sessionid": sqlite("sign_in", "ada"), "csrftoken": CSRF})
        door = {"host": "localhost", "x_forwarded_proto": "https"}
        assert browser.write(**door, origin="https://localhost").status_code == 201
        assert browser.write(**door, origin="http://localhost").status_code == 403
        door = {"x_forwarded_host": "localhost:444", "x_forwarded_proto": "https"}
        assert browser.write(**door, origin="https://localhost:444").status_code == 201


def test_when_the_sign_in_cannot_be_read_nothing_passes(sqlite: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    unprepared = write_project(tmp_path_factory.mktemp("unprepared"))
    with served(APPS["fastapi"](Runtime(unprepared))) as host:
        browser = Browser(sqlite, host, {"sessionid": "a" * 32})
        assert problem(browser.ask("GET", "/open")) == (503, "urn:groundplan:identity")
