"""Who is connected, and whether each may stay: revocations act at once, and every session is looked at again every few seconds."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from groundplan_runtime.events.frame import Frame
from groundplan_runtime.events.model import Position
from groundplan_runtime.identity import Session

__all__ = ["CHANNEL", "Client", "Judge", "Sessions"]

CHANNEL = "identity"
"""Carries ``session.revoked`` {"session": key hash} and ``user.changed`` {"user": id, null for any}; never given to clients."""

_CHUNK = 500
"""Sessions per statement, well below what old SQLite builds allow as parameters."""

_log = logging.getLogger("groundplan.gateway")


class Client(Protocol):
    """A connected socket, as far as its sign-in goes."""

    session: Session

    def end(self, code: int | None, reason: str = "") -> None:
        """Close the socket."""

    def take(self, session: Session) -> None:
        """Look at the sign-in as it is now."""


class Judge(Protocol):
    """Who knows which sign-ins still hold: the runtime's Identity."""

    async def valid(self, sessions: Iterable[Session]) -> dict[str, Session]:
        """Give key hash -> session as it is now, for those that still stand."""

    def forget(self, session_hash: str) -> None:
        """Drop what is remembered about a session."""

    def forget_user(self, user_id: int) -> None:
        """Drop what is remembered about an account."""


class Sessions:
    """The connected sockets by sign-in. It follows the channel ``identity`` like any subscriber."""

    def __init__(self, judge: Judge, recheck_seconds: float) -> None:
        self._judge = judge
        self._every = recheck_seconds
        self._clients: defaultdict[str, set[Client]] = defaultdict(set)
        self._sockets: Counter[int] = Counter()
        self._wake = asyncio.Event()
        self._doubted: set[str] = set()

    def __len__(self) -> int:
        return self._sockets.total()

    def add(self, client: Client) -> None:
        """Watch over a socket. Its sign-in was read a moment ago, so it is looked at again: a sign-out may lie in between."""
        self._clients[client.session.key_hash].add(client)
        self._sockets[client.session.user.id] += 1
        self._doubt([client.session.key_hash])

    def remove(self, client: Client) -> None:
        """Forget a socket that ended."""
        name = client.session.key_hash
        self._clients[name].discard(client)
        if not self._clients[name]:
            del self._clients[name]
        user = client.session.user.id
        self._sockets[user] -= 1
        if not self._sockets[user]:
            del self._sockets[user]

    def clients(self) -> list[Client]:
        """Give every connected socket."""
        return [client for clients in self._clients.values() for client in clients]

    def count(self, user_id: int) -> int:
        """Give how many sockets an account has open."""
        return self._sockets[user_id]

    def deliver(self, frame: Frame) -> None:
        """Act on an event of the identity channel."""
        event = frame.event
        data: Any = event["data"] if isinstance(event["data"], dict) else {}
        if event["event"] == "session.revoked" and isinstance(data.get("session"), str):
            self._revoke(data["session"])
        elif event["event"] == "user.changed" and isinstance(data.get("user"), int):
            self._judge.forget_user(data["user"])
            self._doubt(self._of_user(data["user"]))
        else:
            self._doubt_all()

    def reset(self, channel: str, reason: str, position: Position) -> None:  # noqa: ARG002 what a subscriber is told
        """Doubt everybody: nobody knows what was missed."""
        self._doubt_all()

    async def run(self) -> None:
        """Look at doubted sessions at once and at all of them every few seconds, until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._every):
                    await self._wake.wait()
            except TimeoutError:
                self._doubted.update(self._clients)
            self._wake.clear()
            await self._recheck()

    def _doubt_all(self) -> None:
        for clients in self._clients.values():
            self._judge.forget_user(next(iter(clients)).session.user.id)
        self._doubt(list(self._clients))

    def _doubt(self, names: Iterable[str]) -> None:
        self._doubted.update(names)
        self._wake.set()

    def _revoke(self, name: str) -> None:
        self._judge.forget(name)
        for client in tuple(self._clients.get(name, ())):
            client.end(4401, "signed out")

    def _of_user(self, user_id: int) -> list[str]:
        return [name for name, clients in self._clients.items() if next(iter(clients)).session.user.id == user_id]

    async def _recheck(self) -> None:
        names = [name for name in self._doubted if name in self._clients]
        self._doubted.clear()
        for start in range(0, len(names), _CHUNK):
            await self._recheck_some([name for name in names[start : start + _CHUNK] if name in self._clients])

    async def _recheck_some(self, names: Sequence[str]) -> None:
        try:
            standing = await self._judge.valid([next(iter(self._clients[name])).session for name in names])
        except Exception:  # noqa: BLE001 nobody is sent away for a failure of ours
            _log.exception("the sessions could not be looked at; trying again in %g s", self._every)
            return
        for name in names:
            self._settle(name, standing.get(name))

    def _settle(self, name: str, session: Session | None) -> None:
        for client in tuple(self._clients.get(name, ())):
            if session is None:
                client.end(4401, "signed out")
            else:
                client.take(session)
