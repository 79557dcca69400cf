"""Refresh tokens and revocations, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from groundplan_runtime.blocking import BlockingDatabase
from groundplan_runtime.database import Database, open_database
from groundplan_runtime.identity.blocking import ask_blocking
from groundplan_runtime.identity.memory import CACHE_SECONDS
from groundplan_runtime.identity.questions import ask
from groundplan_runtime.identity.tokens import Access, Bearer, BlockingBearer, Grant, TokenRefusedError
from groundplan_runtime.identity.tokens.model import ACCESS_SECONDS
from groundplan_runtime.identity.tokens.refresh import (
    FAMILY_SECONDS,
    REFRESH_SECONDS,
    begin,
    end_family,
    end_subject,
    revoke,
    revoked,
    sweep,
    turn,
)
from runtime.identity.conftest import Run
from runtime.identity.tokens.conftest import START, Clock, House


@pytest.fixture
def grant(tables: BlockingDatabase) -> Grant:
    """Ada's sign-in."""
    return ask_blocking(tables, begin("ada", START))


def turned(tables: BlockingDatabase, token: str, now: int = START + 1) -> Grant | str:
    """Give the next grant, or why there is none."""
    try:
        return ask_blocking(tables, turn(token, now))
    except TokenRefusedError as refusal:
        return refusal.reason


def following(tables: BlockingDatabase, token: str, now: int = START + 1) -> Grant:
    after = turned(tables, token, now)
    assert isinstance(after, Grant)
    return after


def test_each_turn_gives_a_new_token_of_the_same_family(tables: BlockingDatabase, grant: Grant) -> None:
    after = following(tables, grant.token)
    assert (after.subject, after.family) == ("ada", grant.family)
    assert after.token != grant.token
    assert following(tables, after.token).family == grant.family


def test_a_token_that_was_used_ends_its_family_and_revokes_its_access(tables: BlockingDatabase, grant: Grant) -> None:
    after = following(tables, grant.token)
    assert turned(tables, grant.token) == "reused"
    assert turned(tables, after.token) == "unknown"
    assert ask_blocking(tables, revoked(START + ACCESS_SECONDS)) == {grant.family}


def test_reuse_ends_no_other_sign_in(tables: BlockingDatabase, grant: Grant) -> None:
    other = ask_blocking(tables, begin("ada", START))
    following(tables, grant.token)
    assert turned(tables, grant.token) == "reused"
    assert following(tables, other.token).family == other.family


def test_of_many_who_show_a_token_at_once_one_gets_the_next_and_the_family_ends(tables: BlockingDatabase, grant: Grant) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: turned(tables, grant.token), range(8)))
    winners = [answer for answer in answers if isinstance(answer, Grant)]
    assert len(winners) == 1
    assert set(answers) - set(winners) == {"reused"}
    assert turned(tables, winners[0].token) == "unknown"


@pytest.mark.parametrize("token", ["", "made up", "ä" * 50, "' OR 1=1 --"])
def test_a_token_that_was_never_given_ends_nothing(token: str, tables: BlockingDatabase, grant: Grant) -> None:
    assert turned(tables, token) == "unknown"
    assert following(tables, grant.token).subject == "ada"


def test_an_unused_token_expires(tables: BlockingDatabase, grant: Grant) -> None:
    assert grant.expires == START + REFRESH_SECONDS
    assert turned(tables, grant.token, grant.expires) == "unknown"
    assert following(tables, grant.token, grant.expires - 1).subject == "ada"


def test_a_sign_in_cannot_be_renewed_for_ever(tables: BlockingDatabase, grant: Grant) -> None:
    end, now, last = START + FAMILY_SECONDS, START, grant
    while now + REFRESH_SECONDS < end:
        now = last.expires - 1
        last = following(tables, last.token, now)
    assert last.expires == end
    assert turned(tables, last.token, end) == "unknown"


def test_a_sign_out_ends_the_family_once(tables: BlockingDatabase, grant: Grant) -> None:
    for _ in range(2):
        ask_blocking(tables, end_family(grant.family, START))
    assert turned(tables, grant.token) == "unknown"
    assert tables.fetch("SELECT ended, why FROM token_family") == [(START, "signed out")]


def test_all_sign_ins_of_an_account_can_be_ended(tables: BlockingDatabase, grant: Grant) -> None:
    other, bob = ask_blocking(tables, begin("ada", START)), ask_blocking(tables, begin("bob", START))
    assert ask_blocking(tables, end_subject("ada", START)) == 2
    assert [turned(tables, each.token) for each in (grant, other)] == ["unknown", "unknown"]
    assert following(tables, bob.token).subject == "bob"


