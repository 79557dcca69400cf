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


COOKIES = st.text(alphabet='ab=;," \\0123\t', max_size=20) | st.text(max_size=8)


def test_cookie_headers_are_read_as_django_reads_them(sqlite: Site) -> None:
    @settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(header=COOKIES | st.builds('a="{}"'.format, COOKIES))
    def check(header: str) -> None:
        theirs = sqlite("cookies", header)
        theirs.pop("", None)  # a name is needed to ask for a cookie
        mine = parse_cookies(header)
        mine.pop("", None)
        assert mine == theirs

    check()


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


NAMES = ["localhost", "127.0.0.1", "localhost.", "evil.example", "localhost.evil.example", "evil-localhost"]
PLACES = st.builds(
    "{}://{}{}".format, st.sampled_from(["http", "https", "ftp"]), st.sampled_from(NAMES), st.sampled_from(["", ":8000"])
)
REFERERS = st.builds(
    "{}{}".format, PLACES, st.sampled_from(["", "/", "/page?a=b", "@evil.example/", ".evil.example/", ":1/"])
) | st.sampled_from(["", "null", "//localhost/", "https://[", "https:localhost", "HTTPS://localhost/", "https://LOCALHOST/"])
ORIGINS = PLACES | st.sampled_from(["null", "", "HTTP://localhost", "http://LOCALHOST", "http://localhost/", "http://a@localhost"])


def test_unsafe_requests_pass_if_and_only_if_django_lets_them(project: Settings, sqlite: Site) -> None:
    cookie, token = sqlite("csrf_pair")
    seen: dict[bool, int] = {True: 0, False: 0}

    @settings(max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        scheme=st.sampled_from(["http", "https"]),
        host=st.builds("{}{}".format, st.sampled_from(NAMES[:4]), st.sampled_from(["", ":8000"])),
        origin=st.none() | st.just("same") | ORIGINS,
        referer=st.none() | st.just("same") | REFERERS,
        shown=st.sampled_from([token, token, token, cookie, token[::-1], ""]),
    )
    def check(scheme: str, host: str, origin: str | None, referer: str | None, shown: str) -> None:
        own = f"{scheme}://{host}"
        said = {"origin": own if origin == "same" else origin, "referer": f"{own}/page" if referer == "same" else referer}
        told = {name: value for name, value in said.items() if value is not None}
        headers = {"host": host, "cookie": f"sessionid={'a' * 32}; csrftoken={cookie}", "x-csrftoken": shown, **told}
        mine = refusal(Asked("POST", scheme, "203.0.113.7", headers, parse_cookies(headers["cookie"])), project) is None
        seen[mine] += 1
        assert mine == (sqlite("csrf_passes", scheme, headers) and not host.startswith("evil"))

    check()
    assert min(seen.values()) > 20


@pytest.mark.parametrize(("said", "passes"), [("same-origin", True), ("same-site", False), ("cross-site", False), ("none", False)])
def test_what_the_browser_says_of_the_site_must_not_speak_against_it(said: str, passes: bool, project: Settings) -> None:  # noqa: FBT001 - a parameter of pytest
    secret = "abcdefghijklmnopqrstuvwxyz012345"
    cookies = {"sessionid": "a" * 32, "csrftoken": secret}
    headers = {"host": "localhost", "referer": "https://localhost/page", "sec-fetch-site": said, "x-csrftoken": secret}
    assert (refusal(Asked("POST", "https", None, headers, cookies), project) is None) is passes


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
