"""Keys, clocks and databases for the tests of tokens."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from groundplan_runtime.blocking import BlockingDatabase, open_blocking_database
from groundplan_runtime.identity.tokens import Issuer, SigningKey, Verifier, public_keys
from groundplan_runtime.identity.tokens.tables import STATEMENTS
from runtime.events.services import postgresql_server

START = 1_800_000_000


class Clock:
    """Unix time that passes when told to."""

    def __init__(self) -> None:
        self.now = float(START)

    def __call__(self) -> float:
        return self.now


class House:
    """An issuer and a verifier that share nothing but published keys. asked: how often the keys were fetched."""

    def __init__(self, clock: Clock) -> None:
        self.keys: tuple[SigningKey, ...] = (SigningKey.new(START - 10_000),)
        self.asked = 0
        self.issuer = Issuer(issuer="auth", audience="shop", keys=lambda: self.keys, clock=clock)
        self.verifier = Verifier(issuer="auth", audience="shop", keys=self.published, clock=clock)

    def published(self) -> dict[str, object]:
        self.asked += 1
        return public_keys(self.keys)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def house(clock: Clock) -> House:
    return House(clock)


@pytest.fixture(scope="session")
def tokens_postgresql() -> Iterator[str]:
    with postgresql_server() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgresql":
        return str(request.getfixturevalue("tokens_postgresql"))
    sqlite3.connect(tmp_path / "tokens.sqlite3").close()
    return f"sqlite:///{tmp_path / 'tokens.sqlite3'}"


@pytest.fixture
def tables(url: str) -> Iterator[BlockingDatabase]:
    """A database with the tables, empty."""
    database = open_blocking_database(url)
    for _ in range(2):  # again changes nothing
        for statement in STATEMENTS:
            database.fetch(statement)
    for table in ("token_revoked", "token_refresh", "token_family"):
        database.fetch(f"DELETE FROM {table}")  # noqa: S608 - fixed names
    yield database
    database.close()
