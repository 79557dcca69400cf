"""Whether a bearer of an access token may pass: its signature, and a list of revocations that is at most a second old."""

import threading
import time
from collections.abc import Callable

from groundplan_runtime.blocking import BlockingDatabase
from groundplan_runtime.database import Database
from groundplan_runtime.identity.blocking import ask_blocking
from groundplan_runtime.identity.memory import CACHE_SECONDS
from groundplan_runtime.identity.questions import ask
from groundplan_runtime.identity.tokens.access import Verifier
from groundplan_runtime.identity.tokens.model import Access, TokenRefusedError
from groundplan_runtime.identity.tokens.refresh import revoked

__all__ = ["Bearer", "BlockingBearer"]


class _Revocations:
    """The list as it was a moment ago. clock: Unix seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self._names: frozenset[str] = frozenset()
        self._asked = float("-inf")

    def stale(self) -> bool:
        return not 0 <= self.clock() - self._asked < CACHE_SECONDS

    def keep(self, names: frozenset[str], asked: float) -> None:
        self._names, self._asked = names, asked

    def pass_(self, access: Access) -> Access:
        if access.id in self._names or access.family in self._names:
            raise TokenRefusedError("revoked")
        return access


class Bearer:
    """Who bears a token, for asynchronous parts. Raises TokenRefusedError, and whatever the database raises: never a pass."""

    def __init__(self, verifier: Verifier, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._verifier = verifier
        self._database = database
        self._list = _Revocations(clock)

    async def access(self, token: str) -> Access:
        """Give what the token says, if it is believed."""
        access = self._verifier.verify(token)
        if self._list.stale():
            asked = self._list.clock()
            self._list.keep(await ask(self._database, revoked(int(asked))), asked)
        return self._list.pass_(access)


class BlockingBearer:
    """The same for synchronous parts, for any number of threads."""

    def __init__(self, verifier: Verifier, database: BlockingDatabase, clock: Callable[[], float] = time.time) -> None:
        self._verifier = verifier
        self._database = database
        self._list = _Revocations(clock)
        self._lock = threading.Lock()

    def access(self, token: str) -> Access:
        """Give what the token says, if it is believed."""
        access = self._verifier.verify(token)
        with self._lock:
            if self._list.stale():
                asked = self._list.clock()
                self._list.keep(ask_blocking(self._database, revoked(int(asked))), asked)
            return self._list.pass_(access)
