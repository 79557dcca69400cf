"""From cookies to the account behind them, with a short memory that a revocation empties."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping

from groundplan_runtime.database import Database
from groundplan_runtime.identity.judge import plausible
from groundplan_runtime.identity.memory import Memory
from groundplan_runtime.identity.model import Session, key_hash
from groundplan_runtime.identity.questions import Rules, ask, look_up, look_up_again, rules_of
from groundplan_runtime.settings import Settings

__all__ = ["Identity"]


class Identity:
    """Who a request comes from, by Django's session. Read-only: no session is ever changed here. One event loop per instance."""

    def __init__(self, settings: Settings, database: Database, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._memory = Memory(clock)
        self._pending: dict[str, asyncio.Task[Session | None]] = {}
        self._rules: Rules | None = None

    @property
    def cookie(self) -> str:
        """The name of the session cookie."""
        return self._settings.session_cookie_name

    def check(self) -> None:
        """Raise SettingsError now if sign-ins could not be read later."""
        self._rules = rules_of(self._settings, self._database.dialect)

    async def resolve(self, cookies: Mapping[str, str]) -> Session | None:
        """Give the sign-in that ``cookies`` carry, or None. The answer is at most ``CACHE_SECONDS`` old."""
        key = cookies.get(self.cookie, "")
        if not plausible(key):
            return None
        name = key_hash(key)
        known, session = self._memory.recall(name)
        if known:
            return session
        task = self._pending.get(name) or self._ask(name, key)
        return await asyncio.shield(task)

    async def valid(self, sessions: Iterable[Session]) -> dict[str, Session]:
        """Give key_hash -> session as it is now, for those of ``sessions`` that still stand; one statement for all of them."""
        asked = self._clock()
        before = {session.key_hash: session for session in sessions}
        if not before:
            return {}
        now = await ask(self._database, look_up_again(self._need_rules(), list(before.values())))
        for name in before:
            self._memory.keep(name, now.get(name), asked)
        return now

    def forget(self, session_hash: str) -> None:
        """Drop what is remembered about one session, because it was revoked."""
        self._pending.pop(session_hash, None)
        self._memory.forget(session_hash)

    def forget_user(self, user_id: int) -> None:
        """Drop what is remembered about one account, because it, its groups or its permissions changed."""
        self._pending.clear()  # nobody knows yet whose they are
        self._memory.forget_user(user_id)

    def _ask(self, name: str, key: str) -> asyncio.Task[Session | None]:
        """Ask once, however many requests wait for the same answer; one of them giving up does not take it from the others."""
        task = asyncio.get_running_loop().create_task(self._look_up(name, key))
        self._pending[name] = task
        return task

    async def _look_up(self, name: str, key: str) -> Session | None:
        asked, mine = self._clock(), asyncio.current_task()
        try:
            session = await ask(self._database, look_up(self._need_rules(), key))
            if self._pending.get(name) is mine:  # not revoked while it was being read
                self._memory.keep(name, session, asked)
            return session
        finally:
            if self._pending.get(name) is mine:
                del self._pending[name]

    def _need_rules(self) -> Rules | None:
        if self._rules is None:
            self._rules = rules_of(self._settings, self._database.dialect)
        return self._rules
