"""What the gateway guarantees, each as a scenario that raises BrokenError when a client sees it broken.

A scenario gets the addresses it may use and starts its own server; it trusts nothing but frames and close codes.
"""

import asyncio
import threading
from typing import Any

from sqlalchemy.orm import Session as Transaction

from faults.cuts.silence import a_line_that_went_silent_is_given_up, a_line_with_nothing_to_say_says_that_it_lives
from faults.cuts.slow_reader import a_client_that_stops_reading_harms_nobody
from faults.cuts.stage import LONG, SELDOM, Stage, resumed
from faults.cuts.watching import START, BrokenError, Watcher, place, watch
from faults.support.websocket import subscribe
from groundplan_runtime.adapters.sqlalchemy import publish
from groundplan_runtime.events import Published
from groundplan_runtime.gateway import Limits, Timing
from groundplan_runtime.identity import Session
from runtime.gateway import harness
from runtime.gateway.harness import House, People, house

__all__ = [
    "a_client_that_stops_reading_harms_nobody",
    "a_line_that_went_silent_is_given_up",
    "a_line_with_nothing_to_say_says_that_it_lives",
]

SMALL = Limits(ring_frames=10, replay_page=5, queue_frames=20)


async def replay_goes_over_into_live_without_a_seam(stage: Stage) -> None:
    with house(stage.url, limits=SMALL) as served:
        first = (await served.published(count=60))[0]
        enough = threading.Event()
        publishing = asyncio.create_task(asyncio.to_thread(_publish_until, served, enough))
        try:
            for number in range(12):
                async with watch(served, f"user{number}", sale=place(first)) as client:
                    await client.until(lambda: bool(client.all("subscribed")), "a recovery")
                    await client.seen(client.all("subscribed")[0]["replayed"] + 10)
        finally:
            enough.set()
            await publishing


async def a_gap_that_cannot_be_filled_is_a_reset(stage: Stage) -> None:
    with house(stage.url, limits=SMALL) as served:
        published = await served.published(count=30)
        served.execute("DELETE FROM event_log WHERE seq <= 5")
        await _reset(served, place(published[2]), "trimmed")


async def a_position_of_another_epoch_is_a_reset(stage: Stage) -> None:
    with house(stage.url) as served:
        published = await served.published(count=5)
        await _reset(served, {**place(published[2]), "epoch": "another"}, "epoch")


async def a_position_of_another_past_is_a_reset(stage: Stage) -> None:
    with house(stage.url) as served:
        published = await served.published(count=3)
        served.put_back()
        async with watch(served, "ben", sale=START) as other:
            await asyncio.to_thread(served.publish, count=4)
            await other.until(lambda: other.last["sale"] == 5, "the new events, or a reset to the last of them")
        await _reset(served, place(published[2]), "epoch")


async def a_log_put_back_is_told_to_those_who_listen(stage: Stage) -> None:
    with house(stage.url) as served:
        last = (await served.published(count=3))[-1]
        async with watch(served, sale=place(last)) as client:
            served.put_back()
            await client.until(lambda: bool(client.all("reset")), "a reset")


async def what_cannot_be_carried_keeps_its_place(stage: Stage) -> None:
    with house(stage.url) as served:
        epoch = (await served.published())[0].epoch
        async with watch(served, sale=START) as client:
            columns = "channel, epoch, seq, event_id, type, version, payload, created_at"
            at = "2026-11-22T00:00:00.000000Z"
            row = f"'sale', '{epoch}', 2, 'raw', 'sale.created', 1, '{{NaN', '{at}'"
            served.execute(
                f"INSERT INTO event_log ({columns}) VALUES ({row})",  # noqa: S608 what raw SQL can do is the point
                "UPDATE channel_head SET seq = 2, event_id = 'raw'",
            )
            await asyncio.to_thread(served.publish)
            await client.seen(3)


async def a_long_replay_waits_for_its_client(stage: Stage) -> None:
    with house(stage.url, limits=Limits(queue_frames=20)) as served:
        first = (await served.published(count=120))[0]
        async with watch(served, sale=place(first)) as client:
            await client.seen(119)


