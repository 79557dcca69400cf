"""What one process remembers about session keys for a moment, so that a busy page does not ask the database for each request."""

from collections.abc import Callable

from groundplan_runtime.identity.cache import RecentAnswers
from groundplan_runtime.identity.model import Session
from groundplan_runtime.identity.questions import utc_now

__all__ = ["CACHE_SECONDS", "Memory"]

CACHE_SECONDS = 1.0
"""How long an answer is remembered. The promise is 2 s from sign-out to 401, so a second is left for everything else."""

MOST_SESSIONS = 10_000
"""Sessions remembered by one process, about 1 KB each."""

MOST_STRANGERS = 2_000
"""Refused keys remembered by one process; apart from the sessions, so that made-up cookies cannot push those out."""


class Memory:
    """Recent answers about session keys, known by their hash. clock: monotonic seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: RecentAnswers[Session] = RecentAnswers(CACHE_SECONDS, MOST_SESSIONS)
        self._strangers: RecentAnswers[bool] = RecentAnswers(CACHE_SECONDS, MOST_STRANGERS)

    def recall(self, name: str) -> tuple[bool, Session | None]:
        """Tell whether ``name`` is remembered, and its session unless it was refused or has expired since."""
        now = self._clock()
        session = self._sessions.get(name, now)
        if session is not None:
            return True, session if session.expires > utc_now() else None
        return self._strangers.get(name, now) is not None, None

    def keep(self, name: str, session: Session | None, asked: float) -> None:
        """Remember an answer whose question was put at ``asked``."""
        if session is None:
            self._sessions.drop(name)
            self._strangers.put(name, answer=True, asked=asked)
        else:
            self._strangers.drop(name)
            self._sessions.put(name, session, asked)

    def forget(self, name: str) -> None:
        """Forget one session."""
        self._sessions.drop(name)

    def forget_user(self, user_id: int) -> None:
        """Forget every session of one account."""
        for name, session in self._sessions.items():
            if session.user.id == user_id:
                self._sessions.drop(name)
