"""People who write rows while sockets listen: through the API, and through the form of the pages."""

import asyncio
import json
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass
from urllib.parse import urlencode

from groundplan.measure.driver import Target
from groundplan.measure.wire import BrokenReplyError, Connection, Reply, Request, cookie_header
from groundplan.proof.rows import as_form
from groundplan.proof.scene import Scene, UnprovableError
from groundplan.proof.visitor import Visitor

__all__ = ["ApiWriter", "FormWriter", "Moment", "Writer", "writers"]

PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Moment:
    """When a row was written: the commit lies between sent and answered, seconds of ``time.perf_counter()``."""

    sent: float
    answered: float


class Writer(ABC):
    """Writes one row after the other. told: ids that were confirmed, in order. refused: answers that were no confirmation."""

    name = ""

    def __init__(self, scene: Scene, person: Visitor, target: Target) -> None:
        """Prepare; nothing is written yet."""
        self.scene, self.person, self.target = scene, person, target
        self.told: list[int] = []
        self.moments: dict[int, Moment] = {}
        self.done = 0
        self.refused: list[str] = []

    async def write(self, every: float, until: float, *, delay: float = 0.0) -> None:
        """Write a row every so many seconds until ``time.monotonic()`` says so; a slow answer delays the next.

        delay: seconds to wait before the first.
        """
        connection: Connection | None = None
        due = time.monotonic() + delay
        while due < until:
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            due = max(due + every, time.monotonic())
            try:
                if connection is None or not connection.open:
                    connection = await self._connect()
                await self._one(connection)
            except (OSError, TimeoutError, BrokenReplyError) as error:
                self.refused.append(f"{type(error).__name__}: {error}")
        if connection is not None:
            connection.close()

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Connection, self.target.host, self.target.port))[1]

    async def _one(self, connection: Connection) -> None:
        request, sent = self.request(), time.perf_counter()
        # Not wait_for: on Python 3.11 that can swallow a cancellation, and then Ctrl-C did not end the writing.
        async with asyncio.timeout(PATIENCE):
            reply = await connection.ask(request.encode(self.target.host_header))
        if reply.status == request.expect_status:
            self.done += 1
            self.confirmed(reply, Moment(sent, time.perf_counter()))
        else:
            self.refused.append(f"status {reply.status}")

    @abstractmethod
    def request(self) -> Request:
        """Give the next request."""

    def confirmed(self, reply: Reply, moment: Moment) -> None:  # noqa: B027  a writer that learns nothing from answers leaves it
        """Note what a confirmation tells."""


class ApiWriter(Writer):
    """Writes through the API, which tells the id."""

    name = "the API"

    def request(self) -> Request:
        """Give a POST of a new row."""
        headers = {**self.person.json_headers(), "Cookie": cookie_header(self.person.cookies)}
        body = json.dumps(self.scene.row()).encode()
        return Request("add", "POST", self.scene.api_rows(), headers, body, expect_status=201)

    def confirmed(self, reply: Reply, moment: Moment) -> None:
        """Keep the id and when it was written."""
        row = int(json.loads(reply.body)["id"])
        self.told.append(row)
        self.moments[row] = moment


class FormWriter(Writer):
    """Writes through the form of the pages, which tells no id."""

    name = "the form"

    def __init__(self, scene: Scene, person: Visitor, target: Target) -> None:
        """Open the form once, as somebody who keeps its page open."""
        super().__init__(scene, person, target)
        self.path, self.hidden = scene.form(person)

    def request(self) -> Request:
        """Give the form, filled in; the right answer leads back to the list."""
        fields = {**self.hidden, **as_form(self.scene.entity, self.scene.row())}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.scene.url}
        headers["Cookie"] = cookie_header(self.person.cookies)
        return Request("form", "POST", self.path, headers, urlencode(fields).encode(), expect_status=302)


def writers(scene: Scene, target: Target) -> list[Writer]:
    """Give who writes: two through the API, one through the form, as far as the project has them."""
    scene.row()  # what rows refer to is made now, not while others wait
    people = scene.people()
    api: list[Writer] = [ApiWriter(scene, person, target) for person in people[:2]] if scene.api is not None else []
    form: list[Writer] = [FormWriter(scene, people[-1], target)] if scene.web is not None else []
    if not api and not form:
        raise UnprovableError("the project has neither an API nor a form to write through")
    return [*api, *form]
