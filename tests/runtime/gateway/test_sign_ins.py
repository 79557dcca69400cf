"""Sign-ins that end while a socket is open."""

import asyncio
import time

from groundplan_runtime.gateway import Timing
from groundplan_runtime.gateway.sessions import CHANNEL
from runtime.gateway.harness import House, house
from runtime.gateway.talk import closing, say, signed_in, told

SELDOM = Timing(recheck=60)


async def test_a_sign_out_closes_its_sockets_at_once_and_no_others(sqlite_url: str) -> None:
    with house(sqlite_url, timing=SELDOM) as served:
        async with signed_in(served) as one, signed_in(served) as two, signed_in(served, "ben") as other:
            began = time.monotonic()
            data = {"session": served.people.sign_out("ann"), "user": 1}
            await asyncio.to_thread(served.publish, CHANNEL, data, event="session.revoked")
            assert [await closing(one), await closing(two)] == [4401, 4401]
            assert time.monotonic() - began < 1
            await say(other)
            assert (await told(other))["type"] == "reset"


async def test_an_account_that_changed_is_looked_at_again_at_once(sqlite_url: str) -> None:
    with house(sqlite_url, timing=SELDOM) as served:
        async with signed_in(served) as stays, signed_in(served, "ben") as goes:
            await say(stays)
            await told(stays)
            served.people.sign_out("ben")
            for user in (1, 2):
                await asyncio.to_thread(served.publish, CHANNEL, {"user": user}, event="user.changed")
            assert await closing(goes) == 4401
            await asyncio.to_thread(served.publish)
            assert (await told(stays))["type"] == "event"


async def test_losing_the_permission_of_a_followed_channel_closes_with_4403(sqlite_url: str) -> None:
    with house(sqlite_url, timing=SELDOM) as served:
        async with signed_in(served) as socket, signed_in(served, "ben") as other:
            for client in (socket, other):
                await say(client)
                await told(client)
            user = served.people.allow("ann", "office.view_shop")
            await asyncio.to_thread(served.publish, CHANNEL, {"user": user}, event="user.changed")
            assert await closing(socket) == 4403
            await asyncio.to_thread(served.publish)
            assert (await told(other))["type"] == "event"


async def test_a_change_that_may_concern_anybody_is_looked_at_for_everybody(sqlite_url: str) -> None:
    with house(sqlite_url, timing=SELDOM) as served:
        async with signed_in(served) as one, signed_in(served, "ben") as two:
            served.people.sign_out("ann")
            served.people.sign_out("ben")
            await asyncio.to_thread(served.publish, CHANNEL, {"user": None}, event="user.changed")
            assert [await closing(one), await closing(two)] == [4401, 4401]


async def test_a_permission_that_was_gained_can_be_used_at_once(sqlite_url: str) -> None:
    with house(sqlite_url, timing=SELDOM) as served:
        async with signed_in(served) as socket:
            user = served.people.allow("ann", "office.view_shop")
            await asyncio.to_thread(served.publish, CHANNEL, {"user": user}, event="user.changed")
            async with asyncio.timeout(5):
                while True:
                    await say(socket, channel="shop")
                    if (await told(socket))["type"] == "reset":
                        break


async def test_a_sign_out_that_nobody_told_is_found_by_the_next_look(served: House) -> None:
    async with signed_in(served) as socket:
        served.people.sign_out("ann")
        assert await closing(socket) == 4401


async def test_an_emptied_identity_channel_makes_the_gateway_doubt_everybody(sqlite_url: str) -> None:
    with house(sqlite_url, timing=SELDOM) as served:
        await asyncio.to_thread(served.publish, CHANNEL, {"user": 99}, event="user.changed")
        async with signed_in(served) as socket:
            served.people.sign_out("ann")
            served.execute("DELETE FROM channel_head")
            assert await closing(socket) == 4401


async def test_nobody_is_sent_away_because_the_look_itself_failed(served: House) -> None:
    async with signed_in(served) as socket:
        served.people.broken = True
        await asyncio.sleep(1.2)
        served.people.broken = False
        await say(socket)
        assert (await told(socket))["type"] == "reset"
