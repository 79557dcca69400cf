"""A real server with a gateway behind any framework, run in a thread, and people who are signed in by name."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from socket import socket
from typing import Any, TypeVar
from urllib.parse import parse_qs

import uvicorn
from sqlalchemy import Engine, create_engine, orm
from sqlalchemy.pool import NullPool

from groundplan_runtime.adapters.sqlalchemy import begin_immediately, publish
from groundplan_runtime.database import open_database
from groundplan_runtime.events import Published
from groundplan_runtime.gateway import Gateway, Limits, Timing
from groundplan_runtime.gateway.uvicorn_sockets import DirectSockets
from groundplan_runtime.identity import Session, User
from runtime.events.services import eventually
from runtime.gateway.apps import APPS

Scope = MutableMapping[str, Any]
Result = TypeVar("Result")
CHANNELS = {"sale": "office.view_sale", "shop": "office.view_shop"}
QUICK = Timing(poll=0.1, tail=0.5, recheck=0.5, send=1.0, close=0.5, retry=0.1)


class People:
    """Who is signed in, by name: what Identity is in a project. Anybody may see sales."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}
        self.broken = False

    def session(self, name: str) -> Session | None:
        if not name:
            return None
        return self._sessions.setdefault(name, _session(len(self._sessions) + 1, name))

    def sign_out(self, name: str) -> str:
        return self._sessions.pop(name).key_hash

    def allow(self, name: str, *permissions: str) -> int:
        session = self.session(name)
        assert session is not None
        self._sessions[name] = replace(session, user=replace(session.user, permissions=frozenset(permissions)))
        return session.user.id

    async def valid(self, sessions: Iterable[Session]) -> dict[str, Session]:
        if self.broken:
            raise ConnectionError("the database does not answer")
        asked = {session.key_hash for session in sessions}
        return {session.key_hash: session for session in self._sessions.values() if session.key_hash in asked}

    def forget(self, session_hash: str) -> None:
        """Nothing is remembered here."""

    def forget_user(self, user_id: int) -> None:
        """Nothing is remembered here."""


def _session(number: int, name: str) -> Session:
    user = User(number, name, is_active=True, is_staff=False, is_superuser=False, permissions=frozenset({"office.view_sale"}))
    return Session(sha256(name.encode()).hexdigest(), user, datetime.now(UTC) + timedelta(hours=1), key=name)


class Named:
    """Stands where Protect stands in a project: `?user=ann` is signed in as ann."""

    def __init__(self, app: Callable[..., Awaitable[None]], people: People) -> None:
        self._app = app
        self._people = people

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            name = parse_qs(scope["query_string"].decode()).get("user", [""])[0]
            scope = {**scope, "state": {**scope.get("state", {}), "session": self._people.session(name)}}
        await self._app(scope, receive, send)


@dataclass
class House:
    """A running server. databases: address of the event log."""

    url: str
    people: People
    gateway: Gateway
    loop: asyncio.AbstractEventLoop
    server: uvicorn.Server
    port: int = 0
    engines: list[Engine] = field(default_factory=list)

    def address(self, user: str = "ann") -> str:
        return f"ws://127.0.0.1:{self.port}/ws?user={user}"

    def events(self, user: str = "ann") -> str:
        return f"http://127.0.0.1:{self.port}/events?user={user}"

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Do something in the server's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    def publish(
        self, channel: str = "sale", data: Any = None, *, event: str = "", count: int = 1, quietly: bool = False
    ) -> list[Published]:
        """Publish in one transaction for each event. quietly: without ringing, as another process might."""
        published = []
        for number in range(count):
            with orm.Session(self.engine) as session, session.begin():
                told = {"number": number} if data is None else data
                published.append(publish(session, channel, event or f"{channel}.created", told))
                if quietly:
                    session.info.clear()
        return published

    def execute(self, *statements: str) -> None:
        """Change the database behind everybody's back."""
        with self.engine.begin() as connection:
            for sql in statements:
                connection.exec_driver_sql(sql)

    def put_back(self) -> None:
        """Bring the event log back to its first event, as an older copy of the database would."""
        head = "UPDATE channel_head SET seq = 1, event_id = (SELECT event_id FROM event_log)"
        self.execute("DELETE FROM event_log WHERE seq > 1", head)

    async def published(self, channel: str = "sale", *, count: int = 1, data: Any = None) -> list[Published]:
        """Publish, and wait until the gateway has seen it."""
        published = await asyncio.to_thread(self.publish, channel, data, count=count)
        stream = self.gateway.streams.get(channel)
        assert stream is not None

        async def seen() -> bool:
            return stream.head.seq >= published[-1].seq

        await eventually(seen)
        return published

    @property
    def engine(self) -> Engine:
        if not self.engines:
            self.engines.append(engine_of(self.url))
        return self.engines[0]

    def cut(self) -> int:
        """End every connection without a word, as a broken network does; gives how many."""

        async def cut() -> int:
            connections = [connection for connection in self.server.server_state.connections if connection.transport]
            for connection in connections:
                connection.transport.abort()
            return len(connections)

        return self.run(cut())


def engine_of(url: str) -> Engine:
    """Give an engine whose writers wait for their turn."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        begin_immediately(engine)
    return engine


class Server(uvicorn.Server):
    """A server that ends live connections before it waits for them, as groundplan_runtime.serve does."""

    def __init__(self, config: uvicorn.Config, gateway: Gateway) -> None:
        super().__init__(config)
        self._gateway = gateway

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        await self._gateway.stop()
        await super().shutdown(sockets)


@contextmanager
def house(
    url: str,
    *,
    events_url: str = "",
    framework: str = "starlette",
    limits: Limits | None = None,
    timing: Timing = QUICK,
    doorbell: tuple[str, int] | None = None,
    sockets: Any = DirectSockets,
    compressed: bool = False,
) -> Iterator[House]:
    """Serve sockets in a thread until the block ends. sockets: how uvicorn speaks WebSocket; the default is the runtime's own."""
    ready: threading.Event = threading.Event()
    found: list[House] = []
    failed: list[BaseException] = []

    async def serve() -> None:
        people = People()
        database = open_database(url)
        gateway = Gateway(
            database=database,
            identity=people,
            channels=CHANNELS,
            events_url=events_url,
            doorbell=doorbell,
            limits=limits,
            timing=timing,
        )
        app = APPS[framework](gateway)
        config = uvicorn.Config(
            Named(app, people), host="127.0.0.1", port=0, log_level="warning", lifespan="on",
            ws=sockets, ws_per_message_deflate=compressed,
        )  # fmt: skip
        server = uvicorn.Server(config)
        found.append(House(url, people, gateway, asyncio.get_running_loop(), server))
        serving = asyncio.create_task(server.serve())
        while not server.started and not serving.done():  # noqa: ASYNC110 uvicorn offers nothing to wait for
            await asyncio.sleep(0.005)
        if server.started:
            found[0].port = server.servers[0].sockets[0].getsockname()[1]
        ready.set()
        await serving
        await database.close()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 told in the test's own thread
            failed.append(error)
        ready.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert ready.wait(20)
    try:
        assert not failed, failed
        yield found[0]
    finally:
        found[0].server.should_exit = True
        thread.join(20)
        for engine in found[0].engines:
            engine.dispose()
        assert not thread.is_alive()
        assert not failed, failed
