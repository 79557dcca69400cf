"""What bench/fanout.py and bench/idle.py measure: the same message to every socket, handed out in five ways."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from redis.asyncio import Redis
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from groundplan_runtime.adapters.starlette_socket import StarletteSocket
from groundplan_runtime.database import open_database
from groundplan_runtime.events.relay import Relay
from groundplan_runtime.gateway import Gateway
from groundplan_runtime.gateway.streams import Streams
from groundplan_runtime.identity import Session, User

REDIS = os.environ.get("EVENTS_URL", "")
TEXT = "MARK" + "x" * 116


def bare() -> Starlette:
    """Starlette, one reader of Redis pub/sub, and a loop that sends to each: no queue, no order, no resume, no sign-in."""
    sockets: set[WebSocket] = set()

    async def live(socket: WebSocket) -> None:
        await socket.accept()
        sockets.add(socket)
        try:
            while True:
                await socket.receive_text()
        except WebSocketDisconnect:
            sockets.discard(socket)

    async def read() -> None:
        async with Redis.from_url(REDIS).pubsub() as heard:
            await heard.subscribe("all")
            async for message in heard.listen():
                if message["type"] == "message":
                    text = message["data"].decode()
                    for socket in tuple(sockets):
                        await socket.send_text(text)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(read()) if REDIS else None
        yield
        if task is not None:
            task.cancel()

    return Starlette(routes=[WebSocketRoute("/live", live)], lifespan=lifespan)


class People:
    """Stands for the sign-in, whose cost bench/identity.py tells: ``?user=ann`` is ann, and her session stands."""

    def __init__(self) -> None:
        self.sessions: dict[str, Session] = {}

    def session(self, name: str) -> Session:
        number = len(self.sessions) + 1
        allowed = frozenset({"office.view_sale"})
        user = User(number, name, is_active=True, is_staff=False, is_superuser=False, permissions=allowed)
        made = Session(name, user, datetime.now(UTC) + timedelta(hours=1), key=name)
        return self.sessions.setdefault(name, made)

    async def valid(self, sessions: Iterable[Session]) -> dict[str, Session]:
        return {session.key_hash: self.sessions[session.key_hash] for session in sessions}

    def forget(self, session_hash: str) -> None:
        """Nothing is remembered here."""

    def forget_user(self, user_id: int) -> None:
        """Nothing is remembered here."""


def ours() -> Starlette:
    """Give the gateway with all it promises, behind Starlette; the events come from PostgreSQL through the relay and Valkey."""
    host, port = os.environ.get("DOORBELL", "127.0.0.1:0").split(":")
    people = People()
    gateway = Gateway(
        database=open_database(os.environ["DATABASE_URL"]),
        identity=people,
        channels={"sale": "office.view_sale"},
        events_url=REDIS,
        doorbell=(host, int(port)) if int(port) else None,
    )

    async def live(socket: WebSocket) -> None:
        socket.scope.setdefault("state", {})["session"] = people.session(socket.scope["query_string"].decode())
        await gateway.serve(StarletteSocket(socket))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await gateway.start()
        yield
        await gateway.stop()

    return Starlette(routes=[WebSocketRoute("/live", live)], lifespan=lifespan)


def marked() -> Starlette:
    """Give what `ours` gives, with a note of the moment of every step; ``/marks`` gives them once."""
    marks: dict[str, int] = {}

    def marking(owner: type, method: str, before: str = "", after: str = "") -> None:
        plain = getattr(owner, method)

        async def noted(self: Any, *args: Any, **options: Any) -> Any:
            marks.setdefault(before, time.monotonic_ns())
            answer = await plain(self, *args, **options)
            marks.setdefault(after, time.monotonic_ns())
            return answer

        setattr(owner, method, noted)

    async def told(_request: Request) -> JSONResponse:
        found = {name: at for name, at in marks.items() if name}
        marks.clear()
        return JSONResponse(found)

    marking(Relay, "_carry_all", before="read")
    marking(Relay, "_to_redis", after="carried")
    marking(Streams, "offer", before="offered")
    app = ours()
    app.router.routes.append(Route("/marks", told))
    return app


def socketio() -> Any:
    """python-socketio with a room of everybody, and its Redis manager where there is Redis."""
    import socketio as library  # noqa: PLC0415 - only this server has it

    manager = library.AsyncRedisManager(REDIS) if REDIS and os.environ.get("LAYER") != "memory" else None
    server = library.AsyncServer(async_mode="asgi", client_manager=manager, cors_allowed_origins="*", ping_interval=600)

    async def push(request: Request) -> PlainTextResponse:
        for _ in range(int(request.query_params["count"])):
            await server.emit("sale", TEXT, room="all")
        return PlainTextResponse("ok")

    @server.event
    async def connect(sid: str, _environ: Any) -> None:
        await server.enter_room(sid, "all")

    return library.ASGIApp(server, other_asgi_app=Starlette(routes=[Route("/push", push)]))


def channels() -> Any:
    """Django Channels with a group of everybody; LAYER chooses between its pub/sub layer and the one in memory."""
    import django  # noqa: PLC0415 - only this server has it
    from django.conf import settings  # noqa: PLC0415 - as above

    layer = {
        "pubsub": ("channels_redis.pubsub.RedisPubSubChannelLayer", {"hosts": [REDIS]}),
        "memory": ("channels.layers.InMemoryChannelLayer", {}),
    }[os.environ.get("LAYER", "memory")]
    settings.configure(CHANNEL_LAYERS={"default": {"BACKEND": layer[0], "CONFIG": layer[1]}}, SECRET_KEY="k" * 40)
    django.setup()
    from channels.consumer import AsyncConsumer  # noqa: PLC0415 - after Django is set up
    from channels.layers import get_channel_layer  # noqa: PLC0415 - as above
    from channels.routing import ProtocolTypeRouter  # noqa: PLC0415 - as above

    class Live(AsyncConsumer):  # the barest there is: no routing, no accept hooks, no JSON
        async def websocket_connect(self, _message: Any) -> None:
            await self.channel_layer.group_add("all", self.channel_name)
            await self.send({"type": "websocket.accept"})

        async def websocket_disconnect(self, _message: Any) -> None:
            await self.channel_layer.group_discard("all", self.channel_name)

        async def sale(self, message: Any) -> None:
            await self.send({"type": "websocket.send", "text": message["text"]})

    async def push(request: Request) -> PlainTextResponse:
        for _ in range(int(request.query_params["count"])):
            await get_channel_layer().group_send("all", {"type": "sale", "text": TEXT})
        return PlainTextResponse("ok")

    return ProtocolTypeRouter({"websocket": Live.as_asgi(), "http": Starlette(routes=[Route("/push", push)])})
