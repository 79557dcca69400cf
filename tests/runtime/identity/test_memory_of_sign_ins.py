"""How long an answer is remembered, what makes it forgotten, and how many statements it costs."""

import asyncio
import dataclasses
from collections.abc import Sequence

import pytest

from groundplan_runtime.database import Database, Dialect, Row, open_database
from groundplan_runtime.errors import SettingsError
from groundplan_runtime.identity import Identity, Session, key_hash
from groundplan_runtime.identity.cache import RecentAnswers
from runtime.identity.conftest import Run
from runtime.identity.site_files import Site, write_project


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Counting:
    """A database that counts its statements, and gives no answer before ``held``, if it is there, is set."""

    def __init__(self, database: Database) -> None:
        self.dialect: Dialect = database.dialect
        self.statements = 0
        self.asked: asyncio.Event = asyncio.Event()
        self.held: asyncio.Event | None = None
        self._database = database

    async def look(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        return await self.fetch(sql, params)

    async def fetch(self, sql: str, params: Sequence[object] = ()) -> list[Row]:
        self.statements += 1
        self.asked.set()
        rows = await self._database.fetch(sql, params)
        if self.held is not None:
            await self.held.wait()
        return rows

    async def close(self) -> None:
        await self._database.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counting(database: Database) -> Counting:
    return Counting(database)


@pytest.fixture
def remembering(site: Site, counting: Counting, clock: Clock) -> Identity:
    return Identity(site.settings, counting, clock)


def sign_in(site: Site, name: str = "ada") -> str:
    site("make_user", name)
    return str(site("sign_in", name))


def resolve(run: Run, identity: Identity, key: str) -> Session | None:
    session: Session | None = run(identity.resolve({"sessionid": key}))
    return session


def test_asks_twice_for_an_account_and_then_not_for_a_second(
    site: Site, run: Run, remembering: Identity, counting: Counting
) -> None:
    key = sign_in(site)
    assert resolve(run, remembering, key) == resolve(run, remembering, key)
    assert counting.statements == 2


def test_asks_once_for_a_stranger_and_then_not_for_a_second(run: Run, remembering: Identity, counting: Counting) -> None:
    assert resolve(run, remembering, "a" * 32) is None
    assert resolve(run, remembering, "a" * 32) is None
    assert counting.statements == 1


def test_does_not_ask_for_what_cannot_be_a_session_key(run: Run, remembering: Identity, counting: Counting) -> None:
    assert resolve(run, remembering, "no session key") is None
    assert run(remembering.resolve({})) is None
    assert counting.statements == 0


def test_sees_a_sign_out_a_second_later(site: Site, run: Run, remembering: Identity, clock: Clock) -> None:
    key = sign_in(site)
    assert resolve(run, remembering, key) is not None
    site("sign_out", key)
    clock.now += 0.999
    assert resolve(run, remembering, key) is not None
    clock.now += 0.001
    assert resolve(run, remembering, key) is None


def test_asks_again_for_a_stranger_a_second_later(run: Run, remembering: Identity, counting: Counting, clock: Clock) -> None:
    assert resolve(run, remembering, "b" * 32) is None
    clock.now += 1.0
    assert resolve(run, remembering, "b" * 32) is None
    assert counting.statements == 2


def test_refuses_a_remembered_session_once_it_has_expired(site: Site, run: Run, remembering: Identity, clock: Clock) -> None:
    payload = site("payload", sign_in(site))
    key = site("store", payload, lives=0.4)
    session = resolve(run, remembering, key)
    assert session is not None

    async def until_refused() -> None:
        while await remembering.resolve({"sessionid": key}) is not None:  # noqa: ASYNC110 - the session's own date passes silently
            await asyncio.sleep(0.02)

    run(asyncio.wait_for(until_refused(), 3))
    assert clock.now == 1000.0


def test_forgets_a_revoked_session_at_once(site: Site, run: Run, remembering: Identity) -> None:
    key = sign_in(site)
    assert resolve(run, remembering, key) is not None
    site("sign_out", key)
    remembering.forget(key_hash(key))
    assert resolve(run, remembering, key) is None


def test_forgets_all_sessions_of_a_changed_account_and_no_others(
    site: Site, run: Run, remembering: Identity, counting: Counting
) -> None:
    keys = [sign_in(site), site("sign_in", "ada"), sign_in(site, "bob")]
    sessions = [resolve(run, remembering, key) for key in keys]
    assert sessions[0] is not None
    site("save_user", "ada", is_active=False)
    remembering.forget_user(sessions[0].user.id)
    asked = counting.statements
    assert [resolve(run, remembering, key) is None for key in keys] == [True, True, False]
    assert counting.statements == asked + 4


def test_an_answer_read_before_a_revocation_is_not_remembered(
    site: Site, run: Run, remembering: Identity, counting: Counting
) -> None:
    key = sign_in(site)

    async def revoked_meanwhile() -> Session | None:
        counting.held = asyncio.Event()
        reading = asyncio.create_task(remembering.resolve({"sessionid": key}))
        await counting.asked.wait()
        remembering.forget(key_hash(key))
        counting.held.set()
        await reading
        site("sign_out", key)
        return await remembering.resolve({"sessionid": key})

    assert run(revoked_meanwhile()) is None


def test_many_requests_at_once_ask_once(site: Site, run: Run, remembering: Identity, counting: Counting) -> None:
    key = sign_in(site)

    async def crowd() -> list[Session | None]:
        return await asyncio.gather(*(remembering.resolve({"sessionid": key}) for _ in range(50)))

    assert all(run(crowd()))
    assert counting.statements == 2


def test_a_request_that_gives_up_does_not_take_the_answer_from_the_others(
    site: Site, run: Run, remembering: Identity, counting: Counting
) -> None:
    key = sign_in(site)

    async def one_gives_up() -> Session | None:
        counting.held = asyncio.Event()
        first, second = (asyncio.create_task(remembering.resolve({"sessionid": key})) for _ in range(2))
        await counting.asked.wait()
        first.cancel()
        counting.held.set()
        return await second

    assert run(one_gives_up()) is not None


def test_asks_again_after_the_database_failed(site: Site, run: Run, remembering: Identity) -> None:
    key = sign_in(site)
    broken = Identity(site.settings, open_database("sqlite:////nowhere/at/all.sqlite3"))
    for _ in range(2):
        with pytest.raises(Exception, match="does not exist"):
            resolve(run, broken, key)
    assert resolve(run, remembering, key) is not None


def test_one_statement_checks_many_sessions_again(site: Site, run: Run, remembering: Identity, counting: Counting) -> None:
    keys = [sign_in(site), site("sign_in", "ada"), sign_in(site, "bob"), sign_in(site, "eve"), sign_in(site, "sam")]
    sessions = [session for key in keys if (session := resolve(run, remembering, key))]
    site("sign_out", keys[1])
    site("set_password", "bob", "new")
    site("delete_user", "eve")
    site("make_group", "clerks", permissions=["office.add_sale"], members=["sam"])
    asked = counting.statements
    standing = run(remembering.valid(sessions))
    assert counting.statements == asked + 1
    assert set(standing) == {key_hash(keys[0]), key_hash(keys[4])}
    assert standing[key_hash(keys[4])].user.permissions == {"office.add_sale"}


def test_a_check_renews_what_is_remembered(site: Site, run: Run, remembering: Identity, counting: Counting) -> None:
    gone, kept = sign_in(site), sign_in(site, "bob")
    sessions = [session for key in (gone, kept) if (session := resolve(run, remembering, key))]
    site("sign_out", gone)
    run(remembering.valid(sessions))
    asked = counting.statements
    assert (resolve(run, remembering, gone) is None, resolve(run, remembering, kept) is None) == (True, False)
    assert counting.statements == asked


def test_a_check_of_nothing_asks_nothing(run: Run, remembering: Identity, counting: Counting) -> None:
    assert run(remembering.valid([])) == {}
    assert counting.statements == 0


def test_a_session_that_changed_hands_no_longer_stands(site: Site, run: Run, remembering: Identity) -> None:
    keys = [sign_in(site), site("sign_in", "ada"), sign_in(site, "bob")]
    first, second, bobs = (session for key in keys if (session := resolve(run, remembering, key)))
    taken = dataclasses.replace(first, user=bobs.user)
    assert set(run(remembering.valid([taken, second, bobs]))) == {second.key_hash, bobs.key_hash}


def test_an_expired_session_no_longer_stands(site: Site, run: Run, remembering: Identity) -> None:
    session = resolve(run, remembering, sign_in(site))
    assert session is not None
    site("expire", session.key)
    assert run(remembering.valid([session])) == {}


def test_nobody_is_signed_in_where_no_part_is_django(sqlite: Site, run: Run, tmp_path_factory: pytest.TempPathFactory) -> None:
    key = sign_in(sqlite)
    root = tmp_path_factory.mktemp("device")
    settings = write_project(root)
    (root / "project.toml").write_text((root / "project.toml").read_text().replace('"django"', '"flask"'))
    identity = Identity(settings, open_database(sqlite.settings.database_url))
    identity.check()
    assert resolve(run, identity, key) is None
    session = resolve(run, Identity(sqlite.settings, open_database(sqlite.settings.database_url)), key)
    assert session is not None
    assert run(identity.valid([session])) == {}


def test_a_missing_identity_file_is_told_at_the_start(sqlite: Site, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings = write_project(tmp_path_factory.mktemp("unprepared"))
    identity = Identity(settings, open_database(sqlite.settings.database_url))
    with pytest.raises(SettingsError, match=r"identity\.json: the file is missing; .*manage.py export_identity"):
        identity.check()


def test_an_identity_file_for_other_cookies_is_told_at_the_start(sqlite: Site) -> None:
    settings = dataclasses.replace(sqlite.settings, public_url="https://pulse.example")
    with pytest.raises(SettingsError, match="it stands for the cookie sessionid, not __Host-sessionid"):
        Identity(settings, open_database(settings.database_url)).check()


def test_another_secret_key_than_djangos_is_told_at_the_start(sqlite: Site) -> None:
    settings = dataclasses.replace(sqlite.settings, secret_key="another-key-of-this-part-alone-0123456789")
    with pytest.raises(SettingsError, match="Django signs with another SECRET_KEY than this part has; give every part the same"):
        Identity(settings, open_database(settings.database_url)).check()


def test_a_rotated_key_is_no_other_key(sqlite: Site) -> None:
    rotated, former = "the-key-after-the-next-rotation-0123456789", (sqlite.settings.secret_key,)
    settings = dataclasses.replace(sqlite.settings, secret_key=rotated, secret_key_fallbacks=former)
    Identity(settings, open_database(settings.database_url)).check()


def test_keeps_at_most_as_many_answers_as_allowed() -> None:
    answers: RecentAnswers[int] = RecentAnswers(1.0, 2)
    for number, name in enumerate("abc"):
        answers.put(name, number, asked=0.0)
    assert (answers.get("a", 0.5), answers.get("b", 0.5), answers.get("c", 0.5)) == (None, 1, 2)
    assert len(answers) == 2


def test_an_answer_lives_from_when_it_was_asked_for() -> None:
    answers: RecentAnswers[int] = RecentAnswers(1.0, 2)
    answers.put("a", 1, asked=5.0)
    assert (answers.get("a", 5.99), answers.get("a", 6.0)) == (1, None)
