"""What every client of the live protocol does: the Python one and the one for browsers, by socket and by stream, pass one list."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from groundplan_runtime.client.lines import LostError, over_stream
from groundplan_runtime.client.python import LiveClient, RefusedError, Reset, SignedOutError
from groundplan_runtime.events import Position
from groundplan_runtime.gateway import Limits
from groundplan_runtime.gateway.sessions import CHANNEL
from runtime.gateway.harness import House, house

FOLLOWER = Path(__file__).with_name("follower.mjs")
Told = dict[str, Any]
Addresses = tuple[str, str]
"""Of the socket and of the event stream, "" for none."""


class Follower:
    """What a client told so far: load, loaded, seq/number, status, error."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        self.changed = asyncio.Event()

    def take(self, told: Told) -> None:
        self.told.append(told)
        self.changed.set()

    @property
    def shown(self) -> list[int]:
        """Give the numbers that a page would show: the last loaded state, then the events since."""
        shown: list[int] = []
        for told in self.told:
            if "loaded" in told:
                shown = list(told["loaded"])
            elif "number" in told:
                shown.append(told["number"])
        return shown

    def all(self, name: str) -> list[Any]:
        return [told[name] for told in self.told if name in told]

    async def until(self, happened: Callable[[], bool], seconds: float = 15) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not happened():
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            pytest.fail(f"it did not happen; told so far: {self.told}")


@asynccontextmanager
async def python_client(
    served: House, user: str, channel: str, pause: float, addresses: Addresses | None = None
) -> AsyncIterator[Follower]:
    line, events = addresses or (served.address(user), "")
    follower = Follower()

    async def follow() -> None:
        async with LiveClient(line or events, events=events if line else "", draw=lambda: 0.05) as client:
            await client.follow(channel)
            try:
                async for told in client:
                    if isinstance(told, Reset):
                        follower.take({"load": told.reason})
                        await client.loaded(channel, await _load(served, channel, pause, follower))
                    else:
                        follower.take({"seq": told.position.seq, "number": told.data["number"], "type": told.type})
            except SignedOutError:
                follower.take({"status": "signed-out"})
            except RefusedError:
                follower.take({"status": "refused"})

    task = asyncio.create_task(follow())
    yield follower
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _load(served: House, channel: str, pause: float, follower: Follower) -> Position:
    await asyncio.sleep(pause)
    state = await asyncio.to_thread(fresh, served, channel)
    await asyncio.sleep(pause)
    follower.take({"loaded": [item["number"] for item in state["items"]]})
    return Position(**state["position"])


@asynccontextmanager
async def javascript_client(
    served: House, user: str, channel: str, pause: float, addresses: Addresses | None = None, *, fails: str = ""
) -> AsyncIterator[Follower]:
    node = shutil.which("node")
    if node is None:
        assert "CI" not in os.environ, "node is not on the PATH, and CI leaves nothing out"
        pytest.skip("node is not on the PATH: the JavaScript client was not run here")
    follower = Follower()
    line, events = addresses or (served.address(user), "")
    state = f"{fails}http://127.0.0.1:{served.port}/state/{channel}"
    program = [node, "--experimental-websocket", "--no-warnings", str(FOLLOWER)]
    command = [*program, line, state, channel, str(int(pause * 1000)), *filter(None, [events])]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    lines = process.stdout

    async def read() -> None:
        while line := await lines.readline():
            follower.take(json.loads(line))

    task = asyncio.create_task(read())
    yield follower
    if process.returncode is None:
        await process.communicate(b"end\n") if task.done() else process.kill()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await process.wait()


CLIENTS: dict[str, Any] = {"python": python_client, "javascript": javascript_client}


@pytest.fixture(params=["python", "javascript", "python-stream", "javascript-stream"])
def client(request: pytest.FixtureRequest) -> Any:
    """Give a function that follows a channel: client(served, user="ann", channel="sale", pause=0)."""
    name, _, kind = request.param.partition("-")

    def follow(served: House, user: str = "ann", channel: str = "sale", pause: float = 0.0) -> Any:
        return CLIENTS[name](served, user, channel, pause, ("", served.events(user)) if kind else (served.address(user), ""))

    return follow