async def a_burst_of_ours_closes_nobody(stage: Stage) -> None:
    with house(stage.url, limits=Limits(queue_bytes=256 * 1024)) as served:
        async with watch(served, sale=START) as client:
            await asyncio.to_thread(_publish_at_once, served, 60, {"text": "x" * 20_000})
            await client.seen(60)


async def a_full_queue_closes_with_4408_and_resume_repairs(stage: Stage) -> None:
    with house(stage.url, limits=Limits(queue_frames=50), timing=SELDOM) as served:
        async with watch(served, sale=START, room=4096) as client:
            await _overwhelm(served, client, 200)
            await client.closed(4408)
        await resumed(served, client, 200)


async def a_send_that_takes_too_long_closes_with_4408(stage: Stage) -> None:
    limits = Limits(queue_frames=5000, queue_bytes=100_000_000)
    with house(stage.url, limits=limits, timing=Timing(send=0.3, recheck=60, close=10)) as served:
        async with watch(served, sale=START, room=4096) as client:
            await _overwhelm(served, client, 150, rest=0.8)
            await client.closed(4408)


async def a_revocation_acts_at_once(stage: Stage) -> None:
    with house(stage.url, timing=SELDOM) as served:
        async with watch(served, sale=START) as client:
            await _settled(served, client)
            revoked = {"session": served.people.sign_out("ann")}
            await asyncio.to_thread(served.publish, "identity", revoked, event="session.revoked")
            await client.closed(4401, 2.0)


async def a_revocation_that_was_lost_acts_within_the_interval(stage: Stage) -> None:
    with house(stage.url, timing=Timing(recheck=0.3)) as served:
        async with watch(served, sale=START) as client:
            await _settled(served, client)
            served.people.sign_out("ann")
            await client.closed(4401)


class Leaving(People):
    """People who sign out while their handshake is on its way."""

    def session(self, name: str) -> Session | None:
        found = super().session(name)
        self._sessions.pop(name, None)
        return found


async def a_sign_out_during_the_handshake_is_found(stage: Stage) -> None:
    staying, harness.People = harness.People, Leaving  # type: ignore[misc]  # who is in this house, and in no other
    try:
        with house(stage.url, timing=SELDOM) as served:
            async with watch(served, sale=START) as client:
                await client.closed(4401)
    finally:
        harness.People = staying  # type: ignore[misc]  # as above


async def a_lost_permission_ends_the_socket(stage: Stage) -> None:
    with house(stage.url, timing=SELDOM) as served:
        async with watch(served, sale=START) as client:
            await _settled(served, client)
            changed = {"user": served.people.allow("ann")}
            await asyncio.to_thread(served.publish, "identity", changed, event="user.changed")
            await client.closed(4403, 2.0)


async def a_channel_without_permission_is_refused(stage: Stage) -> None:
    with house(stage.url) as served:
        async with watch(served, shop=None, identity=None) as client:
            await client.until(lambda: len(client.all("error")) == 2 or bool(client.all("reset")), "an answer to both")
            if client.all("reset"):
                raise BrokenError("a channel was given to an account that may not follow it")


async def an_account_has_so_many_sockets(stage: Stage) -> None:
    with house(stage.url, limits=Limits(sockets_per_user=2)) as served:
        async with watch(served, sale=START), watch(served, sale=START), watch(served, sale=START) as third:
            await third.closed(4429)


async def a_client_that_floods_is_sent_away(stage: Stage) -> None:
    with house(stage.url, limits=Limits(frames_per_second=2)) as served:
        async with watch(served, sale=START) as client:
            assert client.line is not None
            for _ in range(60):
                client.line.say(subscribe("sale", START))
            await client.closed(4400)


async def many_sockets_are_no_way_around_the_limit_of_frames(stage: Stage) -> None:
    with house(stage.url, limits=Limits(user_frames_per_second=3)) as served:
        async with watch(served) as one, watch(served) as other, watch(served) as last:
            for client in (one, other, last):
                assert client.line is not None
                for _ in range(10):
                    client.line.say(subscribe("nowhere", None))
            await last.closed(4429)


