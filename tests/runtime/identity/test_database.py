"""The runtime's own statements, on both databases."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from groundplan_runtime.blocking import open_blocking_database
from groundplan_runtime.database import Database, PostgreSQLDatabase, open_database
from groundplan_runtime.errors import ServiceError, SettingsError
from runtime.identity.conftest import Run


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        found: str = request.getfixturevalue("postgresql_url")
        return found
    sqlite3.connect(tmp_path / "a.sqlite3").close()
    return f"sqlite:///{tmp_path / 'a.sqlite3'}"


@pytest.fixture
def opened(url: str) -> Database:
    return open_database(url)


async def test_gives_rows_for_placeholders_and_per_cent_signs(opened: Database) -> None:
    assert await opened.fetch("SELECT %s || '%%', %s", ["a", 1]) == [("a%", 1)]
    await opened.close()


async def test_a_statement_without_rows_gives_none_and_is_committed(opened: Database, url: str) -> None:
    await opened.fetch("DROP TABLE IF EXISTS written")
    assert await opened.fetch("CREATE TABLE written (x integer)") == []
    assert await opened.fetch("INSERT INTO written VALUES (%s)", [7]) == []
    await opened.close()
    reader = open_blocking_database(url)
    assert reader.fetch("SELECT x FROM written") == [(7,)]
    reader.close()


async def test_statements_at_once_all_get_their_own_answer(opened: Database) -> None:
    answers = await asyncio.gather(*(opened.fetch("SELECT %s + 0", [number]) for number in range(40)))
    assert answers == [[(number,)] for number in range(40)]
    await opened.close()


async def test_closing_twice_or_unused_does_nothing_and_it_opens_again(opened: Database) -> None:
    await opened.close()
    await opened.fetch("SELECT 1")
    await opened.close()
    await opened.close()
    assert await opened.fetch("SELECT 1") == [(1,)]
    await opened.close()


def test_a_blocking_database_gives_rows_or_none_and_opens_again(url: str) -> None:
    blocking = open_blocking_database(url)
    blocking.close()
    assert blocking.fetch("DROP TABLE IF EXISTS never_there") == []
    blocking.close()
    assert blocking.fetch("SELECT %s || '%%'", ["a"]) == [("a%",)]
    blocking.close()


def test_a_missing_sqlite_file_is_told_and_not_made(tmp_path: Path, run: Run) -> None:
    missing = open_database(f"sqlite:///{tmp_path / 'none.sqlite3'}")
    with pytest.raises(ServiceError, match=r"none\.sqlite3 does not exist; run the project's prepare step first"):
        run(missing.fetch("SELECT 1"))
    run(missing.close())
    assert list(tmp_path.iterdir()) == []


@pytest.mark.timeout(30)
def test_an_absent_server_is_told(tmp_path: Path, run: Run) -> None:
    absent = PostgreSQLDatabase(f"postgresql://nobody@/none?host={tmp_path}", timeout_seconds=0.3)
    with pytest.raises(ServiceError, match="no answer from PostgreSQL; start the server or correct the address"):
        run(absent.fetch("SELECT 1"))


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"mysql:… is neither sqlite:///… nor postgresql://…"):
        open_database("mysql://x")


async def test_a_look_gives_the_same_rows(opened: Database) -> None:
    assert await opened.look("SELECT %s || '%%', %s", ["a", 1]) == [("a%", 1)]
    await opened.close()


async def test_a_look_cannot_write_to_sqlite(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "a.sqlite3").close()
    opened = open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await opened.look("CREATE TABLE written (x integer)")
    await opened.close()


async def test_a_look_that_has_to_wait_does_not_hold_up_the_loop(tmp_path: Path) -> None:
    writer = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)
    writer.execute("CREATE TABLE written (x integer)")
    writer.execute("BEGIN EXCLUSIVE")  # without WAL a reader waits for it
    opened = open_database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    looking = asyncio.create_task(opened.look("SELECT x FROM written"))
    await asyncio.sleep(0)  # the look has begun, and given the loop back
    writer.execute("INSERT INTO written VALUES (7)")
    writer.execute("COMMIT")
    assert await looking == [(7,)]
    await opened.close()
    writer.close()
