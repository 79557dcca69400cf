"""What one account may use in all, however many lines it opens."""

import contextlib

from websockets.exceptions import ConnectionClosed

from groundplan_runtime.gateway import Limits
from groundplan_runtime.gateway.accounts import Accounts, Bucket
from runtime.events.services import until
from runtime.gateway.harness import house
from runtime.gateway.listen import listening, request
from runtime.gateway.talk import closing, say, signed_in, told


def test_a_bucket_lets_a_burst_through_and_then_so_many_a_second() -> None:
    bucket = Bucket(20.0)
    assert [bucket.take() for _ in range(101)] == [True] * 100 + [False]
    assert not bucket.full
    until(bucket.take)


def test_accounts_that_left_are_forgotten_once_their_frames_no_longer_count() -> None:
    accounts = Accounts(Limits(user_frames_per_second=1_000_000.0))
    here = accounts.of(0)
    here.lines = 1
    for user in range(1, 5000):
        accounts.of(user).frames.take()
    assert len(accounts) < 3000
    assert accounts.of(0) is here


async def test_an_account_that_follows_too_many_channels_in_all_is_refused_until_it_leaves_one(sqlite_url: str) -> None:
    with house(sqlite_url, limits=Limits(subscriptions_per_user=1)) as served:
        async with signed_in(served) as second:
            async with signed_in(served) as first:
                await say(first)
                await told(first)
                await say(second)
                assert (await told(second))["code"] == "too_many"
                await say(first, "unsubscribe")
                await say(first, channel="nowhere")
                await told(first)
                await say(second)
                assert (await told(second))["type"] == "reset"
                await say(first)
                assert (await told(first))["code"] == "too_many"
            async with signed_in(served, "ben") as other:
                await say(other)
                assert (await told(other))["type"] == "reset"


async def test_an_account_that_sends_too_much_over_all_its_sockets_is_closed_and_others_are_not(sqlite_url: str) -> None:
    with house(sqlite_url, limits=Limits(user_frames_per_second=0.4)) as served:
        async with signed_in(served, "ben") as other, signed_in(served) as one, signed_in(served) as two:
            for socket in (one, two):
                with contextlib.suppress(ConnectionClosed):
                    for _ in range(4):
                        await say(socket, "unsubscribe")
            assert (await closing(two), two.close_reason) == (4429, "too many frames of this account")
            await say(other)
            assert (await told(other))["type"] == "reset"


async def test_an_account_that_opens_streams_too_fast_is_told_to_wait(sqlite_url: str) -> None:
    with house(sqlite_url, limits=Limits(user_frames_per_second=0.2)) as served:
        async with listening(served):
            pass
        async with request(served, "/events?user=ann&channel=sale") as answer:
            assert (answer.status, answer.headers["retry-after"]) == (429, "5")
