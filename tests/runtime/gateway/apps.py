"""Small applications, one for each adapter, with sockets at /ws and event streams at /events as a part of a project has them."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from litestar import Litestar, get
from litestar import WebSocket as LitestarWebSocket
from litestar import websocket as litestar_websocket
from litestar.types import ASGIApp
from quart import Quart, Response, request, websocket
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from groundplan_runtime.adapters.litestar_events import litestar_events
from groundplan_runtime.adapters.litestar_socket import LitestarSocket
from groundplan_runtime.adapters.quart_events import quart_events
from groundplan_runtime.adapters.quart_socket import QuartSocket
from groundplan_runtime.adapters.starlette_events import StarletteEvents
from groundplan_runtime.adapters.starlette_socket import StarletteSocket
from groundplan_runtime.events import read
from groundplan_runtime.gateway import Gateway


def starlette_app(gateway: Gateway) -> Starlette:
    """Give an application that also tells the state of a channel, for tests of clients."""

    async def live(socket: WebSocket) -> None:
        await gateway.serve(StarletteSocket(socket))

    async def events(_request: Request) -> StarletteEvents:
        return StarletteEvents(gateway)

    async def state(request: Request) -> JSONResponse:
        channel = request.path_params["channel"]
        position = await read.position(gateway.database, channel)
        items = [json.loads(event.payload) for event in await read.log(gateway.database, channel, 1, position.seq)]
        return JSONResponse({"position": position.as_json(), "items": items})

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await gateway.start()
        yield
        await gateway.stop()

    routes = [WebSocketRoute("/ws", live), Route("/events", events), Route("/state/{channel}", state)]
    return Starlette(routes=routes, lifespan=lifespan)


def fastapi_app(gateway: Gateway) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await gateway.start()
        yield
        await gateway.stop()

    app = FastAPI(lifespan=lifespan)

    @app.websocket("/ws")
    async def live(socket: WebSocket) -> None:
        await gateway.serve(StarletteSocket(socket))

    @app.get("/events")
    async def events() -> StarletteEvents:
        return StarletteEvents(gateway)

    return app


def quart_app(gateway: Gateway) -> Quart:
    app = Quart(__name__, static_folder=None)

    @app.websocket("/ws")
    async def live() -> None:
        await gateway.serve(QuartSocket(websocket))

    @app.get("/events")
    async def events() -> Response:
        return await quart_events(gateway, request)

    @app.before_serving
    async def start() -> None:
        await gateway.start()

    @app.after_serving
    async def stop() -> None:
        await gateway.stop()

    return app


def litestar_app(gateway: Gateway) -> Litestar:
    @litestar_websocket("/ws")
    async def live(socket: LitestarWebSocket[Any, Any, Any]) -> None:
        await gateway.serve(LitestarSocket(socket))

    @get("/events")
    async def events() -> ASGIApp:
        return litestar_events(gateway)

    return Litestar(
        [live, events], on_startup=[gateway.start], on_shutdown=[gateway.stop], openapi_config=None, logging_config=None
    )


def channels_app(gateway: Gateway) -> Any:
    """Give a consumer of Channels and a view of Django, whose settings are made when first asked for."""
    return import_module("runtime.gateway.django_app").application(gateway)


APPS: dict[str, Callable[[Gateway], Any]] = {
    "starlette": starlette_app,
    "fastapi": fastapi_app,
    "quart": quart_app,
    "litestar": litestar_app,
    "channels": channels_app,
}