def test_no_token_stands_in_the_database(tables: BlockingDatabase, grant: Grant) -> None:
    following(tables, grant.token)
    everything = str(tables.fetch("SELECT * FROM token_refresh") + tables.fetch("SELECT * FROM token_family"))
    assert grant.token not in everything
    assert grant.token not in repr(grant)


def test_what_can_mean_nothing_any_more_is_swept_away_and_nothing_else(tables: BlockingDatabase, grant: Grant) -> None:
    fresh = ask_blocking(tables, begin("bob", START + REFRESH_SECONDS))
    ask_blocking(tables, revoke("token", START + 10))
    ask_blocking(tables, sweep(START + 5))
    assert ask_blocking(tables, revoked(START)) == {"token"}
    ask_blocking(tables, sweep(grant.expires))
    assert ask_blocking(tables, revoked(START)) == frozenset()
    assert tables.fetch("SELECT subject FROM token_family") == [("bob",)]
    assert following(tables, fresh.token, grant.expires + 1).subject == "bob"


def test_a_used_token_is_noticed_until_it_expires(tables: BlockingDatabase, grant: Grant) -> None:
    following(tables, grant.token)
    ask_blocking(tables, sweep(grant.expires - 1))
    assert turned(tables, grant.token, grant.expires - 1) == "reused"


def test_a_later_revocation_lasts_longer_and_an_earlier_one_shortens_nothing(tables: BlockingDatabase) -> None:
    for expires in (START, START + 100, START + 50):
        ask_blocking(tables, revoke("name", expires))
    assert ask_blocking(tables, revoked(START + 100)) == {"name"}
    assert ask_blocking(tables, revoked(START + 200)) == frozenset()


@pytest.fixture
def asynchronous(url: str, tables: BlockingDatabase, run: Run) -> Iterator[Database]:
    assert tables.fetch("SELECT count(*) FROM token_revoked") == [(0,)]
    database = open_database(url)
    yield database
    run(database.close())


def test_asynchronous_parts_ask_the_same_questions(asynchronous: Database, run: Run) -> None:
    granted: Grant = run(ask(asynchronous, begin("ada", START)))
    assert run(ask(asynchronous, turn(granted.token, START))).family == granted.family
    with pytest.raises(TokenRefusedError):
        run(ask(asynchronous, turn(granted.token, START)))


def test_a_bearer_passes_until_the_sign_in_ends_and_a_second_longer(
    asynchronous: Database, tables: BlockingDatabase, house: House, clock: Clock, run: Run
) -> None:
    bearer = Bearer(house.verifier, asynchronous, clock)
    blocking = BlockingBearer(house.verifier, tables, clock)
    ended, other = house.issuer.issue("ada", "family"), house.issuer.issue("ada", "other")
    for token in (ended, other):
        assert (run(bearer.access(token)).subject, blocking.access(token).subject) == ("ada", "ada")
    ask_blocking(tables, end_family("family", START))
    clock.now += CACHE_SECONDS
    assert (run(bearer.access(other)).subject, blocking.access(other).subject) == ("ada", "ada")
    for ask_for in (lambda: run(bearer.access(ended)), lambda: blocking.access(ended)):
        with pytest.raises(TokenRefusedError, match="revoked"):
            ask_for()


def test_one_token_can_be_revoked_alone(tables: BlockingDatabase, house: House, clock: Clock) -> None:
    bearer = BlockingBearer(house.verifier, tables, clock)
    tokens = [house.issuer.issue("ada", "family") for _ in range(2)]
    first: Access = house.verifier.verify(tokens[0])
    ask_blocking(tables, revoke(first.id, first.expires))
    assert bearer.access(tokens[1]).subject == "ada"
    with pytest.raises(TokenRefusedError, match="revoked"):
        bearer.access(tokens[0])


def test_the_list_is_asked_for_once_a_second(tables: BlockingDatabase, house: House, clock: Clock) -> None:
    bearer, token = BlockingBearer(house.verifier, tables, clock), house.issuer.issue("ada", "family")
    bearer.access(token)
    ask_blocking(tables, end_family("family", START))
    clock.now += CACHE_SECONDS - 0.01
    assert bearer.access(token).subject == "ada"


def test_nobody_passes_when_the_list_cannot_be_read(tables: BlockingDatabase, house: House, clock: Clock) -> None:
    tables.fetch("DROP TABLE token_revoked")
    with pytest.raises(Exception, match="token_revoked"):
        BlockingBearer(house.verifier, tables, clock).access(house.issuer.issue("ada", "family"))
