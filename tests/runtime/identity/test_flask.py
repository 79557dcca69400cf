"""Flask, synchronous, on the same identity: a real Django on one side, Flask on a real WSGI server on the other."""

import dataclasses
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest

from groundplan_runtime.blocking import BlockingDatabase, open_blocking_database
from groundplan_runtime.errors import SettingsError
from groundplan_runtime.identity.blocking import BlockingIdentity
from groundplan_runtime.settings import Settings
from runtime.identity.flask_app import close, flask_app
from runtime.identity.origins import evil_origins
from runtime.identity.site_files import Site, write_project

CSRF = "abcdefghijklmnopqrstuvwxyz012345"


class Quiet(WSGIRequestHandler):
    """A handler that keeps its log to itself."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the base class
        """Say nothing."""


def served(settings: Settings) -> Iterator[str]:
    app = flask_app(settings)
    server = make_server("127.0.0.1", 0, app, handler_class=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()
    close(app)


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    yield from served(site.settings)


@pytest.fixture
def headers(site: Site, address: str) -> dict[str, str]:
    """What Ada's browser sends with a POST; she may add sales."""
    site("make_user", "ada", permissions=["office.add_sale"])
    return {"cookie": f"sessionid={site('sign_in', 'ada')}; csrftoken={CSRF}", "origin": address, "x-csrftoken": CSRF}


def problem(response: httpx.Response) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["type"]


def test_knows_who_signed_in_with_django(address: str, headers: dict[str, str]) -> None:
    assert httpx.get(f"{address}/me", headers=headers).json()["username"] == "ada"


def test_lets_accounts_with_the_permission_pass(address: str, headers: dict[str, str]) -> None:
    assert httpx.post(f"{address}/sales", headers=headers).status_code == 201


def test_refuses_accounts_without_the_permission(site: Site, address: str, headers: dict[str, str]) -> None:
    site("make_user", "bob")
    headers["cookie"] = f"sessionid={site('sign_in', 'bob')}; csrftoken={CSRF}"
    assert problem(httpx.post(f"{address}/sales", headers=headers)) == (403, "urn:groundplan:permission")


def test_strangers_may_read_what_is_open_and_no_more(address: str) -> None:
    assert httpx.get(f"{address}/open").status_code == 200
    assert problem(httpx.get(f"{address}/me")) == (401, "urn:groundplan:sign-in")
    assert problem(httpx.get(f"{address}/nothing")) == (404, "urn:groundplan:not-found")


def test_leaves_an_answer_that_a_view_made_itself(address: str) -> None:
    response = httpx.get(f"{address}/own")
    assert (response.status_code, response.text) == (418, "an answer of its own")


@pytest.mark.parametrize(
    ("wrong", "status", "word"),
    [
        ({"origin": "http://evil.example"}, 403, "origin"),
        ({"x-csrftoken": "x" * 32}, 403, "csrf"),
        ({"host": "evil.example"}, 400, "host"),
    ],
)
def test_refuses(wrong: dict[str, str], status: int, word: str, address: str, headers: dict[str, str]) -> None:
    assert problem(httpx.post(f"{address}/sales", headers=headers | wrong)) == (status, f"urn:groundplan:{word}")


def test_writing_from_another_origin_is_refused(address: str, headers: dict[str, str]) -> None:
    given = {name.encode(): value.encode() for name, value in headers.items()}
    for origin in evil_origins(address.removeprefix("http://")):
        answer = httpx.post(f"{address}/sales", headers=list({**given, b"origin": origin.encode("latin-1")}.items()))
        assert (origin, *problem(answer)) == (origin, 403, "urn:groundplan:origin")


def test_nothing_passes_when_the_sign_in_cannot_be_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    for address in served(write_project(tmp_path_factory.mktemp("unprepared"))):
        answer = httpx.get(f"{address}/open", headers={"cookie": f"sessionid={'a' * 32}"})
        assert problem(answer) == (503, "urn:groundplan:identity")


def test_a_part_does_not_start_on_what_it_cannot_read_safely(sqlite: Site) -> None:
    settings = dataclasses.replace(sqlite.settings, secret_key="another-key-of-this-part-alone-0123456789")
    with pytest.raises(SettingsError, match="another SECRET_KEY"):
        flask_app(settings)


@pytest.fixture
def blocking(site: Site) -> Iterator[BlockingDatabase]:
    database = open_blocking_database(site.settings.database_url)
    yield database
    database.close()


def test_sees_a_sign_out_when_the_second_is_over(site: Site, blocking: BlockingDatabase) -> None:
    site("make_user", "ada")
    key, now = site("sign_in", "ada"), [1000.0]
    identity = BlockingIdentity(site.settings, blocking, clock=lambda: now[0])
    assert identity.resolve({"sessionid": key}) is not None
    site("sign_out", key)
    assert identity.resolve({"sessionid": key}) is not None
    now[0] += 1.0
    assert identity.resolve({"sessionid": key}) is None


def test_many_threads_share_one_identity(site: Site, blocking: BlockingDatabase) -> None:
    keys = []
    for number in range(8):
        site("make_user", f"user{number}")
        keys.append(site("sign_in", f"user{number}"))
    identity = BlockingIdentity(site.settings, blocking)
    with ThreadPoolExecutor(8) as threads:
        sessions = list(threads.map(lambda key: identity.resolve({"sessionid": key}), keys * 10))
    assert [session.user.username for session in sessions if session] == [f"user{number}" for number in range(8)] * 10


def test_a_cookie_that_is_no_session_key_is_nobodys(site: Site, blocking: BlockingDatabase) -> None:
    identity = BlockingIdentity(site.settings, blocking)
    assert identity.resolve({"sessionid": "no key"}) is None
