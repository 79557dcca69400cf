"""The same identity for parts that answer synchronously: one question at a time per thread, one memory for all of them."""

import threading
import time
from collections.abc import Callable, Mapping

from groundplan_runtime.blocking import BlockingDatabase
from groundplan_runtime.identity.judge import plausible
from groundplan_runtime.identity.memory import Memory
from groundplan_runtime.identity.model import Session, key_hash
from groundplan_runtime.identity.questions import Answer, Question, Rules, look_up, rules_of
from groundplan_runtime.settings import Settings

__all__ = ["BlockingIdentity", "ask_blocking"]


class BlockingIdentity:
    """Who a request comes from, by Django's session. Read-only, for any number of threads."""

    def __init__(self, settings: Settings, database: BlockingDatabase, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._database = database
        self._clock = clock
        self._memory = Memory(clock)
        self._lock = threading.Lock()
        self._rules: Rules | None = None

    def check(self) -> None:
        """Raise SettingsError now if sign-ins could not be read later."""
        self._need_rules()

    def resolve(self, cookies: Mapping[str, str]) -> Session | None:
        """Give the sign-in that ``cookies`` carry, or None. The answer is at most ``CACHE_SECONDS`` old."""
        key = cookies.get(self._settings.session_cookie_name, "")
        if not plausible(key):
            return None
        name, asked = key_hash(key), self._clock()
        with self._lock:
            known, session = self._memory.recall(name)
        if known:
            return session
        session = ask_blocking(self._database, look_up(self._need_rules(), key))
        with self._lock:
            self._memory.keep(name, session, asked)
        return session

    def _need_rules(self) -> Rules | None:
        if self._rules is None:
            self._rules = rules_of(self._settings, self._database.dialect)
        return self._rules


def ask_blocking(database: BlockingDatabase, question: Question[Answer]) -> Answer:
    """Put a question to a database, statement by statement, and give the answer."""
    try:
        sql, params = next(question)
        while True:
            sql, params = question.send(database.fetch(sql, params))
    except StopIteration as end:
        answer: Answer = end.value
        return answer