def fresh(served: House, channel: str = "sale") -> Any:
    with urllib.request.urlopen(f"http://127.0.0.1:{served.port}/state/{channel}", timeout=10) as answer:
        return json.load(answer)


class Numbers:
    """Publishes one number after another, so that a double or a gap shows."""

    def __init__(self, served: House) -> None:
        self._served = served
        self.last = 0

    async def more(self, count: int) -> None:
        for _ in range(count):
            self.last += 1
            await asyncio.to_thread(self._served.publish, data={"number": self.last})

    def shown_by(self, follower: Follower) -> bool:
        return follower.shown == list(range(1, self.last + 1))


@pytest.fixture
def numbers(served: House) -> Numbers:
    return Numbers(served)


async def test_it_loads_the_state_once_and_applies_what_follows(client: Any, served: House, numbers: Numbers) -> None:
    await numbers.more(3)
    async with client(served) as follower:
        await follower.until(lambda: numbers.shown_by(follower))
        await numbers.more(3)
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]
        assert follower.told[-1] == {"seq": 6, "number": 6, "type": "sale.created"}


async def test_what_happens_while_the_state_loads_is_neither_lost_nor_doubled(client: Any, served: House, numbers: Numbers) -> None:
    await numbers.more(1)
    async with client(served, pause=0.25) as follower:
        await follower.until(lambda: follower.all("load") == ["new"])
        for _ in range(8):
            await numbers.more(2)
            await asyncio.sleep(0.06)
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]


async def test_cut_connections_are_resumed_without_loading_again(client: Any, served: House, numbers: Numbers) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        for _ in range(4):
            await numbers.more(5)
            await asyncio.to_thread(served.cut)
            await numbers.more(5)
            await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]
        assert follower.all("seq") == list(range(1, 41))


async def test_a_connection_cut_while_the_state_loads_begins_anew(client: Any, served: House, numbers: Numbers) -> None:
    async with client(served, pause=0.2) as follower:
        await follower.until(lambda: follower.all("load") == ["new"])
        await asyncio.to_thread(served.cut)
        await numbers.more(3)
        await follower.until(lambda: numbers.shown_by(follower))


async def test_another_past_makes_it_load_again(client: Any, served: House, numbers: Numbers) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        await numbers.more(3)
        await follower.until(lambda: numbers.shown_by(follower))
        served.put_back()
        numbers.last = 1
        await follower.until(lambda: follower.all("load") == ["new", "epoch"])
        await numbers.more(3)
        await follower.until(lambda: numbers.shown_by(follower))


async def test_a_tombstone_makes_it_load_again(client: Any, served: House, numbers: Numbers) -> None:
    await numbers.more(1)
    async with client(served) as follower:
        await follower.until(lambda: numbers.shown_by(follower))
        with served.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE channel_head SET seq = 2, event_id = 'raw'")
            connection.exec_driver_sql(
                "INSERT INTO event_log (channel, seq, epoch, event_id, type, version, payload, created_at) "
                "SELECT channel, 2, epoch, 'raw', type, 1, 'no json', created_at FROM event_log"
            )
        await follower.until(lambda: follower.all("load") == ["new", "parked"])
        assert follower.all("seq") == []


async def test_it_stops_for_good_when_it_is_signed_out(client: Any, served: House) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        name = served.people.sign_out("ann")
        await asyncio.to_thread(served.publish, CHANNEL, {"session": name, "user": 1}, event="session.revoked")
        await follower.until(lambda: follower.told[-1] == {"status": "signed-out"})
        await asyncio.sleep(0.3)
        assert len(served.gateway.sessions) == 0


async def test_it_stops_for_good_when_it_may_not_follow_any_more(client: Any, served: House) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        served.people.allow("ann")
        await asyncio.to_thread(served.publish, CHANNEL, {"user": 1}, event="user.changed")
        await follower.until(lambda: follower.told[-1] == {"status": "refused"})


async def test_a_drain_makes_it_come_back_and_go_on(client: Any, served: House, numbers: Numbers) -> None:
    async with client(served) as follower:
        await follower.until(lambda: bool(follower.all("loaded")))
        await asyncio.to_thread(served.run, served.gateway.drain(1.0))
        assert len(served.gateway.sessions) == 0
        await numbers.more(2)
        await asyncio.to_thread(served.run, served.gateway.stop())
        await asyncio.to_thread(served.run, served.gateway.start())
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]


