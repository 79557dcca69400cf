"""The state of the project: all rows of the probed entity, with a position of its channel that they surely contain."""

import asyncio
import itertools
import json
from dataclasses import dataclass
from typing import Any

from groundplan.measure.driver import Target
from groundplan.measure.swarm import Position
from groundplan.measure.wire import Connection, Request, cookie_header
from groundplan.proof.scene import Scene, UnprovableError

__all__ = ["State", "States", "read_state"]

ROWS_PER_PAGE = 200
MOST_PAGES = 1_000
GOOD = 200
PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class State:
    """rows: ids. position: of the channel, read before the rows."""

    rows: frozenset[int]
    position: Position


async def read_state(scene: Scene, target: Target) -> State:
    """Read all rows page by page, newest first. Rows that come meanwhile have events beyond the position of the first page.

    Raises UnprovableError when an answer is no page.
    """
    _, connection = await asyncio.get_running_loop().create_connection(Connection, target.host, target.port)
    path = f"{scene.api_rows()}?limit={ROWS_PER_PAGE}" if scene.api is not None else f"{scene.page()}state"
    rows: set[int] = set()
    position: Position = {}
    cursor = ""
    try:
        for _ in range(MOST_PAGES):
            request = Request("state", "GET", path + cursor, {"Cookie": cookie_header(scene.member.cookies)})
            async with asyncio.timeout(PATIENCE):
                reply = await connection.ask(request.encode(target.host_header))
            if reply.status != GOOD:
                raise UnprovableError(f"{path} answered {reply.status} instead of rows")
            told = json.loads(reply.body)
            position = position or told["position"]
            rows |= {int(row["id"]) for row in told["items"]}
            if not told.get("next"):
                _refuse_half(told, path)
                break
            cursor = f"&after={told['next']}"
    finally:
        connection.close()
    return State(frozenset(rows), position)


def _refuse_half(told: dict[str, Any], path: str) -> None:
    """Refuse the state that pages load when it may have left rows out: it has no way to ask for more."""
    if "next" not in told and len(told["items"]) >= ROWS_PER_PAGE:
        raise UnprovableError(f"{path} shows no more than {ROWS_PER_PAGE} rows, and there is no API to read the others")


class States:
    """The states that sockets loaded after a reset; those that ask at the same time share one."""

    def __init__(self, scene: Scene, target: Target) -> None:
        """Start with none."""
        self.scene, self.target = scene, target
        self.loaded: list[frozenset[int]] = []
        self.trouble: str | None = None
        self._tickets = itertools.count(1)
        self._asked = self._served = 0
        self._lock = asyncio.Lock()

    async def load(self, channel: str, position: Position) -> tuple[int, Position]:
        """Give the number of a state that was read after this call, and its position."""
        del channel
        ticket = self._asked = next(self._tickets)
        async with self._lock:
            if self._served < ticket:
                self._served = self._asked
                try:
                    self.loaded.append((await read_state(self.scene, self.target)).rows)
                except (OSError, ValueError, KeyError, UnprovableError) as error:
                    self.trouble = f"{type(error).__name__}: {error}"
                    self.loaded.append(frozenset())
            return len(self.loaded) - 1, position
