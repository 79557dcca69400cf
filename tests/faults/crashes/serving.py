"""The smallest application with a gateway, so that a gateway that was killed is back at once, and an engine as writers have it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, create_engine
from sqlalchemy.pool import NullPool
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from groundplan_runtime.adapters.sqlalchemy import begin_immediately
from groundplan_runtime.adapters.starlette_socket import StarletteSocket
from groundplan_runtime.gateway import Gateway
from groundplan_runtime.identity import Session, User

__all__ = ["PERMISSION", "Anybody", "application", "engine_of"]

PERMISSION = "office.view_sale"
_USER = User(1, "ann", is_active=True, is_staff=False, is_superuser=False, permissions=frozenset({PERMISSION}))


class Anybody:
    """Knows one account, whose sign-in always holds."""

    def __init__(self) -> None:
        self.session = Session("0" * 64, _USER, datetime.now(UTC) + timedelta(hours=1), key="ann")

    async def valid(self, sessions: Iterable[Session]) -> dict[str, Session]:
        return {session.key_hash: session for session in sessions}

    def forget(self, session_hash: str) -> None:
        """Nothing is remembered here."""

    def forget_user(self, user_id: int) -> None:
        """Nothing is remembered here."""


def application(gateway: Gateway, people: Anybody) -> Starlette:
    """Give the sockets of a realtime part, everybody signed in."""

    async def live(socket: WebSocket) -> None:
        socket.scope.setdefault("state", {})["session"] = people.session
        await gateway.serve(StarletteSocket(socket))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await gateway.start()
        yield
        await gateway.stop()

    return Starlette(routes=[WebSocketRoute("/ws", live)], lifespan=lifespan)


def engine_of(url: str) -> Engine:
    """Give an engine whose writers wait for their turn."""
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        begin_immediately(engine)
    return engine