async def an_account_follows_so_many_channels_in_all(stage: Stage) -> None:
    with house(stage.url, limits=Limits(subscriptions_per_user=2)) as served:
        async with watch(served, sale=START) as one, watch(served, sale=START) as other, watch(served, sale=START) as last:
            await one.until(lambda: bool(one.all("subscribed")), "a recovery")
            await other.until(lambda: bool(other.all("subscribed")), "a recovery")
            await last.until(lambda: bool(last.all("error")), "that it is too many")


async def a_stop_is_told_to_everybody(stage: Stage) -> None:
    with house(stage.url, timing=SELDOM) as served:
        async with watch(served, sale=START) as client:
            stopping = asyncio.create_task(asyncio.to_thread(served.run, served.gateway.stop()))
            try:
                await client.closed(1012)
            finally:
                assert client.line is not None
                client.line.close()
                await stopping


async def a_drain_spreads_those_who_come_back(stage: Stage) -> None:
    with house(stage.url) as served:
        async with watch(served, sale=START) as client:
            draining = asyncio.create_task(asyncio.to_thread(served.run, served.gateway.drain(5.0)))
            try:
                await client.until(lambda: bool(client.all("drain")), "within how many seconds to come back")
            finally:
                assert client.line is not None
                client.line.close()
                await draining


async def a_hole_in_redis_is_filled_before_what_follows(stage: Stage) -> None:
    with stage.carried() as served:
        async with watch(served, sale=START) as client:
            await asyncio.to_thread(_publish_some_lost, served, [False, True, False])
            await client.seen(3)


async def a_tail_that_redis_lost_is_found(stage: Stage) -> None:
    with stage.carried(Timing(tail=0.3, recheck=60, retry=0.1)) as served:
        async with watch(served, sale=START) as client:
            await asyncio.to_thread(_publish_some_lost, served, [False, True])
            await client.seen(2)


async def the_database_stands_in_for_redis(stage: Stage) -> None:
    with stage.carried() as served:
        async with watch(served, sale=START) as client:
            assert stage.valkey is not None
            stage.valkey.kill()
            await asyncio.to_thread(served.publish)
            await client.seen(1)


async def _reset(served: House, position: dict[str, Any], reason: str) -> None:
    """Resume from a position that must be refused with this reason."""
    async with watch(served, sale=position) as client:
        await client.until(lambda: bool(client.all("reset") or client.all("subscribed")), "an answer")
        found = [frame["reason"] for frame in client.all("reset")]
        if found != [reason]:
            raise BrokenError(f"it must be a reset ({reason}) and is {found or 'a recovery'}")


async def _settled(served: House, client: Watcher) -> None:
    """Wait until a new socket was looked at once more, which is the first thing that happens after its handshake."""
    await asyncio.to_thread(served.publish)
    await client.seen(1)


async def _overwhelm(served: House, client: Watcher, count: int, *, rest: float = 0.0) -> None:
    """Publish more than the kernel keeps for a client that does not read, and let it read again."""
    assert client.line is not None
    client.line.stop_reading()
    await served.published(data=LONG, count=count)
    await asyncio.sleep(rest)  # the time itself is what the scenario is about
    client.line.read_again()


def _publish_until(served: House, enough: threading.Event) -> None:
    while not enough.is_set():
        served.publish()


def _publish_at_once(served: House, count: int, data: Any) -> list[Published]:
    with Transaction(served.engine) as session, session.begin():
        return [publish(session, "sale", "sale.created", data) for _ in range(count)]


def _publish_some_lost(served: House, lost: list[bool]) -> None:
    """Publish so that some events never reach Redis, as if it had forgotten them."""
    for gone in lost:
        with Transaction(served.engine) as session, session.begin():
            published = publish(session, "sale", "sale.created", {})
            if gone:
                session.connection().exec_driver_sql(f"DELETE FROM outbox_pending WHERE seq = {published.seq}")  # noqa: S608 a number
