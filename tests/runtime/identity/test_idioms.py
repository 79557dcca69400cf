"""What each framework's own ways of asking say about the account: ``request.user``, ``requires``, guards and dependencies."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from starlette.applications import Starlette
from starlette.authentication import requires
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from groundplan_runtime.adapters.litestar import SignInPlugin
from groundplan_runtime.adapters.starlette import install_problem_handlers, login_required
from groundplan_runtime.current import Runtime
from groundplan_runtime.identity.model import NOBODY, Credentials
from groundplan_runtime.protect import Protect
from runtime.identity.litestar_app import litestar_app
from runtime.identity.serving import served
from runtime.identity.site_files import Site

SECRET = "abcdefghijklmnopqrstuvwxyz012345"


def starlette_app(runtime: Runtime) -> Starlette:
    async def who(request: Request) -> JSONResponse:
        user = request.user
        return JSONResponse([user.is_authenticated, user.display_name, user.identity, user.has_permission("office.add_sale")])

    @requires(["authenticated", "office.add_sale"])
    async def allowed(request: Request) -> JSONResponse:
        return JSONResponse(request.user.username)

    @login_required
    async def mine(request: Request) -> JSONResponse:
        return JSONResponse(request.user.username)

    @login_required
    async def line(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.send_text(websocket.user.username)
        await websocket.close()

    routes = [Route("/who", who), Route("/allowed", allowed), Route("/mine", mine), WebSocketRoute("/line", line)]
    app = Starlette(routes=routes, middleware=[Middleware(Protect, runtime=runtime)])
    install_problem_handlers(app)
    return app


@pytest.fixture
def cookies(sqlite: Site) -> dict[str, str]:
    """Account -> what its browser sends: Ada may add sales, Bob may not."""
    made = {"nobody": ""}
    for name, permissions in (("ada", ["office.add_sale"]), ("bob", [])):
        sqlite("make_user", name, permissions=permissions)
        made[name] = f"sessionid={sqlite('sign_in', name)}; csrftoken={SECRET}"
    return made


@pytest.fixture
def starlette(sqlite: Site) -> Iterator[str]:
    with served(starlette_app(Runtime(sqlite.settings))) as host:
        yield host


@pytest.fixture
def litestar(sqlite: Site) -> Iterator[str]:
    with served(litestar_app(Runtime(sqlite.settings))) as host:
        yield host


def ask(host: str, path: str, cookie: str) -> httpx.Response:
    return httpx.get(f"http://{host}{path}", headers={"cookie": cookie})


def hear(host: str, path: str, cookie: str) -> str | int:
    """Give the first frame of a socket, or the status of its refusal."""
    try:
        with connect(f"ws://{host}{path}", additional_headers={"cookie": cookie, "origin": f"http://{host}"}) as line:
            return str(line.recv(timeout=5))
    except InvalidStatus as refused:
        return refused.response.status_code


def test_request_user_is_the_account_or_nobody(starlette: str, cookies: dict[str, str]) -> None:
    said = {name: ask(starlette, "/who", cookie).json() for name, cookie in cookies.items()}
    assert [said["ada"][place] for place in (0, 1, 3)] == [True, "ada", True]
    assert [said["bob"][place] for place in (0, 1, 3)] == [True, "bob", False]
    assert said["ada"][2].isdecimal()
    assert said["nobody"] == [False, "", "", False]


def test_starlettes_own_requires_knows_permissions(starlette: str, cookies: dict[str, str]) -> None:
    assert {name: ask(starlette, "/allowed", cookie).status_code for name, cookie in cookies.items()} == {
        "nobody": 403,
        "ada": 200,
        "bob": 403,
    }


def test_login_required_lets_any_account_pass(starlette: str, cookies: dict[str, str]) -> None:
    answers = {
        name: (ask(starlette, "/mine", cookie).status_code, hear(starlette, "/line", cookie)) for name, cookie in cookies.items()
    }
    assert answers == {"nobody": (401, 401), "ada": (200, "ada"), "bob": (200, "bob")}


def test_a_litestar_dependency_gives_the_account(litestar: str, cookies: dict[str, str]) -> None:
    assert ask(litestar, "/name", cookies["bob"]).json() == {"username": "bob"}
    assert hear(litestar, "/named", cookies["bob"]) == "bob"
    stranger = ask(litestar, "/name", "")
    assert (stranger.status_code, stranger.json()["type"]) == (401, "urn:groundplan:sign-in")
    assert stranger.headers["www-authenticate"] == "Session"
    assert hear(litestar, "/named", "") == 401


def test_litestar_refuses_values_as_problem_details(litestar: str) -> None:
    told = httpx.post(f"http://{litestar}/checked", json={"amount": "many"})
    assert (told.status_code, told.json()["type"], told.headers["content-type"]) == (
        422,
        "urn:groundplan:validation",
        "application/problem+json",
    )
    assert [set(error) for error in told.json()["errors"]] == [{"type", "loc", "msg"}]


def test_litestar_answers_errors_of_its_own_as_problem_details(litestar: str) -> None:
    assert ask(litestar, "/nothing", "").json()["type"] == "urn:groundplan:not-found"
    answer = httpx.delete(f"http://{litestar}/open")
    assert (answer.status_code, answer.json()["type"], "allow" in answer.headers) == (405, "about:blank", True)


def test_litestar_answers_what_nobody_foresaw_without_telling_of_it(sqlite: Site, caplog: pytest.LogCaptureFixture) -> None:
    @get("/broken")
    async def broken() -> None:
        raise ValueError("a secret")

    app = Litestar([broken], plugins=[SignInPlugin(Runtime(sqlite.settings))], logging_config=None)
    with served(app) as host:
        answer = ask(host, "/broken", "")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "a secret" not in answer.text
    assert "a secret" in caplog.text


def test_an_unknown_path_of_litestar_is_answered_before_anybody_is_recognised_and_tells_nothing(
    litestar: str, cookies: dict[str, str]
) -> None:
    answers = [
        httpx.post(f"http://{litestar}/nowhere", headers={"cookie": cookie, "origin": "http://evil.example", "host": host})
        for cookie in cookies.values()
        for host in (litestar, "evil.example")
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}
    assert not any("set-cookie" in answer.headers for answer in answers)


def test_litestar_leaves_handlers_of_the_application_alone(sqlite: Site) -> None:
    @get("/own")
    async def own() -> None:
        raise HTTPException(status_code=418, detail="short and stout")

    def handle(_request: Any, error: HTTPException) -> Any:
        from litestar import Response  # noqa: PLC0415 - one of two classes of this name

        return Response(f"mine: {error.detail}", status_code=error.status_code)

    app = Litestar(
        [own], plugins=[SignInPlugin(Runtime(sqlite.settings))], exception_handlers={HTTPException: handle}, logging_config=None
    )
    with served(app) as host:
        answer = ask(host, "/own", "")
    assert (answer.status_code, answer.text) == (418, "mine: short and stout")


def test_nobody_holds_nothing() -> None:
    assert not NOBODY.has_permission("office.add_sale")
    assert [scope in Credentials(None).scopes for scope in ("authenticated", "office.add_sale", 7)] == [False, False, False]