async def test_a_state_that_cannot_be_loaded_is_asked_for_again(served: House, numbers: Numbers) -> None:
    await numbers.more(2)
    async with javascript_client(served, "ann", "sale", 0.0, fails="fails:") as follower:
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new", "new"]
        assert follower.all("error") == ["no state today"]


async def test_a_forbidden_channel_is_told_and_the_others_go_on(served: House, numbers: Numbers) -> None:
    async with javascript_client(served, "ann", "shop", 0.0) as follower:
        await follower.until(lambda: follower.all("error") == ["forbidden"])
    async with LiveClient(served.address()) as client:
        await client.follow("shop")
        await client.follow("sale", Position("", 0, None))
        await numbers.more(1)
        assert (await anext(aiter(client))).channel == "sale"
        assert [frame["channel"] for frame in client.refused] == ["shop"]


async def test_a_python_client_can_stop_following(served: House, numbers: Numbers) -> None:
    served.people.allow("ann", "office.view_sale", "office.view_shop")
    async with LiveClient(served.address()) as client:
        await client.follow("sale", Position("", 0, None))
        await client.follow("shop", Position("", 0, None))
        told = aiter(client)
        await numbers.more(1)
        assert (await anext(told)).channel == "sale"
        await client.unfollow("sale")
        await client.unfollow("sale")
        await numbers.more(1)
        await asyncio.to_thread(served.publish, "shop")
        assert (await anext(told)).channel == "shop"


async def test_a_python_client_waits_for_a_server_and_believes_a_refusal(served: House) -> None:
    nowhere = LiveClient(f"ws://127.0.0.1:{served.port}/nowhere?user=ann")
    with pytest.raises(RefusedError, match="the handshake was answered with 403"):
        await anext(aiter(nowhere))
    absent = LiveClient("ws://127.0.0.1:1/ws", draw=lambda: 0.01)
    await absent.follow("sale")
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5):
            await anext(aiter(absent))
    assert absent.reconnects > 1


@pytest.mark.parametrize("name", CLIENTS)
async def test_a_client_whose_sockets_do_not_get_through_uses_the_stream(name: str, served: House, numbers: Numbers) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        nowhere = f"ws://127.0.0.1:{taken.getsockname()[1]}/ws"
    await numbers.more(2)
    addresses = (nowhere, served.events())
    async with CLIENTS[name](served, "ann", "sale", 0.0, addresses) as follower:
        await follower.until(lambda: numbers.shown_by(follower))
        await numbers.more(2)
        await follower.until(lambda: numbers.shown_by(follower))
        assert follower.all("load") == ["new"]


async def test_a_python_client_on_a_stream_can_follow_more_later(served: House, numbers: Numbers) -> None:
    served.people.allow("ann", "office.view_sale", "office.view_shop")
    async with LiveClient(served.events()) as client:
        await client.follow("sale", Position("", 0, None))
        told = aiter(client)
        await numbers.more(1)
        assert (await anext(told)).channel == "sale"
        await client.follow("shop", Position("", 0, None))
        await asyncio.to_thread(served.publish, "shop")
        await numbers.more(1)
        assert {(await anext(told)).channel for _ in range(2)} == {"sale", "shop"}
        assert client.reconnects == 0


async def test_a_python_client_waits_as_long_as_a_full_server_asks(sqlite_url: str) -> None:
    with house(sqlite_url, limits=Limits(sockets_per_user=0)) as served, pytest.raises(LostError) as refused:
        async with over_stream(served.events(), {}, {"sale": None}):
            pass
    assert (refused.value.code, refused.value.again) == (1006, 5.0)


async def test_a_client_on_a_stream_believes_a_refusal(served: House) -> None:
    async with LiveClient(f"http://127.0.0.1:{served.port}/nowhere?user=ann") as client:
        await client.follow("sale")
        with pytest.raises(RefusedError, match="the handshake was answered with 404"):
            await anext(aiter(client))
    async with LiveClient(served.events("")) as client:
        await client.follow("sale")
        with pytest.raises(SignedOutError):
            await anext(aiter(client))
