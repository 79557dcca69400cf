"""A small application on Litestar, as a part of a project would write it."""

from typing import Any

from litestar import Litestar, Request, WebSocket, get, post, websocket
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, JSONBody
from litestar.types import ASGIApp

from groundplan_runtime.adapters.litestar import SignInPlugin, current_user, login_required, require_permission
from groundplan_runtime.adapters.litestar_events import litestar_events
from groundplan_runtime.adapters.litestar_socket import LitestarSocket
from groundplan_runtime.current import Runtime
from groundplan_runtime.identity import User


@get("/open")
async def read_open() -> dict[str, bool]:
    return {"open": True}


@post("/open", status_code=200)
async def write_open() -> dict[str, bool]:
    return {"open": True}


@get("/me", guards=[login_required])
async def me(request: Request[User, Any, Any]) -> dict[str, Any]:
    user = request.user
    return {"id": user.id, "username": user.username, "permissions": sorted(user.permissions)}


@get("/name", dependencies={"user": Provide(current_user)})
async def name(user: NamedDependency[User]) -> dict[str, str]:
    return {"username": user.username}


@get("/sales/{number:int}")
async def read_sale(number: FromPath[int]) -> dict[str, int]:
    return {"id": number}


@post("/sales", guards=[require_permission("office.add_sale")])
async def add_sale() -> dict[str, int]:
    return {"id": 1}


@post("/checked")
async def checked(data: JSONBody[dict[str, int]]) -> dict[str, int]:
    return data


async def greet(socket: WebSocket[Any, Any, Any]) -> None:
    await socket.accept()
    await socket.send_text(socket.user.username or "nobody")
    await socket.close()


@websocket("/ws")
async def live(socket: WebSocket[Any, Any, Any]) -> None:
    await greet(socket)


@websocket("/guarded", guards=[require_permission("office.add_sale")])
async def guarded(socket: WebSocket[Any, Any, Any]) -> None:
    await greet(socket)


@websocket("/named", dependencies={"user": Provide(current_user)})
async def named(socket: WebSocket[Any, Any, Any], user: NamedDependency[User]) -> None:
    await socket.accept()
    await socket.send_text(user.username)
    await socket.close()


def litestar_app(runtime: Runtime) -> Litestar:
    @websocket("/live")
    async def follow(socket: WebSocket[Any, Any, Any]) -> None:
        await runtime.gateway.serve(LitestarSocket(socket))

    @get("/events")
    async def events() -> ASGIApp:
        return litestar_events(runtime.gateway)

    handlers = [follow, events, read_open, write_open, me, name, read_sale, add_sale, checked, live, guarded, named]
    return Litestar(handlers, plugins=[SignInPlugin(runtime)], openapi_config=None, logging_config=None)
