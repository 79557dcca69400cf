"""The pure checks: hosts, peers, cookies, and CSRF tokens held against Django's own judgement."""

import dataclasses
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from groundplan_runtime.current import Runtime
from groundplan_runtime.identity.checks import Asked, csrf_token_fits, parse_cookies, refusal
from groundplan_runtime.protect import Protect, asked_of
from groundplan_runtime.settings import Settings
from runtime.identity.site_files import Site, write_project


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return write_project(tmp_path_factory.mktemp("checks"))


def asked(host: str, peer: str | None = "203.0.113.7", **headers: str) -> Asked:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Asked("GET", "http", peer, {"host": host, **named}, {})


def with_hosts(project: Settings, *hosts: str) -> Settings:
    return dataclasses.replace(project, allowed_hosts=hosts)


@pytest.mark.parametrize(
    ("allowed", "host", "passes"),
    [
        ("pulse.example", "pulse.example", True),
        ("pulse.example", "PULSE.example:8000", True),
        ("pulse.example", "pulse.example.", True),
        ("pulse.example", "www.pulse.example", False),
        ("pulse.example", "evilpulse.example", False),
        (".pulse.example", "www.pulse.example", True),
        (".pulse.example", "pulse.example", True),
        (".pulse.example", "evilpulse.example", False),
        ("*", "anything.example", True),
        ("[::1]", "[::1]:8000", True),
        ("pulse.example", "pulse.example/evil", False),
        ("pulse.example", "pulse.example@evil.example", False),
        ("pulse.example", "pulse.example, evil.example", False),
        ("pulse.example", "", False),
    ],
)
def test_hosts(allowed: str, host: str, passes: bool, project: Settings) -> None:  # noqa: FBT001 - a parameter of pytest
    assert (refusal(asked(host), with_hosts(project, allowed)) is None) is passes


@pytest.mark.parametrize(
    ("peer", "believed"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        (None, True),
        ("203.0.113.7", False),
        ("1127.0.0.1", False),
    ],
)
def test_only_this_machine_may_say_what_the_browser_asked_for(peer: str | None, believed: bool, project: Settings) -> None:  # noqa: FBT001 - a parameter of pytest
    told = asked("inside", peer, x_forwarded_host="pulse.example")
    assert (refusal(told, with_hosts(project, "pulse.example")) is None) is believed


def test_a_scheme_nobody_knows_is_refused(project: Settings) -> None:
    assert refusal(asked("localhost", "127.0.0.1", x_forwarded_proto="https, http"), project) is not None


def test_cookies_are_split_as_django_splits_them() -> None:
    assert parse_cookies("a=1; b = 2 ;novalue;a=3;c=x=y") == {"a": "3", "b": "2", "c": "x=y"}


def test_a_repeated_header_fits_nothing() -> None:
    raw = [(b"Host", b"localhost"), (b"host", b"evil.example"), (b"cookie", b"a=1"), (b"cookie", b"b=2")]
    seen = asked_of({"type": "http", "method": "GET", "headers": raw})
    assert (seen.headers["host"], seen.cookies, seen.peer) == ("localhost, evil.example", {"a": "1", "b": "2"}, None)


TOKENS = st.text(alphabet="abcXYZ019-é ", min_size=31, max_size=33) | st.text(alphabet="abXY01", min_size=64, max_size=64)


def test_csrf_tokens_fit_if_and_only_if_django_says_so(sqlite: Site) -> None:
    cookie, masked = sqlite("csrf_pair")
    known = st.sampled_from([cookie, masked, cookie.swapcase(), masked[::-1], cookie + cookie, ""])

    @settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(token=known | TOKENS, against=st.sampled_from([cookie, masked]) | TOKENS)
    def check(token: str, against: str) -> None:
        assert csrf_token_fits(token, against) == sqlite("csrf_fits", token, against)

    check()
    assert csrf_token_fits(masked, cookie)


@pytest.fixture
def sent() -> list[dict[str, Any]]:
    return []


async def shake_hands(project: Settings, sent: list[dict[str, Any]], extensions: dict[str, Any]) -> None:
    """Have Protect answer a handshake whose host is not allowed."""

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    async def unreachable(*_: Any) -> None:
        raise AssertionError("reached the part")

    scope = {"type": "websocket", "headers": [(b"host", b"evil.example")], "client": None, "extensions": extensions}
    await Protect(unreachable, Runtime(project))(scope, receive, send)


async def test_a_server_that_cannot_answer_a_handshake_is_told_to_close_it(project: Settings, sent: list[dict[str, Any]]) -> None:
    await shake_hands(project, sent, {})
    assert [message["type"] for message in sent] == ["websocket.close"]


async def test_a_server_that_can_answer_a_handshake_gets_the_answer(project: Settings, sent: list[dict[str, Any]]) -> None:
    await shake_hands(project, sent, {"websocket.http.response": {}})
    assert [message["type"] for message in sent] == ["websocket.http.response.start", "websocket.http.response.body"]
    assert sent[0]["status"] == 400


async def test_a_lifespan_passes_untouched(project: Settings) -> None:
    seen = []

    async def app(scope: Any, *_: Any) -> None:
        seen.append(scope)

    async def nothing(*_: Any) -> dict[str, Any]:
        raise AssertionError("not called")

    scope = {"type": "lifespan"}
    await Protect(app, Runtime(project))(scope, nothing, nothing)  # type: ignore[arg-type]  # one function for both directions
    assert seen == [scope]
