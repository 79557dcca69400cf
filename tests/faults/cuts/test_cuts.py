"""A network that resets or hangs, publishers that commit and roll back: everybody is sent every committed event, in order."""

import pytest

from faults.cuts.scene import Cuts, Run, run
from faults.support.scale import scale
from runtime.events.services import ValkeyServer

pytestmark = pytest.mark.faults


def assert_whole(done: Run) -> None:
    """Nothing is missing, doubled or made up; and the trouble was real."""
    verdict = done.verdict
    print(f"\n{done.row()}\nends of connections: {dict(done.ends)}")
    assert not verdict.faults, f"{done.scale}: {verdict.faults} {verdict.examples} {done.complaints[:3]} {done.complaints[-3:]}"
    assert not done.complaints, done.complaints[-3:]
    assert verdict.committed > done.scale.seconds
    assert verdict.rolled_back > 0
    assert len(done.cuts) >= done.scale.seconds // 10
    assert verdict.connections > verdict.clients


@pytest.mark.parametrize("transport", ["websocket", "event stream"])
@pytest.mark.parametrize("mode", ["reset", "hang"])
async def test_everybody_is_sent_every_event_from_sqlite(sqlite_url: str, mode: str, transport: str) -> None:
    assert_whole(await run(sqlite_url, scale(clients=200, seconds=20), Cuts(mode), transport=transport))


@pytest.mark.parametrize(("mode", "transport"), [("reset", "event stream"), ("hang", "websocket")])
async def test_everybody_is_sent_every_event_from_postgresql(postgresql_url: str, mode: str, transport: str) -> None:
    assert_whole(await run(postgresql_url, scale(clients=200, seconds=20), Cuts(mode), transport=transport))


@pytest.mark.parametrize(("mode", "transport"), [("reset", "websocket"), ("hang", "event stream")])
async def test_everybody_is_sent_every_event_from_postgresql_through_valkey(
    postgresql_url: str, valkey: ValkeyServer, mode: str, transport: str
) -> None:
    assert_whole(await run(postgresql_url, scale(clients=200, seconds=20), Cuts(mode), transport=transport, events_url=valkey.url))


@pytest.mark.parametrize(("mode", "transport"), [("hang", "websocket"), ("reset", "event stream")])
async def test_everybody_is_sent_every_event_from_sqlite_through_valkey(
    sqlite_url: str, valkey: ValkeyServer, mode: str, transport: str
) -> None:
    assert_whole(await run(sqlite_url, scale(clients=200, seconds=20), Cuts(mode), transport=transport, events_url=valkey.url))
