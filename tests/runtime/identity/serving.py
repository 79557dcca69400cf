"""Real servers for the applications under test, in threads of this process, on free ports."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

import uvicorn
from fastapi import Depends, FastAPI, WebSocket
from quart import Quart, Response, request, websocket
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket as StarletteWebSocket

from groundplan_runtime.adapters import fastapi as for_fastapi
from groundplan_runtime.adapters import quart as for_quart
from groundplan_runtime.adapters import starlette as for_starlette
from groundplan_runtime.adapters.quart_events import quart_events
from groundplan_runtime.adapters.quart_socket import QuartSocket
from groundplan_runtime.adapters.starlette_events import StarletteEvents
from groundplan_runtime.adapters.starlette_socket import StarletteSocket
from groundplan_runtime.current import Runtime
from groundplan_runtime.identity import User
from groundplan_runtime.protect import Protect, session_of
from runtime.identity.litestar_app import litestar_app

Builder = Callable[[Runtime], Any]


def told(user: User) -> dict[str, Any]:
    return {"id": user.id, "username": user.username, "permissions": sorted(user.permissions)}


def fastapi_app(runtime: Runtime) -> FastAPI:
    app = FastAPI()
    app.add_middleware(Protect, runtime=runtime)
    for_fastapi.install_problem_handlers(app)

    @app.get("/open")
    async def read_open() -> dict[str, bool]:
        return {"open": True}

    @app.post("/open")
    async def write_open() -> dict[str, bool]:
        return {"open": True}

    @app.get("/me", responses=for_fastapi.problem_responses(401))
    async def me(user: Annotated[User, Depends(for_fastapi.current_user)]) -> dict[str, Any]:
        return told(user)

    @app.post("/sales", status_code=201, dependencies=[Depends(for_fastapi.require_permission("office.add_sale"))])
    async def add_sale() -> dict[str, int]:
        return {"id": 1}

    @app.websocket("/ws")
    async def live(socket: WebSocket) -> None:
        await greet(socket)

    @app.websocket("/live")
    async def follow(socket: WebSocket) -> None:
        await runtime.gateway.serve(StarletteSocket(socket))

    @app.get("/events")
    async def events() -> StarletteEvents:
        return StarletteEvents(runtime.gateway)

    @app.websocket("/guarded")
    async def guarded(
        socket: WebSocket, _user: Annotated[User, Depends(for_fastapi.require_permission("office.add_sale"))]
    ) -> None:
        await greet(socket)

    return app


async def greet(socket: StarletteWebSocket) -> None:
    session = session_of(socket.scope)
    await socket.accept()
    await socket.send_text(session.user.username if session else "nobody")
    await socket.close()


def starlette_app(runtime: Runtime) -> Starlette:
    async def opened(_request: Request) -> JSONResponse:
        return JSONResponse({"open": True})

    async def me(request: Request) -> JSONResponse:
        return JSONResponse(told(for_starlette.current_user(request)))

    @for_starlette.require_permission("office.add_sale")
    async def add_sale(_request: Request) -> JSONResponse:
        return JSONResponse({"id": 1}, 201)

    @for_starlette.require_permission("office.add_sale")
    async def guarded(socket: StarletteWebSocket) -> None:
        await greet(socket)

    async def follow(socket: StarletteWebSocket) -> None:
        await runtime.gateway.serve(StarletteSocket(socket))

    async def events(_request: Request) -> StarletteEvents:
        return StarletteEvents(runtime.gateway)

    routes = [
        Route("/events", events),
        Route("/open", opened, methods=["GET", "POST"]),
        Route("/me", me),
        Route("/sales", add_sale, methods=["POST"]),
        WebSocketRoute("/ws", greet),
        WebSocketRoute("/live", follow),
        WebSocketRoute("/guarded", guarded),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Protect, runtime=runtime)])
    for_starlette.install_problem_handlers(app)
    return app


def quart_app(runtime: Runtime) -> Quart:
    app = Quart(__name__)
    for_quart.init_app(app, runtime)

    @app.route("/open", methods=["GET", "POST"])
    async def opened() -> dict[str, bool]:
        return {"open": True}

    @app.get("/me")
    @for_quart.login_required
    def me() -> dict[str, Any]:  # not asynchronous: Quart runs it in a thread
        return told(for_quart.current_user())

    @app.post("/sales")
    @for_quart.permission_required("office.add_sale")
    async def add_sale() -> tuple[dict[str, int], int]:
        return {"id": 1}, 201

    @app.websocket("/ws")
    async def live() -> None:
        session = session_of(websocket.scope)  # type: ignore[arg-type]  # a TypedDict of hypercorn's, the same mapping
        await websocket.accept()
        await websocket.send(session.user.username if session else "nobody")

    @app.websocket("/live")
    async def follow() -> None:
        await runtime.gateway.serve(QuartSocket(websocket))

    @app.get("/events")
    async def events() -> Response:
        return await quart_events(runtime.gateway, request)

    @app.websocket("/guarded")
    @for_quart.permission_required("office.add_sale")
    async def guarded() -> None:
        await websocket.send(for_quart.current_user().username)

    return app


APPS: dict[str, Builder] = {
    "fastapi": fastapi_app,
    "starlette": starlette_app,
    "quart": quart_app,
    "litestar": litestar_app,
}


@contextmanager
def served(app: Any, *, proxy_headers: bool = True, lifespan: Literal["on", "off"] = "off") -> Iterator[str]:
    """Serve an ASGI application and give its host and port."""
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_level="error", lifespan=lifespan, ws="websockets-sansio", proxy_headers=proxy_headers)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listening.close()
